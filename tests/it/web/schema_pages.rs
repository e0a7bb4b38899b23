//! Pages as they were written for the old app, against recorded hosts.

use std::path::Path;

use serde_json::{Value, json};
use stethoscope_probes::host::Host;
use stethoscope_probes::practice::PracticeId;

use super::schema_rig::{Page, load, recorded};
use crate::support::{files, tests_folder};

/// What the guides of the old app ask, field by field.
const GUIDE: &str = "query ValidateDevice($policy: DevicePolicy!) {
  policy { validate(policy: $policy) {
    status osVersion firewall diskEncryption automaticUpdates screenLock remoteLogin stethoscopeVersion
  } }
  device {
    deviceId deviceName platform platformName friendlyName osVersion osName osBuild firmwareVersion hardwareModel
    hardwareSerial stethoscopeVersion osqueryVersion
    ipAddresses { interface address mask broadcast }
    macAddresses { interface type mac physicalAdapter lastChange }
    security {
      firewall automaticUpdates diskEncryption screenLock remoteLogin automaticAppUpdates automaticSecurityUpdates
      automaticOsUpdates
    }
  }
}";

/// What the example pages ask: the same, the old lists of applications and all kinds of firewalls.
const EXAMPLES: &str = "query ValidateDevice($policy: DevicePolicy!) {
  policy { validate(policy: $policy) {
    status osVersion firewall diskEncryption screenLock automaticUpdates remoteLogin stethoscopeVersion
    requiredApplications { name status } bannedApplications { name status } suggestedApplications { name status }
  } }
  device {
    deviceId deviceName platform platformName friendlyName osVersion osName osBuild firmwareVersion hardwareModel
    hardwareSerial stethoscopeVersion osqueryVersion
    ipAddresses { interface address mask broadcast }
    macAddresses { interface type mac physicalAdapter lastChange }
    security {
      firewall publicFirewall privateFirewall domainFirewall automaticUpdates diskEncryption screenLock remoteLogin
      automaticAppUpdates automaticSecurityUpdates automaticOsUpdates automaticDownloadUpdates
      automaticConfigDataInstall
    }
  }
}";

/// The policy in the guides.
fn guide_policy() -> Value {
    json!({
        "stethoscopeVersion": ">=1.0.0",
        "osVersion": {
            "darwin": { "ok": ">=10.13.4", "nudge": ">=10.12.6" },
            "win32": { "ok": ">=10.0.16299", "nudge": ">=10.0.15063" },
        },
        "firewall": "ALWAYS", "diskEncryption": "ALWAYS", "automaticUpdates": "SUGGESTED",
        "screenLock": "IF_SUPPORTED", "remoteLogin": "NEVER",
    })
}

/// The policy that the last release came with, without its remark on Ubuntu.
fn shipped_policy() -> Value {
    json!({
        "osVersion": {
            "darwin": { "ok": ">=11.5.1", "nudge": ">=10.15.7" },
            "win32": { "ok": ">=10.0.19043", "nudge": ">=10.0.19041" },
            "awsWorkspace": { "ok": ">=10.0.14393", "nudge": ">=10.0.10240" },
            "ubuntu": { "ok": ">=20.04.2", "nudge": ">=18.04.5" },
            "linux": { "ok": ">=20.04.2", "nudge": ">=18.04.5" },
        },
        "firewall": "ALWAYS", "diskEncryption": "ALWAYS", "automaticUpdates": "SUGGESTED",
        "screenLock": "IF_SUPPORTED", "screenIdle": "<=120", "remoteLogin": "NEVER", "openWifiConnections": "SUGGESTED",
    })
}

fn exists(name: &str) -> Page {
    assert!(Path::new(name).extension().is_some());
    Page::of(recorded(name))
}

#[test]
fn the_query_of_the_guides_is_answered() {
    let mut policy = guide_policy();
    policy["osVersion"]["linux"] = json!({ "ok": ">=24.04" });
    let heard = exists("ubuntu-24.04-ufw-on.host").hears(GUIDE, json!({ "policy": policy }));
    let result = &heard["policy"]["validate"];
    for practice in ["osVersion", "firewall", "stethoscopeVersion"] {
        assert_eq!(result[practice], "PASS", "{practice}: {result}");
    }
    let states = ["PASS", "FAIL", "NUDGE"];
    for (field, answer) in result.as_object().expect("an object") {
        assert!(answer.as_str().is_some_and(|answer| states.contains(&answer)), "{field}: {answer}");
    }
    let device = &heard["device"];
    assert_eq!((&device["platform"], &device["osVersion"]), (&json!("linux"), &json!("24.04.0")));
    assert_eq!(device["security"]["firewall"], "ON");
    for withheld in ["deviceId", "deviceName", "hardwareSerial", "ipAddresses", "macAddresses"] {
        assert!(device[withheld].is_null(), "{withheld}");
    }
    // A page that names no bracket for Linux does not take Linux.
    let heard = exists("ubuntu-24.04-ufw-on.host").hears(GUIDE, json!({ "policy": guide_policy() }));
    assert_eq!(heard["policy"]["validate"]["osVersion"], "FAIL");
}

