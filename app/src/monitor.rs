//! The thread "monitor": it alone runs probes. Trigger, run, evaluate, keep, publish.
//!
//! It sleeps until somebody asks for something, the system says that something changed, or the next
//! scan is due. What it finds is kept on disk before it is published: a subscriber may miss a
//! snapshot, the history must not.

pub mod chosen;
pub mod debounce;
pub mod facts;
pub mod fanout;
pub mod keep;
pub mod message;
pub mod schedule;
pub mod watch;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, after, bounded, never, select};
use jiff::Timestamp;
use stethoscope_probes::details::{self, Details};
use stethoscope_probes::device::Device;
use stethoscope_probes::finding::Finding;
use stethoscope_probes::host::Host;
use stethoscope_probes::host::watch::Scanned;
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::probe::{Looked, PROBE_LIMIT, Probe, Runner};

use self::chosen::Chosen;
use self::debounce::{Debounce, Look};
use self::facts::{Detailer, Facts, FactsWish};
use self::fanout::{Fanout, Subscription};
use self::keep::{KeepError, Keeper};
use self::message::{Command, Event, Trigger};
use self::schedule::{Due, Moment, due};
use self::watch::{StartWatch, Watching};
use crate::lifecycle::Lifecycle;
use crate::paths::Paths;
use crate::policy::load;
use crate::policy::load::PolicyError;
use crate::settings::Settings;
use crate::snapshot::{Snapshot, Transition, transitions};

/// After this long with nothing to do the program gives back what it does not need.
const REST: Duration = Duration::from_secs(5);

/// Gives a fresh host for a scan at that moment.
pub type HostFactory = Box<dyn Fn(Timestamp) -> Arc<dyn Host> + Send>;

/// Gives the policy in force for the profile that the user chose. Asked before every scan.
pub type PolicySource = Box<dyn FnMut(&str) -> Result<Arc<Chosen>, PolicyError> + Send>;

/// Keeps a snapshot and what changed.
pub type Keep = Box<dyn FnMut(&Snapshot, &[Transition]) -> Result<(), KeepError> + Send>;

/// What the thread works with. Everything that touches the world can be replaced by a test.
pub struct MonitorConfig {
    pub settings: Settings,
    pub probes: Vec<Probe>,
    pub host: HostFactory,
    pub device: fn(&dyn Host) -> Device,
    pub details: fn(&dyn Host) -> Details,
    pub policy: PolicySource,
    pub keep: Keep,
    /// The last snapshot of the run before.
    pub previous: Option<Arc<Snapshot>>,
    pub probe_limit: Duration,
    /// Hears of changes. Without it they are seen by the timer.
    pub watch: Option<StartWatch>,
    /// Called when nothing has been asked for a moment.
    pub rest: fn(),
    /// The wall clock. The steady one is this thread's own.
    pub clock: Box<dyn Fn() -> Timestamp + Send>,
}

impl MonitorConfig {
    /// With the user's profiles and files, and the clock of this machine.
    pub fn new(
        settings: Settings,
        paths: &Paths,
        previous: Option<Arc<Snapshot>>,
        probes: Vec<Probe>,
        host: HostFactory,
        device: fn(&dyn Host) -> Device,
    ) -> Self {
        let mut keeper = Keeper::new(paths);
        MonitorConfig {
            settings,
            probes,
            host,
            device,
            details: details::details,
            policy: chosen::source(paths.clone()),
            keep: Box::new(move |snapshot, changes| keeper.keep(snapshot, changes)),
            previous,
            probe_limit: PROBE_LIMIT,
            watch: None,
            rest: || {},
            clock: Box::new(Timestamp::now),
        }
    }
}

/// The running thread. It ends when this is dropped or somebody sends [`Command::Quit`].
#[derive(Debug)]
pub struct Monitor {
    /// Follows `Scan`, `Check`, `UseProfile`, `UseSettings` and `Quit`; leaves the others alone.
    pub commands: Sender<Command>,
    /// Answers whoever brings a policy of their own. Nothing is published of it.
    pub facts: Sender<FactsWish>,
    fanout: Arc<Fanout>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    /// Every event from now on, after what stands already.
    pub fn subscribe(&self) -> Subscription {
        self.fanout.subscribe()
    }

