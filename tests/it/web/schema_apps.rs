//! Rules about applications.

use serde_json::{Value, json};
use stethoscope_probes::device::Device;
use stethoscope_probes::finding::{Item, Observation};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::text;

use super::schema_rig::{Page, debian, facts, finding, one, system};

const ENTRY: &str = "applications { name status version installed state }";

fn item(name: &str, version: &str) -> Item {
    Item { name: name.to_owned(), version: version.to_owned(), source: "dpkg".into(), label: None }
}

/// A computer with Firefox 128 and GIMP 2.10.
fn installed(device: Device) -> Page {
    let items = vec![item("firefox-esr", "128.3.0esr-1~deb12u1"), item("gimp", "2.10.34-1+deb12u2")];
    Page::of(facts(device, vec![finding(PracticeId::Applications, Observation::Items(items))]))
}

fn rules(page: &Page, rules: Value) -> Value {
    page.validates(json!({ "applications": rules }), &format!("status {ENTRY}"))
}

#[test]
fn every_assertion_meets_every_installation() {
    let page = installed(debian());
    let there = |state: &str, status: &str| json!({ "name": "Firefox-ESR", "status": status, "version": "128.3.0esr-1~deb12u1", "installed": true, "state": state });
    let absent = |state: &str, status: &str| json!({ "name": "chromium", "status": status, "version": null, "installed": false, "state": state });
    let table = [
        ("ALWAYS", absent("INVALID_INSTALL_STATE", "FAIL"), there("VALID", "PASS"), there("INVALID_VERSION", "FAIL")),
        (
            "NEVER",
            absent("VALID", "PASS"),
            there("INVALID_INSTALL_STATE", "FAIL"),
            there("INVALID_INSTALL_STATE", "FAIL"),
        ),
        (
            "SUGGESTED",
            absent("SUGGESTED_INSTALL", "NUDGE"),
            there("VALID", "PASS"),
            there("SUGGESTED_UPGRADE", "NUDGE"),
        ),
        ("IF_SUPPORTED", absent("VALID", "PASS"), there("VALID", "PASS"), there("INVALID_VERSION", "FAIL")),
    ];
    for (assertion, missing, good, bad) in table {
        let rule =
            |name: &str, version: Option<&str>| json!({ "name": name, "assertion": assertion, "version": version });
        let asked = json!([
            rule("chromium", Some(">=1")),
            rule("chromium", None),
            rule("Firefox-ESR", Some(">=128")),
            rule("Firefox-ESR", None),
            rule("Firefox-ESR", Some(">=129")),
        ]);
        let heard = rules(&page, asked);
        assert_eq!(heard["applications"], json!([missing, missing, good, good, bad]), "{assertion}");
        let expected = match assertion {
            "SUGGESTED" => "NUDGE",
            _ => "FAIL",
        };
        assert_eq!(heard["status"], expected, "{assertion}: the worst rule counts");
    }
}

#[test]
fn rules_for_other_systems_go_and_the_rest_keep_their_own_answers() {
    let page = installed(debian());
    let heard = rules(
        &page,
        json!([
            { "name": "mac-only", "assertion": "SUGGESTED", "platform": { "darwin": "*" } },
            { "name": "gimp", "assertion": "ALWAYS", "version": ">=3", "platform": { "linux": ">=12" } },
            { "name": "newer-only", "assertion": "ALWAYS", "platform": { "linux": ">=13" } },
            { "name": "firefox-esr", "assertion": "ALWAYS", "version": ">=128", "platform": { "all": true } },
            { "name": "nowhere", "assertion": "ALWAYS", "platform": { "all": false } },
            { "name": "nowhere", "assertion": "ALWAYS", "platform": {} },
            { "name": "ubuntu-only", "assertion": "ALWAYS", "platform": { "ubuntu": "*" } },
            { "name": "chromium", "assertion": "NEVER", "platform": null },
        ]),
    );
    let short = |entry: &Value| json!([entry["name"], entry["state"], entry["status"]]);
    let entries: Vec<Value> = heard["applications"].as_array().expect("a list").iter().map(short).collect();
    let expected =
        json!([["gimp", "INVALID_VERSION", "FAIL"], ["firefox-esr", "VALID", "PASS"], ["chromium", "VALID", "PASS"]]);
    assert_eq!(Value::Array(entries), expected);
}