#[test]
fn the_example_pages_work_again() {
    let policy = json!({
        "osVersion": { "darwin": { "ok": ">=10.13.3" }, "win32": { "ok": ">=10.0.16299" } },
        "firewall": "ALWAYS", "remoteLogin": "NEVER",
    });
    let heard = exists("fedora-44-workstation.host").hears(EXAMPLES, json!({ "policy": policy }));
    assert!(heard["policy"]["validate"]["status"].is_string());
    assert_eq!(heard["policy"]["validate"]["requiredApplications"], Value::Null);
    assert_eq!(heard["device"]["security"]["publicFirewall"], "UNKNOWN");
}

#[test]
fn recorded_hosts_come_to_what_their_findings_say() {
    let policy = shipped_policy();
    let fields =
        "status strict unknown osVersion firewall diskEncryption automaticUpdates screenLock screenIdle remoteLogin
        openWifiConnections details { practice result }";
    let mut states = std::collections::BTreeMap::<String, u32>::new();
    for name in [
        "ubuntu-24.04-ufw-on.host",
        "fedora-44-workstation.host",
        "debian-12-gnome-luks-lvm.host",
        "debian-13-gnome.host",
        "everything-unreadable.host",
        "no-os-release.host",
        "docker-debian-12.host",
        "mint-22-connected-to-an-open-network.host",
        "kinoite-43.host",
        "void-i3-runit.host",
    ] {
        let page = exists(name);
        let heard = page.validates(policy.clone(), fields);
        let unknown: Vec<&str> =
            heard["unknown"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        for detail in heard["details"].as_array().expect("a list") {
            let practice = detail["practice"].as_str().expect("a name");
            let (strict, legacy) =
                (detail["result"].as_str().expect("a word"), heard[practice].as_str().expect("a word"));
            assert_eq!(strict == "UNKNOWN", unknown.contains(&practice), "{name} {practice}");
            let never = practice == "remoteLogin";
            let told = if strict != "UNKNOWN" {
                strict
            } else if never && legacy == "FAIL" {
                "FAIL"
            } else {
                "PASS"
            };
            assert_eq!(legacy, told, "{name} {practice}");
            *states.entry(strict.to_owned()).or_default() += 1;
        }
    }
    for state in ["PASS", "FAIL", "NUDGE", "UNKNOWN"] {
        assert!(states.get(state).is_some_and(|times| *times > 2), "{state} hardly comes up: {states:?}");
    }
    let open = exists("mint-22-connected-to-an-open-network.host").validates(policy.clone(), "openWifiConnections");
    assert_eq!(open["openWifiConnections"], "NUDGE");
    let unreadable = exists("everything-unreadable.host").validates(policy, "status strict firewall diskEncryption");
    assert_eq!((&unreadable["firewall"], &unreadable["strict"]), (&json!("PASS"), &json!("UNKNOWN")));
}

#[test]
fn reasons_of_recorded_hosts_name_no_user() {
    let policy: serde_json::Map<String, Value> = PracticeId::ALL
        .into_iter()
        .filter(|practice| {
            let bracket_or_list = [PracticeId::OsVersion, PracticeId::Applications, PracticeId::StethoscopeVersion];
            !bracket_or_list.contains(practice) && *practice != PracticeId::ScreenIdle
        })
        .map(|practice| (practice.to_string(), json!("ALWAYS")))
        .collect();
    let mut reasons = 0;
    for path in files(&tests_folder().join("hosts"), "host").iter().step_by(12) {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let host = load(path);
        let user = host.user().name;
        let heard = exists(name).validates(Value::Object(policy.clone()), "details { practice reason }");
        for detail in heard["details"].as_array().expect("a list") {
            let reason = detail["reason"].as_str().expect("a sentence");
            let words: Vec<&str> = reason.split(|letter: char| !letter.is_alphanumeric()).collect();
            assert!(
                !reason.contains("/home/") && (user.len() < 3 || !words.contains(&user.as_str())),
                "{name}: {detail}"
            );
            reasons += 1;
        }
    }
    assert!(reasons > 500, "only {reasons}");
}

#[test]
fn applications_of_a_recorded_host_are_found_by_name() {
    let facts = recorded("debian-13-gnome.host");
    let list = facts.finding(PracticeId::Applications).expect("a list of applications");
    let stethoscope_probes::finding::Observation::Items(items) = &list.observation else { panic!("{list:?}") };
    let first = items.first().expect("an application");
    let rules = json!([
        { "name": first.name.to_uppercase(), "assertion": "ALWAYS" },
        { "name": first.name, "assertion": "NEVER", "description": "d", "installFrom": "https://example.com" },
    ]);
    let heard =
        Page::of(facts.clone()).validates(json!({ "applications": rules }), "applications { name state version }");
    assert_eq!(heard["applications"][0]["state"], "VALID");
    assert_eq!(heard["applications"][0]["version"].as_str().unwrap_or_default(), first.version);
    assert_eq!(heard["applications"][1]["state"], "INVALID_INSTALL_STATE");
}
