//! LZ4 frames, as APT writes its package lists where it is told to keep them compressed.
//!
//! Source of the format: the LZ4 frame and block format descriptions. Checksums are not looked at:
//! APT has verified the file.

use crate::host::large;

/// The most that one file may become, in bytes.
const LARGEST: usize = 256 << 20;

/// Unpacks all frames. `None` where the bytes are no whole LZ4 frames.
pub fn unpack(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut out = large::buffer(rest.len().saturating_mul(4).min(LARGEST));
    while !rest.is_empty() {
        rest = frame(rest, &mut out)?;
    }
    Some(out)
}

fn frame<'a>(input: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (magic, rest) = input.split_at_checked(4)?;
    if magic != [0x04, 0x22, 0x4d, 0x18] {
        return None;
    }
    let flags = *rest.first()?;
    let (block_checksum, content_size, content_checksum, dictionary) =
        (flags & 0x10 != 0, flags & 0x08 != 0, flags & 0x04 != 0, flags & 0x01 != 0);
    if flags >> 6 != 1 || dictionary {
        return None;
    }
    let mut rest = rest.get(if content_size { 11 } else { 3 }..)?;
    loop {
        let (size, after) = rest.split_at_checked(4)?;
        let size = u32::from_le_bytes(size.try_into().ok()?);
        rest = after;
        if size == 0 {
            return rest.get(if content_checksum { 4 } else { 0 }..);
        }
        let length = usize::try_from(size & 0x7fff_ffff).ok()?;
        let (block, after) = rest.split_at_checked(length)?;
        if size & 0x8000_0000 == 0 {
            unpack_block(block, out)?;
        } else {
            out.extend_from_slice(block);
        }
        if out.len() > LARGEST {
            return None;
        }
        rest = after.get(if block_checksum { 4 } else { 0 }..)?;
    }
}

fn unpack_block(mut block: &[u8], out: &mut Vec<u8>) -> Option<()> {
    while let Some((token, rest)) = block.split_first() {
        block = rest;
        let literals = length(usize::from(token >> 4), &mut block)?;
        let (copied, rest) = block.split_at_checked(literals)?;
        out.extend_from_slice(copied);
        block = rest;
        // The last sequence of a block has no match.
        if block.is_empty() {
            return Some(());
        }
        let (back, rest) = block.split_at_checked(2)?;
        let back = usize::from(u16::from_le_bytes([back[0], back[1]]));
        block = rest;
        let matched = length(usize::from(token & 15), &mut block)? + 4;
        if back == 0 || out.len() + matched > LARGEST {
            return None;
        }
        let start = out.len().checked_sub(back)?;
        // A match may reach into what it writes itself: then what is there repeats, in ever longer pieces.
        let end = out.len() + matched;
        while out.len() < end {
            let piece = (out.len() - start).min(end - out.len());
            out.extend_from_within(start..start + piece);
        }
    }
    Some(())
}

/// A length of 15 goes on in the bytes that follow, for as long as they are 255.
fn length(start: usize, block: &mut &[u8]) -> Option<usize> {
    let mut total = start;
    if start == 15 {
        loop {
            let (byte, rest) = block.split_first()?;
            *block = rest;
            total += usize::from(*byte);
            if *byte != 255 {
                break;
            }
        }
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_matches_that_overlap_are_unpacked() {
        // A frame of one block: five literals, a match of 14 bytes five back, five last literals.
        let block = [0x5a, b'a', b'b', b'c', b'd', b'e', 5, 0, 0x50, b'v', b'w', b'x', b'y', b'z'];
        let mut frame = vec![0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0];
        frame.extend(u32::try_from(block.len()).expect("small").to_le_bytes());
        frame.extend(block);
        frame.extend([0; 4]);
        assert_eq!(unpack(&frame).as_deref(), Some(b"abcdeabcdeabcdeabcdvwxyz".as_slice()));
        for end in 1..frame.len() {
            assert_eq!(unpack(&frame[..end]), None, "cut after {end} bytes");
        }
    }

    #[test]
    fn a_match_before_the_beginning_is_refused() {
        let mut out = Vec::new();
        assert_eq!(unpack_block(&[0x10, b'a', 9, 0, 0x10, b'b'], &mut out), None);
        assert_eq!(unpack(b"plain text"), None);
    }
}
