//! A recorded host, read from one text file. For tests only: the feature never ships, because a
//! posture agent must not be able to lie on request.
//!
//! The format is described in `docs/recorded-hosts.md`. What a file does not name is absent: a
//! path that no line names does not exist, and a service that no line records is not running.

mod address;
mod check;
mod expect;
mod gone;
mod like;
mod parse;
mod tree;
mod words;
mod write;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

pub use check::{check, check_probe, findings};
pub use expect::{Expectation, ExpectedState};

use self::tree::Tree;
pub(crate) use self::tree::{Content, Node};
use super::{Address, BusCall, Host, HostError, Listener, Process, Read, SnapRefreshes, Stat, User, XScreenSaver};
use crate::practice::Platform;

/// A mistake in a recorded host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}\nfile: {file}, line {line}")]
pub struct FixtureError {
    /// What is wrong and what would be right.
    pub problem: String,
    /// How the caller names the file.
    pub file: String,
    /// The first line is 1.
    pub line: usize,
}

/// Stands where a call's arguments stand, and answers the call whatever they are. What names its very
/// arguments goes first.
const ANY_ARGUMENTS: &str = "*";

/// A call that a recorded host answers with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Absent,
    Denied,
    TimedOut,
    Garbled(String),
}

impl Refusal {
    fn error(&self, what: &str) -> HostError {
        match self {
            Refusal::Absent => HostError::Absent(what.to_owned()),
            Refusal::Denied => HostError::Denied(what.to_owned()),
            Refusal::TimedOut => HostError::TimedOut(what.to_owned()),
            Refusal::Garbled(problem) => HostError::Garbled(what.to_owned(), problem.clone()),
        }
    }

    pub(crate) fn of(error: &HostError) -> Self {
        match error {
            HostError::Absent(_) => Refusal::Absent,
            HostError::Denied(_) => Refusal::Denied,
            HostError::TimedOut(_) => Refusal::TimedOut,
            HostError::Garbled(_, problem) => Refusal::Garbled(problem.replace('\n', " ")),
        }
    }
}

/// A computer that is a text file.
#[derive(Clone, Debug, PartialEq)]
pub struct FixtureHost {
    pub(crate) platform: Platform,
    pub(crate) now: Timestamp,
    pub(crate) user: User,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) tree: Tree,
    /// By [`BusCall::line`], or by that line with [`ANY_ARGUMENTS`] in place of its arguments.
    pub(crate) bus: BTreeMap<String, Result<Value, Refusal>>,
    pub(crate) listeners: Result<Vec<Listener>, Refusal>,
    pub(crate) addresses: Result<Vec<Address>, Refusal>,
    pub(crate) processes: Result<Vec<Process>, Refusal>,
    pub(crate) screen_saver: Result<XScreenSaver, Refusal>,
    pub(crate) tailscale_ssh: Result<bool, Refusal>,
    pub(crate) snap_refreshes: Result<SnapRefreshes, Refusal>,
    pub(crate) expectations: Vec<Expectation>,
}

impl FixtureHost {
    /// Reads a recorded host that is like no other. `file_label` is how errors name it.
    pub fn parse(text: &str, file_label: &str) -> Result<FixtureHost, FixtureError> {
        like::read(text, file_label, file_label, None)
    }

    /// Reads the recorded host in a file, with the hosts that it is like from the same folder. `read` gives
    /// the text of a file, as `std::fs::read_to_string` does: nothing here touches a disk.
    pub fn load(file: &Path, read: &dyn Fn(&Path) -> io::Result<String>) -> Result<FixtureHost, FixtureError> {
        let label = file.display().to_string();
        let text = read(file).map_err(|error| FixtureError {
            problem: format!("the recorded host could not be read: {error}"),
            file: label.clone(),
            line: 1,
        })?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        like::read(&text, &label, &name, Some(&|other| read(&file.with_file_name(other))))
    }

    /// A Linux machine with a user `ann` and nothing else on it.
    pub fn empty() -> Self {
        FixtureHost {
            platform: Platform::Linux,
            // 2026-11-23T08:00:00Z
            now: Timestamp::UNIX_EPOCH + Duration::from_secs(1_795_420_800),
            user: User { uid: 1000, name: "ann".to_owned(), home: "/home/ann".to_owned() },
            env: BTreeMap::new(),
            tree: Tree::default(),
            bus: BTreeMap::new(),
            listeners: Ok(Vec::new()),
            addresses: Ok(Vec::new()),
            processes: Ok(Vec::new()),
            screen_saver: Err(Refusal::Absent),
            tailscale_ssh: Err(Refusal::Absent),
            snap_refreshes: Err(Refusal::Absent),
            expectations: Vec::new(),
        }
    }

