//! What a finding comes to in the answers of the old Stethoscope, whose pages know no *could not tell*.
//!
//! The old app's own table is kept where a page could rely on it. Where it said something untrue, or
//! broke, this program goes its own way:
//!
//! | case | the old app | here, and why |
//! |---|---|---|
//! | could not tell, `NEVER` | FAIL | the same: a page that forbids a thing would rather hear no. `strict` says UNKNOWN |
//! | could not tell, anything else | PASS | the same, because pages expect it. `strict` says UNKNOWN |
//! | this machine has no such thing, `NEVER` | FAIL | PASS: what a machine lacks it does not do. The old app meant by it that it could not look |
//! | half on (a nudge), `NEVER` | NUDGE | FAIL: a part of what is forbidden is forbidden |
//! | `firewall: null` and the like | as `ALWAYS` | the same |
//! | `osVersion`, `screenIdle`, `applications` or `stethoscopeVersion: null` | every answer null | not asked, so only this answer is null |
//! | `openWifiConnections` | true where no open network is remembered | the same, so On becomes false. `NEVER` means what `ALWAYS` does: nobody asks for an open network |
//! | `osVersion` with `ubuntu`, `all` | never read | the key that fits this machine most closely counts |
//! | `osVersion` without a key for this system | FAIL | the same: the page names the systems it takes |
//! | `osVersion` of a system without a version (Arch) | compared as 0.0.0 | could not tell |
//! | `screenIdle` on Linux | never true | the seconds are compared |
//! | an application rule for another system | later rules were mixed up | left out, and each rule keeps its own answer |
//! | an application rule for versions of a system without a version | left out | stays, and could not be told |
//! | application names | a regular expression, first hit | plain text, case aside; where several fit, the worst counts |
//! | an application list that lacks something, name not in it | not installed | `UNKNOWN`, which passes: it may be in the part nobody could read |
//! | version of a Debian package, second look | the epoch was taken for the version | cleaned both times |
//! | one check that breaks | every answer null | that check could not tell |
//! | `applications` of the device | `[]`, or an error | null: what is installed is told rule by rule only |

pub mod apps;
pub mod debian;
pub mod range;
pub mod system;

use stethoscope_probes::finding::Observation;
use stethoscope_probes::practice::{Platform, PracticeId};

/// What the old app calls the result of a check, before it is held against a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    True,
    False,
    /// Between the two: an older version that is still good enough.
    Nudge,
    /// This machine has no such thing.
    Unsupported,
    /// Could not tell.
    Unknown,
}

/// The old app's words for a requirement that can be met or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Always,
    Suggested,
    IfSupported,
    Never,
    /// The key was there without a word. Versions and durations are asked for in this way too.
    Plainly,
}

/// An answer as the old app's pages know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Pass,
    Nudge,
    Fail,
    /// Only in strict answers.
    Unknown,
}

/// The answer for old pages, and the one that does not hide what could not be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    pub legacy: Answer,
    pub strict: Answer,
}

/// Holds the result of a check against a requirement.
pub fn judge(found: Found, asked: Asked) -> Answers {
    let same = |answer| Answers { legacy: answer, strict: answer };
    match (found, asked) {
        (Found::True, Asked::Never) => same(Answer::Fail),
        (Found::True, _) => same(Answer::Pass),
        (Found::False, Asked::Never) => same(Answer::Pass),
        (Found::False, Asked::Suggested) => same(Answer::Nudge),
        (Found::False, _) => same(Answer::Fail),
        (Found::Nudge, Asked::Never) => same(Answer::Fail),
        (Found::Nudge, _) => same(Answer::Nudge),
        (Found::Unsupported, Asked::Always | Asked::Plainly) => {
            Answers { legacy: Answer::Pass, strict: Answer::Unknown }
        }
        (Found::Unsupported, _) => same(Answer::Pass),
        (Found::Unknown, Asked::Never) => Answers { legacy: Answer::Fail, strict: Answer::Unknown },
        (Found::Unknown, _) => Answers { legacy: Answer::Pass, strict: Answer::Unknown },
    }
}

/// The answer to everything: the worst one. `None` where nothing was asked.
pub fn overall(answers: impl IntoIterator<Item = Answer>) -> Option<Answer> {
    let weight = |answer: &Answer| match answer {
        Answer::Pass => 0,
        Answer::Unknown => 1,
        Answer::Nudge => 2,
        Answer::Fail => 3,
    };
    answers.into_iter().max_by_key(weight)
}

/// The old app's result of a check that is on or off. `longest_lock`: how many seconds may pass on Windows
/// until the screen locks.
pub fn switch(practice: PracticeId, observation: &Observation, platform: Platform, longest_lock: i32) -> Found {
    match observation {
        // The old app asks whether all networks are closed.
        Observation::On if practice == PracticeId::OpenWifiConnections => Found::False,
        Observation::Off if practice == PracticeId::OpenWifiConnections => Found::True,
        Observation::On => Found::True,
        Observation::Off => Found::False,
        Observation::Seconds(seconds) if practice == PracticeId::ScreenLock && platform == Platform::Windows => {
            if i64::from(*seconds) <= i64::from(longest_lock) {
                Found::True
            } else {
                Found::False
            }
        }
        Observation::Unsupported(_) => Found::Unsupported,
        Observation::Unknown(_) | Observation::Seconds(_) | Observation::Version(_) | Observation::Items(_) => {
            Found::Unknown
        }
    }
}

