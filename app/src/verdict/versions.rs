//! Versions: brackets that a policy writes, and support dates.

use std::collections::BTreeMap;

use jiff::Timestamp;
use stethoscope_probes::finding::{Observation, Version};
use stethoscope_probes::practice::Platform;
use stethoscope_probes::text;
use stethoscope_probes::text::Text;

use super::{VerdictState, misfit};
use crate::lifecycle::Lifecycle;
use crate::policy::Bracket;
use crate::version::{Number, Range};

/// A release that still gets security fixes.
pub(super) fn supported(observation: &Observation, lifecycle: &Lifecycle, when: Timestamp) -> (VerdictState, Text) {
    match observation {
        Observation::Version(version) => {
            let judged = lifecycle.judge(version, when);
            (judged.state, judged.reason)
        }
        other => misfit(other, "a version"),
    }
}

/// The bracket of the product, else of the platform, else the one for any product.
pub(super) fn brackets(
    observation: &Observation,
    brackets: &BTreeMap<String, Bracket>,
    platform: Platform,
) -> (VerdictState, Text) {
    let version = match observation {
        Observation::Version(version) => version,
        other => return misfit(other, "a version"),
    };
    let names = [version.product.as_str(), platform.wire_name(), "any"];
    match names.into_iter().find_map(|name| brackets.get(name)) {
        Some(bracket) => hold(version, bracket),
        None => (
            VerdictState::Unknown,
            text!("The policy does not say which version of {product} is good", product = version.product),
        ),
    }
}

fn hold(version: &Version, bracket: &Bracket) -> (VerdictState, Text) {
    let (product, number) = (&version.product, &version.number);
    let Some(found) = Number::parse(number) else {
        let reason = match number.is_empty() {
            true => text!("{product} has no version number here", product = product),
            false => text!("{product} {number} is no number to compare", product = product, number = number),
        };
        return (VerdictState::Unknown, reason);
    };
    // A policy that was read has good ranges; one put together in code may not.
    let Ok(ok) = Range::parse(&bracket.ok) else {
        return (VerdictState::Unknown, text!("The policy's range {range} is none", range = bracket.ok));
    };
    let nudge = bracket.nudge.as_deref().and_then(|nudge| Range::parse(nudge).ok());
    let said = |state| {
        (state, text!("{product} is at {number}, and {range} is asked", product = product, number = number, range = ok))
    };
    if ok.contains(&found) {
        (VerdictState::Pass, text!("{product} is at {number}", product = product, number = number))
    } else if nudge.is_some_and(|nudge| nudge.contains(&found)) {
        said(VerdictState::Nudge)
    } else {
        said(VerdictState::Fail)
    }
}
