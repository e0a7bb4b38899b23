//! One running process.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// One running process. Other users' processes have a name but their arguments may be hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    pub uid: u32,
    /// `/proc/PID/comm`: at most 15 bytes.
    pub name: String,
    /// The arguments with the program's own name first; empty where not readable.
    pub arguments: Arguments,
}

/// The arguments of a process, read when somebody first looks at them. Of hundreds of processes a scan asks
/// for the arguments of a few, and each costs the kernel a walk through that process's memory.
#[derive(Clone)]
pub struct Arguments(Arc<Lazy>);

struct Lazy {
    pid: u32,
    words: OnceLock<Vec<String>>,
    read: fn(u32) -> Vec<String>,
}

impl Arguments {
    /// Those of a running process, to be read by that function.
    #[cfg(any(target_os = "linux", test))]
    pub(crate) fn later(pid: u32, read: fn(u32) -> Vec<String>) -> Self {
        Arguments(Arc::new(Lazy { pid, words: OnceLock::new(), read }))
    }
}

impl Deref for Arguments {
    type Target = [String];

    fn deref(&self) -> &[String] {
        self.0.words.get_or_init(|| (self.0.read)(self.0.pid))
    }
}

impl From<Vec<String>> for Arguments {
    fn from(words: Vec<String>) -> Self {
        Arguments(Arc::new(Lazy { pid: 0, words: OnceLock::from(words), read: |_| Vec::new() }))
    }
}

impl PartialEq for Arguments {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Arguments {}

impl fmt::Debug for Arguments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    static READS: AtomicU32 = AtomicU32::new(0);

    #[test]
    fn arguments_are_read_once_and_only_when_asked_for() {
        let later = Arguments::later(7, |pid| {
            READS.fetch_add(1, Ordering::Relaxed);
            vec![pid.to_string()]
        });
        let copy = later.clone();
        assert_eq!(READS.load(Ordering::Relaxed), 0);
        assert_eq!((&later[..], copy.len()), (&["7".to_owned()][..], 1));
        assert_eq!(READS.load(Ordering::Relaxed), 1, "a copy shares what was read");
        assert_eq!(later, Arguments::from(vec!["7".to_owned()]));
    }
}
