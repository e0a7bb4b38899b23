//! The history on disk: survives torn lines, stays bounded, costs a sentence when it cannot be kept.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use stethoscope::history::{Entry, LARGEST, append, read};
use stethoscope::verdict::VerdictState;
use stethoscope_probes::practice::PracticeId;

fn entry(second: i64, practice: PracticeId) -> Entry {
    Entry {
        at: Timestamp::from_second(second).expect("a small number"),
        practice,
        from: Some(VerdictState::Pass),
        to: VerdictState::Fail,
        reason: "ufw says \"inactive\"\nand more".to_owned(),
        policy: "Home".to_owned(),
    }
}

#[test]
fn what_was_added_comes_back_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deep/er/history.jsonl");
    assert_eq!(read(&path).expect("no file is no error").entries, []);
    let (first, second) = (entry(1, PracticeId::Firewall), entry(2, PracticeId::ScreenLock));
    append(&path, std::slice::from_ref(&first)).expect("kept");
    append(&path, std::slice::from_ref(&second)).expect("kept");
    let history = read(&path).expect("readable");
    assert_eq!(history.entries, [first, second]);
    assert_eq!(history.skipped, 0);
}

#[test]
fn a_torn_last_line_costs_that_line_only_at_every_length() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.jsonl");
    append(&path, &[entry(1, PracticeId::Firewall)]).expect("kept");
    let whole = fs::read(&path).expect("written");
    append(&path, &[entry(2, PracticeId::ScreenLock)]).expect("kept");
    let both = fs::read(&path).expect("written");
    for length in whole.len()..both.len() {
        fs::write(&path, &both[..length]).expect("torn");
        append(&path, &[entry(3, PracticeId::RemoteLogin)]).expect("kept");
        let history = read(&path).expect("readable");
        let practices: Vec<PracticeId> = history.entries.iter().map(|entry| entry.practice).collect();
        // Without its line end only, the second line is still whole.
        let (expected, skipped): (&[PracticeId], usize) = if length == whole.len() {
            (&[PracticeId::Firewall, PracticeId::RemoteLogin], 0)
        } else if length == both.len() - 1 {
            (&[PracticeId::Firewall, PracticeId::ScreenLock, PracticeId::RemoteLogin], 0)
        } else {
            (&[PracticeId::Firewall, PracticeId::RemoteLogin], 1)
        };
        assert_eq!((practices.as_slice(), history.skipped), (expected, skipped), "torn at {length}");
    }
}

#[test]
fn bytes_that_are_no_text_are_skipped_and_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.jsonl");
    fs::write(&path, b"\xff\xfe\0garbage").expect("written");
    append(&path, &[entry(1, PracticeId::Firewall)]).expect("kept");
    let history = read(&path).expect("readable");
    assert_eq!((history.entries.len(), history.skipped), (1, 1));
    assert!(fs::read(&path).expect("written").starts_with(b"\xff\xfe\0garbage\n"));
}

#[test]
fn the_history_never_takes_more_than_two_files_of_the_largest_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.jsonl");
    let many: Vec<Entry> = (0..2000).map(|second| entry(second, PracticeId::Firewall)).collect();
    for _ in 0..12 {
        append(&path, &many).expect("kept");
    }
    let sizes: Vec<u64> = fs::read_dir(folder.path())
        .expect("listed")
        .map(|file| file.expect("a file").metadata().expect("a size").len())
        .collect();
    assert_eq!(sizes.len(), 2);
    assert!(sizes.iter().sum::<u64>() < 2 * LARGEST + LARGEST, "{sizes:?}");
    let entries = read(&path).expect("readable").entries;
    assert!(entries.len() >= 4000, "the newest entries are kept over a rotation: {}", entries.len());
    assert_eq!(entries.last().map(|entry| entry.at.as_second()), Some(1999));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_not_a_panic() {
    let error = append(Path::new("/dev/full"), &[entry(1, PracticeId::Firewall)]).expect_err("the disk is full");
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
}
