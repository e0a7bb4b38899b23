//! What a probe asked its host for. A change of any of it concerns the practice of that probe, so what has to
//! be watched follows from what was really read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use super::memory::{Memory, Stamp};
use super::once::Scan;
use super::parts::Parts;
use super::pending::Pending;
use super::{Address, Bus, BusCall, Host, Listener, Process, Read, SnapRefreshes, Stat, User, XScreenSaver};
use crate::practice::Platform;

/// What is no file and no service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The kernel's lists of mounts and of swap areas.
    Mounts,
    /// Network links, their addresses and routes.
    Links,
    /// Sockets that wait for somebody.
    Sockets,
    Processes,
    /// Everything else in /proc and /sys.
    Kernel,
    /// What the X server does when nobody touches anything.
    ScreenSaver,
    /// Tailscale and snapd, which have doors of their own.
    Daemons,
}

impl Source {
    pub const ALL: [Source; 7] = [
        Source::Mounts,
        Source::Links,
        Source::Sockets,
        Source::Processes,
        Source::Kernel,
        Source::ScreenSaver,
        Source::Daemons,
    ];
}

/// What was asked of one service on a bus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asking {
    /// The objects.
    pub objects: BTreeSet<Box<str>>,
    /// The words in the arguments, among them the units that systemd was asked about.
    pub words: BTreeSet<Box<str>>,
}

/// What was asked for, whether it was there or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Files and folders, as they were asked for; `true` where the names in it were.
    pub paths: HashMap<Box<str>, bool>,
    pub services: BTreeMap<(Bus, Box<str>), Asking>,
    /// Keys of the Windows registry, as they were asked for (`HKLM\SOFTWARE\Policies`); `true` where the keys in it
    /// were.
    pub keys: HashMap<Box<str>, bool>,
    /// What Windows calls services, by their short names.
    pub daemons: BTreeSet<Box<str>>,
    pub sources: BTreeSet<Source>,
}

impl Asked {
    /// The kernel's own folders are no place where a change can be seen, so that of their files only the source
    /// is kept.
    fn path(&mut self, path: &str, names: bool) {
        if let Some(source) = source_of(path) {
            self.sources.insert(source);
            return;
        }
        match self.paths.get_mut(path) {
            Some(known) => *known |= names,
            None => drop(self.paths.insert(path.into(), names)),
        }
    }

    fn call(&mut self, call: &BusCall) {
        let asking = self.services.entry((call.bus, call.service.as_str().into())).or_default();
        if !asking.objects.contains(call.path.as_str()) {
            asking.objects.insert(call.path.as_str().into());
        }
        let words = call.arguments.iter().flat_map(|(_, value)| match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        });
        for word in words.filter_map(Value::as_str) {
            if !asking.words.contains(word) {
                asking.words.insert(word.into());
            }
        }
    }

    /// Adds what another one has.
    pub fn add(&mut self, other: &Asked) {
        for (mine, others) in [(&mut self.paths, &other.paths), (&mut self.keys, &other.keys)] {
            for (path, names) in others {
                match mine.get_mut(path) {
                    Some(known) => *known |= names,
                    None => drop(mine.insert(path.clone(), *names)),
                }
            }
        }
        for (service, asking) in &other.services {
            let known = self.services.entry(service.clone()).or_default();
            known.objects.extend(asking.objects.iter().cloned());
            known.words.extend(asking.words.iter().cloned());
        }
        self.daemons.extend(other.daemons.iter().cloned());
        self.sources.extend(&other.sources);
    }
}

/// What a path in the kernel's own folders is about.
fn source_of(path: &str) -> Option<Source> {
    let below = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if !below("/proc") && !below("/sys") {
        return None;
    }
    Some(match path {
        "/proc/self/mountinfo" | "/proc/self/mounts" | "/proc/mounts" | "/proc/swaps" => Source::Mounts,
        _ if below("/proc/net") || below("/sys/class/net") => Source::Links,
        _ => Source::Kernel,
    })
}

/// Where it is noted what one probe asks for. Belongs to the thread of that probe.
#[derive(Debug)]
pub struct Notes {
    asked: Mutex<Vec<Asked>>,
    /// What it waits for, which others may look at.
    pub pending: Arc<Pending>,
}

impl Notes {
    fn new(pending: Arc<Pending>) -> Self {
        Notes { asked: Mutex::new(vec![Asked::default()]), pending }
    }

