//! Without the program: nothing there, the browser in between, Netflix's app in its place.

use serde_json::{Value, json};

use super::drive::{Browser, User};
use super::old_app::OldApp;
use super::site::Site;
use crate::desktop::world::{Services, World};
use crate::web::world::PortLock;

/// Nothing answers on the port, and the browser lets the page through.
#[track_caller]
fn is_not_running(outcome: &Value) {
    assert_eq!(outcome["state"], "notRunning", "{outcome}");
    assert_eq!(outcome["actions"][0]["href"], "stethoscope://", "{outcome}");
}

/// Nothing reached the port, and the reason is told.
#[track_caller]
fn is_blocked(outcome: &Value, reason: &str) {
    assert_eq!((&outcome["state"], &outcome["reason"]), (&json!("blockedByBrowser"), &json!(reason)), "{outcome}");
}

fn has_permission_help(outcome: &Value, words: &str) -> bool {
    let actions = outcome["actions"].as_array().expect("actions");
    actions.iter().any(|action| action["label"].as_str().is_some_and(|label| label.contains(words)))
}

#[test]
fn chromium_tells_a_program_that_does_not_run_from_a_page_that_may_not_ask() {
    let _port = PortLock::take();
    let world = World::new(Services::None);
    let (site, strict, framed) =
        (Site::new(), Site::with_header("Content-Security-Policy: connect-src 'self'"), Site::new());

    // On this device itself nobody is asked.
    let browser = Browser::chromium(&world, User::NotAsked, &site.origin(), &[]);
    is_not_running(&site.check(&json!({ "policy": { "firewall": "ALWAYS" } })));
    site.go(&strict.origin());
    let outcome = strict.check(&json!({}));
    assert_eq!(outcome["state"], "mistake", "{outcome}");
    assert!(outcome["errors"][0]["message"].as_str().is_some_and(|words| words.contains("connect-src")), "{outcome}");
    drop(browser);

    // On the internet the user says No.
    let ports = [site.port(), framed.port()];
    let browser = Browser::chromium(&world, User::Asked, &site.origin(), &ports);
    assert_eq!(site.permission(), "prompt");
    let outcome = site.check(&json!({}));
    is_blocked(&outcome, "denied");
    assert!(has_permission_help(&outcome, "Apps on device"), "{outcome}");
    assert_eq!(site.permission(), "denied");
    drop(browser);

    // Or Yes; and a frame has that only where the page around it passes it on.
    let browser = Browser::chromium(&world, User::Allowed, &site.origin(), &ports);
    assert_eq!(site.permission(), "granted");
    is_not_running(&site.check(&json!({})));
    is_blocked(&site.framed(&framed, ""), "frame");
    is_not_running(&site.framed(&framed, "loopback-network; local-network-access"));
    drop(browser);
}

#[test]
fn firefox_tells_a_program_that_does_not_run_from_a_question_that_is_open() {
    let _port = PortLock::take();
    let world = World::new(Services::None);
    let site = Site::new();
    let browser = Browser::firefox(&world, User::Asked, &site.named(), &[site.port()]);
    assert_eq!(site.permission(), "prompt");
    // Firefox asks only when something is there.
    is_not_running(&site.check(&json!({})));
    let old = OldApp::start();
    let outcome = site.check(&json!({ "timeout": 4000 }));
    is_blocked(&outcome, "waiting");
    assert_eq!(outcome["heard"], json!(["browser"]), "{outcome}");
    drop(browser);

    let browser = Browser::firefox(&world, User::Refused, &site.named(), &[site.port()]);
    assert_eq!(site.permission(), "denied");
    let outcome = site.check(&json!({}));
    is_blocked(&outcome, "denied");
    assert!(has_permission_help(&outcome, "Device apps and services"), "{outcome}");
    drop(browser);
    assert_eq!(old.asked(), Vec::<String>::new(), "nothing is sent before the user agrees");
}

#[test]
fn the_old_app_is_asked_in_its_own_words() {
    let _port = PortLock::take();
    let world = World::new(Services::None);
    let (site, stranger) = (Site::new(), Site::new());
    let old = OldApp::start();
    let _browser = Browser::chromium(&world, User::NotAsked, &site.origin(), &[]);
    old.allow(&site.origin());
    let outcome = site.check(&json!({ "policy": { "firewall": "ALWAYS", "secureBoot": "ALWAYS" }, "nonce": "n" }));
    assert_eq!(outcome["state"], "tooOld", "{outcome}");
    assert_eq!(outcome["legacy"], true);
    assert_eq!(outcome["status"], "PASS");
    assert_eq!(outcome["strict"], Value::Null);
    assert_eq!(outcome["signed"], Value::Null);
    assert_eq!(outcome["policy"]["firewall"], "PASS");
    assert_eq!(outcome["device"]["stethoscopeVersion"], "5.0.6");
    assert_eq!(old.asked().len(), 2);
    // It hides from a site that it does not know.
    site.go(&stranger.origin());
    let outcome = stranger.check(&json!({}));
    assert_eq!(outcome["state"], "notAllowed", "{outcome}");
}
