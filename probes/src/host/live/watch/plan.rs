//! Which folders to watch, and for which names in them. Pure: what is at a path is asked of [`Look`]. Paths are
//! those of Unix; other systems write theirs so (see `spelling`), and keys of a registry are folders, too.
//!
//! A file is watched through its folder, because most programs replace a file by another one of its name. The
//! folders above are watched as well, so that a folder is seen to come, to go and to be replaced, and so are the
//! links on the way.

use std::collections::{BTreeMap, HashMap};

use crate::host::asked::Asked;
use crate::practice::{PracticeId, Practices};

/// How far the clock of a file system may be behind, in nanoseconds.
const TICK: i64 = 20_000_000;

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// What is at a path; its own links are not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, or nothing that may be seen.
    Absent,
    Folder,
    #[cfg_attr(all(windows, not(test)), expect(dead_code, reason = "Windows opens what a link points to"))]
    Link(String),
    Other,
}

/// What is at a path and when it last changed, in nanoseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) kind: Kind,
    pub(super) changed: i64,
}

/// Where paths are looked up.
pub(super) trait Look {
    fn look(&self, path: &str) -> Seen;
}

/// What happened in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A file was written and closed.
    Written,
    /// A name came, went or was moved.
    Named,
    /// Owner, rights or dates.
    #[cfg_attr(all(windows, not(test)), expect(dead_code, reason = "Windows does not tell it from a writing"))]
    Attributes,
    /// The folder itself went, was moved or is of other rights.
    Itself,
}

/// One name in a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Name {
    /// Who asked for this path, or for one below or behind it.
    whole: Practices,
    /// Who asked for this path itself.
    own: Practices,
    /// When it last changed. `None` where there is nothing.
    changed: Option<i64>,
    /// It is a folder that is watched itself, and tells of itself when it goes.
    inner: bool,
}

/// One folder to watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Folder {
    names: HashMap<Box<str>, Name>,
    /// Who asked which names there are.
    listed: Practices,
    /// When it last changed.
    changed: i64,
}

/// The paths that a probe asked for.
pub(super) fn paths(practice: PracticeId, asked: &Asked) -> impl Iterator<Item = (PracticeId, &str, bool)> {
    asked.paths.iter().map(move |(path, names)| (practice, &**path, *names))
}

/// From when on a change counts as one since that moment, in nanoseconds since 1970.
pub(super) fn since_then(moment: jiff::Timestamp) -> i64 {
    i64::try_from(moment.as_nanosecond()).unwrap_or(i64::MAX) - TICK
}

/// What to watch, by the folder's path without links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    folders: BTreeMap<String, Folder>,
    /// Folders that are too many.
    pub(super) left_out: usize,
}

/// What a probe asked for, as a tree of names.
#[derive(Default)]
struct Node {
    own: Practices,
    listed: Practices,
    whole: Practices,
    children: BTreeMap<Box<str>, Node>,
}

impl Node {
    /// Whether anything in it is asked for.
    fn leads_on(&self) -> bool {
        !self.children.is_empty() || !self.listed.is_empty()
    }

    fn insert(&mut self, path: &str, practice: PracticeId, names: bool) {
        let mut trail: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(trail.pop()),
                name => trail.push(name),
            }
        }
        let mut node = self;
        for name in trail {
            if !node.children.contains_key(name) {
                node.children.insert(name.into(), Node::default());
            }
            let Some(child) = node.children.get_mut(name) else { return };
            node = child;
            node.whole.insert(practice);
        }
        node.own.insert(practice);
        if names {
            node.listed.insert(practice);
        }
    }
}

impl Plan {
    /// For everything that was asked for (by whom, where, and whether the names in it were), with so many folders
    /// at most.
    pub(super) fn new<'a>(
        asked: impl Iterator<Item = (PracticeId, &'a str, bool)>,
        look: &dyn Look,
        most_folders: usize,
    ) -> Self {
        let mut root = Node::default();
        for (practice, path, names) in asked.filter(|(_, path, _)| path.starts_with('/')) {
            root.insert(path, practice, names);
        }
        let mut walk = Walk { plan: Plan::default(), look, most_folders };
        walk.folder("/", &root, look.look("/").changed);
        walk.plan
    }

