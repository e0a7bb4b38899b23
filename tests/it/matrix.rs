//! Every observation against every requirement, and what versions, support dates and application
//! rules come to. Each table is one golden text.

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use stethoscope::lifecycle::Lifecycle;
use stethoscope::policy::{Policy, Requirement, load};
use stethoscope::snapshot::{Overall, PolicyLabel, Snapshot, transitions};
use stethoscope::verdict::{VerdictState, evaluate};
use stethoscope_probes::device::{Device, Identifiers, System};
use stethoscope_probes::finding::{Finding, Follows, Item, Observation, SupportEnd, Version};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::system::{Desktop, Family, Place};
use stethoscope_probes::text;

use crate::support::golden;

fn at(day: &str) -> Timestamp {
    format!("{day}T08:00:00Z").parse().expect("a moment")
}

fn day(day: &str) -> Date {
    day.parse().expect("a day")
}

/// What a policy file asks of a practice.
fn asked(practice: PracticeId, requirement: &str) -> Requirement {
    let text = format!("Policy(format: 1, name: \"x\", requirements: {{ {practice}: {requirement} }})");
    let policy = load::from_text(&text, "test").unwrap_or_else(|error| panic!("{error}"));
    policy.requirements[&practice].clone()
}

fn found(practice: PracticeId, observation: Observation) -> Finding {
    let detail = match &observation {
        Observation::Unsupported(why) | Observation::Unknown(why) => why.clone(),
        _ => text!("the detail of the finding"),
    };
    let mut finding = Finding::new(practice, observation, detail);
    finding.when = at("2026-11-23");
    finding
}

fn item(name: &str, version: &str, source: &str) -> Item {
    Item { name: name.to_owned(), version: version.to_owned(), source: source.to_owned().into(), label: None }
}

fn version(product: &str, number: &str) -> Version {
    Version { product: product.to_owned(), number: number.to_owned(), ..Version::default() }
}

#[test]
fn every_observation_meets_every_requirement() {
    let observations = [
        ("on", Observation::On),
        ("off", Observation::Off),
        ("0 seconds", Observation::Seconds(0)),
        ("300 seconds", Observation::Seconds(300)),
        ("301 seconds", Observation::Seconds(301)),
        ("version debian 12", Observation::Version(version("debian", "12"))),
        ("items [firefox]", Observation::Items(vec![item("firefox", "140.0", "dpkg")])),
        ("items []", Observation::Items(Vec::new())),
        ("unsupported", Observation::Unsupported(text!("this machine has none"))),
        ("unknown", Observation::Unknown(text!("nobody would say"))),
    ];
    let requirements = [
        asked(PracticeId::Firewall, "Always"),
        asked(PracticeId::Firewall, "Suggested"),
        asked(PracticeId::Firewall, "IfSupported"),
        asked(PracticeId::Firewall, "Never"),
        asked(PracticeId::ScreenIdle, "AtMost(seconds: 300)"),
        asked(PracticeId::OsVersion, "Versions({\"debian\": (ok: \">=12\")})"),
        asked(PracticeId::OsVersion, "Supported"),
        asked(PracticeId::Applications, "Apps([(name: \"firefox\", requirement: Always)])"),
    ];
    let lifecycle = Lifecycle::built_in();
    let mut table = String::new();
    for requirement in &requirements {
        writeln!(table, "{requirement}").expect("a string takes all");
        for (name, observation) in &observations {
            let finding = found(PracticeId::Firewall, observation.clone());
            let verdict = evaluate(&finding, requirement, Platform::Linux, &lifecycle);
            assert_eq!(verdict.since, finding.when);
            writeln!(table, "  {name:<18} {:<8} {}", verdict.state.wire_name(), verdict.reason).expect("taken");
        }
    }
    golden("golden/matrix.txt", &table);
}

#[test]
fn versions_are_held_against_the_nearest_bracket() {
    let requirement = asked(
        PracticeId::OsVersion,
        "Versions({\"debian\": (ok: \">=12\", nudge: \">=11\"), \"linux\": (ok: \">=24\"), \"any\": (ok: \">=10\")})",
    );
    let only_debian = asked(PracticeId::OsVersion, "Versions({\"debian\": (ok: \">=12\")})");
    let cases = [
        ("debian", "13", Platform::Linux, &requirement),
        ("debian", "12.11", Platform::Linux, &requirement),
        ("debian", "11", Platform::Linux, &requirement),
        ("debian", "10", Platform::Linux, &requirement),
        ("ubuntu", "24.04", Platform::Linux, &requirement),
        ("ubuntu", "22.04", Platform::Linux, &requirement),
        ("windows", "10.0.19045", Platform::Windows, &requirement),
        ("arch", "", Platform::Linux, &requirement),
        ("debian", "sid", Platform::Linux, &requirement),
        ("fedora", "43", Platform::Linux, &only_debian),
    ];
    let lifecycle = Lifecycle::built_in();
    let mut table = String::new();
    for (product, number, platform, requirement) in cases {
        let finding = found(PracticeId::OsVersion, Observation::Version(version(product, number)));
        let verdict = evaluate(&finding, requirement, platform, &lifecycle);
        let name = format!("{product} {number}");
        writeln!(table, "{name:<20} {:<8} {}", verdict.state.wire_name(), verdict.reason).expect("taken");
    }
    golden("golden/brackets.txt", &table);
}

