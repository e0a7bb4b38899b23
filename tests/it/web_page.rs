//! The page *Web access*: what a screen reader gets of it, and what its controls ask for.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stethoscope::access::view::{Answer, WebChange};
use stethoscope::link::ToWindow;
use stethoscope::monitor::message::{Command, Place};
use stethoscope::settings::WebSwitch;
use stethoscope::site::Origin;
use stethoscope::window::demo::{Story, shown};
use stethoscope::window::{Asked, Page, UiAction, View, hear};

use crate::panels::{NARROW, Stage, WIDE, check, click, focused, open, press};

const TALL: Vec2 = vec2(1040.0, 2600.0);

fn on_page(view: &mut View) {
    view.page = Page::WebAccess;
}

fn origin(site: &str) -> Origin {
    format!("https://{site}").parse().expect("an origin")
}

#[test]
fn the_page_reads_as_on_record() {
    check("web", Story::Web, TALL, on_page);
    check("web-narrow", Story::Web, vec2(NARROW.x, 2600.0), on_page);
    check("web-empty", Story::Fail, TALL, on_page);
    check("web-taken", Story::WebTaken, TALL, on_page);
}

#[test]
fn a_question_that_waits_is_said_on_the_main_page_and_leads_to_its_answer() {
    check("web-waits", Story::Web, WIDE, |_| {});
    for name in ["Answer…", "Web access, 2 sites wait for your answer"] {
        assert_eq!(click(Story::Web, WIDE, |_| {}, name), [UiAction::Go(Page::WebAccess)]);
        assert_eq!(click(Story::Web, NARROW, |_| {}, name), [UiAction::Go(Page::WebAccess)]);
    }
    assert_eq!(click(Story::Fail, WIDE, |_| {}, "Web access"), [UiAction::Go(Page::WebAccess)]);
}

/// The one wish about web sites that a click comes to.
fn wish(asked: &[UiAction]) -> WebChange {
    match asked {
        [UiAction::Tell(Command::Web(change))] => change.clone(),
        other => panic!("{other:?}"),
    }
}

fn answer(site: &str, answer: Answer, identifiers: bool) -> WebChange {
    WebChange::Answer { origin: origin(site), answer, identifiers }
}

#[test]
fn each_answer_says_what_it_says_and_identifiers_need_a_tick_of_their_own() {
    let plain = |name: &str| wish(&click(Story::Web, TALL, on_page, name));
    let ticked = |name: &str| {
        let mut stage = Stage::new(Story::Web);
        on_page(&mut stage.view);
        let mut harness = open(stage, TALL);
        harness.get_by_label("Also tell it which computer this is").click();
        harness.run();
        assert_eq!(harness.state().asked, [], "a tick alone tells nobody anything");
        harness.get_by_label(name).click();
        harness.run();
        wish(&harness.state().asked)
    };
    let login = "login.example.com";
    for (words, meant) in [("Allow once", Answer::Once), ("Always allow", Answer::Always), ("Never", Answer::Never)] {
        let name = format!("{words}: {login}");
        assert_eq!(plain(&name), answer(login, meant, false));
        assert_eq!(ticked(&name), answer(login, meant, meant != Answer::Never));
        // Where only the identifiers are the question, a yes means them.
        let second = format!("{words}: portal.example.org");
        assert_eq!(plain(&second), answer("portal.example.org", meant, meant != Answer::Never));
    }
}

#[test]
fn a_tick_does_not_outlive_its_question() {
    let mut stage = Stage::new(Story::Web);
    stage.view.web.identifiers.insert(origin("login.example.com"));
    let mut web = shown(Story::Web).web;
    let question = web.questions.remove(0);
    hear(&mut stage.shown, &mut stage.view, ToWindow::Web(Box::new(web.clone())));
    web.questions.push(question);
    hear(&mut stage.shown, &mut stage.view, ToWindow::Web(Box::new(web)));
    assert!(stage.view.web.identifiers.is_empty());
}

#[test]
fn every_control_of_a_site_changes_that_site_alone() {
    let change = |name: &str| wish(&click(Story::Web, TALL, on_page, name));
    let portal = origin("portal.example.org");
    let tracker = origin("tracker.example.com");
    assert_eq!(change("Refuse: portal.example.org"), WebChange::Refuse(portal.clone()));
    assert_eq!(change("Forget: portal.example.org"), WebChange::Forget(portal.clone()));
    let allowed = |origin: Origin, identifiers| WebChange::Allow { origin, identifiers };
    assert_eq!(change("Allow: tracker.example.com"), allowed(tracker, None));
    assert_eq!(change("May know which computer this is: portal.example.org"), allowed(portal, Some(true)));
    let vpn = origin("vpn.example.org:8443");
    assert_eq!(change("May know which computer this is: vpn.example.org:8443"), allowed(vpn, Some(false)));
    let pattern = "http://localhost:*".parse().expect("a pattern");
    assert_eq!(change("Forget: http://localhost:*"), WebChange::Pattern { pattern, allowed: false });

    let mut stage = Stage::new(Story::Web);
    on_page(&mut stage.view);
    let harness = open(stage, TALL);
    for words in ["Refuse", "Forget", "May know which computer this is"] {
        assert!(harness.query_by_label(&format!("{words}: sso.example.net")).is_none(), "the organisation's stays");
    }
}

