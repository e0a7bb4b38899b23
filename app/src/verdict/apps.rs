//! Applications: each rule by itself, then the worst of them.

use stethoscope_probes::finding::{Confidence, Item, Observation};
use stethoscope_probes::practice::Platform;
use stethoscope_probes::text;
use stethoscope_probes::text::Text;

use super::{VerdictState, misfit};
use crate::policy::{AppRequirement, AppRule};
use crate::version::{Number, Range};

/// Holds the installed applications against the rules that count on this platform.
///
/// An `Inferred` list is one that may lack something: then "it is not there" is not known.
pub(super) fn judge(
    observation: &Observation,
    rules: &[AppRule],
    platform: Platform,
    confidence: Confidence,
) -> (VerdictState, Text) {
    let items = match observation {
        Observation::Items(items) => items,
        other => return misfit(other, "a list of applications"),
    };
    let judged: Vec<(VerdictState, Text)> =
        rules.iter().filter(|rule| counts(rule, platform)).map(|rule| one(items, rule, confidence)).collect();
    let Some(worst) = judged.iter().map(|(state, _)| *state).max() else {
        return (VerdictState::Pass, text!("The policy asks for no application on this system"));
    };
    if worst == VerdictState::Pass {
        return (worst, text!("Every application is as the policy asks"));
    }
    let mut same = judged.into_iter().filter(|(state, _)| *state == worst).map(|(_, reason)| reason);
    let first = same.next().unwrap_or_else(|| text!("An application is not as the policy asks"));
    (worst, with_others(first, same.count()))
}

/// Leaves only the applications that a rule names: what else is installed is nobody's business.
pub(super) fn trim(items: &mut Vec<Item>, rules: &[AppRule], platform: Platform) {
    items.retain(|item| rules.iter().filter(|rule| counts(rule, platform)).any(|rule| is_named(item, rule)));
}

fn counts(rule: &AppRule, platform: Platform) -> bool {
    rule.platforms.is_empty() || rule.platforms.contains(&platform)
}

/// Exact names only: `fire` is not `firefox`. Case does not count.
fn is_named(item: &Item, rule: &AppRule) -> bool {
    let mut names = std::iter::once(&rule.name).chain(&rule.also);
    names.any(|name| {
        let name = name.to_lowercase();
        item.name.to_lowercase() == name || item.label.as_ref().is_some_and(|label| label.to_lowercase() == name)
    })
}

fn one(items: &[Item], rule: &AppRule, confidence: Confidence) -> (VerdictState, Text) {
    let there: Vec<&Item> = items.iter().filter(|item| is_named(item, rule)).collect();
    let name = &rule.name;
    let unsure = confidence == Confidence::Inferred;
    if there.is_empty() {
        let missing = |state| match unsure {
            true => (
                VerdictState::Unknown,
                text!("{name} was not found, but not every list of applications could be read", name = name),
            ),
            false => (state, text!("{name} is not installed", name = name)),
        };
        return match rule.requirement {
            AppRequirement::Always => missing(VerdictState::Fail),
            AppRequirement::Suggested => missing(VerdictState::Nudge),
            AppRequirement::IfSupported | AppRequirement::Never => missing(VerdictState::Pass),
        };
    }
    if rule.requirement == AppRequirement::Never {
        return (VerdictState::Fail, text!("{name} is installed and must not be", name = name));
    }
    let good = (VerdictState::Pass, text!("{name} is installed", name = name));
    let Some(range) = &rule.version else { return good };
    let bad = match rule.requirement {
        AppRequirement::Suggested => VerdictState::Nudge,
        AppRequirement::Always | AppRequirement::IfSupported | AppRequirement::Never => VerdictState::Fail,
    };
    let Ok(range) = Range::parse(range) else {
        return (VerdictState::Unknown, text!("The policy's range {range} is none", range = range));
    };
    // The same program from two package managers: an old one can still be started.
    let installed = there.into_iter().map(|item| version(item, name, &range, bad));
    installed.max_by_key(|(state, _)| *state).unwrap_or(good)
}

fn version(item: &Item, name: &str, range: &Range, bad: VerdictState) -> (VerdictState, Text) {
    match Number::parse(&item.version) {
        Some(number) if range.contains(&number) => (VerdictState::Pass, text!("{name} is installed", name = name)),
        Some(_) => (
            bad,
            text!(
                "{name} {version} is installed ({source}), and {range} is asked",
                name = name,
                version = item.version,
                source = item.source,
                range = range
            ),
        ),
        None => (VerdictState::Unknown, text!("The version of {name} could not be told", name = name)),
    }
}

fn with_others(first: Text, others: usize) -> Text {
    if others == 0 {
        return first;
    }
    // The values stay apart, so that a translation can put the sentence together anew.
    let addition = if others == 1 { ", and one other is wrong too" } else { ", and {others} others are wrong too" };
    let mut values = first.values;
    if others > 1 {
        values.push(("others".into(), others.to_string()));
    }
    Text { template: format!("{}{addition}", first.template).into(), values }
}
