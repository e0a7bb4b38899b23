//! Folders, or keys of the registry, that are watched by a plan.

use std::collections::{BTreeMap, BTreeSet};

use super::super::plan::{Kind, Look, Plan, Seen, What, join, since_then};
use super::super::spelling::Spelling;
use super::system::Ring;
use crate::practice::{PracticeId, Practices};

/// How many are watched at most; each costs the system a buffer of some kilobytes or an event.
const MOST: usize = 1000;

/// How often it looks again, where folders come and go while they are being watched.
const ROUNDS: usize = 4;

/// How much of what happens in a place is to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Whether places in it come and go.
    Passage,
    /// Whatever happens right in it.
    Content,
    /// Whatever happens in it and below it.
    Tree,
}

/// One thing that is watched until it is dropped.
pub(super) trait Place: Sized {
    /// Whether what is heard names what it is about.
    const NAMES: bool;

    /// Whether there is anything to be heard of that path, as it is really spelled.
    fn can_tell(real: &str) -> bool;

    /// What is at it.
    fn look(real: &str) -> Seen;

    /// Begins to watch it. The bell is rung after each change.
    fn watch(real: &str, extent: Extent, ring: Ring) -> std::io::Result<Self>;

    /// What happened in it. It is watched again before this returns, so that whoever looks after that misses
    /// nothing. An error says that the place is another one now, or gone.
    fn hear(&mut self) -> std::io::Result<Vec<(What, String)>>;

    /// Whether it is still what is at its path.
    fn is_alive(&self) -> bool;
}

struct Watched<P> {
    place: P,
    number: u64,
    extent: Extent,
}

/// What is at the paths of a plan.
struct Real<'a> {
    spelling: &'a Spelling,
    look: fn(&str) -> Seen,
    /// Those that are watched with all that is below, and what was asked for there.
    trees: &'a BTreeMap<String, Vec<String>>,
}

impl Look for Real<'_> {
    fn look(&self, path: &str) -> Seen {
        // What has no spelling is the root, in which there are drives or hives.
        let one = |path: &str| self.spelling.real(path).map_or(Seen { kind: Kind::Folder, changed: 0 }, self.look);
        let mut seen = one(path);
        for below in self.trees.get(path).into_iter().flatten() {
            seen.changed = seen.changed.max(one(below).changed);
        }
        seen
    }
}

/// What is watched.
pub(super) struct Places<P> {
    /// What rings the bell for a number.
    bells: Box<dyn Fn(u64) -> Ring>,
    plan: Plan,
    spelling: Spelling,
    trees: BTreeMap<String, Vec<String>>,
    watched: BTreeMap<String, Watched<P>>,
    paths: BTreeMap<u64, String>,
    last: u64,
    /// The plan no longer fits: something that was asked for came, went or was replaced.
    stale: bool,
}

impl<P: Place> Places<P> {
    pub(super) fn new(bells: Box<dyn Fn(u64) -> Ring>) -> Self {
        Places {
            bells,
            plan: Plan::default(),
            spelling: Spelling::default(),
            trees: BTreeMap::new(),
            watched: BTreeMap::new(),
            paths: BTreeMap::new(),
            last: 0,
            stale: false,
        }
    }

    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    /// How many are left to the timer.
    pub(super) fn left_out(&self) -> usize {
        let wanted = self.plan.folders().filter(|path| self.spelling.real(path).is_some_and(P::can_tell)).count();
        self.plan.left_out + wanted.saturating_sub(self.watched.len())
    }

    /// Whom it concerns that the bell was rung for that number.
    pub(super) fn hear(&mut self, number: u64) -> Practices {
        // It may have rung just before it was given up.
        let Some(path) = self.paths.get(&number).cloned() else { return Practices::NONE };
        let Some(watched) = self.watched.get_mut(&path) else { return Practices::NONE };
        let Ok(told) = watched.place.hear() else { return self.lose(&path) };
        let mut practices = Practices::NONE;
        for (what, name) in told {
            let (concerned, stale) = self.plan.concerned(&path, what, &name);
            practices |= concerned;
            self.stale |= stale;
        }
        if P::NAMES {
            return practices;
        }
        let real = Real { spelling: &self.spelling, look: P::look, trees: &self.trees };
        let (concerned, stale) = self.plan.came_or_went(&path, &real);
        practices |= concerned;
        self.stale |= stale;
        let inner = self.plan.names(&path).map(|name| join(&path, name));
        let is_dead = |path: &String| self.watched.get(path).is_some_and(|inner| !inner.place.is_alive());
        // Gone, and perhaps here again by the same name.
        for dead in inner.filter(is_dead).collect::<Vec<_>>() {
            practices |= self.lose(&dead);
        }
        practices
    }

    /// It is gone: whom that concerns.
    fn lose(&mut self, path: &str) -> Practices {
        if let Some(gone) = self.watched.remove(path) {
            self.paths.remove(&gone.number);
        }
        self.stale = true;
        self.plan.concerned(path, What::Itself, "").0
    }

    /// Watches what was asked for. Gives whom it concerns that something changed since then, unheard.
    pub(super) fn follow(
        &mut self,
        asked: &[(PracticeId, String, bool)],
        spelling: Spelling,
        trees: BTreeMap<String, Vec<String>>,
        since: jiff::Timestamp,
    ) -> Practices {
        (self.spelling, self.trees) = (spelling, trees);
        let mut plan = self.make(asked);
        let mut new = BTreeSet::new();
        self.stale = true;
        for _ in 0..ROUNDS {
            self.watch(&plan, &mut new);
            // What came before it was watched was not heard, so it is looked at once more.
            let now = self.make(asked);
            self.stale = !now.folders().eq(plan.folders());
            plan = now;
            if !self.stale {
                break;
            }
        }
        let missed = plan.missed(&self.plan, &|path| new.contains(path), since_then(since));
        self.plan = plan;
        missed
    }

    fn make(&self, asked: &[(PracticeId, String, bool)]) -> Plan {
        let real = Real { spelling: &self.spelling, look: P::look, trees: &self.trees };
        Plan::new(asked.iter().map(|(practice, path, names)| (*practice, path.as_str(), *names)), &real, MOST)
    }

    fn watch(&mut self, plan: &Plan, new: &mut BTreeSet<String>) {
        let wanted: BTreeSet<&str> = plan.folders().collect();
        self.watched.retain(|path, _| wanted.contains(path.as_str()));
        for path in wanted {
            let Some(real) = self.spelling.real(path).filter(|real| P::can_tell(real)) else { continue };
            let extent = if self.trees.contains_key(path) {
                Extent::Tree
            } else if plan.is_passage(path) {
                Extent::Passage
            } else {
                Extent::Content
            };
            if self.watched.get(path).is_some_and(|known| known.extent == extent && known.place.is_alive()) {
                continue;
            }
            self.last += 1;
            let number = self.last;
            match P::watch(real, extent, (self.bells)(number)) {
                Ok(place) => drop(self.watched.insert(path.to_owned(), Watched { place, number, extent })),
                // One that may not be read is left to the timer.
                Err(_denied) => drop(self.watched.remove(path)),
            }
            new.insert(path.to_owned());
        }
        self.paths = self.watched.iter().map(|(path, watched)| (watched.number, path.clone())).collect();
    }
}
