//! Keeps the last snapshot and the history. What cannot be written waits for the next scan.

use std::io;
use std::path::PathBuf;

use jiff::{Span, Timestamp};

use crate::history::{self, Entry};
use crate::paths::Paths;
use crate::snapshot::{Snapshot, Transition};
use crate::state;

/// How many changes wait in memory for a disk that refuses them. The oldest go first.
const MOST_WAITING: usize = 1000;

/// How old the snapshot on disk may become while nothing changes, in minutes. A scan every few
/// minutes must not keep a disk awake.
const OLDEST: i64 = 60;

/// Why something could not be kept. The program goes on without.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    #[error("the history could not be written: {why}\nfile: {file}", file = file.display())]
    History { why: String, file: PathBuf },
    #[error("the last snapshot could not be written: {why}\nfile: {file}", file = file.display())]
    Snapshot { why: String, file: PathBuf },
}

/// Writes to the state folder.
#[derive(Debug)]
pub struct Keeper {
    snapshot: PathBuf,
    history: PathBuf,
    /// Changes that are not on disk yet.
    waiting: Vec<Entry>,
    /// The snapshot on disk.
    written: Option<Snapshot>,
}

impl Keeper {
    pub fn new(paths: &Paths) -> Self {
        Keeper { snapshot: paths.snapshot(), history: paths.history(), waiting: Vec::new(), written: None }
    }

    /// Keeps a snapshot, and what changed since the one before.
    pub fn keep(&mut self, snapshot: &Snapshot, changes: &[Transition]) -> Result<(), KeepError> {
        self.waiting.extend(changes.iter().map(|change| Entry::of(change, snapshot)));
        let surplus = self.waiting.len().saturating_sub(MOST_WAITING);
        self.waiting.drain(..surplus);
        let appended = history::append(&self.history, &self.waiting);
        // What only takes long is written when the disk answers again: a second time would be once too often.
        if appended.as_ref().err().is_none_or(|error| error.kind() == io::ErrorKind::TimedOut) {
            self.waiting.clear();
        }
        appended.map_err(|error| KeepError::History { why: error.to_string(), file: self.history.clone() })?;
        if self.written.as_ref().is_some_and(|written| says_the_same(written, snapshot)) {
            return Ok(());
        }
        state::save(&self.snapshot, snapshot)
            .map_err(|error| KeepError::Snapshot { why: error.to_string(), file: self.snapshot.clone() })?;
        self.written = Some(snapshot.clone());
        Ok(())
    }
}

/// Whether the older one will do after a restart.
fn says_the_same(older: &Snapshot, newer: &Snapshot) -> bool {
    is_fresh(older.taken_at, newer.taken_at)
        && older.policy == newer.policy
        && older.device == newer.device
        && older.verdicts.len() == newer.verdicts.len()
        && older.verdicts.iter().zip(&newer.verdicts).all(|(older, newer)| {
            older.practice() == newer.practice()
                && older.state == newer.state
                && older.requirement == newer.requirement
                && older.reason == newer.reason
        })
}

fn is_fresh(written: Timestamp, now: Timestamp) -> bool {
    // A clock that was set back makes the one on disk look new: then it is written again.
    now >= written && written.checked_add(Span::new().minutes(OLDEST)).is_ok_and(|old| now < old)
}
