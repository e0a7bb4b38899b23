//! Runs probes: each on a thread of its own, with a time limit and its panics caught, so that a
//! probe that fails costs one `Unknown` and nothing else.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{after, bounded, select};

use crate::finding::Finding;
use crate::host::{Host, Read};
use crate::practice::{Platform, PracticeId};

/// How long one probe may take before its practice becomes `Unknown`.
pub const PROBE_LIMIT: Duration = Duration::from_secs(8);

/// Reads a host and returns a finding for one practice on one platform. Knows no policy.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    pub practice: PracticeId,
    pub platform: Platform,
    /// Reads the host. A host error that gets out becomes `Unknown` with its reason.
    pub observe: fn(&dyn Host) -> Read<Finding>,
    /// One sentence for `stethoscope-cli practices`: what is read to find the answer.
    pub reads: &'static str,
}

/// Runs probes and remembers which of them are stuck, so that none is ever started twice.
#[derive(Debug, Default)]
pub struct Runner {
    busy: Arc<Mutex<BTreeSet<PracticeId>>>,
}

impl Runner {
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs the probes side by side. Gives one finding a probe, in the probes' order, after `limit`
    /// at the latest.
    pub fn run(&self, probes: &[Probe], host: &Arc<dyn Host>, limit: Duration) -> Vec<Finding> {
        let (sender, receiver) = bounded(probes.len());
        let mut findings: Vec<Option<Finding>> = vec![None; probes.len()];
        let mut waiting = 0;
        for (index, probe) in probes.iter().copied().enumerate() {
            if !self.enter(probe.practice) {
                let why = text!("The last check has not come back yet. Something it asks does not answer.");
                findings[index] = Some(finish(Finding::unknown(probe.practice, why), host.as_ref()));
                continue;
            }
            let (host, sender, busy) = (Arc::clone(host), sender.clone(), Arc::clone(&self.busy));
            let spawned = std::thread::Builder::new().name(format!("probe {}", probe.practice)).spawn(move || {
                let finding = run_one(probe, host.as_ref());
                busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&probe.practice);
                // The receiver is gone when the limit has passed; then nobody wants this finding.
                let _late = sender.send((index, finding));
            });
            match spawned {
                Ok(_detached) => waiting += 1,
                Err(error) => {
                    self.leave(probe.practice);
                    let why = text!("The check could not be started: {error}", error = error);
                    findings[index] = Some(Finding::unknown(probe.practice, why));
                }
            }
        }
        let deadline = after(limit);
        while waiting > 0 {
            select! {
                recv(receiver) -> message => {
                    let Ok((index, finding)) = message else { break };
                    findings[index] = Some(finding);
                    waiting -= 1;
                }
                recv(deadline) -> _ => break,
            }
        }
        let late = |probe: &Probe| {
            let why = text!("The check took longer than {seconds} seconds", seconds = limit.as_secs_f32());
            finish(Finding::unknown(probe.practice, why), host.as_ref())
        };
        probes.iter().zip(findings).map(|(probe, finding)| finding.unwrap_or_else(|| late(probe))).collect()
    }

    fn enter(&self, practice: PracticeId) -> bool {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(practice)
    }

    fn leave(&self, practice: PracticeId) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&practice);
    }
}

/// Runs one probe on this thread; its error and its panic become `Unknown`.
pub fn run_one(probe: Probe, host: &dyn Host) -> Finding {
    let finding = match catch_unwind(AssertUnwindSafe(|| (probe.observe)(host))) {
        Ok(Ok(finding)) => finding,
        Ok(Err(error)) => Finding::unknown(probe.practice, error.reason()),
        Err(_panic) => {
            Finding::unknown(probe.practice, text!("The check itself broke. This is a fault in Stethoscope."))
        }
    };
    finish(finding, host)
}

fn finish(mut finding: Finding, host: &dyn Host) -> Finding {
    finding.when = host.now();
    finding
}