    /// Ends the thread and waits for it, a running scan included.
    pub fn stop(mut self) {
        // Blocks only while the queue is full, which the thread empties after each scan.
        let _already_gone = self.commands.send(Command::Quit);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        if let Err(TrySendError::Full(_)) = self.commands.try_send(Command::Quit) {
            tracing::warn!("the monitor is too busy to be told to end");
        }
    }
}

/// Starts the thread. The first scan runs at once.
pub fn start(mut config: MonitorConfig) -> std::io::Result<Monitor> {
    let (commands, receiver) = bounded(64);
    let (facts, wishes) = bounded(64);
    let fanout = Arc::new(Fanout::new());
    let watching = Watching::start(config.watch.take());
    let worker = Worker {
        chosen: None,
        refusal: None,
        keep_error: None,
        findings: Vec::new(),
        previous: config.previous.clone(),
        last: None,
        started: Instant::now(),
        lifecycle: Lifecycle::built_in(),
        runner: Runner::new(),
        detailer: Detailer::default(),
        watching,
        debounce: Debounce::default(),
        rest_at: None,
        fanout: Arc::clone(&fanout),
        config,
    };
    let thread =
        std::thread::Builder::new().name("monitor".to_owned()).spawn(move || worker.run(&receiver, &wishes))?;
    Ok(Monitor { commands, facts, fanout, thread: Some(thread) })
}

/// What the thread holds.
struct Worker {
    config: MonitorConfig,
    chosen: Option<Arc<Chosen>>,
    refusal: Option<PolicyError>,
    keep_error: Option<KeepError>,
    /// Of the last scan, so that one practice can be checked again alone.
    findings: Vec<Finding>,
    previous: Option<Arc<Snapshot>>,
    /// When the last full scan began.
    last: Option<Moment>,
    started: Instant,
    lifecycle: Lifecycle,
    runner: Runner,
    detailer: Detailer,
    watching: Watching,
    debounce: Debounce,
    /// When nothing will have been asked for a moment.
    rest_at: Option<Duration>,
    fanout: Arc<Fanout>,
}

/// What a batch of commands comes to.
#[derive(Default)]
struct Wish {
    scan: Option<Trigger>,
    check: BTreeSet<PracticeId>,
    quit: bool,
}

impl Worker {
    fn run(mut self, commands: &Receiver<Command>, wishes: &Receiver<FactsWish>) {
        let mut wishes_or_never = wishes.clone();
        let mut trigger = Trigger::Start;
        loop {
            let interval = Duration::from_secs(60) * self.config.settings.interval_minutes.max(1);
            let now = self.moment();
            let wait = match due(self.last, interval, now) {
                Due::Now => {
                    self.scan(trigger, None);
                    trigger = Trigger::Timer;
                    continue;
                }
                Due::In(wait) => wait,
            };
            match self.debounce.take(now.steady) {
                Some(Look::AtEverything) => {
                    self.scan(Trigger::Change, None);
                    continue;
                }
                Some(Look::At(practices)) => {
                    self.scan(Trigger::Change, Some(&practices.iter().collect()));
                    continue;
                }
                None => {}
            }
            if self.rest_at.is_some_and(|rest_at| rest_at <= now.steady) {
                self.rest_at = None;
                (self.config.rest)();
            }
            let until = |when: Option<Duration>| when.map_or(wait, |when| when.saturating_sub(now.steady));
            let settled = until(self.debounce.due()).min(until(self.rest_at));
            let first = select! {
                recv(wishes_or_never) -> wish => {
                    match wish {
                        Ok(wish) => self.find_out(std::iter::once(wish).chain(wishes.try_iter()).collect()),
                        Err(_all_gone) => wishes_or_never = never(),
                    }
                    continue;
                }
                recv(after(wait.min(settled))) -> _ => continue,
                recv(self.watching.bell) -> rings => {
                    match rings {
                        Ok(()) => self.hear(),
                        Err(_gone) => self.watching.has_ended(),
                    }
                    continue;
                }
                recv(commands) -> command => match command {
                    Ok(command) => command,
                    Err(_all_gone) => break,
                },
            };
            // Whatever piled up during a scan is one wish: ten clicks ask for one scan.
            let mut wish = Wish::default();
            for command in std::iter::once(first).chain(commands.try_iter()) {
                self.follow(command, &mut wish);
            }
            if wish.quit {
                break;
            }
            match wish.scan {
                Some(trigger) => self.scan(trigger, None),
                None if wish.check.is_empty() => {}
                None => self.scan(Trigger::Person, Some(&wish.check)),
            }
        }
    }

