//! A finding held against a requirement.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stethoscope_probes::finding::Finding;
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text::Text;

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
