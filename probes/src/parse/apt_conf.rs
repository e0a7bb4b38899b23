//! APT's configuration language, merged over several files as APT merges them.
//!
//! Source: apt.conf(5). Keys do not mind case; `A::B "x";` sets, `A::B:: "x";` and list members
//! append, `#clear A::B;` empties, braces nest. The last setting of a key counts.

/// More settings than any system has, and deeper ones: each is compared with all before it.
const MOST_SETTINGS: usize = 20_000;
const DEEPEST: usize = 64;

/// Merged configuration. Keys are kept lower-case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AptConf {
    values: Vec<(String, String)>,
}

/// A file that APT would refuse, and everything APT does with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct SyntaxError {
    pub line: usize,
    pub problem: &'static str,
}

/// Whether APT reads a file of this name in a `.d` directory.
pub fn is_read(name: &str) -> bool {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'));
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    plain && !name.is_empty() && matches!(extension, None | Some("conf"))
}

impl AptConf {
    /// The value of a key, as set last.
    pub fn get(&self, key: &str) -> Option<&str> {
        let key = key.to_lowercase();
        self.values.iter().rev().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    /// The members of a list, in order.
    pub fn list(&self, key: &str) -> Vec<&str> {
        let key = format!("{}::", key.to_lowercase());
        self.values
            .iter()
            .filter(|(known, _)| known.starts_with(&key) && !known[key.len()..].contains("::"))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    fn set(&mut self, key: String, value: String) {
        // A key that ends in `::` is a nameless member of a list: those add up.
        if !key.ends_with("::") {
            self.values.retain(|(known, _)| *known != key);
        }
        self.values.push((key, value));
    }

    fn clear(&mut self, key: &str) {
        let below = format!("{key}::");
        self.values.retain(|(known, _)| known != key && !known.starts_with(&below));
    }

    /// Adds one file on top of what was read before.
    pub fn add(&mut self, text: &str) -> Result<(), SyntaxError> {
        let mut reader = Reader { letters: text.char_indices().peekable(), line: 1, fresh_line: true };
        let mut scopes: Vec<String> = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        while let Some(token) = reader.token()? {
            let error = |problem| SyntaxError { line: reader.line, problem };
            if self.values.len() > MOST_SETTINGS || scopes.len() > DEEPEST {
                return Err(error("there are more settings than can be meant"));
            }
            match token {
                Token::Word(word) => words.push(word),
                Token::Open => {
                    let name = words.first().map(|word| word.text.to_lowercase()).unwrap_or_default();
                    scopes.push(join(scopes.last(), &name));
                    words.clear();
                }
                Token::Close => {
                    self.statement(scopes.last(), &std::mem::take(&mut words));
                    scopes.pop().ok_or(error("a closing brace without an opening one"))?;
                }
                Token::End => self.statement(scopes.last(), &std::mem::take(&mut words)),
            }
        }
        let error = |problem| SyntaxError { line: reader.line, problem };
        if !scopes.is_empty() {
            return Err(error("a brace is not closed"));
        }
        if !words.is_empty() {
            return Err(error("the last entry has no semicolon"));
        }
        Ok(())
    }

    fn statement(&mut self, scope: Option<&String>, words: &[Word]) {
        match words {
            [clear, keys @ ..] if clear.text.eq_ignore_ascii_case("#clear") => {
                for key in keys {
                    self.clear(&join(scope, key.text.to_lowercase().trim_end_matches("::")));
                }
            }
            [] => {}
            // A lone quoted word is a member of the list around it; a lone bare word is an empty key.
            [member] if member.quoted => self.set(join(scope, ""), member.text.clone()),
            [key] => self.set(join(scope, &key.text.to_lowercase()), String::new()),
            [key, value, ..] => self.set(join(scope, &key.text.to_lowercase()), value.text.clone()),
        }
    }
}

fn join(scope: Option<&String>, name: &str) -> String {
    match scope {
        Some(scope) if !scope.is_empty() => format!("{scope}::{name}"),
        _ => name.to_owned(),
    }
}

#[derive(Clone, Debug)]
struct Word {
    text: String,
    quoted: bool,
}

enum Token {
    Word(Word),
    Open,
    Close,
    End,
}

struct Reader<'a> {
    letters: std::iter::Peekable<std::str::CharIndices<'a>>,
    line: usize,
    /// Nothing but blanks so far on this line: only there does `#` open a comment.
    fresh_line: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let (_, letter) = self.letters.next()?;
        if letter == '\n' {
            self.line += 1;
            self.fresh_line = true;
        } else if !letter.is_whitespace() {
            self.fresh_line = false;
        }
        Some(letter)
    }

