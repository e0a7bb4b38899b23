//! The thread "monitor", with a recorded host and probes that read it, panic or hang.

use std::fs;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stethoscope::history;
use stethoscope::monitor::fanout::Subscription;
use stethoscope::monitor::message::{Command, Event, Trigger};
use stethoscope::monitor::{Monitor, MonitorConfig, start};
use stethoscope::paths::Paths;
use stethoscope::settings::Settings;
use stethoscope::snapshot::Snapshot;
use stethoscope::state;
use stethoscope::verdict::VerdictState;
use stethoscope_probes::device::Device;
use stethoscope_probes::finding::{Finding, Observation};
use stethoscope_probes::host::fixture::FixtureHost;
use stethoscope_probes::host::{Host, HostError, Read};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::Probe;
use stethoscope_probes::text;

use crate::disks::TinyDisk;
use crate::scripted::{PATIENCE, at, device};

/// Reads what the recorded host has in the variable of that name: `on`, `off`, `panic` or `hang`.
fn read(host: &dyn Host, practice: PracticeId, variable: &str) -> Read<Finding> {
    let word = host.env(variable).ok_or_else(|| HostError::Absent(variable.to_owned()))?;
    let observation = match word.as_str() {
        "on" => Observation::On,
        "off" => Observation::Off,
        "panic" => panic!("this probe is meant to panic"),
        _hang => {
            std::thread::sleep(Duration::from_secs(30));
            Observation::On
        }
    };
    Ok(Finding::new(practice, observation, text!("it is {word}", word = word)))
}

fn firewall(host: &dyn Host) -> Read<Finding> {
    read(host, PracticeId::Firewall, "FIREWALL")
}

fn screen_lock(host: &dyn Host) -> Read<Finding> {
    read(host, PracticeId::ScreenLock, "LOCK")
}

const PROBES: [Probe; 2] = [
    Probe { practice: PracticeId::Firewall, platform: Platform::Linux, observe: firewall, reads: "a variable" },
    Probe { practice: PracticeId::ScreenLock, platform: Platform::Linux, observe: screen_lock, reads: "a variable" },
];

const MINE: &str = "Policy(format: 1, name: \"Mine\", description: \"For a test.\", requirements: { firewall: Always, screenLock: Always })";

/// A machine whose two variables and whose clock a test can change while the monitor runs.
struct Machine {
    _root: Option<tempfile::TempDir>,
    paths: Paths,
    variables: Arc<Mutex<(&'static str, &'static str)>>,
    /// Seconds since the start of the scripts.
    clock: Arc<AtomicI64>,
    looks_at_the_clock: Arc<AtomicUsize>,
}

impl Machine {
    fn new(firewall: &'static str, lock: &'static str) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let mut machine = Machine::at(Paths::below(root.path()), firewall, lock);
        machine._root = Some(root);
        machine.write_profile(MINE);
        machine
    }

    fn at(paths: Paths, firewall: &'static str, lock: &'static str) -> Self {
        let variables = Arc::new(Mutex::new((firewall, lock)));
        Machine { _root: None, paths, variables, clock: Arc::default(), looks_at_the_clock: Arc::default() }
    }

    fn write_profile(&self, text: &str) {
        fs::create_dir_all(self.paths.profiles()).expect("made");
        fs::write(self.paths.profiles().join("mine.ron"), text).expect("written");
    }

    fn becomes(&self, firewall: &'static str, lock: &'static str) {
        *self.variables.lock().expect("no test panics with it") = (firewall, lock);
    }

    fn start(&self) -> Monitor {
        let (variables, clock) = (Arc::clone(&self.variables), Arc::clone(&self.clock));
        let host = move |now: jiff::Timestamp| -> Arc<dyn Host> {
            let (firewall, lock) = *variables.lock().expect("no test panics with it");
            let text = format!(
                "@platform linux\n@now {now}\n@user 1000 ann /home/ann\n@env FIREWALL {firewall}\n@env LOCK {lock}\n"
            );
            Arc::new(FixtureHost::parse(&text, "a test").expect("a good recording"))
        };
        let settings = Settings { profile: "mine".to_owned(), ..Settings::default() };
        let (previous, _) = state::load::<Snapshot>(&self.paths.snapshot());
        let previous = previous.map(Arc::new);
        let mut config =
            MonitorConfig::new(settings, &self.paths, previous, PROBES.to_vec(), Box::new(host), named_after_thread);
        // Long enough for a healthy probe on a busy machine.
        config.probe_limit = Duration::from_millis(1500);
        let looks = Arc::clone(&self.looks_at_the_clock);
        config.clock = Box::new(move || {
            looks.fetch_add(1, Ordering::SeqCst);
            at(clock.load(Ordering::SeqCst))
        });
        start(config).expect("a thread")
    }
}

