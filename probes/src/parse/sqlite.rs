//! SQLite database files, read without SQLite: its library would lock the database of a package manager and
//! put files beside it.
//!
//! Only what it takes to go through a table: pages, the log of changes that have not been carried over, the
//! tree of a table, and the start of each value. Source: sqlite.org/fileformat2.html.

mod record;
mod tree;
mod wal;

pub use self::record::Row;
use self::wal::Wal;
use crate::host::Read;
use crate::host::parts::Parts;

/// Bytes of the header at the start of the first page.
const HEADER: usize = 100;

/// The most that is read of one database, in bytes. What is used of a package database is a part of it.
const MOST_READ: u64 = 1 << 30;

/// The most rows that are read of one database. No system has as many packages.
const MOST_ROWS: u32 = 200_000;

/// A database at one moment: that of the last finished change.
pub struct Database {
    file: Box<dyn Parts>,
    wal: Option<Wal>,
    page_size: usize,
    /// Bytes of a page that hold content.
    usable: usize,
    /// How many pages there are. The first is 1.
    pages: u32,
    /// How many may still be read. Each belongs to one place, so there is no need to read any twice.
    left: u64,
    /// How many rows may still be read.
    rows_left: u32,
}

/// Opens a database. `wal` is the file beside it whose name ends in `-wal`, where there is one.
pub fn open(mut file: Box<dyn Parts>, wal: Option<Box<dyn Parts>>) -> Read<Database> {
    if file.size() < HEADER as u64 {
        return Err(file.garbled("it is too short for an SQLite database"));
    }
    let header = file.part(0, HEADER)?;
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(file.garbled("it is no SQLite database"));
    }
    let page_size = match u16_at(&header, 16) {
        1 => 65_536,
        size => usize::from(size),
    };
    if !page_size.is_power_of_two() || page_size < 512 {
        return Err(file.garbled("its pages have an impossible size"));
    }
    let wal = match wal {
        Some(wal) => wal::open(wal, page_size)?,
        None => None,
    };
    let mut database = Database { file, wal, page_size, usable: page_size, pages: 1, left: 1, rows_left: MOST_ROWS };
    // The first page may have changed, too.
    let header = database.page(1)?;
    let usable = page_size - usize::from(header[20]);
    if header[19] > 2 || header[21..24] != [64, 32, 32] || usable < 480 {
        return Err(database.file.garbled("its format is a newer one, or damaged"));
    }
    if u32_at(&header, 56) > 1 {
        return Err(database.file.garbled("its texts are not UTF-8"));
    }
    let in_file = u32::try_from(database.file.size() / page_size as u64).unwrap_or(u32::MAX);
    let said = u32_at(&header, 28);
    database.usable = usable;
    database.pages = match &database.wal {
        Some(wal) => wal.pages,
        // The number counts only where whoever wrote last kept it.
        None if said != 0 && u32_at(&header, 24) == u32_at(&header, 92) => said,
        None => in_file,
    };
    if database.wal.is_none() && database.pages > in_file {
        return Err(database.file.garbled("it is cut short"));
    }
    database.left = u64::from(database.pages).min(MOST_READ / page_size as u64);
    Ok(database)
}

/// The file that undoes a change of the database that was not finished, by its first bytes. With such a file
/// beside it, the database itself means nothing.
pub fn is_unfinished(journal: &[u8]) -> bool {
    journal.starts_with(&[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7])
}

impl Database {
    /// Gives each row of a table to `each`, in the order of their numbers.
    pub fn rows(mut self, table: &str, each: &mut dyn FnMut(&mut Row<'_>) -> Read<()>) -> Read<()> {
        let mut root = None;
        self.walk(1, 0, &mut |row| {
            if row.text(0)?.as_deref() == Some("table") && row.text(1)?.as_deref() == Some(table) {
                root = row.number(3)?.and_then(|page| u32::try_from(page).ok());
            }
            Ok(())
        })?;
        let Some(root) = root else { return Err(self.file.garbled(format!("it has no table {table}"))) };
        self.walk(root, 0, each)
    }

    fn page(&mut self, number: u32) -> Read<Vec<u8>> {
        if number == 0 || number > self.pages {
            return Err(self.file.garbled("it leads to a page that it does not have"));
        }
        let Some(left) = self.left.checked_sub(1) else {
            return Err(self.file.garbled("its pages lead in circles, or it is too large"));
        };
        self.left = left;
        if let Some(page) = self.wal.as_mut().and_then(|wal| wal.page(number, self.page_size)) {
            return page;
        }
        self.file.part(u64::from(number - 1) * self.page_size as u64, self.page_size)
    }
}

/// A number at a place that the caller knows to be there.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes[at..].iter().take(2).fold(0, |value, byte| value << 8 | u16::from(*byte))
}

/// As [`u16_at`].
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].iter().take(4).fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// A number of one to nine bytes, and how many those were. `None` where the bytes end before.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value: u64 = 0;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some((value << 8 | u64::from(*byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests;
