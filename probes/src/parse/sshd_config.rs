//! sshd_config(5): keywords without regard to case, the first value of each counts, and what stands
//! below a `Match` counts only for some connections.

/// One meaningful line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The keyword in lower case, and its values.
    Setting(String, Vec<String>),
    /// Files or patterns, as written.
    Include(Vec<String>),
    /// The lines below are for everybody (`Match all`) or only for some.
    Match { everybody: bool },
}

/// The lines of one file in order.
pub fn lines(text: &str) -> Vec<Line> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Line> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let end = line.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(line.len());
    let (keyword, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest);
    let values = values(rest);
    match keyword.to_ascii_lowercase().as_str() {
        "include" => Some(Line::Include(values)),
        "match" => {
            let everybody = matches!(values.as_slice(), [only] if only.eq_ignore_ascii_case("all"));
            Some(Line::Match { everybody })
        }
        keyword => Some(Line::Setting(keyword.to_owned(), values)),
    }
}

/// Words with double quotes undone, up to a comment.
fn values(rest: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    let mut started = false;
    for c in rest.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                started = true;
            }
            '#' if !quoted && !started => break,
            c if c.is_whitespace() && !quoted => {
                if started {
                    out.push(std::mem::take(&mut word));
                }
                started = false;
            }
            c => {
                word.push(c);
                started = true;
            }
        }
    }
    if started {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_to_write_a_setting_is_understood() {
        let port = || vec![Line::Setting("port".to_owned(), vec!["22".to_owned()])];
        for (text, expected) in [
            ("Port 22", port()),
            ("  PORT=22  # the usual", port()),
            ("port = \"22\"", port()),
            ("# Port 22", vec![]),
            ("Include /etc/ssh/a b", vec![Line::Include(vec!["/etc/ssh/a".to_owned(), "b".to_owned()])]),
            ("Match User ann", vec![Line::Match { everybody: false }]),
            ("match all", vec![Line::Match { everybody: true }]),
        ] {
            assert_eq!(lines(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(Port|Include|Match all|[=\"# \t\n]|\\PC){0,200}") {
            let values = lines(&text).into_iter().map(|line| match line {
                Line::Setting(keyword, values) => keyword.len() + values.iter().map(String::len).sum::<usize>(),
                Line::Include(values) => values.iter().map(String::len).sum(),
                Line::Match { .. } => 0,
            });
            // Lower case of one letter may be two.
            prop_assert!(values.sum::<usize>() <= 3 * text.len());
        }
    }
}
