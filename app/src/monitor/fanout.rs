//! Hands every event to every subscriber, and waits for none of them.
//!
//! A subscriber that does not read loses the older events and gets what stands: the newest event of
//! each kind. What must not be lost (the history) is therefore kept by the monitor itself, before
//! it publishes.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::message::Event;

/// How many events may wait for one subscriber. More than there are kinds, so that what stands fits.
const WAITING: usize = 8;

/// One bounded sender a subscriber.
#[derive(Debug, Default)]
pub struct Fanout {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The newest event of each kind, in the order in which they came.
    standing: Vec<Event>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    sender: Sender<Event>,
    /// The subscriber's own end, to make room in a full channel.
    receiver: Receiver<Event>,
    alive: Weak<()>,
}

/// A receiver of events. Reads like a crossbeam [`Receiver`], also in `select!`.
#[derive(Debug)]
pub struct Subscription {
    receiver: Receiver<Event>,
    _alive: Arc<()>,
}

impl Deref for Subscription {
    type Target = Receiver<Event>;

    fn deref(&self) -> &Receiver<Event> {
        &self.receiver
    }
}

impl Fanout {
    pub fn new() -> Self {
        Self::default()
    }

    /// A new subscriber. It first gets what stands, so it need not wait for the next scan.
    pub fn subscribe(&self) -> Subscription {
        let (sender, receiver) = bounded(WAITING);
        let alive = Arc::new(());
        let line = Line { sender, receiver: receiver.clone(), alive: Arc::downgrade(&alive) };
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        line.catch_up(&inner.standing);
        inner.lines.push(line);
        Subscription { receiver, _alive: alive }
    }

    /// Gives the event to everybody. Never blocks.
    pub fn publish(&self, event: &Event) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { standing, lines } = &mut *inner;
        standing.retain(|known| !known.is_replaced_by(event));
        standing.push(event.clone());
        lines.retain(|line| line.alive.strong_count() > 0);
        for line in lines {
            if let Err(TrySendError::Full(_)) = line.sender.try_send(event.clone()) {
                line.catch_up(standing);
            }
        }
    }
}

impl Line {
    /// Drops everything that waits and sends what stands. The reader may take events meanwhile: they
    /// are older than what follows, so it never sees time run backwards.
    fn catch_up(&self, standing: &[Event]) {
        while self.receiver.try_recv().is_ok() {}
        for event in standing {
            // Cannot be full: there are fewer kinds than places, and only this thread sends.
            let _room = self.sender.try_send(event.clone());
        }
    }
}
