//! The real calls of Windows, or those of Wine. Everything that is changed is made by the test and removed by it.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::host::asked::Asked;
use PracticeId::{Applications, Firewall, RemoteLogin, ScreenLock, SshKeys};

/// Until something that must be heard is heard.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long nothing may be heard.
const QUIET: Duration = Duration::from_millis(400);

/// A key of the test's own, which ends with it.
struct Root(String);

impl Root {
    fn new(name: &str) -> Self {
        let root = Root(format!(r"HKCU\Software\StethoscopeTest{name}{}", std::process::id()));
        reg(&["add", &root.0]);
        root
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let _gone = Command::new("reg").args(["delete", &self.0, "/f"]).output();
    }
}

/// The tool that comes with Windows.
#[track_caller]
fn reg(arguments: &[&str]) {
    let force: &[&str] = if arguments[0] == "query" { &[] } else { &["/f"] };
    let done = Command::new("reg").args(arguments).args(force).output().expect("it comes with Windows");
    assert!(done.status.success(), "{arguments:?}: {done:?}");
}

#[track_caller]
fn set(key: &str, name: &str, value: &str) {
    reg(&["add", key, "/v", name, "/t", "REG_SZ", "/d", value]);
}

/// A watcher and what it said.
struct Watching {
    watcher: Box<dyn Watcher>,
    told: Receiver<Change>,
    asked: Vec<(PracticeId, Asked)>,
}

impl Watching {
    fn new(asked: Vec<(PracticeId, Asked)>) -> Self {
        let (sender, told) = channel();
        let tell = Box::new(move |change| sender.send(change).unwrap_or_default());
        let mut watching = Watching { watcher: Box::new(start(tell).expect("a thread")), told, asked };
        watching.follow();
        watching
    }

    /// Watches what a scan asked for that begins now, and waits until it does.
    fn follow(&mut self) {
        // Later than anything that a test did before.
        let began = Timestamp::now() + jiff::SignedDuration::from_secs(1);
        let practices = self.asked.iter().map(|(practice, _)| *practice).collect();
        self.watcher.follow(Scanned { began, practices, asked: self.asked.clone() });
        while self.told.recv_timeout(QUIET).is_ok() {}
    }

    /// Does something, and gives whom that concerned.
    #[track_caller]
    fn sees(&mut self, what: &str, expected: &[PracticeId], change: impl FnOnce()) {
        change();
        let mut concerned = Practices::NONE;
        let mut patience = PATIENCE;
        while let Ok(told) = self.told.recv_timeout(patience) {
            let Change::Practices(practices) = told else { panic!("{what}: {told:?}") };
            concerned |= practices;
            patience = QUIET;
        }
        assert_eq!(concerned, expected.iter().copied().collect(), "{what}");
        // As after each scan that a change brings about.
        self.follow();
    }

    #[track_caller]
    fn ignores(&self, what: &str, change: impl FnOnce()) {
        change();
        if let Ok(told) = self.told.recv_timeout(QUIET) {
            panic!("{what}: {told:?}");
        }
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn files(practice: PracticeId, paths: &[(&Path, bool)]) -> (PracticeId, Asked) {
    let paths = paths.iter().map(|(path, names)| (Box::from(text(path)), *names)).collect();
    (practice, Asked { paths, ..Asked::default() })
}

fn keys(practice: PracticeId, keys: &[(&str, bool)]) -> (PracticeId, Asked) {
    let keys = keys.iter().map(|(key, names)| (Box::from(*key), *names)).collect();
    (practice, Asked { keys, ..Asked::default() })
}

#[test]
fn files_are_heard_when_they_are_written_come_go_and_are_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("Rules.ini"), "one").expect("written");
    std::fs::create_dir(at("Listed")).expect("made");
    // In other letters than the file has, as Windows allows.
    let other_letters = folder.path().join("RULES.INI");
    let mut watching = Watching::new(vec![
        files(Firewall, &[(&other_letters, false), (&at("later/deep/file"), false)]),
        files(Applications, &[(&at("Listed"), true)]),
        files(SshKeys, &[(&at("gone"), false)]),
    ]);
    let write = |name: &str| std::fs::write(at(name), "two").expect("written");
    watching.sees("written", &[Firewall], || write("Rules.ini"));
    watching.ignores("another file", || write("other"));
    watching.sees("replaced", &[Firewall], || std::fs::rename(at("other"), at("Rules.ini")).expect("replaced"));
    watching.sees("a name in a listed folder", &[Applications], || write("Listed/new"));
    watching.sees("what was absent is there", &[SshKeys], || write("gone"));
    watching.sees("and goes", &[SshKeys], || std::fs::remove_file(at("gone")).expect("removed"));
    watching.sees("a folder on the way", &[Firewall], || std::fs::create_dir(at("later")).expect("made"));
    watching.sees("the next", &[Firewall], || std::fs::create_dir(at("later/deep")).expect("made"));
    watching.ignores("beside the way", || write("later/deep/other"));
    watching.sees("the file", &[Firewall], || write("later/deep/file"));
    let moved = |from: &str| std::fs::rename(at(from), at("moved")).expect("moved");
    watching.sees("its folder is moved away", &[Firewall], || moved("later/deep"));
    watching.ignores("what happens where it is now", || write("moved/file"));
    std::fs::remove_dir_all(at("moved")).expect("nobody holds it");
    watching.sees("a listed folder is moved away", &[Applications], || moved("Listed"));
}

