//! What the program remembers over a restart: the last snapshot, and what was told of it.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::files;

/// Why something remembered is not used. The program starts as if there were nothing to remember.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateProblem {
    #[error("what was kept of the last run could not be read and is not used: {why}\nfile: {file}", file = file.display())]
    Unreadable { why: String, file: PathBuf },
    #[error("what was kept of the last run makes no sense and is not used: {why}\nfile: {file}", file = file.display())]
    Garbled { why: String, file: PathBuf },
}

/// Keeps a value as JSON in place of the one before.
pub fn save<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    files::replace(path, &serde_json::to_vec(value)?)
}

/// What was kept, if it is there and whole.
pub fn load<T: DeserializeOwned>(path: &Path) -> (Option<T>, Option<StateProblem>) {
    let bytes = match files::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (None, None),
        Err(error) => {
            return (None, Some(StateProblem::Unreadable { why: error.to_string(), file: path.to_owned() }));
        }
    };
    match serde_json::from_slice(&bytes) {
        Ok(value) => (Some(value), None),
        Err(error) => (None, Some(StateProblem::Garbled { why: error.to_string(), file: path.to_owned() })),
    }
}
