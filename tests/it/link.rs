//! The pipe to a real process that plays the window.

use std::process::Command as Program;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};
use stethoscope::link::{ToWindow, WindowEvent, WindowProcess};
use stethoscope::monitor::message::{Command, Trigger};

const LONG: Duration = Duration::from_secs(10);

/// Starts a shell script as the window.
fn start(script: &str) -> (WindowProcess, Receiver<WindowEvent>) {
    let (events_in, events) = bounded(16);
    let mut program = Program::new("sh");
    program.arg("-c").arg(script);
    let window = WindowProcess::start(program, ToWindow::Scanning(Trigger::Start), events_in).expect("a shell starts");
    (window, events)
}

#[track_caller]
fn next(events: &Receiver<WindowEvent>) -> String {
    match events.recv_timeout(LONG).expect("an event in time") {
        WindowEvent::Said(command) => serde_json::to_string(&command).expect("a command is JSON"),
        WindowEvent::Closed { how, .. } => format!("closed: {how}"),
    }
}

#[test]
fn both_sides_hear_each_other_until_the_window_closes() {
    // Answers the first message, then the second, then closes as a user would.
    let script = r#"read first; [ "$first" = '{"scanning":"start"}' ] && echo '{"scan":"person"}'
        echo garbage; read second; [ "$second" = '{"show":"firewall"}' ] && echo '"quit"'; exit 0"#;
    let (window, events) = start(script);
    assert_eq!(next(&events), r#"{"scan":"person"}"#);
    assert!(window.is_running());
    window.tell(ToWindow::Show(Some(stethoscope_probes::practice::PracticeId::Firewall)));
    assert_eq!(next(&events), r#""quit""#);
    assert_eq!(next(&events), "closed: exit status: 0");
}

#[test]
fn a_killed_window_is_noticed() {
    let (window, events) = start("kill -9 $$");
    assert_eq!(next(&events), "closed: signal: 9 (SIGKILL)");
    assert!(!window.is_running());
    // Telling a dead window something harms nobody.
    window.tell(ToWindow::Notices(Vec::new()));
}

#[test]
fn a_window_that_does_not_read_does_not_hold_up_the_program() {
    let (window, events) = start("read first; sleep 1; exit 0");
    let long = "x".repeat(100_000);
    for _ in 0..200 {
        window.tell(ToWindow::Notices(vec![long.clone()]));
    }
    assert_eq!(next(&events), "closed: exit status: 0");
}

#[test]
fn dropping_the_window_closes_it_and_a_stuck_one_is_ended() {
    let (window, events) = start("while read line; do :; done; exit 7");
    drop(window);
    assert_eq!(next(&events), "closed: exit status: 7");
    let (window, events) = start("exec sleep 600");
    drop(window);
    assert_eq!(next(&events), "closed: signal: 9 (SIGKILL)");
}

#[test]
fn a_window_that_cannot_be_started_is_an_error_and_no_panic() {
    let (events_in, _events) = bounded(1);
    let first = ToWindow::Notices(Vec::new());
    WindowProcess::start(Program::new("/nonexistent/window"), first, events_in).expect_err("there is no such program");
    // A command stays what it was through JSON, for both sides may be of different builds.
    let command: Command = serde_json::from_str(r#"{"snooze":["firewall","day"]}"#).expect("a command");
    assert_eq!(serde_json::to_string(&command).expect("JSON"), r#"{"snooze":["firewall","day"]}"#);
}
