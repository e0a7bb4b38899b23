//! Applications: one rule of a page's policy held against what is installed.

use stethoscope_probes::finding::{Confidence, Finding, Item, Observation};

use super::range::{self, Version};
use super::{Answer, Answers, Asked, Found, debian, judge};

/// One rule, as far as it is about the application.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The exact name of a package, or the one a person sees. Case does not count, and nothing in it is
    /// a pattern.
    pub name: &'a str,
    pub asked: Asked,
    /// Without it any version is good.
    pub version: Option<&'a str>,
}

/// Where an application stands, in the old app's words and one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Valid,
    InvalidInstallState,
    InvalidVersion,
    SuggestedInstall,
    SuggestedUpgrade,
    /// Could not tell.
    Unknown,
}

impl State {
    pub fn wire_name(self) -> &'static str {
        match self {
            State::Valid => "VALID",
            State::InvalidInstallState => "INVALID_INSTALL_STATE",
            State::InvalidVersion => "INVALID_VERSION",
            State::SuggestedInstall => "SUGGESTED_INSTALL",
            State::SuggestedUpgrade => "SUGGESTED_UPGRADE",
            State::Unknown => "UNKNOWN",
        }
    }

    fn answers(self) -> Answers {
        match self {
            State::Valid => judge(Found::True, Asked::Always),
            State::InvalidInstallState | State::InvalidVersion => judge(Found::False, Asked::Always),
            State::SuggestedInstall | State::SuggestedUpgrade => judge(Found::False, Asked::Suggested),
            State::Unknown => judge(Found::Unknown, Asked::Always),
        }
    }
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub state: State,
    pub answers: Answers,
    /// `None` where that could not be told.
    pub installed: Option<bool>,
    /// As the package manager writes it.
    pub version: Option<String>,
}

impl Judged {
    fn new(state: State, installed: Option<bool>, item: Option<&Item>) -> Self {
        let version = item.map(|item| item.version.clone()).filter(|version| !version.is_empty());
        Judged { state, answers: state.answers(), installed, version }
    }

    /// Whether the rule counts here, or what is installed, could not be told.
    pub fn unknown(asked: Asked) -> Self {
        let answers = judge(Found::Unknown, asked);
        Judged { state: State::Unknown, answers, installed: None, version: None }
    }
}

/// Holds a rule against the list of applications.
pub fn held(list: Option<&Finding>, wanted: &Wanted<'_>) -> Judged {
    let Some(Finding { observation: Observation::Items(items), confidence, .. }) = list else {
        return Judged::unknown(wanted.asked);
    };
    let name = wanted.name.to_lowercase();
    let same = |other: &str| other.to_lowercase() == name;
    let there = items.iter().filter(|item| same(&item.name) || item.label.as_deref().is_some_and(same));
    let judged = there.map(|item| present(item, wanted));
    // The same program from two package managers: the old one can still be started.
    judged.max_by_key(|judged| weight(judged.state)).unwrap_or_else(|| absent(*confidence, wanted.asked))
}

fn weight(state: State) -> u8 {
    match state {
        State::Valid => 0,
        State::Unknown => 1,
        State::SuggestedInstall | State::SuggestedUpgrade => 2,
        State::InvalidVersion | State::InvalidInstallState => 3,
    }
}

fn absent(confidence: Confidence, asked: Asked) -> Judged {
    if confidence == Confidence::Inferred {
        // The old app's lists lacked things too, and passed what was not in them.
        return Judged::new(State::Unknown, None, None);
    }
    let state = match asked {
        Asked::Always | Asked::Plainly => State::InvalidInstallState,
        Asked::Suggested => State::SuggestedInstall,
        Asked::IfSupported | Asked::Never => State::Valid,
    };
    Judged::new(state, Some(false), None)
}

fn present(item: &Item, wanted: &Wanted<'_>) -> Judged {
    let state = match (wanted.asked, wanted.version) {
        (Asked::Never, _) => State::InvalidInstallState,
        (_, None) => State::Valid,
        (asked, Some(range)) => match version(&item.version) {
            None => State::Unknown,
            Some(version) if range::satisfies(version, range) => State::Valid,
            Some(_) if asked == Asked::Suggested => State::SuggestedUpgrade,
            Some(_) => State::InvalidVersion,
        },
    };
    Judged::new(state, Some(true), Some(item))
}

/// A package's version as its makers count it.
fn version(written: &str) -> Option<Version> {
    // Debian ships `5.9+really5.8` when 5.9 had to be taken back: 5.8 is what runs.
    let written = written.rsplit_once("+really").map_or(written, |(_, really)| really);
    let cleaned = debian::cleaned(written.strip_prefix(['v', 'V']).unwrap_or(written));
    cleaned.starts_with(|letter: char| letter.is_ascii_digit()).then(|| range::coerced(cleaned)).flatten()
}

/// The answer to all rules together, for old pages and strictly.
pub fn overall<'a>(judged: impl Iterator<Item = &'a Judged> + Clone) -> Answers {
    let worst = |of: fn(&Judged) -> Answer| super::overall(judged.clone().map(of)).unwrap_or(Answer::Pass);
    Answers { legacy: worst(|judged| judged.answers.legacy), strict: worst(|judged| judged.answers.strict) }
}

#[cfg(test)]
mod tests {
    use stethoscope_probes::practice::PracticeId;
    use stethoscope_probes::text;

    use super::*;

    fn item(name: &str, version: &str, label: Option<&str>) -> Item {
        let label = label.map(str::to_owned);
        Item { name: name.to_owned(), version: version.to_owned(), source: "dpkg".into(), label }
    }

