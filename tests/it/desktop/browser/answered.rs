//! With the program running: what it tells the pages of sites that are allowed, refused, and unknown.

use serde_json::{Value, json};

use super::drive::{Browser, User};
use super::program::{Program, Questions, Word};
use super::site::Site;
use crate::desktop::window;
use crate::desktop::world::{Services, World};
use crate::web::world::PortLock;

fn policy() -> Value {
    json!({ "firewall": "ALWAYS", "diskEncryption": "ALWAYS", "screenIdle": "<=600", "antivirus": "ALWAYS" })
}

/// The program answered, by the recorded machine: everything is there but a virus scanner.
#[track_caller]
fn is_checked(outcome: &Value) {
    assert_eq!(outcome["state"], "checked", "{outcome:#}");
    assert_eq!((&outcome["status"], &outcome["strict"]), (&json!("FAIL"), &json!("FAIL")), "{outcome:#}");
    assert_eq!(outcome["policy"]["firewall"], "PASS", "{outcome:#}");
    assert_eq!(outcome["policy"]["screenIdle"], "PASS", "{outcome:#}");
    assert_eq!(outcome["policy"]["antivirus"], "FAIL", "{outcome:#}");
    assert_eq!(outcome["policy"]["remoteLogin"], Value::Null, "nobody asked for it: {outcome:#}");
    assert_eq!(outcome["device"]["platform"], "linux", "{outcome:#}");
    assert_eq!(outcome["device"]["osVersion"], "26.04.0", "{outcome:#}");
    assert_eq!(outcome["version"], env!("CARGO_PKG_VERSION"), "{outcome:#}");
    assert_eq!(outcome["errors"], json!([]), "{outcome:#}");
    let details = outcome["policy"]["details"].as_array().expect("details");
    let firewall = details.iter().find(|detail| detail["practice"] == "firewall").expect("the firewall");
    assert_eq!(firewall["confidence"], "INFERRED", "{outcome:#}");
    assert!(firewall["reason"].as_str().is_some_and(|words| words.contains("ufw")), "{outcome:#}");
}

#[track_caller]
fn is(outcome: &Value, state: &str) {
    assert_eq!(outcome["state"], state, "{outcome:#}");
    assert!(outcome["message"].as_str().is_some_and(|words| !words.is_empty()), "{outcome:#}");
}

#[test]
fn chromium_tells_the_page_what_the_program_said() {
    let _port = PortLock::take();
    let world = World::new(Services::None);
    let [allowed, trusted, refused, stranger] = [(); 4].map(|()| Site::new());
    let words =
        [(allowed.origin(), Word::Allowed), (trusted.origin(), Word::Trusted), (refused.origin(), Word::Refused)];
    let program = Program::start(&world, Questions::Yes, &words);
    let _browser = Browser::chromium(&world, User::NotAsked, &allowed.origin(), &[]);

    let outcome = allowed.check(&json!({ "policy": policy(), "nonce": "a nonce" }));
    is_checked(&outcome);
    assert_eq!(outcome["identifiers"], "withheld");
    assert_eq!(outcome["signed"].as_str().map(|signed| signed.split('.').count()), Some(3), "{outcome:#}");

    // Longer than an address may be: the same as a form.
    let applications: Vec<Value> = (0..150)
        .map(|number| json!({ "name": format!("no-such-application-{number}"), "assertion": "NEVER" }))
        .collect();
    let outcome = allowed.check(&json!({ "policy": { "applications": applications } }));
    assert_eq!((&outcome["state"], &outcome["strict"]), (&json!("checked"), &json!("PASS")), "{outcome:#}");
    assert_eq!(outcome["policy"]["applications"].as_array().map(Vec::len), Some(150));

    let outcome = allowed.check(&json!({ "query": "{ device { shoeSize } }" }));
    is(&outcome, "mistake");
    assert!(outcome["errors"][0]["message"].as_str().is_some_and(|words| words.contains("shoeSize")), "{outcome:#}");

    // What tells this device from others is for those who may have it.
    let query = json!({ "query": "{ device { deviceName identifiersWithheld } }" });
    let outcome = allowed.check(&query);
    assert_eq!(outcome["identifiers"], "withheld", "{outcome:#}");
    assert_eq!(outcome["device"], json!({ "deviceName": null, "identifiersWithheld": true }));
    allowed.go(&trusted.origin());
    let outcome = trusted.check(&query);
    assert_eq!(outcome["identifiers"], "given", "{outcome:#}");
    assert_eq!(outcome["device"]["identifiersWithheld"], false, "{outcome:#}");

    trusted.go(&refused.origin());
    is(&refused.check(&json!({ "policy": policy() })), "refused");

    // A site that nobody decided on waits for the user. The page hears that, and may give up earlier.
    refused.go(&stranger.origin());
    let outcome = stranger.check(&json!({ "policy": policy(), "timeout": 3500 }));
    is(&outcome, "asking");
    assert_eq!(outcome["heard"], json!(["stethoscope"]), "{outcome:#}");
    stranger.begin(&json!({ "policy": policy() }));
    let name = stranger.origin();
    let name = name.trim_start_matches("https://");
    window::says(&world, &format!("{name} wants to know about this computer"));
    window::press(&world, "Answer…");
    window::says(&world, &format!("Always allow: {name}"));
    window::press(&world, &format!("Always allow: {name}"));
    is_checked(&stranger.outcome());
    // Now it is allowed.
    is_checked(&stranger.check(&json!({ "policy": policy() })));

    // The eleventh request within a minute is one too many.
    let last = (0..11).map(|_| stranger.check(&json!({}))).find(|outcome| outcome["state"] != "checked");
    let outcome = last.expect("a limit");
    is(&outcome, "tooOften");
    assert!(outcome["retryAfter"].as_u64().is_some_and(|seconds| (1..=61).contains(&seconds)), "{outcome:#}");
    drop(program);
}

#[test]
fn browsers_let_allowed_pages_through_and_strangers_learn_nothing() {
    let _port = PortLock::take();
    let world = World::new(Services::None);
    let [allowed, stranger] = [(); 2].map(|()| Site::new());
    let words = [(allowed.origin(), Word::Allowed), (allowed.named(), Word::Allowed)];
    let _program = Program::start(&world, Questions::No, &words);
    let ports = [allowed.port(), stranger.port()];

    // From the internet, after the user said Yes to the browser.
    let browser = Browser::chromium(&world, User::Allowed, &allowed.origin(), &ports);
    is_checked(&allowed.check(&json!({ "policy": policy() })));
    allowed.go(&stranger.origin());
    is(&stranger.check(&json!({ "policy": policy() })), "notAllowed");
    drop(browser);

    let browser = Browser::firefox(&world, User::Allowed, &allowed.named(), &ports);
    is_checked(&allowed.check(&json!({ "policy": policy() })));
    allowed.go(&stranger.named());
    is(&stranger.check(&json!({ "policy": policy() })), "notAllowed");
    drop(browser);

    // The user has not answered the browser: the program hears nothing.
    let browser = Browser::chromium(&world, User::Asked, &allowed.origin(), &ports);
    let outcome = allowed.check(&json!({ "policy": policy() }));
    assert_eq!((&outcome["state"], &outcome["reason"]), (&json!("blockedByBrowser"), &json!("denied")), "{outcome:#}");
    drop(browser);
}