#[test]
fn the_switches_ask_for_what_they_say_unless_the_organisation_decided() {
    let change = |name: &str| wish(&click(Story::Web, TALL, on_page, name));
    assert_eq!(change("Off"), WebChange::Switch(WebSwitch::Off));
    assert_eq!(change("On while a site is allowed"), WebChange::Switch(WebSwitch::Auto));
    assert_eq!(change("New sites may ask me"), WebChange::Questions(false));
    for name in ["Off", "On while a site is allowed", "New sites may ask me"] {
        assert_eq!(click(Story::WebTaken, TALL, on_page, name), [], "{name}");
    }
}

/// Writes a site into the field and presses Enter.
fn write(harness: &mut Harness<'_, Stage>, site: &str) {
    harness.get_by_role(Role::TextInput).focus();
    harness.run();
    harness.get_by_role(Role::TextInput).type_text(site);
    harness.run();
    press(harness, Key::Enter);
}

#[test]
fn a_site_is_added_by_hand_and_what_is_none_is_said() {
    let start = || {
        let mut stage = Stage::new(Story::Fail);
        on_page(&mut stage.view);
        open(stage, TALL)
    };
    let mut harness = start();
    write(&mut harness, "login.example.com");
    assert_eq!(harness.state().asked, []);
    harness.get_by_label_contains("This does not start with https:// or http://");
    assert_eq!(harness.state().view.web.written, "login.example.com", "it can be mended");

    let mut harness = start();
    write(&mut harness, " https://Login.Example.com/ ");
    let wanted = WebChange::Allow { origin: origin("login.example.com"), identifiers: None };
    assert_eq!(wish(&harness.state().asked), wanted);
    assert_eq!(harness.state().view.web.written, "");

    let mut harness = start();
    write(&mut harness, "https://*.example.com");
    let pattern = "https://*.example.com".parse().expect("a pattern");
    assert_eq!(wish(&harness.state().asked), WebChange::Pattern { pattern, allowed: true });
}

#[test]
fn the_visits_unfold_to_what_was_asked_for() {
    let mut stage = Stage::new(Story::Web);
    on_page(&mut stage.view);
    let mut harness = open(stage, TALL);
    let asked = "It asked for: Disk encryption, Firewall, device.osName";
    assert!(harness.query_by_label(asked).is_none());
    harness.get_by_label("09:12  portal.example.org got an answer (3 times)").click();
    harness.run();
    harness.get_by_label(asked);
    let first = "12 November at 08:01  sso.example.net got an answer that says which computer this is";
    assert!(harness.query_by_label(first).is_none());
    harness.get_by_label("Show all 12").click();
    harness.run();
    harness.get_by_label(first);
}

#[test]
fn everything_on_the_page_is_reached_with_the_keyboard() {
    let mut stage = Stage::new(Story::Web);
    on_page(&mut stage.view);
    let mut harness = open(stage, NARROW);
    let mut passed = Vec::new();
    for _ in 0..60 {
        press(&mut harness, Key::Tab);
        let here = focused(&harness);
        if passed.contains(&here) {
            break;
        }
        passed.push(here);
    }
    for name in [
        "Also tell it which computer this is",
        "Always allow: login.example.com",
        "Never: portal.example.org",
        "Off",
        "New sites may ask me",
        "Forget: tracker.example.com",
        "Allow: tracker.example.com",
        "09:41  sso.example.net got an answer that says which computer this is",
        "Show all 12",
    ] {
        assert!(passed.iter().any(|there| there == name), "{name} is not among {passed:#?}");
    }
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().view.page, Page::Practices);
}

#[test]
fn a_page_is_shown_on_demand_and_a_link_scans_nothing() {
    let go = |place| {
        let mut stage = Stage::new(Story::Web);
        assert_eq!(hear(&mut stage.shown, &mut stage.view, ToWindow::Go(place)), Asked::Front);
        open(stage, WIDE)
    };
    assert_eq!(focused(&go(Place::WebAccess)), "Back");
    let scan = go(Place::Scan);
    assert_eq!((focused(&scan).as_str(), scan.state().asked.len()), ("Scan again", 0));
    assert_eq!(go(Place::Settings).state().view.page, Page::Settings);
    assert_eq!(go(Place::NotKnown).state().view.page, Page::Practices);
}

#[test]
fn nothing_on_the_page_is_wider_than_a_narrow_window() {
    let mut stage = Stage::new(Story::Web);
    on_page(&mut stage.view);
    let harness = open(stage, vec2(480.0, 3000.0));
    for node in harness.root().children_recursive() {
        let words = node.accesskit_node().label().unwrap_or_default();
        if !words.is_empty() && node.accesskit_node().raw_bounds().is_some() {
            assert!(node.rect().right() <= 480.5, "{words}: {}", node.rect());
        }
    }
}

#[test]
fn the_page_at_rest_asks_for_no_further_frame() {
    let mut stage = Stage::new(Story::Web);
    on_page(&mut stage.view);
    let mut harness = open(stage, WIDE);
    harness.run_steps(2);
    assert!(!harness.ctx.has_requested_repaint(), "{:?}", harness.ctx.repaint_causes());
}
