//! The sentences that the window itself says: states, requirements, confidence.

use stethoscope_probes::finding::{Confidence, Observation};
use stethoscope_probes::text;

use super::when;
use crate::policy::{AppRequirement, AppRule, Bracket, Requirement};
use crate::snapshot::Overall;
use crate::verdict::{Verdict, VerdictState};
use crate::words::{say, tr};

/// A state in one or two words, as a screen reader says it and the detail shows it.
pub(super) fn state(state: VerdictState) -> &'static str {
    say(match state {
        VerdictState::Fail => "Needs attention",
        VerdictState::Nudge => "Suggested",
        VerdictState::Unknown => "Could not check",
        VerdictState::Pass => "Passing",
    })
}

/// The state whose shape stands for the whole device.
pub(super) fn shape_of(overall: Overall) -> VerdictState {
    match overall {
        Overall::Fail => VerdictState::Fail,
        Overall::Nudge => VerdictState::Nudge,
        Overall::Unknown => VerdictState::Unknown,
        Overall::Pass => VerdictState::Pass,
    }
}

/// What a requirement asks for, in a few words.
pub(super) fn requirement(requirement: &Requirement) -> String {
    match requirement {
        Requirement::Always => say("Required").to_owned(),
        Requirement::Suggested => say("Suggested").to_owned(),
        Requirement::IfSupported => say("Required where the computer can do it").to_owned(),
        Requirement::Never => say("Not allowed").to_owned(),
        Requirement::AtMost { seconds } => tr(&text!("After {span} at most", span = when::seconds(*seconds))),
        Requirement::Supported => say("A release that still gets security fixes").to_owned(),
        Requirement::Versions(brackets) => brackets.iter().map(bracket).collect::<Vec<_>>().join("; "),
        Requirement::Apps(rules) => match rules.len() {
            0 => say("Nothing").to_owned(),
            1 => say("1 rule").to_owned(),
            count => tr(&text!("{count} rules", count = count)),
        },
    }
}

fn bracket((product, bracket): (&String, &Bracket)) -> String {
    let ok = range(&bracket.ok);
    let wanted = match &bracket.nudge {
        Some(nudge) => tr(&text!("{ok}, at least {nudge}", ok = ok, nudge = range(nudge))),
        None => ok,
    };
    if product == "any" { wanted } else { format!("{product}: {wanted}") }
}

/// `>=12` reads `12 or later`; what is less simple stays as it is.
fn range(range: &str) -> String {
    match range.strip_prefix(">=") {
        Some(version) if !version.contains([',', '|', '<', '>']) => {
            tr(&text!("{version} or later", version = version.trim()))
        }
        _ => range.to_owned(),
    }
}

/// What one rule asks of one application.
pub(super) fn app_rule(rule: &AppRule) -> String {
    let asked = say(match rule.requirement {
        AppRequirement::Always => "required",
        AppRequirement::Suggested => "suggested",
        AppRequirement::IfSupported => "may be there",
        AppRequirement::Never => "not allowed",
    });
    match &rule.version {
        Some(version) => format!("{}: {asked}, {}", rule.name, range(version)),
        None => format!("{}: {asked}", rule.name),
    }
}

/// How sure the program is of a finding.
pub(super) fn confidence(verdict: &Verdict) -> &'static str {
    match (&verdict.finding.observation, verdict.finding.confidence) {
        (Observation::Unknown(_), _) => say("This could not be read, so nothing is claimed."),
        (Observation::Unsupported(_), _) => say("This computer has no such thing."),
        (_, Confidence::Verified) => say("Verified: the state itself was read."),
        (_, Confidence::Inferred) => say(
            "Inferred: the state itself cannot be read without administrator rights, so it was concluded from what goes with it.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_reads_like_words() {
        let versions = [
            ("debian".to_owned(), Bracket { ok: ">=12".to_owned(), nudge: Some(">=11".to_owned()) }),
            ("any".to_owned(), Bracket { ok: ">=10, <11".to_owned(), nudge: None }),
        ];
        for (asked, words) in [
            (Requirement::AtMost { seconds: 300 }, "After 5 minutes at most"),
            (Requirement::Never, "Not allowed"),
            (Requirement::Versions(versions.into()), ">=10, <11; debian: 12 or later, at least 11 or later"),
            (Requirement::Apps(Vec::new()), "Nothing"),
        ] {
            assert_eq!(requirement(&asked), words);
        }
    }
}
