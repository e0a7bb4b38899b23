//! Everything known at one moment: immutable, and shared as an `Arc`.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stethoscope_probes::device::Device;
use stethoscope_probes::finding::Finding;
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text;
use stethoscope_probes::text::Text;

use crate::lifecycle::Lifecycle;
use crate::policy::Policy;
use crate::verdict::{Verdict, VerdictState, evaluate};

/// Everything known at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    pub taken_at: Timestamp,
    /// How long the scan took, in microseconds.
    pub took_micros: u64,
    pub device: Device,
    pub policy: PolicyLabel,
    /// One a practice that the policy asks for, in display order.
    pub verdicts: Vec<Verdict>,
}

/// Which policy a snapshot was judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyLabel {
    pub name: String,
    /// `built in`, or the file it was read from.
    pub source: String,
}

/// The state of the whole device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Overall {
    Pass,
    /// Nothing is wrong as far as can be seen, but some practices could not be checked.
    Unknown,
    Nudge,
    Fail,
}

impl Overall {
    /// The name in JSON: `PASS`.
    pub fn wire_name(self) -> &'static str {
        match self {
            Overall::Pass => "PASS",
            Overall::Unknown => "UNKNOWN",
            Overall::Nudge => "NUDGE",
            Overall::Fail => "FAIL",
        }
    }
}

impl Snapshot {
    /// Holds findings against a policy. A practice that the policy asks for and no probe answered
    /// becomes `Unknown`; a finding that it does not ask for is left out. A practice whose state is
    /// that of `previous` keeps its `since`.
    #[expect(clippy::too_many_arguments, reason = "each is one fact of its own, and nothing here may fetch one itself")]
    pub fn judge(
        findings: Vec<Finding>,
        device: Device,
        policy: &Policy,
        label: PolicyLabel,
        lifecycle: &Lifecycle,
        taken_at: Timestamp,
        took: Duration,
        previous: Option<&Snapshot>,
    ) -> Self {
        let verdict = |practice: PracticeId| {
            let requirement = policy.requirements.get(&practice)?;
            let found = findings.iter().find(|finding| finding.practice == practice);
            let missing = || {
                let why = text!("This program cannot check this on this system yet");
                Finding { when: taken_at, ..Finding::unknown(practice, why) }
            };
            let finding = found.cloned().unwrap_or_else(missing);
            let mut verdict = evaluate(&finding, requirement, device.platform, lifecycle);
            let before = previous.and_then(|previous| previous.verdict(practice));
            if let Some(before) = before
                && before.state == verdict.state
            {
                verdict.since = before.since;
            }
            Some(verdict)
        };
        let verdicts = PracticeId::ALL.into_iter().filter_map(verdict).collect();
        let took_micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        Snapshot { taken_at, took_micros, device, policy: label, verdicts }
    }

    /// The state of the whole: any fail, else any nudge, else any unknown, else pass. Where nothing
    /// was checked, nothing is known.
    pub fn overall(&self) -> Overall {
        let worst = self.verdicts.iter().map(|verdict| verdict.state).max();
        match worst {
            Some(VerdictState::Fail) => Overall::Fail,
            Some(VerdictState::Nudge) => Overall::Nudge,
            Some(VerdictState::Unknown) | None => Overall::Unknown,
            Some(VerdictState::Pass) => Overall::Pass,
        }
    }

    /// The state of the whole in one sentence: `2 practices need attention`. The window's header and
    /// the tray say the same.
    pub fn sentence(&self) -> Text {
        let count = |state| self.count(state);
        match self.overall() {
            Overall::Fail => match count(VerdictState::Fail) {
                1 => text!("1 practice needs attention"),
                count => text!("{count} practices need attention", count = count),
            },
            Overall::Nudge => match count(VerdictState::Nudge) {
                1 => text!("1 practice could be better"),
                count => text!("{count} practices could be better", count = count),
            },
            Overall::Unknown if self.verdicts.is_empty() => text!("This profile asks nothing of this computer"),
            Overall::Unknown => match count(VerdictState::Unknown) {
                1 => text!("1 practice could not be checked"),
                count => text!("{count} practices could not be checked", count = count),
            },
            Overall::Pass => text!("Everything is in order"),
        }
    }

    /// How many practices are in that state.
    pub fn count(&self, state: VerdictState) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.state == state).count()
    }

    pub fn verdict(&self, practice: PracticeId) -> Option<&Verdict> {
        self.verdicts.iter().find(|verdict| verdict.practice() == practice)
    }

    /// The verdicts, worst first, else in display order.
    pub fn worst_first(&self) -> Vec<&Verdict> {
        let mut verdicts: Vec<&Verdict> = self.verdicts.iter().collect();
        verdicts.sort_by_key(|verdict| std::cmp::Reverse(verdict.state));
        verdicts
    }
}

/// A verdict that changed between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transition {
    pub practice: PracticeId,
    pub from: VerdictState,
    pub to: VerdictState,
    pub at: Timestamp,
}

/// What changed between two snapshots, in display order. A practice that only one of the two
/// policies asks for did not change: nothing was known of it before, or nothing is asked any more.
pub fn transitions(previous: &Snapshot, next: &Snapshot) -> Vec<Transition> {
    let changed = |verdict: &Verdict| {
        let from = previous.verdict(verdict.practice())?.state;
        let (practice, to, at) = (verdict.practice(), verdict.state, next.taken_at);
        (from != to).then_some(Transition { practice, from, to, at })
    };
    next.verdicts.iter().filter_map(changed).collect()
}
