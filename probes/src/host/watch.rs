//! Learning of changes instead of looking for them: the seam between what a scan asked for and the events of a
//! system.
//!
//! A watcher is told after each scan what its probes asked for, and says which practices a change concerns. What
//! it cannot watch, it leaves to the timer: a watcher that is deaf costs time, never truth.

use jiff::Timestamp;

use super::asked::Asked;
use crate::practice::{PracticeId, Practices};

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something that these practices were read from.
    Practices(Practices),
    /// Whatever may have changed meanwhile was not heard, or may mean something else now.
    Everything(Why),
    /// So many folders cannot be watched, because they may not be read or are too many: changes in them are seen
    /// when the next scan is due. Said when the number changes.
    LeftOut(usize),
}

/// Why everything has to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// More happened than the kernel keeps for a listener.
    Overflow,
    /// The calendar's clock was set.
    ClockSet,
    /// The computer was asleep.
    Resumed,
}

/// What a scan asked for.
#[derive(Clone, Debug, Default)]
pub struct Scanned {
    /// When it began: what changed since then may not be in its findings.
    pub began: Timestamp,
    /// Every practice that is of interest. What was asked for another one is forgotten.
    pub practices: Practices,
    /// What the probes of this scan asked for. For a practice that is not named here what was asked before stands.
    pub asked: Vec<(PracticeId, Asked)>,
}

/// Takes what was heard. Called on the watcher's own thread: it must not wait for anything.
pub type Tell = Box<dyn Fn(Change) + Send>;

/// Watches what scans asked for, until it is dropped.
pub trait Watcher: Send {
    /// Watches from now on what this scan asked for. Returns at once.
    fn follow(&mut self, scanned: Scanned);
}
