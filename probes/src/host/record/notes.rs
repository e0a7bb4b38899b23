//! What a recorder has seen so far.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::host::fixture::{Content, FixtureHost, Node, Refusal};
use crate::host::{
    Address, BusCall, Host, HostError, Kind, Listener, Process, Read, SnapRefreshes, Stat, XScreenSaver,
};

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// Larger files are not worth keeping in a repository.
const LARGEST_RECORDED: usize = 4 << 20;

#[derive(Default)]
pub(super) struct Notes {
    nodes: BTreeMap<String, Node>,
    encrypted: BTreeMap<String, bool>,
    env: BTreeMap<String, String>,
    bus: BTreeMap<String, Result<Value, Refusal>>,
    listeners: Option<Result<Vec<Listener>, Refusal>>,
    addresses: Option<Result<Vec<Address>, Refusal>>,
    processes: Option<Result<Vec<Process>, Refusal>>,
    screen_saver: Option<Result<XScreenSaver, Refusal>>,
    tailscale_ssh: Option<Result<bool, Refusal>>,
    snap_refreshes: Option<Result<SnapRefreshes, Refusal>>,
}

/// A node that is only known to exist gives way to one that was read.
fn weight(content: &Content) -> u8 {
    match content {
        Content::File(_) | Content::Link(_) | Content::Device(..) => 3,
        Content::Directory => 2,
        Content::Refused(Refusal::Garbled(_)) => 0,
        Content::Refused(_) | Content::Hidden => 1,
    }
}

impl Notes {
    fn put(&mut self, real: String, content: Content, stat: Option<&Stat>) {
        let mut node = Node::new(content);
        if let Some(stat) = stat {
            node.mode = Some(stat.mode);
            node.uid = stat.uid;
            node.modified = Some(stat.modified);
            node.is_directory = stat.kind == Kind::Directory;
            if let Some(encrypted) = stat.encrypted {
                self.encrypted.insert(real.clone(), encrypted);
            }
        }
        match self.nodes.get(&real) {
            Some(known) if weight(&known.content) >= weight(&node.content) => {}
            _ => drop(self.nodes.insert(real, node)),
        }
    }

    /// Follows the links of a path, notes each, and gives the real path.
    fn trace(&mut self, host: &dyn Host, path: &str, follow_last: bool) -> String {
        let parts = |path: &str| {
            path.split('/').filter(|part| !part.is_empty() && *part != ".").rev().map(str::to_owned).collect::<Vec<_>>()
        };
        let mut todo = parts(path);
        let mut real = String::new();
        let mut links = 0;
        while let Some(name) = todo.pop() {
            if name == ".." {
                real.truncate(real.rfind('/').unwrap_or(0));
                continue;
            }
            let next = format!("{real}/{name}");
            // `/proc/self` leads to another process each time.
            let own = matches!(next.as_str(), "/proc/self" | "/proc/thread-self");
            let target = if own || (todo.is_empty() && !follow_last) { None } else { host.link(&next).ok() };
            match target {
                Some(target) if links < MOST_LINKS => {
                    links += 1;
                    if target.starts_with('/') {
                        real.clear();
                    }
                    todo.extend(parts(&target));
                    self.put(next, Content::Link(target), None);
                }
                _ => real = next,
            }
        }
        if real.is_empty() { "/".to_owned() } else { real }
    }