/// What is meant by asking that for this practice.
pub fn meant(practice: PracticeId, asked: Asked) -> Asked {
    match (practice, asked) {
        (PracticeId::OpenWifiConnections, Asked::Never) => Asked::Always,
        (_, asked) => asked,
    }
}

/// Whether the screen goes idle within a range such as `<=300`, in seconds.
pub fn idle(observation: &Observation, range: &str) -> Found {
    match observation {
        Observation::Off => Found::False,
        // Zero can mean at once or never, and a switch that is on does not say after how long.
        Observation::Seconds(0) | Observation::On => Found::Unknown,
        Observation::Seconds(seconds) => match range::satisfies([u64::from(*seconds), 0, 0], range) {
            true => Found::True,
            false => Found::False,
        },
        Observation::Unsupported(_) => Found::Unsupported,
        Observation::Unknown(_) | Observation::Version(_) | Observation::Items(_) => Found::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use stethoscope_probes::text;

    use super::*;

    #[test]
    fn every_result_meets_every_requirement() {
        use Answer::{Fail, Nudge, Pass, Unknown};
        const ASKED: [Asked; 5] = [Asked::Always, Asked::Suggested, Asked::IfSupported, Asked::Never, Asked::Plainly];
        let table = [
            (Found::True, [Pass, Pass, Pass, Fail, Pass], [Pass, Pass, Pass, Fail, Pass]),
            (Found::False, [Fail, Nudge, Fail, Pass, Fail], [Fail, Nudge, Fail, Pass, Fail]),
            (Found::Nudge, [Nudge, Nudge, Nudge, Fail, Nudge], [Nudge, Nudge, Nudge, Fail, Nudge]),
            (Found::Unsupported, [Pass, Pass, Pass, Pass, Pass], [Unknown, Pass, Pass, Pass, Unknown]),
            (Found::Unknown, [Pass, Pass, Pass, Fail, Pass], [Unknown, Unknown, Unknown, Unknown, Unknown]),
        ];
        for (found, legacy, strict) in table {
            for ((asked, legacy), strict) in ASKED.into_iter().zip(legacy).zip(strict) {
                assert_eq!(judge(found, asked), Answers { legacy, strict }, "{found:?} {asked:?}");
            }
        }
    }

    #[test]
    fn the_worst_answer_is_the_answer_to_everything() {
        use Answer::{Fail, Nudge, Pass, Unknown};
        assert_eq!(overall([]), None);
        assert_eq!(overall([Pass, Pass]), Some(Pass));
        assert_eq!(overall([Pass, Unknown]), Some(Unknown));
        assert_eq!(overall([Nudge, Unknown, Pass]), Some(Nudge));
        assert_eq!(overall([Nudge, Fail, Unknown]), Some(Fail));
    }

    #[test]
    fn observations_become_the_old_results() {
        let unsupported = Observation::Unsupported(text!("there is none"));
        let unknown = Observation::Unknown(text!("nobody would say"));
        let cases = [
            (PracticeId::Firewall, Observation::On, Found::True),
            (PracticeId::Firewall, Observation::Off, Found::False),
            (PracticeId::RemoteLogin, Observation::On, Found::True),
            (PracticeId::OpenWifiConnections, Observation::On, Found::False),
            (PracticeId::OpenWifiConnections, Observation::Off, Found::True),
            (PracticeId::OpenWifiConnections, unsupported.clone(), Found::Unsupported),
            (PracticeId::Firewall, unsupported, Found::Unsupported),
            (PracticeId::Firewall, unknown, Found::Unknown),
            (PracticeId::Firewall, Observation::Seconds(5), Found::Unknown),
            (PracticeId::Firewall, Observation::Items(Vec::new()), Found::Unknown),
        ];
        for (practice, observation, found) in cases {
            assert_eq!(switch(practice, &observation, Platform::Linux, 600), found, "{practice} {observation:?}");
        }
        let lock = |seconds, platform| switch(PracticeId::ScreenLock, &Observation::Seconds(seconds), platform, 600);
        assert_eq!(lock(600, Platform::Windows), Found::True);
        assert_eq!(lock(601, Platform::Windows), Found::False);
        assert_eq!(lock(600, Platform::Linux), Found::Unknown);
        assert_eq!(meant(PracticeId::OpenWifiConnections, Asked::Never), Asked::Always);
        assert_eq!(meant(PracticeId::RemoteLogin, Asked::Never), Asked::Never);
    }

    #[test]
    fn idling_is_compared_in_seconds() {
        let cases = [
            (Observation::Seconds(300), "<=300", Found::True),
            (Observation::Seconds(301), "<=300", Found::False),
            (Observation::Seconds(301), ">=300 <600", Found::True),
            (Observation::Seconds(300), "abc", Found::False),
            (Observation::Seconds(0), "<=300", Found::Unknown),
            (Observation::On, "<=300", Found::Unknown),
            (Observation::Off, "<=300", Found::False),
            (Observation::Unsupported(text!("none")), "<=300", Found::Unsupported),
            (Observation::Unknown(text!("why")), "<=300", Found::Unknown),
        ];
        for (observation, range, found) in cases {
            assert_eq!(idle(&observation, range), found, "{observation:?} {range}");
        }
    }
}
