//! XML as a stream of tags, for lists of packages that are far too large to hold as a tree.
//!
//! Not a validating reader: names and attributes of tags, and short texts. Comments, declarations and
//! what stands between CDATA brackets are passed over. Memory is bounded whatever comes in.

use std::io::{self, Read};

/// The longest tag or text that is looked at, in bytes. A longer text is passed over; a longer tag is an error.
const LONGEST: usize = 64 << 10;

/// One piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A tag that opens; `attributes` as written. A tag that closes itself is followed by its `End`.
    Start {
        name: &'a str,
        attributes: &'a str,
    },
    End(&'a str),
    /// What stands between two tags, as written and without blanks around it. Never empty.
    Text(&'a str),
}

/// The value of one attribute, with entities resolved.
pub fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
        let (value, next) = after[1..].split_once(quote)?;
        if key.trim() == name {
            return Some(unescape(value));
        }
        rest = next;
    }
}

/// Resolves the five entities that XML knows by itself.
pub fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    text.replace("&amp;", "&")
}

/// Calls `visit` with each piece in order.
pub fn scan(mut input: impl Read, mut visit: impl FnMut(Piece<'_>)) -> io::Result<()> {
    let mut buffer = Buffer { bytes: Vec::with_capacity(2 * LONGEST), start: 0, is_end: false };
    loop {
        // Up to the next tag: text.
        match buffer.find(&mut input, b"<", LONGEST)? {
            Found::At(length) => {
                let text = buffer.text(length).trim();
                if !text.is_empty() {
                    visit(Piece::Text(text));
                }
                buffer.start += length;
            }
            Found::TooFar => {
                buffer.skip_to(&mut input, b"<")?;
            }
            Found::Nowhere => return Ok(()),
        }
        if buffer.starts_with(&mut input, b"<!--")? {
            buffer.skip_past(&mut input, b"-->")?;
            continue;
        }
        if buffer.starts_with(&mut input, b"<![CDATA[")? {
            buffer.skip_past(&mut input, b"]]>")?;
            continue;
        }
        let Found::At(length) = buffer.find(&mut input, b">", LONGEST)? else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a tag is not closed"));
        };
        tag(&buffer.text(length)[1..], &mut visit);
        buffer.start += length + 1;
    }
}

fn tag(inside: &str, visit: &mut impl FnMut(Piece<'_>)) {
    if inside.starts_with(['?', '!']) {
        return;
    }
    if let Some(name) = inside.strip_prefix('/') {
        return visit(Piece::End(name.trim()));
    }
    let (inside, closes) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
    let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    visit(Piece::Start { name, attributes });
    if closes {
        visit(Piece::End(name));
    }
}

enum Found {
    /// That many bytes ahead.
    At(usize),
    TooFar,
    Nowhere,
}

/// A window on the input.
struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    is_end: bool,
}

impl Buffer {
    fn ahead(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Text that is cut or is no UTF-8 is given as far as it is.
    fn text(&self, length: usize) -> &str {
        let bytes = &self.ahead()[..length];
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or("?"),
        }
    }

    /// Reads more; whether there was any.
    fn fill(&mut self, input: &mut impl Read) -> io::Result<bool> {
        if self.is_end {
            return Ok(false);
        }
        self.bytes.drain(..self.start);
        self.start = 0;
        let before = self.bytes.len();
        self.bytes.resize(before + LONGEST, 0);
        let count = input.read(&mut self.bytes[before..])?;
        self.bytes.truncate(before + count);
        self.is_end = count == 0;
        Ok(count > 0)
    }

    fn find(&mut self, input: &mut impl Read, what: &[u8], limit: usize) -> io::Result<Found> {
        let mut looked = 0;
        loop {
            if let Some(at) = memchr::memmem::find(&self.ahead()[looked..], what) {
                return Ok(Found::At(looked + at));
            }
            // What is looked for may lie across the end of what has been read.
            looked = self.ahead().len().saturating_sub(what.len() - 1);
            if looked > limit {
                return Ok(Found::TooFar);
            }
            if !self.fill(input)? {
                return Ok(Found::Nowhere);
            }
        }
    }

    fn starts_with(&mut self, input: &mut impl Read, what: &[u8]) -> io::Result<bool> {
        while self.ahead().len() < what.len() {
            if !self.fill(input)? {
                return Ok(false);
            }
        }
        Ok(self.ahead().starts_with(what))
    }

    /// Goes on right before `what`, or to the end.
    fn skip_to(&mut self, input: &mut impl Read, what: &[u8]) -> io::Result<()> {
        loop {
            match self.find(input, what, LONGEST)? {
                Found::At(length) => {
                    self.start += length;
                    return Ok(());
                }
                Found::TooFar => self.start = self.bytes.len() - (what.len() - 1),
                Found::Nowhere => {
                    self.start = self.bytes.len();
                    return Ok(());
                }
            }
        }
    }

    fn skip_past(&mut self, input: &mut impl Read, what: &[u8]) -> io::Result<()> {
        self.skip_to(input, what)?;
        self.start = (self.start + what.len()).min(self.bytes.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The pieces in short, read through a window of a given width.
    fn read(text: &str, width: usize) -> io::Result<Vec<String>> {
        struct Drip<'a>(&'a [u8], usize);
        impl Read for Drip<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let count = self.0.len().min(self.1).min(out.len());
                out[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let mut found = Vec::new();
        scan(Drip(text.as_bytes(), width), |piece| {
            found.push(match piece {
                Piece::Start { name, attributes } => format!("<{name} {attributes}"),
                Piece::End(name) => format!("/{name}"),
                Piece::Text(text) => text.to_owned(),
            });
        })?;
        Ok(found)
    }

    #[test]
    fn tags_attributes_and_texts_come_in_order_however_they_are_cut() {
        let text = "<?xml version=\"1.0\"?>\n<!DOCTYPE a>\n<a x=\"1\"><!-- <no> --><b>two &amp; \
                    three</b><c y='2'/><![CDATA[<no>]]> </a>";
        let wanted = ["<a x=\"1\"", "<b ", "two &amp; three", "/b", "<c y='2'", "/c", "/a"];
        for width in [1, 2, 3, 7, 1000] {
            assert_eq!(read(text, width).expect("whole"), wanted, "{width}");
        }
    }

    #[test]
    fn attributes_are_found_by_their_whole_name() {
        let attributes = " name=\"a &lt;&amp;quot;\" epoch='0' ver = \"1.2\" ";
        assert_eq!(attribute(attributes, "name").as_deref(), Some("a <&quot;"));
        assert_eq!(attribute(attributes, "epoch").as_deref(), Some("0"));
        assert_eq!(attribute(attributes, "ver").as_deref(), Some("1.2"));
        assert_eq!(attribute(attributes, "e"), None);
        assert_eq!(attribute("broken", "broken"), None);
        assert_eq!(attribute("a=b", "a"), None);
    }

    #[test]
    fn long_texts_are_passed_over_and_endless_tags_refused() {
        let long = format!("<a>{}</a><b/>", "x".repeat(3 * LONGEST));
        assert_eq!(read(&long, 1 << 20).expect("whole"), ["<a ", "/a", "<b ", "/b"]);
        read(&format!("<a {}", "x".repeat(3 * LONGEST)), 1 << 20).expect_err("endless");
        read("<a", 9).expect_err("torn");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[<>!a/\\-\\[\\]\"= é&;]{0,200}", width in 1_usize..9) {
            let _result = read(&text, width);
            attribute(&text, "a");
        }
    }
}
