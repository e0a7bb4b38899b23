//! A finding held against a requirement.

mod apps;
mod versions;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stethoscope_probes::finding::{Finding, Observation};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::text;
use stethoscope_probes::text::Text;

use crate::lifecycle::Lifecycle;
use crate::policy::Requirement;

/// What a finding comes to under a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum VerdictState {
    Pass,
    /// Could not be told. Neither good nor bad.
    Unknown,
    Nudge,
    Fail,
}

impl VerdictState {
    /// The name in JSON: `PASS`.
    pub fn wire_name(self) -> &'static str {
        match self {
            VerdictState::Pass => "PASS",
            VerdictState::Unknown => "UNKNOWN",
            VerdictState::Nudge => "NUDGE",
            VerdictState::Fail => "FAIL",
        }
    }
}

/// One practice: what was asked, what was found, what it comes to and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    pub requirement: Requirement,
    /// For `applications` the items are only those that a rule names.
    pub finding: Finding,
    pub state: VerdictState,
    /// The sentence that says why.
    pub reason: Text,
    /// Since when this practice has been in this state.
    pub since: Timestamp,
}

impl Verdict {
    pub fn practice(&self) -> PracticeId {
        self.finding.practice
    }
}

/// Holds a finding against a requirement. `since` is the moment of the finding.
///
/// Pure: the day on which support dates are judged is the finding's own.
pub fn evaluate(finding: &Finding, requirement: &Requirement, platform: Platform, lifecycle: &Lifecycle) -> Verdict {
    let mut finding = finding.clone();
    let (state, reason) = match &finding.observation {
        // Not knowing is the same under every requirement.
        Observation::Unknown(why) => (VerdictState::Unknown, why.clone()),
        Observation::Unsupported(why) => unsupported(requirement, why),
        observation => match requirement {
            Requirement::Always | Requirement::IfSupported | Requirement::Suggested | Requirement::Never => {
                switch(observation, requirement, &finding.detail)
            }
            Requirement::AtMost { seconds } => at_most(observation, *seconds, &finding.detail),
            Requirement::Versions(brackets) => versions::brackets(observation, brackets, platform),
            Requirement::Supported => versions::supported(observation, lifecycle, finding.when),
            Requirement::Apps(rules) => apps::judge(observation, rules, platform, finding.confidence),
        },
    };
    if let (Requirement::Apps(rules), Observation::Items(items)) = (requirement, &mut finding.observation) {
        apps::trim(items, rules, platform);
    }
    Verdict { requirement: requirement.clone(), since: finding.when, finding, state, reason }
}

/// This machine has no such thing. Fine where that was allowed for; where it has to be on, the
/// policy and this machine do not fit together, and saying either pass or fail would be wrong.
fn unsupported(requirement: &Requirement, why: &Text) -> (VerdictState, Text) {
    let state = match requirement {
        Requirement::Suggested | Requirement::IfSupported | Requirement::Never => VerdictState::Pass,
        Requirement::Always
        | Requirement::AtMost { .. }
        | Requirement::Versions(_)
        | Requirement::Supported
        | Requirement::Apps(_) => VerdictState::Unknown,
    };
    (state, why.clone())
}

fn switch(observation: &Observation, requirement: &Requirement, detail: &Text) -> (VerdictState, Text) {
    let on = match observation {
        Observation::On => true,
        Observation::Off => false,
        other => return misfit(other, "on or off"),
    };
    let state = match (requirement, on) {
        (Requirement::Never, true) => VerdictState::Fail,
        (Requirement::Never, false) => VerdictState::Pass,
        (_, true) => VerdictState::Pass,
        (Requirement::Suggested, false) => VerdictState::Nudge,
        (_, false) => VerdictState::Fail,
    };
    (state, detail.clone())
}

fn at_most(observation: &Observation, limit: u32, detail: &Text) -> (VerdictState, Text) {
    match observation {
        Observation::Off => (VerdictState::Fail, detail.clone()),
        // Most desktops write "never" as zero. A probe translates that, so a zero here is not clear.
        Observation::Seconds(0) => {
            (VerdictState::Unknown, text!("The limit reads as zero seconds, which can mean at once or never"))
        }
        Observation::Seconds(found) if *found <= limit => (VerdictState::Pass, detail.clone()),
        Observation::Seconds(_) => (VerdictState::Fail, over(detail, limit)),
        Observation::On => (VerdictState::Unknown, text!("It is on, but after how long could not be told")),
        other => misfit(other, "a duration"),
    }
}

/// What was found, and what is asked. Both templates together are the key of the translation.
fn over(detail: &Text, limit: u32) -> Text {
    let template = format!("{}, and at most {{asked}} is asked", detail.template.trim_end_matches('.'));
    let mut values = detail.values.clone();
    values.push(("asked".into(), duration(limit)));
    Text { template: template.into(), values }
}

/// The probe answered another question than the policy asks: a fault of ours, never a verdict.
fn misfit(observation: &Observation, wanted: &str) -> (VerdictState, Text) {
    let found = match observation {
        Observation::On | Observation::Off => "on or off",
        Observation::Seconds(_) => "a duration",
        Observation::Version(_) => "a version",
        Observation::Items(_) => "a list",
        Observation::Unsupported(_) | Observation::Unknown(_) => "nothing",
    };
    let reason = text!("The policy asks for {wanted}, and the check gives {found}", wanted = wanted, found = found);
    (VerdictState::Unknown, reason)
}

/// `5 min`, `90 s`, `1 h 30 min`. Units are the same in every language this program may speak.
pub fn duration(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [(hours, "h"), (minutes, "min"), (rest, "s")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_people_say_them() {
        let cases = [(0, "0 s"), (45, "45 s"), (60, "1 min"), (90, "1 min 30 s"), (300, "5 min"), (5400, "1 h 30 min")];
        for (seconds, said) in cases {
            assert_eq!(duration(seconds), said);
        }
    }
}
