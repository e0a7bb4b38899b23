//! Whether anything on this desktop shows tray icons, and when that changes.
//!
//! A StatusNotifierItem is shown by a *host* (a panel), which it finds through the *watcher*
//! `org.kde.StatusNotifierWatcher`. GNOME without its extension and sway without a bar have
//! neither. Panels come late and are restarted, so this listens for signals; nothing polls.

use crossbeam_channel::Sender;

/// Whether the tray icon can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrayHost {
    /// A panel shows icons.
    Present,
    /// Nothing shows icons now; something may come.
    Absent,
    /// There is no session bus, so there will be no tray while this program runs. After another
    /// state: the bus has ended, and with it the session.
    NoBus(String),
}

/// Says on `changes` what there is now, and again whenever it changes, from a thread of its own.
pub fn watch(changes: Sender<TrayHost>) -> std::io::Result<()> {
    std::thread::Builder::new().name("tray host".to_owned()).spawn(move || watching(&changes))?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn watching(changes: &Sender<TrayHost>) {
    // The other systems always show the icon somewhere.
    let _ending = changes.send(TrayHost::Present);
}

#[cfg(target_os = "linux")]
fn watching(changes: &Sender<TrayHost>) {
    if let Err(error) = bus::follow(changes) {
        let _ending = changes.send(TrayHost::NoBus(error.to_string()));
    }
}

#[cfg(target_os = "linux")]
mod bus {
    use crossbeam_channel::Sender;
    use zbus::MatchRule;
    use zbus::blocking::{Connection, MessageIterator, fdo::DBusProxy};
    use zbus::message::Type;

    use super::TrayHost;

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const WATCHER_PATH: &str = "/StatusNotifierWatcher";

    /// Returns when the bus is gone or nobody listens any more.
    pub(super) fn follow(changes: &Sender<TrayHost>) -> zbus::Result<()> {
        let connection = Connection::session()?;
        // Taken before the first question, so that no change falls between the two.
        let messages = MessageIterator::from(&connection);
        let bus = DBusProxy::new(&connection)?;
        let signal = || MatchRule::builder().msg_type(Type::Signal);
        bus.add_match_rule(
            signal().sender("org.freedesktop.DBus")?.member("NameOwnerChanged")?.add_arg(WATCHER)?.build(),
        )?;
        for member in ["StatusNotifierHostRegistered", "StatusNotifierHostUnregistered"] {
            bus.add_match_rule(signal().interface(WATCHER)?.member(member)?.build())?;
        }
        let mut said = None;
        let mut tell = |connection: &Connection| {
            let now = if is_shown(connection) { TrayHost::Present } else { TrayHost::Absent };
            if said.as_ref() == Some(&now) {
                return true;
            }
            said = Some(now.clone());
            changes.send(now).is_ok()
        };
        if !tell(&connection) {
            return Ok(());
        }
        for message in messages {
            if message?.message_type() == Type::Signal && !tell(&connection) {
                return Ok(());
            }
        }
        Err(zbus::Error::InputOutput(std::sync::Arc::new(std::io::ErrorKind::ConnectionAborted.into())))
    }

    /// Whether a watcher runs and says that a host does. Never starts a service.
    fn is_shown(connection: &Connection) -> bool {
        let answer = connection
            .call_method(
                Some(WATCHER),
                WATCHER_PATH,
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &(WATCHER, "IsStatusNotifierHostRegistered"),
            )
            .and_then(|reply| reply.body().deserialize::<zbus::zvariant::OwnedValue>());
        answer.is_ok_and(|value| bool::try_from(value).unwrap_or_default())
    }
}