#[test]
fn support_ends_when_the_later_of_both_sources_says_so() {
    let ends = |phase: &str, on: &str| SupportEnd { day: day(on), phase: phase.to_owned(), source: "file".to_owned() };
    let codename = |version: Version, name: &str| Version { codename: Some(name.to_owned()), ..version };
    let follows = |version: Version, product: &str, release: &str| Version {
        follows: Some(Follows { product: product.to_owned(), release: release.to_owned() }),
        ..version
    };
    let rolling = |built: Option<&str>| Version { rolling: true, built: built.map(day), ..version("arch", "") };
    let told = |version: Version, list: &[SupportEnd]| Version { support_ends: list.to_vec(), ..version };
    let fedora = told(version("fedora", "43"), &[ends("standard", "2026-12-02")]);
    let pro = |version: Version| Version { extended: Some("Ubuntu Pro".to_owned()), ..version };
    let cases = [
        ("2026-11-23", "debian 13", version("debian", "13")),
        ("2026-11-23", "debian 12.11", version("debian", "12.11")),
        ("2026-11-23", "debian 11", version("debian", "11")),
        ("2028-07-01", "debian 12 after LTS", version("debian", "12")),
        ("2026-11-23", "debian 14", version("debian", "14")),
        ("2026-11-23", "debian bookworm, no number", codename(version("debian", ""), "bookworm")),
        ("2026-11-23", "ubuntu 22.04", version("ubuntu", "22.04")),
        ("2026-11-23", "ubuntu 25.10", version("ubuntu", "25.10")),
        ("2026-11-23", "ubuntu 20.04", version("ubuntu", "20.04")),
        ("2026-11-23", "ubuntu 20.04 with Pro", pro(version("ubuntu", "20.04"))),
        ("2026-11-23", "ubuntu 16.04 with Pro", pro(version("ubuntu", "16.04"))),
        (
            "2026-11-23",
            "ubuntu 20.04 by distro-info",
            told(version("ubuntu", "20.04"), &[ends("standard", "2025-05-31"), ends("ESM", "2030-04-23")]),
        ),
        ("2026-12-01", "fedora 43, both", fedora.clone()),
        ("2026-12-05", "fedora 43, between", fedora.clone()),
        ("2026-12-10", "fedora 43, past both", fedora.clone()),
        ("2027-06-01", "fedora 43, old list", fedora),
        ("2027-03-01", "fedora 44, old list", version("fedora", "44")),
        ("2026-11-23", "rocky 9.4", version("rocky", "9.4")),
        ("2026-11-23", "almalinux 7.9", version("almalinux", "7.9")),
        ("2026-11-23", "centos 9", version("centos", "9")),
        ("2026-11-23", "mint 22.1", version("linuxmint", "22.1")),
        ("2026-11-23", "mint 20.3", version("linuxmint", "20.3")),
        ("2026-11-23", "pop follows jammy", follows(version("pop", "22.04"), "ubuntu", "jammy")),
        ("2026-11-23", "zorin follows focal", follows(version("zorin", "16"), "ubuntu", "focal")),
        ("2026-11-23", "zorin follows focal, Pro", pro(follows(version("zorin", "16"), "ubuntu", "focal"))),
        ("2026-11-23", "lmde follows bookworm", follows(version("linuxmint", "6"), "debian", "bookworm")),
        ("2026-11-23", "leap 15.6", version("opensuse-leap", "15.6")),
        ("2026-11-23", "leap 16.0", version("opensuse-leap", "16.0")),
        ("2026-11-23", "nixos 25.11", version("nixos", "25.11")),
        ("2026-11-23", "alpine 3.22.1", version("alpine", "3.22.1")),
        ("2026-11-23", "haiku 1", version("haiku", "1")),
        ("2026-11-23", "an own id with SUPPORT_END", told(version("own", "5"), &[ends("standard", "2030-01-01")])),
        ("2026-11-23", "an unknown phase only", told(version("own", "5"), &[ends("gold", "2030-01-01")])),
        ("2026-11-23", "rolling, fresh", rolling(Some("2026-11-01"))),
        ("2026-11-23", "rolling, 30 days", rolling(Some("2026-10-24"))),
        ("2026-11-23", "rolling, 31 days", rolling(Some("2026-10-23"))),
        ("2026-11-23", "rolling, from tomorrow", rolling(Some("2026-11-24"))),
        ("2026-11-23", "rolling, from the future", rolling(Some("2026-12-24"))),
        ("2026-11-23", "rolling, not known when", rolling(None)),
        ("1970-01-01", "debian 13, no clock", version("debian", "13")),
    ];
    let lifecycle = Lifecycle::built_in();
    let mut table = String::new();
    for (today, name, version) in cases {
        let judged = lifecycle.judge(&version, at(today));
        writeln!(table, "{today} {name:<28} {:<8} {}", judged.state.wire_name(), judged.reason).expect("taken");
    }
    golden("golden/lifecycle.txt", &table);
}

