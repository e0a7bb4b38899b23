//! What was worked out of large files, kept from scan to scan for as long as those files stay the same.
//!
//! Results are kept, never the files: the program that is always on has to stay small.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Host, Read};

/// How long a file must have been left alone before what it says is kept, in seconds. A file that is
/// written twice within one tick of the filesystem's clock looks the same after the second time.
const SETTLED: i64 = 2;

/// What tells one state of a file from the next. The last change (ctime) cannot be set by a program, so a
/// file that is written in place, or replaced by one with the old date, is seen as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub device: u64,
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// Seconds and nanoseconds since 1970.
    pub modified: (i64, i64),
    /// Seconds and nanoseconds since 1970.
    pub changed: (i64, i64),
}

/// The store. It holds one result a name, and the names stand in the code, so it does not grow.
#[derive(Debug, Default)]
pub struct Memory {
    results: Mutex<BTreeMap<&'static str, Known>>,
    /// Where control groups were found, by the number of their directory: those that the last scan asked for.
    #[cfg(target_os = "linux")]
    pub(super) groups: Mutex<BTreeMap<u64, String>>,
}

#[derive(Debug)]
struct Known {
    of: Vec<(String, Stamp)>,
    result: Arc<dyn Any + Send + Sync>,
}

impl Memory {
    pub fn new() -> Self {
        Self::default()
    }

    fn recall<T: Any + Send + Sync>(&self, what: &'static str, of: &[(String, Stamp)]) -> Option<Arc<T>> {
        let store = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        let known = store.get(what).filter(|known| known.of == of)?;
        Arc::clone(&known.result).downcast().ok()
    }

    fn keep(&self, what: &'static str, of: Vec<(String, Stamp)>, result: Arc<dyn Any + Send + Sync>) {
        self.results.lock().unwrap_or_else(PoisonError::into_inner).insert(what, Known { of, result });
    }
}

impl dyn Host + '_ {
    /// Works something out of the files at `paths` and of nothing else, or gives what was worked out of
    /// the same files before. Where the host keeps no memory, it is worked out each time. An error is
    /// never kept.
    pub fn worked_out<T: Any + Send + Sync>(
        &self,
        what: &'static str,
        paths: &[&str],
        work: impl FnOnce() -> Read<T>,
    ) -> Read<Arc<T>> {
        match self.stamps(paths) {
            Some(of) => self.worked_out_of(what, of, || Ok((work()?, true))),
            None => work().map(Arc::new),
        }
    }

    /// As `worked_out`, out of files whose stamps are known already. `work` says beside its
    /// result whether that may be kept.
    pub fn worked_out_of<T: Any + Send + Sync>(
        &self,
        what: &'static str,
        of: Vec<(String, Stamp)>,
        work: impl FnOnce() -> Read<(T, bool)>,
    ) -> Read<Arc<T>> {
        let Some(memory) = self.memory() else { return work().map(|(result, _)| Arc::new(result)) };
        if let Some(known) = memory.recall(what, &of) {
            return Ok(known);
        }
        let (result, may_keep) = work()?;
        let result = Arc::new(result);
        // What this scan read may be older than the stamps; then they are younger than the scan.
        let settled = || of.iter().all(|(_, stamp)| stamp.changed.0 < self.now().as_second() - SETTLED);
        let same = || of.iter().all(|(path, stamp)| self.stamp(path).as_ref() == Some(stamp));
        if may_keep && settled() && same() {
            memory.keep(what, of, Arc::clone(&result) as Arc<dyn Any + Send + Sync>);
        }
        Ok(result)
    }

    fn stamps(&self, paths: &[&str]) -> Option<Vec<(String, Stamp)>> {
        self.memory()?;
        paths.iter().map(|path| Some(((*path).to_owned(), self.stamp(path)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::{cell::Cell, path::Path};

    use jiff::{Timestamp, ToSpan};

    use super::*;
    use crate::host::live::LiveHost;

    /// What the file says, by way of the memory, and how often it had to be read until now.
    #[cfg(unix)]
    fn ask(memory: &Arc<Memory>, file: &Path, now: Timestamp, reads: &Cell<u32>) -> Vec<u8> {
        let host = LiveHost::new(now).remembering(Arc::clone(memory));
        let host: &dyn Host = &host;
        let path = file.to_str().expect("a plain path");
        let result = host.worked_out("test", &[path], || {
            reads.set(reads.get() + 1);
            host.read(path)
        });
        result.expect("the file is there").to_vec()
    }

    #[test]
    #[cfg(unix)]
    fn a_result_is_kept_until_the_file_changes_in_any_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("list");
        let (memory, reads) = (Arc::new(Memory::new()), Cell::new(0));
        let later = Timestamp::now() + 1.hour();
        let ask = |now| ask(&memory, &file, now, &reads);
        std::fs::write(&file, "one").expect("written");
        let written = std::fs::metadata(&file).and_then(|found| found.modified()).expect("a date");
        assert_eq!((ask(later), reads.get()), (b"one".to_vec(), 1));
        assert_eq!((ask(later), reads.get()), (b"one".to_vec(), 1), "kept");

        // Written in place, as long as before, with the old date put back. The clock of a filesystem
        // ticks every few milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(30));
        std::fs::write(&file, "two").expect("written");
        let open = std::fs::File::options().write(true).open(&file).expect("opened");
        open.set_modified(written).expect("dated back");
        assert_eq!((ask(later), reads.get()), (b"two".to_vec(), 2), "another state");

        // Replaced by another file, as package managers do.
        std::fs::write(folder.path().join("new"), "six").expect("written");
        std::fs::rename(folder.path().join("new"), &file).expect("replaced");
        assert_eq!((ask(later), reads.get()), (b"six".to_vec(), 3), "another file");
    }

    #[test]
    #[cfg(unix)]
    fn what_changed_a_moment_ago_is_not_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("list");
        let (memory, reads) = (Arc::new(Memory::new()), Cell::new(0));
        std::fs::write(&file, "one").expect("written");
        for round in 1..=3 {
            assert_eq!(ask(&memory, &file, Timestamp::now(), &reads), b"one");
            assert_eq!(reads.get(), round);
        }
    }

    #[test]
    fn an_error_is_not_kept() {
        let memory = Arc::new(Memory::new());
        let host = LiveHost::new(Timestamp::now() + 1.hour()).remembering(memory);
        let host: &dyn Host = &host;
        let program = std::env::current_exe().expect("a test is a program");
        let path = program.to_str().expect("a plain path");
        let error = crate::host::HostError::Denied("x".to_owned());
        let failed: Read<Arc<u8>> = host.worked_out("test", &[path], || Err(error.clone()));
        assert_eq!(failed, Err(error));
        assert_eq!(host.worked_out("test", &[path], || Ok(7_u8)), Ok(Arc::new(7)));
    }
}
