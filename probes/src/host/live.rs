//! This machine. Here and in the files below it is the only code that touches the checked system.
//!
//! A [`LiveHost`] lives for one scan: each file is read once and each call made once, so that all
//! probes of a scan see the same machine. What has to outlive a scan, the connections to the message
//! buses and what was worked out of large files, is in [`Buses`] and [`Memory`].

#[cfg(target_os = "linux")]
mod addresses;
mod bus;
mod files;
#[cfg(target_os = "linux")]
mod http;
#[cfg(target_os = "linux")]
mod netlink;
#[cfg(target_os = "linux")]
mod processes;
#[cfg(target_os = "linux")]
mod snapd;
#[cfg(target_os = "linux")]
mod sockets;
#[cfg(target_os = "linux")]
mod tailscale;
mod user;
pub mod watch;
mod wire;
#[cfg(target_os = "linux")]
mod x11;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

pub use bus::Buses;

use super::memory::{Memory, Stamp};
use super::once::Scan;
use super::parts::Parts;
use super::{Bus, BusCall, Host, HostError, Listener, Process, Read, Stat, User, XScreenSaver};
use crate::practice::Platform;

/// The machine this program runs on, at one moment.
#[derive(Debug)]
pub struct LiveHost {
    now: Timestamp,
    buses: Arc<Buses>,
    user: OnceLock<User>,
    files: Once<Arc<Vec<u8>>>,
    stats: Once<Stat>,
    folders: Once<Vec<String>>,
    real_paths: Once<String>,
    replies: Once<Value>,
    /// Services that did not answer in time, and buses that did not or are not there, are not asked again in
    /// this scan.
    silent: Mutex<Vec<(Bus, HostError)>>,
    listeners: OnceLock<Read<Vec<Listener>>>,
    processes: OnceLock<Read<Arc<Vec<Process>>>>,
    screen_saver: OnceLock<Read<XScreenSaver>>,
    scan: Scan,
    memory: Option<Arc<Memory>>,
}

/// What has been read so far.
#[derive(Debug)]
struct Once<V>(Mutex<HashMap<String, Arc<OnceLock<Read<V>>>>>);

impl<V: Clone> Once<V> {
    fn new() -> Self {
        Once(Mutex::new(HashMap::new()))
    }

    /// Who asks for what is just being read waits for it. The lock of all is not held meanwhile: one dead mount must
    /// not stop the other probes.
    fn get(&self, key: &str, read: impl FnOnce() -> Read<V>) -> Read<V> {
        let slot = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match slots.get(key) {
                Some(slot) => Arc::clone(slot),
                None => Arc::clone(slots.entry(key.to_owned()).or_default()),
            }
        };
        slot.get_or_init(read).clone()
    }
}

impl LiveHost {
    /// This machine at the given moment, with connections of its own to the message buses.
    pub fn new(now: Timestamp) -> Self {
        Self::with_buses(now, Arc::new(Buses::new()))
    }

    /// This machine, with connections that stay open from scan to scan.
    pub fn with_buses(now: Timestamp, buses: Arc<Buses>) -> Self {
        LiveHost {
            now,
            buses,
            user: OnceLock::new(),
            files: Once::new(),
            stats: Once::new(),
            folders: Once::new(),
            real_paths: Once::new(),
            replies: Once::new(),
            silent: Mutex::new(Vec::new()),
            listeners: OnceLock::new(),
            processes: OnceLock::new(),
            screen_saver: OnceLock::new(),
            scan: Scan::new(),
            memory: None,
        }
    }

    /// With what earlier scans worked out of large files.
    #[must_use]
    pub fn remembering(mut self, memory: Arc<Memory>) -> Self {
        self.memory = Some(memory);
        self
    }