    fn change(&self, change: impl FnOnce(&mut Asked)) {
        if let Some(asked) = self.asked.lock().unwrap_or_else(PoisonError::into_inner).last_mut() {
            change(asked);
        }
    }

    /// Notes what another probe was the one to ask for.
    pub fn add(&self, asked: &Asked) {
        self.change(|own| own.add(asked));
    }

    /// Does something and gives what was asked for meanwhile, which is not noted here.
    pub fn apart<T>(&self, work: impl FnOnce() -> T) -> (T, Asked) {
        let stack = || self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        stack().push(Asked::default());
        // Where this panics, what was noted stays on the stack and is not lost.
        let result = work();
        let asked = stack().pop().unwrap_or_default();
        (result, asked)
    }

    fn finish(self) -> Asked {
        let mut all = self.asked.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter();
        let mut asked = all.next().unwrap_or_default();
        all.for_each(|more| asked.add(&more));
        asked
    }
}

/// A host for one probe that notes what it is asked for.
pub struct Noting<'host> {
    inner: &'host dyn Host,
    notes: Notes,
}

impl<'host> Noting<'host> {
    pub fn new(inner: &'host dyn Host) -> Self {
        Self::of(inner, Arc::default())
    }

    /// As [`Noting::new`], and tells there what is waited for.
    pub fn of(inner: &'host dyn Host, pending: Arc<Pending>) -> Self {
        Noting { inner, notes: Notes::new(pending) }
    }

    /// What was asked for.
    pub fn finish(self) -> Asked {
        self.notes.finish()
    }

    /// Asks for a path.
    fn path<T>(&self, path: &str, ask: impl FnOnce() -> T) -> T {
        self.notes.change(|asked| asked.path(path, false));
        self.notes.pending.during(path, ask)
    }

    fn source(&self, source: Source) {
        self.notes.change(|asked| {
            asked.sources.insert(source);
        });
    }
}

impl Host for Noting<'_> {
    fn platform(&self) -> Platform {
        self.inner.platform()
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn user(&self) -> User {
        self.inner.user()
    }

    fn env(&self, name: &str) -> Option<String> {
        self.inner.env(name)
    }

    fn read(&self, path: &str) -> Read<Vec<u8>> {
        self.path(path, || self.inner.read(path))
    }

    fn read_shared(&self, path: &str) -> Read<Arc<Vec<u8>>> {
        self.path(path, || self.inner.read_shared(path))
    }

    fn open(&self, path: &str) -> Read<Box<dyn Parts>> {
        self.path(path, || self.inner.open(path))
    }

    fn list(&self, path: &str) -> Read<Vec<String>> {
        self.notes.change(|asked| asked.path(path, true));
        self.notes.pending.during(path, || self.inner.list(path))
    }

    fn link(&self, path: &str) -> Read<String> {
        self.path(path, || self.inner.link(path))
    }

    fn real_path(&self, path: &str) -> Read<String> {
        self.path(path, || self.inner.real_path(path))
    }

    fn stat(&self, path: &str) -> Read<Stat> {
        self.path(path, || self.inner.stat(path))
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.path(path, || self.inner.stamp(path))
    }

    fn dbus(&self, call: &BusCall) -> Read<Value> {
        self.notes.change(|asked| asked.call(call));
        self.inner.dbus(call)
    }

    fn listeners(&self) -> Read<Vec<Listener>> {
        self.source(Source::Sockets);
        self.inner.listeners()
    }

    fn addresses(&self) -> Read<Vec<Address>> {
        self.source(Source::Links);
        self.inner.addresses()
    }

    fn processes(&self) -> Read<Arc<Vec<Process>>> {
        self.source(Source::Processes);
        self.inner.processes()
    }

    fn x_screen_saver(&self) -> Read<XScreenSaver> {
        self.source(Source::ScreenSaver);
        self.inner.x_screen_saver()
    }

    fn tailscale_ssh(&self) -> Read<bool> {
        self.source(Source::Daemons);
        self.inner.tailscale_ssh()
    }

    fn snap_refreshes(&self) -> Read<SnapRefreshes> {
        self.source(Source::Daemons);
        self.inner.snap_refreshes()
    }

    fn memory(&self) -> Option<&Memory> {
        self.inner.memory()
    }

    fn this_scan(&self) -> Option<&Scan> {
        self.inner.this_scan()
    }

    fn notes(&self) -> Option<&Notes> {
        Some(&self.notes)
    }
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
