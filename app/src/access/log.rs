//! Who asked, and what became of it: visits on disk, one JSON line each, for the user to read.
//!
//! The same visit again within a minute raises a count where the line stands, so that a page that
//! asks without end cannot push everything else out of the log.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::view::{Visit, VisitResult};
use crate::files;

/// How long a visit is kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The largest the file gets, in bytes. Then the oldest go, strangers who learnt nothing first.
pub const LARGEST: u64 = 2 << 20;

/// What is left of it then. The room between the two is what keeps the file from being written anew
/// at every visit.
const LEFT: u64 = LARGEST / 4 * 3;

/// How many of the last lines are looked at for the same visit.
const REMEMBERED: usize = 32;

/// How often old visits are taken out while the program runs.
const TRIMMED_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// What is kept of one visit: so many names, each so many characters long.
const MOST_FIELDS: usize = 100;
const LONGEST_NAME: usize = 300;

/// The digits of the largest count. A line leaves room for them, so that it can be counted up in place.
const DIGITS: usize = 10;

/// The log as the one program that writes it holds it.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    /// Where the file ended when it was last written. Otherwise somebody else has written it.
    end: u64,
    /// The last lines and where they start.
    recent: Vec<(u64, Visit)>,
    trimmed: Timestamp,
}

impl Log {
    /// Opens the log, and takes out what is too old.
    pub fn open(path: PathBuf, now: Timestamp) -> io::Result<Self> {
        let mut log = Log { path, end: 0, recent: Vec::new(), trimmed: now };
        log.trim(now)?;
        Ok(log)
    }

    /// Adds a visit. What cannot be written leaves no half line.
    pub fn add(&mut self, visit: Visit) -> io::Result<()> {
        let now = visit.at;
        let visit = cut(visit);
        files::make_folder(self.path.parent().unwrap_or(Path::new(".")))?;
        let mut file = files::private().read(true).write(true).create(true).truncate(false).open(&self.path)?;
        let length = file.metadata()?.len();
        if length != self.end {
            self.recent.clear();
        }
        self.end = length;
        if self.count_up(&mut file, &visit)? {
            return Ok(());
        }
        let at = file.seek(SeekFrom::End(0))?;
        let mut bytes = Vec::new();
        if files::is_torn(&mut file)? {
            bytes.push(b'\n');
        }
        let start = at + bytes.len() as u64;
        bytes.extend(line(&visit)?);
        file.seek(SeekFrom::Start(at))?;
        if let Err(error) = file.write_all(&bytes) {
            // The next visit starts where this one would have. Where even that fails, the torn line is
            // skipped by whoever reads.
            let _torn = file.set_len(at);
            return Err(error);
        }
        self.end = at + bytes.len() as u64;
        if self.recent.len() >= REMEMBERED {
            self.recent.remove(0);
        }
        self.recent.push((start, visit));
        if self.end > LARGEST || now.duration_since(self.trimmed).abs() >= TRIMMED_EVERY {
            self.trim(now)?;
        }
        Ok(())
    }

    /// Raises the count of the same visit, if there was one a moment ago.
    fn count_up(&mut self, file: &mut File, visit: &Visit) -> io::Result<bool> {
        let Some((start, known)) = self.recent.iter_mut().rev().find(|(_, known)| known.clone().merge(visit)) else {
            return Ok(false);
        };
        let mut counted = known.clone();
        counted.merge(visit);
        file.seek(SeekFrom::Start(*start))?;
        file.write_all(&line(&counted)?)?;
        *known = counted;
        Ok(true)
    }

    /// Writes the file anew, if there is something to take out.
    fn trim(&mut self, now: Timestamp) -> io::Result<()> {
        self.trimmed = now;
        let Some(bytes) = bytes(&self.path)? else { return Ok(()) };
        let all = visits(&bytes);
        let kept = kept(all.clone(), now)?;
        if kept.len() == all.len() {
            // Nothing is too old or too much; a torn line harms nobody.
            return Ok(());
        }
        let mut text = Vec::new();
        for visit in &kept {
            text.extend(line(visit)?);
        }
        files::replace(&self.path, &text)?;
        self.recent.clear();
        self.end = text.len() as u64;
        Ok(())
    }
}

