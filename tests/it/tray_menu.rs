//! The tray's menu as text: what stands in it, and what each line asks for.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;
use stethoscope::link::ProfileView;
use stethoscope::policy::Requirement;
use stethoscope::snapshot::{PolicyLabel, Snapshot};
use stethoscope::tray::{Entry, Facts, MenuModel, menu};
use stethoscope::verdict::{Verdict, VerdictState};
use stethoscope_probes::device::{Device, Identifiers, System};
use stethoscope_probes::finding::{Finding, Observation};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::system::{Desktop, Family, Place};
use stethoscope_probes::text;

fn snapshot(states: &[(PracticeId, VerdictState)]) -> Snapshot {
    let verdict = |&(practice, state): &(PracticeId, VerdictState)| Verdict {
        requirement: Requirement::Always,
        finding: Finding::new(
            practice,
            if state == VerdictState::Pass { Observation::On } else { Observation::Off },
            text!("As the test says"),
        ),
        state,
        reason: text!("As the test says"),
        since: Timestamp::UNIX_EPOCH,
    };
    Snapshot {
        taken_at: Timestamp::UNIX_EPOCH,
        took_micros: 1200,
        device: Device {
            platform: Platform::Linux,
            name: "laptop".to_owned(),
            model: None,
            system: System {
                id: "debian".to_owned(),
                name: "Debian GNU/Linux 12 (bookworm)".to_owned(),
                version: "12".to_owned(),
                kernel: "6.1.0".to_owned(),
                architecture: "x86_64".to_owned(),
            },
            family: Family::Debian,
            desktop: Desktop::Gnome,
            place: Place::Machine,
            identifiers: Identifiers::default(),
            interfaces: Vec::new(),
        },
        policy: PolicyLabel { name: "Home".to_owned(), source: "built in".to_owned() },
        verdicts: states.iter().map(verdict).collect(),
    }
}

fn profile(id: &str, name: &str, problem: Option<&str>) -> ProfileView {
    ProfileView {
        id: id.to_owned(),
        name: name.to_owned(),
        description: String::new(),
        source: "built in".to_owned(),
        requirements: BTreeMap::new(),
        problem: problem.map(str::to_owned),
    }
}

/// The model, one line an entry, with what choosing it asks for.
fn as_text(model: &MenuModel) -> String {
    fn lines(entries: &[Entry], depth: usize, out: &mut String) {
        for entry in entries {
            let indent = "  ".repeat(depth);
            match entry {
                Entry::Label(text) => writeln!(out, "{indent}({text})"),
                Entry::Separator => writeln!(out, "{indent}---"),
                Entry::Menu { label, entries } => {
                    let written = writeln!(out, "{indent}{label} >");
                    lines(entries, depth + 1, out);
                    written
                }
                Entry::Item(item) => {
                    let mark = match item.checked {
                        Some(true) => "[x] ",
                        Some(false) => "[ ] ",
                        None => "",
                    };
                    match &item.command {
                        Some(command) => {
                            let command = serde_json::to_string(command).expect("a command is JSON");
                            writeln!(out, "{indent}{mark}{} -> {command}", item.label)
                        }
                        None => writeln!(out, "{indent}{mark}{} (greyed)", item.label),
                    }
                }
            }
            .expect("a string takes everything");
        }
    }
    let mut out = format!("{:?}: {}\n", model.icon, model.tooltip);
    lines(&model.entries, 0, &mut out);
    out
}

#[track_caller]
fn check(facts: &Facts<'_>, expected: &str) {
    let expected = expected.trim_start().lines().map(|line| line.strip_prefix("        ").unwrap_or(line));
    let expected: String = expected.map(|line| format!("{line}\n")).collect();
    assert_eq!(as_text(&menu(facts)), expected.trim_end().to_owned() + "\n");
}

#[test]
fn what_needs_attention_stands_first_and_worst_first() {
    use PracticeId::{DiskEncryption, Firewall, OsVersion, ScreenLock, SoftwareUpdates};
    use VerdictState::{Fail, Nudge, Pass, Unknown};
    let snapshot = snapshot(&[
        (OsVersion, Pass),
        (SoftwareUpdates, Nudge),
        (Firewall, Fail),
        (DiskEncryption, Unknown),
        (ScreenLock, Fail),
    ]);
    let profiles =
        [profile("home", "Home", None), profile("strict", "Strict", None), profile("mine", "mine", Some("line 3"))];
    check(
        &Facts { snapshot: Some(&snapshot), scanning: false, profiles: &profiles, profile: "home", pinned: false },
        r#"
        Fail: 2 practices need attention
        (2 practices need attention)
        ---
        Firewall is off -> {"open":"firewall"}
        The screen does not lock itself -> {"open":"screenLock"}
        Security updates are waiting -> {"open":"softwareUpdates"}
        ---
        Scan now -> {"scan":"person"}
        Open Stethoscope -> {"open":null}
        Profile: Home >
          [x] Home -> {"useProfile":"home"}
          [ ] Strict -> {"useProfile":"strict"}
        ---
        Quit -> "quit"
        "#,
    );
}

#[test]
fn before_the_first_scan_ends_nothing_is_claimed() {
    check(
        &Facts { snapshot: None, scanning: true, profiles: &[], profile: "home", pinned: false },
        r#"
        Scanning: Looking at this computer for the first time
        (Looking at this computer for the first time)
        ---
        Scanning… (greyed)
        Open Stethoscope -> {"open":null}
        ---
        Quit -> "quit"
        "#,
    );
}

#[test]
fn a_profile_an_administrator_chose_cannot_be_changed() {
    let snapshot = snapshot(&[(PracticeId::Firewall, VerdictState::Pass)]);
    let profiles = [profile("home", "Home", None), profile("office", "Office", None)];
    check(
        &Facts { snapshot: Some(&snapshot), scanning: false, profiles: &profiles, profile: "office", pinned: true },
        r#"
        Pass: Everything is in order
        (Everything is in order)
        ---
        Scan now -> {"scan":"person"}
        Open Stethoscope -> {"open":null}
        (Profile: Office (chosen by your administrator))
        ---
        Quit -> "quit"
        "#,
    );
}

#[test]
fn the_tooltip_counts_the_worst_there_is() {
    use VerdictState::{Fail, Nudge, Pass, Unknown};
    for (states, sentence) in [
        (&[][..], "This profile asks nothing of this computer"),
        (&[Pass, Pass], "Everything is in order"),
        (&[Pass, Unknown], "1 practice could not be checked"),
        (&[Unknown, Unknown], "2 practices could not be checked"),
        (&[Unknown, Nudge], "1 practice could be better"),
        (&[Nudge, Nudge], "2 practices could be better"),
        (&[Nudge, Fail], "1 practice needs attention"),
    ] {
        let states: Vec<_> = PracticeId::ALL.into_iter().zip(states.iter().copied()).collect();
        let snapshot = snapshot(&states);
        let facts = Facts { snapshot: Some(&snapshot), scanning: false, profiles: &[], profile: "", pinned: false };
        assert_eq!(menu(&facts).tooltip, sentence);
    }
}