    pub(super) fn folders(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.folders.keys().map(String::as_str)
    }

    /// Whether this folder is only passed through, so that what happens beside the way may happen in silence: the
    /// next folder on the way tells of its own end. For /, /home and the like.
    #[cfg(any(target_os = "linux", windows, test))]
    pub(super) fn is_passage(&self, folder: &str) -> bool {
        self.folders
            .get(folder)
            .is_some_and(|folder| folder.listed.is_empty() && folder.names.values().all(|name| name.inner))
    }

    /// The names in a folder that lead to what was asked for.
    #[cfg(any(windows, test))]
    pub(super) fn names(&self, folder: &str) -> impl Iterator<Item = &str> {
        self.folders.get(folder).into_iter().flat_map(|folder| folder.names.keys().map(|name| &**name))
    }

    /// What was itself asked for in a folder and is there, and whether the whole folder has to be listened to,
    /// because the names in it were asked for or something is to come.
    #[cfg(any(target_os = "macos", test))]
    pub(super) fn ends(&self, folder: &str) -> (impl Iterator<Item = &str>, bool) {
        let folder = self.folders.get(folder);
        let names = || folder.into_iter().flat_map(|folder| &folder.names);
        let is_end = |name: &Name| name.changed.is_some() && !name.inner && !name.own.is_empty();
        let ends = names().filter(move |(_, name)| is_end(name)).map(|(path, _)| &**path);
        let comes = names().any(|(_, name)| name.changed.is_none());
        (ends, comes || folder.is_some_and(|folder| !folder.listed.is_empty()))
    }

    /// As [`Plan::concerned`] where a folder does not tell which of its names came or went: they are looked for.
    #[cfg(any(windows, test))]
    pub(super) fn came_or_went(&self, folder: &str, look: &dyn Look) -> (Practices, bool) {
        let Some(known) = self.folders.get(folder) else { return (Practices::NONE, false) };
        let is_there = |name: &str| look.look(&join(folder, name)).kind != Kind::Absent;
        let other = known.names.iter().filter(|(name, was)| is_there(name) != was.changed.is_some());
        let whole = other.fold(Practices::NONE, |all, (_, name)| all | name.whole);
        (whole | known.listed, !whole.is_empty())
    }

    /// Whom it concerns, and whether there may be other things to watch now.
    pub(super) fn concerned(&self, folder: &str, what: What, name: &str) -> (Practices, bool) {
        let Some(folder) = self.folders.get(folder) else { return (Practices::NONE, false) };
        let known = folder.names.get(name).copied().unwrap_or_default();
        match what {
            What::Written => (known.own, false),
            What::Attributes => (known.whole, !known.whole.is_empty()),
            What::Named => (known.whole | folder.listed, !known.whole.is_empty()),
            What::Itself => (folder.everybody(), true),
        }
    }

    /// Who asked for a path that this plan has and the earlier one did not watch, and that changed since then:
    /// between the reading and the watching. `new` are the folders that are watched for the first time.
    pub(super) fn missed(&self, before: &Plan, new: &dyn Fn(&str) -> bool, since: i64) -> Practices {
        let mut missed = Practices::NONE;
        for (path, folder) in &self.folders {
            let known = before.folders.get(path).filter(|_| !new(path));
            let folder_is_late = folder.changed >= since;
            if known.is_none_or(|known| known.listed != folder.listed) && folder_is_late {
                missed |= folder.listed;
            }
            for (name, now) in &folder.names {
                let late = now.changed.map_or(folder_is_late, |changed| changed >= since);
                if late && known.and_then(|known| known.names.get(name)).is_none_or(|known| known.whole != now.whole) {
                    missed |= now.whole;
                }
            }
        }
        missed
    }
}