#[test]
fn the_worst_application_is_the_one_that_is_named() {
    let apps = |rules: &str| asked(PracticeId::Applications, &format!("Apps([{rules}])"));
    let firefox =
        "(name: \"firefox\", also: [\"firefox-esr\", \"org.mozilla.firefox\"], version: \">=128\", requirement: ";
    let labelled = Item { label: Some("TeamViewer".to_owned()), ..item("com.teamviewer.TeamViewer", "15", "flatpak") };
    let machine = vec![
        item("Firefox-ESR", "128.5.0esr-1~deb12u1", "dpkg"),
        item("org.mozilla.firefox", "115.0", "flatpak"),
        item("keepassxc", "", "desktop"),
        item("firefox-locale-de", "1", "dpkg"),
        labelled,
    ];
    let always = format!("{firefox} Always)");
    let suggested = format!("{firefox} Suggested)");
    let if_supported = format!("{firefox} IfSupported)");
    let esr = "(name: \"firefox-esr\", version: \">=128\", requirement: Always)";
    let cases = [
        ("an old second copy", always.clone()),
        ("an old second copy, suggested", suggested),
        ("an old second copy, if there", if_supported),
        ("a good copy", esr.to_owned()),
        ("not new enough, suggested", "(name: \"firefox-esr\", version: \">=129\", requirement: Suggested)".to_owned()),
        ("no version to read", "(name: \"keepassxc\", version: \">=2\", requirement: Always)".to_owned()),
        ("any version", "(name: \"keepassxc\", requirement: Always)".to_owned()),
        ("missing", "(name: \"thunderbird\", requirement: Always)".to_owned()),
        ("missing, suggested", "(name: \"thunderbird\", requirement: Suggested)".to_owned()),
        ("missing, if there", "(name: \"thunderbird\", version: \">=1\", requirement: IfSupported)".to_owned()),
        ("missing and unwanted", "(name: \"anydesk\", requirement: Never)".to_owned()),
        ("unwanted, by its label", "(name: \"teamviewer\", requirement: Never)".to_owned()),
        ("half a name", "(name: \"fire\", requirement: Always)".to_owned()),
        ("for another platform", "(name: \"thunderbird\", requirement: Always, platforms: [windows])".to_owned()),
        (
            "several",
            format!(
                "(name: \"thunderbird\", requirement: Suggested), (name: \"teamviewer\", requirement: Never), {always}"
            ),
        ),
        ("many", format!("{always}, (name: \"a\", requirement: Always), (name: \"b\", requirement: Always)")),
    ];
    let lifecycle = Lifecycle::built_in();
    let mut table = String::new();
    for (name, rules) in &cases {
        for sure in [true, false] {
            let mut finding = found(PracticeId::Applications, Observation::Items(machine.clone()));
            if !sure {
                finding = finding.inferred();
            }
            let verdict = evaluate(&finding, &apps(rules), Platform::Linux, &lifecycle);
            let list = if sure { "whole list" } else { "part of it" };
            write!(table, "{name:<30} {list:<11} {:<8} {} ", verdict.state.wire_name(), verdict.reason).expect("taken");
            let Observation::Items(items) = &verdict.finding.observation else { panic!("items stay items") };
            let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
            writeln!(table, "[{}]", names.join(" ")).expect("taken");
        }
    }
    golden("golden/applications.txt", &table);
}

fn device() -> Device {
    Device {
        platform: Platform::Linux,
        name: "quiet".to_owned(),
        model: None,
        system: System {
            id: "debian".to_owned(),
            name: "Debian GNU/Linux 12 (bookworm)".to_owned(),
            version: "12".to_owned(),
            kernel: "6.1.0-28-amd64".to_owned(),
            architecture: "x86_64".to_owned(),
        },
        family: Family::Debian,
        desktop: Desktop::Gnome,
        place: Place::Machine,
        identifiers: Identifiers::default(),
        interfaces: Vec::new(),
    }
}

