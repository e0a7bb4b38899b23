//! Whether the desktop wants light or dark windows, as its portal says, and when that changes.
//!
//! winit cannot tell on Linux. The portal is only asked when it already runs: no service is started.

use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use zbus::blocking::{Connection, MessageIterator, fdo::DBusProxy};
use zbus::names::BusName;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{MatchRule, message};

use crate::link::Wake;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const NAMESPACE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";

/// What the desktop prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preference {
    Light,
    Dark,
}

/// Asks once and then listens, on a thread of its own. Without a portal nothing ever comes.
pub(super) fn watch(wake: Wake) -> Receiver<Preference> {
    let (sender, receiver) = bounded(1);
    let oldest = receiver.clone();
    let started = thread::Builder::new().name("appearance".to_owned()).spawn(move || {
        if let Err(error) = listen(&Teller { sender, oldest, wake }) {
            tracing::debug!("the desktop does not say whether it is dark: {error}");
        }
    });
    if let Err(error) = started {
        tracing::warn!("no thread for the desktop's appearance: {error}");
    }
    receiver
}

fn listen(teller: &Teller) -> zbus::Result<()> {
    let bus = Connection::session()?;
    let rule = MatchRule::builder()
        .msg_type(message::Type::Signal)
        .interface(SETTINGS)?
        .member("SettingChanged")?
        .path(PATH)?
        .arg(0, NAMESPACE)?
        .build();
    let changes = MessageIterator::for_match_rule(rule, &bus, Some(8))?;
    if DBusProxy::new(&bus)?.name_has_owner(BusName::try_from(PORTAL)?)? {
        // `Read` wraps the value in two variants; `ReadOne` is younger than Debian 12.
        let answer = bus.call_method(Some(PORTAL), PATH, Some(SETTINGS), "Read", &(NAMESPACE, KEY))?;
        teller.tell(&answer.body().deserialize::<OwnedValue>()?.into());
    }
    for change in changes {
        let body = change?.body();
        if let Ok((_, key, value)) = body.deserialize::<(String, String, Value<'_>)>()
            && key == KEY
        {
            teller.tell(&value);
        }
    }
    Ok(())
}

/// Passes on only the newest preference.
struct Teller {
    sender: Sender<Preference>,
    oldest: Receiver<Preference>,
    wake: Wake,
}

impl Teller {
    fn tell(&self, value: &Value<'_>) {
        let preference = preference(value);
        while self.sender.try_send(preference).is_err() {
            // The window may have taken it in between; then there is room as well.
            let _older = self.oldest.try_recv();
        }
        (self.wake)();
    }
}

/// 1 prefers dark, 2 prefers light, 0 has no preference.
fn preference(value: &Value<'_>) -> Preference {
    match value {
        Value::Value(inner) => preference(inner),
        Value::U32(1) => Preference::Dark,
        _ => Preference::Light,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preference_is_found_below_any_number_of_wrappings() {
        let wrapped = |number: u32| Value::Value(Box::new(Value::Value(Box::new(Value::U32(number)))));
        assert_eq!(preference(&wrapped(1)), Preference::Dark);
        assert_eq!(preference(&wrapped(2)), Preference::Light);
        assert_eq!(preference(&Value::U32(0)), Preference::Light);
        assert_eq!(preference(&Value::from("dark")), Preference::Light);
    }
}