    fn list(items: Vec<Item>) -> Finding {
        Finding::new(PracticeId::Applications, Observation::Items(items), text!("a list"))
    }

    fn wanted<'a>(name: &'a str, asked: Asked, version: Option<&'a str>) -> Wanted<'a> {
        Wanted { name, asked, version }
    }

    #[test]
    fn every_rule_meets_every_installation() {
        use State::{InvalidInstallState, InvalidVersion, SuggestedInstall, SuggestedUpgrade, Valid};
        let list = list(vec![item("firefox", "1:128.0esr-1~deb12u1", None)]);
        // Absent; there in a good version; there in a bad one.
        let table = [
            (Asked::Always, [InvalidInstallState, Valid, InvalidVersion]),
            (Asked::Never, [Valid, InvalidInstallState, InvalidInstallState]),
            (Asked::Suggested, [SuggestedInstall, Valid, SuggestedUpgrade]),
            (Asked::IfSupported, [Valid, Valid, InvalidVersion]),
        ];
        for (asked, states) in table {
            let cases = [
                ("chromium", ">=128", Some(false)),
                ("firefox", ">=128", Some(true)),
                ("firefox", ">=129", Some(true)),
            ];
            for ((name, range, installed), state) in cases.into_iter().zip(states) {
                let judged = held(Some(&list), &wanted(name, asked, Some(range)));
                assert_eq!(judged.state, state, "{asked:?} {name} {range}");
                assert_eq!(judged.installed, installed);
                assert_eq!(judged.version.is_some(), installed == Some(true), "the version is told where it is there");
                let answer = match state {
                    Valid => Answer::Pass,
                    InvalidInstallState | InvalidVersion => Answer::Fail,
                    SuggestedInstall | SuggestedUpgrade => Answer::Nudge,
                    State::Unknown => Answer::Unknown,
                };
                assert_eq!(judged.answers, Answers { legacy: answer, strict: answer });
            }
            let any_version = held(Some(&list), &wanted("firefox", asked, None));
            assert_eq!(any_version.state == Valid, asked != Asked::Never);
        }
    }

    #[test]
    fn a_name_is_plain_text() {
        let list = list(vec![item("google-chrome-stable", "130.0", Some("Google Chrome")), item("c++", "1", None)]);
        let is_there = |name| held(Some(&list), &wanted(name, Asked::Always, None)).installed == Some(true);
        for name in ["google-chrome-stable", "Google-Chrome-Stable", "google chrome", "C++"] {
            assert!(is_there(name), "{name}");
        }
        for name in ["google", "chrome", ".*", "", "(a+)+$", "c+", "google-chrome-stable\n", "c++\u{0}", "../c++"] {
            assert!(!is_there(name), "{name:?}");
        }
    }

    #[test]
    fn what_could_not_be_told_says_so_and_passes() {
        let lacking = list(vec![item("vlc", "r1234", None)]).inferred();
        let unknown = Finding::unknown(PracticeId::Applications, text!("nobody would say"));
        for asked in [Asked::Always, Asked::Suggested, Asked::IfSupported, Asked::Never] {
            let judged = held(Some(&lacking), &wanted("firefox", asked, None));
            assert_eq!((judged.state, judged.installed), (State::Unknown, None), "{asked:?}");
            assert_eq!(judged.answers, Answers { legacy: Answer::Pass, strict: Answer::Unknown });
            for nothing in [None, Some(&unknown)] {
                let judged = held(nothing, &wanted("firefox", asked, None));
                assert_eq!((judged.state, judged.answers), (State::Unknown, judge(Found::Unknown, asked)));
            }
        }
        let no_number = held(Some(&lacking), &wanted("vlc", Asked::Always, Some(">=3")));
        assert_eq!((no_number.state, no_number.installed), (State::Unknown, Some(true)));
        assert_eq!(no_number.version.as_deref(), Some("r1234"));
        assert_eq!(held(Some(&lacking), &wanted("vlc", Asked::Never, None)).state, State::InvalidInstallState);
    }

    #[test]
    fn of_two_installations_the_worse_counts() {
        let list = list(vec![item("gimp", "3.0.4", None), item("gimp", "2:2.10.34-1", None), item("gimp", "", None)]);
        let judged = held(Some(&list), &wanted("gimp", Asked::Always, Some(">=3")));
        assert_eq!((judged.state, judged.version.as_deref()), (State::InvalidVersion, Some("2:2.10.34-1")));
    }

    #[test]
    fn package_versions_are_reduced_before_they_are_compared() {
        let cases = [
            ("2:8.39-9", Some([8, 39, 0])),
            ("v1.0", Some([1, 0, 0])),
            ("5.9+really5.8-1", Some([5, 8, 0])),
            ("1.8.0~rc1", Some([1, 8, 0])),
            ("unstable", None),
            ("", None),
        ];
        for (written, reduced) in cases {
            assert_eq!(version(written), reduced, "{written}");
        }
    }

    #[test]
    fn the_worst_rule_answers_for_all() {
        let list = list(vec![item("firefox", "128", None)]);
        let judged = |name, asked| held(Some(&list), &wanted(name, asked, None));
        let all = [judged("firefox", Asked::Always), judged("x", Asked::Suggested), Judged::unknown(Asked::Always)];
        assert_eq!(overall(all.iter()), Answers { legacy: Answer::Nudge, strict: Answer::Nudge });
        assert_eq!(overall(all[2..].iter()), Answers { legacy: Answer::Pass, strict: Answer::Unknown });
        assert_eq!(overall([].iter()), Answers { legacy: Answer::Pass, strict: Answer::Pass });
    }
}
