//! More probes than threads, and some of them hang, panic or come late.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::*;
use crate::finding::Observation;
use crate::host::fixture::FixtureHost;

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
