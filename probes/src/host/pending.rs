//! What a probe waits for at this moment, so that of one that hangs it can be said at what.

use std::sync::{Arc, Mutex, PoisonError};

/// The path that one probe asked the system for and has no answer about yet.
#[derive(Debug, Default)]
pub struct Pending(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Room for a path, which is kept from one to the next.
    path: String,
    waits: bool,
    /// Another probe works out what this one wants to know, too.
    behind: Option<Arc<Pending>>,
}

impl Pending {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Does something that may hang at that path.
    pub fn during<T>(&self, path: &str, ask: impl FnOnce() -> T) -> T {
        self.change(|state| {
            state.path.clear();
            state.path.push_str(path);
            state.waits = true;
        });
        let answer = ask();
        self.change(|state| state.waits = false);
        answer
    }

    /// Waits for another probe, or does its work.
    pub fn behind<T>(&self, other: Arc<Pending>, wait: impl FnOnce() -> T) -> T {
        if std::ptr::eq(self, &raw const *other) {
            return wait();
        }
        self.change(|state| state.behind = Some(other));
        let result = wait();
        self.change(|state| state.behind = None);
        result
    }

    /// The path, where there is one.
    pub fn path(&self) -> Option<String> {
        // Who does the work of another waits behind nobody.
        let behind = {
            let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if state.waits {
                return Some(state.path.clone());
            }
            state.behind.clone()?
        };
        let state = behind.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.waits.then(|| state.path.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_waited_for_is_named_also_where_another_does_the_work() {
        let (worker, other) = (Arc::new(Pending::default()), Pending::default());
        assert_eq!(worker.path(), None);
        worker.during("/home/ann", || {
            assert_eq!(worker.path().as_deref(), Some("/home/ann"));
            assert_eq!(other.path(), None);
            other.behind(Arc::clone(&worker), || assert_eq!(other.path().as_deref(), Some("/home/ann")));
            worker.behind(Arc::clone(&worker), || assert_eq!(worker.path().as_deref(), Some("/home/ann")));
        });
        other.behind(Arc::clone(&worker), || assert_eq!(other.path(), None));
        worker.during("/etc", || assert_eq!(worker.path().as_deref(), Some("/etc")));
        assert_eq!((worker.path(), other.path()), (None, None));
    }
}
