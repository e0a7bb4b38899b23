//! The thread "watch" on macOS: sleeps until FSEvents has something to say, says whom it concerns, and sleeps again.
//!
//! That the computer slept or that its clock was set is left to the timer: macOS tells it to programs with a run loop
//! of their own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{EventKind, Flag, MetadataKind, ModifyKind};
use notify::{Config, Event, FsEventWatcher, RecursiveMode, Watcher as _};

use super::bell::{Bell, Handle};
use super::brake::Brake;
use super::disk::Disk;
use super::plan::{Plan, What, paths, since_then};
use super::streams::Streams;
use super::wanted::Wanted;
use crate::host::watch::{Change, Scanned, Tell, Watcher, Why};
use crate::practice::Practices;

/// How many folders are looked at, at most.
const MOST_FOLDERS: usize = 2000;

/// How many paths wait at most. Where more do, everything is looked at.
const MOST_PATHS: usize = 10_000;

/// What FSEvents said.
#[derive(Default)]
struct Heard {
    /// Which paths, and whether something came, went or is of other rights there, or was only written.
    paths: BTreeSet<(PathBuf, Way)>,
    /// More happened than was kept.
    overflow: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Written,
    Attributes,
    Named,
}

/// What an event says. Nothing where it is about what is opened, or about marks that programs put on files.
fn way(kind: EventKind) -> Option<Way> {
    match kind {
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(MetadataKind::Extended)) => None,
        EventKind::Modify(ModifyKind::Data(_)) => Some(Way::Written),
        EventKind::Modify(ModifyKind::Metadata(_)) => Some(Way::Attributes),
        _ => Some(Way::Named),
    }
}

impl Heard {
    fn take(&mut self, event: notify::Result<Event>) {
        let Ok(event) = event else {
            self.overflow = true;
            return;
        };
        self.overflow |= event.flag() == Some(Flag::Rescan);
        let Some(way) = way(event.kind) else { return };
        self.paths.extend(event.paths.into_iter().map(|path| (path, way)));
        if self.paths.len() > MOST_PATHS {
            self.paths.clear();
            self.overflow = true;
        }
    }
}

/// Starts the thread.
pub(super) fn start(tell: Tell) -> std::io::Result<impl Watcher + 'static> {
    let bell: Arc<Bell<Heard>> = Arc::default();
    let mut watch = Watch {
        bell: Arc::clone(&bell),
        events: None,
        wanted: Wanted::default(),
        plan: Plan::default(),
        streams: Streams::default(),
        stale: false,
        said: 0,
        tell,
    };
    std::thread::Builder::new().name("watch".to_owned()).spawn(move || watch.run())?;
    Ok(Handle(bell))
}

struct Watch {
    bell: Arc<Bell<Heard>>,
    /// Listens while it is there.
    events: Option<FsEventWatcher>,
    wanted: Wanted,
    plan: Plan,
    streams: Streams,
    /// The plan no longer fits: something that was asked for came, went or was replaced.
    stale: bool,
    /// How many folders cannot be watched, as far as it was said.
    said: usize,
    tell: Tell,
}

impl Watch {
    fn run(&mut self) {
        let mut brake = Brake::new();
        loop {
            let inbox = self.bell.wait();
            if inbox.ended {
                return;
            }
            let mut practices = Practices::NONE;
            for (path, way) in &inbox.heard.paths {
                practices |= self.concerned(path, *way);
            }
            if let Some(scanned) = inbox.scanned {
                practices |= self.follow(scanned);
            }
            if inbox.heard.overflow {
                self.stale = true;
                (self.tell)(Change::Everything(Why::Overflow));
            } else if !practices.is_empty() {
                (self.tell)(Change::Practices(practices));
            }
            brake.turn();
        }
    }

    /// Whom an event concerns. Paths come without links.
    fn concerned(&mut self, path: &Path, way: Way) -> Practices {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Practices::NONE };
        let what = match way {
            Way::Written => What::Written,
            Way::Attributes => What::Attributes,
            Way::Named => What::Named,
        };
        let (mut practices, mut stale) = self.plan.concerned(&folder.to_string_lossy(), what, &name.to_string_lossy());
        if way == Way::Named {
            // A folder that is itself watched.
            let (inside, other) = self.plan.concerned(&path.to_string_lossy(), What::Itself, "");
            practices |= inside;
            stale |= other;
        }
        self.stale |= stale;
        practices
    }

    /// Watches what that scan asked for. Gives whom it concerns that something changed unheard.
    fn follow(&mut self, scanned: Scanned) -> Practices {
        let began = scanned.began;
        let news = self.wanted.learn(scanned);
        if !self.wanted.differs(&news, |asked| &asked.paths) && !self.stale {
            return Practices::NONE;
        }
        self.stale = false;
        let plan = self.make();
        let streams = Streams::new(&plan);
        let other = streams != self.streams;
        if other {
            self.stale = self.listen(&streams).is_err();
            self.streams = streams;
        }
        // What came before it was listened to was not heard, so it is looked at once more.
        let now = self.make();
        self.stale |= !now.folders().eq(plan.folders());
        // Whoever listens anew was deaf for a moment.
        let missed = now.missed(&self.plan, &|_| other, since_then(began));
        self.plan = now;
        let left = self.plan.left_out + self.streams.left_out;
        if left != self.said {
            self.said = left;
            (self.tell)(Change::LeftOut(left));
        }
        missed
    }

    fn make(&self) -> Plan {
        let asked = self.wanted.iter().flat_map(|(practice, asked)| paths(practice, asked));
        Plan::new(asked, &Disk, MOST_FOLDERS)
    }

    fn listen(&mut self, streams: &Streams) -> notify::Result<()> {
        self.events = None;
        let own = Arc::clone(&self.bell);
        let ring = move |event| own.ring(|inbox| inbox.heard.take(event));
        let mut events = FsEventWatcher::new(ring, Config::default())?;
        let mut paths = events.paths_mut();
        for path in &streams.paths {
            // What is in it concerns nobody deeper down, and what went meanwhile is seen below.
            let _gone = paths.add(Path::new(path), RecursiveMode::NonRecursive);
        }
        paths.commit()?;
        self.events = Some(events);
        Ok(())
    }
}