    fn peek(&mut self) -> Option<char> {
        self.letters.peek().map(|(_, letter)| *letter)
    }

    fn skip_line(&mut self) {
        while self.next().is_some_and(|letter| letter != '\n') {}
    }

    fn token(&mut self) -> Result<Option<Token>, SyntaxError> {
        loop {
            let fresh = self.fresh_line;
            let Some(letter) = self.next() else { return Ok(None) };
            match letter {
                _ if letter.is_whitespace() => {}
                '{' => return Ok(Some(Token::Open)),
                '}' => return Ok(Some(Token::Close)),
                ';' => return Ok(Some(Token::End)),
                '"' => return self.quoted().map(|text| Some(Token::Word(Word { text, quoted: true }))),
                '/' if self.peek() == Some('/') => self.skip_line(),
                '/' if self.peek() == Some('*') => self.skip_comment()?,
                '#' if fresh => {
                    let word = self.bare('#');
                    if word.eq_ignore_ascii_case("#clear") {
                        return Ok(Some(Token::Word(Word { text: word, quoted: false })));
                    }
                    self.skip_line_unless_over();
                }
                letter => {
                    let text = self.bare(letter);
                    return Ok(Some(Token::Word(Word { text, quoted: false })));
                }
            }
        }
    }

    fn skip_line_unless_over(&mut self) {
        if self.peek() != Some('\n') {
            self.skip_line();
        }
    }

    fn skip_comment(&mut self) -> Result<(), SyntaxError> {
        let line = self.line;
        self.next();
        let mut last = ' ';
        while let Some(letter) = self.next() {
            if last == '*' && letter == '/' {
                return Ok(());
            }
            last = letter;
        }
        Err(SyntaxError { line, problem: "a comment is not closed" })
    }

    fn quoted(&mut self) -> Result<String, SyntaxError> {
        let line = self.line;
        let mut text = String::new();
        while let Some(letter) = self.next() {
            match letter {
                '"' => return Ok(text),
                '\\' if self.peek() == Some('"') => text.extend(self.next()),
                letter => text.push(letter),
            }
        }
        Err(SyntaxError { line, problem: "a quotation mark is not closed" })
    }

    fn bare(&mut self, first: char) -> String {
        let mut text = String::from(first);
        while let Some(letter) = self.peek() {
            if letter.is_whitespace() || matches!(letter, '{' | '}' | ';' | '"') {
                break;
            }
            text.push(letter);
            self.next();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(files: &[&str]) -> AptConf {
        let mut conf = AptConf::default();
        for file in files {
            conf.add(file).expect("a good file");
        }
        conf
    }

    #[test]
    fn nested_and_flat_forms_are_the_same_and_the_last_one_counts() {
        let conf = merged(&[
            "APT { Periodic { Unattended-Upgrade \"0\"; Enable 1; }; }; // words\n/* APT::X \"1\"; */\n",
            "# comment\napt::periodic::UNATTENDED-upgrade \"1\";\n",
        ]);
        assert_eq!(conf.get("APT::Periodic::Unattended-Upgrade"), Some("1"));
        assert_eq!(conf.get("APT::Periodic::Enable"), Some("1"));
        assert_eq!(conf.get("APT::X"), None);
    }

    #[test]
    fn lists_add_up_until_they_are_cleared() {
        let first = "Unattended-Upgrade::Allowed-Origins {\n  \"a:${distro_codename}\"; // \"not this\";\n//  \"nor this\";\n};";
        let more = "Unattended-Upgrade::Allowed-Origins:: \"c//d\";";
        let key = "Unattended-Upgrade::Allowed-Origins";
        assert_eq!(merged(&[first, more]).list(key), ["a:${distro_codename}", "c//d"]);
        let cleared = merged(&[first, "#clear Unattended-Upgrade::Allowed-Origins;", more]);
        assert_eq!(cleared.list(key), ["c//d"]);
    }

    #[test]
    fn what_apt_refuses_is_refused_with_its_line() {
        for (text, line) in [("A \"1\";\nB {\n", 3), ("A \"1;\n", 1), ("};", 1), ("/* x", 1), ("A \"1\"", 1)] {
            let error = AptConf::default().add(text).expect_err(text);
            assert_eq!(error.line, line, "{text}");
        }
    }

    #[test]
    fn backups_and_files_switched_off_are_not_read() {
        let read = ["20auto-upgrades", "50x.conf", "a_b-c"];
        let skipped = ["20auto-upgrades.bak", "x~", "x.disabled", "x.dpkg-old", "x.ucf-dist", "", "x.conf.save"];
        assert!(read.iter().all(|name| is_read(name)));
        assert!(!skipped.iter().any(|name| is_read(name)));
    }
}
