//! Shell command lines, taken apart far enough to see which programs they start.

/// How a command hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// It runs in any case.
    Free,
    /// `&&`: only after a success.
    IfWell,
    /// `||`: only after a failure.
    IfIll,
}

/// One command line as a list of simple commands, each a list of words with its joint.
///
/// Quotes and backslashes are undone, comments are dropped, and `; & && | || ( ) { }` and line ends
/// part the commands. Variables and substitutions are left as they stand.
pub fn commands(line: &str) -> Vec<(Joint, Vec<String>)> {
    let mut found = vec![(Joint::Free, Vec::new())];
    let mut between = String::new();
    for token in tokens(line) {
        match token {
            Token::Word(word) => {
                if !between.is_empty() {
                    let joint = match () {
                        () if between.contains("&&") => Joint::IfWell,
                        () if between.contains("||") => Joint::IfIll,
                        () => Joint::Free,
                    };
                    found.push((joint, Vec::new()));
                    between.clear();
                }
                if let Some((_, words)) = found.last_mut() {
                    words.push(word);
                }
            }
            Token::Separator(letter) => between.push(letter),
        }
    }
    found.retain(|(_, words)| !words.is_empty());
    found
}

/// The words of one line, as a configuration file with shell-like quoting has them.
pub fn words(line: &str) -> Vec<String> {
    let word = |token| match token {
        Token::Word(word) => Some(word),
        Token::Separator(_) => None,
    };
    tokens(line).into_iter().filter_map(word).collect()
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Separator(char),
}

fn tokens(line: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => word.get_or_insert_default().extend(letters.by_ref().take_while(|next| *next != '\'')),
            '"' => {
                let word = word.get_or_insert_default();
                while let Some(next) = letters.next() {
                    match next {
                        '"' => break,
                        '\\' => word.extend(letters.next()),
                        _ => word.push(next),
                    }
                }
            }
            '\\' => match letters.next() {
                Some('\n') | None => {}
                Some(next) => word.get_or_insert_default().push(next),
            },
            '#' if word.is_none() => {
                letters.by_ref().find(|next| *next == '\n');
                found.push(Token::Separator('\n'));
            }
            ';' | '&' | '|' | '\n' | '(' | ')' => {
                found.extend(word.take().map(Token::Word));
                found.push(Token::Separator(letter));
            }
            '{' | '}' if word.is_none() => found.push(Token::Separator(letter)),
            _ if letter.is_whitespace() => found.extend(word.take().map(Token::Word)),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    found.extend(word.map(Token::Word));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn command_lines_are_taken_apart() {
        let cases: &[(&str, &[&[&str]])] = &[
            ("swaylock -f -c 000000", &[&["swaylock", "-f", "-c", "000000"]]),
            ("pidof hyprlock || hyprlock", &[&["pidof", "hyprlock"], &["hyprlock"]]),
            ("swaymsg \"output * dpms off\"; 'my locker'&", &[&["swaymsg", "output * dpms off"], &["my locker"]]),
            ("sleep 1 # swaylock", &[&["sleep", "1"]]),
            ("a\\ b '' \"c\\\"d\"", &[&["a b", "", "c\"d"]]),
            ("", &[]),
            (";;", &[]),
        ];
        for (line, expected) in cases {
            let found: Vec<Vec<String>> = commands(line).into_iter().map(|(_, words)| words).collect();
            assert_eq!(&found, expected, "{line}");
        }
    }

    #[test]
    fn what_a_command_hangs_on_is_kept() {
        let joints = |line: &str| commands(line).into_iter().map(|(joint, _)| joint).collect::<Vec<_>>();
        assert_eq!(joints("a && b || c; d"), [Joint::Free, Joint::IfWell, Joint::IfIll, Joint::Free]);
        assert_eq!(joints("d & e | f"), [Joint::Free, Joint::Free, Joint::Free]);
        assert_eq!(joints("(a) && { b; }"), [Joint::Free, Joint::IfWell]);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,200}") {
            let total: usize = commands(&line).iter().flat_map(|(_, words)| words).map(String::len).sum();
            prop_assert!(total <= line.len());
        }
    }
}
