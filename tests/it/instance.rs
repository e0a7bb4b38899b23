//! One running program per user, whatever the one before left behind.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crossbeam_channel::bounded;
use stethoscope::instance::{Claim, Instance, Running, Wish, claim};
use stethoscope::monitor::message::{Command, Trigger};
use stethoscope::session::Session;
use stethoscope_probes::practice::PracticeId;

const LONG: Duration = Duration::from_secs(10);

fn wish(command: Command) -> Wish {
    Wish { command, session: Session::of_process() }
}

fn first(folder: &std::path::Path) -> Instance {
    match claim(folder).expect("the folder can be used") {
        Claim::First(instance) => instance,
        Claim::Second(running) => panic!("nobody else runs: {running:?}"),
    }
}

fn second(folder: &std::path::Path) -> Running {
    match claim(folder).expect("the folder can be used") {
        Claim::Second(running) => running,
        Claim::First(instance) => panic!("the first one runs: {instance:?}"),
    }
}

#[test]
fn a_second_start_hands_its_wish_to_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("run");
    let instance = first(&folder);
    let (wishes_in, wishes) = bounded(4);
    instance.listen(wishes_in).expect("the socket can be made");
    for wish in [Command::Open(Some(PracticeId::Firewall)), Command::Scan(Trigger::Person)].map(wish) {
        second(&folder).ask(&wish).expect("the first answers");
        assert_eq!(wishes.recv_timeout(LONG).expect("the wish arrives"), wish);
    }
    let mode = std::fs::metadata(&folder).expect("the folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "nobody else may ask");
}

#[test]
fn what_a_killed_program_left_is_no_obstacle() {
    let folder = tempfile::tempdir().expect("a folder");
    // A lock file and a socket with nobody behind them.
    std::fs::write(folder.path().join("lock"), "").expect("a file");
    drop(std::os::unix::net::UnixListener::bind(folder.path().join("socket")).expect("a socket"));
    let instance = first(folder.path());
    let (wishes_in, wishes) = bounded(4);
    instance.listen(wishes_in).expect("the old socket is replaced");
    second(folder.path()).ask(&wish(Command::Open(None))).expect("the first answers");
    assert_eq!(wishes.recv_timeout(LONG).expect("the wish arrives"), wish(Command::Open(None)));
    drop(instance);
    assert!(!folder.path().join("socket").exists(), "nothing is left behind");
    first(folder.path());
}

#[test]
fn a_start_right_behind_the_first_waits_for_its_socket() {
    let folder = tempfile::tempdir().expect("a folder");
    let instance = first(folder.path());
    let running = second(folder.path());
    let asking = std::thread::Builder::new()
        .name("second start".to_owned())
        .spawn(move || running.ask(&wish(Command::Open(None))))
        .expect("a thread starts");
    std::thread::sleep(Duration::from_millis(200));
    let (wishes_in, wishes) = bounded(4);
    instance.listen(wishes_in).expect("the socket can be made");
    asking.join().expect("no panic").expect("the first answers in time");
    wishes.recv_timeout(LONG).expect("the wish arrives");
}

#[test]
fn nonsense_and_endless_lines_do_not_stop_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let instance = first(folder.path());
    let (wishes_in, wishes) = bounded(4);
    instance.listen(wishes_in).expect("the socket can be made");
    for nonsense in ["\n".to_owned(), "{\"open\":\"moon\"}\n".to_owned(), "x".repeat(100_000)] {
        let mut stream = UnixStream::connect(folder.path().join("socket")).expect("the socket answers");
        // The first hangs up on an endless line before it is all written.
        let _hung_up = stream.write_all(nonsense.as_bytes());
        let mut answer = String::new();
        let _reset = BufReader::new(stream).read_line(&mut answer);
        assert_ne!(answer.trim(), "ok");
    }
    second(folder.path()).ask(&wish(Command::Open(None))).expect("the first still answers");
    assert_eq!(wishes.recv_timeout(LONG).expect("the wish arrives"), wish(Command::Open(None)));
    assert!(wishes.is_empty(), "nonsense is no wish");
}

#[test]
fn a_folder_that_cannot_be_made_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("file"), "").expect("a file");
    let error = claim(&folder.path().join("file/run")).expect_err("a file is in the way");
    assert!(error.to_string().contains("file/run"), "{error}");
}
