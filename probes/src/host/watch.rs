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

impl Scanned {
    /// Puts this scan behind the one that waits to be looked at, if there is one. They wait as one: where the watcher
    /// hangs at a path that does not answer, scans go on.
    pub fn wait_in(self, place: &mut Option<Scanned>) {
        *place = Some(match place.take() {
            Some(earlier) => earlier.then(self),
            None => self,
        });
    }

    /// What this scan asked for and then another one, as one.
    fn then(mut self, later: Scanned) -> Scanned {
        let again = |practice: &PracticeId| later.asked.iter().any(|(asked, _)| asked == practice);
        self.asked.retain(|(practice, _)| later.practices.contains(*practice) && !again(practice));
        self.asked.extend(later.asked);
        Scanned { began: self.began, practices: later.practices, asked: self.asked }
    }
}

/// Takes what was heard. Called on the watcher's own thread: it must not wait for anything.
pub type Tell = Box<dyn Fn(Change) + Send>;

/// Watches what scans asked for, until it is dropped.
pub trait Watcher: Send {
    /// Watches from now on what this scan asked for. Returns at once.
    fn follow(&mut self, scanned: Scanned);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_scans_the_later_one_counts_and_the_earlier_moment() {
        let asked = |path: &str| Asked { paths: [(path.into(), false)].into(), ..Asked::default() };
        let (firewall, lock, login) = (PracticeId::Firewall, PracticeId::ScreenLock, PracticeId::RemoteLogin);
        let scanned = |second, practices: &[PracticeId], asked| Scanned {
            began: Timestamp::from_second(second).expect("a moment"),
            practices: practices.iter().copied().collect(),
            asked,
        };
        let first = scanned(
            1,
            &[firewall, lock, login],
            vec![(firewall, asked("/a")), (lock, asked("/b")), (login, asked("/c"))],
        );
        let second = scanned(2, &[firewall, lock], vec![(firewall, asked("/d"))]);
        let both = first.then(second);
        assert_eq!(both.began.as_second(), 1);
        assert!(!both.practices.contains(login));
        assert_eq!(both.asked, [(lock, asked("/b")), (firewall, asked("/d"))]);
    }
}
