//! The real inotify, without the thread.

use super::*;

/// Who asked for `names` below a folder.
fn asked(folder: &std::path::Path, names: &[(&str, bool)]) -> Asked {
    let mut asked = Asked::default();
    for (name, listed) in names {
        asked.paths.insert(folder.join(name).to_str().expect("a plain path").into(), *listed);
    }
    asked
}

fn follow(files: &mut Files, asked: &Asked, since: jiff::Timestamp) -> Practices {
    files.follow([(PracticeId::Firewall, asked)].into_iter(), since)
}

fn later() -> jiff::Timestamp {
    jiff::Timestamp::now() + jiff::SignedDuration::from_secs(60)
}

#[test]
fn what_the_kernel_throws_away_is_said() {
    let most = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").expect("Linux has a limit");
    let most: usize = most.trim().parse().expect("a number");
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Files::new();
    let names = asked(folder.path(), &[("", true)]);
    assert!(follow(&mut files, &names, later()).is_empty(), "all of it is old");
    // Two events for each: it came, and it went.
    let both = [folder.path().join("one"), folder.path().join("two")];
    for number in 0..=most {
        let [from, to] = if number % 2 == 0 { [&both[0], &both[1]] } else { [&both[1], &both[0]] };
        if number == 0 {
            std::fs::write(from, "").expect("written");
        }
        std::fs::rename(from, to).expect("renamed");
    }
    let heard = files.hear();
    assert!(heard.overflow && files.is_stale(), "{heard:?}");
    assert!(heard.practices.contains(PracticeId::Firewall));
    let heard = files.hear();
    assert!(!heard.overflow && heard.practices.is_empty(), "it is said once: {heard:?}");
}

#[test]
fn what_came_between_the_reading_and_the_watching_is_told_once() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a"), "").expect("written");
    let mut files = Files::new();
    let names = asked(folder.path(), &[("a", false), ("absent/b", false)]);
    let long_ago = jiff::Timestamp::UNIX_EPOCH;
    assert_eq!(follow(&mut files, &names, long_ago), PracticeId::Firewall.into(), "everything is younger than that");
    assert_eq!(follow(&mut files, &names, long_ago), Practices::NONE, "it was watched since");
    // Another file system may be there now: the same folder is not.
    files.doubt();
    assert!(files.is_stale());
    std::fs::rename(folder.path(), folder.path().with_extension("old")).expect("moved");
    std::fs::create_dir(folder.path()).expect("made");
    assert!(files.hear().practices.contains(PracticeId::Firewall));
    assert_eq!(follow(&mut files, &names, later()), PracticeId::Firewall.into(), "the folder is another one");
    assert_eq!(follow(&mut files, &names, later()), Practices::NONE);
    std::fs::remove_dir_all(folder.path().with_extension("old")).expect("removed");
}

#[test]
fn what_comes_while_the_watching_begins_is_told_too() {
    // So many that looking takes milliseconds, in which it comes.
    let many: Vec<String> = (0..2000).map(|number| format!("other-{number}")).collect();
    let names: Vec<(&str, bool)> =
        many.iter().map(|name| (name.as_str(), false)).chain([("absent/b", false)]).collect();
    for round in 0..30 {
        let folder = tempfile::tempdir().expect("a folder");
        // What is younger than this is looked at in any case.
        std::thread::sleep(std::time::Duration::from_millis(50));
        let names = asked(folder.path(), &names);
        let began = jiff::Timestamp::now();
        let mut files = Files::new();
        let told = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(std::time::Duration::from_micros(200 * round));
                std::fs::create_dir(folder.path().join("absent")).expect("made");
            });
            follow(&mut files, &names, began)
        });
        assert!((told | files.hear().practices).contains(PracticeId::Firewall), "in round {round}");
    }
}

#[test]
fn what_is_no_longer_asked_for_is_no_longer_watched() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("sub")).expect("made");
    let mut files = Files::new();
    follow(&mut files, &asked(folder.path(), &[("sub/a", false)]), later());
    let watched = files.watched.len();
    assert_eq!(files.news_of_left_out(), None, "every folder can be watched");
    follow(&mut files, &asked(folder.path(), &[("a", false)]), later());
    assert_eq!((files.watched.len(), files.folders.len()), (watched - 1, watched - 1));
    std::fs::write(folder.path().join("sub/a"), "").expect("written");
    assert!(files.hear().practices.is_empty());
    std::fs::write(folder.path().join("a"), "").expect("written");
    assert!(files.hear().practices.contains(PracticeId::Firewall));
}

/// The limits of this test's own namespace.
const INSTANCES: &str = "/proc/sys/user/max_inotify_instances";
const WATCHES: &str = "/proc/sys/user/max_inotify_watches";

#[test]
fn where_the_user_has_no_inotify_left_it_is_tried_again_with_the_next_scan() {
    const INSIDE: &str = "STETHOSCOPE_TEST_INSIDE";
    if std::env::var_os(INSIDE).is_none() {
        let name = "where_the_user_has_no_inotify_left_it_is_tried_again_with_the_next_scan";
        let mut run = std::process::Command::new("unshare");
        run.args(["--user", "--map-root-user"]).arg(std::env::current_exe().expect("a test is a program"));
        let exact = format!("host::live::watch::files::tests::{name}");
        let output = run.args(["--exact", &exact]).env(INSIDE, "1").output().expect("unshare is installed");
        let said = String::from_utf8_lossy(&output.stderr);
        if said.starts_with("unshare: ") {
            #[expect(clippy::print_stderr, reason = "a test that does not run has to say so")]
            let () = eprintln!("SKIPPED: no namespace of its own can be had here: {said}");
            return;
        }
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && out.contains("1 passed"), "{out}\n{said}");
        return;
    }
    let limit = |which: &str, number: &str| std::fs::write(which, number).expect("root of this namespace may");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a"), "").expect("written");
    let names = asked(folder.path(), &[("a", false)]);
    let long_ago = jiff::Timestamp::UNIX_EPOCH;
    let mut files = Files::new();
    for full in [INSTANCES, WATCHES] {
        limit(full, "0");
        follow(&mut files, &names, long_ago);
        assert!(files.is_stale() && files.watched.is_empty(), "{full}");
        assert_eq!(files.fd().is_some(), full == WATCHES);
        assert_eq!(files.hear().practices, Practices::NONE);
        limit(full, "100");
    }
    assert!(files.news_of_left_out().is_some_and(|folders| folders > 1));
    assert_eq!(follow(&mut files, &names, long_ago), PracticeId::Firewall.into(), "it may have changed unheard");
    assert!(!files.is_stale());
    assert_eq!(files.news_of_left_out(), Some(0));
    std::fs::write(folder.path().join("a"), "").expect("written");
    assert!(files.hear().practices.contains(PracticeId::Firewall));
}
