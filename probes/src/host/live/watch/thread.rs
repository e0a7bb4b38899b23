//! The thread "watch": sleeps until something is heard, says whom it concerns, and sleeps again.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};

use jiff::Timestamp;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};

use super::brake::Brake;
use super::bus::Ear;
use super::files::Files;
use super::kernel::{Clock, Tables};
use super::links::Links;
use super::signals::Rules;
use super::wanted::Wanted;
use crate::host::Bus;
use crate::host::asked::Source;
use crate::host::live::Buses;
use crate::host::watch::{Change, Scanned, Tell, Watcher, Why};
use crate::practice::Practices;

/// What wakes the thread from outside.
struct Bell {
    fd: OwnedFd,
    ended: AtomicBool,
    /// What was scanned and not looked at yet.
    scanned: Mutex<Option<Scanned>>,
}

impl Bell {
    fn ring(&self) {
        // Full means that it rings already.
        let _rings = rustix::io::write(&self.fd, &1_u64.to_ne_bytes());
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}

/// The watcher's end on the side of who scans.
struct Handle(Arc<Bell>);

impl Watcher for Handle {
    fn follow(&mut self, scanned: Scanned) {
        scanned.wait_in(&mut self.0.scanned.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.ring();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Release);
        self.0.ring();
    }
}

/// Starts the thread.
pub(super) fn start(buses: &Buses, tell: Tell) -> std::io::Result<impl Watcher + 'static> {
    let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
    let bell = Arc::new(Bell { fd, ended: AtomicBool::new(false), scanned: Mutex::new(None) });
    let ears = [Bus::System, Bus::Session].map(|bus| (bus, Ear::new(buses.address(bus).map(str::to_owned))));
    let watch = Watch {
        bell: Arc::clone(&bell),
        // Each of these may be missing in a sandbox; the others do their part.
        files: Files::new(),
        tables: Tables::new(),
        links: Links::new().ok(),
        clock: Clock::new().ok(),
        ears,
        wanted: Wanted::default(),
        tell,
    };
    std::thread::Builder::new().name("watch".to_owned()).spawn(move || watch.run())?;
    Ok(Handle(bell))
}

struct Watch {
    bell: Arc<Bell>,
    files: Files,
    tables: Tables,
    links: Option<Links>,
    clock: Option<Clock>,
    ears: [(Bus, Ear); 2],
    wanted: Wanted,
    tell: Tell,
}

/// What can be heard of besides the bell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Bell,
    Files,
    Tables,
    Links,
    Clock,
}

impl Watch {
    fn run(mut self) {
        let waker = Waker::from(Arc::clone(&self.bell));
        let mut context = Context::from_waker(&waker);
        let mut brake = Brake::new();
        let mut change = Heard::default();
        loop {
            if self.bell.ended.load(Ordering::Acquire) {
                return;
            }
            let scanned = self.bell.scanned.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(scanned) = scanned {
                change.practices |= self.follow(scanned);
            }
            for (_, ear) in &mut self.ears {
                let heard = ear.turn(&mut context);
                change.practices |= heard.practices;
                change.why = change.why.or(heard.resumed.then_some(Why::Resumed));
            }
            self.say(std::mem::take(&mut change));
            brake.turn();
            for from in self.sleep() {
                self.hear(from, &mut change);
            }
        }
    }

    fn say(&self, heard: Heard) {
        match heard.why {
            Some(why) => (self.tell)(Change::Everything(why)),
            None if heard.practices.is_empty() => {}
            None => (self.tell)(Change::Practices(heard.practices)),
        }
    }

    /// Waits until something is to be heard.
    fn sleep(&self) -> Vec<From> {
        let urgent = |fd| (From::Tables, PollFd::from_borrowed_fd(fd, PollFlags::PRI));
        let plain = |from, fd| (from, PollFd::from_borrowed_fd(fd, PollFlags::IN));
        let (mut names, mut fds): (Vec<From>, Vec<PollFd<'_>>) =
            std::iter::once(plain(From::Bell, self.bell.fd.as_fd()))
                .chain(self.files.fd().map(|fd| plain(From::Files, fd)))
                .chain(self.tables.fds().map(urgent))
                .chain(self.links.iter().map(|links| plain(From::Links, links.fd())))
                .chain(self.clock.iter().map(|clock| plain(From::Clock, clock.fd())))
                .unzip();
        // A signal that interrupts this is as good as nothing heard.
        let _ready = poll(&mut fds, None);
        let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
        names.retain(|_| ready.next().unwrap_or(false));
        names
    }

    fn hear(&mut self, from: From, heard: &mut Heard) {
        match from {
            From::Bell => drop(rustix::io::read(&self.bell.fd, &mut [0; 8])),
            From::Files => {
                let files = self.files.hear();
                heard.practices |= files.practices;
                heard.why = heard.why.or(files.overflow.then_some(Why::Overflow));
            }
            From::Tables => {
                // Another file system may be at a path that is watched.
                self.files.doubt();
                heard.practices |= self.wanted.who_asked(Source::Mounts);
            }
            From::Links => {
                if self.links.as_mut().is_some_and(Links::hear) {
                    heard.practices |= self.wanted.who_asked(Source::Links) | self.wanted.who_asked(Source::Sockets);
                }
            }
            From::Clock => {
                if self.clock.as_ref().is_some_and(Clock::was_set) {
                    heard.why = heard.why.or(Some(Why::ClockSet));
                }
            }
        }
    }

    /// Watches what that scan asked for. Gives whom it concerns that something changed unheard.
    fn follow(&mut self, scanned: Scanned) -> Practices {
        let began = scanned.began;
        let news = self.wanted.learn(scanned);
        let other_services = self.wanted.differs(&news, |asked| &asked.services);
        let mut unheard = Practices::NONE;
        if self.wanted.differs(&news, |asked| &asked.paths) || self.files.is_stale() {
            unheard |= self.follow_files(began);
        }
        for (bus, ear) in &mut self.ears {
            if other_services || !ear.listens() {
                unheard |= ear.follow(Rules::new(*bus, self.wanted.iter()));
            }
        }
        unheard
    }

    fn follow_files(&mut self, began: Timestamp) -> Practices {
        let unheard = self.files.follow(self.wanted.iter(), began);
        if let Some(folders) = self.files.news_of_left_out() {
            (self.tell)(Change::LeftOut(folders));
        }
        unheard
    }
}

/// What was heard in one turn.
#[derive(Default)]
struct Heard {
    practices: Practices,
    why: Option<Why>,
}
