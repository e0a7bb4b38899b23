//! The log beside a database: pages as changes left them that have not been carried over yet.
//!
//! Only what was finished counts: frames up to the last one that ends a change, as long as their salts are
//! the log's own and their checksums, each of which covers all before it, are right.

use std::collections::HashMap;

use super::u32_at;
use crate::host::Read;
use crate::host::parts::Parts;

/// Bytes before the first frame, and before the page in each frame.
const HEADER: usize = 32;
const FRAME: usize = 24;

/// The most that is read of a log, in bytes. rpm has it carried over every 40 MB.
const LARGEST: u64 = 512 << 20;

/// Bytes read at once.
const CHUNK: usize = 1 << 20;

pub(super) struct Wal {
    file: Box<dyn Parts>,
    /// Where the newest finished state of a page is.
    at: HashMap<u32, u64>,
    /// How many pages the database has after the last change.
    pub(super) pages: u32,
}

/// Reads a log. `None` where no finished change is in it.
pub(super) fn open(mut file: Box<dyn Parts>, page_size: usize) -> Read<Option<Wal>> {
    if file.size() < HEADER as u64 {
        return Ok(None);
    }
    let header = file.part(0, HEADER)?;
    let big = match u32_at(&header, 0) {
        0x377f_0682 => false,
        0x377f_0683 => true,
        // What is no log is one that nobody has written to yet.
        _ => return Ok(None),
    };
    let mut sum = checksum(big, &header[..24], (0, 0));
    if sum != (u32_at(&header, 24), u32_at(&header, 28)) {
        return Ok(None);
    }
    if u32_at(&header, 4) != 3_007_000 || u32_at(&header, 8) as usize != page_size {
        return Err(file.garbled("it does not fit the database beside it"));
    }
    if file.size() > LARGEST {
        return Err(file.garbled(format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    let salts = &header[16..24];
    let frame = FRAME + page_size;
    let mut wal = Wal { file, at: HashMap::new(), pages: 0 };
    let mut unfinished: Vec<(u32, u64)> = Vec::new();
    let mut offset = HEADER as u64;
    'log: loop {
        let whole = usize::try_from((wal.file.size() - offset) / frame as u64).unwrap_or(0);
        let count = whole.min((CHUNK / frame).max(1));
        if count == 0 {
            break;
        }
        let chunk = wal.file.part(offset, count * frame)?;
        for one in chunk.chunks_exact(frame) {
            let (head, page) = one.split_at(FRAME);
            sum = checksum(big, page, checksum(big, &head[..8], sum));
            let number = u32_at(head, 0);
            if head[8..16] != *salts || number == 0 || sum != (u32_at(head, 16), u32_at(head, 20)) {
                break 'log;
            }
            unfinished.push((number, offset + FRAME as u64));
            offset += frame as u64;
            let pages = u32_at(head, 4);
            if pages != 0 {
                wal.at.extend(unfinished.drain(..));
                wal.pages = pages;
            }
        }
    }
    Ok((wal.pages != 0).then_some(wal))
}

impl Wal {
    /// A page as the last change left it. `None` where no change touched it.
    pub(super) fn page(&mut self, number: u32, page_size: usize) -> Option<Read<Vec<u8>>> {
        let offset = *self.at.get(&number)?;
        Some(self.file.part(offset, page_size))
    }
}

/// Goes on with a checksum over a multiple of eight bytes, in words of the order the log was written in.
fn checksum(big: bool, bytes: &[u8], (mut one, mut two): (u32, u32)) -> (u32, u32) {
    for pair in bytes.chunks_exact(8) {
        let word = |at: usize| if big { u32_at(pair, at) } else { u32_at(pair, at).swap_bytes() };
        one = one.wrapping_add(word(0)).wrapping_add(two);
        two = two.wrapping_add(word(4)).wrapping_add(one);
    }
    (one, two)
}
