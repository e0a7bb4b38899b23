//! Hears of changes of this machine. The thread "watch" sleeps in poll(2) until the kernel or a message bus has
//! something to say.
//!
//! Linux only. On macOS (FSEvents) and Windows (RegNotifyChangeKeyValue, WMI) nobody has built this yet: there
//! [`start`] gives no watcher, and the timer does it alone.

#[cfg(target_os = "linux")]
mod brake;
#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod links;
#[cfg(any(target_os = "linux", test))]
mod plan;
#[cfg(any(target_os = "linux", test))]
mod signals;
#[cfg(target_os = "linux")]
mod thread;

use super::Buses;
use crate::host::watch::{Tell, Watcher};

/// Starts to listen, with connections of its own to the same buses. `None` on a system whose events are not
/// followed.
#[cfg(target_os = "linux")]
pub fn start(buses: &Buses, tell: Tell) -> std::io::Result<Option<Box<dyn Watcher>>> {
    Ok(Some(Box::new(thread::start(buses, tell)?)))
}

/// Nobody has built this here yet.
#[cfg(not(target_os = "linux"))]
pub fn start(_buses: &Buses, _tell: Tell) -> std::io::Result<Option<Box<dyn Watcher>>> {
    Ok(None)
}
