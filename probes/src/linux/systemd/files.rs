//! Unit state from systemd's files, for when there is no system bus to ask.
//!
//! systemd keeps a link `/run/systemd/units/invocation:UNIT` while a service, mount or scope is
//! started, also for one that did its work and has no process left. Sockets and timers have no such
//! link, so their missing link says nothing.

use super::{CANNOT_TELL, Unit, choose, is_pattern, matches};
use crate::host::{Host, HostError, Read, present};

/// Where unit files are looked for, most important first. Source: systemd.unit(5).
pub(super) const UNIT_DIRECTORIES: [&str; 7] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
];

pub(super) fn units(host: &dyn Host, names: &[&str]) -> Read<Vec<Unit>> {
    let tree = Tree::read(host);
    let mut found: Vec<Unit> = Vec::new();
    for name in names {
        if is_pattern(name) {
            for known in tree.names().filter(|known| matches(name, known)) {
                found.push(tree.unit(host, &known));
            }
        } else {
            found.push(tree.unit(host, name));
        }
    }
    Ok(choose(names, found))
}

/// The names in systemd's directories. `None` where one may not be listed.
struct Tree {
    /// The entries of each of [`UNIT_DIRECTORIES`].
    directories: Vec<(&'static str, Option<Vec<String>>)>,
    /// The names in every `*.wants` and `*.requires` below /etc and /run, with the directory.
    wanted: Option<Vec<(&'static str, String)>>,
    /// The units with an invocation link.
    started: Option<Vec<String>>,
}

impl Tree {
    fn read(host: &dyn Host) -> Self {
        let names = |path: &str| match host.list(path) {
            Ok(names) => Some(names),
            Err(HostError::Absent(_)) => Some(Vec::new()),
            Err(_) => None,
        };
        let directories: Vec<(&'static str, Option<Vec<String>>)> =
            UNIT_DIRECTORIES.into_iter().map(|directory| (directory, names(directory))).collect();
        let mut wanted = Some(Vec::new());
        for (directory, entries) in &directories {
            if !directory.starts_with("/etc/") && !directory.starts_with("/run/") {
                continue;
            }
            let pulls = |entry: &&String| entry.ends_with(".wants") || entry.ends_with(".requires");
            let lists: Option<Vec<Vec<String>>> = entries
                .as_ref()
                .and_then(|entries| entries.iter().filter(pulls).map(|e| names(&format!("{directory}/{e}"))).collect());
            wanted = match (wanted, lists) {
                (Some(mut wanted), Some(lists)) => {
                    wanted.extend(lists.into_iter().flatten().map(|name| (*directory, name)));
                    Some(wanted)
                }
                _ => None,
            };
        }
        // Here a missing directory is no empty one: every running systemd has started something.
        let started = host
            .list("/run/systemd/units")
            .ok()
            .map(|names| names.iter().filter_map(|name| name.strip_prefix("invocation:")).map(str::to_owned).collect());
        Tree { directories, wanted, started }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        let files = self.directories.iter().filter_map(|(_, names)| names.as_ref()).flatten();
        let wanted = self.wanted.iter().flatten().map(|(_, name)| name);
        let started = self.started.iter().flatten();
        let all: std::collections::BTreeSet<String> = files.chain(wanted).chain(started).cloned().collect();
        all.into_iter()
    }

    fn unit(&self, host: &dyn Host, name: &str) -> Unit {
        let file_state = self.file_state(host, name);
        let masked = file_state.starts_with("masked");
        let exists = !file_state.is_empty();
        let (active, sub) = if self.started.as_ref().is_some_and(|started| started.iter().any(|unit| unit == name)) {
            ("active", self.sub(host, name))
        } else if !exists {
            ("inactive", "dead")
        } else if leaves_a_link(name) && self.started.is_some() {
            ("inactive", "")
        } else {
            (CANNOT_TELL, "")
        };
        let loaded = active == "active" || (exists && !masked);
        Unit { name: name.to_owned(), loaded, active: active.to_owned(), sub: sub.to_owned(), file_state }
    }

    /// The control group of a service exists only while it has processes.
    fn sub(&self, host: &dyn Host, name: &str) -> &'static str {
        if !name.ends_with(".service") {
            return "";
        }
        match host.exists(&format!("/sys/fs/cgroup/system.slice/{name}")) {
            Ok(true) => "running",
            Ok(false) if !name.contains('@') => "exited",
            _ => "",
        }
    }

    fn file_state(&self, host: &dyn Host, name: &str) -> String {
        let template = name.split_once('@').map(|(stem, rest)| {
            let ending = rest.rsplit_once('.').map_or("", |(_, ending)| ending);
            format!("{stem}@.{ending}")
        });
        let mut file = None;
        for (directory, names) in &self.directories {
            let Some(names) = names else { return CANNOT_TELL.to_owned() };
            let known = names.iter().find(|known| *known == name || Some(*known) == template.as_ref());
            if let Some(known) = known {
                file = Some((*directory, format!("{directory}/{known}")));
                break;
            }
        }
        let Some((directory, path)) = file else { return String::new() };
        if host.link(&path).is_ok_and(|target| target == "/dev/null") {
            return if directory.starts_with("/run/") { "masked-runtime" } else { "masked" }.to_owned();
        }
        if directory.starts_with("/run/systemd/generator") {
            return "generated".to_owned();
        }
        let Some(wanted) = &self.wanted else { return CANNOT_TELL.to_owned() };
        let in_etc = wanted.iter().any(|(directory, wanted)| wanted == name && directory.starts_with("/etc/"));
        if in_etc {
            return "enabled".to_owned();
        }
        if wanted.iter().any(|(_, wanted)| wanted == name) {
            return "enabled-runtime".to_owned();
        }
        match present(host.read_text(&path)) {
            Ok(Some(text)) if text.lines().any(|line| line.trim() == "[Install]") => "disabled".to_owned(),
            Ok(Some(_)) => "static".to_owned(),
            Ok(None) => String::new(),
            Err(_) => CANNOT_TELL.to_owned(),
        }
    }
}

fn leaves_a_link(name: &str) -> bool {
    [".service", ".mount", ".scope"].iter().any(|ending| name.ends_with(ending))
}