#[test]
fn a_storm_of_names_leaves_nothing_unheard() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut watching = Watching::new(vec![files(Applications, &[(folder.path(), true)])]);
    watching.sees("a storm", &[Applications], || {
        for number in 0..400 {
            let name = format!("{number}-{}", "long".repeat(40));
            std::fs::write(folder.path().join(name), "").expect("written");
        }
    });
    watching.sees("one more", &[Applications], || std::fs::write(folder.path().join("one"), "").expect("written"));
}

#[test]
fn keys_are_heard_when_values_change_and_when_they_come_and_go() {
    let root = Root::new("Keys");
    let key = |name: &str| format!(r"{}\{name}", root.0);
    let (policy, later, beside) = (key("Policy"), key(r"Later\Deep"), key("Beside"));
    reg(&["add", &policy]);
    reg(&["add", &beside]);
    let mut watching = Watching::new(vec![
        keys(Firewall, &[(&policy.to_uppercase(), false)]),
        keys(ScreenLock, &[(&later, false)]),
        keys(RemoteLogin, &[(r"HKLM\SOFTWARE\Nobody\Has\This", false), ("no key", false)]),
    ]);
    watching.sees("a value is set", &[Firewall], || set(&policy, "a", "1"));
    watching.sees("and set again", &[Firewall], || set(&policy, "a", "2"));
    watching.sees("and deleted", &[Firewall], || reg(&["delete", &policy, "/v", "a"]));
    watching.ignores("a value of another key", || set(&beside, "a", "1"));
    watching.ignores("another key comes", || reg(&["add", &key("Unasked")]));
    watching.sees("a key on the way", &[ScreenLock], || reg(&["add", &key("Later")]));
    watching.sees("the key itself", &[ScreenLock], || reg(&["add", &later]));
    watching.sees("a value in it", &[ScreenLock], || set(&later, "b", "1"));
    watching.sees("it goes", &[ScreenLock], || reg(&["delete", &later]));
    watching.sees("it is here again", &[ScreenLock], || set(&later, "b", "1"));
    watching.sees("it goes and comes before anybody looks", &[ScreenLock], || {
        reg(&["delete", &later]);
        set(&later, "b", "1");
    });
    watching.sees("and is watched", &[ScreenLock], || set(&later, "b", "2"));
}

#[test]
fn many_keys_are_watched_as_one_tree() {
    let root = Root::new("Tree");
    let names: Vec<String> = (0..12).map(|number| format!(r"{}\app{number}", root.0)).collect();
    names.iter().for_each(|name| set(name, "DisplayVersion", "1"));
    let mut asked: Vec<(&str, bool)> = names.iter().map(|name| (name.as_str(), false)).collect();
    asked.push((&root.0, true));
    let mut watching = Watching::new(vec![keys(Applications, &asked), keys(Firewall, &[(&names[3], false)])]);
    let both = [Firewall, Applications];
    watching.sees("a value below", &both, || set(&names[7], "DisplayVersion", "2"));
    watching.sees("one comes", &both, || set(&format!(r"{}\new", root.0), "DisplayVersion", "1"));
    watching.sees("one goes", &both, || reg(&["delete", &names[0]]));
}

#[test]
fn what_changed_before_it_was_watched_is_told_as_well() {
    let root = Root::new("Before");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    let began = Timestamp::now();
    std::thread::sleep(Duration::from_millis(50));
    set(&root.0, "a", "1");
    std::fs::write(&file, "new").expect("written");
    let (sender, told) = channel();
    let mut watcher = start(Box::new(move |change| sender.send(change).unwrap_or_default())).expect("a thread");
    let old = keys(ScreenLock, &[(r"HKCU\Environment", false)]);
    let asked = vec![keys(Firewall, &[(&root.0, false)]), files(SshKeys, &[(&file, false)]), old];
    let practices = [Firewall, SshKeys, ScreenLock].into_iter().collect();
    watcher.follow(Scanned { began, practices, asked });
    let told = told.recv_timeout(PATIENCE).expect("it says so");
    assert_eq!(told, Change::Practices([Firewall, SshKeys].into_iter().collect()));
}

#[test]
fn a_watcher_that_is_dropped_ends_whatever_it_watched() {
    let folder = tempfile::tempdir().expect("a folder");
    let (sender, told) = channel::<Change>();
    let mut watcher = start(Box::new(move |change| sender.send(change).unwrap_or_default())).expect("a thread");
    let asked = vec![files(Firewall, &[(folder.path(), true)]), keys(SshKeys, &[(r"HKCU\Environment", false)])];
    let practices = [Firewall, SshKeys].into_iter().collect();
    watcher.follow(Scanned { began: Timestamp::now(), practices, asked });
    drop(watcher);
    // The thread has ended once nobody can say anything any more.
    let ended = std::iter::from_fn(|| Some(told.recv_timeout(PATIENCE))).find_map(Result::err);
    assert_eq!(ended, Some(std::sync::mpsc::RecvTimeoutError::Disconnected));
    std::fs::remove_dir_all(folder.path()).expect("nobody holds it");
}
