//! Every notification that is asked for on a session bus, overheard.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::blocking::{Connection, MessageIterator};
use zbus::zvariant::OwnedValue;

use super::world::{World, wait_for};

/// One call of `Notify`.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    /// The id of the message whose place it takes, or 0.
    pub(super) replaces: u32,
    pub(super) summary: String,
    pub(super) body: String,
    /// Keys and labels in turn.
    pub(super) actions: Vec<String>,
}

/// Everything overheard so far.
pub(super) struct Overheard(Arc<Mutex<Vec<Notice>>>);

type Notify<'a> = (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedValue>, i32);

impl Overheard {
    pub(super) fn new(world: &World) -> Self {
        let builder = zbus::blocking::connection::Builder::address(world.bus().as_str()).expect("an address");
        let connection: Connection = builder.build().expect("the session bus");
        let rules = ["type='method_call',interface='org.freedesktop.Notifications',member='Notify'"];
        let messages = MessageIterator::from(&connection);
        connection
            .call_method(
                Some("org.freedesktop.DBus"),
                "/org/freedesktop/DBus",
                Some("org.freedesktop.DBus.Monitoring"),
                "BecomeMonitor",
                &(&rules[..], 0_u32),
            )
            .expect("the bus lets us listen");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&heard);
        std::thread::Builder::new()
            .name("overheard".to_owned())
            .spawn(move || {
                for message in messages.map_while(Result::ok) {
                    if message.header().member().is_none_or(|member| member.as_str() != "Notify") {
                        continue;
                    }
                    let body = message.body();
                    let Ok(notify) = body.deserialize::<Notify<'_>>() else { continue };
                    let (_app, replaces, _icon, summary, body, actions, ..) = notify;
                    let notice = Notice { replaces, summary, body, actions };
                    into.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
                }
                drop(connection);
            })
            .expect("a thread starts");
        Overheard(heard)
    }

    pub(super) fn all(&self) -> Vec<Notice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The notice with that number, counted from 1, once it is there. Fails if there are more.
    #[track_caller]
    pub(super) fn exactly(&self, count: usize) -> Notice {
        let newest = wait_for(&format!("notification {count}"), || self.all().get(count - 1).cloned());
        // What comes too much comes within a scan of what was wanted.
        std::thread::sleep(std::time::Duration::from_millis(1500));
        assert_eq!(self.all().len(), count, "there are others: {:#?}", self.all());
        newest
    }
}
