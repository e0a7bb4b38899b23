//! What several probes of one scan ask for and only one of them has to work out.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Host;
use super::asked::Asked;
use super::pending::Pending;

/// A result, and what it was made of, where that is noted.
#[derive(Debug)]
struct Known {
    result: Arc<dyn Any + Send + Sync>,
    asked: Option<Asked>,
}

/// Where a result will be, and what the one waits for who works it out.
#[derive(Debug, Default)]
struct Slot {
    known: OnceLock<Known>,
    worker: OnceLock<Arc<Pending>>,
}

/// What one scan has worked out. It holds one result a name, and the names stand in the code.
#[derive(Debug, Default)]
pub struct Scan(Mutex<BTreeMap<&'static str, Arc<Slot>>>);

impl Scan {
    pub fn new() -> Self {
        Self::default()
    }

    fn slot(&self, what: &'static str) -> Arc<Slot> {
        Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default())
    }
}

impl dyn Host + '_ {
    /// Works something out of this host, or gives what another probe of this scan made of it. Whoever asks
    /// while it is being worked out waits for it. `work` must not ask for `what` itself.
    pub fn once_a_scan<T: Any + Send + Sync>(&self, what: &'static str, work: impl Fn() -> T) -> Arc<T> {
        let Some(scan) = self.this_scan() else { return Arc::new(work()) };
        let slot = scan.slot(what);
        let known = match (slot.known.get(), self.notes()) {
            (Some(known), _) => known,
            (None, Some(notes)) => {
                let worker = Arc::clone(slot.worker.get_or_init(|| Arc::clone(&notes.pending)));
                notes.pending.behind(worker, || {
                    slot.known.get_or_init(|| {
                        let (result, asked) = notes.apart(&work);
                        Known { result: Arc::new(result), asked: Some(asked) }
                    })
                })
            }
            (None, None) => slot.known.get_or_init(|| Known { result: Arc::new(work()), asked: None }),
        };
        // A change of what it was made of concerns all who asked, not only who came first.
        if let (Some(notes), Some(asked)) = (self.notes(), &known.asked) {
            notes.add(asked);
        }
        // A name stands for one type; should it ever stand for two, each is worked out by itself.
        Arc::clone(&known.result).downcast().unwrap_or_else(|_other| Arc::new(work()))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use jiff::Timestamp;

    use crate::host::Host;
    use crate::host::live::LiveHost;

    #[test]
    fn one_scan_works_a_thing_out_once_and_the_next_scan_again() {
        let times = Cell::new(0);
        let ask = |host: &dyn Host| {
            *host.once_a_scan("a test", || {
                times.set(times.get() + 1);
                times.get()
            })
        };
        let (first, second) = (LiveHost::new(Timestamp::UNIX_EPOCH), LiveHost::new(Timestamp::UNIX_EPOCH));
        assert_eq!((ask(&first), ask(&first), ask(&second), ask(&first)), (1, 1, 2, 1));
        let other: &dyn Host = &first;
        assert_eq!(*other.once_a_scan("a test", || "of another type"), "of another type");
    }
}
