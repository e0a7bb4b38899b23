//! The user's own files where they may lie on a network mount that has died: whoever touches such a file waits
//! until the mount is back, which may be never. So another thread touches it, and is waited for only so long.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};

/// How long reading a file of the user's may take.
pub const READING: Duration = Duration::from_secs(2);

/// How long writing one may take. A busy disk takes seconds to say that it has it.
pub const WRITING: Duration = Duration::from_secs(10);

/// The user's home, and how much of what was begun in it hangs.
static HOME: Gate = Gate { hanging: AtomicUsize::new(0) };

/// Does something with the user's files, unless they do not answer.
///
/// [`io::ErrorKind::TimedOut`]: it was begun, and goes on by itself once they answer again.
/// [`io::ErrorKind::ResourceBusy`]: something else hangs there, so it was not begun. No more than a few threads
/// ever hang that way.
pub fn in_time<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    HOME.pass(limit, work)
}

struct Gate {
    hanging: AtomicUsize,
}

impl Gate {
    fn pass<T: Send + 'static>(
        &'static self,
        limit: Duration,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let result = Arc::new(Mutex::new(None));
        let own = Arc::clone(&result);
        let place = move |result| *own.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        self.wait(limit, Box::new(move || place(work())))?;
        let result = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| Err(io::Error::other("it broke off. This is a fault in Stethoscope")))
    }

    /// Apart from what it is that is done, so that the program has this once and not for each kind of result.
    fn wait(&'static self, limit: Duration, work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
        let silent = |kind| io::Error::new(kind, "the folder it is in does not answer");
        if self.hanging.load(Ordering::Acquire) > 0 {
            return Err(silent(io::ErrorKind::ResourceBusy));
        }
        // Holds nothing: what is not taken in time is never taken, and the thread learns of it.
        let (done, receiver) = bounded(0);
        thread::Builder::new().name("files".to_owned()).spawn(move || {
            work();
            if done.send(()).is_err() {
                self.hanging.fetch_sub(1, Ordering::AcqRel);
            }
        })?;
        match receiver.recv_timeout(limit) {
            // Where it broke off there is no result, which is seen above.
            Ok(()) | Err(RecvTimeoutError::Disconnected) => Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                // Before the receiver goes, which is what the thread learns it by.
                self.hanging.fetch_add(1, Ordering::AcqRel);
                Err(silent(io::ErrorKind::TimedOut))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_hangs_is_waited_for_once_and_nothing_is_begun_until_it_is_done() {
        static GATE: Gate = Gate { hanging: AtomicUsize::new(0) };
        let (answer, hangs) = bounded::<()>(0);
        let work = move || hangs.recv().map_err(io::Error::other);
        let error = GATE.pass(Duration::from_millis(50), work).expect_err("it hangs");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let start = Instant::now();
        let error = GATE.pass(LONG, || Ok(())).expect_err("the other one hangs");
        assert_eq!(error.kind(), io::ErrorKind::ResourceBusy);
        assert!(start.elapsed() < LONG / 2, "it was not waited for");
        answer.send(()).expect("it waits for this");
        while GATE.hanging.load(Ordering::Acquire) > 0 {
            assert!(start.elapsed() < LONG, "what hung is done");
            thread::yield_now();
        }
        assert_eq!(GATE.pass(LONG, || Ok(7)).ok(), Some(7));
    }

    #[test]
    fn what_breaks_off_does_not_hang() {
        static GATE: Gate = Gate { hanging: AtomicUsize::new(0) };
        let error = GATE.pass(LONG, || -> io::Result<()> { panic!("as a fault would") }).expect_err("it broke off");
        assert_eq!(error.kind(), io::ErrorKind::Other);
        assert_eq!(GATE.pass(LONG, || Ok(7)).ok(), Some(7));
    }
}
