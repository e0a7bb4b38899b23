//! Compressed files, unpacked as a stream and never beyond a limit: what packs well could otherwise
//! fill the memory. Which packing it is shows in the first bytes.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

/// A stream of the unpacked bytes; an error once there are more than `limit` of them.
pub fn unpack(bytes: &[u8], limit: u64) -> io::Result<impl Read + '_> {
    let plain: Box<dyn Read + '_> = match bytes {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(bytes)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
            Box::new(Zstd { rest: bytes, frame: None })
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] | [b'B', b'Z', b'h', ..] => {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "it is compressed in a way that cannot be read"));
        }
        _ => Box::new(bytes),
    };
    Ok(BufReader::with_capacity(64 << 10, Limited { inner: plain, left: limit }))
}

/// Refuses to go on behind the limit.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        let used = u64::try_from(count).unwrap_or(u64::MAX);
        self.left =
            self.left.checked_sub(used).ok_or_else(|| io::Error::other("it becomes too large when unpacked"))?;
        Ok(count)
    }
}

/// Zstandard frames one after the other; skippable ones are skipped.
struct Zstd<'a> {
    rest: &'a [u8],
    frame: Option<Box<StreamingDecoder<&'a [u8], ruzstd::decoding::FrameDecoder>>>,
}

impl Read for Zstd<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let count = frame.read(out)?;
                if count > 0 || out.is_empty() {
                    return Ok(count);
                }
                if let Some(frame) = self.frame.take() {
                    self.rest = frame.into_inner();
                }
            }
            if self.rest.is_empty() {
                return Ok(0);
            }
            match StreamingDecoder::new(self.rest) {
                Ok(frame) => self.frame = Some(Box::new(frame)),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let skipped = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(8);
                    self.rest = self.rest.get(skipped..).ok_or(io::ErrorKind::UnexpectedEof)?;
                }
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `one one one one` and `two` as two members, as `zstd` (with a skippable frame between) and `gzip` write them.
    const ZSTD: &str =
        "28b52ffd24105d0000286f6e65200a01001b8e086b2fc2e0502a4d180300000078797a28b52ffd240421000074776f0a0f2d04f9";
    const GZIP: &str =
        "1f8b0800000000000003cbcf4b55c847602e00de16ef30100000001f8b08000000000000032b29cfe702007408179604000000";

    /// Three million zeros, as `zstd` writes them.
    const BOMB: &str = "28b52ffd04585400001000000100fbff39c00202001000020010000200100002001000020010000200100002001000020010000200100002001000020010000200100002001000020010000200100002001000020010000200100002001000020010000200100003360e0003c9afd6";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
    }

    fn whole(packed: &[u8], limit: u64) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let mut stream = unpack(packed, limit).map_err(|error| error.to_string())?;
        stream.read_to_end(&mut out).map_err(|error| error.to_string())?;
        Ok(out)
    }

    #[test]
    fn every_member_is_unpacked_whatever_the_packing() {
        for packed in [bytes(ZSTD), bytes(GZIP), b"one one one one\ntwo\n".to_vec()] {
            assert_eq!(whole(&packed, 100).expect("whole"), b"one one one one\ntwo\n");
        }
        assert_eq!(whole(b"", 100).expect("empty"), b"");
    }

    #[test]
    fn what_becomes_too_large_is_an_error_and_not_cut() {
        assert_eq!(whole(&bytes(BOMB), 3_000_000).expect("just fits").len(), 3_000_000);
        assert!(whole(&bytes(BOMB), 2_999_999).expect_err("too large").contains("too large"));
        assert!(whole(&bytes(GZIP), 19).expect_err("too large").contains("too large"));
    }

    #[test]
    fn torn_and_unknown_packings_are_errors() {
        for packed in [bytes(ZSTD), bytes(GZIP)] {
            for end in 7..packed.len() {
                // Between two members a file may end.
                if let Ok(part) = whole(&packed[..end], 100) {
                    assert_eq!(part, b"one one one one\n", "cut after {end} bytes");
                }
            }
        }
        assert!(whole(b"\xfd7zXZ\0rest", 100).expect_err("xz").contains("cannot be read"));
        assert!(whole(b"BZh91AY", 100).expect_err("bzip2").contains("cannot be read"));
    }
}
