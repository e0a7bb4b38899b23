//! `stethoscope-cli web`: what it says and what it changes, with and without a program that runs.

use std::ffi::OsString;
use std::time::Duration;

use crossbeam_channel::bounded;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use stethoscope::access::log::Log;
use stethoscope::access::view::{Visit, VisitResult, WebChange};
use stethoscope::cli::{Exit, Outcome, Surroundings, run};
use stethoscope::instance::{Claim, claim};
use stethoscope::monitor::message::Command;
use stethoscope::paths::Paths;
use stethoscope::settings::{self, Permission, WebSwitch};
use stethoscope::site::Origin;

struct User {
    folder: tempfile::TempDir,
    paths: Paths,
}

impl User {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        User { folder, paths }
    }

    fn ask(&self, arguments: &[&str]) -> Outcome {
        let around = Surroundings {
            now: now(),
            elapsed: &|| Duration::ZERO,
            zone: TimeZone::UTC,
            paths: Some(self.paths.clone()),
            colour: false,
        };
        let arguments = ["stethoscope-cli", "web"].iter().chain(arguments).map(OsString::from);
        run(arguments, &around)
    }

    #[track_caller]
    fn good(&self, arguments: &[&str]) -> String {
        let outcome = self.ask(arguments);
        assert_eq!((outcome.exit, outcome.warned.as_slice()), (Exit::Good, &[][..]), "{}", outcome.said);
        outcome.said
    }

    fn web(&self) -> settings::Web {
        settings::load(&self.paths).0.web
    }

    fn administrator(&self, text: &str) {
        std::fs::create_dir_all(&self.paths.system).expect("a folder");
        std::fs::write(self.paths.system_web(), text).expect("a file");
    }
}

fn now() -> Timestamp {
    "2026-11-23T09:44:00Z".parse().expect("a time")
}

fn site() -> Origin {
    "https://login.example.com".parse().expect("an origin")
}

#[test]
fn without_a_running_program_the_settings_are_changed() {
    let user = User::new();
    let said = user.good(&["allow", "https://Login.example.com/"]);
    assert!(said.contains("is not running"), "{said}");
    let kept = user.web().sites[&site()];
    assert_eq!((kept.permission, kept.identifiers, kept.since), (Permission::Allowed, None, now()));
    user.good(&["allow", "https://login.example.com", "--identifiers"]);
    assert_eq!(user.web().sites[&site()].identifiers, Some(true));
    user.good(&["deny", "https://login.example.com"]);
    assert_eq!(user.web().sites[&site()].permission, Permission::Refused);
    user.good(&["forget", "https://login.example.com"]);
    assert!(user.web().sites.is_empty());
    user.good(&["allow", "http://localhost:*"]);
    assert_eq!(user.web().patterns.len(), 1);
    user.good(&["forget", "http://localhost:*"]);
    assert!(user.web().patterns.is_empty());
    for (word, switch) in [("on", WebSwitch::On), ("off", WebSwitch::Off), ("auto", WebSwitch::Auto)] {
        user.good(&[word]);
        assert_eq!(user.web().switch, switch);
    }
}

#[test]
fn a_running_program_is_asked_and_the_file_is_left_to_it() {
    let user = User::new();
    let Ok(Claim::First(instance)) = claim(&user.paths.runtime) else { panic!("nobody else runs here") };
    let (wishes_in, wishes) = bounded(4);
    instance.listen(wishes_in).expect("the socket can be made");
    let said = user.good(&["deny", "https://login.example.com"]);
    assert!(said.contains("which is running"), "{said}");
    let wish = wishes.recv_timeout(Duration::from_secs(10)).expect("the wish arrives");
    assert_eq!(wish.command, Command::Web(WebChange::Refuse(site())));
    assert!(!user.paths.settings().exists());
    drop(instance);
    user.good(&["deny", "https://login.example.com"]);
    assert!(user.paths.settings().exists(), "what a program that ended left is no program");
}

#[test]
fn what_is_no_site_is_refused_and_said() {
    let user = User::new();
    for (arguments, words) in [
        (&["allow", "login.example.com"][..], "does not start with https:// or http://"),
        (&["allow", "https://login.example.com/path"], "only scheme, host and port count"),
        (&["allow", "https://*.com"], "top-level domain"),
        (&["deny", "https://*.example.com"], "no host that a browser would send"),
        (&["allow", "https://*.example.com", "--identifiers"], "name them one by one"),
    ] {
        let outcome = user.ask(arguments);
        assert_eq!(outcome.exit, Exit::Trouble);
        assert!(outcome.warned[0].contains(words), "{:?}", outcome.warned);
    }
    assert!(!user.paths.settings().exists());
}

#[test]
fn settings_that_make_no_sense_are_not_replaced() {
    let user = User::new();
    std::fs::create_dir_all(&user.paths.config).expect("a folder");
    std::fs::write(user.paths.settings(), "Settings(profil: 1)").expect("a file");
    for arguments in [&["allow", "https://login.example.com"][..], &["status"]] {
        let outcome = user.ask(arguments);
        assert_eq!(outcome.exit, Exit::Trouble);
        assert!(outcome.warned[0].contains("settings.ron, line 1"), "{:?}", outcome.warned);
    }
    let text = std::fs::read_to_string(user.paths.settings()).expect("still there");
    assert_eq!(text, "Settings(profil: 1)");
}

