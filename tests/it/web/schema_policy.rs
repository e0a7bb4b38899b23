//! Policies: every requirement, the status, what could not be told, versions and seconds.

use serde_json::{Value, json};
use stethoscope_probes::finding::{Finding, Observation};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::text;

use super::schema_rig::{Page, debian, facts, finding, one, system, version};

const EVERYTHING: &str = "status strict unknown osVersion firewall automaticUpdates diskEncryption screenLock
    screenIdle remoteLogin stethoscopeVersion openWifiConnections softwareUpdates secureBoot firmware
    kernelHardening accountPassword automaticLogin fileSharing sshKeys antivirus
    applications { name } requiredApplications { name } bannedApplications { name } suggestedApplications { name }
    details { practice result }";

/// The keys that take a plain requirement.
const SWITCHES: [PracticeId; 15] = [
    PracticeId::SoftwareUpdates,
    PracticeId::AutomaticUpdates,
    PracticeId::Firewall,
    PracticeId::DiskEncryption,
    PracticeId::SecureBoot,
    PracticeId::Firmware,
    PracticeId::KernelHardening,
    PracticeId::ScreenLock,
    PracticeId::AccountPassword,
    PracticeId::AutomaticLogin,
    PracticeId::RemoteLogin,
    PracticeId::FileSharing,
    PracticeId::SshKeys,
    PracticeId::Antivirus,
    PracticeId::OpenWifiConnections,
];

fn unsupported() -> Observation {
    Observation::Unsupported(text!("this machine has none"))
}

fn unknown() -> Observation {
    Observation::Unknown(text!("nobody would say"))
}

#[test]
fn every_observation_meets_every_requirement_of_every_practice() {
    // Legacy answer and strict one under ALWAYS, SUGGESTED, IF_SUPPORTED, NEVER and null.
    let on = ["PASS", "PASS", "PASS", "FAIL", "PASS"];
    let off = ["FAIL", "NUDGE", "FAIL", "PASS", "FAIL"];
    let table: [(Observation, [&str; 5], [&str; 5]); 5] = [
        (Observation::On, on, on),
        (Observation::Off, off, off),
        (unsupported(), ["PASS"; 5], ["UNKNOWN", "PASS", "PASS", "PASS", "UNKNOWN"]),
        (unknown(), ["PASS", "PASS", "PASS", "FAIL", "PASS"], ["UNKNOWN"; 5]),
        // The probe answered another question: a fault of ours, never an answer.
        (Observation::Seconds(5), ["PASS", "PASS", "PASS", "FAIL", "PASS"], ["UNKNOWN"; 5]),
    ];
    let asked = [json!("ALWAYS"), json!("SUGGESTED"), json!("IF_SUPPORTED"), json!("NEVER"), Value::Null];
    for practice in SWITCHES.into_iter().filter(|practice| *practice != PracticeId::OpenWifiConnections) {
        for (observation, legacy, strict) in &table {
            let page = Page::of(one(practice, observation.clone()));
            for ((asked, legacy), strict) in asked.iter().zip(legacy).zip(strict) {
                let fields = format!("status strict {practice} details {{ practice result }}");
                let heard = page.validates(json!({ practice.wire_name(): asked }), &fields);
                let detail = json!([{ "practice": practice.wire_name(), "result": strict }]);
                let expected =
                    json!({ "status": legacy, "strict": strict, practice.wire_name(): legacy, "details": detail });
                assert_eq!(heard, expected, "{practice} {observation:?} {asked}");
            }
        }
    }
}

#[test]
fn open_networks_are_asked_for_as_the_old_app_did() {
    // Closed is what the old app called true. Nobody asks for an open network, so NEVER is no opposite.
    let closed = ["PASS"; 5];
    let open = ["FAIL", "NUDGE", "FAIL", "FAIL", "FAIL"];
    let asked = [json!("ALWAYS"), json!("SUGGESTED"), json!("IF_SUPPORTED"), json!("NEVER"), Value::Null];
    for (observation, answers) in [(Observation::Off, closed), (Observation::On, open), (unsupported(), closed)] {
        let page = Page::of(one(PracticeId::OpenWifiConnections, observation.clone()));
        for (asked, answer) in asked.iter().zip(answers) {
            let heard = page.validates(json!({ "openWifiConnections": asked }), "openWifiConnections");
            assert_eq!(heard, json!({ "openWifiConnections": answer }), "{observation:?} {asked}");
        }
    }
}