/// Shows on which thread the work is done.
fn named_after_thread(_host: &dyn Host) -> Device {
    Device { name: std::thread::current().name().unwrap_or_default().to_owned(), ..device() }
}

fn next(events: &Subscription) -> Event {
    events.recv_timeout(PATIENCE).expect("an event in time")
}

fn next_snapshot(events: &Subscription) -> Arc<Snapshot> {
    loop {
        if let Event::Scanned(snapshot) = next(events) {
            return snapshot;
        }
    }
}

fn states(snapshot: &Snapshot) -> Vec<VerdictState> {
    snapshot.verdicts.iter().map(|verdict| verdict.state).collect()
}

fn ask(monitor: &Monitor, command: Command) {
    monitor.commands.send(command).expect("it runs");
}

#[test]
fn it_scans_at_once_on_its_own_thread_and_again_when_asked() {
    let machine = Machine::new("on", "off");
    let monitor = machine.start();
    let events = monitor.subscribe();
    let first = next_snapshot(&events);
    assert_eq!(states(&first), [VerdictState::Pass, VerdictState::Fail]);
    assert_eq!(first.device.name, "monitor");
    assert_eq!(first.policy.name, "Mine");
    machine.becomes("off", "on");
    ask(&monitor, Command::Scan(Trigger::Person));
    assert!(matches!(next(&events), Event::Scanning(Trigger::Person)));
    assert_eq!(states(&next_snapshot(&events)), [VerdictState::Fail, VerdictState::Pass]);
}

#[test]
fn who_subscribes_late_gets_the_newest_snapshot_at_once() {
    let machine = Machine::new("on", "on");
    let monitor = machine.start();
    next_snapshot(&monitor.subscribe());
    let late = monitor.subscribe();
    assert_eq!(states(&next_snapshot(&late)), [VerdictState::Pass; 2]);
}

#[test]
fn a_probe_that_panics_or_hangs_costs_its_own_practice_only() {
    for (word, reason) in [("panic", "The check itself broke"), ("hang", "took longer than")] {
        let machine = Machine::new(word, "on");
        let monitor = machine.start();
        let events = monitor.subscribe();
        let snapshot = next_snapshot(&events);
        assert_eq!(states(&snapshot), [VerdictState::Unknown, VerdictState::Pass], "{word}");
        let found = &snapshot.verdict(PracticeId::Firewall).expect("asked for").finding.detail.to_string();
        assert!(found.contains(reason), "{word}: {found}");
        machine.becomes("on", "off");
        ask(&monitor, Command::Scan(Trigger::Person));
        let firewall = if word == "hang" { VerdictState::Unknown } else { VerdictState::Pass };
        assert_eq!(states(&next_snapshot(&events)), [firewall, VerdictState::Fail], "after {word}");
    }
}

#[test]
fn checking_one_practice_leaves_the_others_as_they_were_found() {
    let machine = Machine::new("off", "off");
    let monitor = machine.start();
    let events = monitor.subscribe();
    next_snapshot(&events);
    machine.becomes("on", "on");
    machine.clock.store(10, Ordering::SeqCst);
    ask(&monitor, Command::Check(PracticeId::Firewall));
    let snapshot = next_snapshot(&events);
    assert_eq!(states(&snapshot), [VerdictState::Pass, VerdictState::Fail]);
    let when: Vec<_> = snapshot.verdicts.iter().map(|verdict| verdict.finding.when).collect();
    assert_eq!(when, [at(10), at(0)], "each finding says when it was made");
}

#[test]
fn the_timer_follows_the_wall_clock_over_a_suspend() {
    let machine = Machine::new("on", "on");
    let monitor = machine.start();
    let events = monitor.subscribe();
    next_snapshot(&events);
    machine.clock.store(8 * 3600, Ordering::SeqCst);
    // Any command wakes the thread, as its bounded sleep does; this one asks nothing of it.
    ask(&monitor, Command::Open(None));
    assert!(matches!(next(&events), Event::Scanning(Trigger::Timer)));
    assert_eq!(next_snapshot(&events).taken_at, at(8 * 3600));
}

