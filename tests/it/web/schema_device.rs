//! The device: every value of every system, and what is kept back.

use serde_json::{Value, json};
use stethoscope_probes::finding::Observation;
use stethoscope_probes::host::Host;
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::text;

use super::schema_rig::{Page, debian, details, facts, finding, load, one, recorded, system};
use crate::support::{files, tests_folder};

const PLAIN: &str = "platform platformName osName osVersion osBuild firmwareVersion hardwareModel friendlyName
    stethoscopeVersion osqueryVersion policyResult productVersion applications { name }";

const IDENTIFIERS: &str =
    "deviceId deviceName hardwareSerial macAddresses { interface type mac physicalAdapter lastChange }
    ipAddresses { interface address mask broadcast } disks { name uuid label encrypted }
    extensions { name path version author identifier browser } identifiersWithheld";

#[test]
fn each_system_has_its_values() {
    let cases = [
        (debian(), "linux", json!("Debian GNU/Linux"), json!("12.0.0")),
        (system(Platform::Linux, "arch", "Arch Linux", ""), "linux", json!("Arch Linux"), Value::Null),
        (system(Platform::Linux, "ubuntu", "Ubuntu 24.04.1 LTS", "24.04"), "linux", json!("Ubuntu"), json!("24.04.0")),
        (system(Platform::Macos, "macos", "macOS 15.1", "15.1"), "darwin", json!("macOS"), json!("15.1.0")),
        (system(Platform::Macos, "macos", "macOS 12", "12"), "darwin", json!("macOS"), json!("12.0.0")),
        (
            system(Platform::Windows, "windows", "Microsoft Windows 11 Pro", "10.0.22631"),
            "win32",
            json!("Microsoft Windows 11 Pro"),
            json!("10.0.22631"),
        ),
        (
            system(Platform::Windows, "windows", "Microsoft Windows Server 2016 Datacenter", "10.0.14393.0"),
            "win32",
            json!("awsWorkspace"),
            json!("10.0.14393"),
        ),
    ];
    for (device, platform, name, version) in cases {
        let mut facts = facts(device, Vec::new());
        facts.details = Some(details());
        let expected = json!({
            "platform": platform, "platformName": name, "osName": name, "osVersion": version,
            "osBuild": "6.1.0-28-amd64", "firmwareVersion": "N3HET83W (1.55 )",
            "hardwareModel": "LENOVO ThinkPad T14 Gen 3", "friendlyName": "LENOVO ThinkPad T14 Gen 3",
            "stethoscopeVersion": "5.0.6", "osqueryVersion": "UNSUPPORTED", "policyResult": "UNKNOWN",
            "productVersion": env!("CARGO_PKG_VERSION"), "applications": null,
        });
        assert_eq!(Page::of(facts).device(PLAIN), expected);
    }
}

#[test]
fn what_nobody_read_is_null() {
    let mut device = debian();
    device.model = None;
    device.name = String::new();
    device.identifiers.serial = None;
    let heard = Page::trusted(facts(device, Vec::new())).device(
        "osBuild firmwareVersion hardwareModel friendlyName deviceName hardwareSerial disks { name }
         ipAddresses { address } extensions { name }",
    );
    for (field, value) in heard.as_object().expect("an object") {
        assert!(value.is_null(), "{field}: {value}");
    }
}

