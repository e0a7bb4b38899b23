//! Records a computer as text while all probes look at it. For tests only, like the recorded hosts.
//!
//! What is written names no person and no device: see [`scrub`]. Files that no probe read are not in
//! it, and what is only known to exist is written as `@garbled PATH was not recorded`.

mod notes;
mod scrub;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use self::notes::Notes;
use super::fixture::{Expectation, FixtureHost, findings};
use super::parts::Parts;
use super::{Address, BusCall, Host, Listener, Process, Read, SnapRefreshes, Stat, User, XScreenSaver};
use crate::practice::Platform;
use crate::{catalog, details, device, probe};

/// A host that notes every answer of another host.
pub struct Recorder {
    inner: Arc<dyn Host>,
    notes: Mutex<Notes>,
}

/// Lets all probes look at a host and gives what they saw as the text of a recorded host, scrubbed, with
/// what the probes find on the recording as expectations. Where a recording gives another finding than
/// the machine did, a comment at its top says so.
pub fn record(host: Arc<dyn Host>) -> String {
    let recorder = Recorder::new(host);
    let live: Vec<_> =
        catalog::probes(recorder.platform()).into_iter().map(|one| probe::run_one(one, &recorder)).collect();
    let _only_its_reading_matters = (device::device(&recorder), details::recordable(&recorder));
    let text = scrub::scrub(&recorder.finish(), recorder.inner.as_ref());
    let mut recorded = match FixtureHost::parse(&text, "the recording") {
        Ok(recorded) => recorded,
        Err(error) => {
            return format!("# This recording cannot be read back: {error}\n{text}").replace("\nfile:", "; file:");
        }
    };
    let replayed = findings(&recorded);
    let mut out = String::new();
    for (live, replayed) in live.iter().zip(&replayed) {
        let (live, replayed) = (Expectation::of(live), Expectation::of(replayed));
        if live.state != replayed.state || live.inferred != replayed.inferred {
            out.push_str(&format!("# On the machine itself: {live}\n"));
        }
    }
    recorded.expectations = replayed.iter().map(Expectation::of).collect();
    out.push_str(&recorded.to_text());
    out
}

impl Recorder {
    /// Nothing is noted yet.
    pub fn new(inner: Arc<dyn Host>) -> Self {
        Recorder { inner, notes: Mutex::new(Notes::default()) }
    }

    /// What was noted, unscrubbed.
    fn finish(&self) -> FixtureHost {
        let notes = std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner));
        notes.into_host(self.inner.as_ref())
    }

    fn note(&self, change: impl FnOnce(&mut Notes, &dyn Host)) {
        change(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner), self.inner.as_ref());
    }
}

impl Host for Recorder {
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
        let value = self.inner.env(name);
        self.note(|notes, _| notes.env(name, value.as_deref()));
        value
    }

    fn read(&self, path: &str) -> Read<Vec<u8>> {
        let read = self.inner.read(path);
        self.note(|notes, host| notes.read(host, path, &read));
        read
    }

    /// What is read in parts is too large to keep, and package databases name the machines that built them.
    fn open(&self, path: &str) -> Read<Box<dyn Parts>> {
        let opened = self.inner.open(path);
        self.note(|notes, host| match &opened {
            Ok(_) => notes.stat(host, path, &host.stat(path)),
            Err(error) => notes.read(host, path, &Err(error.clone())),
        });
        opened
    }

    fn list(&self, path: &str) -> Read<Vec<String>> {
        let list = self.inner.list(path);
        self.note(|notes, host| notes.list(host, path, &list));
        list
    }

    fn link(&self, path: &str) -> Read<String> {
        let link = self.inner.link(path);
        self.note(|notes, host| notes.link(host, path));
        link
    }

    fn real_path(&self, path: &str) -> Read<String> {
        let real = self.inner.real_path(path);
        self.note(|notes, host| notes.stat(host, path, &self.inner.stat(path)));
        real
    }

    fn stat(&self, path: &str) -> Read<Stat> {
        let stat = self.inner.stat(path);
        self.note(|notes, host| notes.stat(host, path, &stat));
        stat
    }

    fn dbus(&self, call: &BusCall) -> Read<Value> {
        let reply = self.inner.dbus(call);
        self.note(|notes, _| notes.reply(call, &reply));
        reply
    }

    fn listeners(&self) -> Read<Vec<Listener>> {
        let listeners = self.inner.listeners();
        self.note(|notes, _| notes.listeners(&listeners));
        listeners
    }

    fn addresses(&self) -> Read<Vec<Address>> {
        let addresses = self.inner.addresses();
        self.note(|notes, _| notes.addresses(&addresses));
        addresses
    }

    fn processes(&self) -> Read<Arc<Vec<Process>>> {
        let processes = self.inner.processes();
        self.note(|notes, _| notes.processes(&processes));
        processes
    }

    fn x_screen_saver(&self) -> Read<XScreenSaver> {
        let saver = self.inner.x_screen_saver();
        self.note(|notes, _| notes.x_screen_saver(&saver));
        saver
    }

    fn tailscale_ssh(&self) -> Read<bool> {
        let on = self.inner.tailscale_ssh();
        self.note(|notes, _| notes.tailscale_ssh(&on));
        on
    }

    fn snap_refreshes(&self) -> Read<SnapRefreshes> {
        let refreshes = self.inner.snap_refreshes();
        self.note(|notes, _| notes.snap_refreshes(&refreshes));
        refreshes
    }
}

#[cfg(test)]
mod tests;