impl Folder {
    fn everybody(&self) -> Practices {
        self.names.values().fold(self.listed, |all, name| all | name.whole)
    }
}

/// A plan in the making.
struct Walk<'a> {
    plan: Plan,
    look: &'a dyn Look,
    most_folders: usize,
}

impl Walk<'_> {
    /// The folder at a path without links, and everything that was asked for below it.
    fn folder(&mut self, path: &str, node: &Node, changed: i64) {
        if is_kernels(path) {
            return;
        }
        if !node.listed.is_empty()
            && let Some(folder) = self.at(path)
        {
            folder.listed |= node.listed;
            folder.changed = changed;
        }
        for (name, child) in &node.children {
            let seen = self.look.look(&join(path, name));
            let inner = seen.kind == Kind::Folder && child.leads_on();
            self.name(path, changed, name, (child.whole, child.own), &seen, inner);
            self.behind(path, name, child, seen);
        }
    }

    /// What is at a name: a folder, a link to somewhere else, or the end.
    fn behind(&mut self, folder: &str, name: &str, node: &Node, seen: Seen) {
        match seen.kind {
            Kind::Absent | Kind::Other => {}
            Kind::Folder => self.folder(&join(folder, name), node, seen.changed),
            Kind::Link(target) => self.follow(folder, &target, node),
        }
    }

    /// Goes where a link points, and notes every step.
    fn follow(&mut self, folder: &str, target: &str, node: &Node) {
        let parts = |path: &str| path.split('/').rev().map(str::to_owned).collect::<Vec<String>>();
        let mut todo = parts(target);
        let mut real = if target.starts_with('/') { "/".to_owned() } else { folder.to_owned() };
        let mut links = 1;
        while let Some(name) = todo.pop() {
            match name.as_str() {
                "" | "." => continue,
                ".." => {
                    real.truncate(real.rfind('/').unwrap_or(0).max(1));
                    continue;
                }
                _ => {}
            }
            if is_kernels(&real) {
                return;
            }
            let last = todo.iter().all(|part| matches!(part.as_str(), "" | "."));
            let seen = self.look.look(&join(&real, &name));
            let own = if last { node.own } else { Practices::NONE };
            let inner = seen.kind == Kind::Folder && (!last || node.leads_on());
            self.name(&real, self.look.look(&real).changed, &name, (node.whole, own), &seen, inner);
            match seen.kind {
                Kind::Link(_) if links == MOST_LINKS => return,
                Kind::Link(target) => {
                    links += 1;
                    if target.starts_with('/') {
                        "/".clone_into(&mut real);
                    }
                    todo.extend(parts(&target));
                }
                Kind::Folder if last => return self.folder(&join(&real, &name), node, seen.changed),
                Kind::Folder => real = join(&real, &name),
                Kind::Absent | Kind::Other => return,
            }
        }
    }

    fn name(&mut self, path: &str, changed: i64, name: &str, node: (Practices, Practices), seen: &Seen, inner: bool) {
        let Some(folder) = self.at(path) else { return };
        folder.changed = folder.changed.max(changed);
        let name = folder.names.entry(name.into()).or_default();
        name.whole |= node.0;
        name.own |= node.1;
        name.changed = (seen.kind != Kind::Absent).then_some(seen.changed);
        name.inner |= inner;
    }

    fn at(&mut self, path: &str) -> Option<&mut Folder> {
        if !self.plan.folders.contains_key(path) {
            if self.plan.folders.len() >= self.most_folders {
                self.plan.left_out += 1;
                return None;
            }
            self.plan.folders.insert(path.to_owned(), Folder::default());
        }
        self.plan.folders.get_mut(path)
    }
}

/// The kernel tells nobody of changes in there.
fn is_kernels(path: &str) -> bool {
    ["/proc", "/sys"]
        .iter()
        .any(|top| path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder == "/" { format!("/{name}") } else { format!("{folder}/{name}") }
}

#[cfg(test)]
pub(super) mod tests;
