//! When the next scan is due. Pure: both clocks come in as arguments.

use std::time::Duration;

use jiff::Timestamp;

/// The longest single sleep. A laptop that was asleep does not count that time on the steady clock,
/// so this bounds how long after waking an overdue scan can still wait.
pub const LONGEST_SLEEP: Duration = Duration::from_secs(300);

/// One moment on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The calendar's clock. People and time servers set it forwards and back.
    pub wall: Timestamp,
    /// The steady clock, since any fixed point. Stands still while the machine is suspended.
    pub steady: Duration,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Now,
    /// Look again after this long, at the latest.
    In(Duration),
}

/// Whether a scan is due, `interval` after the `last` one.
///
/// It is due as soon as either clock says so: the steady one goes on when the wall clock is set
/// back, the wall clock knows of the hours that the machine slept. A wall clock set forwards costs
/// one scan too many, which harms nobody.
pub fn due(last: Option<Moment>, interval: Duration, now: Moment) -> Due {
    let Some(last) = last else { return Due::Now };
    let steady = now.steady.saturating_sub(last.steady);
    // Negative when the clock was set back: then it says nothing.
    let wall = Duration::try_from(now.wall.duration_since(last.wall)).unwrap_or(Duration::ZERO);
    let passed = steady.max(wall);
    match interval.checked_sub(passed) {
        None | Some(Duration::ZERO) => Due::Now,
        Some(rest) => Due::In(rest.min(LONGEST_SLEEP)),
    }
}
