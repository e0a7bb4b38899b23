//! Shell patterns on names: `*`, `?` and `[a-z]`, as fnmatch(3) reads them without flags.

/// Whether the whole of `word` fits. Never takes longer than the product of both lengths.
pub fn matches(pattern: &str, word: &str) -> bool {
    // Most patterns are plain names.
    if !pattern.contains(['*', '?', '[', '\\']) {
        return pattern == word;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let word: Vec<char> = word.chars().collect();
    let (mut p, mut w) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while w < word.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, w));
            p += 1;
            continue;
        }
        if let Some(next) = one(&pattern, p, word[w]) {
            (p, w) = (next, w + 1);
            continue;
        }
        let Some((at, from)) = star else { return false };
        // The star takes one character more.
        star = Some((at, from + 1));
        (p, w) = (at + 1, from + 1);
    }
    pattern[p..].iter().all(|letter| *letter == '*')
}

/// Where the pattern goes on if its part at `p` fits one character.
fn one(pattern: &[char], p: usize, letter: char) -> Option<usize> {
    match *pattern.get(p)? {
        '?' => Some(p + 1),
        '\\' if pattern.get(p + 1).is_some() => (pattern[p + 1] == letter).then_some(p + 2),
        '[' => set(pattern, p, letter),
        plain => (plain == letter).then_some(p + 1),
    }
}

/// `[abc]`, `[a-z]`, `[!a]`; a bracket that is not closed stands for itself.
fn set(pattern: &[char], p: usize, letter: char) -> Option<usize> {
    let negated = matches!(pattern.get(p + 1), Some('!' | '^'));
    let first = p + 1 + usize::from(negated);
    // A closing bracket in the first place is a member.
    let Some(end) = (first + 1..pattern.len()).find(|at| pattern[*at] == ']') else {
        return (letter == '[').then_some(p + 1);
    };
    let mut found = false;
    let mut at = first;
    while at < end {
        if at + 2 < end && pattern[at + 1] == '-' {
            found |= (pattern[at]..=pattern[at + 2]).contains(&letter);
            at += 3;
        } else {
            found |= pattern[at] == letter;
            at += 1;
        }
    }
    (found != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_fit_as_a_shell_has_them() {
        for (pattern, word, fits) in [
            ("linux*", "linux-lts", true),
            ("linux*", "util-linux", false),
            ("*linux", "util-linux", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("lib?", "libx", true),
            ("lib?", "lib", false),
            ("[kg]tk", "gtk", true),
            ("[!k]tk", "ktk", false),
            ("php8.[0-3]", "php8.2", true),
            ("php8.[0-3]", "php8.4", false),
            ("[]a]", "]", true),
            ("[x", "[x", true),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, word), fits, "{pattern} {word}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        assert!(!matches(&"*a".repeat(2_000), &"a".repeat(1_999)));
        assert!(!matches(&format!("{}b", "*a".repeat(500)), &"a".repeat(4_000)));
    }

    proptest! {
        #[test]
        fn any_words_are_held_against_each_other_without_a_panic(a in "\\PC{0,40}", b in "\\PC{0,40}") {
            matches(&a, &b);
            prop_assert!(matches("*", &b));
        }
    }
}