    /// What the file says the probes must find.
    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// The host as text that reads back as the same host.
    pub fn to_text(&self) -> String {
        write::write(self)
    }
}

impl Host for FixtureHost {
    fn platform(&self) -> Platform {
        self.platform
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn user(&self) -> User {
        self.user.clone()
    }

    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }

    fn read(&self, path: &str) -> Read<Vec<u8>> {
        let real = self.tree.resolve(path)?;
        match self.tree.content(&real) {
            Some(Content::File(bytes)) => Ok(bytes.clone()),
            Some(Content::Refused(refusal)) => Err(refusal.error(path)),
            Some(Content::Directory) => Err(HostError::Garbled(path.to_owned(), "it is a directory".to_owned())),
            Some(Content::Device(..)) => Err(HostError::Denied(path.to_owned())),
            Some(Content::Hidden) => Err(HostError::Denied(path.to_owned())),
            Some(Content::Link(_)) | None => Err(HostError::Absent(path.to_owned())),
        }
    }

    fn list(&self, path: &str) -> Read<Vec<String>> {
        let real = self.tree.resolve(path)?;
        match self.tree.content(&real) {
            Some(Content::Directory) => Ok(self.tree.children(&real)),
            Some(Content::Refused(refusal)) => Err(refusal.error(path)),
            Some(Content::Hidden) => Err(HostError::Denied(path.to_owned())),
            // ENOTDIR and ENOENT both mean that there is no such directory.
            _ => Err(HostError::Absent(path.to_owned())),
        }
    }

    fn link(&self, path: &str) -> Read<String> {
        let real = self.tree.resolve_parent(path)?;
        match self.tree.content(&real) {
            Some(Content::Link(target)) => Ok(target.clone()),
            Some(Content::Hidden) => Err(HostError::Denied(path.to_owned())),
            Some(_) => Err(HostError::Garbled(path.to_owned(), "it is not a link".to_owned())),
            None => Err(HostError::Absent(path.to_owned())),
        }
    }

    fn real_path(&self, path: &str) -> Read<String> {
        let real = self.tree.resolve(path)?;
        match self.tree.content(&real) {
            Some(Content::Hidden) => Err(HostError::Denied(path.to_owned())),
            Some(_) => Ok(real),
            None => Err(HostError::Absent(path.to_owned())),
        }
    }

    fn stat(&self, path: &str) -> Read<Stat> {
        let real = self.tree.resolve(path)?;
        self.tree.stat(&real, path, self.now)
    }

    fn dbus(&self, call: &BusCall) -> Read<Value> {
        let any = || {
            let line = BusCall { arguments: Vec::new(), ..call.clone() }.line();
            self.bus.get(&format!("{}{ANY_ARGUMENTS}", line.strip_suffix("[]")?))
        };
        match self.bus.get(&call.line()).or_else(any) {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(refusal)) => Err(refusal.error(&call.service)),
            None => Err(HostError::Absent(call.service.clone())),
        }
    }

    fn listeners(&self) -> Read<Vec<Listener>> {
        self.listeners.clone().map_err(|refusal| refusal.error("the list of listening sockets"))
    }

    fn addresses(&self) -> Read<Vec<Address>> {
        self.addresses.clone().map_err(|refusal| refusal.error("the list of network addresses"))
    }

    fn processes(&self) -> Read<Arc<Vec<Process>>> {
        self.processes.clone().map(Arc::new).map_err(|refusal| refusal.error("the list of processes"))
    }

    fn x_screen_saver(&self) -> Read<XScreenSaver> {
        self.screen_saver.clone().map_err(|refusal| refusal.error("the X server"))
    }

    fn tailscale_ssh(&self) -> Read<bool> {
        self.tailscale_ssh.clone().map_err(|refusal| refusal.error("Tailscale"))
    }

    fn snap_refreshes(&self) -> Read<SnapRefreshes> {
        self.snap_refreshes.clone().map_err(|refusal| refusal.error("snapd"))
    }
}

#[cfg(test)]
mod tests;
