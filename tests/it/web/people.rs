//! The user decides: questions, their answers, and the port that opens and closes.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use stethoscope::access::view::{Answer as Word, Fact, Status, VisitResult};
use stethoscope::access::{Access, Organisation, PORT};
use stethoscope::settings::{Permission, Site, Web as WebSettings, WebSwitch};
use stethoscope::web::WebEvent;
use stethoscope_probes::practice::PracticeId;

use super::world::{ALLOWED, Answer, PortLock, STRANGER, World, ask, settings};

const HOST: &str = "ubuntu-26.04-gnome";
const QUERY: &str =
    "query($p: DevicePolicy) { policy { validate(policy: $p) { status } } device { deviceId hardwareModel } }";

fn asking(origin: &'static str) -> thread::JoinHandle<Answer> {
    let page = move || ask(origin, QUERY, &json!({ "p": { "firewall": "ALWAYS" } }));
    thread::Builder::new().name("page".to_owned()).spawn(page).expect("a thread")
}

fn stranger() -> stethoscope::site::Origin {
    STRANGER.parse().expect("an origin")
}

#[test]
fn a_stranger_waits_for_the_user_and_is_let_in_once() {
    let world = World::start(settings(), HOST);
    let page = asking(STRANGER);
    let question = world.question();
    assert_eq!(question.origin, stranger());
    assert_eq!(question.practices, [PracticeId::Firewall]);
    assert_eq!(question.facts, [Fact::Model]);
    assert_eq!(question.identifiers, [Fact::DeviceId]);
    assert!(!question.second && !page.is_finished());
    world.web.answer(&stranger(), Word::Once, false);
    let answer = page.join().expect("no panic");
    assert!(answer.is_readable_by(STRANGER), "{answer:?}");
    let json = answer.json();
    assert_eq!(json["data"]["policy"]["validate"]["status"].as_str().map(str::len), Some(4), "{json}");
    assert!(json["data"]["device"]["deviceId"].is_null(), "identifiers are a second consent: {json}");
    let again = ask(STRANGER, QUERY, &json!({}));
    assert_eq!(again.status, 200, "its second request a moment later needs no second question");
    assert_eq!(world.visit().result, VisitResult::Answered);
}

#[test]
fn never_is_refused_and_always_stays() {
    let mut world = World::start(settings(), HOST);
    let decide = |world: &mut World, permission| {
        let mut decided = settings();
        let site = Site { permission, identifiers: Some(true), since: jiff::Timestamp::UNIX_EPOCH };
        decided.sites.insert(stranger(), site);
        world.web.use_access(Access::new(decided, Organisation::default())).expect("as before");
    };
    let page = asking(STRANGER);
    let _question = world.question();
    decide(&mut world, Permission::Refused);
    let answer = page.join().expect("no panic");
    assert_eq!((answer.status, answer.code().as_str()), (403, "REFUSED"), "{answer:?}");
    world.wait_for(|event| *event == WebEvent::Questions(Vec::new()));
    decide(&mut world, Permission::Allowed);
    let answer = ask(STRANGER, QUERY, &json!({}));
    assert!(answer.json()["data"]["device"]["deviceId"].is_string(), "{answer:?}");
}

#[test]
fn an_unanswered_question_is_answered_in_time_and_waits_on() {
    let world = World::start(settings(), HOST);
    let start = Instant::now();
    let answer = ask(STRANGER, QUERY, &json!({}));
    assert_eq!((answer.status, answer.code().as_str()), (403, "ASKING"), "{answer:?}");
    assert!(answer.is_readable_by(STRANGER));
    let took = start.elapsed();
    assert!((Duration::from_secs(20)..Duration::from_secs(30)).contains(&took), "{took:?}");
    let _question = world.question();
    assert_eq!(world.visit().result, VisitResult::Unanswered);
}

#[test]
fn three_questions_are_enough() {
    let world = World::start(settings(), HOST);
    let sites = ["https://one.example", "https://two.example", "https://three.example"];
    let pages: Vec<_> = sites.into_iter().map(asking).collect();
    let all = |event: &WebEvent| matches!(event, WebEvent::Questions(questions) if questions.len() == 3);
    world.wait_for(all);
    let answer = ask("https://four.example", QUERY, &json!({}));
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None), "{answer:?}");
    for site in sites {
        world.web.answer(&site.parse().expect("an origin"), Word::Once, false);
    }
    for page in pages {
        assert_eq!(page.join().expect("no panic").status, 200);
    }
}

#[test]
fn an_allowed_site_is_answered_while_its_identifiers_are_asked_about() {
    let mut decided = settings();
    let site = Site { permission: Permission::Allowed, identifiers: None, since: jiff::Timestamp::UNIX_EPOCH };
    decided.sites.insert(stranger(), site);
    let world = World::start(decided, HOST);
    let answer = ask(STRANGER, QUERY, &json!({})).json();
    assert!(answer["data"]["device"]["deviceId"].is_null() && answer["data"]["device"]["hardwareModel"].is_string());
    assert_eq!(answer["extensions"]["stethoscope"]["identifiers"], "notAsked");
    let question = world.question();
    assert!(question.second, "{question:?}");
    world.web.answer(&stranger(), Word::Once, true);
    world.wait_for(|event| *event == WebEvent::Questions(Vec::new()));
    let answer = ask(STRANGER, QUERY, &json!({})).json();
    assert!(answer["data"]["device"]["deviceId"].is_string(), "{answer}");
}

#[test]
fn without_anybody_who_may_ask_nothing_listens() {
    let mut world = World::start_unheard(WebSettings::default(), HOST);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, PORT)).is_err(), "off by default");
    world.web.use_access(Access::new(settings(), Organisation::default())).expect("a thread");
    world.wait_for(|event| *event == WebEvent::Status(Status::Listening));
    assert_eq!(ask(ALLOWED, "{ device { platform } }", &json!({})).status, 200);
    let off = WebSettings { switch: WebSwitch::Off, ..settings() };
    world.web.use_access(Access::new(off, Organisation::default())).expect("ended");
    world.wait_for(|event| *event == WebEvent::Status(Status::Off));
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, PORT)).is_err(), "closed again");
}

#[test]
fn a_taken_port_is_said_and_tried_again() {
    let port = PortLock::take();
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).expect("the port is free for a test");
    let world = World::start_with(port, settings(), HOST);
    let event = world.wait_for(|event| matches!(event, WebEvent::Status(_)));
    assert_eq!(event, WebEvent::Status(Status::Taken { holder: Some("a test".to_owned()) }));
    drop(other);
    world.wait_for(|event| *event == WebEvent::Status(Status::Listening));
    assert_eq!(ask(ALLOWED, "{ device { platform } }", &json!({})).status, 200);
}

#[test]
fn a_page_changes_nothing_of_the_users_own() {
    let world = World::start(settings(), HOST);
    let answer = ask(ALLOWED, QUERY, &json!({ "p": { "firewall": "NEVER", "diskEncryption": "NEVER" } }));
    assert_eq!(answer.status, 200, "{answer:?}");
    let state = world.folder.path().join("state");
    let history = std::fs::read_to_string(state.join("history.jsonl")).unwrap_or_default();
    assert_eq!(history, "", "a page's policy is no change of the device");
    let snapshot = std::fs::read_to_string(state.join("snapshot.json")).expect("of the monitor's own scan");
    assert!(!snapshot.contains("never"), "the user's policy stands");
}
