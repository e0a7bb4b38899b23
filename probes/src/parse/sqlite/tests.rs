//! Databases that the real SQLite made, and what is left of them after damage.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::host::HostError;
use crate::host::parts::Whole;

/// Writes databases into a folder with the SQLite of Python.
const MADE: &str = include_str!("made.py");

/// Pages of 512 bytes, of which 32 are kept for something else: `.filectrl reserve_bytes 32`.
const RESERVED: &[u8] = include_bytes!("reserved.db");

fn made() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new("python3").args(["-c", MADE]).arg(folder.path()).output();
    let output = output.expect("python3 makes the databases; tests/run lists it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn part(name: &str, bytes: Vec<u8>) -> Box<dyn Parts> {
    Box::new(Whole::new(name, Arc::new(bytes)))
}

/// Each row as `made.py` writes it: number, length, sum and last bytes.
fn rows(file: Vec<u8>, wal: Option<Vec<u8>>) -> Read<Vec<String>> {
    let mut found = Vec::new();
    open(part("db", file), wal.map(|wal| part("db-wal", wal)))?.rows("Packages", &mut |row| {
        let Some(length) = row.blob_length(1) else { return Err(row.garbled("no blob")) };
        let data = row.start(1, length)?;
        let sum: u64 = data.iter().map(|byte| u64::from(*byte)).sum();
        let last: String = data[data.len().saturating_sub(8)..].iter().map(|byte| format!("{byte:02x}")).collect();
        found.push(format!("{} {} {sum} {last}", row.number, data.len()));
        Ok(())
    })?;
    Ok(found)
}

fn file(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).expect("made.py wrote it")
}

#[test]
fn what_the_real_sqlite_wrote_is_read_as_it_reads_it() {
    let folder = made();
    let mut compared = 0;
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("plain");
        let Some(name) = name.strip_suffix(".rows") else { continue };
        let expected = String::from_utf8(file(folder.path(), &format!("{name}.rows"))).expect("text");
        let wal = std::fs::read(folder.path().join(format!("{name}-wal"))).ok();
        assert_eq!(wal.is_some(), name.starts_with("log-"), "{name}");
        let found = rows(file(folder.path(), name), wal);
        let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(found.iter().map(String::as_str).eq(expected.lines()), "{name}: {} rows", found.len());
        compared += 1;
    }
    assert_eq!(compared, 9 + 3 * 4);
}

#[test]
fn bytes_that_are_kept_for_something_else_hold_no_content() {
    let found = rows(RESERVED.to_vec(), None).expect("a good database");
    assert_eq!(found.len(), 3);
    assert!(found[1].starts_with("2 2000 "), "{found:?}");
}

#[test]
fn only_the_start_of_a_long_value_is_read() {
    struct Counting(Whole, Arc<std::sync::atomic::AtomicU64>);
    impl Parts for Counting {
        fn path(&self) -> &str {
            self.0.path()
        }
        fn size(&self) -> u64 {
            self.0.size()
        }
        fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Read<()> {
            self.1.fetch_add(buffer.len() as u64, std::sync::atomic::Ordering::Relaxed);
            self.0.read_at(offset, buffer)
        }
    }
    let folder = made();
    let bytes = Arc::new(file(folder.path(), "pages-4096"));
    let read = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counting = Counting(Whole::new("db", Arc::clone(&bytes)), Arc::clone(&read));
    let mut longest = 0;
    let database = open(Box::new(counting), None).expect("a good database");
    let starts = database.rows("Packages", &mut |row| {
        longest = longest.max(row.blob_length(1).unwrap_or(0));
        row.start(1, 100).map(drop)
    });
    assert_eq!((starts, longest), (Ok(()), 70_000));
    let read = read.load(std::sync::atomic::Ordering::Relaxed);
    assert!(read < bytes.len() as u64 / 3, "{read} of {} bytes", bytes.len());
}

