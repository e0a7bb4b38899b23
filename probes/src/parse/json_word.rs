//! JSON from other programs, of which only some words are wanted: whatever else stands there is passed over
//! without being kept, and a field of another type than expected spoils nothing but itself.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One value: a text, a yes or no, or something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Word {
    Text(String),
    Flag(bool),
    #[default]
    Other,
}

impl Word {
    /// The text, where it is one and says something.
    pub fn text(&self) -> Option<&str> {
        match self {
            Word::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Word::Flag(_) | Word::Other => None,
        }
    }

    pub fn is_true(&self) -> bool {
        *self == Word::Flag(true)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Word, E> {
        Ok(Word::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Word, E> {
        Ok(Word::Flag(flag))
    }

    fn visit_unit<E>(self) -> Result<Word, E> {
        Ok(Word::Other)
    }

    fn visit_i64<E>(self, _number: i64) -> Result<Word, E> {
        Ok(Word::Other)
    }

    fn visit_u64<E>(self, _number: u64) -> Result<Word, E> {
        Ok(Word::Other)
    }

    fn visit_f64<E>(self, _number: f64) -> Result<Word, E> {
        Ok(Word::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Word, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Word::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Word, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Word::Other)
    }
}

/// JSON without the comments and the mark at its start that browsers put up with. What is no JSON stays none.
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
    let mut in_text = false;
    while let Some(letter) = letters.next() {
        match (in_text, letter, letters.peek()) {
            (true, '\\', _) => {
                out.push(letter);
                out.extend(letters.next());
            }
            (_, '"', _) => {
                in_text = !in_text;
                out.push(letter);
            }
            (false, '/', Some('/')) => {
                // The end of the line stays, so that errors keep their place.
                while letters.peek().is_some_and(|next| *next != '\n') {
                    letters.next();
                }
            }
            (false, '/', Some('*')) => {
                letters.next();
                let mut before = ' ';
                for next in letters.by_ref() {
                    if before == '*' && next == '/' {
                        break;
                    }
                    before = next;
                }
                out.push(' ');
            }
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_of_another_type_spoils_nothing() {
        let words: Vec<Word> =
            serde_json::from_str(r#"[" a ", "", true, null, 1, -1, 1.5, [1, [2]], {"a": {"b": 1}}, "z"]"#)
                .expect("JSON");
        assert_eq!(words.iter().filter_map(Word::text).collect::<Vec<_>>(), ["a", "z"]);
        assert_eq!(words.iter().filter(|word| word.is_true()).count(), 1);
        assert_eq!(words.len(), 10);
    }

    #[test]
    fn comments_go_and_texts_stay() {
        for (with, without) in [
            ("\u{feff}{\"a\": 1} // end", "{\"a\": 1} "),
            ("{\"u\": \"http://x/*y*/\"}", "{\"u\": \"http://x/*y*/\"}"),
            ("{\"q\": \"\\\"//\\\\\" /* c */}", "{\"q\": \"\\\"//\\\\\"  }"),
            ("1/**/2/*/3*/4", "1 2 4"),
            ("a // b\nc", "a \nc"),
            ("/* open", " "),
            ("a / b", "a / b"),
        ] {
            assert_eq!(without_comments(with), without, "{with}");
        }
    }

    proptest! {
        #[test]
        fn json_without_comments_is_left_alone(text in "\\PC{0,30}") {
            let json = serde_json::Value::from(text).to_string();
            prop_assert_eq!(without_comments(&json), json);
        }

        #[test]
        fn any_text_comes_to_an_end(text in "(//|/\\*|\\*/|\"|\\\\|\n|\\PC){0,40}") {
            prop_assert!(without_comments(&text).len() <= text.len());
        }
    }
}
