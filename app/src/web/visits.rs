//! Keeps the log of who asked, and tells the window. Strangers get a few lines a minute, so that no page can
//! fill the log by inventing names.

use std::path::PathBuf;
use std::time::Duration;

use crate::access::log::Log;
use crate::access::view::{Visit, VisitResult};
use crate::files;

/// How many visits of sites that nobody decided on are written within a [`WINDOW`].
const STRANGERS: u32 = 20;

const WINDOW: Duration = Duration::from_secs(60);

/// The log, and what became of writing it.
#[derive(Debug)]
pub(super) struct Visits {
    file: PathBuf,
    log: Option<Log>,
    /// What was said last of a log that could not be written.
    problem: Option<String>,
    strangers: u32,
    since: Duration,
}

/// What came of keeping a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// The visit counts and is to be shown.
    pub(super) shown: bool,
    /// Something about the log has changed: what is wrong with it now, if anything.
    pub(super) problem: Option<Option<String>>,
}

impl Visits {
    pub(super) fn new(file: PathBuf) -> Self {
        Visits { file, log: None, problem: None, strangers: 0, since: Duration::ZERO }
    }

    /// Keeps a visit. `now` is the time since the start.
    pub(super) fn keep(&mut self, visit: Visit, now: Duration) -> Kept {
        if visit.result == VisitResult::NotAllowed {
            if now.saturating_sub(self.since) >= WINDOW {
                (self.strangers, self.since) = (0, now);
            }
            self.strangers = self.strangers.saturating_add(1);
            if self.strangers > STRANGERS {
                return Kept { shown: false, problem: None };
            }
        }
        let problem = self.write(visit).err();
        let changed = problem != self.problem;
        self.problem.clone_from(&problem);
        Kept { shown: true, problem: changed.then_some(problem) }
    }

    fn write(&mut self, visit: Visit) -> Result<(), String> {
        let (log, file) = (self.log.take(), self.file.clone());
        let written = files::in_time(files::READING, move || {
            let mut log = match log {
                Some(log) => log,
                None => Log::open(file, visit.at)?,
            };
            log.add(visit)?;
            Ok(log)
        });
        self.log = Some(written.map_err(|error| error.to_string())?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn visit(number: u32, result: VisitResult) -> Visit {
        let origin = format!("https://site-{number}.example");
        Visit { at: Timestamp::UNIX_EPOCH, origin, fields: Vec::new(), result, times: 1 }
    }

    #[test]
    fn strangers_cannot_fill_the_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("web-visits.jsonl");
        let mut visits = Visits::new(file.clone());
        let shown = |visits: &mut Visits, number, result, seconds| {
            visits.keep(visit(number, result), Duration::from_secs(seconds)).shown
        };
        let strangers = (0..100).filter(|number| shown(&mut visits, *number, VisitResult::NotAllowed, 1)).count();
        assert_eq!(strangers, 20);
        assert!(shown(&mut visits, 500, VisitResult::Answered, 1), "whoever may ask is always written");
        assert!(shown(&mut visits, 501, VisitResult::NotAllowed, 61));
        let lines = std::fs::read_to_string(&file).expect("the log").lines().count();
        assert_eq!(lines, 22);
    }

    #[test]
    fn a_log_that_cannot_be_written_is_said_once_and_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let blocked = folder.path().join("state");
        std::fs::write(&blocked, "in the way").expect("a file");
        let mut visits = Visits::new(blocked.join("web-visits.jsonl"));
        let first = visits.keep(visit(1, VisitResult::Answered), Duration::ZERO);
        assert!(matches!(first.problem, Some(Some(_))), "{first:?}");
        assert_eq!(visits.keep(visit(2, VisitResult::Answered), Duration::ZERO).problem, None, "said already");
        std::fs::remove_file(&blocked).expect("removed");
        assert_eq!(visits.keep(visit(3, VisitResult::Answered), Duration::ZERO).problem, Some(None));
    }
}