#[test]
fn identifiers_are_told_with_consent_only() {
    let mut facts = facts(debian(), Vec::new());
    facts.details = Some(details());
    let told = Page::trusted(facts.clone()).device(IDENTIFIERS);
    assert_eq!(told["deviceName"], "anna-laptop");
    assert_eq!(told["hardwareSerial"], "PF3ABCDE");
    assert_eq!(told["identifiersWithheld"], false);
    assert_eq!(
        told["macAddresses"],
        json!([{ "interface": "wlp0s20f3", "type": "6", "mac": "3c:a9:f4:11:22:33", "physicalAdapter": true,
                 "lastChange": null }]),
        "one that was made up locally is left out"
    );
    assert_eq!(
        told["ipAddresses"],
        json!([
            { "interface": "wlp0s20f3", "address": "192.0.2.17", "mask": "255.255.255.0", "broadcast": "192.0.2.255" },
            { "interface": "wlp0s20f3", "address": "2001:db8::17", "mask": "ffff:ffff:ffff:ffff::", "broadcast": null },
        ])
    );
    let disk = |name: &str, encrypted: Value| json!({ "name": name, "uuid": format!("uuid-of-{name}"), "label": format!("label-of-{name}"), "encrypted": encrypted });
    assert_eq!(
        told["disks"],
        json!([disk("nvme0n1p3", json!(true)), disk("nvme0n1p1", json!(false)), disk("sda", Value::Null)])
    );
    assert_eq!(
        told["extensions"],
        json!([
            { "name": "name-of-chromish", "path": "/home/anna/chromish", "version": "1.2", "author": "Ann",
              "identifier": "chromish", "browser": "chrome" },
            { "name": "name-of-foxy", "path": "/home/anna/foxy", "version": "1.2", "author": "",
              "identifier": "foxy", "browser": "firefox" },
        ])
    );

    let kept = Page::of(facts).device(IDENTIFIERS);
    for field in ["deviceId", "deviceName", "hardwareSerial", "macAddresses", "ipAddresses", "extensions"] {
        assert!(kept[field].is_null(), "{field}: {}", kept[field]);
    }
    assert_eq!(kept["identifiersWithheld"], true);
    let disk =
        |name: &str, encrypted: Value| json!({ "name": name, "uuid": null, "label": null, "encrypted": encrypted });
    assert_eq!(
        kept["disks"],
        json!([disk("nvme0n1p3", json!(true)), disk("nvme0n1p1", json!(false)), disk("sda", Value::Null)])
    );
}

#[test]
fn each_site_knows_the_device_by_another_name() {
    let page = Page::trusted(facts(debian(), Vec::new()));
    let name = |site: &str| {
        let response = page.asks_from(site, "{ device { deviceId } }", json!({}), None);
        response.data.into_json().expect("JSON")["device"]["deviceId"].as_str().expect("a name").to_owned()
    };
    let (one, other) = (name("https://login.example.com"), name("https://login.example.com:8443"));
    for name in [&one, &other] {
        assert!(name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
    }
    assert!(one != other && one == name("https://login.example.com"));
    assert!(![one, other].contains(page.facts.device.identifiers.machine.as_ref().expect("an id")));
}

#[test]
fn no_answer_without_consent_names_the_device() {
    let mut facts = recorded("ubuntu-24.04-ufw-on.host");
    facts.device = debian();
    facts.details = Some(details());
    let query = format!(
        "query($policy: DevicePolicy) {{ device {{ {PLAIN} {IDENTIFIERS} }}
           policy {{ validate(policy: $policy) {{ details {{ reason }} applications {{ name version }} }} }} }}"
    );
    let policy = json!({ "policy": { "firewall": "ALWAYS", "diskEncryption": "ALWAYS", "sshKeys": "ALWAYS" } });
    let heard = Page::of(facts).hears(&query, policy).to_string();
    for secret in
        ["anna", "PF3ABCDE", "3c:a9", "192.0.2", "2001:db8", "uuid-of", "label-of", "foxy", "/home", "0123456789abcdef"]
    {
        assert!(!heard.contains(secret), "{secret}: {heard}");
    }
}

#[test]
fn a_browser_can_be_chosen() {
    let mut facts = facts(debian(), Vec::new());
    facts.details = Some(details());
    let page = Page::trusted(facts);
    let cases = [
        ("", json!(["chromish", "foxy"])),
        ("(browser: all)", json!(["chromish", "foxy"])),
        ("(browser: null)", json!(["chromish", "foxy"])),
        ("(browser: chrome)", json!(["chromish"])),
        ("(browser: firefox)", json!(["foxy"])),
        ("(browser: safari)", json!([])),
    ];
    for (argument, ids) in cases {
        let heard = page.device(&format!("extensions{argument} {{ identifier }}"));
        let heard: Vec<&Value> =
            heard["extensions"].as_array().expect("a list").iter().map(|one| &one["identifier"]).collect();
        assert_eq!(json!(heard), ids, "{argument}");
    }
}

