//! Files that are read in parts, because they are too large to hold.

use std::sync::Arc;

use super::{HostError, Read};

/// A file that was opened once, so that all its parts are of the same file.
pub trait Parts: Send {
    /// How errors name it.
    fn path(&self) -> &str;

    /// Bytes, at the moment it was opened.
    fn size(&self) -> u64;

    /// Fills the buffer from an offset in bytes. `Garbled` where the file ends before.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Read<()>;
}

impl dyn Parts + '_ {
    /// The error of a file that makes no sense.
    pub fn garbled(&self, problem: impl Into<String>) -> HostError {
        HostError::Garbled(self.path().to_owned(), problem.into())
    }

    /// So many bytes from an offset.
    pub fn part(&mut self, offset: u64, length: usize) -> Read<Vec<u8>> {
        let inside = offset.checked_add(length as u64).is_some_and(|end| end <= self.size());
        if !inside {
            return Err(ends(self.path()));
        }
        let mut part = vec![0; length];
        self.read_at(offset, &mut part)?;
        Ok(part)
    }
}

/// The error of a file that is shorter than it says.
pub(super) fn ends(path: &str) -> HostError {
    HostError::Garbled(path.to_owned(), "it ends too early".to_owned())
}

/// A file that is held after all.
#[derive(Debug)]
pub struct Whole {
    path: String,
    bytes: Arc<Vec<u8>>,
}

impl Whole {
    pub fn new(path: &str, bytes: Arc<Vec<u8>>) -> Self {
        Whole { path: path.to_owned(), bytes }
    }
}

impl Parts for Whole {
    fn path(&self) -> &str {
        &self.path
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Read<()> {
        let start = usize::try_from(offset).ok();
        let part = start.and_then(|start| self.bytes.get(start..start.checked_add(buffer.len())?));
        buffer.copy_from_slice(part.ok_or_else(|| ends(&self.path))?);
        Ok(())
    }
}
