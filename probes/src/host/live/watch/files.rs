//! Changes of files, by inotify(7): folders are watched, and only names that somebody asked for count.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

use super::disk::Disk;
use super::plan::{Plan, What, paths, since_then};
use crate::host::asked::Asked;
use crate::practice::{PracticeId, Practices};

/// How many folders are watched at most. A user has some ten thousands for all programs together.
pub(super) const MOST_FOLDERS: usize = 2000;

/// How often it is looked what is there, until it is the same before and after the watching began.
const LOOKS: usize = 3;

/// How much of what waits is taken at a time.
const BATCH: usize = 16 << 10;

/// What is heard of every folder: its own end.
const PASSAGE: WatchFlags = WatchFlags::DELETE_SELF
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR)
    .union(WatchFlags::DONT_FOLLOW)
    .union(WatchFlags::EXCL_UNLINK);

/// What is heard of a folder in which something is asked for. What is opened and read is nobody's business.
const NAMES: WatchFlags =
    WatchFlags::CREATE.union(WatchFlags::DELETE).union(WatchFlags::MOVED_FROM).union(WatchFlags::MOVED_TO);

/// What is heard besides, but for the folder of devices, where each shell that writes to /dev/null is a write.
const CONTENT: WatchFlags = WatchFlags::CLOSE_WRITE.union(WatchFlags::ATTRIB);

/// What was heard of files.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) practices: Practices,
    /// The kernel threw events away.
    pub(super) overflow: bool,
}

/// The one inotify of this program.
pub(super) struct Files {
    /// `None` where the user's programs have as many as they may (`max_user_instances`), or a sandbox has none.
    inotify: Option<OwnedFd>,
    plan: Plan,
    watched: BTreeMap<String, i32>,
    folders: HashMap<i32, Vec<String>>,
    /// The plan no longer fits: something that was asked for came, went or was replaced.
    stale: bool,
    /// How many folders cannot be watched, as far as it was said.
    said: usize,
}

impl Files {
    pub(super) fn new() -> Self {
        Files {
            inotify: None,
            plan: Plan::default(),
            watched: BTreeMap::new(),
            folders: HashMap::new(),
            stale: true,
            said: 0,
        }
    }

    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.inotify.as_ref().map(OwnedFd::as_fd)
    }

    /// Whether the next scan has to be followed, whatever it asked for.
    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Something else may be at the known paths now.
    pub(super) fn doubt(&mut self) {
        self.stale = true;
    }

    /// Watches what was asked for. Gives whom it concerns that something changed since then, unheard.
    pub(super) fn follow<'a>(
        &mut self,
        asked: impl Iterator<Item = (PracticeId, &'a Asked)> + Clone,
        since: jiff::Timestamp,
    ) -> Practices {
        if self.inotify.is_none() {
            self.inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok();
        }
        self.stale = self.inotify.is_none();
        let look =
            || Plan::new(asked.clone().flat_map(|(practice, asked)| paths(practice, asked)), &Disk, MOST_FOLDERS);
        let (mut plan, mut new, mut missed) = (look(), BTreeSet::new(), Practices::NONE);
        for round in 1..=LOOKS {
            let known = new.len();
            missed |= self.watch(&plan, &mut new);
            if new.len() == known {
                break;
            }
            // What came between the looking and the watching was not heard, so it is looked for.
            let again = look();
            if again == plan {
                break;
            }
            self.stale |= round == LOOKS;
            plan = again;
        }
        missed |= plan.missed(&self.plan, &|folder| new.contains(folder), since_then(since));
        self.plan = plan;
        missed
    }

    /// Watches the folders of a plan, and no others. Notes which were not watched until now, and gives whom it
    /// concerns that one of them is another one.
    fn watch(&mut self, plan: &Plan, new: &mut BTreeSet<String>) -> Practices {
        let mut watched = BTreeMap::new();
        let mut folders: HashMap<i32, Vec<String>> = HashMap::new();
        let (mut replaced, mut mute) = (Practices::NONE, BTreeSet::new());
        // The inner ones first.
        for folder in plan.folders().rev() {
            let events = match folder {
                _ if plan.is_passage(folder) && !mute.contains(folder) => PASSAGE,
                "/dev" => PASSAGE | NAMES,
                _ => PASSAGE | NAMES | CONTENT,
            };
            let Some(inotify) = &self.inotify else { break };
            let wd = match inotify::add_watch(inotify, folder, events) {
                Ok(wd) => wd,
                Err(refused) => {
                    // One that may not be read cannot be watched: the timer has to do there, and the folder above
                    // to tell of its end and its rights. Where the user's programs watch as many as they may
                    // (`max_user_watches`), there may be room the next time.
                    self.stale |= refused == Errno::NOSPC;
                    let above = folder.rsplit_once('/').map_or("/", |(above, _)| above);
                    mute.insert(if above.is_empty() { "/" } else { above }.to_owned());
                    continue;
                }
            };
            match self.watched.get(folder) {
                Some(known) if *known == wd => {}
                Some(_another) => {
                    // Replaced, or something was mounted there: what is in it now may be as old as it likes.
                    new.insert(folder.to_owned());
                    replaced |= plan.concerned(folder, What::Itself, "").0;
                }
                None => drop(new.insert(folder.to_owned())),
            }
            watched.insert(folder.to_owned(), wd);
            folders.entry(wd).or_default().push(folder.to_owned());
        }
        for gone in self.folders.keys().filter(|wd| !folders.contains_key(wd)) {
            // It may have gone with its folder.
            let _gone = self.inotify.as_ref().map(|inotify| inotify::remove_watch(inotify, *gone));
        }
        (self.watched, self.folders) = (watched, folders);
        replaced
    }

    /// How many folders are left to the timer, where that is news.
    pub(super) fn news_of_left_out(&mut self) -> Option<usize> {
        let left = self.plan.left_out + self.plan.folders().count() - self.watched.len();
        let news = (left != self.said).then_some(left);
        self.said = left;
        news
    }

    /// Takes everything that waits.
    pub(super) fn hear(&mut self) -> Heard {
        let mut heard = Heard::default();
        let Some(inotify) = &self.inotify else { return heard };
        let mut buffer = [MaybeUninit::uninit(); BATCH];
        let mut reader = Reader::new(inotify, &mut buffer);
        loop {
            let event = match reader.next() {
                Ok(event) => event,
                Err(Errno::INTR) => continue,
                // Nothing waits any more; nothing else can go wrong here.
                Err(_again) => break,
            };
            let events = event.events();
            if events.contains(ReadFlags::QUEUE_OVERFLOW) {
                heard.overflow = true;
                self.stale = true;
                continue;
            }
            let Some(folders) = self.folders.get(&event.wd()) else { continue };
            let name = event.file_name().map(|name| name.to_string_lossy());
            let what = match &name {
                None => What::Itself,
                Some(_) if events.contains(ReadFlags::CLOSE_WRITE) => What::Written,
                Some(_) if events.contains(ReadFlags::ATTRIB) => What::Attributes,
                Some(_) => What::Named,
            };
            for folder in folders {
                let (practices, stale) = self.plan.concerned(folder, what, name.as_deref().unwrap_or_default());
                heard.practices |= practices;
                self.stale |= stale;
            }
        }
        heard
    }
}

#[cfg(test)]
mod tests;