#[test]
fn where_nothing_is_asked_everything_is_null() {
    let page = Page::of(one(PracticeId::Firewall, Observation::On));
    let nothing = [
        json!({}),
        Value::Null,
        json!({ "windowsMaxScreenLockTimeout": 300 }),
        json!({ "osVersion": null, "screenIdle": null, "applications": null, "stethoscopeVersion": null }),
    ];
    for policy in nothing {
        let heard = page.validates(policy.clone(), EVERYTHING);
        let fields = heard.as_object().expect("an object");
        assert_eq!(fields.len(), 26);
        assert!(fields.values().all(Value::is_null), "{policy}: {heard}");
    }
    let without = page.hears("{ policy { validate { status strict } } }", json!({}));
    assert_eq!(without["policy"]["validate"], json!({ "status": null, "strict": null }));
}

#[test]
fn a_null_among_others_leaves_the_others_alone() {
    let page = Page::of(one(PracticeId::Firewall, Observation::On));
    let policy = json!({ "osVersion": null, "applications": null, "firewall": "ALWAYS" });
    let heard = page.validates(policy, "status firewall osVersion applications { name }");
    assert_eq!(heard, json!({ "status": "PASS", "firewall": "PASS", "osVersion": null, "applications": null }));
}

#[test]
fn the_status_is_the_worst_answer() {
    let with = |observations: [Observation; 3]| {
        let practices = [PracticeId::Firewall, PracticeId::ScreenLock, PracticeId::RemoteLogin];
        let findings: Vec<Finding> = practices
            .into_iter()
            .zip(observations)
            .map(|(practice, observation)| finding(practice, observation))
            .collect();
        let policy = json!({ "firewall": "ALWAYS", "screenLock": "SUGGESTED", "remoteLogin": "NEVER" });
        Page::of(facts(debian(), findings)).validates(policy, "status strict unknown")
    };
    let (on, off) = (|| Observation::On, || Observation::Off);
    let cases = [
        ([on(), on(), off()], "PASS", "PASS", json!([])),
        ([on(), off(), off()], "NUDGE", "NUDGE", json!([])),
        ([off(), off(), off()], "FAIL", "FAIL", json!([])),
        ([on(), on(), on()], "FAIL", "FAIL", json!([])),
        ([unknown(), on(), off()], "PASS", "UNKNOWN", json!(["firewall"])),
        ([unknown(), off(), off()], "NUDGE", "NUDGE", json!(["firewall"])),
        ([on(), on(), unknown()], "FAIL", "UNKNOWN", json!(["remoteLogin"])),
        ([unsupported(), unsupported(), unsupported()], "PASS", "UNKNOWN", json!(["firewall"])),
    ];
    for (observations, status, strict, unknown) in cases {
        let said = format!("{observations:?}");
        let expected = json!({ "status": status, "strict": strict, "unknown": unknown });
        assert_eq!(with(observations), expected, "{said}");
    }
}

#[test]
fn a_practice_nobody_looked_at_could_not_be_told() {
    let page = Page::of(facts(system(Platform::Macos, "macos", "", ""), Vec::new()));
    let fields = "status strict firewall details { practice result confidence reason checkedAt }";
    let heard = page.validates(json!({ "firewall": "ALWAYS", "stethoscopeVersion": ">=5.0.0" }), fields);
    assert_eq!(heard["status"], "PASS");
    assert_eq!(heard["strict"], "UNKNOWN");
    assert_eq!(
        heard["details"],
        json!([
            { "practice": "firewall", "result": "UNKNOWN", "confidence": null,
              "reason": "Nobody could look at this on this system", "checkedAt": null },
            { "practice": "stethoscopeVersion", "result": "PASS", "confidence": "VERIFIED",
              "reason": "The contract of Stethoscope 5.0.6 is kept", "checkedAt": "2026-11-27T06:00:00Z" },
        ])
    );
}

