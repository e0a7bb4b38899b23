//! When to look again after something changed. Pure: the time comes in as an argument.
//!
//! A change comes seldom alone: an editor writes, renames and sets rights, a package manager goes on for minutes.
//! Looking again waits until it is quiet for a moment, but not for ever, and where changes go on and on it is done
//! less and less often.

use std::time::Duration;

use stethoscope_probes::host::watch::Change;
use stethoscope_probes::practice::Practices;

/// How long nothing has to happen.
pub const QUIET: Duration = Duration::from_millis(150);

/// After this long without a change the next one is a new beginning.
pub const CALM: Duration = Duration::from_secs(2);

/// For so many looks in a row: how long after the first change it is looked at the latest, and how long after the
/// look before at the earliest.
const STAGES: [(u32, Duration, Duration); 4] = [
    (5, Duration::from_secs(1), Duration::ZERO),
    (10, Duration::from_secs(2), Duration::from_secs(1)),
    (60, Duration::from_secs(5), Duration::from_secs(5)),
    (u32::MAX, Duration::from_secs(30), Duration::from_secs(30)),
];

/// What to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    At(Practices),
    AtEverything,
}

/// What has changed and was not looked at yet.
#[derive(Clone, Debug, Default)]
pub struct Debounce {
    waiting: Option<Waiting>,
    /// When it was looked last, and how often in a row.
    looked: Option<(Duration, u32)>,
    /// When something last changed.
    changed: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    first: Duration,
    last: Duration,
    look: Look,
}

impl Debounce {
    /// Something changed at that time of the steady clock.
    pub fn add(&mut self, change: Change, now: Duration) {
        let look = match change {
            Change::Practices(practices) if practices.is_empty() => return,
            Change::Practices(practices) => Look::At(practices),
            Change::Everything(_) => Look::AtEverything,
            Change::LeftOut(_) => return,
        };
        if self.changed.is_none_or(|changed| now.saturating_sub(changed) >= CALM) {
            self.looked = None;
        }
        self.changed = Some(now);
        let waiting = self.waiting.get_or_insert(Waiting { first: now, last: now, look });
        waiting.last = now;
        waiting.look = match (waiting.look, look) {
            (Look::At(before), Look::At(practices)) => Look::At(before | practices),
            _ => Look::AtEverything,
        };
    }

    /// At what time to look. `None` while nothing waits.
    pub fn due(&self) -> Option<Duration> {
        let waiting = self.waiting?;
        let in_a_row = self.looked.map_or(0, |(_, in_a_row)| in_a_row);
        let (_, latest, apart) = STAGES.into_iter().find(|(until, ..)| in_a_row < *until)?;
        let settled = (waiting.last + QUIET).min(waiting.first + latest);
        Some(self.looked.map_or(settled, |(looked, _)| settled.max(looked + apart)))
    }

    /// What to look at now, if it is time.
    pub fn take(&mut self, now: Duration) -> Option<Look> {
        if self.due().is_none_or(|due| due > now) {
            return None;
        }
        let waiting = self.waiting.take()?;
        self.looked = Some((now, self.looked.map_or(1, |(_, in_a_row)| in_a_row.saturating_add(1))));
        Some(waiting.look)
    }

    /// A scan of everything begins: whatever changed before is in it.
    pub fn clear(&mut self) {
        self.waiting = None;
    }
}
