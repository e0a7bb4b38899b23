//! Everything known at one moment: immutable, and shared as an `Arc`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stethoscope_probes::device::Device;
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text;
use stethoscope_probes::text::Text;

use crate::verdict::{Verdict, VerdictState};

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

impl Snapshot {
    /// The state of the whole: any fail, else any nudge, else any unknown, else pass.
    pub fn overall(&self) -> Overall {
        let worst = self.verdicts.iter().map(|verdict| verdict.state).max();
        match worst {
            Some(VerdictState::Fail) => Overall::Fail,
            Some(VerdictState::Nudge) => Overall::Nudge,
            Some(VerdictState::Unknown) => Overall::Unknown,
            Some(VerdictState::Pass) | None => Overall::Pass,
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
            Overall::Unknown => match count(VerdictState::Unknown) {
                1 => text!("1 practice could not be checked"),
                count => text!("{count} practices could not be checked", count = count),
            },
            Overall::Pass if self.verdicts.is_empty() => text!("This profile asks nothing of this computer"),
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
