//! The tree of pages that holds a table: inner pages lead to others, leaves hold the rows.

use super::{Database, HEADER, Row, u16_at, u32_at, varint};
use crate::host::Read;

/// Inner pages on the way to a row. SQLite itself needs no more for all the rows it can number.
const DEEPEST: u32 = 20;

const INNER: u8 = 0x05;
const LEAF: u8 = 0x0d;

impl Database {
    /// Gives each row below a page to `each`.
    pub(super) fn walk(&mut self, number: u32, depth: u32, each: &mut dyn FnMut(&mut Row<'_>) -> Read<()>) -> Read<()> {
        let page = self.page(number)?;
        let start = if number == 1 { HEADER } else { 0 };
        let (kind, cells) = (page[start], usize::from(u16_at(&page, start + 3)));
        let first = start
            + match kind {
                INNER if depth < DEEPEST => 12,
                LEAF => 8,
                _ => return Err(self.damaged()),
            };
        for index in 0..cells {
            let pointer = first + 2 * index;
            if pointer + 2 > self.usable {
                return Err(self.damaged());
            }
            let at = usize::from(u16_at(&page, pointer));
            let cell = page.get(at..self.usable).filter(|cell| cell.len() >= 4);
            let Some(cell) = cell else { return Err(self.damaged()) };
            if kind == INNER {
                self.walk(u32_at(cell, 0), depth + 1, each)?;
            } else {
                self.row(cell, each)?;
            }
        }
        if kind == INNER { self.walk(u32_at(&page, start + 8), depth + 1, each) } else { Ok(()) }
    }

    /// A cell: the length of the row, its number, as much of the row as fits, and where it goes on.
    fn row(&mut self, cell: &[u8], each: &mut dyn FnMut(&mut Row<'_>) -> Read<()>) -> Read<()> {
        let parts = varint(cell).and_then(|(length, used)| {
            let (number, more) = varint(&cell[used..])?;
            Some((usize::try_from(length).ok()?, number.cast_signed(), &cell[used + more..]))
        });
        let Some((length, number, rest)) = parts else { return Err(self.damaged()) };
        let most = self.usable - 35;
        let least = (self.usable - 12) * 32 / 255 - 23;
        let fits = if length <= most {
            length
        } else {
            let fits = least + (length - least) % (self.usable - 4);
            if fits <= most { fits } else { least }
        };
        let Some(here) = rest.get(..fits) else { return Err(self.damaged()) };
        let next = match rest.get(fits..fits + 4) {
            Some(next) if fits < length => u32_at(next, 0),
            None if fits < length => return Err(self.damaged()),
            _ => 0,
        };
        let Some(left) = self.rows_left.checked_sub(1) else {
            return Err(self.file.garbled("it has too many rows"));
        };
        self.rows_left = left;
        let mut row = Row::new(self, number, here.to_vec(), length, next)?;
        each(&mut row)
    }

    pub(super) fn damaged(&self) -> crate::host::HostError {
        self.file.garbled("its pages are damaged")
    }
}