/// The visits of the last 30 days, oldest first. No file is an empty log, and a torn line is skipped.
pub fn read(path: &Path, now: Timestamp) -> io::Result<Vec<Visit>> {
    let path = path.to_owned();
    let mut all = files::in_time(files::READING, move || bytes(&path))?.map(|bytes| visits(&bytes)).unwrap_or_default();
    all.retain(|visit| is_young(visit, now));
    Ok(all)
}

/// What stays of the visits: the young ones, and of too many the newest.
fn kept(mut all: Vec<Visit>, now: Timestamp) -> io::Result<Vec<Visit>> {
    all.retain(|visit| is_young(visit, now));
    let sizes = all.iter().map(|visit| line(visit).map(|line| line.len() as u64)).collect::<io::Result<Vec<_>>>()?;
    let mut size: u64 = sizes.iter().sum();
    if size <= LARGEST {
        return Ok(all);
    }
    let mut goes = vec![false; all.len()];
    // Strangers can be as many as somebody cares to invent; what a site was told is what matters.
    let stranger = |visit: &Visit| visit.result == VisitResult::NotAllowed;
    for wanted in [true, false] {
        for (index, visit) in all.iter().enumerate() {
            if size > LEFT && !goes[index] && stranger(visit) == wanted {
                goes[index] = true;
                size -= sizes[index];
            }
        }
    }
    let mut goes = goes.into_iter();
    all.retain(|_| !goes.next().unwrap_or_default());
    Ok(all)
}

fn is_young(visit: &Visit, now: Timestamp) -> bool {
    now.duration_since(visit.at) < KEPT
}

/// The file, or its end if somebody else has made it larger than it can be.
fn bytes(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    // One visit may be added before it is seen that there are too many.
    let most = LARGEST * 2;
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn visits(bytes: &[u8]) -> Vec<Visit> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// One line, as long for every count.
fn line(visit: &Visit) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(visit)?;
    let digits = visit.times.to_string().len();
    line.extend(std::iter::repeat_n(b' ', DIGITS.saturating_sub(digits)));
    line.push(b'\n');
    Ok(line)
}

