//! Files of shell assignments such as `/etc/default/ufw`: `NAME="value"`, comments after `#`.

/// The assignments in order; a later one of the same name wins, as in a shell. Quotes are taken off.
/// Lines that are no plain assignment are passed over.
pub fn assignments(text: &str) -> Vec<(String, String)> {
    text.lines().filter_map(assignment).collect()
}

/// The value of one name.
pub fn value(text: &str, name: &str) -> Option<String> {
    assignments(text).into_iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn assignment(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, rest) = line.split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let mut value = String::new();
    let mut quote = None;
    for c in rest.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, c) if c.is_whitespace() || c == ';' => break,
            (_, c) => value.push(c),
        }
    }
    Some((name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_comments_and_repeats_are_read_as_a_shell_reads_them() {
        for (text, wanted) in [
            ("ENABLED=yes\n", Some("yes")),
            ("# ENABLED=yes\n", None),
            ("ENABLED='no' # off for now\n", Some("no")),
            ("ENABLED=yes\nENABLED=no\n", Some("no")),
            ("export ENABLED=\"y e s\"", Some("y e s")),
            ("ENABLED =yes", None),
            ("", None),
        ] {
            assert_eq!(value(text, "ENABLED").as_deref(), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,300}") {
            assignments(&text);
        }
    }
}
