//! What wakes the thread "watch" where no file descriptor does: whoever hears something puts it into the inbox and
//! rings.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::host::watch::{Scanned, Watcher};

/// What came in since the thread last woke.
#[derive(Default)]
pub(super) struct Inbox<H> {
    rings: bool,
    /// Nobody wants to hear of changes any more.
    pub(super) ended: bool,
    /// What was scanned and not looked at yet.
    pub(super) scanned: Option<Scanned>,
    /// What the system said.
    pub(super) heard: H,
}

/// The bell and its inbox.
#[derive(Default)]
pub(super) struct Bell<H> {
    inbox: Mutex<Inbox<H>>,
    rung: Condvar,
}

impl<H: Default> Bell<H> {
    fn lock(&self) -> MutexGuard<'_, Inbox<H>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts something in and wakes the thread. Waits for nothing but the moment in which the thread empties the
    /// inbox.
    pub(super) fn ring(&self, put: impl FnOnce(&mut Inbox<H>)) {
        let mut inbox = self.lock();
        put(&mut inbox);
        inbox.rings = true;
        drop(inbox);
        self.rung.notify_one();
    }

    /// Sleeps until it rings, and takes everything out.
    pub(super) fn wait(&self) -> Inbox<H> {
        let mut inbox = self.lock();
        while !inbox.rings {
            inbox = self.rung.wait(inbox).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::take(&mut *inbox)
    }
}

/// The watcher's end on the side of who scans.
pub(super) struct Handle<H: Default>(pub(super) Arc<Bell<H>>);

impl<H: Default + Send> Watcher for Handle<H> {
    fn follow(&mut self, scanned: Scanned) {
        self.0.ring(|inbox| scanned.wait_in(&mut inbox.scanned));
    }
}

impl<H: Default> Drop for Handle<H> {
    fn drop(&mut self) {
        self.0.ring(|inbox| inbox.ended = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_before_and_while_the_thread_sleeps_comes_out_once() {
        let bell: Arc<Bell<Vec<u8>>> = Arc::default();
        bell.ring(|inbox| inbox.heard.push(1));
        bell.ring(|inbox| inbox.heard.push(2));
        assert_eq!(bell.wait().heard, [1, 2]);
        let mut handle = Handle(Arc::clone(&bell));
        let other = std::thread::Builder::new().spawn(move || {
            let first = bell.wait();
            // The end may come with the scan or behind it.
            let ended = first.ended || bell.wait().ended;
            (first.heard, first.scanned.is_some(), ended)
        });
        handle.follow(Scanned::default());
        drop(handle);
        assert_eq!(other.expect("a thread").join().expect("it ends"), (Vec::new(), true, true));
    }
}
