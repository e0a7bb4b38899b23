//! What watching costs while nothing happens, and that it does not add up.

use std::fs;

use stethoscope_probes::catalog;
use stethoscope_probes::host::live::Buses;
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::Probe;

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

#[test]
fn while_nothing_happens_it_sleeps() {
    let _watched = watched(catalog::probes(Platform::Linux));
    let before = sleeps("watch");
    assert_eq!(before.len(), 1, "one thread watches");
    std::thread::sleep(std::time::Duration::from_secs(5));
    assert_eq!(sleeps("watch"), before);
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
