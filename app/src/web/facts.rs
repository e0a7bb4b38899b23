//! Facts for pages: asked of the monitor once for everybody who asks at the same time, and kept for a moment.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Sender;
use stethoscope_probes::practice::PracticeId;
use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;

use super::asked::Asked;
use crate::monitor::facts::{Facts, FactsWish};

/// How old an answer may be.
const FRESH: Duration = Duration::from_secs(10);

/// How long the monitor may take. A probe has its own limit, which is shorter.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the old app's pages ask for. All of it is looked at together, so that the next page finds it ready.
const USUAL: [PracticeId; 11] = [
    PracticeId::OsVersion,
    PracticeId::AutomaticUpdates,
    PracticeId::Firewall,
    PracticeId::DiskEncryption,
    PracticeId::ScreenLock,
    PracticeId::ScreenIdle,
    PracticeId::RemoteLogin,
    PracticeId::Applications,
    PracticeId::OpenWifiConnections,
    PracticeId::StethoscopeVersion,
    PracticeId::SoftwareUpdates,
];

/// The monitor did not answer in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Late;

/// Where facts come from.
#[derive(Debug)]
pub(super) struct Source {
    monitor: Sender<FactsWish>,
    /// Held while somebody asks the monitor: whoever comes meanwhile waits for the same answer.
    asking: Mutex<()>,
    known: RefCell<Option<Known>>,
}

#[derive(Clone, Debug)]
struct Known {
    at: Duration,
    practices: BTreeSet<PracticeId>,
    details: bool,
    facts: Arc<Facts>,
}

impl Known {
    fn covers(&self, asked: &Asked, now: Duration) -> bool {
        now.saturating_sub(self.at) < FRESH
            && (self.details || !asked.details)
            && asked.practices.is_subset(&self.practices)
    }
}

impl Source {
    pub(super) fn new(monitor: Sender<FactsWish>) -> Self {
        Source { monitor, asking: Mutex::new(()), known: RefCell::new(None) }
    }

    /// The facts for an answer, at most ten seconds old. `now` tells the time since the start.
    pub(super) async fn get(&self, asked: &Asked, now: impl Fn() -> Duration) -> Result<Arc<Facts>, Late> {
        if let Some(facts) = self.fresh(asked, now()) {
            return Ok(facts);
        }
        let _alone = timeout(PATIENCE, self.asking.lock()).await.map_err(|_late| Late)?;
        if let Some(facts) = self.fresh(asked, now()) {
            return Ok(facts);
        }
        let practices: BTreeSet<PracticeId> = USUAL.into_iter().chain(asked.practices.iter().copied()).collect();
        let (reply, answer) = oneshot::channel();
        let wish = FactsWish {
            practices: practices.clone(),
            details: asked.details,
            reply: Box::new(move |facts| {
                // Whoever waited has given up.
                let _late = reply.send(facts);
            }),
        };
        self.monitor.try_send(wish).map_err(|_busy_or_gone| Late)?;
        let facts = timeout(PATIENCE, answer).await.map_err(|_late| Late)?.map_err(|_gone| Late)?;
        let known = Known { at: now(), practices, details: asked.details, facts: Arc::clone(&facts) };
        *self.known.borrow_mut() = Some(known);
        Ok(facts)
    }

    fn fresh(&self, asked: &Asked, now: Duration) -> Option<Arc<Facts>> {
        let known = self.known.borrow();
        known.as_ref().filter(|known| known.covers(asked, now)).map(|known| Arc::clone(&known.facts))
    }
}