fn snapshot(day: &str, findings: &[(PracticeId, Observation)], policy: &str, previous: Option<&Snapshot>) -> Snapshot {
    let policy: Policy =
        load::from_text(&format!("Policy(format: 1, name: \"p\", requirements: {{ {policy} }})"), "p").expect("good");
    let findings = findings.iter().map(|(practice, observation)| {
        let mut finding = found(*practice, observation.clone());
        finding.when = at(day);
        finding
    });
    let label = PolicyLabel { name: "p".to_owned(), source: "built in".to_owned() };
    let lifecycle = Lifecycle::built_in();
    let took = Duration::from_micros(1234);
    Snapshot::judge(findings.collect(), device(), &policy, label, &lifecycle, at(day), took, previous)
}

#[test]
fn a_snapshot_has_what_the_policy_asks_for_in_display_order() {
    let policy = "remoteLogin: Never, firewall: Always, diskEncryption: Always";
    let findings = [
        (PracticeId::RemoteLogin, Observation::Off),
        (PracticeId::ScreenLock, Observation::Off),
        (PracticeId::Firewall, Observation::On),
    ];
    let snapshot = snapshot("2026-11-23", &findings, policy, None);
    let states: Vec<(PracticeId, VerdictState)> =
        snapshot.verdicts.iter().map(|verdict| (verdict.practice(), verdict.state)).collect();
    assert_eq!(
        states,
        [
            (PracticeId::Firewall, VerdictState::Pass),
            (PracticeId::DiskEncryption, VerdictState::Unknown),
            (PracticeId::RemoteLogin, VerdictState::Pass),
        ],
        "what nobody checked is unknown, and what nobody asked for is left out"
    );
    assert_eq!(snapshot.took_micros, 1234);
    assert_eq!(snapshot.worst_first()[0].practice(), PracticeId::DiskEncryption);
    let json = serde_json::to_string(&snapshot).expect("written");
    assert_eq!(serde_json::from_str::<Snapshot>(&json).expect("read"), snapshot);
}

#[test]
fn since_stays_while_the_state_does_and_a_change_is_a_transition() {
    let policy = "firewall: Always, screenLock: Always";
    let first = snapshot(
        "2026-11-01",
        &[(PracticeId::Firewall, Observation::On), (PracticeId::ScreenLock, Observation::On)],
        policy,
        None,
    );
    let second = snapshot(
        "2026-11-02",
        &[(PracticeId::Firewall, Observation::On), (PracticeId::ScreenLock, Observation::Off)],
        "firewall: Always, screenLock: Always, remoteLogin: Never",
        Some(&first),
    );
    let since = |practice| second.verdict(practice).expect("asked for").since;
    assert_eq!(since(PracticeId::Firewall), at("2026-11-01"));
    assert_eq!(since(PracticeId::ScreenLock), at("2026-11-02"));

    let changed = transitions(&first, &second);
    assert_eq!(changed.len(), 1, "a practice that is new in the policy did not change");
    assert_eq!(changed[0].practice, PracticeId::ScreenLock);
    assert_eq!((changed[0].from, changed[0].to), (VerdictState::Pass, VerdictState::Fail));
    assert_eq!(changed[0].at, at("2026-11-02"));
    assert!(transitions(&second, &second).is_empty());
}

#[test]
fn the_overall_state_is_the_worst_and_has_its_sentence() {
    let unknown = || Observation::Unknown(text!("why"));
    let cases = [
        (vec![Observation::On, Observation::On], "firewall: Always, screenLock: Always", Overall::Pass),
        (vec![Observation::On, unknown()], "firewall: Always, screenLock: Always", Overall::Unknown),
        (vec![unknown(), unknown()], "firewall: Always, screenLock: Always", Overall::Unknown),
        (vec![unknown(), Observation::Off], "firewall: Always, screenLock: Suggested", Overall::Nudge),
        (vec![Observation::Off, Observation::Off], "firewall: Always, screenLock: Suggested", Overall::Fail),
        (vec![Observation::Off, Observation::Off], "firewall: Always, screenLock: Always", Overall::Fail),
    ];
    let mut said = String::new();
    for (observations, policy, overall) in cases {
        let practices = [PracticeId::Firewall, PracticeId::ScreenLock];
        let findings: Vec<(PracticeId, Observation)> = practices.into_iter().zip(observations).collect();
        let snapshot = snapshot("2026-11-23", &findings, policy, None);
        assert_eq!(snapshot.overall(), overall);
        writeln!(said, "{:<8} {}", overall.wire_name(), snapshot.sentence()).expect("taken");
    }
    golden("golden/overall.txt", &said);
    let mut nothing = snapshot("2026-11-23", &[], "firewall: Always", None);
    nothing.verdicts.clear();
    assert_eq!(nothing.overall(), Overall::Unknown, "where nothing was checked, nothing is well");
}
