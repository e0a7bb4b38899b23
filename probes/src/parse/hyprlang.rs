//! The configuration language of Hyprland's programs, as far as hypridle needs it.
//!
//! `$name = value` variables, `source = path`, `category { key = value }`, `category:key = value`,
//! `#` comments and `##` for one `#`.

/// What a file says, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A category with braces begins. The same name may come several times.
    Open(String),
    Close,
    /// A key, with its categories before it and `:` between: `general:lock_cmd`.
    Set(String, String),
    /// Another file that is read at this place, as written.
    Source(String),
}

/// The most text that variables may grow one value to, in bytes.
const LONGEST_VALUE: usize = 4096;

/// How deep categories may nest, and how many variables there may be; what goes beyond is not heeded.
const DEEPEST: usize = 32;
const MOST_VARIABLES: usize = 256;

/// Reads a file. `variables` are those known so far; it is left with those that the file sets.
pub fn parse(text: &str, variables: &mut Vec<(String, String)>) -> Vec<Line> {
    let mut found = Vec::new();
    let mut categories: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = uncommented(line);
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if line == "}" {
            if categories.len() <= DEEPEST {
                found.push(Line::Close);
            }
            categories.pop();
        } else if let Some(name) = line.strip_suffix('{') {
            categories.push(name.trim().to_owned());
            if categories.len() <= DEEPEST {
                found.push(Line::Open(categories.join(":")));
            }
        } else if let Some((key, value)) = line.split_once('=') {
            let (key, value) = (key.trim(), expanded(value.trim(), variables));
            if let Some(name) = key.strip_prefix('$') {
                variables.retain(|(known, _)| known != name);
                if variables.len() < MOST_VARIABLES {
                    variables.push((name.to_owned(), value));
                }
                // The longest name first, so that `$a` does not eat the beginning of `$ab`.
                variables.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
            } else if key == "source" {
                found.push(Line::Source(value));
            } else if categories.len() <= DEEPEST {
                let mut whole = categories.clone();
                whole.push(key.to_owned());
                found.push(Line::Set(whole.join(":"), value));
            }
        }
    }
    found
}

fn uncommented(line: &str) -> String {
    let mut kept = String::new();
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '#' && letters.next_if_eq(&'#').is_none() {
            break;
        }
        kept.push(letter);
    }
    kept
}

fn expanded(value: &str, variables: &[(String, String)]) -> String {
    let mut value = value.to_owned();
    if !value.contains('$') {
        return value;
    }
    for (name, with) in variables {
        let grown = value.replace(&format!("${name}"), with);
        if grown.len() > LONGEST_VALUE {
            break;
        }
        value = grown;
    }
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn categories_variables_and_comments_are_read() {
        let text = "$lock = hyprlock # mine\n$lock_all = $lock --now\nsource = ~/x.conf\ngeneral:lock_cmd = $lock_all\n\
                    listener {\n  timeout = 300\n  on-timeout = echo ##1; $lock\n}\n";
        let set = |key: &str, value: &str| Line::Set(key.to_owned(), value.to_owned());
        assert_eq!(
            parse(text, &mut Vec::new()),
            [
                Line::Source("~/x.conf".to_owned()),
                set("general:lock_cmd", "hyprlock --now"),
                Line::Open("listener".to_owned()),
                set("listener:timeout", "300"),
                set("listener:on-timeout", "echo #1; hyprlock"),
                Line::Close,
            ]
        );
    }

    #[test]
    fn deep_and_many_is_cut_off_in_time() {
        let deep = format!("{}a = 1\n{}b = 2\n", "c {\n".repeat(20_000), "}\n".repeat(20_000));
        let found = parse(&deep, &mut Vec::new());
        assert_eq!(found.last(), Some(&Line::Set("b".to_owned(), "2".to_owned())));
        assert!(found.len() <= 2 * DEEPEST + 1);
        let many: String = (0..5_000).map(|number| format!("$v{number} = $v{number}x\n")).collect();
        assert!(parse(&many, &mut Vec::new()).is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_or_grow_without_end(text in "[$a={}#:\n ]{0,200}") {
            for line in parse(&text, &mut Vec::new()) {
                if let Line::Set(_, value) = line {
                    prop_assert!(value.len() <= LONGEST_VALUE + 200);
                }
            }
        }
    }
}
