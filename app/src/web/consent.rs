//! Sites that nobody has decided on: which questions wait for the user, and whom the user let in for a
//! moment. Pure: the time since the start comes in.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::asked::Asked;
use crate::access::view::{Answer, Question};
use crate::access::{Access, Decision, Identifiers};
use crate::site::Origin;

/// How many questions may wait at once. More would be noise that a user clicks away.
pub(super) const MOST_QUESTIONS: usize = 3;

/// How long *this time only* lasts: long enough for a page's second request, not for a second visit.
pub(super) const ONCE: Duration = Duration::from_secs(60);

/// A question is withdrawn when its site has not asked for that long.
pub(super) const WITHDRAWN: Duration = Duration::from_secs(600);

/// What becomes of a request now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Open(Identifiers),
    Refused,
    /// The user is being asked.
    Asking,
    /// Nobody allowed it, and no question is raised.
    Closed,
}

/// The questions that wait, and who was let in for a moment.
#[derive(Debug, Default)]
pub(super) struct Consent {
    waiting: Vec<(Question, Duration)>,
    passes: BTreeMap<Origin, Pass>,
}

#[derive(Clone, Copy, Debug)]
struct Pass {
    until: Duration,
    identifiers: bool,
}

impl Consent {
    /// What becomes of a site's request by what is known now. Raises nothing.
    pub(super) fn gate(&self, access: &Access, origin: &Origin, now: Duration) -> Gate {
        let pass = self.passes.get(origin).filter(|pass| now < pass.until);
        let given = |given| if given { Identifiers::Given } else { Identifiers::Withheld };
        match access.decide(origin) {
            Decision::Refused(_) => Gate::Refused,
            Decision::Allowed(Identifiers::Undecided, _) => {
                Gate::Open(pass.map_or(Identifiers::Undecided, |pass| given(pass.identifiers)))
            }
            Decision::Allowed(identifiers, _) => Gate::Open(identifiers),
            Decision::Undecided => match pass {
                Some(pass) => Gate::Open(given(pass.identifiers)),
                None => Gate::Asking,
            },
            Decision::Unknown => Gate::Closed,
        }
    }

    /// Puts a question to the user, or adds to the one that waits. `second`: only about identifiers.
    pub(super) fn ask(
        &mut self,
        origin: &Origin,
        asked: &Asked,
        second: bool,
        now: Duration,
        wall: Timestamp,
    ) -> Asking {
        let (identifiers, facts) = asked.facts.iter().copied().partition::<Vec<_>, _>(|fact| fact.identifies());
        let practices: Vec<_> = asked.practices.iter().copied().collect();
        if let Some((question, last)) = self.waiting.iter_mut().find(|(question, _)| question.origin == *origin) {
            *last = now;
            let before = question.clone();
            merge(&mut question.practices, practices);
            merge(&mut question.facts, facts);
            merge(&mut question.identifiers, identifiers);
            return if *question == before { Asking::AsBefore } else { Asking::Changed };
        }
        if self.waiting.len() >= MOST_QUESTIONS {
            return Asking::TooMany;
        }
        let question = Question { origin: origin.clone(), practices, facts, identifiers, second, since: wall };
        self.waiting.push((question, now));
        Asking::Changed
    }

    /// The user's answer. What is for good is in the settings; what is for now is kept here.
    pub(super) fn answer(&mut self, origin: &Origin, answer: Answer, identifiers: bool, now: Duration) {
        self.waiting.retain(|(question, _)| question.origin != *origin);
        match answer {
            Answer::Once => {
                self.passes.retain(|_, pass| now < pass.until);
                self.passes.insert(origin.clone(), Pass { until: now + ONCE, identifiers });
            }
            Answer::Always | Answer::Never => drop(self.passes.remove(origin)),
        }
    }

    /// Drops the questions that have become none, by a decision or by time. Whether there were any.
    pub(super) fn tidy(&mut self, access: &Access, now: Duration) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|(question, last)| {
            let open = match access.decide(&question.origin) {
                Decision::Undecided => true,
                Decision::Allowed(Identifiers::Undecided, _) => question.second,
                Decision::Allowed(..) | Decision::Refused(_) | Decision::Unknown => false,
            };
            open && now.saturating_sub(*last) < WITHDRAWN
        });
        self.waiting.len() != before
    }

    /// Every question that waits, oldest first.
    pub(super) fn questions(&self) -> Vec<Question> {
        self.waiting.iter().map(|(question, _)| question.clone()).collect()
    }
}

/// What has become of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Asking {
    /// It is a new one, or asks for more than before.
    Changed,
    AsBefore,
    TooMany,
}

