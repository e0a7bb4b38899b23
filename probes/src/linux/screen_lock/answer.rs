//! What a desktop answers about its screen.

use crate::finding::Evidence;
use crate::text::Text;

/// The answer to both questions: does it lock, and when does it go idle.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) lock: Lock,
    pub(crate) idle: Idle,
    /// That it locks was concluded, not read. What keeps it from locking is always read.
    pub(crate) inferred: bool,
    /// The same for the time until it goes idle.
    pub(crate) idle_inferred: bool,
    /// The PAM service that unlocks the screen, where that is the login program and not the locker itself.
    pub(crate) unlocked_by: Option<&'static str>,
    pub(crate) evidence: Vec<Evidence>,
}

/// Whether leaving the machine alone ends in a locked screen.
#[derive(Clone, Debug)]
pub(crate) enum Lock {
    /// Seconds without input until a password is needed.
    After(u32),
    Never(Text),
    Unknown(Text),
}

/// When the screen goes idle.
#[derive(Clone, Debug)]
pub(crate) enum Idle {
    /// Seconds without input until it goes blank or shows a saver.
    After(u32),
    Never(Text),
    Unknown(Text),
}

impl Answer {
    pub(crate) fn new(lock: Lock, idle: Idle) -> Self {
        Answer { lock, idle, inferred: false, idle_inferred: false, unlocked_by: None, evidence: Vec::new() }
    }

    /// Neither could be told, for one reason.
    pub(crate) fn unknown(why: Text) -> Self {
        Answer::new(Lock::Unknown(why.clone()), Idle::Unknown(why))
    }

    #[must_use]
    pub(crate) fn saw(mut self, source: &str, saw: &str, check: &str) -> Self {
        self.evidence.push(Evidence { source: source.to_owned(), saw: saw.to_owned(), check: check.to_owned() });
        self
    }
}