    fn ask(&self, call: &BusCall) -> Read<Value> {
        let silent = || self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        let bus = self.buses.name(call.bus);
        let known = |(at, error): &&(Bus, HostError)| {
            let (HostError::TimedOut(what) | HostError::Absent(what)) = error else { return false };
            *at == call.bus && (*what == call.service || what == bus)
        };
        if let Some((_, error)) = silent().iter().find(known) {
            return Err(error.clone());
        }
        let reply = self.buses.call(call);
        match &reply {
            Err(error @ HostError::TimedOut(_)) => silent().push((call.bus, error.clone())),
            Err(error @ HostError::Absent(what)) if what == bus => silent().push((call.bus, error.clone())),
            _ => {}
        }
        reply
    }
}

impl Host for LiveHost {
    fn platform(&self) -> Platform {
        if cfg!(target_os = "macos") {
            Platform::Macos
        } else if cfg!(windows) {
            Platform::Windows
        } else {
            Platform::Linux
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn user(&self) -> User {
        self.user.get_or_init(user::current).clone()
    }

    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &str) -> Read<Vec<u8>> {
        self.read_shared(path).map(|bytes| bytes.to_vec())
    }

    fn read_shared(&self, path: &str) -> Read<Arc<Vec<u8>>> {
        self.files.get(path, || files::read(path).map(Arc::new))
    }

    fn open(&self, path: &str) -> Read<Box<dyn Parts>> {
        files::open_parts(path)
    }

    fn this_scan(&self) -> Option<&Scan> {
        Some(&self.scan)
    }

    fn memory(&self) -> Option<&Memory> {
        self.memory.as_deref()
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        files::stamp(path)
    }

    fn list(&self, path: &str) -> Read<Vec<String>> {
        self.folders.get(path, || files::list(path))
    }

    fn link(&self, path: &str) -> Read<String> {
        files::link(path)
    }

    fn real_path(&self, path: &str) -> Read<String> {
        self.real_paths.get(path, || files::real_path(path))
    }

    fn stat(&self, path: &str) -> Read<Stat> {
        self.stats.get(path, || files::stat(path))
    }

    fn dbus(&self, call: &BusCall) -> Read<Value> {
        self.replies.get(&call.line(), || self.ask(call))
    }

    #[cfg(target_os = "linux")]
    fn listeners(&self) -> Read<Vec<Listener>> {
        self.listeners.get_or_init(|| sockets::listeners(self.memory.as_deref())).clone()
    }

    #[cfg(target_os = "linux")]
    fn addresses(&self) -> Read<Vec<super::Address>> {
        addresses::addresses()
    }

    #[cfg(target_os = "linux")]
    fn processes(&self) -> Read<Arc<Vec<Process>>> {
        self.processes.get_or_init(|| processes::processes(self.user().uid).map(Arc::new)).clone()
    }

    #[cfg(target_os = "linux")]
    fn x_screen_saver(&self) -> Read<XScreenSaver> {
        let ask = || x11::screen_saver(self, self.env("DISPLAY").as_deref().unwrap_or_default());
        self.screen_saver.get_or_init(ask).clone()
    }

    #[cfg(target_os = "linux")]
    fn tailscale_ssh(&self) -> Read<bool> {
        tailscale::ssh()
    }

    #[cfg(target_os = "linux")]
    fn snap_refreshes(&self) -> Read<super::SnapRefreshes> {
        snapd::refreshes()
    }

    #[cfg(not(target_os = "linux"))]
    fn listeners(&self) -> Read<Vec<Listener>> {
        self.listeners.get_or_init(|| Err(HostError::Absent("the list of listening sockets".to_owned()))).clone()
    }

    #[cfg(not(target_os = "linux"))]
    fn processes(&self) -> Read<Arc<Vec<Process>>> {
        self.processes.get_or_init(|| Err(HostError::Absent("the list of processes".to_owned()))).clone()
    }

    #[cfg(not(target_os = "linux"))]
    fn x_screen_saver(&self) -> Read<XScreenSaver> {
        self.screen_saver.get_or_init(|| Err(HostError::Absent("the X server".to_owned()))).clone()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
