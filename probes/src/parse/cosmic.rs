//! Settings of COSMIC: each key a file of its own, written in RON.

/// `Some(900000)` or `None`. The outer `None` is for text that is neither.
pub fn optional_number(text: &str) -> Option<Option<u32>> {
    let text = text.trim();
    if text == "None" {
        return Some(None);
    }
    let number = text.strip_prefix("Some(")?.strip_suffix(')')?;
    number.trim().trim_end_matches(',').parse().ok().map(Some)
}

/// The text of one entry of a map from a plain name to a text: `LockScreen: "loginctl lock-session"`.
pub fn entry(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        rest = after;
        let commented = before.rsplit('\n').next().is_some_and(|line| line.contains("//"));
        let part_of_another =
            before.chars().next_back().is_some_and(|letter| letter.is_alphanumeric() || letter == '"');
        let Some(value) = after.trim_start().strip_prefix(':').map(str::trim_start) else { continue };
        let Some(inside) = value.strip_prefix('"') else { continue };
        if commented || part_of_another {
            continue;
        }
        let mut out = String::new();
        let mut letters = inside.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => return Some(out),
                '\\' => out.extend(letters.next()),
                other => out.push(other),
            }
        }
        return None;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_a_number_or_none() {
        assert_eq!(optional_number("Some(900000)\n"), Some(Some(900_000)));
        assert_eq!(optional_number(" Some( 5 ) "), Some(Some(5)));
        assert_eq!(optional_number("None"), Some(None));
        for wrong in ["", "900000", "Some()", "Some(-1)", "Some(99999999999)", "none"] {
            assert_eq!(optional_number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_command_of_an_action_is_found() {
        let map = "{\n    /// LockScreen: \"no\"\n    // LockScreen: \"no\",\n    Terminal: \"LockScreen\",\n    LockScreen: \"sh -c \\\"x\\\"\",\n}\n";
        assert_eq!(entry(map, "LockScreen").as_deref(), Some("sh -c \"x\""));
        assert_eq!(entry("{ UnLockScreen: \"a\" }", "LockScreen"), None);
        assert_eq!(entry("{ LockScreen: \"a", "LockScreen"), None);
        assert_eq!(entry("", "LockScreen"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(A|:|\"|\\\\|/|\n| |é){0,60}") {
            let _read = entry(&text, "A");
            let _read = optional_number(&text);
        }
    }
}