#[test]
fn torn_and_lying_files_are_told() {
    let folder = made();
    let good = file(folder.path(), "small");
    assert!(rows(good.clone(), None).is_ok());
    let problem = |file: Vec<u8>, wal: Option<Vec<u8>>| match rows(file, wal) {
        Err(HostError::Garbled(_, problem)) => problem,
        other => panic!("{other:?}"),
    };
    assert!(problem(Vec::new(), None).contains("too short"));
    assert!(problem(vec![b'x'; 4096], None).contains("no SQLite"));
    assert!(problem(good[..good.len() - 512].to_vec(), None).contains("cut short"));
    // The page of the rows leads to itself, so that there is no end.
    let mut circle = good.clone();
    let root = 512;
    assert_eq!(circle[root], 0x05, "the table has an inner page");
    circle[root + 8..root + 12].copy_from_slice(&2_u32.to_be_bytes());
    assert!(problem(circle, None).contains("circles"));
    let mut nowhere = good.clone();
    nowhere[root + 8..root + 12].copy_from_slice(&9999_u32.to_be_bytes());
    assert!(problem(nowhere, None).contains("does not have"));
    let mut other = good;
    other[56..60].copy_from_slice(&2_u32.to_be_bytes());
    assert!(problem(other, None).contains("UTF-8"));
    let mut foreign = file(folder.path(), "log-512-finished-wal");
    foreign.splice(8..12, 1024_u32.to_be_bytes());
    let sum = {
        // Its own checksum, so that it is believed.
        let word = |at: usize| u32::from_le_bytes(foreign[at..at + 4].try_into().expect("four"));
        let (mut one, mut two) = (0_u32, 0_u32);
        for at in [0, 8, 16] {
            one = one.wrapping_add(word(at)).wrapping_add(two);
            two = two.wrapping_add(word(at + 4)).wrapping_add(one);
        }
        [one.to_be_bytes(), two.to_be_bytes()].concat()
    };
    foreign.splice(24..32, sum);
    assert!(problem(file(folder.path(), "log-512-finished"), Some(foreign)).contains("does not fit"));
}

#[test]
fn a_log_counts_up_to_where_it_is_sound() {
    let folder = made();
    let (database, wal) = (file(folder.path(), "log-512-finished"), file(folder.path(), "log-512-finished-wal"));
    let before = rows(file(folder.path(), "log-512-carried-over"), None).expect("good");
    let after = rows(database.clone(), Some(wal.clone())).expect("good");
    assert_ne!(before, after);
    // As if the machine had stopped while the log was being written.
    let mut last_damaged = wal.clone();
    *last_damaged.last_mut().expect("not empty") ^= 1;
    for torn in [Vec::new(), wal[..31].to_vec(), wal[..32].to_vec(), wal[..1000].to_vec(), vec![0; 5000]] {
        assert_eq!(rows(database.clone(), Some(torn)), Ok(before.clone()));
    }
    for torn in [wal[..wal.len() - 1].to_vec(), last_damaged] {
        let found = rows(database.clone(), Some(torn)).expect("an earlier state");
        assert_ne!(found, after, "the last change is not whole");
    }
}

#[test]
fn no_damage_makes_it_break_or_go_on_for_ever() {
    let folder = made();
    let mut seed: u64 = 0x5eed;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let files = [("small", None), ("log-small", Some("log-small-wal"))];
    for (name, wal) in files {
        let good = file(folder.path(), name);
        let wal = wal.map(|wal| file(folder.path(), wal));
        for _ in 0..400 {
            let (mut bad, mut bad_wal) = (good.clone(), wal.clone());
            for _ in 0..1 + random(4) {
                // Where the numbers are that lead somewhere: the starts of pages.
                let within = if random(2) == 0 { 32 } else { 512 };
                let at = random(bad.len() / 512) * 512 + random(within);
                bad[at] = [0, 1, 0x7f, 0xff, random(256) as u8][random(5)];
            }
            if random(4) == 0 {
                bad.truncate(random(good.len()));
            }
            if let Some(wal) = &mut bad_wal
                && random(2) == 0
            {
                wal.truncate(random(wal.len()));
            }
            let _any_answer = rows(bad, bad_wal);
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(body in proptest::collection::vec(any::<u8>(), 0..1500), log in proptest::collection::vec(any::<u8>(), 0..1500)) {
        let head = [b"SQLite format 3\0".as_slice(), &[2, 0, 2, 2, 0, 64, 32, 32]].concat();
        let wal = [0x377f_0682_u32, 3_007_000, 512].iter().flat_map(|word| word.to_be_bytes());
        let _any_answer = rows([head, body.clone()].concat(), Some(wal.chain(log.clone()).collect()));
        let _any_answer = rows(body, Some(log));
    }
}
