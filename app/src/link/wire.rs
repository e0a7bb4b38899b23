//! One JSON message a line, of bounded length, both ways.

use std::io::{self, BufRead, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest line either side takes, in bytes. A snapshot is a few dozen kilobytes.
pub const LONGEST_LINE: usize = 4 * 1024 * 1024;

/// Writes one message and its line end, and hands them on at once.
pub(super) fn write<T: Serialize>(out: &mut impl Write, message: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()
}

/// Reads up to the next message that can be understood. `None` when the other side is gone.
///
/// A line that is too long or no message is logged and skipped: the two sides may be of different
/// builds for the moment of an upgrade, and a word too many must not close the window.
pub(super) fn read<T: DeserializeOwned>(input: &mut impl BufRead) -> Option<T> {
    loop {
        match line(input, LONGEST_LINE) {
            Ok(Some(Line::Whole(bytes))) if bytes.iter().all(u8::is_ascii_whitespace) => {}
            Ok(Some(Line::Whole(bytes))) => match serde_json::from_slice(&bytes) {
                Ok(message) => return Some(message),
                Err(error) => tracing::warn!("a line on the window's pipe was no message: {error}"),
            },
            Ok(Some(Line::TooLong)) => {
                tracing::warn!("a line on the window's pipe was longer than {LONGEST_LINE} bytes");
            }
            Ok(None) => return None,
            Err(error) => {
                tracing::warn!("the window's pipe could not be read: {error}");
                return None;
            }
        }
    }
}

enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// One line without its end; never holds more than `longest` bytes of it.
fn line(input: &mut impl BufRead, longest: usize) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let mut too_long = false;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            // What stands after the last line end was cut off when the other side died.
            return Ok(None);
        }
        let end = chunk.iter().position(|&byte| byte == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        if bytes.len() + part.len() > longest {
            too_long = true;
            bytes = Vec::new();
        } else if !too_long {
            bytes.extend_from_slice(part);
        }
        let used = end.map_or(chunk.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(Some(if too_long { Line::TooLong } else { Line::Whole(bytes) }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;
    use crate::monitor::message::Command;

    #[test]
    fn garbage_between_messages_is_skipped() {
        let text = b"\"quit\"\n\n{\"nonsense\":1}\nxx\n\"quit\"\n{\"check\":\"fire";
        let mut input = BufReader::with_capacity(3, &text[..]);
        assert_eq!(read::<Command>(&mut input), Some(Command::Quit));
        assert_eq!(read::<Command>(&mut input), Some(Command::Quit));
        assert_eq!(read::<Command>(&mut input), None, "the torn last line is no message");
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let mut text = vec![b'a'; 100];
        text.extend_from_slice(b"\nshort\n");
        let mut input = BufReader::with_capacity(7, &text[..]);
        assert!(matches!(line(&mut input, 50), Ok(Some(Line::TooLong))));
        assert!(matches!(line(&mut input, 50), Ok(Some(Line::Whole(bytes))) if bytes == b"short"));
        assert!(matches!(line(&mut input, 50), Ok(None)));
    }
}
