//! Snapshots written by hand, for tests of what is made of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use stethoscope::policy::Requirement;
use stethoscope::snapshot::{PolicyLabel, Snapshot};
use stethoscope::verdict::{Verdict, VerdictState};
use stethoscope_probes::device::{Device, Identifiers, System};
use stethoscope_probes::finding::{Finding, Observation};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::system::{Desktop, Family, Place};
use stethoscope_probes::text;

/// 08:00 on a Monday morning.
pub(crate) const START: &str = "2026-11-23T08:00:00Z";

/// So many seconds after [`START`].
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = START.parse().expect("a time");
    start + jiff::SignedDuration::from_secs(seconds)
}

pub(crate) fn device() -> Device {
    let word = str::to_owned;
    let system = System {
        id: word("debian"),
        name: word("Debian"),
        version: word("12"),
        kernel: word("6.1"),
        architecture: word("x86_64"),
    };
    Device {
        platform: Platform::Linux,
        name: word("box"),
        model: None,
        system,
        family: Family::Debian,
        desktop: Desktop::Gnome,
        place: Place::Machine,
        identifiers: Identifiers::default(),
        interfaces: Vec::new(),
    }
}

/// `firewall=pass screenLock=fail remoteLogin=unknown`, seen so many seconds after [`START`]. A
/// practice with `!` behind its name is judged by another requirement.
pub(crate) fn snapshot(seconds: i64, states: &str) -> Arc<Snapshot> {
    let verdicts = states.split_whitespace().map(|word| verdict(seconds, word)).collect();
    Arc::new(Snapshot {
        taken_at: at(seconds),
        took_micros: 0,
        device: device(),
        policy: PolicyLabel { name: "Home".to_owned(), source: "built in".to_owned() },
        verdicts,
    })
}

fn verdict(seconds: i64, word: &str) -> Verdict {
    let (name, state) = word.split_once('=').expect("practice=state");
    let (name, requirement) = match name.strip_suffix('!') {
        Some(name) => (name, Requirement::Suggested),
        None => (name, Requirement::Always),
    };
    let practice: PracticeId = name.parse().expect("a practice");
    let (state, observation) = match state {
        "pass" => (VerdictState::Pass, Observation::On),
        "nudge" => (VerdictState::Nudge, Observation::Off),
        "fail" => (VerdictState::Fail, Observation::Off),
        "unknown" => (VerdictState::Unknown, Observation::Unknown(text!("no answer"))),
        other => panic!("no such state: {other}"),
    };
    let detail = text!("{name} is {state}", name = name, state = format!("{state:?}"));
    let mut finding = Finding::new(practice, observation, detail.clone());
    finding.when = at(seconds);
    Verdict { requirement, finding, state, reason: detail, since: at(seconds) }
}

/// The title that tests use: `firewall Fail`.
pub(crate) fn title(verdict: &Verdict) -> String {
    format!("{} {:?}", verdict.practice(), verdict.state)
}

/// How long a test waits for something that has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn where_nothing_can_be_looked_at_there_is_no_step() {
    let snapshot = snapshot(0, "diskEncryption=unknown automaticUpdates=unknown stethoscopeVersion=unknown");
    let steps = |practice, place| {
        let device = Device { place, ..device() };
        let verdict = snapshot.verdict(practice).expect("it is in the snapshot");
        stethoscope::guidance::guidance(verdict, &device).steps.len()
    };
    for practice in [PracticeId::DiskEncryption, PracticeId::AutomaticUpdates] {
        assert!(steps(practice, Place::Machine) > 0 && steps(practice, Place::VirtualMachine) > 0);
        for place in [Place::Container, Place::Sandbox, Place::Live] {
            assert_eq!(steps(practice, place), 0, "{practice} {place:?}");
        }
    }
    assert_eq!(steps(PracticeId::DiskEncryption, Place::Wsl), 0);
    assert!(steps(PracticeId::AutomaticUpdates, Place::Wsl) > 0);
}