fn cut(mut visit: Visit) -> Visit {
    let shorten = |name: &mut String| {
        if let Some((end, _)) = name.char_indices().nth(LONGEST_NAME) {
            name.truncate(end);
            name.push('…');
        }
    };
    shorten(&mut visit.origin);
    if visit.fields.len() > MOST_FIELDS {
        visit.fields.truncate(MOST_FIELDS);
        visit.fields.push("…".to_owned());
    }
    visit.fields.iter_mut().for_each(shorten);
    visit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    fn visit(time: &str, origin: &str, result: VisitResult) -> Visit {
        let fields = vec!["policy.firewall".to_owned(), "device.osName".to_owned()];
        Visit { at: at(time), origin: origin.to_owned(), fields, result, times: 1 }
    }

    fn log() -> (tempfile::TempDir, PathBuf, Log) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state/web-visits.jsonl");
        let log = Log::open(path.clone(), at("2026-11-01T00:00:00Z")).expect("a log");
        (folder, path, log)
    }

    const SITE: &str = "https://login.example.com";

    #[test]
    fn the_same_visit_within_a_minute_is_counted_where_it_stands() {
        let (_folder, path, mut log) = log();
        log.add(visit("2026-11-01T00:00:00Z", SITE, VisitResult::Answered)).expect("added");
        log.add(visit("2026-11-01T00:00:01Z", "https://b.example", VisitResult::Refused)).expect("added");
        for second in 2..20 {
            let time = format!("2026-11-01T00:00:{second:02}Z");
            log.add(visit(&time, SITE, VisitResult::Answered)).expect("added");
        }
        log.add(visit("2026-11-01T00:00:30Z", SITE, VisitResult::TooOften)).expect("added");
        log.add(visit("2026-11-01T00:01:00Z", SITE, VisitResult::Answered)).expect("added");
        let all = read(&path, at("2026-11-01T00:02:00Z")).expect("a log");
        let said: Vec<(&str, u32)> = all.iter().map(|visit| (visit.origin.as_str(), visit.times)).collect();
        assert_eq!(said, [(SITE, 19), ("https://b.example", 1), (SITE, 1), (SITE, 1)]);
        assert_eq!(all[0].at, at("2026-11-01T00:00:00Z"), "the first of them is when it began");
    }

    #[test]
    fn a_torn_line_is_skipped_and_stays_alone() {
        let (_folder, path, mut log) = log();
        log.add(visit("2026-11-01T00:00:00Z", SITE, VisitResult::Answered)).expect("added");
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).expect("the file");
        file.write_all(b"{\"at\":\"2026-11-01T0").expect("torn");
        // The line before is not counted up: somebody else has written.
        log.add(visit("2026-11-01T00:00:01Z", SITE, VisitResult::Answered)).expect("added");
        let all = read(&path, at("2026-11-01T00:00:02Z")).expect("a log");
        assert_eq!(all.iter().map(|visit| visit.times).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn what_is_older_than_thirty_days_goes_at_the_start_and_while_it_runs() {
        let (_folder, path, mut log) = log();
        log.add(visit("2026-11-01T00:00:00Z", "https://old.example", VisitResult::Answered)).expect("added");
        log.add(visit("2026-11-30T23:00:00Z", SITE, VisitResult::Answered)).expect("added");
        assert_eq!(read(&path, at("2026-11-30T23:00:00Z")).expect("a log").len(), 2);
        assert_eq!(read(&path, at("2026-12-01T00:00:00Z")).expect("a log").len(), 1, "not shown either");
        log.add(visit("2026-12-02T00:00:00Z", SITE, VisitResult::Answered)).expect("added");
        let text = std::fs::read_to_string(&path).expect("the file");
        assert!(!text.contains("old.example") && text.lines().count() == 2, "{text}");
        let _again = Log::open(path.clone(), at("2026-12-31T12:00:00Z")).expect("a log");
        assert_eq!(std::fs::read_to_string(&path).expect("the file").lines().count(), 1);
    }

    #[test]
    fn too_many_visits_push_out_strangers_first_and_then_the_oldest() {
        let (_folder, path, mut log) = log();
        log.add(visit("2026-11-01T00:00:00Z", SITE, VisitResult::AnsweredWithIdentifiers)).expect("added");
        let long = "x".repeat(LONGEST_NAME);
        for number in 0..1000 {
            let mut stranger = visit("2026-11-01T00:00:01Z", &format!("{number}"), VisitResult::NotAllowed);
            stranger.fields = vec![long.clone(); 10];
            log.add(stranger).expect("added");
        }
        let size = std::fs::metadata(&path).expect("the file").len();
        assert!(size <= LARGEST, "{size}");
        let all = read(&path, at("2026-11-01T00:00:02Z")).expect("a log");
        assert_eq!(all[0].origin, SITE, "what a site was told is kept");
        assert_eq!(all.last().map(|visit| visit.origin.as_str()), Some("999"));
    }

    #[test]
    fn a_visit_cannot_be_as_long_as_it_likes() {
        let (_folder, path, mut log) = log();
        let mut endless = visit("2026-11-01T00:00:00Z", &"ö".repeat(100_000), VisitResult::NotAllowed);
        endless.fields = vec!["é".repeat(1000); 5000];
        log.add(endless).expect("added");
        let all = read(&path, at("2026-11-01T00:00:00Z")).expect("a log");
        assert_eq!((all[0].origin.chars().count(), all[0].fields.len()), (LONGEST_NAME + 1, MOST_FIELDS + 1));
    }

    #[cfg(unix)]
    #[test]
    fn the_log_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;

        let (_folder, path, mut log) = log();
        log.add(visit("2026-11-01T00:00:00Z", SITE, VisitResult::Answered)).expect("added");
        let mode = std::fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_log_that_cannot_be_written_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("state"), "in the way").expect("a file");
        let path = folder.path().join("state/web-visits.jsonl");
        let opened = Log::open(path, at("2026-11-01T00:00:00Z"));
        let failed = opened.and_then(|mut log| log.add(visit("2026-11-01T00:00:00Z", SITE, VisitResult::Answered)));
        failed.expect_err("a file is no folder");
    }
}
