//! Notifications on a real desktop: an X server, a session bus and dunst.
//!
//! The test starts `tests/desktop/notify.sh`, which sets that desktop up and runs the same test again
//! inside of it, with the variable [`INSIDE`].

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use jiff::Zoned;
use stethoscope::monitor::fanout::Fanout;
use stethoscope::monitor::message::{Command as Wish, Event, SnoozeSpan};
use stethoscope::notify::send::{Notifier, NotifierConfig, NotifyProblem, SHOW_LIMIT, start};
use stethoscope::settings::Settings;
use stethoscope_probes::practice::PracticeId;

use crate::scripted::{PATIENCE, snapshot, title};
use crate::support::tests_folder;

/// Set by the script for the test inside of the desktop.
const INSIDE: &str = "STETHOSCOPE_TEST_DESKTOP";

#[test]
fn what_was_told_is_kept_as_soon_as_the_disk_takes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    std::fs::write(&state, "a file where the folder has to be").expect("a file");
    let (fanout, told) = (Fanout::new(), state.join("told.json"));
    let (commands, _wishes) = bounded(4);
    let config = NotifierConfig {
        events: fanout.subscribe(),
        settings: Settings::default(),
        told: told.clone(),
        previous: None,
        commands,
        title: Box::new(|verdict, _| title(verdict)),
        clock: Box::new(Zoned::now),
    };
    let _notifier = start(config).expect("a thread");
    fanout.publish(&Event::Scanned(snapshot(1, "firewall=pass")));
    std::thread::sleep(Duration::from_millis(500));
    std::fs::remove_file(&state).expect("it is there");
    // Nothing is new, but what was new before is not kept yet.
    fanout.publish(&Event::Scanned(snapshot(2, "firewall=pass")));
    let begun = Instant::now();
    while !told.exists() {
        assert!(begun.elapsed() < PATIENCE, "it is kept");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Outside it sets the desktop up and runs itself in there; inside it looks.
#[test]
fn notifications_are_shown_and_answered_on_a_real_desktop() {
    if std::env::var_os(INSIDE).is_some() {
        return inside_of_the_desktop();
    }
    let missing: Vec<&str> = ["xvfb-run", "Xvfb", "dbus-run-session", "dunst", "dunstctl"]
        .into_iter()
        .filter(|tool| !is_there(tool))
        .collect();
    assert!(missing.is_empty(), "not installed here: {missing:?}; tests/run installs them as root");
    let program = std::env::current_exe().expect("this test runs");
    let script = tests_folder().join("desktop/notify.sh");
    let done = Command::new("bash")
        .arg(&script)
        .arg(program)
        .args(["--exact", "shown::notifications_are_shown_and_answered_on_a_real_desktop", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("bash is there");
    let output = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{output}");
    assert!(output.contains("1 passed"), "the inner test ran:\n{output}");
}

fn is_there(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
}

/// The notification daemon; ends with the test.
struct Dunst(Child);

impl Dunst {
    fn start() -> Self {
        let settings = tests_folder().join("desktop/dunstrc");
        let child =
            Command::new("dunst").arg("-conf").arg(settings).stderr(Stdio::null()).spawn().expect("dunst starts");
        let dunst = Dunst(child);
        wait_for("dunst on the bus", || dunstctl(&["count"]).contains("displayed"));
        dunst
    }

    /// Stops it, as a hung one, or lets it go on.
    fn signal(&self, signal: &str) {
        let done = Command::new("kill").arg(signal).arg(self.0.id().to_string()).status().expect("kill is there");
        assert!(done.success());
    }
}

impl Drop for Dunst {
    fn drop(&mut self) {
        self.signal("-CONT");
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

fn dunstctl(arguments: &[&str]) -> String {
    let output = Command::new("dunstctl").args(arguments).output().expect("dunstctl is there");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Closes every message, each after a pause: the notification library loses a signal that comes right
/// after another, and a person does not click that fast.
fn close_one_by_one() {
    while displayed() > 0 {
        std::thread::sleep(Duration::from_millis(400));
        dunstctl(&["close"]);
        wait_for("one message less", || threads_named("notification") <= displayed());
    }
}

fn displayed() -> usize {
    dunstctl(&["count", "displayed"]).trim().parse().unwrap_or_default()
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "waited for {what} in vain");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The texts of closed notifications, newest first: `summary|body`.
fn history() -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(&dunstctl(&["history"])).expect("JSON");
    let entries = json["data"][0].as_array().cloned().unwrap_or_default();
    let word = |entry: &serde_json::Value, key: &str| entry[key]["data"].as_str().unwrap_or_default().to_owned();
    entries.iter().map(|entry| format!("{}|{}", word(entry, "summary"), word(entry, "body"))).collect()
}

/// The notifier with scripted snapshots in place of the monitor.
struct Stage {
    fanout: Fanout,
    wishes: Receiver<Wish>,
    notifier: Notifier,
    seconds: i64,
}

impl Stage {
    fn new(told: PathBuf) -> Self {
        let fanout = Fanout::new();
        let (commands, wishes) = bounded(16);
        let mut settings = Settings::default();
        settings.notifications.settle_seconds = 0;
        let config = NotifierConfig {
            events: fanout.subscribe(),
            settings,
            told,
            previous: None,
            commands,
            title: Box::new(|verdict, _| title(verdict)),
            clock: Box::new(Zoned::now),
        };
        let mut stage = Stage { fanout, wishes, notifier: start(config).expect("a thread"), seconds: 0 };
        stage.scan("firewall=pass screenLock=pass remoteLogin=pass");
        stage
    }

    fn scan(&mut self, states: &str) {
        self.seconds += 1;
        self.fanout.publish(&Event::Scanned(snapshot(self.seconds, states)));
    }

    fn problem(&self) -> Option<NotifyProblem> {
        self.notifier.problems.recv_timeout(PATIENCE).expect("a problem begins or ends")
    }

    fn wish(&self) -> Wish {
        self.wishes.recv_timeout(PATIENCE).expect("the answer arrives")
    }
}

fn threads_named(name: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("on Linux").flatten();
    tasks.filter(|task| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name)).count()
}

/// Picks what the script `pick` will choose in dunst's menu of actions.
fn choose(label: &str) {
    let folder = std::env::var("STETHOSCOPE_TEST_FOLDER").expect("set by the script");
    std::fs::write(Path::new(&folder).join("choice"), label).expect("written");
    read_it();
    dunstctl(&["context"]);
}

/// A person reads before the click; the program begins to listen just after the message is shown.
fn read_it() {
    std::thread::sleep(Duration::from_millis(1500));
}

fn inside_of_the_desktop() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::new(folder.path().join("told.json"));

    // No service: said once, not tried again by itself.
    stage.scan("firewall=fail screenLock=pass remoteLogin=pass");
    assert_eq!(stage.problem(), Some(NotifyProblem::NoService));
    std::thread::sleep(Duration::from_millis(300));
    stage.scan("firewall=fail screenLock=pass remoteLogin=pass");
    assert!(stage.notifier.problems.recv_timeout(Duration::from_millis(500)).is_err());
    assert_eq!(threads_named("notification"), 0, "nothing waits for a service that is not there");

    // A service appears: the next message reaches it, and the click on it arrives.
    let dunst = Dunst::start();
    assert_eq!(displayed(), 0, "the old message is not pushed at it");
    stage.scan("firewall=fail screenLock=fail remoteLogin=pass");
    assert_eq!(stage.problem(), None);
    wait_for("the message", || displayed() == 1);
    read_it();
    dunstctl(&["action"]);
    assert_eq!(stage.wish(), Wish::Open(Some(PracticeId::ScreenLock)));
    wait_for("its thread's end", || threads_named("notification") == 0);
    close_one_by_one();
    assert_eq!(history().first().map(String::as_str), Some("screenLock Fail|screenLock is Fail"));

    // What is fixed takes the place of what was told, and both actions of a menu work.
    stage.scan("firewall=pass screenLock=pass remoteLogin=pass");
    wait_for("two good messages", || displayed() == 2 || displayed() == 1);
    close_one_by_one();
    stage.scan("firewall=pass screenLock=pass remoteLogin=fail");
    wait_for("the message", || displayed() == 1);
    stage.scan("firewall=pass screenLock=pass remoteLogin=pass");
    wait_for("the good message in its place", || {
        std::thread::sleep(Duration::from_millis(200));
        displayed() == 1
    });
    close_one_by_one();
    wait_for("its end", || threads_named("notification") == 0);
    let texts = history();
    assert_eq!(texts.first().map(String::as_str), Some("Fixed: remoteLogin Pass|remoteLogin is Pass"));
    assert!(!texts.iter().any(|text| text.starts_with("remoteLogin Fail")), "it was replaced, not added: {texts:?}");

    stage.scan("firewall=fail screenLock=fail remoteLogin=pass");
    wait_for("the summary", || displayed() == 1);
    choose("Snooze a day");
    assert_eq!(stage.wish(), Wish::Snooze(PracticeId::Firewall, SnoozeSpan::Day));
    assert_eq!(stage.wish(), Wish::Snooze(PracticeId::ScreenLock, SnoozeSpan::Day));
    stage.scan("firewall=fail screenLock=fail remoteLogin=fail");
    wait_for("the message", || displayed() >= 1);
    choose("Show me");
    assert_eq!(stage.wish(), Wish::Open(Some(PracticeId::RemoteLogin)));
    close_one_by_one();
    assert!(history().iter().any(|text| text == "2 practices need attention|firewall Fail\nscreenLock Fail"));

    // A service that hangs is said in time, holds nothing up, and is forgiven when it answers.
    stage.scan("firewall=pass screenLock=pass remoteLogin=pass");
    wait_for("good messages", || displayed() >= 1);
    close_one_by_one();
    wait_for("their end", || threads_named("notification") == 0);
    dunst.signal("-STOP");
    let began = Instant::now();
    for round in 0..20 {
        let lock = if round % 2 == 0 { "fail" } else { "pass" };
        let login = if round % 3 == 0 { "fail" } else { "pass" };
        stage.scan(&format!("firewall=fail screenLock={lock} remoteLogin={login}"));
        std::thread::sleep(Duration::from_millis(20));
    }
    let problem = stage.problem();
    assert_eq!(problem, Some(NotifyProblem::NoAnswer));
    assert!(began.elapsed() < SHOW_LIMIT * 2, "said after {:?}", began.elapsed());
    assert!(threads_named("notification") <= 8, "{} threads wait for it", threads_named("notification"));
    dunst.signal("-CONT");
    assert_eq!(stage.problem(), None);
    wait_for("what it missed", || displayed() >= 1);
}
