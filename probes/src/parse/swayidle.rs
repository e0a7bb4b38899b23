//! What a swayidle does and when, from its arguments and its configuration file.

use crate::parse::shell_words;

/// One event that swayidle acts upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// After that many seconds without input.
    Timeout(u32, String),
    BeforeSleep(String),
    /// When logind asks for a lock, as `loginctl lock-session` does.
    Lock(String),
    /// After that many seconds it tells logind that nobody is there.
    IdleHint(u32),
}

/// The arguments of a running swayidle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// The file given with `-C`.
    pub config: Option<String>,
    pub events: Vec<Event>,
}

/// Reads the arguments, the program's own name first.
pub fn arguments(all: &[String]) -> Arguments {
    let mut found = Arguments::default();
    let mut rest = all.get(1..).unwrap_or_default();
    while let [option, after @ ..] = rest {
        let Some(letters) = option.strip_prefix('-') else { break };
        rest = after;
        // `-C` and `-S` take the next argument, alone or at the end of several letters.
        match (letters.chars().last(), after) {
            (Some('C'), [path, after @ ..]) => {
                found.config = Some(path.clone());
                rest = after;
            }
            (Some('S'), [_, after @ ..]) => rest = after,
            _ => {}
        }
    }
    found.events = events(rest);
    found
}

/// Reads a configuration file: one event a line.
pub fn config(text: &str) -> Vec<Event> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| events(&shell_words::words(line))).collect()
}

fn events(mut words: &[String]) -> Vec<Event> {
    let mut found = Vec::new();
    loop {
        words = match words {
            [kind, seconds, command, rest @ ..] if kind == "timeout" => {
                if let Ok(seconds) = seconds.parse() {
                    found.push(Event::Timeout(seconds, command.clone()));
                }
                match rest {
                    [resume, _, rest @ ..] if resume == "resume" => rest,
                    _ => rest,
                }
            }
            [kind, command, rest @ ..] => {
                match kind.as_str() {
                    "before-sleep" => found.push(Event::BeforeSleep(command.clone())),
                    "lock" => found.push(Event::Lock(command.clone())),
                    "idlehint" => found.extend(command.parse().ok().map(Event::IdleHint)),
                    _ => {}
                }
                rest
            }
            _ => return found,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn arguments_are_read_in_any_order() {
        let found = arguments(&list(&[
            "swayidle",
            "-w",
            "-C",
            "/x",
            "-S",
            "seat0",
            "timeout",
            "600",
            "swaymsg x",
            "resume",
            "swaymsg y",
            "before-sleep",
            "swaylock -f",
            "idlehint",
            "30",
            "lock",
            "swaylock",
        ]));
        assert_eq!(found.config.as_deref(), Some("/x"));
        assert_eq!(
            found.events,
            [
                Event::Timeout(600, "swaymsg x".to_owned()),
                Event::BeforeSleep("swaylock -f".to_owned()),
                Event::IdleHint(30),
                Event::Lock("swaylock".to_owned())
            ]
        );
    }

    #[test]
    fn a_configuration_has_one_event_a_line() {
        let found =
            config("# timeout 1 'swaylock'\ntimeout 300 'swaylock -f -c 000000' resume 'a; b'\nlock \"swaylock\"\n");
        assert_eq!(
            found,
            [Event::Timeout(300, "swaylock -f -c 000000".to_owned()), Event::Lock("swaylock".to_owned())]
        );
    }

    proptest! {
        #[test]
        fn no_words_make_it_panic(text in "\\PC{0,160}", words in prop::collection::vec("timeout|lock|-C|-|[0-9]{0,12}|x", 0..9)) {
            let _read = config(&text);
            let _read = arguments(&words);
        }
    }
}
