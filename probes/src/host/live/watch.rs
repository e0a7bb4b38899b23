//! Hears of changes of this machine. The thread "watch" sleeps until the system has something to say.
//!
//! On Linux that is poll(2), which the kernel or a message bus ends; on Windows and macOS other threads of the system
//! ring a bell.

#[cfg(any(target_os = "macos", windows, test))]
mod bell;
#[cfg(any(target_os = "linux", target_os = "macos", windows))]
mod brake;
#[cfg(target_os = "linux")]
mod bus;
#[cfg(unix)]
mod disk;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(any(windows, test))]
mod keys;
#[cfg(target_os = "linux")]
mod links;
#[cfg(target_os = "macos")]
mod macos;
mod plan;
#[cfg(any(target_os = "linux", test))]
mod signals;
#[cfg(any(windows, test))]
mod spelling;
#[cfg(any(target_os = "macos", test))]
mod streams;
#[cfg(target_os = "linux")]
mod thread;
#[cfg(any(windows, test))]
mod told;
mod wanted;
#[cfg(windows)]
mod windows;

use super::Buses;
use crate::host::watch::{Tell, Watcher};

/// Starts to listen, with connections of its own to the same buses. `None` on a system whose events are not
/// followed.
#[cfg(target_os = "linux")]
pub fn start(buses: &Buses, tell: Tell) -> std::io::Result<Option<Box<dyn Watcher>>> {
    Ok(Some(Box::new(thread::start(buses, tell)?)))
}

/// Starts to listen. There are no buses.
#[cfg(target_os = "macos")]
pub fn start(_buses: &Buses, tell: Tell) -> std::io::Result<Option<Box<dyn Watcher>>> {
    Ok(Some(Box::new(macos::start(tell)?)))
}

/// Starts to listen. There are no buses.
#[cfg(windows)]
pub fn start(_buses: &Buses, tell: Tell) -> std::io::Result<Option<Box<dyn Watcher>>> {
    Ok(Some(Box::new(windows::start(tell)?)))
}

/// Nobody has built this here yet.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub fn start(_buses: &Buses, _tell: Tell) -> std::io::Result<Option<Box<dyn Watcher>>> {
    Ok(None)
}
