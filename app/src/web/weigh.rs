//! Whether a document is small enough to be parsed at all: its tokens are counted before any parser sees it.

/// The most tokens of a document. The largest query of a real page has about two hundred.
pub(super) const MOST_TOKENS: usize = 5000;

/// How deep brackets of any kind may stand in each other.
const DEEPEST: usize = 32;

/// The longest string written into a document, in bytes.
const LONGEST_STRING: usize = 1024;

/// Why a document is not parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooMuch {
    #[error("the query has more than {MOST_TOKENS} words and signs")]
    Tokens,
    #[error("the query has brackets nested deeper than {DEEPEST}")]
    Nested,
    #[error("the query holds a string longer than {LONGEST_STRING} bytes")]
    String,
}

/// Goes over the text once. Need not understand it: what is no GraphQL the parser refuses.
pub(super) fn weigh(document: &str) -> Result<(), TooMuch> {
    let mut rest = document.as_bytes();
    let (mut tokens, mut depth) = (0_usize, 0_usize);
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => {
                rest = &rest[rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len())..];
                continue;
            }
            b'"' => string(rest)?,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
            }
            b'{' | b'[' | b'(' => {
                depth += 1;
                1
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                1
            }
            _sign => 1,
        };
        tokens += 1;
        if tokens > MOST_TOKENS {
            return Err(TooMuch::Tokens);
        }
        if depth > DEEPEST {
            return Err(TooMuch::Nested);
        }
        rest = &rest[length..];
    }
    Ok(())
}

/// How many bytes the string at the start of `rest` takes, its quotes included.
fn string(rest: &[u8]) -> Result<usize, TooMuch> {
    let block = rest.starts_with(b"\"\"\"");
    let mut at = if block { 3 } else { 1 };
    loop {
        if at > LONGEST_STRING + 3 {
            return Err(TooMuch::String);
        }
        match rest.get(at) {
            None => return Ok(rest.len()),
            Some(b'\\') => at += if block && rest[at..].starts_with(b"\\\"\"\"") { 4 } else { 2 },
            Some(b'"') if !block => return Ok(at + 1),
            Some(b'"') if rest[at..].starts_with(b"\"\"\"") => return Ok(at + 3),
            Some(_other) => at += 1,
        }
        // A backslash at the very end.
        at = at.min(rest.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn size_is_seen_before_a_parser_runs() {
        assert_eq!(weigh("query Q($p: DevicePolicy) { policy { validate(policy: $p) { status } } }"), Ok(()));
        assert_eq!(weigh(&format!("{{ {} }}", "a ".repeat(MOST_TOKENS))), Err(TooMuch::Tokens));
        assert_eq!(weigh(&"{a".repeat(100)), Err(TooMuch::Nested));
        assert_eq!(weigh(&format!("{{ a(b: {}1{}) }}", "[".repeat(50), "]".repeat(50))), Err(TooMuch::Nested));
        assert_eq!(weigh(&format!("{{ a(b: \"{}\") }}", "x".repeat(2000))), Err(TooMuch::String));
        assert_eq!(weigh(&format!("{{ a(b: \"\"\"{}\"\"\") }}", "\\\"\"\"".repeat(2000))), Err(TooMuch::String));
        let brackets = "{".repeat(500);
        assert_eq!(weigh(&format!("# {brackets}\n{{ a(b: \"{brackets}\") }}")), Ok(()), "words are no brackets");
        assert_eq!(weigh("\"\\"), Ok(()), "a torn string ends with the document");
    }

    proptest! {
        #[test]
        fn no_document_panics(document: String) {
            let _any = weigh(&document);
        }

        #[test]
        fn no_document_of_quotes_and_slashes_panics(document in "[\"\\\\{}\\[\\]# \na]{0,60}") {
            let _any = weigh(&document);
        }
    }
}
