//! More probes than threads, and some of them hang, panic or come late.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::*;
use crate::finding::Observation;
use crate::host::fixture::FixtureHost;
use crate::host::live::LiveHost;

fn host() -> Arc<dyn Host> {
    Arc::new(FixtureHost::empty())
}

fn probe(practice: PracticeId, observe: fn(&dyn Host) -> Read<Finding>) -> Probe {
    Probe { practice, platform: Platform::Linux, observe, reads: "nothing" }
}

fn on(practice: PracticeId) -> Read<Finding> {
    Ok(Finding::new(practice, Observation::On, text!("it is on")))
}

/// A probe that never comes back, as far as a test waits.
fn hang(_: &dyn Host) -> Read<Finding> {
    std::thread::sleep(Duration::from_secs(60));
    on(PracticeId::Firewall)
}

fn detail(finding: &Finding) -> String {
    finding.detail.to_string()
}

#[test]
fn findings_come_in_the_order_of_the_probes_however_many_threads_there_are() {
    let all: Vec<Probe> =
        PracticeId::ALL.iter().map(|practice| probe(*practice, |_| on(PracticeId::Firewall))).collect();
    assert!(all.len() > WORKERS);
    let by_number = |_: &dyn Host| -> Read<Finding> { panic!("this probe is meant to panic") };
    let mut probes = all.clone();
    probes[3].observe = by_number;
    let findings = Runner::new().run(&probes, &host(), PROBE_LIMIT);
    assert_eq!(findings.len(), all.len());
    assert_eq!(findings[3].practice, all[3].practice);
    for (index, finding) in findings.iter().enumerate() {
        assert_eq!(matches!(finding.observation, Observation::Unknown(_)), index == 3, "{finding:?}");
    }
}

#[test]
fn probes_that_hang_keep_no_other_from_its_answer() {
    let mut probes: Vec<Probe> = PracticeId::ALL.iter().map(|practice| probe(*practice, hang)).collect();
    let last = probes.len() - 1;
    probes[last].observe = |_| on(PracticeId::StethoscopeVersion);
    // Whatever the order: more of them hang than there are threads at the start.
    assert!(last > WORKERS);
    let (runner, limit) = (Runner::new(), Duration::from_secs(2));
    let before = Instant::now();
    let findings = runner.run(&probes, &host(), limit);
    assert!(before.elapsed() < limit * 4, "the limit is of the whole scan: {:?}", before.elapsed());
    assert_eq!(findings[last].observation, Observation::On);
    assert!(findings[..last].iter().all(|finding| detail(finding).contains("longer than 2 seconds")), "{findings:?}");
    // None of them is started a second time while it hangs.
    let findings = runner.run(&probes, &host(), limit);
    assert_eq!(findings[last].observation, Observation::On);
    assert!(findings[..last].iter().all(|finding| detail(finding).contains("has not come back")), "{findings:?}");
}

#[test]
fn of_a_probe_that_hangs_it_is_said_at_what_also_where_another_does_its_work() {
    fn wait_for(host: &dyn Host, path: &str) {
        let notes = host.notes().expect("probes are noted");
        notes.pending.during(path, || std::thread::sleep(Duration::from_secs(60)));
    }
    let own = |host: &dyn Host| {
        wait_for(host, "/home/ann/own");
        on(PracticeId::SshKeys)
    };
    let shared = |host: &dyn Host| {
        host.once_a_scan("a test", || wait_for(host, "/home/ann/shared"));
        on(PracticeId::Firewall)
    };
    let probes = [(PracticeId::SshKeys, own as fn(&dyn Host) -> _), (PracticeId::Firewall, shared)]
        .into_iter()
        .chain([(PracticeId::ScreenLock, shared as fn(&dyn Host) -> _), (PracticeId::RemoteLogin, hang)])
        .map(|(practice, observe)| probe(practice, observe));
    let probes: Vec<Probe> = probes.collect();
    let host: Arc<dyn Host> = Arc::new(LiveHost::new(jiff::Timestamp::UNIX_EPOCH));
    let (runner, limit) = (Runner::new(), Duration::from_secs(2));
    for known in ["longer than 2 seconds", "has not come back yet"] {
        let details: Vec<String> = runner.run(&probes, &host, limit).iter().map(detail).collect();
        assert!(details.iter().all(|detail| detail.contains(known)), "{details:?}");
        let named = |path: &str| details.iter().filter(|detail| detail.ends_with(path)).count();
        let counts = ["It still waits for /home/ann/own.", "It still waits for /home/ann/shared."].map(named);
        assert_eq!(counts, [1, 2], "{details:?}");
    }
}

#[test]
fn a_probe_that_comes_late_is_asked_again_by_the_next_scan() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let late = |_: &dyn Host| {
        if ASKED.fetch_add(1, Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(400));
        }
        on(PracticeId::Firewall)
    };
    let (runner, probes) = (Runner::new(), [probe(PracticeId::Firewall, late)]);
    let first = runner.run(&probes, &host(), Duration::from_millis(40));
    assert!(detail(&first[0]).contains("took longer"), "{first:?}");
    let second = runner.run(&probes, &host(), Duration::from_millis(40));
    assert!(detail(&second[0]).contains("has not come back"), "{second:?}");
    assert_eq!(ASKED.load(Ordering::SeqCst), 1);
    std::thread::sleep(Duration::from_millis(800));
    let third = runner.run(&probes, &host(), PROBE_LIMIT);
    assert_eq!(third[0].observation, Observation::On);
}

#[test]
fn the_longest_begin_and_the_others_keep_their_order() {
    let probes: Vec<Probe> = PracticeId::ALL.iter().map(|practice| probe(*practice, hang)).collect();
    let order: Vec<PracticeId> = longest_first(&probes).into_iter().map(|(_, probe)| probe.practice).collect();
    assert_eq!(order[..LONGEST.len()], LONGEST);
    let rest: Vec<PracticeId> = PracticeId::ALL.iter().copied().filter(|one| !LONGEST.contains(one)).collect();
    assert_eq!(order[LONGEST.len()..], rest);
}