fn merge<T: PartialEq>(into: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !into.contains(&one) {
            into.push(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Organisation;
    use crate::access::view::Fact;
    use crate::settings::{Permission, Site, Web};

    const NOW: Duration = Duration::from_secs(100);

    fn origin(text: &str) -> Origin {
        text.parse().expect("an origin")
    }

    fn asked(facts: &[Fact]) -> Asked {
        Asked { facts: facts.iter().copied().collect(), ..Asked::default() }
    }

    fn access(sites: &[(&str, Permission, Option<bool>)]) -> Access {
        let site = |permission, identifiers| Site { permission, identifiers, since: Timestamp::UNIX_EPOCH };
        let sites = sites.iter().map(|(text, permission, ids)| (origin(text), site(*permission, *ids))).collect();
        Access::new(Web { sites, ..Web::default() }, Organisation::default())
    }

    #[test]
    fn once_is_for_a_minute_and_for_one_site() {
        let (mut consent, nobody, site) = (Consent::default(), access(&[]), origin("https://a.example"));
        assert_eq!(consent.gate(&nobody, &site, NOW), Gate::Asking);
        assert_eq!(consent.ask(&site, &asked(&[Fact::DeviceId]), false, NOW, Timestamp::UNIX_EPOCH), Asking::Changed);
        consent.answer(&site, Answer::Once, false, NOW);
        assert!(consent.questions().is_empty());
        assert_eq!(consent.gate(&nobody, &site, NOW), Gate::Open(Identifiers::Withheld));
        assert_eq!(consent.gate(&nobody, &origin("https://b.example"), NOW), Gate::Asking);
        assert_eq!(consent.gate(&nobody, &site, NOW + ONCE), Gate::Asking);
    }

    #[test]
    fn a_refusal_counts_even_while_a_pass_stands() {
        let (mut consent, site) = (Consent::default(), origin("https://a.example"));
        consent.answer(&site, Answer::Once, true, NOW);
        let refused = access(&[("https://a.example", Permission::Refused, None)]);
        assert_eq!(consent.gate(&refused, &site, NOW), Gate::Refused);
    }

    #[test]
    fn questions_are_few_grow_and_are_withdrawn() {
        let (mut consent, nobody) = (Consent::default(), access(&[]));
        let first = origin("https://site-0.example");
        for number in 0..MOST_QUESTIONS {
            let site = origin(&format!("https://site-{number}.example"));
            assert_eq!(consent.ask(&site, &asked(&[]), false, NOW, Timestamp::UNIX_EPOCH), Asking::Changed);
        }
        let one_more = origin("https://more.example");
        assert_eq!(consent.ask(&one_more, &asked(&[]), false, NOW, Timestamp::UNIX_EPOCH), Asking::TooMany);
        let later = NOW + Duration::from_secs(300);
        assert_eq!(consent.ask(&first, &asked(&[]), false, later, Timestamp::UNIX_EPOCH), Asking::AsBefore);
        let more = asked(&[Fact::SerialNumber, Fact::Model]);
        assert_eq!(consent.ask(&first, &more, false, later, Timestamp::UNIX_EPOCH), Asking::Changed);
        assert_eq!(consent.questions()[0].identifiers, [Fact::SerialNumber]);
        assert_eq!(consent.questions()[0].facts, [Fact::Model]);
        assert!(consent.tidy(&nobody, NOW + WITHDRAWN));
        assert_eq!(consent.questions().len(), 1, "the first asked again");
        let allowed = access(&[("https://site-0.example", Permission::Allowed, Some(true))]);
        assert!(consent.tidy(&allowed, later), "the settings have answered it");
        assert!(consent.questions().is_empty());
    }

    #[test]
    fn identifiers_are_a_question_of_their_own() {
        let (mut consent, site) = (Consent::default(), origin("https://a.example"));
        let allowed = access(&[("https://a.example", Permission::Allowed, None)]);
        assert_eq!(consent.gate(&allowed, &site, NOW), Gate::Open(Identifiers::Undecided));
        assert_eq!(consent.ask(&site, &asked(&[Fact::DeviceId]), true, NOW, Timestamp::UNIX_EPOCH), Asking::Changed);
        assert!(!consent.tidy(&allowed, NOW), "it waits");
        consent.answer(&site, Answer::Once, true, NOW);
        assert_eq!(consent.gate(&allowed, &site, NOW), Gate::Open(Identifiers::Given));
        assert_eq!(consent.gate(&allowed, &site, NOW + ONCE), Gate::Open(Identifiers::Undecided));
        let decided = access(&[("https://a.example", Permission::Allowed, Some(false))]);
        assert_eq!(
            consent.gate(&decided, &site, NOW),
            Gate::Open(Identifiers::Withheld),
            "a decision goes before a pass"
        );
    }
}