    pub(super) fn env(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.env.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(super) fn read(&mut self, host: &dyn Host, path: &str, read: &Read<Vec<u8>>) {
        let real = self.trace(host, path, true);
        let stat = host.stat(path);
        let content = match (read, &stat) {
            (Ok(bytes), _) if bytes.len() > LARGEST_RECORDED => {
                Content::Refused(Refusal::Garbled("is too large to record".to_owned()))
            }
            (Ok(bytes), _) => Content::File(bytes.clone()),
            (Err(HostError::Absent(_)), _) => return,
            (Err(_), Ok(stat)) if stat.kind == Kind::Directory => Content::Directory,
            (Err(HostError::Denied(_)), Err(_)) => Content::Hidden,
            (Err(error), _) => Content::Refused(Refusal::of(error)),
        };
        self.put(real, content, stat.ok().as_ref());
    }

    pub(super) fn list(&mut self, host: &dyn Host, path: &str, list: &Read<Vec<String>>) {
        let real = self.trace(host, path, true);
        let stat = host.stat(path).ok();
        match list {
            Ok(names) => {
                self.put(real.clone(), Content::Directory, stat.as_ref());
                for name in names {
                    let child = if real == "/" { format!("/{name}") } else { format!("{real}/{name}") };
                    match host.link(&child) {
                        Ok(target) => self.put(child, Content::Link(target), None),
                        Err(_) => self.seen(child.clone(), &host.stat(&child)),
                    }
                }
            }
            Err(HostError::Absent(_)) => {}
            Err(error) => {
                let content = if stat.is_none() { Content::Hidden } else { Content::Refused(Refusal::of(error)) };
                self.put(real, content, stat.as_ref());
            }
        }
    }

    pub(super) fn link(&mut self, host: &dyn Host, path: &str) {
        let real = self.trace(host, path, false);
        match host.link(path) {
            Ok(target) => self.put(real, Content::Link(target), None),
            Err(_) => self.seen(real, &host.stat(path)),
        }
    }

    pub(super) fn stat(&mut self, host: &dyn Host, path: &str, stat: &Read<Stat>) {
        let real = self.trace(host, path, true);
        self.seen(real, stat);
    }

    fn seen(&mut self, real: String, stat: &Read<Stat>) {
        let unread = |words: &str| Content::Refused(Refusal::Garbled(words.to_owned()));
        match stat {
            Ok(stat) => {
                let content = match (stat.kind, stat.device) {
                    (Kind::Directory, _) => Content::Directory,
                    (_, Some((major, minor))) => Content::Device(major, minor),
                    (Kind::File, _) => unread("was not recorded"),
                    _ => unread("it is not an ordinary file"),
                };
                self.put(real, content, Some(stat));
            }
            Err(HostError::Absent(_)) => {}
            Err(HostError::Denied(_)) => self.put(real, Content::Hidden, None),
            Err(error) => self.put(real, Content::Refused(Refusal::of(error)), None),
        }
    }

    pub(super) fn reply(&mut self, call: &BusCall, reply: &Read<Value>) {
        let reply = reply.clone().map_err(|error| Refusal::of(&error));
        self.bus.insert(call.line(), reply);
    }

    pub(super) fn listeners(&mut self, listeners: &Read<Vec<Listener>>) {
        self.listeners = Some(listeners.clone().map_err(|error| Refusal::of(&error)));
    }

    pub(super) fn addresses(&mut self, addresses: &Read<Vec<Address>>) {
        self.addresses = Some(addresses.clone().map_err(|error| Refusal::of(&error)));
    }

    pub(super) fn processes(&mut self, processes: &Read<Arc<Vec<Process>>>) {
        // Before a process ends: arguments are read when somebody looks at them.
        let with_arguments =
            |process: &Process| Process { arguments: process.arguments.to_vec().into(), ..process.clone() };
        let noted = processes.as_ref().map(|all| all.iter().map(with_arguments).collect());
        self.processes = Some(noted.map_err(Refusal::of));
    }

    pub(super) fn x_screen_saver(&mut self, saver: &Read<XScreenSaver>) {
        self.screen_saver = Some(saver.clone().map_err(|error| Refusal::of(&error)));
    }

    pub(super) fn tailscale_ssh(&mut self, on: &Read<bool>) {
        self.tailscale_ssh = Some(on.clone().map_err(|error| Refusal::of(&error)));
    }

    pub(super) fn snap_refreshes(&mut self, refreshes: &Read<SnapRefreshes>) {
        self.snap_refreshes = Some(refreshes.clone().map_err(|error| Refusal::of(&error)));
    }

    pub(super) fn into_host(self, inner: &dyn Host) -> FixtureHost {
        let mut host = FixtureHost::empty();
        host.platform = inner.platform();
        host.now = inner.now();
        host.user = inner.user();
        host.env = self.env;
        host.bus = self.bus;
        host.listeners = self.listeners.unwrap_or(Ok(Vec::new()));
        host.addresses = self.addresses.unwrap_or(Ok(Vec::new()));
        host.processes = self.processes.unwrap_or(Ok(Vec::new()));
        host.screen_saver = self.screen_saver.unwrap_or(Err(Refusal::Absent));
        host.tailscale_ssh = self.tailscale_ssh.unwrap_or(Err(Refusal::Absent));
        host.snap_refreshes = self.snap_refreshes.unwrap_or(Err(Refusal::Absent));
        for (path, node) in self.nodes {
            // A path that cannot be placed, for example below a file that was replaced meanwhile, is left out.
            let _left_out = host.tree.insert(&path, node);
        }
        host.tree.encrypted = self.encrypted;
        host
    }
}
