//! Findings for somebody who brings a policy of their own: a web page. They change no snapshot, no
//! history and no tray icon.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::bounded;
use jiff::Timestamp;
use stethoscope_probes::details::Details;
use stethoscope_probes::device::Device;
use stethoscope_probes::finding::Finding;
use stethoscope_probes::host::Host;
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

/// Reads details on a thread of its own: a home on a dead network mount must not stop the watching.
#[derive(Debug, Default)]
pub(super) struct Detailer {
    busy: Arc<AtomicBool>,
}

impl Detailer {
    /// The details, unless they take longer than `limit` or an earlier reading still hangs.
    pub(super) fn read(
        &self,
        read: fn(&dyn Host) -> Details,
        host: &Arc<dyn Host>,
        limit: Duration,
    ) -> Option<Details> {
        if self.busy.swap(true, Ordering::AcqRel) {
            return None;
        }
        let (sender, receiver) = bounded(1);
        let (host, busy) = (Arc::clone(host), Arc::clone(&self.busy));
        let thread = std::thread::Builder::new().name("details".to_owned()).spawn(move || {
            let details = catch_unwind(AssertUnwindSafe(|| read(host.as_ref()))).ok();
            busy.store(false, Ordering::Release);
            let _late = sender.send(details);
        });
        if thread.is_err() {
            self.busy.store(false, Ordering::Release);
        }
        receiver.recv_timeout(limit).ok().flatten()
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
