//! The open connections: a bounded number, and those that say nothing make room for those that do.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use tokio::task::AbortHandle;

/// How many connections may be open at once.
pub(super) const MOST: usize = 64;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Waiting for its next request, or for the rest of one.
    Idle,
    /// A request of it is being answered.
    Busy,
}

/// Who is connected, oldest first.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: RefCell<BTreeMap<u64, Open>>,
    next: Cell<u64>,
}

#[derive(Debug)]
struct Open {
    doing: Rc<Cell<Doing>>,
    task: Option<AbortHandle>,
}

impl Connections {
    /// Takes one in. Where there is no room, the one that has been idle longest is closed; where all are
    /// busy, there is none.
    pub(super) fn enter(self: &Rc<Self>) -> Option<Place> {
        let mut open = self.open.borrow_mut();
        if open.len() >= MOST {
            let idle = open.iter().find(|(_, open)| open.doing.get() == Doing::Idle).map(|(id, _)| *id)?;
            if let Some(Open { task: Some(task), .. }) = open.remove(&idle) {
                task.abort();
            }
        }
        let id = self.next.replace(self.next.get() + 1);
        let doing = Rc::new(Cell::new(Doing::Idle));
        open.insert(id, Open { doing: Rc::clone(&doing), task: None });
        Some(Place { id, doing, all: Rc::clone(self) })
    }

    /// Says which task serves it, so that it can be closed.
    pub(super) fn served_by(&self, id: u64, task: AbortHandle) {
        if let Some(open) = self.open.borrow_mut().get_mut(&id) {
            open.task = Some(task);
        }
    }
}

/// The place of one connection. Free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: u64,
    pub(super) doing: Rc<Cell<Doing>>,
    all: Rc<Connections>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.open.borrow_mut().remove(&self.id);
    }
}

/// Marks a connection as busy while it lives.
#[derive(Debug)]
pub(super) struct Busy(Rc<Cell<Doing>>);

impl Busy {
    pub(super) fn now(doing: Rc<Cell<Doing>>) -> Self {
        doing.set(Doing::Busy);
        Busy(doing)
    }

    /// The rest of the request has yet to come.
    pub(super) fn pause(&self) {
        self.0.set(Doing::Idle);
    }

    pub(super) fn resume(&self) {
        self.0.set(Doing::Busy);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set(Doing::Idle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_idle_make_room_and_the_busy_do_not() {
        let all = Rc::new(Connections::default());
        let places: Vec<Place> = (0..MOST).filter_map(|_| all.enter()).collect();
        assert_eq!(places.len(), MOST);
        places[0].doing.set(Doing::Busy);
        let newcomer = all.enter().expect("one of the idle goes");
        assert!(all.open.borrow().contains_key(&0), "the busy one stays");
        assert!(!all.open.borrow().contains_key(&1));
        for place in &places {
            place.doing.set(Doing::Busy);
        }
        newcomer.doing.set(Doing::Busy);
        assert!(all.enter().is_none());
        drop(newcomer);
        assert!(all.enter().is_some());
    }
}
