//! This machine, seen by a user with a home of their own.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use stethoscope_probes::host::live::{Buses, LiveHost};
use stethoscope_probes::host::memory::{Memory, Stamp};
use stethoscope_probes::host::once::Scan;
use stethoscope_probes::host::parts::Parts;
use stethoscope_probes::host::{
    Address, BusCall, Host, HostError, Listener, Process, Read, SnapRefreshes, Stat, User, XScreenSaver,
};
use stethoscope_probes::practice::Platform;

/// An empty home and the program's own folder beside it.
#[derive(Clone, Debug)]
pub(super) struct Home(Arc<tempfile::TempDir>);

impl Home {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("home")).expect("a folder");
        Home(Arc::new(folder))
    }

    pub(super) fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join("home").join(name)
    }

    /// Writes a file whose folder is there.
    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    pub(super) fn make(&self, name: &str) {
        std::fs::create_dir(self.path(name)).expect("made");
    }

    pub(super) fn state(&self) -> &Path {
        self.0.path()
    }
}

/// The machine itself, but for the home, and without the mark that tests in a container find.
pub(super) struct HomeHost {
    live: LiveHost,
    home: String,
}

impl HomeHost {
    pub(super) fn shared(home: &Home, now: Timestamp, buses: Arc<Buses>) -> Arc<dyn Host> {
        let home = home.path("").to_str().expect("a plain path").trim_end_matches('/').to_owned();
        Arc::new(HomeHost { live: LiveHost::with_buses(now, buses), home })
    }
}

fn hidden<T>(path: &str) -> Option<Read<T>> {
    (path == "/.dockerenv").then(|| Err(HostError::Absent(path.to_owned())))
}

impl Host for HomeHost {
    fn platform(&self) -> Platform {
        self.live.platform()
    }

    fn now(&self) -> Timestamp {
        self.live.now()
    }

    fn user(&self) -> User {
        User { home: self.home.clone(), ..self.live.user() }
    }

    fn env(&self, name: &str) -> Option<String> {
        match name {
            "HOME" => Some(self.home.clone()),
            _ if name.starts_with("XDG_") || name == "DISPLAY" => None,
            _ => self.live.env(name),
        }
    }

    fn read(&self, path: &str) -> Read<Vec<u8>> {
        hidden(path).unwrap_or_else(|| self.live.read(path))
    }

    fn read_shared(&self, path: &str) -> Read<Arc<Vec<u8>>> {
        hidden(path).unwrap_or_else(|| self.live.read_shared(path))
    }

    fn open(&self, path: &str) -> Read<Box<dyn Parts>> {
        self.live.open(path)
    }

    fn list(&self, path: &str) -> Read<Vec<String>> {
        self.live.list(path)
    }

    fn link(&self, path: &str) -> Read<String> {
        self.live.link(path)
    }

    fn real_path(&self, path: &str) -> Read<String> {
        self.live.real_path(path)
    }

    fn stat(&self, path: &str) -> Read<Stat> {
        hidden(path).unwrap_or_else(|| self.live.stat(path))
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.live.stamp(path)
    }

    fn dbus(&self, call: &BusCall) -> Read<Value> {
        self.live.dbus(call)
    }

    fn listeners(&self) -> Read<Vec<Listener>> {
        self.live.listeners()
    }

    fn addresses(&self) -> Read<Vec<Address>> {
        self.live.addresses()
    }

    fn processes(&self) -> Read<Arc<Vec<Process>>> {
        self.live.processes()
    }

    fn x_screen_saver(&self) -> Read<XScreenSaver> {
        self.live.x_screen_saver()
    }

    fn tailscale_ssh(&self) -> Read<bool> {
        self.live.tailscale_ssh()
    }

    fn snap_refreshes(&self) -> Read<SnapRefreshes> {
        self.live.snap_refreshes()
    }

    fn memory(&self) -> Option<&Memory> {
        self.live.memory()
    }

    fn this_scan(&self) -> Option<&Scan> {
        self.live.this_scan()
    }
}
