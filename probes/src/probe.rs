//! Runs probes: a few at a time, each with a time limit and its panics caught, so that a probe that
//! fails costs one `Unknown` and nothing else.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, after, bounded, never, select};

use crate::finding::Finding;
use crate::host::asked::{Asked, Noting};
use crate::host::pending::Pending;
use crate::host::{Host, Read};
use crate::practice::{Platform, PracticeId};

/// How long one probe may take before its practice becomes `Unknown`.
pub const PROBE_LIMIT: Duration = Duration::from_secs(8);

/// How many threads a scan starts with. Two are at work on an ordinary computer while another waits for a
/// service's answer; each more costs its stack and a heap of its own.
const WORKERS: usize = 3;

/// After this long every probe that has not begun gets a thread of its own. A scan is over before, also one that
/// reads from a slow disk; where it is not, something hangs, and what hangs must not keep the others waiting.
const PATIENCE: Duration = Duration::from_millis(300);

/// The probes that take longest, longest first, so that none of them begins when all others are done.
const LONGEST: [PracticeId; 6] = [
    PracticeId::SoftwareUpdates,
    PracticeId::RemoteLogin,
    PracticeId::Applications,
    PracticeId::ScreenLock,
    PracticeId::DiskEncryption,
    PracticeId::AutomaticLogin,
];

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

/// The probes that have not come back, and what each waits for.
type Busy = Arc<Mutex<BTreeMap<PracticeId, Arc<Pending>>>>;

/// Runs probes and remembers which of them are stuck, so that none is ever started twice.
#[derive(Debug, Default)]
pub struct Runner {
    busy: Busy,
}

/// What a probe came to.
#[derive(Clone, Debug)]
pub struct Looked {
    pub finding: Finding,
    /// What it asked its host for. `None` where the probe did not come back.
    pub asked: Option<Asked>,
}

/// What a thread needs to take one probe after the other.
#[derive(Clone)]
struct Work {
    host: Arc<dyn Host>,
    busy: Busy,
    waiting: Receiver<(usize, Probe, Arc<Pending>)>,
    done: Sender<(usize, Looked)>,
}

impl Runner {
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs the probes side by side. Gives one finding a probe, in the probes' order, after `limit`
    /// at the latest.
    pub fn run(&self, probes: &[Probe], host: &Arc<dyn Host>, limit: Duration) -> Vec<Finding> {
        self.run_noting(probes, host, limit).into_iter().map(|looked| looked.finding).collect()
    }

    /// As [`Runner::run`], with what each probe asked for.
    pub fn run_noting(&self, probes: &[Probe], host: &Arc<dyn Host>, limit: Duration) -> Vec<Looked> {
        let mut findings: Vec<Option<Looked>> = vec![None; probes.len()];
        let (queue, waiting) = bounded(probes.len());
        let mut left = 0;
        for (index, probe) in longest_first(probes) {
            match self.enter(probe.practice) {
                Ok(pending) => left += usize::from(queue.try_send((index, probe, pending)).is_ok()),
                Err(stuck) => {
                    let why = match stuck.path() {
                        Some(path) => {
                            text!("The last check has not come back yet. It still waits for {path}.", path = path)
                        }
                        None => text!("The last check has not come back yet. Something it asks does not answer."),
                    };
                    findings[index] = Some(unasked(finish(Finding::unknown(probe.practice, why), host.as_ref())));
                }
            }
        }
        let (done, receiver) = bounded(probes.len());
        let work = Work { host: Arc::clone(host), busy: Arc::clone(&self.busy), waiting, done };
        let mut refused = None;
        let mut running = 0;
        for _ in 0..left.min(WORKERS) {
            match work.start() {
                Ok(()) => running += 1,
                Err(error) => refused = Some(error),
            }
        }
        if running == 0 {
            self.give_up(&work, &mut findings, refused);
            left = findings.iter().filter(|finding| finding.is_none()).count();
        }
        let deadline = after(limit);
        let mut patience = after(PATIENCE.min(limit / 4));
        while left > 0 {
            select! {
                recv(receiver) -> message => {
                    let Ok((index, looked)) = message else { break };
                    findings[index] = Some(looked);
                    left -= 1;
                }
                recv(patience) -> _ => {
                    patience = never();
                    // Where none can be had, the threads there are take what is left.
                    let _refused = (0..work.waiting.len()).try_for_each(|_| work.start());
                }
                recv(deadline) -> _ => break,
            }
        }
        // Nobody wants these any more.
        work.waiting.try_iter().for_each(|(_, probe, _)| self.leave(probe.practice));
        let late = |probe: &Probe| {
            let seconds = limit.as_secs_f32();
            let why = match self.waits_for(probe.practice) {
                Some(path) => text!(
                    "The check took longer than {seconds} seconds. It still waits for {path}.",
                    seconds = seconds,
                    path = path
                ),
                None => text!("The check took longer than {seconds} seconds", seconds = seconds),
            };
            unasked(finish(Finding::unknown(probe.practice, why), host.as_ref()))
        };
        probes.iter().zip(findings).map(|(probe, looked)| looked.unwrap_or_else(|| late(probe))).collect()
    }

    /// There is no thread to be had.
    fn give_up(&self, work: &Work, findings: &mut [Option<Looked>], refused: Option<std::io::Error>) {
        let error = refused.map(|error| error.to_string()).unwrap_or_default();
        for (index, probe, _) in work.waiting.try_iter() {
            self.leave(probe.practice);
            let why = text!("The check could not be started: {error}", error = error);
            findings[index] = Some(unasked(finish(Finding::unknown(probe.practice, why), work.host.as_ref())));
        }
    }

    /// Notes that this probe runs. Gives what the last run of it waits for where that is not over.
    fn enter(&self, practice: PracticeId) -> Result<Arc<Pending>, Arc<Pending>> {
        match self.busy().entry(practice) {
            Entry::Occupied(stuck) => Err(Arc::clone(stuck.get())),
            Entry::Vacant(free) => Ok(Arc::clone(free.insert(Arc::default()))),
        }
    }

    fn leave(&self, practice: PracticeId) {
        self.busy().remove(&practice);
    }

    fn waits_for(&self, practice: PracticeId) -> Option<String> {
        let pending = self.busy().get(&practice).cloned();
        pending?.path()
    }

    fn busy(&self) -> MutexGuard<'_, BTreeMap<PracticeId, Arc<Pending>>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work {
    /// Starts a thread that takes probes until none is waiting.
    fn start(&self) -> std::io::Result<()> {
        let work = self.clone();
        let all = move || {
            while let Ok((index, probe, pending)) = work.waiting.try_recv() {
                let host = Noting::of(work.host.as_ref(), pending);
                let finding = run_one(probe, &host);
                let looked = Looked { finding, asked: Some(host.finish()) };
                work.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&probe.practice);
                // The receiver is gone when the limit has passed; then nobody wants this finding.
                let _late = work.done.send((index, looked));
            }
        };
        std::thread::Builder::new().name("probes".to_owned()).spawn(all).map(|_detached| ())
    }
}

fn longest_first(probes: &[Probe]) -> Vec<(usize, Probe)> {
    let mut order: Vec<(usize, Probe)> = probes.iter().copied().enumerate().collect();
    let rank = |practice| LONGEST.iter().position(|long| *long == practice).unwrap_or(LONGEST.len());
    order.sort_by_key(|(_, probe)| rank(probe.practice));
    order
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

fn unasked(finding: Finding) -> Looked {
    Looked { finding, asked: None }
}

fn finish(mut finding: Finding, host: &dyn Host) -> Finding {
    finding.when = host.now();
    finding
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