#[test]
fn the_status_says_who_decided_what() {
    let user = User::new();
    let said = user.good(&["status"]);
    assert!(said.contains("Web access    off: no site is allowed yet\n"), "{said}");
    assert!(said.contains("Administrator has no file about web sites\n"), "{said}");
    assert!(said.contains("New sites     may raise a question\n"), "{said}");
    user.good(&["allow", "https://login.example.com", "--identifiers"]);
    user.administrator("WebAccess(format: 1, questions: false, refused: [\"https://bad.example\"])");
    let said = user.good(&["status"]);
    assert!(said.contains("Web access    on: a site is allowed\n"), "{said}");
    assert!(said.contains("New sites     are refused in silence\n"), "{said}");
    assert!(said.contains("https://bad.example  refused by your administrator\n"), "{said}");
    let own = "https://login.example.com  allowed by you, since 2026-11-23 09:44, with identifiers\n";
    assert!(said.contains(own), "{said}");

    let json: Value = serde_json::from_str(&user.good(&["status", "--format", "json"])).expect("JSON");
    assert_eq!((json["on"].as_bool(), json["why"].as_str()), (Some(true), Some("auto")));
    assert_eq!(json["questions"], false);
    let own = &json["sites"][1];
    assert_eq!((own["by"].as_str(), own["permission"].as_str()), (Some("user"), Some("allowed")));
    assert_eq!((own["identifiers"].as_bool(), own["since"].as_str()), (Some(true), Some("2026-11-23T09:44:00Z")));

    user.administrator("WebAccess(format: 1, on: tru)");
    let outcome = user.ask(&["status"]);
    assert!(outcome.said.contains("off: your administrator's file makes no sense"), "{}", outcome.said);
    assert!(outcome.warned[0].contains("web.ron, line 1"), "{:?}", outcome.warned);
}

#[test]
fn a_choice_that_changes_nothing_says_so() {
    let user = User::new();
    user.administrator("WebAccess(format: 1, on: false, refused: [\"https://login.example.com\"])");
    for (arguments, words) in [
        (&["allow", "https://login.example.com"][..], "this site is refused for everybody"),
        (&["on"], "whether sites can ask is decided for everybody"),
    ] {
        let outcome = user.ask(arguments);
        assert_eq!(outcome.exit, Exit::Good);
        assert!(outcome.warned[0].contains(words), "{:?}", outcome.warned);
    }
}

#[test]
fn the_log_tells_who_asked_and_cannot_command_the_terminal() {
    let user = User::new();
    assert_eq!(user.good(&["log"]), "No site has asked in the last 30 days\n");
    let mut log = Log::open(user.paths.visits(), now()).expect("a log");
    let visit = |origin: &str, result| Visit {
        at: now(),
        origin: origin.to_owned(),
        fields: vec!["policy.firewall".to_owned()],
        result,
        times: 1,
    };
    for _ in 0..2 {
        log.add(visit("https://login.example.com", VisitResult::Answered)).expect("added");
    }
    log.add(visit("\u{1b}[2J", VisitResult::NotAllowed)).expect("added");
    let said = user.good(&["log"]);
    assert_eq!(
        said,
        "2026-11-23 09:44  https://login.example.com got an answer (2 times)  Firewall\n\
         2026-11-23 09:44  \u{fffd}[2J is not allowed and got nothing  Firewall\n"
    );
    let json: Value = serde_json::from_str(&user.good(&["log", "--format", "json"])).expect("JSON");
    assert_eq!(json["visits"][0]["times"], 2);
    assert_eq!(json["visits"][0]["result"], "answered");
    assert_eq!(json["visits"][0]["at"], "2026-11-23T09:44:00Z");
    assert_eq!(user.folder.path(), user.paths.state.parent().expect("below the folder"));
}

#[test]
fn a_site_can_be_told_the_key_before_its_page_asks() {
    let user = User::new();
    let key = |origin: &str| -> Value { serde_json::from_str(&user.good(&["key", origin])).expect("a JWK") };
    let login = key("https://login.example.com");
    assert_eq!((&login["kty"], &login["crv"]), (&"OKP".into(), &"Ed25519".into()));
    assert_eq!(login["x"].as_str().map(str::len), Some(43), "32 bytes: {login}");
    assert_eq!(login.as_object().map(serde_json::Map::len), Some(3), "nothing but the public half: {login}");
    assert_eq!(key("https://LOGIN.example.com/"), login, "the same as before");
    assert_ne!(key("https://login.example.com:8443"), login, "another site meets another key");
    // A key that was cut short is none, and is not replaced by a new one.
    std::fs::write(user.paths.state.join("web-key"), "short").expect("a file");
    let refused = user.ask(&["key", "https://login.example.com"]);
    assert_eq!(refused.exit, Exit::Trouble);
    assert!(refused.warned.join("\n").contains("web-key"), "{refused:?}");
}
