//! What watching costs while nothing happens, and that it does not add up.

use std::fs;

use stethoscope_probes::catalog;
use stethoscope_probes::host::live::Buses;
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::Probe;

use super::bus::Daemon;
use super::{Home, Watched};

/// The thread of this name: how often it went to sleep.
fn sleeps(name: &str) -> Vec<u64> {
    let tasks = fs::read_dir("/proc/self/task").expect("this process");
    let mut all = Vec::new();
    for task in tasks.flatten() {
        let word = |file: &str| fs::read_to_string(task.path().join(file)).unwrap_or_default();
        if word("comm").trim() == name {
            let status = word("status");
            let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            all.push(line.and_then(|count| count.trim().parse().ok()).expect("Linux counts them"));
        }
    }
    all
}

/// Everything that is open, and all that is watched.
fn held() -> (usize, usize) {
    let open = fs::read_dir("/proc/self/fd").expect("this process").count();
    let infos = fs::read_dir("/proc/self/fdinfo").expect("this process").flatten();
    let watches = infos.map(|info| {
        fs::read_to_string(info.path()).unwrap_or_default().lines().filter(|line| line.starts_with("inotify")).count()
    });
    (open, watches.sum())
}

fn watched(probes: Vec<Probe>) -> Watched {
    Watched::new(probes, Home::new(), Buses::at(None, None))
}

/// Finds five seconds in which nothing is counted. Other tests may mount or write something meanwhile, which is
/// to be heard.
#[track_caller]
fn is_silent<T: PartialEq + std::fmt::Debug>(count: impl Fn() -> T) {
    let mut counts = vec![count()];
    for _ in 0..5 {
        std::thread::sleep(std::time::Duration::from_secs(5));
        counts.push(count());
        if let [.., before, after] = counts.as_slice()
            && before == after
        {
            return;
        }
    }
    panic!("never silent: {counts:?}");
}

#[test]
fn while_nothing_happens_it_sleeps() {
    let _watched = watched(catalog::probes(Platform::Linux));
    assert_eq!(sleeps("watch").len(), 1, "one thread watches");
    is_silent(|| sleeps("watch"));
}

/// How often each thread but this one went to sleep, by name.
fn all_sleeps() -> Vec<(String, u64)> {
    let tasks = fs::read_dir("/proc/self/task").expect("this process");
    let own = fs::read_link("/proc/thread-self").expect("this thread");
    let others = tasks.flatten().filter(|task| Some(task.file_name().as_os_str()) != own.file_name());
    let mut names: Vec<String> =
        others.map(|task| fs::read_to_string(task.path().join("comm")).unwrap_or_default().trim().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| (name.clone(), sleeps(&name).into_iter().sum())).collect()
}

#[test]
fn with_buses_that_are_quiet_everybody_sleeps() {
    let home = Home::new();
    let socket = home.state().join("bus");
    let _daemon = Daemon::start(&socket);
    let address = format!("unix:path={}", socket.display());
    let buses = Buses::at(Some(address.clone()), Some(address));
    let _watched = Watched::new(catalog::probes(Platform::Linux), home, buses);
    let before = all_sleeps();
    for name in ["watch", "monitor", "async-io"] {
        assert!(before.iter().any(|(known, _)| known == name), "{name} is missing: {before:?}");
    }
    is_silent(all_sleeps);
}

#[test]
fn five_hundred_scans_leave_nothing_open() {
    let some = [PracticeId::OsVersion, PracticeId::AccountPassword, PracticeId::SshKeys, PracticeId::ScreenLock];
    let watched = watched(some.into_iter().filter_map(|one| catalog::probe(one, Platform::Linux)).collect());
    watched.home.make(".ssh");
    watched.settle();
    let before = held();
    assert!(before.1 > 5, "{} folders are watched", before.1);
    for number in 0..500 {
        if number % 50 == 0 {
            watched.home.write(".ssh/id_new", "no key");
            fs::remove_file(watched.home.path(".ssh/id_new")).expect("it was there");
        }
        watched.scan();
    }
    watched.settle();
    assert_eq!(held(), before);
}
