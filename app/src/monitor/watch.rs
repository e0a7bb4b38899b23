//! The monitor's end of the watcher: what it hears waits here until the monitor's thread takes it.

use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, bounded, never};
use stethoscope_probes::host::watch::{Change, Scanned, Tell, Watcher};
use stethoscope_probes::practice::Practices;

/// Starts a watcher that tells what it hears. `None` where there is none for this system.
pub type StartWatch = Box<dyn FnOnce(Tell) -> std::io::Result<Option<Box<dyn Watcher>>> + Send>;

/// What was heard and not taken yet: it does not grow, however much happens.
#[derive(Debug, Default)]
struct Heard {
    practices: Practices,
    everything: Option<Change>,
}

/// A running watcher, or none.
pub(super) struct Watching {
    watcher: Option<Box<dyn Watcher>>,
    heard: Arc<Mutex<Heard>>,
    /// Rings when something was heard.
    pub(super) bell: Receiver<()>,
}

impl Watching {
    /// Starts it. Where that fails or there is none, the timer has to do.
    pub(super) fn start(start: Option<StartWatch>) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (ring, bell) = bounded(1);
        let shared = Arc::clone(&heard);
        let tell: Tell = Box::new(move |change| {
            match change {
                Change::LeftOut(folders) => {
                    tracing::info!("{folders} folders cannot be watched: changes in them are seen at the next scan");
                    return;
                }
                Change::Practices(practices) => lock(&shared).practices |= practices,
                Change::Everything(why) => {
                    tracing::info!("everything is looked at again: {why:?}");
                    lock(&shared).everything = Some(change);
                }
            }
            // Full means that it rings already.
            let _rings = ring.try_send(());
        });
        let watcher = start.and_then(|start| {
            start(tell).unwrap_or_else(|error| {
                tracing::warn!("changes cannot be watched, so they are seen at the next scan: {error}");
                None
            })
        });
        let bell = if watcher.is_some() { bell } else { never() };
        Watching { watcher, heard, bell }
    }

    pub(super) fn is_on(&self) -> bool {
        self.watcher.is_some()
    }

    /// Takes what was heard.
    pub(super) fn heard(&self) -> impl Iterator<Item = Change> {
        let Heard { practices, everything } = std::mem::take(&mut *lock(&self.heard));
        let practices = (!practices.is_empty()).then_some(Change::Practices(practices));
        practices.into_iter().chain(everything)
    }

    pub(super) fn follow(&mut self, scanned: Scanned) {
        if let Some(watcher) = &mut self.watcher {
            watcher.follow(scanned);
        }
    }

    /// It ended by itself: its bell would ring without end.
    pub(super) fn has_ended(&mut self) {
        tracing::warn!("the watching of changes has ended, so they are seen at the next scan");
        self.watcher = None;
        self.bell = never();
    }
}

fn lock(heard: &Mutex<Heard>) -> std::sync::MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