#[test]
fn ubuntu_has_a_key_of_its_own_and_follows_linux_without_it() {
    let ubuntu = || system(Platform::Linux, "ubuntu", "Ubuntu 24.04.1 LTS", "24.04");
    let cases = [
        (ubuntu(), json!({ "ubuntu": ">=24.04", "linux": ">=99" }), 1),
        (ubuntu(), json!({ "ubuntu": ">=25", "linux": "*" }), 0),
        (ubuntu(), json!({ "linux": ">=24.04" }), 1),
        (system(Platform::Macos, "macos", "macOS 15.1", "15.1"), json!({ "darwin": ">=15" }), 1),
        (system(Platform::Windows, "windows", "Windows 11", "10.0.22631"), json!({ "win32": "<10" }), 0),
        (
            system(Platform::Windows, "windows", "Windows Server 2016 Datacenter", "10.0.14393"),
            json!({ "awsWorkspace": "*" }),
            1,
        ),
    ];
    for (device, platform, left) in cases {
        let page = installed(device);
        let heard = rules(&page, json!([{ "name": "gimp", "assertion": "ALWAYS", "platform": platform }]));
        assert_eq!(heard["applications"].as_array().map(Vec::len), Some(left), "{platform}");
        assert_eq!(heard["status"], "PASS");
    }
}

#[test]
fn a_system_without_a_version_cannot_say_whether_a_rule_counts() {
    let page = installed(system(Platform::Linux, "arch", "Arch Linux", ""));
    let rule = |range: &str| json!([{ "name": "nothing", "assertion": "ALWAYS", "platform": { "linux": range } }]);
    let unsure = json!({ "name": "nothing", "status": "PASS", "version": null, "installed": null, "state": "UNKNOWN" });
    assert_eq!(rules(&page, rule(">=12"))["applications"], json!([unsure]));
    assert_eq!(rules(&page, rule("*"))["status"], "FAIL", "that one holds for every version");
}

#[test]
fn names_are_text_and_paths_are_not_looked_at() {
    let page = installed(debian());
    for name in [".*", "gimp|firefox", "^gimp$", "gim", "gimp\n", "gimp\u{0}", "../gimp", "(g+)+x", ""] {
        let rule =
            json!([{ "name": name, "assertion": "ALWAYS", "paths": { "linux": "/etc/\npasswd", "win32": "HKLM" } }]);
        let heard = rules(&page, rule);
        assert_eq!(heard["applications"][0]["state"], "INVALID_INSTALL_STATE", "{name:?}");
        assert_eq!(heard["applications"][0]["name"], name, "given back as it came");
    }
}

#[test]
fn what_a_list_may_lack_could_not_be_told() {
    let lacking = finding(PracticeId::Applications, Observation::Items(vec![item("gimp", "2.10")])).inferred();
    let page = Page::of(facts(debian(), vec![lacking]));
    let asked = json!([
        { "name": "x", "assertion": "ALWAYS" }, { "name": "x", "assertion": "SUGGESTED" },
        { "name": "x", "assertion": "IF_SUPPORTED" }, { "name": "x", "assertion": "NEVER" },
    ]);
    let heard = page.validates(json!({ "applications": asked }), &format!("status strict unknown {ENTRY}"));
    let unsure = json!({ "name": "x", "status": "PASS", "version": null, "installed": null, "state": "UNKNOWN" });
    assert_eq!(heard["applications"], json!([unsure, unsure, unsure, unsure]));
    assert_eq!((&heard["status"], &heard["strict"]), (&json!("PASS"), &json!("UNKNOWN")));
    assert_eq!(heard["unknown"], json!(["applications"]));

    let none = Page::of(one(PracticeId::Applications, Observation::Unknown(text!("nobody would say"))));
    let heard = rules(&none, asked);
    let statuses: Vec<&Value> =
        heard["applications"].as_array().expect("a list").iter().map(|entry| &entry["status"]).collect();
    assert_eq!(statuses, ["PASS", "PASS", "PASS", "FAIL"], "as with any other practice");
}

#[test]
fn the_lists_of_before_2019_are_still_there() {
    let page = installed(debian());
    let asked = json!([
        { "name": "gimp", "assertion": "ALWAYS" }, { "name": "firefox-esr", "assertion": "NEVER" },
        { "name": "vlc", "assertion": "SUGGESTED" }, { "name": "inkscape", "assertion": "IF_SUPPORTED" }, null,
    ]);
    let fields = "applications { name } requiredApplications { name status } bannedApplications { name status }
        suggestedApplications { name status }";
    assert_eq!(
        page.validates(json!({ "applications": asked }), fields),
        json!({
            "applications": [{ "name": "gimp" }, { "name": "firefox-esr" }, { "name": "vlc" }, { "name": "inkscape" }],
            "requiredApplications": [{ "name": "gimp", "status": "PASS" }],
            "bannedApplications": [{ "name": "firefox-esr", "status": "FAIL" }],
            "suggestedApplications": [{ "name": "vlc", "status": "NUDGE" }],
        })
    );
}

#[test]
fn an_empty_list_asks_for_nothing_and_passes() {
    let heard = rules(&installed(debian()), json!([]));
    assert_eq!(heard, json!({ "status": "PASS", "applications": [] }));
}
