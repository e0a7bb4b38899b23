//! What the user's wishes make of the settings about web sites.

use jiff::Timestamp;

use super::view::{Answer, Question, WebChange};
use crate::settings::{Permission, Site, Web};

/// Carries a wish out. The answer to a question is not among them: see [`answered`].
pub fn apply(web: &mut Web, change: &WebChange, now: Timestamp) {
    let site = |permission, identifiers| Site { permission, identifiers, since: now };
    match change {
        WebChange::Switch(switch) => web.switch = *switch,
        WebChange::Questions(allowed) => web.questions = *allowed,
        WebChange::Allow { origin, identifiers } => {
            let wanted = site(Permission::Allowed, *identifiers);
            match web.sites.get_mut(origin) {
                // Allowed since then, whatever else is changed about it.
                Some(known) if known.permission == Permission::Allowed => known.identifiers = *identifiers,
                _ => drop(web.sites.insert(origin.clone(), wanted)),
            }
        }
        WebChange::Refuse(origin) => {
            if web.sites.get(origin).is_none_or(|known| known.permission != Permission::Refused) {
                web.sites.insert(origin.clone(), site(Permission::Refused, None));
            }
        }
        WebChange::Forget(origin) => drop(web.sites.remove(origin)),
        WebChange::Pattern { pattern, allowed } => {
            web.patterns.retain(|known| known != pattern);
            if *allowed {
                web.patterns.push(pattern.clone());
            }
        }
        WebChange::Answer { .. } => {}
    }
}

/// Keeps the answer to a question, if it is for more than once.
///
/// Of a site that may ask already only the identifiers were the question: *never* then leaves it
/// allowed and without them.
pub fn answered(web: &mut Web, question: &Question, answer: Answer, identifiers: bool, now: Timestamp) {
    let origin = question.origin.clone();
    // What was not asked was not answered.
    let identifiers = (!question.identifiers.is_empty()).then_some(identifiers);
    let change = match (answer, question.second) {
        (Answer::Once, _) => return,
        (Answer::Always, _) => WebChange::Allow { origin, identifiers },
        (Answer::Never, true) => WebChange::Allow { origin, identifiers: Some(false) },
        (Answer::Never, false) => WebChange::Refuse(origin),
    };
    apply(web, &change, now);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::view::Fact;
    use crate::site::Origin;

    fn site() -> Origin {
        "https://login.example.com".parse().expect("an origin")
    }

    fn at(day: u8) -> Timestamp {
        format!("2026-11-{day:02}T08:00:00Z").parse().expect("a time")
    }

    fn question(second: bool, identifiers: &[Fact]) -> Question {
        Question {
            origin: site(),
            practices: Vec::new(),
            facts: Vec::new(),
            identifiers: identifiers.to_vec(),
            second,
            since: at(1),
        }
    }

    #[test]
    fn a_site_keeps_the_day_of_its_permission_until_that_changes() {
        let mut web = Web::default();
        apply(&mut web, &WebChange::Allow { origin: site(), identifiers: None }, at(1));
        apply(&mut web, &WebChange::Allow { origin: site(), identifiers: Some(true) }, at(2));
        assert_eq!(web.sites[&site()], Site { permission: Permission::Allowed, identifiers: Some(true), since: at(1) });
        apply(&mut web, &WebChange::Refuse(site()), at(3));
        apply(&mut web, &WebChange::Refuse(site()), at(4));
        assert_eq!(web.sites[&site()], Site { permission: Permission::Refused, identifiers: None, since: at(3) });
        apply(&mut web, &WebChange::Forget(site()), at(5));
        assert!(web.sites.is_empty());
    }

    #[test]
    fn a_pattern_stands_once_and_can_be_taken_out() {
        let mut web = Web::default();
        let pattern: crate::site::Pattern = "http://localhost:*".parse().expect("a pattern");
        for _ in 0..2 {
            apply(&mut web, &WebChange::Pattern { pattern: pattern.clone(), allowed: true }, at(1));
        }
        assert_eq!(web.patterns.len(), 1);
        apply(&mut web, &WebChange::Pattern { pattern, allowed: false }, at(1));
        assert!(web.patterns.is_empty());
    }

    #[test]
    fn an_answer_is_kept_as_it_was_meant() {
        use Permission::{Allowed, Refused};

        let ids = [Fact::SerialNumber];
        let cases = [
            (question(false, &[]), Answer::Always, false, Some((Allowed, None))),
            (question(false, &ids), Answer::Always, false, Some((Allowed, Some(false)))),
            (question(false, &ids), Answer::Always, true, Some((Allowed, Some(true)))),
            (question(false, &ids), Answer::Never, true, Some((Refused, None))),
            (question(false, &ids), Answer::Once, true, None),
            (question(true, &ids), Answer::Never, true, Some((Allowed, Some(false)))),
            (question(true, &ids), Answer::Always, true, Some((Allowed, Some(true)))),
        ];
        for (question, answer, identifiers, wanted) in cases {
            let mut web = Web::default();
            answered(&mut web, &question, answer, identifiers, at(1));
            let kept = web.sites.get(&site()).map(|site| (site.permission, site.identifiers));
            assert_eq!(kept, wanted, "{question:?} {answer:?}");
        }
    }
}
