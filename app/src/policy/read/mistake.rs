//! What is wrong with a policy text, in words for the person who wrote it.

use ron::error::{Error, SpannedError};

use crate::policy::nearest::nearest;

/// What is wrong, what would be right, and where.
pub(crate) struct Mistake {
    pub(crate) problem: String,
    /// Counted from one.
    pub(crate) line: usize,
    /// In characters, counted from one.
    pub(crate) column: usize,
}

impl Mistake {
    pub(crate) fn from_ron(error: &SpannedError) -> Self {
        // The end of the span is behind the white space that follows, often on the next line.
        Mistake { problem: words(&error.code), line: error.span.start.line, column: error.span.start.col }
    }
}

fn words(error: &Error) -> String {
    match error {
        Error::Message(words) => words.clone(),
        Error::NoSuchStructField { expected, found, .. } => match nearest(found, expected.iter().copied()) {
            Some(meant) => format!("there is no field `{found}` here; did you mean `{meant}`?"),
            None if expected.len() == 1 => format!("there is no field `{found}` here; write {}", expected[0]),
            None => format!("there is no field `{found}` here; the fields are {}", expected.join(", ")),
        },
        Error::NoSuchEnumVariant { expected, found, .. } => match nearest(found, expected.iter().copied()) {
            Some(meant) => format!("`{found}` is not known here; did you mean `{meant}`?"),
            None => format!("`{found}` is not known here; write one of {}", expected.join(", ")),
        },
        Error::MissingStructField { field, .. } => format!("`{field}` is missing before this bracket"),
        Error::DuplicateStructField { field, .. } => format!("`{field}` stands twice; keep one of the two"),
        Error::ExpectedDifferentStructName { expected, found } => {
            format!("this is a `{found}`; write `{expected}(` here")
        }
        Error::ExpectedNamedStructLike(name) if !name.is_empty() => format!("write `{name}(` here"),
        Error::InvalidValueForType { expected, found } => format!("{found} cannot stand here; write {expected}"),
        Error::IntegerOutOfBounds => "this number is too large or too small".to_owned(),
        Error::ExpectedInteger => "a number without quotes is missing here".to_owned(),
        Error::ExpectedString => "a text in double quotes is missing here".to_owned(),
        Error::ExpectedStringEnd => "a text has no closing double quote".to_owned(),
        Error::ExpectedIdentifier => "a name without quotes is missing here".to_owned(),
        Error::InvalidIdentifier(found) | Error::SuggestRawIdentifier(found) => {
            format!("`{found}` is no field name; write one and a colon before it")
        }
        Error::ExpectedComma => "a comma or a closing bracket is missing before this".to_owned(),
        Error::ExpectedMap => "an opening `{` is missing here".to_owned(),
        Error::ExpectedMapColon => "a colon is missing here".to_owned(),
        Error::ExpectedMapEnd => "a comma or a closing `}` is missing here".to_owned(),
        Error::ExpectedArray => "an opening `[` is missing here".to_owned(),
        Error::ExpectedArrayEnd => "a comma or a closing `]` is missing here".to_owned(),
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => "an opening `(` is missing here".to_owned(),
        Error::ExpectedStructLikeEnd => "a comma or a closing `)` is missing here".to_owned(),
        Error::Eof => "the file ends too early; a closing bracket is missing".to_owned(),
        Error::TrailingCharacters => "the last bracket is closed, and yet there is more; take it out".to_owned(),
        Error::UnclosedBlockComment => "a comment that begins with /* has no */".to_owned(),
        Error::ExceededRecursionLimit => "brackets stand inside one another too often".to_owned(),
        other => {
            let words = other.to_string();
            let mut letters = words.chars();
            let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
            format!("this is not RON: {first}{}", letters.as_str())
        }
    }
}
