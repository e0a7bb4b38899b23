//! One row: what its columns are, and as much of them as is asked for. A long one goes on in further
//! pages, of which only the first ones are read.

use super::{Database, u32_at, varint};
use crate::host::{HostError, Read};

/// Bytes that say what the columns are. Tables of package managers have few.
const LONGEST_HEADER: usize = 4096;

/// What is in a column, and where in the row.
#[derive(Clone, Copy, Debug)]
struct Column {
    kind: u64,
    at: usize,
    length: usize,
}

/// One row of a table.
pub struct Row<'a> {
    database: &'a mut Database,
    /// Its number: what a column `INTEGER PRIMARY KEY` shows.
    pub number: i64,
    /// What has been read of it, from its start.
    read: Vec<u8>,
    length: usize,
    /// The page where it goes on behind what has been read.
    next: u32,
    columns: Vec<Column>,
}

impl<'a> Row<'a> {
    pub(super) fn new(database: &'a mut Database, number: i64, read: Vec<u8>, length: usize, next: u32) -> Read<Self> {
        let mut row = Row { database, number, read, length, next, columns: Vec::new() };
        row.columns = row.layout()?;
        Ok(row)
    }

    fn layout(&mut self) -> Read<Vec<Column>> {
        let Some((header, mut used)) = varint(&self.read) else { return Err(self.database.damaged()) };
        let header = usize::try_from(header).ok().filter(|header| *header <= LONGEST_HEADER.min(self.length));
        let Some(header) = header else { return Err(self.database.damaged()) };
        self.fill(header)?;
        let mut columns = Vec::new();
        let mut at = header;
        while used < header {
            let next = varint(&self.read[used..header]);
            let column = next.and_then(|(kind, more)| {
                used += more;
                let length = usize::try_from(length_of(kind)?).ok()?;
                at.checked_add(length).filter(|end| *end <= self.length).map(|_| Column { kind, at, length })
            });
            let Some(column) = column else { return Err(self.database.damaged()) };
            at += column.length;
            columns.push(column);
        }
        Ok(columns)
    }

    /// Reads on until that many bytes of the row are there.
    fn fill(&mut self, wanted: usize) -> Read<()> {
        while self.read.len() < wanted.min(self.length) {
            let page = self.database.page(self.next)?;
            let more = (self.length - self.read.len()).min(self.database.usable - 4);
            self.next = u32_at(&page, 0);
            self.read.extend_from_slice(&page[4..4 + more]);
        }
        Ok(())
    }

    /// Bytes of a column with bytes. `None` where there are no bytes in it.
    pub fn blob_length(&self, column: usize) -> Option<usize> {
        let column = self.columns.get(column)?;
        (column.kind >= 12 && column.kind % 2 == 0).then_some(column.length)
    }

    /// The first `wanted` bytes of a column, or all where it has fewer. What lies behind is not read.
    pub fn start(&mut self, column: usize, wanted: usize) -> Read<Vec<u8>> {
        let Some(column) = self.columns.get(column).copied() else { return Ok(Vec::new()) };
        let end = column.at + wanted.min(column.length);
        self.fill(end)?;
        Ok(self.read[column.at..end].to_vec())
    }

    /// A column with text. `None` where there is none in it.
    pub(super) fn text(&mut self, column: usize) -> Read<Option<String>> {
        let is_text = |column: &Column| column.kind >= 13 && column.kind % 2 == 1 && column.length <= LONGEST_HEADER;
        if !self.columns.get(column).is_some_and(is_text) {
            return Ok(None);
        }
        Ok(String::from_utf8(self.start(column, LONGEST_HEADER)?).ok())
    }

    /// A column with a whole number. `None` where there is none in it.
    pub(super) fn number(&mut self, column: usize) -> Read<Option<i64>> {
        let kind = match self.columns.get(column).map(|column| column.kind) {
            Some(kind @ (1..=6 | 8 | 9)) => kind,
            _ => return Ok(None),
        };
        let bytes = self.start(column, 8)?;
        let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
        let value = bytes.iter().fold(if negative { -1 } else { 0 }, |value, byte| value << 8 | i64::from(*byte));
        Ok(Some(if kind == 9 { 1 } else { value }))
    }

    /// The error of a row that makes no sense.
    pub fn garbled(&self, problem: &str) -> HostError {
        self.database.file.garbled(format!("entry {}: {problem}", self.number))
    }
}

/// Bytes of a value by its kind. `None` for the kinds that do not occur in files.
fn length_of(kind: u64) -> Option<u64> {
    match kind {
        0 | 8 | 9 => Some(0),
        1..=4 => Some(kind),
        5 => Some(6),
        6 | 7 => Some(8),
        10 | 11 => None,
        _ => Some((kind - 12) / 2),
    }
}
