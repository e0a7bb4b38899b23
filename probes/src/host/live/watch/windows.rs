//! The thread "watch" on Windows: sleeps until something is heard, says whom it concerns, and sleeps again.
//!
//! Folders, keys and services are waited for by the system's own threads, of which this program has as many as the
//! system thinks fit. They only ring.

mod places;
#[expect(unsafe_code, reason = "calls of Windows that no safe crate offers; each says why it may be made")]
mod system;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::places::Places;
use self::system::{Folder, Key, Resumes, Service};
use super::bell::{Bell, Handle};
use super::brake::Brake;
use super::keys::Keys;
use super::spelling::{Spelling, fold};
use super::wanted::Wanted;
use crate::host::watch::{Change, Scanned, Tell, Watcher, Why};
use crate::practice::{PracticeId, Practices};

/// Who rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    Folder(u64),
    Key(u64),
    Service(u64),
    /// The computer was asleep.
    Sleep,
}

type Heard = BTreeSet<From>;

/// Who is rung for, given to what waits.
fn ring(bell: &Arc<Bell<Heard>>, from: From) -> system::Ring {
    let bell = Arc::clone(bell);
    Box::new(move || {
        bell.ring(|inbox| {
            inbox.heard.insert(from);
        });
    })
}

/// Starts the thread.
pub(super) fn start(tell: Tell) -> std::io::Result<impl Watcher + 'static> {
    let bell: Arc<Bell<Heard>> = Arc::default();
    let own = Arc::clone(&bell);
    // What waits belongs to the thread, which makes it itself.
    std::thread::Builder::new().name("watch".to_owned()).spawn(move || Watch::new(own, tell).run())?;
    Ok(Handle(bell))
}

struct Watch {
    folders: Places<Folder>,
    keys: Places<Key>,
    services: Services,
    wanted: Wanted,
    /// How many folders and keys cannot be watched, as far as it was said.
    said: usize,
    tell: Tell,
    /// Listens while it is there.
    _resumes: Option<Resumes>,
    bell: Arc<Bell<Heard>>,
}

impl Watch {
    fn new(bell: Arc<Bell<Heard>>, tell: Tell) -> Self {
        let bells = |from: fn(u64) -> From| -> Box<dyn Fn(u64) -> system::Ring> {
            let bell = Arc::clone(&bell);
            Box::new(move |number| ring(&bell, from(number)))
        };
        Watch {
            folders: Places::new(bells(From::Folder)),
            keys: Places::new(bells(From::Key)),
            services: Services::default(),
            wanted: Wanted::default(),
            said: 0,
            tell,
            // Without it, sleep is noticed when the next scan is due.
            _resumes: Resumes::new(ring(&bell, From::Sleep)).ok(),
            bell,
        }
    }

    fn run(mut self) {
        let mut brake = Brake::new();
        loop {
            let inbox = self.bell.wait();
            if inbox.ended {
                return;
            }
            let (mut practices, mut why) = (Practices::NONE, None);
            for from in inbox.heard {
                match from {
                    From::Folder(number) => practices |= self.folders.hear(number),
                    From::Key(number) => practices |= self.keys.hear(number),
                    From::Service(number) => practices |= self.services.who_asked(number),
                    From::Sleep => why = Some(Why::Resumed),
                }
            }
            if let Some(scanned) = inbox.scanned {
                practices |= self.follow(scanned);
            }
            match why {
                Some(why) => (self.tell)(Change::Everything(why)),
                None if practices.is_empty() => {}
                None => (self.tell)(Change::Practices(practices)),
            }
            brake.turn();
        }
    }

    /// Watches what that scan asked for. Gives whom it concerns that something changed unheard.
    fn follow(&mut self, scanned: Scanned) -> Practices {
        let began = scanned.began;
        let news = self.wanted.learn(scanned);
        let mut unheard = Practices::NONE;
        if self.wanted.differs(&news, |asked| &asked.paths) || self.folders.is_stale() {
            let mut spelling = Spelling::default();
            let asked = self.wanted.iter().flat_map(|(practice, asked)| super::plan::paths(practice, asked));
            let asked: Vec<(PracticeId, String, bool)> =
                asked.filter_map(|(practice, path, names)| Some((practice, spelling.path(path)?, names))).collect();
            unheard |= self.folders.follow(&asked, spelling, BTreeMap::new(), began);
        }
        let other_services = self.wanted.differs(&news, |asked| &asked.daemons);
        if other_services || self.wanted.differs(&news, |asked| &asked.keys) || self.keys.is_stale() {
            let mut spelling = Spelling::default();
            let keys = Keys::new(self.wanted.iter(), &mut spelling);
            let asked: Vec<(PracticeId, String, bool)> =
                keys.asked.into_iter().map(|(practice, key)| (practice, key, true)).collect();
            unheard |= self.keys.follow(&asked, spelling, keys.trees, began);
            unheard |= self.services.follow(&self.wanted, &self.bell);
        }
        let left = self.folders.left_out() + self.keys.left_out();
        if left != self.said {
            self.said = left;
            (self.tell)(Change::LeftOut(left));
        }
        unheard
    }
}

/// The services that somebody asked for, by their names.
#[derive(Default)]
struct Services {
    /// They tell as long as they are here.
    listening: BTreeMap<String, (u64, Service)>,
    asked: BTreeMap<String, Practices>,
    last: u64,
}

impl Services {
    fn who_asked(&self, number: u64) -> Practices {
        let named = |(_, (own, _)): &(&String, &(u64, Service))| *own == number;
        let name = self.listening.iter().find(named).map(|(name, _)| name);
        name.and_then(|name| self.asked.get(name)).copied().unwrap_or(Practices::NONE)
    }

    /// Listens to the services that were asked for. Gives who asked for one that was not listened to until now.
    fn follow(&mut self, wanted: &Wanted, bell: &Arc<Bell<Heard>>) -> Practices {
        self.asked.clear();
        for (practice, asked) in wanted.iter() {
            for name in &asked.daemons {
                self.asked.entry(fold(name)).or_default().insert(practice);
            }
        }
        self.listening.retain(|name, _| self.asked.contains_key(name));
        let mut unheard = Practices::NONE;
        for (name, practices) in &self.asked {
            if self.listening.contains_key(name) {
                continue;
            }
            self.last += 1;
            // One that is not there has its key watched, and is tried again once that came.
            if let Ok(service) = Service::new(name, ring(bell, From::Service(self.last))) {
                self.listening.insert(name.clone(), (self.last, service));
                unheard |= *practices;
            }
        }
        unheard
    }
}

#[cfg(test)]
mod tests;
