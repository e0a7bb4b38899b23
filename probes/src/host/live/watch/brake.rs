//! Keeps a storm of events from keeping a processor.

use std::time::{Duration, Instant};

/// This many turns may come at once.
const FREE: u32 = 20;

/// How long such a burst is, and how long each turn behind it waits.
const BURST: Duration = Duration::from_millis(100);
const PAUSE: Duration = Duration::from_millis(50);

/// Counts turns.
pub(super) struct Brake {
    since: Instant,
    turns: u32,
}

impl Brake {
    pub(super) fn new() -> Self {
        Brake { since: Instant::now(), turns: 0 }
    }

    /// Called once a turn: waits where there were too many. What happens meanwhile waits in the kernel, and is
    /// then taken in one turn.
    pub(super) fn turn(&mut self) {
        if self.since.elapsed() > BURST {
            *self = Brake::new();
        }
        self.turns += 1;
        if self.turns > FREE {
            std::thread::sleep(PAUSE);
        }
    }
}