#[test]
fn security_shows_what_is_without_a_policy() {
    let fields = ["firewall", "automaticUpdates", "diskEncryption", "screenLock", "remoteLogin", "screenIdle"];
    let states = [
        (Observation::On, "ON"),
        (Observation::Off, "OFF"),
        (Observation::Unsupported(text!("there is none")), "UNKNOWN"),
        (Observation::Unknown(text!("nobody would say")), "UNKNOWN"),
        (Observation::Seconds(0), "UNKNOWN"),
    ];
    for field in fields {
        let practice: PracticeId = field.parse().expect("a practice");
        for (observation, state) in &states {
            let page = Page::of(one(practice, observation.clone()));
            let query = format!("security(policy: {{ firewall: NEVER }}) {{ {field} }}");
            assert_eq!(page.device(&query)["security"], json!({ field: state }), "{observation:?}");
        }
        let nothing = Page::of(facts(debian(), Vec::new())).device(&format!("security {{ {field} }}"));
        assert_eq!(nothing["security"], json!({ field: "UNKNOWN" }));
    }
    let idle = Page::of(one(PracticeId::ScreenIdle, Observation::Seconds(300))).device("security { screenIdle }");
    assert_eq!(idle["security"], json!({ "screenIdle": "ON" }));
}

#[test]
fn security_fields_without_a_probe_are_unknown() {
    let every = [PracticeId::Firewall, PracticeId::AutomaticUpdates].map(|practice| finding(practice, Observation::On));
    let heard = Page::of(facts(debian(), every.to_vec())).device(
        "security { osVersion automaticAppUpdates automaticSecurityUpdates automaticOsUpdates automaticDownloadUpdates
           automaticConfigDataInstall automaticCheckEnabled publicFirewall privateFirewall domainFirewall }",
    );
    let expected = json!({
        "osVersion": null, "automaticAppUpdates": "UNKNOWN", "automaticSecurityUpdates": "ON",
        "automaticOsUpdates": "UNKNOWN", "automaticDownloadUpdates": "UNKNOWN",
        "automaticConfigDataInstall": "UNKNOWN", "automaticCheckEnabled": "UNKNOWN", "publicFirewall": "UNKNOWN",
        "privateFirewall": "UNKNOWN", "domainFirewall": "UNKNOWN",
    });
    assert_eq!(heard["security"], expected);
}

/// The name of a system is cut from the one for people. Every recorded host says in os-release what it is.
#[test]
fn the_name_of_a_system_is_the_one_in_its_release_file() {
    let mut compared = 0;
    let mut other = Vec::new();
    for path in files(&tests_folder().join("hosts"), "host") {
        let host = load(&path);
        let Ok(release) = (&host as &dyn Host).read_text("/etc/os-release") else { continue };
        let Some(name) = release.lines().find_map(|line| line.strip_prefix("NAME=")) else { continue };
        let name = name.trim_matches(['"', '\'']);
        let page = Page::of(facts(stethoscope_probes::device::device(&host), Vec::new()));
        let told = page.device("osName platformName osVersion");
        assert_eq!(told["osName"], told["platformName"]);
        if let Some(version) = told["osVersion"].as_str() {
            assert_eq!(version.split('.').count(), 3, "{}: {version}", path.display());
        }
        compared += 1;
        if told["osName"] != name {
            other.push(format!("{}: {} for {name}", path.display(), told["osName"]));
        }
    }
    assert!(compared > 500, "only {compared} hosts say what they are");
    // Some call themselves otherwise towards people: `Gentoo Linux` is `Gentoo`.
    assert!(other.len() * 40 < compared, "{} of {compared}\n{}", other.len(), other.join("\n"));
}
