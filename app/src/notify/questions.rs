//! Which questions of web sites stand on the screen. Pure: what waits comes in, notices go out.
//!
//! A question does not settle and is not put off: somebody sits in front of a page that waits.

use super::{Key, Kind, Notice, words};
use crate::access::view::Question;
use crate::site::Origin;

/// So many questions are shown at once. The window shows all.
pub const MOST: usize = 3;

/// The questions that were shown and still wait, whether or not the user has put their message away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    standing: Vec<Standing>,
    /// How many there were. Each is a message of its own.
    counted: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Standing {
    origin: Origin,
    second: bool,
    key: Key,
}

impl Shown {
    /// What to show and to take away, now that these questions wait, oldest first. In `quiet` times a
    /// question is left to the window.
    pub fn decide(&mut self, waiting: &[Question], quiet: bool) -> Vec<Notice> {
        let waits = |standing: &Standing| {
            waiting.iter().any(|question| question.origin == standing.origin && question.second == standing.second)
        };
        let gone = self.standing.extract_if(.., |standing| !waits(standing));
        let mut notices: Vec<Notice> = gone.map(|standing| words::withdrawn(standing.key)).collect();
        if quiet {
            return notices;
        }
        for question in waiting {
            let is_shown = |standing: &Standing| standing.origin == question.origin;
            if self.standing.len() >= MOST || self.standing.iter().any(is_shown) {
                continue;
            }
            self.counted += 1;
            let key = Key::Question(self.counted);
            self.standing.push(Standing { origin: question.origin.clone(), second: question.second, key });
            notices.push(words::question(question, key));
        }
        notices
    }
}

impl Notice {
    /// Whether it asks on behalf of a web site.
    pub fn is_question(&self) -> bool {
        self.kind == Kind::Asks || matches!(self.key, Key::Question(_))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn question(site: &str, second: bool) -> Question {
        Question {
            origin: format!("https://{site}.example").parse().expect("an origin"),
            practices: Vec::new(),
            facts: Vec::new(),
            identifiers: Vec::new(),
            second,
            since: Timestamp::UNIX_EPOCH,
        }
    }

    fn said(notices: &[Notice]) -> Vec<String> {
        notices.iter().map(|notice| format!("{:?} {:?} {}", notice.kind, notice.key, notice.title)).collect()
    }

    #[test]
    fn a_question_is_shown_once_and_goes_when_it_is_answered() {
        let mut shown = Shown::default();
        let waiting = [question("a", false)];
        let first = ["Asks Question(1) a.example wants to know about this computer"];
        assert_eq!(said(&shown.decide(&waiting, false)), first);
        assert!(shown.decide(&waiting, false).is_empty());
        assert_eq!(said(&shown.decide(&[], false)), ["Withdrawn Question(1) "]);
        let second = ["Asks Question(2) a.example wants to know which computer this is"];
        assert_eq!(said(&shown.decide(&[question("a", true)], false)), second);
    }

    #[test]
    fn at_most_three_stand_at_once_and_the_next_comes_when_one_goes() {
        let mut shown = Shown::default();
        let waiting: Vec<Question> = ["a", "b", "c", "d", "e"].map(|site| question(site, false)).to_vec();
        assert_eq!(shown.decide(&waiting, false).len(), MOST);
        let notices = said(&shown.decide(&waiting[1..], false));
        assert_eq!(notices, ["Withdrawn Question(1) ", "Asks Question(4) d.example wants to know about this computer"]);
    }

    #[test]
    fn quiet_times_leave_it_to_the_window() {
        let mut shown = Shown::default();
        assert!(shown.decide(&[question("a", false)], true).is_empty());
        shown.decide(&[question("a", false)], false);
        assert_eq!(said(&shown.decide(&[], true)), ["Withdrawn Question(1) "], "what stands still goes");
    }
}