    /// Takes what the watcher has heard.
    fn hear(&mut self) {
        let now = self.started.elapsed();
        for change in self.watching.heard() {
            self.debounce.add(change, now);
        }
    }

    fn follow(&mut self, command: Command, wish: &mut Wish) {
        match command {
            // Somebody who waits for the answer goes before what runs by itself.
            Command::Scan(Trigger::Person) => wish.scan = Some(Trigger::Person),
            Command::Scan(trigger) => wish.scan = wish.scan.or(Some(trigger)),
            Command::Check(practice) => drop(wish.check.insert(practice)),
            Command::UseProfile(profile) => {
                self.config.settings.profile = profile;
                wish.scan = wish.scan.or(Some(Trigger::Settings));
            }
            Command::UseSettings(settings) => {
                // A new interval needs no scan: the timer is set anew in any case.
                if settings.profile != self.config.settings.profile {
                    wish.scan = wish.scan.or(Some(Trigger::Settings));
                }
                self.config.settings = *settings;
            }
            Command::Quit => wish.quit = true,
            Command::Open(_)
            | Command::Show(_)
            | Command::Snooze(..)
            | Command::Ignore(..)
            | Command::Listen(_)
            | Command::LookAtProfiles
            | Command::StartAtLogin(_)
            | Command::Web(_) => {}
        }
    }

    /// Scans everything, or some practices, and publishes. Costs a message where it goes wrong.
    fn scan(&mut self, trigger: Trigger, only: Option<&BTreeSet<PracticeId>>) {
        self.fanout.publish(&Event::Scanning(trigger));
        // A fault in the judging of one snapshot must not end the watching.
        if catch_unwind(AssertUnwindSafe(|| self.scan_unguarded(only))).is_err() {
            tracing::error!("a scan broke off. This is a fault in Stethoscope");
        }
        self.rest_at = Some(self.started.elapsed() + REST);
    }

    fn scan_unguarded(&mut self, only: Option<&BTreeSet<PracticeId>>) {
        let began = Instant::now();
        let moment = self.moment();
        let only = only.filter(|_| !self.findings.is_empty());
        if only.is_none() {
            self.last = Some(moment);
            self.hear();
            self.debounce.clear();
        }
        let chosen = self.choose();
        let host = (self.config.host)(moment.wall);
        let asked = |probe: &&Probe| {
            chosen.policy.requirements.contains_key(&probe.practice)
                && only.is_none_or(|only| only.contains(&probe.practice))
        };
        let probes: Vec<Probe> = self.config.probes.iter().filter(asked).copied().collect();
        let fresh = self.look(&probes, &host, moment.wall, only.is_some());
        let device = self.device(host.as_ref(), only.is_some());
        if only.is_some() {
            self.findings.retain(|finding| fresh.iter().all(|fresh| fresh.practice != finding.practice));
            self.findings.extend(fresh);
        } else {
            self.findings = fresh;
        }
        let snapshot = Arc::new(Snapshot::judge(
            self.findings.clone(),
            device,
            &chosen.policy,
            chosen.label.clone(),
            &self.lifecycle,
            moment.wall,
            began.elapsed(),
            self.previous.as_deref(),
        ));
        let changes = self.previous.as_deref().map(|previous| transitions(previous, &snapshot)).unwrap_or_default();
        self.keep(&snapshot, &changes);
        self.previous = Some(Arc::clone(&snapshot));
        self.fanout.publish(&Event::Scanned(snapshot));
    }