#[test]
fn with_nothing_to_do_it_sleeps() {
    let machine = Machine::new("on", "on");
    let monitor = machine.start();
    next_snapshot(&monitor.subscribe());
    std::thread::sleep(Duration::from_millis(100));
    let before = machine.looks_at_the_clock.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(machine.looks_at_the_clock.load(Ordering::SeqCst), before, "each turn looks at the clock");
}

#[test]
fn ten_wishes_during_a_scan_are_one_scan() {
    let machine = Machine::new("hang", "on");
    let monitor = machine.start();
    let events = monitor.subscribe();
    assert!(matches!(next(&events), Event::Scanning(Trigger::Start)));
    for _ in 0..10 {
        ask(&monitor, Command::Scan(Trigger::Person));
    }
    next_snapshot(&events);
    next_snapshot(&events);
    assert!(events.recv_timeout(Duration::from_millis(700)).is_err(), "a third scan was run");
}

#[test]
fn a_subscriber_that_sleeps_loses_old_snapshots_and_the_history_loses_nothing() {
    let machine = Machine::new("on", "on");
    let monitor = machine.start();
    let (sleepy, awake) = (monitor.subscribe(), monitor.subscribe());
    next_snapshot(&awake);
    for round in 1..=50 {
        machine.clock.store(round, Ordering::SeqCst);
        machine.becomes(if round % 2 == 1 { "off" } else { "on" }, "on");
        ask(&monitor, Command::Scan(Trigger::Person));
        assert_eq!(next_snapshot(&awake).taken_at, at(round));
    }
    let waiting: Vec<Event> = sleepy.try_iter().collect();
    assert!(waiting.len() <= 8, "{} events wait", waiting.len());
    let times: Vec<_> = waiting
        .iter()
        .filter_map(|event| match event {
            Event::Scanned(snapshot) => Some(snapshot.taken_at),
            _ => None,
        })
        .collect();
    assert_eq!(times.last(), Some(&at(50)), "the newest is among them");
    assert!(times.is_sorted(), "{times:?}");
    let history = history::read(&machine.paths.history()).expect("readable");
    let changes: Vec<_> = history.entries.iter().map(|entry| entry.at).collect();
    assert_eq!(changes, (1..=50).map(at).collect::<Vec<_>>());
}

#[test]
fn a_refused_policy_leaves_the_one_in_force_and_a_mended_one_ends_the_refusal() {
    let machine = Machine::new("on", "off");
    let monitor = machine.start();
    let events = monitor.subscribe();
    next_snapshot(&events);
    machine.write_profile("Policy(format: 1,\n name: \"Mine, with a mistake\", firewal: Always)");
    ask(&monitor, Command::Scan(Trigger::Person));
    assert!(matches!(next(&events), Event::Scanning(_)));
    let Event::PolicyRefused(words) = next(&events) else { panic!("no refusal") };
    assert!(words.contains("firewal") && words.contains("mine.ron, line 2"), "{words}");
    let Event::Scanned(snapshot) = next(&events) else { panic!("no snapshot") };
    assert_eq!((snapshot.policy.name.as_str(), states(&snapshot).len()), ("Mine", 2));

    ask(&monitor, Command::Scan(Trigger::Person));
    assert!(matches!(next(&events), Event::Scanning(_)));
    assert!(matches!(next(&events), Event::Scanned(_)), "the same refusal is said once");

    let screen_lock_only = MINE.replace("firewall: Always, ", "").replace("Mine", "Mended");
    machine.write_profile(&screen_lock_only);
    ask(&monitor, Command::Scan(Trigger::Person));
    assert!(matches!(next(&events), Event::Scanning(_)));
    assert!(matches!(next(&events), Event::PolicyAccepted));
    let Event::Scanned(snapshot) = next(&events) else { panic!("no snapshot") };
    assert_eq!(snapshot.policy.name, "Mended");
    assert_eq!(states(&snapshot), [VerdictState::Fail]);
}

