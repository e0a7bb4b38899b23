//! What the kernel tells by a file that can be waited for: mounts, swap areas, and that the clock was set.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

/// Files that are ready for urgent reading (POLLPRI) after each change. The kernel notes for each open file what
/// it has told, so that polling is enough.
pub(super) struct Tables(Vec<File>);

impl Tables {
    pub(super) fn new() -> Self {
        // Where there is none, nothing of the kind is there or it is hidden.
        Tables(["/proc/self/mountinfo", "/proc/swaps"].into_iter().filter_map(|path| File::open(path).ok()).collect())
    }

    pub(super) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.iter().map(File::as_fd)
    }
}

/// A timer of the calendar's clock, which the kernel ends when somebody sets that clock, and when the computer
/// wakes up.
pub(super) struct Clock(OwnedFd);

/// A time that never comes: the year 2199, in seconds.
const NEVER: i64 = 7_226_582_400;

impl Clock {
    pub(super) fn new() -> std::io::Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let never = Itimerspec { it_interval: zero, it_value: Timespec { tv_sec: NEVER, tv_nsec: 0 } };
        timerfd_settime(&timer, TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET, &never)?;
        Ok(Clock(timer))
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Whether the clock was set since the last time.
    pub(super) fn was_set(&self) -> bool {
        rustix::io::read(&self.0, &mut [0; 8]) == Err(Errno::CANCELED)
    }
}
