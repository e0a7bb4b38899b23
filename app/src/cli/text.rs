//! A snapshot as text for people: worst first, each with its reason and where it was read.

use stethoscope_probes::finding::Confidence;

use super::Surroundings;
use super::page::{Look, Page};
use crate::guidance::guidance;
use crate::snapshot::{Overall, Snapshot};
use crate::verdict::{Verdict, VerdictState};
use crate::words::{say, tr};

/// `in_full`: show for every practice what was read, also where all is well.
pub(super) fn snapshot(snapshot: &Snapshot, around: &Surroundings, in_full: bool) -> String {
    let mut page = Page::new(around.colour);
    let device = &snapshot.device;
    let mut about = vec![device.name.as_str()];
    about.extend(device.model.as_deref());
    about.push(&device.system.name);
    // A machine may have no name.
    about.retain(|words| !words.is_empty());
    page.line(&[(Look::Faint, &about.join(", "))]);
    let state = match snapshot.overall() {
        Overall::Fail => VerdictState::Fail,
        Overall::Nudge => VerdictState::Nudge,
        Overall::Unknown => VerdictState::Unknown,
        Overall::Pass => VerdictState::Pass,
    };
    // The sentence is about the whole device, and a few practices are not the whole.
    if !in_full {
        page.line(&[(Look::State(state), &tr(&snapshot.sentence()))]);
    }
    let unknown = snapshot.count(VerdictState::Unknown);
    if unknown > 0 && state != VerdictState::Unknown && !in_full {
        page.plain(&match unknown {
            1 => say("1 practice could not be checked").to_owned(),
            several => say("{count} practices could not be checked").replace("{count}", &several.to_string()),
        });
    }
    for (state, heading) in [
        (VerdictState::Fail, "Needs attention"),
        (VerdictState::Nudge, "Suggested"),
        (VerdictState::Unknown, "Could not check"),
        (VerdictState::Pass, "Passing"),
    ] {
        group(&mut page, snapshot, state, say(heading), in_full);
    }
    page.blank();
    let took = format!("{:.1} ms", snapshot.took_micros as f64 / 1000.0);
    let policy = &snapshot.policy;
    page.line(&[(Look::Faint, &format!("{} ({}), {took}", policy.name, policy.source))]);
    page.done()
}

fn group(page: &mut Page, snapshot: &Snapshot, state: VerdictState, heading: &str, in_full: bool) {
    let verdicts: Vec<&Verdict> = snapshot.verdicts.iter().filter(|verdict| verdict.state == state).collect();
    if verdicts.is_empty() {
        return;
    }
    page.blank();
    page.line(&[(Look::Strong, heading)]);
    for verdict in verdicts {
        one(page, snapshot, verdict, in_full);
    }
}

fn one(page: &mut Page, snapshot: &Snapshot, verdict: &Verdict, in_full: bool) {
    // A shape of its own for each state: colour alone says nothing on a printout.
    let shape = match verdict.state {
        VerdictState::Fail => "✗",
        VerdictState::Nudge => "!",
        VerdictState::Unknown => "?",
        VerdictState::Pass => "✓",
    };
    let advice = guidance(verdict, &snapshot.device);
    let practice = verdict.practice().wire_name();
    let title = if advice.title.is_empty() { practice } else { &advice.title };
    page.line(&[
        (Look::Plain, "  "),
        (Look::State(verdict.state), shape),
        (Look::Plain, " "),
        (Look::Strong, title),
        (Look::Faint, &format!("  {practice}")),
    ]);
    page.plain(&format!("    {}", tr(&verdict.reason)));
    let wrong = verdict.state != VerdictState::Pass;
    if in_full || wrong {
        for evidence in &verdict.finding.evidence {
            let saw = format!("    {}: {}", evidence.source, evidence.saw);
            page.line(&[(Look::Faint, &saw)]);
        }
    }
    if verdict.finding.confidence == Confidence::Inferred {
        page.line(&[(Look::Faint, &format!("    {}", say("Concluded from the above, not read directly.")))]);
    }
    if in_full {
        for check in verdict.finding.evidence.iter().map(|evidence| &evidence.check).filter(|check| !check.is_empty()) {
            page.line(&[(Look::Faint, &format!("    {} ", say("Check by hand:"))), (Look::Plain, check)]);
        }
        page.line(&[(Look::Faint, &format!("    {} {}", say("The policy asks:"), verdict.requirement))]);
    }
    if in_full && wrong && !advice.why.is_empty() {
        page.plain(&format!("    {}", advice.why));
    }
    if wrong {
        for step in &advice.steps {
            page.plain(&format!("    → {}", step.text));
            if let Some(command) = &step.command {
                page.plain(&format!("        {command}"));
            }
        }
    }
}