#[test]
fn a_first_policy_that_is_refused_falls_back_to_the_mildest_built_in_one() {
    let machine = Machine::new("on", "on");
    machine.write_profile("");
    let monitor = machine.start();
    let events = monitor.subscribe();
    assert_eq!(next_snapshot(&events).policy.source, "built in");
    ask(&monitor, Command::UseProfile("strict".to_owned()));
    loop {
        if let Event::Scanned(snapshot) = next(&events)
            && snapshot.policy.name == "Strict"
        {
            break;
        }
    }
}

#[test]
fn changes_and_the_last_snapshot_survive_a_restart() {
    let machine = Machine::new("on", "on");
    let monitor = machine.start();
    let first = next_snapshot(&monitor.subscribe());
    monitor.stop();
    let (kept, problem) = state::load::<Snapshot>(&machine.paths.snapshot());
    assert_eq!((kept, problem), (Some(Snapshot::clone(&first)), None));

    machine.becomes("off", "on");
    machine.clock.store(40_000, Ordering::SeqCst);
    let monitor = machine.start();
    let second = next_snapshot(&monitor.subscribe());
    monitor.stop();
    let since: Vec<_> = second.verdicts.iter().map(|verdict| verdict.since).collect();
    assert_eq!(since, [at(40_000), at(0)], "what did not change keeps its since");
    let entries = history::read(&machine.paths.history()).expect("readable").entries;
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.practice, entry.to, entry.policy.as_str()), (PracticeId::Firewall, VerdictState::Fail, "Mine"));
}

#[test]
fn a_garbled_last_snapshot_is_no_snapshot_and_is_said() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("snapshot.json");
    for text in ["", "{\"takenAt\": \"2026-11-2", "[]", "\u{0}\u{0}"] {
        fs::write(&path, text).expect("written");
        let (kept, problem) = state::load::<Snapshot>(&path);
        assert_eq!(kept, None, "{text}");
        let words = problem.expect("it is one").to_string();
        assert!(words.contains("makes no sense and is not used") && words.contains("snapshot.json"), "{words}");
    }
}

#[test]
fn a_full_disk_costs_a_message_and_what_waited_is_written_when_there_is_room() {
    let Some(disk) = TinyDisk::mount() else { return };
    let machine = Machine::at(Paths::below(disk.path()), "on", "on");
    machine.write_profile(MINE);
    disk.fill();
    let monitor = machine.start();
    let events = monitor.subscribe();
    assert_eq!(states(&next_snapshot(&events)), [VerdictState::Pass; 2]);
    machine.becomes("off", "on");
    machine.clock.store(5, Ordering::SeqCst);
    ask(&monitor, Command::Scan(Trigger::Person));
    let mut said = None;
    let snapshot = loop {
        match next(&events) {
            Event::NotKept(words) => said = Some(words),
            Event::Scanned(snapshot) => break snapshot,
            _ => {}
        }
    };
    assert_eq!(states(&snapshot), [VerdictState::Fail, VerdictState::Pass], "the program goes on");
    let said = said.or_else(|| {
        // The first scan may already have said it before this test listened.
        monitor.subscribe().try_iter().find_map(|event| match event {
            Event::NotKept(words) => Some(words),
            _ => None,
        })
    });
    let said = said.expect("somebody has to say it");
    assert!(said.contains("could not be written: No space left"), "{said}");

    fs::remove_file(disk.path().join("filler")).expect("there is room again");
    ask(&monitor, Command::Scan(Trigger::Person));
    loop {
        match next(&events) {
            Event::Kept => break,
            Event::Scanned(snapshot) => panic!("not said before {:?}", snapshot.taken_at),
            _ => {}
        }
    }
    monitor.stop();
    let entries = history::read(&machine.paths.history()).expect("readable").entries;
    assert_eq!(
        entries.iter().map(|entry| (entry.practice, entry.at)).collect::<Vec<_>>(),
        [(PracticeId::Firewall, at(5))]
    );
}

#[test]
fn it_ends_when_told_and_its_subscribers_see_the_end() {
    let machine = Machine::new("on", "on");
    let monitor = machine.start();
    let events = monitor.subscribe();
    next_snapshot(&events);
    monitor.stop();
    while events.try_recv().is_ok() {}
    assert!(matches!(events.recv_timeout(PATIENCE), Err(crossbeam_channel::RecvTimeoutError::Disconnected)));
}