#[test]
fn details_say_how_sure_an_answer_is_and_when_it_was_found() {
    let mut sure = finding(PracticeId::Firewall, Observation::On);
    sure.detail = text!("{program} is on", program = "ufw");
    let unsure = finding(PracticeId::ScreenLock, Observation::Off).inferred();
    let page = Page::of(facts(debian(), vec![unsure, sure]));
    let policy = json!({ "screenLock": "SUGGESTED", "firewall": "ALWAYS" });
    let heard = page.validates(policy, "details { practice result confidence reason checkedAt }");
    let when = "2026-11-27T06:00:00Z";
    assert_eq!(
        heard["details"],
        json!([
            { "practice": "firewall", "result": "PASS", "confidence": "VERIFIED", "reason": "ufw is on", "checkedAt": when },
            { "practice": "screenLock", "result": "NUDGE", "confidence": "INFERRED", "reason": "what was found",
              "checkedAt": when },
        ])
    );
}

#[test]
fn reasons_name_nobody_where_identifiers_are_withheld() {
    let mut network = finding(PracticeId::OpenWifiConnections, Observation::On);
    network.detail = text!("{name} has no encryption", name = "Anna at home");
    let mut lock = finding(PracticeId::ScreenLock, unknown());
    lock.detail = text!("{file} cannot be read after {time}", file = "/home/anna/.config/lock", time = "5 min");
    let facts = facts(debian(), vec![network, lock]);
    let policy = json!({ "openWifiConnections": "ALWAYS", "screenLock": "ALWAYS" });
    let reasons = |page: Page| {
        let heard = page.validates(policy.clone(), "details { reason }");
        let details = heard["details"].as_array().expect("a list").clone();
        details.iter().map(|detail| detail["reason"].as_str().expect("a reason").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(reasons(Page::of(facts.clone())), ["… cannot be read after 5 min", "… has no encryption"]);
    assert_eq!(
        reasons(Page::trusted(facts)),
        ["/home/anna/.config/lock cannot be read after 5 min", "Anna at home has no encryption"]
    );
}

#[test]
fn the_bracket_that_fits_most_closely_counts() {
    let ubuntu = || system(Platform::Linux, "ubuntu", "Ubuntu 20.04.6 LTS", "20.04");
    let windows = || system(Platform::Windows, "windows", "Microsoft Windows 11 Pro", "10.0.22631");
    let rented = || system(Platform::Windows, "windows", "Microsoft Windows Server 2016 Datacenter", "10.0.14393");
    let mac = || system(Platform::Macos, "macos", "macOS 15.1", "15.1");
    let arch = || system(Platform::Linux, "arch", "Arch Linux", "");
    let all = json!({
        "ubuntu": { "ok": ">=20.04" }, "linux": { "ok": ">=30", "nudge": ">=12" }, "darwin": { "ok": ">=15.1" },
        "win32": { "ok": ">=10.0.19045" }, "awsWorkspace": { "ok": ">=10.0.14393" }, "all": { "ok": ">=99" },
    });
    // The old app's own policy of its last years.
    let shipped = json!({
        "darwin": { "ok": ">=11.5.1", "nudge": ">=10.15.7" }, "win32": { "ok": ">=10.0.19043", "nudge": ">=10.0.19041" },
        "linux": { "ok": ">=20.04.2", "nudge": ">=18.04.5" },
    });
    let cases = [
        (ubuntu(), &all, "PASS"),
        (debian(), &all, "NUDGE"),
        (mac(), &all, "PASS"),
        (windows(), &all, "PASS"),
        (rented(), &all, "PASS"),
        (ubuntu(), &shipped, "NUDGE"),
        (debian(), &shipped, "FAIL"),
        (system(Platform::Linux, "fedora", "Fedora Linux 43", "43"), &shipped, "PASS"),
        (rented(), &shipped, "FAIL"),
        (mac(), &shipped, "PASS"),
        (debian(), &json!({ "all": { "ok": ">=12" } }), "PASS"),
        (debian(), &json!({ "ubuntu": { "ok": "*" } }), "FAIL"),
        (debian(), &json!({ "darwin": { "ok": "*" } }), "FAIL"),
        (debian(), &json!({}), "FAIL"),
        (debian(), &json!({ "linux": {} }), "FAIL"),
        (debian(), &json!({ "linux": { "ok": null, "nudge": "12" } }), "NUDGE"),
        (debian(), &json!({ "linux": null, "all": { "ok": "12" } }), "PASS"),
        (debian(), &json!({ "linux": { "ok": "abc" } }), "FAIL"),
        (debian(), &json!({ "linux": { "ok": "" } }), "FAIL"),
        (arch(), &json!({ "linux": { "ok": ">=12" } }), "UNKNOWN"),
        (arch(), &json!({ "darwin": { "ok": ">=12" } }), "FAIL"),
    ];
    for (device, brackets, answer) in cases {
        let observation = version(&device.system.id, &device.system.version);
        let said = format!("{} {brackets}", device.system.name);
        let page = Page::of(facts(device, vec![finding(PracticeId::OsVersion, observation)]));
        let heard = page.validates(json!({ "osVersion": brackets }), "osVersion status strict");
        let legacy = if answer == "UNKNOWN" { "PASS" } else { answer };
        assert_eq!(heard, json!({ "osVersion": legacy, "status": legacy, "strict": answer }), "{said}");
    }
}

#[test]
fn a_version_nobody_could_read_could_not_be_told() {
    for observation in [unknown(), version("debian", "sid"), Observation::On] {
        let page = Page::of(one(PracticeId::OsVersion, observation.clone()));
        let heard = page.validates(json!({ "osVersion": { "linux": { "ok": "<1" } } }), "osVersion strict");
        assert_eq!(heard, json!({ "osVersion": "PASS", "strict": "UNKNOWN" }), "{observation:?}");
    }
}

#[test]
fn seconds_until_idle_are_compared() {
    let cases = [
        (Observation::Seconds(300), "<=900", "PASS", "PASS"),
        (Observation::Seconds(900), "<=900", "PASS", "PASS"),
        (Observation::Seconds(901), "<=900", "FAIL", "FAIL"),
        (Observation::Seconds(300), ">=60 <600", "PASS", "PASS"),
        (Observation::Off, "<=900", "FAIL", "FAIL"),
        (Observation::On, "<=900", "PASS", "UNKNOWN"),
        (Observation::Seconds(0), "<=900", "PASS", "UNKNOWN"),
        (unsupported(), "<=900", "PASS", "UNKNOWN"),
        (unknown(), "<=900", "PASS", "UNKNOWN"),
    ];
    for (observation, range, legacy, strict) in cases {
        let page = Page::of(one(PracticeId::ScreenIdle, observation.clone()));
        let heard = page.validates(json!({ "screenIdle": range }), "screenIdle strict");
        assert_eq!(heard, json!({ "screenIdle": legacy, "strict": strict }), "{observation:?} {range}");
    }
}

#[test]
fn a_lock_on_windows_has_its_longest_time() {
    let device = system(Platform::Windows, "windows", "Microsoft Windows 11 Pro", "10.0.22631");
    let page = Page::of(facts(device, vec![finding(PracticeId::ScreenLock, Observation::Seconds(500))]));
    for (policy, answer) in [
        (json!({ "screenLock": "ALWAYS" }), "PASS"),
        (json!({ "screenLock": "ALWAYS", "windowsMaxScreenLockTimeout": 499 }), "FAIL"),
        (json!({ "screenLock": "ALWAYS", "windowsMaxScreenLockTimeout": 500 }), "PASS"),
        (json!({ "screenLock": "ALWAYS", "windowsMaxScreenLockTimeout": -1 }), "FAIL"),
    ] {
        assert_eq!(page.validates(policy.clone(), "screenLock"), json!({ "screenLock": answer }), "{policy}");
    }
}

#[test]
fn ranges_that_old_pages_ask_for_are_met() {
    let page = Page::of(facts(debian(), Vec::new()));
    let cases = [
        (">=1.0.0", "PASS"),
        (">=5.0.0", "PASS"),
        ("^5.0.0", "PASS"),
        ("5.0.6", "PASS"),
        ("<5", "FAIL"),
        ("6", "FAIL"),
    ];
    for (range, answer) in cases {
        let heard = page.validates(json!({ "stethoscopeVersion": range }), "status strict stethoscopeVersion");
        assert_eq!(heard, json!({ "status": answer, "strict": answer, "stethoscopeVersion": answer }), "{range}");
    }
}
