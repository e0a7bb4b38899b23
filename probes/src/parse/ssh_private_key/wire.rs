//! The numbers and strings of the SSH protocol (RFC 4251, section 5), and base64 before them.

/// Bytes that may hold a part of a secret: overwritten when they are no longer needed.
pub(crate) struct Wiped(pub(crate) Vec<u8>);

impl std::ops::Deref for Wiped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.fill(0);
        // So that the compiler does not find the line above useless.
        std::hint::black_box(&self.0);
    }
}

/// Reads forward through bytes that may end anywhere.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes }
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Four bytes, the highest first.
    pub(super) fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// A length and so many bytes.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        self.string().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// How many bits a whole number has, from its length and first two bytes. A leading byte 0 only says
    /// that the number is not negative.
    pub(super) fn bits(&mut self) -> Option<u32> {
        let length = self.number()?;
        bits(length, self.rest)
    }
}

/// The bits of a whole number of `length` bytes whose first bytes are `start`.
pub(super) fn bits(length: u32, start: &[u8]) -> Option<u32> {
    let (length, first) = match start {
        [0, second, ..] => (length.checked_sub(1)?, *second),
        [first, ..] if *first != 0 => (length, *first),
        _ => return None,
    };
    length.checked_sub(1)?.checked_mul(8)?.checked_add(8 - first.leading_zeros())
}

/// Decodes until something that is no base64, and no more than `most` bytes.
pub(super) fn base64(text: &str, most: usize) -> Wiped {
    // Never grows, so that no copy is left behind.
    let mut out = Wiped(Vec::with_capacity(most));
    let (mut held, mut bits) = (0u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            // Only the low eight bits are meant.
            out.0.push((held >> bits & 0xff) as u8);
            if out.0.len() >= most {
                break;
            }
        }
    }
    out
}
