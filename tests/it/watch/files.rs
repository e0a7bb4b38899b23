//! Files that come, go, are replaced, and lie behind folders and links that do.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use stethoscope_probes::finding::Finding;
use stethoscope_probes::host::{Host, Read, present};
use stethoscope_probes::practice::PracticeId;

use super::{Home, Watched, finding, fresh, probe, says};
use crate::disks::TinyDisk;

/// Reads `~/a/b/state`.
fn state(host: &dyn Host) -> Read<Finding> {
    let text = host.read_if_there(&format!("{}/a/b/state", host.user().home))?;
    let text = text.unwrap_or_else(|| "nothing".to_owned());
    Ok(finding(PracticeId::Firewall, text == "on", &text))
}

/// Counts what is in `~/many`.
fn many(host: &dyn Host) -> Read<Finding> {
    let names = present(host.list(&format!("{}/many", host.user().home)))?.unwrap_or_default();
    Ok(finding(PracticeId::SshKeys, !names.is_empty(), &names.len().to_string()))
}

fn mounts(host: &dyn Host) -> Read<Finding> {
    let text = host.read_text("/proc/self/mountinfo")?;
    Ok(finding(PracticeId::DiskEncryption, true, &text.lines().count().to_string()))
}

fn watched() -> Watched {
    let probes = vec![
        probe(PracticeId::Firewall, state),
        probe(PracticeId::SshKeys, many),
        probe(PracticeId::DiskEncryption, mounts),
    ];
    Watched::new(probes, Home::new(), stethoscope_probes::host::live::Buses::at(None, None))
}

#[test]
fn every_way_in_which_a_file_changes_is_seen() {
    let watched = watched();
    let home = watched.home.clone();
    let mut before = watched.scan();
    assert_eq!(says(&before, PracticeId::Firewall), "it says nothing");
    let mut sees = |what: &str, expected: &str, change: &dyn Fn()| {
        let (snapshot, _) = watched.sees(what, change);
        assert_eq!(says(&snapshot, PracticeId::Firewall), format!("it says {expected}"), "{what}");
        // Whoever else mounts something on this machine is heard too.
        let mut looked_at = fresh(&before, &snapshot);
        looked_at.retain(|practice| *practice != PracticeId::DiskEncryption);
        assert_eq!(looked_at, [PracticeId::Firewall], "{what}: nobody else");
        // On a busy machine the parts of a change may be told apart and looked at twice.
        before = watched.settle().unwrap_or(snapshot);
    };
    sees("the first of two folders", "nothing", &|| home.make("a"));
    sees("the second", "nothing", &|| home.make("a/b"));
    sees("the file", "on", &|| home.write("a/b/state", "on"));
    sees("written in place", "off", &|| home.write("a/b/state", "off"));
    sees("replaced by another one", "on", &|| {
        home.write("a/b/new", "on");
        fs::rename(home.path("a/b/new"), home.path("a/b/state")).expect("renamed");
    });
    sees("its rights", "on", &|| {
        fs::set_permissions(home.path("a/b/state"), fs::Permissions::from_mode(0o600)).expect("set");
    });
    sees("deleted", "nothing", &|| fs::remove_file(home.path("a/b/state")).expect("deleted"));
    sees("back again", "on", &|| home.write("a/b/state", "on"));
    sees("its folder is moved away", "nothing", &|| fs::rename(home.path("a"), home.path("z")).expect("moved"));
    watched.ignores("a file that was concerned once", || home.write("z/b/state", "off"));
    sees("a link in place of the folder", "off", &|| symlink("z", home.path("a")).expect("linked"));
    sees("the file behind the link", "on", &|| home.write("z/b/state", "on"));
    home.make("y");
    home.make("y/b");
    home.write("y/b/state", "other");
    sees("the link points elsewhere", "other", &|| {
        symlink("y", home.path("new")).expect("linked");
        fs::rename(home.path("new"), home.path("a")).expect("renamed");
    });
    sees("folders and file at once", "on", &|| {
        fs::remove_file(home.path("a")).expect("deleted");
        fs::create_dir_all(home.path("a/b")).expect("made");
        home.write("a/b/state", "on");
    });
}

#[test]
fn names_that_nobody_asked_for_wake_nobody() {
    let watched = watched();
    let home = &watched.home;
    watched.sees("a folder that is asked for", || home.make("a"));
    watched.settle();
    watched.ignores("a file beside it", || home.write("shopping", "milk"));
    watched.ignores("a folder beside it", || home.make("pictures"));
    watched.ignores("a file in it", || home.write("a/other", "on"));
    watched.ignores("reading", || assert!(fs::read_dir(home.path("a")).expect("listed").count() > 0));
}

#[test]
fn thousands_of_files_are_looked_at_once_and_only_by_whom_they_concern() {
    let watched = watched();
    let home = &watched.home;
    watched.sees("the folder", || home.make("many"));
    watched.settle();
    let before = watched.scan();
    let (mut snapshot, _) = watched.sees("5000 files", || {
        for number in 0..5000 {
            home.write(&format!("many/{number}"), "");
        }
    });
    let mut looks = 1;
    while let Ok(event) = watched.events.recv_timeout(super::QUIET * 2) {
        if let stethoscope::monitor::message::Event::Scanned(last) = event {
            snapshot = last;
            looks += 1;
        }
    }
    assert_eq!(says(&snapshot, PracticeId::SshKeys), "it says 5000");
    assert_eq!(fresh(&before, &snapshot), [PracticeId::SshKeys]);
    // A busy machine may need longer than a burst may last.
    assert!(looks <= 3, "{looks} looks");
}

#[test]
fn a_mount_is_seen_by_whom_it_concerns() {
    let watched = watched();
    let before = watched.scan();
    let mut disk = None;
    let (_, _) = match TinyDisk::mount() {
        None => return,
        Some(mounted) => watched.sees("a disk", || disk = Some(mounted)),
    };
    let (snapshot, _) = watched.sees("the disk goes", || drop(disk));
    assert_eq!(fresh(&before, &snapshot), [PracticeId::DiskEncryption]);
}
