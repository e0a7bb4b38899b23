//! Findings for somebody who brings a policy of their own: a web page. They change no snapshot, no
//! history and no tray icon.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use stethoscope_probes::details::Details;
use stethoscope_probes::device::Device;
use stethoscope_probes::finding::Finding;
use stethoscope_probes::practice::PracticeId;

/// What is known of this device at one moment, held against no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub device: Device,
    /// Only where they were asked for.
    pub details: Option<Details>,
    /// One for each practice that was asked for and that this platform has a probe for, items untrimmed.
    pub findings: Vec<Finding>,
    pub when: Timestamp,
}

impl Facts {
    pub fn finding(&self, practice: PracticeId) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.practice == practice)
    }
}

/// What to find out, and whom to tell.
pub struct FactsWish {
    pub practices: BTreeSet<PracticeId>,
    pub details: bool,
    /// Called once, on the monitor's thread: it must not wait for anything.
    pub reply: Box<dyn FnOnce(Arc<Facts>) + Send>,
}

impl fmt::Debug for FactsWish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FactsWish")
            .field("practices", &self.practices)
            .field("details", &self.details)
            .finish_non_exhaustive()
    }
}