    /// Finds out what others want to know, once for all who ask at the same time. Whoever gets no answer
    /// learns it by the end of what it waits at.
    fn find_out(&mut self, wishes: Vec<FactsWish>) {
        if catch_unwind(AssertUnwindSafe(|| self.find_out_unguarded(wishes))).is_err() {
            tracing::error!("finding out facts broke off. This is a fault in Stethoscope");
        }
        self.rest_at = Some(self.started.elapsed() + REST);
    }

    fn find_out_unguarded(&mut self, wishes: Vec<FactsWish>) {
        let moment = self.moment();
        let host = (self.config.host)(moment.wall);
        let asked = |probe: &&Probe| wishes.iter().any(|wish| wish.practices.contains(&probe.practice));
        let probes: Vec<Probe> = self.config.probes.iter().filter(asked).copied().collect();
        let details = wishes.iter().any(|wish| wish.details).then_some(self.config.details);
        let details = details.and_then(|read| self.detailer.read(read, &host, self.config.probe_limit));
        let facts = Arc::new(Facts {
            findings: self.runner.run(&probes, &host, self.config.probe_limit),
            device: self.device(host.as_ref(), false),
            details,
            when: moment.wall,
        });
        for wish in wishes {
            (wish.reply)(Arc::clone(&facts));
        }
    }

    /// Runs probes, and has what they asked for watched from now on.
    fn look(&mut self, probes: &[Probe], host: &Arc<dyn Host>, began: Timestamp, some: bool) -> Vec<Finding> {
        if !self.watching.is_on() {
            return self.runner.run(probes, host, self.config.probe_limit);
        }
        let looked = self.runner.run_noting(probes, host, self.config.probe_limit);
        let others = self.findings.iter().filter(|_| some).map(|finding| finding.practice);
        let practices = probes.iter().map(|probe| probe.practice).chain(others).collect();
        let noted = |looked: Looked| (looked.finding, looked.asked);
        let (fresh, asked): (Vec<_>, Vec<_>) = looked.into_iter().map(noted).unzip();
        let asked = fresh.iter().zip(asked).filter_map(|(finding, asked)| Some((finding.practice, asked?))).collect();
        self.watching.follow(Scanned { began, practices, asked });
        fresh
    }

    /// The policy to judge by. One that is refused leaves the one in force, which at the first scan
    /// is the mildest built-in one.
    fn choose(&mut self) -> Arc<Chosen> {
        match (self.config.policy)(&self.config.settings.profile) {
            Ok(chosen) => {
                if self.refusal.take().is_some() {
                    self.fanout.publish(&Event::PolicyAccepted);
                }
                self.chosen = Some(Arc::clone(&chosen));
                chosen
            }
            Err(error) => {
                if self.refusal.as_ref() != Some(&error) {
                    self.fanout.publish(&Event::PolicyRefused(error.to_string().into()));
                    self.refusal = Some(error);
                }
                Arc::clone(self.chosen.get_or_insert_with(|| Arc::new(chosen::fallback(load::built_in()))))
            }
        }
    }

    fn device(&self, host: &dyn Host, may_be_old: bool) -> Device {
        let known = self.previous.as_deref().map(|previous| &previous.device);
        match known {
            Some(known) if may_be_old => known.clone(),
            _ => match catch_unwind(AssertUnwindSafe(|| (self.config.device)(host))) {
                Ok(device) => device,
                Err(_panic) => known.cloned().unwrap_or_else(|| chosen::nameless(host.platform())),
            },
        }
    }

    fn keep(&mut self, snapshot: &Snapshot, changes: &[Transition]) {
        let error = (self.config.keep)(snapshot, changes).err();
        if error == self.keep_error {
            return;
        }
        let event = match &error {
            Some(error) => Event::NotKept(error.to_string().into()),
            None => Event::Kept,
        };
        self.keep_error = error;
        self.fanout.publish(&event);
    }

    fn moment(&self) -> Moment {
        Moment { wall: (self.config.clock)(), steady: self.started.elapsed() }
    }
}
