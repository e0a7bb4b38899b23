//! Changes of a real system are seen by event: the timer of these monitors is set to an hour.

mod bus;
mod files;
mod home;
mod inside;
mod quiet;

use std::sync::Arc;
use std::time::{Duration, Instant};

use stethoscope::monitor::chosen::Chosen;
use stethoscope::monitor::fanout::Subscription;
use stethoscope::monitor::message::{Command, Event, Trigger};
use stethoscope::monitor::{Monitor, MonitorConfig, start};
use stethoscope::paths::Paths;
use stethoscope::policy::load;
use stethoscope::settings::Settings;
use stethoscope::snapshot::Snapshot;
use stethoscope_probes::finding::{Finding, Observation};
use stethoscope_probes::host::live::{Buses, watch};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::Probe;
use stethoscope_probes::{device, text};

use self::home::{Home, HomeHost};
use crate::scripted::PATIENCE;

/// Longer than it takes until a change is looked at, on a machine that has little to do.
const QUIET: Duration = Duration::from_millis(900);

/// A monitor that watches.
struct Watched {
    monitor: Monitor,
    events: Subscription,
    home: Home,
}

impl Watched {
    /// Of a home with nothing in it and of buses that may not be there, once nothing happens any more.
    fn new(probes: Vec<Probe>, home: Home, buses: Buses) -> Self {
        let settings = Settings { interval_minutes: 60, ..Settings::default() };
        let (own, buses) = (home.clone(), Arc::new(buses));
        let heard = Arc::clone(&buses);
        let host = move |now| HomeHost::shared(&own, now, Arc::clone(&buses));
        let paths = Paths::below(home.state());
        let mut config = MonitorConfig::new(settings, &paths, None, probes, Box::new(host), device::device);
        let strict = load::built_in().into_iter().find(|profile| profile.id == "strict").expect("there is one");
        let mut chosen = Chosen::from(strict);
        // Whatever is probed is asked for.
        let asked = chosen.policy.requirements.values().next().expect("it asks for something").clone();
        chosen.policy.requirements.retain(|practice, _| config.probes.iter().any(|probe| probe.practice == *practice));
        for probe in &config.probes {
            chosen.policy.requirements.entry(probe.practice).or_insert_with(|| asked.clone());
        }
        let chosen = Arc::new(chosen);
        config.policy = Box::new(move |_| Ok(Arc::clone(&chosen)));
        config.watch = Some(Box::new(move |tell| watch::start(&heard, tell)));
        let monitor = start(config).expect("a thread");
        let events = monitor.subscribe();
        let watched = Watched { monitor, events, home };
        watched.settle();
        watched
    }

    /// Waits until nothing happens. Gives what was found out last meanwhile.
    fn settle(&self) -> Option<Arc<Snapshot>> {
        let mut last = None;
        while let Ok(event) = self.events.recv_timeout(QUIET * 2) {
            if let Event::Scanned(snapshot) = event {
                last = Some(snapshot);
            }
        }
        last
    }

    /// Does something and waits for the scan that a change brings about, and how long that took.
    #[track_caller]
    fn sees(&self, what: &str, change: impl FnOnce()) -> (Arc<Snapshot>, Duration) {
        let begun = Instant::now();
        change();
        let mut trigger = None;
        loop {
            match self.events.recv_timeout(PATIENCE) {
                Ok(Event::Scanning(why)) => trigger = Some(why),
                Ok(Event::Scanned(snapshot)) => {
                    assert_eq!(trigger, Some(Trigger::Change), "{what}");
                    return (snapshot, begun.elapsed());
                }
                Ok(_) => {}
                Err(error) => panic!("{what}: {error}"),
            }
        }
    }

    /// Does something that concerns nobody.
    #[track_caller]
    fn ignores(&self, what: &str, change: impl FnOnce()) {
        change();
        if let Ok(event) = self.events.recv_timeout(QUIET) {
            panic!("{what}: {event:?}");
        }
    }

    fn ask(&self, command: Command) {
        self.monitor.commands.send(command).expect("it runs");
    }

    /// Scans everything.
    fn scan(&self) -> Arc<Snapshot> {
        self.ask(Command::Scan(Trigger::Person));
        loop {
            if let Event::Scanned(snapshot) = self.events.recv_timeout(PATIENCE).expect("a scan") {
                return snapshot;
            }
        }
    }
}

fn probe(
    practice: PracticeId,
    observe: fn(&dyn stethoscope_probes::host::Host) -> stethoscope_probes::host::Read<Finding>,
) -> Probe {
    Probe { practice, platform: Platform::Linux, observe, reads: "something of a test" }
}

fn finding(practice: PracticeId, on: bool, saw: &str) -> Finding {
    let observation = if on { Observation::On } else { Observation::Off };
    Finding::new(practice, observation, text!("it says {saw}", saw = saw))
}

fn says(snapshot: &Snapshot, practice: PracticeId) -> String {
    snapshot.verdict(practice).expect("asked for").finding.detail.to_string()
}

/// Which practices the newer snapshot found out anew.
fn fresh(older: &Snapshot, newer: &Snapshot) -> Vec<PracticeId> {
    let is_new = |practice: &PracticeId| {
        let when = |snapshot: &Snapshot| snapshot.verdict(*practice).map(|verdict| verdict.finding.when);
        when(older) != when(newer)
    };
    PracticeId::ALL.into_iter().filter(is_new).collect()
}
