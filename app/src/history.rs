//! What changed when: transitions on disk, one JSON line each, only ever added to.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stethoscope_probes::practice::PracticeId;

use crate::files;
use crate::snapshot::{Snapshot, Transition};
use crate::verdict::VerdictState;

/// When the file has this many bytes it becomes the old one, and the one before that goes.
pub const LARGEST: u64 = 1 << 20;

/// One change of one practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub at: Timestamp,
    pub practice: PracticeId,
    /// `None` where nothing was known of it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<VerdictState>,
    pub to: VerdictState,
    /// The sentence that said why, in English.
    pub reason: String,
    /// The name of the policy it was judged by.
    pub policy: String,
}

impl Entry {
    /// A change, with the reason that the snapshot gives for the new state.
    pub fn of(change: &Transition, snapshot: &Snapshot) -> Self {
        Entry {
            at: change.at,
            practice: change.practice,
            from: Some(change.from),
            to: change.to,
            reason: snapshot.verdict(change.practice).map(|verdict| verdict.reason.to_string()).unwrap_or_default(),
            policy: snapshot.policy.name.clone(),
        }
    }
}

/// What could be read of the history, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub entries: Vec<Entry>,
    /// Lines that make no sense, such as one torn by a power cut. They stay in the file.
    pub skipped: usize,
}

/// Adds entries. A last line that was torn is left and the first entry starts on a line of its own.
pub fn append(path: &Path, entries: &[Entry]) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let (path, entries) = (path.to_owned(), entries.to_vec());
    files::in_time(files::WRITING, move || append_now(&path, &entries))
}

fn append_now(path: &Path, entries: &[Entry]) -> io::Result<()> {
    files::make_folder(path.parent().unwrap_or(Path::new(".")))?;
    if fs::metadata(path).is_ok_and(|metadata| metadata.len() >= LARGEST) {
        fs::rename(path, old(path))?;
    }
    let mut file = files::private().read(true).append(true).create(true).open(path)?;
    let mut lines = Vec::new();
    if files::is_torn(&mut file)? {
        lines.push(b'\n');
    }
    for entry in entries {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    let whole = file.metadata()?.len();
    let written = file.write_all(&lines).and_then(|()| file.sync_data());
    if written.is_err() {
        // The caller tries again later: half of it must not stay. Where even that fails, the torn
        // line is skipped by whoever reads.
        let _torn = file.set_len(whole);
    }
    written
}

/// Everything kept. No file is an empty history.
pub fn read(path: &Path) -> io::Result<History> {
    let mut history = History::default();
    for file in [old(path), path.to_owned()] {
        let bytes = match files::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line) {
                Ok(entry) => history.entries.push(entry),
                Err(_torn) => history.skipped += 1,
            }
        }
    }
    Ok(history)
}

/// Where the older half is: `history.jsonl.1`.
fn old(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    PathBuf::from(name)
}
