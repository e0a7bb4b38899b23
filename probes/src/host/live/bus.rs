//! Calls on the message buses: never starting a service, never raising a password dialog, never waiting
//! longer than [`BUS_LIMIT`].

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake};
use std::thread::Thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use zbus::proxy::{Builder, CacheProperties, MethodFlags};
use zbus::zvariant::OwnedStructure;
use zbus::{Connection, Proxy};

use super::wire;
use crate::host::{BUS_LIMIT, Bus, BusCall, HostError, Read};

/// The connections to the two message buses. Opened when first needed, kept over scans, and opened anew
/// when the bus has gone away.
#[derive(Debug)]
pub struct Buses {
    system: Line,
    session: Line,
}

#[derive(Debug)]
struct Line {
    name: &'static str,
    /// `None` where the user's session has none.
    address: Option<String>,
    connection: Mutex<Slot>,
}

/// The connection of a bus, as far as there is one.
#[derive(Debug, Default)]
struct Slot {
    open: Option<Connection>,
    /// When it was last found that the bus does not answer.
    silent: Option<Instant>,
}

impl Buses {
    /// The buses that the environment names, or the usual ones.
    pub fn new() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let system = variable("DBUS_SYSTEM_BUS_ADDRESS");
        let runtime = variable("XDG_RUNTIME_DIR").filter(|path| path.starts_with('/'));
        let session = variable("DBUS_SESSION_BUS_ADDRESS");
        Self::at(
            Some(system.unwrap_or_else(|| "unix:path=/run/dbus/system_bus_socket".to_owned())),
            session.or_else(|| runtime.map(|directory| format!("unix:path={directory}/bus"))),
        )
    }

    /// Buses at given addresses; `None` where there is none.
    pub fn at(system: Option<String>, session: Option<String>) -> Self {
        Buses { system: Line::new("the system bus", system), session: Line::new("the session bus", session) }
    }

    fn line(&self, bus: Bus) -> &Line {
        match bus {
            Bus::System => &self.system,
            Bus::Session => &self.session,
        }
    }

    /// What errors call a bus.
    pub(super) fn name(&self, bus: Bus) -> &'static str {
        self.line(bus).name
    }

    /// Where a bus listens.
    #[cfg(target_os = "linux")]
    pub(super) fn address(&self, bus: Bus) -> Option<&str> {
        self.line(bus).address.as_deref()
    }

    /// Makes one call. What `:self` stands for in its arguments is said at [`BusCall`].
    pub(super) fn call(&self, call: &BusCall) -> Read<Value> {
        let line = self.line(call.bus);
        let connection = line.connection()?;
        let wrong = |problem: String| HostError::Garbled(call.service.clone(), problem);
        let own_name = connection.unique_name().map(ToString::to_string).unwrap_or_default();
        let body = wire::body(&call.arguments, &own_name).map_err(wrong)?;
        let reply = block_until(send(&connection, call, body.as_ref()), BUS_LIMIT);
        match reply {
            None => Err(HostError::TimedOut(call.service.clone())),
            Some(Ok(reply)) => Ok(reply.map_or(Value::Null, |reply| wire::reply(reply.0.into_fields()))),
            Some(Err(error)) => {
                if connection.is_closed() {
                    line.forget();
                }
                Err(refused(&call.service, &error))
            }
        }
    }
}

impl Default for Buses {
    fn default() -> Self {
        Self::new()
    }
}

impl Line {
    fn new(name: &'static str, address: Option<String>) -> Self {
        // `unixexec:` would start a program, and `tcp:` would leave the machine.
        let address = address.and_then(|all| all.split(';').find(|one| one.starts_with("unix:")).map(str::to_owned));
        Line { name, address, connection: Mutex::default() }
    }

    fn connection(&self) -> Read<Connection> {
        let Some(address) = &self.address else { return Err(HostError::Absent(self.name.to_owned())) };
        let asked = Instant::now();
        // Held while connecting, so that the probes of one scan do not all connect at once.
        let mut slot = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = slot.open.as_ref().filter(|connection| !connection.is_closed()) {
            return Ok(open.clone());
        }
        // Whoever waited for another's attempt has waited long enough.
        if slot.silent.is_some_and(|found| found >= asked) {
            return Err(HostError::TimedOut(self.name.to_owned()));
        }
        *slot = Slot::default();
        let connecting = async { zbus::connection::Builder::address(address.as_str())?.build().await };
        match block_until(connecting, BUS_LIMIT) {
            None => {
                slot.silent = Some(Instant::now());
                Err(HostError::TimedOut(self.name.to_owned()))
            }
            Some(Err(error)) => Err(refused(self.name, &error)),
            Some(Ok(connection)) => {
                slot.open = Some(connection.clone());
                Ok(connection)
            }
        }
    }

    fn forget(&self) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = Slot::default();
    }
}

async fn send(
    connection: &Connection,
    call: &BusCall,
    body: Option<&zbus::zvariant::Structure<'_>>,
) -> zbus::Result<Option<OwnedStructure>> {
    let proxy: Proxy<'_> = Builder::new(connection)
        .destination(call.service.as_str())?
        .path(call.path.as_str())?
        .interface(call.interface.as_str())?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    // The flag that allows a password dialog is never set.
    let flags = MethodFlags::NoAutoStart.into();
    let method = call.method.as_str();
    match body {
        Some(body) => proxy.call_with_flags(method, flags, body).await,
        None => proxy.call_with_flags(method, flags, &()).await,
    }
}

/// The error a probe gets to see.
fn refused(what: &str, error: &zbus::Error) -> HostError {
    let owned = what.to_owned();
    match error {
        zbus::Error::MethodError(name, _, _) => by_name(what, name.as_str(), &error.to_string()),
        zbus::Error::FDO(inner) => by_name(what, zbus::DBusError::name(inner.as_ref()).as_str(), &error.to_string()),
        zbus::Error::InputOutput(cause) | zbus::Error::Connection(cause, _) => match cause.kind() {
            // A socket nobody listens on is as good as none.
            std::io::ErrorKind::ConnectionRefused => HostError::Absent(owned),
            _ => super::files::refused(what, cause),
        },
        _ => HostError::Garbled(owned, error.to_string()),
    }
}

/// What the error names mean that buses, systemd, polkit and firewalld use.
fn by_name(what: &str, name: &str, words: &str) -> HostError {
    let last = name.rsplit('.').next().unwrap_or(name);
    match last {
        "ServiceUnknown" | "NameHasNoOwner" | "UnknownObject" | "UnknownMethod" | "UnknownInterface"
        | "UnknownProperty" | "FileNotFound" | "NoSuchUnit" | "UnknownUnit" | "NotFound" | "NoSuchFile" => {
            HostError::Absent(what.to_owned())
        }
        "AccessDenied"
        | "NotAuthorized"
        | "InteractiveAuthorizationRequired"
        | "AuthFailed"
        | "PermissionDenied"
        | "NotAuthorizedException" => HostError::Denied(what.to_owned()),
        "NoReply" | "Timeout" | "TimedOut" => HostError::TimedOut(what.to_owned()),
        _ => HostError::Garbled(what.to_owned(), words.to_owned()),
    }
}

/// Waits for a future, but not longer than the limit.
fn block_until<F: Future>(future: F, limit: Duration) -> Option<F::Output> {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    let start = Instant::now();
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        let left = limit.checked_sub(start.elapsed())?;
        std::thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_names_mean_absent_denied_or_late() {
        let absent = HostError::Absent("x".into());
        let denied = HostError::Denied("x".into());
        let late = HostError::TimedOut("x".into());
        for (name, expected) in [
            ("org.freedesktop.DBus.Error.ServiceUnknown", &absent),
            ("org.freedesktop.DBus.Error.NameHasNoOwner", &absent),
            ("org.freedesktop.DBus.Error.UnknownObject", &absent),
            ("org.freedesktop.DBus.Error.UnknownMethod", &absent),
            ("org.freedesktop.systemd1.NoSuchUnit", &absent),
            ("org.freedesktop.DBus.Error.AccessDenied", &denied),
            ("org.freedesktop.PolicyKit1.Error.NotAuthorized", &denied),
            ("org.fedoraproject.slip.dbus.service.PolKit.NotAuthorizedException", &denied),
            ("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", &denied),
            ("org.freedesktop.DBus.Error.NoReply", &late),
        ] {
            assert_eq!(&by_name("x", name, "words"), expected, "{name}");
        }
        assert_eq!(by_name("x", "org.a.Odd", "words"), HostError::Garbled("x".into(), "words".into()));
    }

    #[test]
    fn only_sockets_of_this_machine_are_buses() {
        for (address, used) in [
            ("unixexec:path=/bin/false", None),
            ("tcp:host=example.org,port=1", None),
            ("tcp:host=a;unix:path=/x", Some("unix:path=/x")),
            ("unix:abstract=/y", Some("unix:abstract=/y")),
        ] {
            assert_eq!(Line::new("bus", Some(address.to_owned())).address.as_deref(), used);
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_bus_that_hangs_costs_all_who_wait_for_it_one_attempt() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("bus");
        // It lets everybody in, and never says a word.
        let _silent = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        let line = Line::new("the system bus", Some(format!("unix:path={}", socket.display())));
        let start = Instant::now();
        let connect = || line.connection().map(|_connected| ());
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..6).map(|_| scope.spawn(connect)).collect();
            for one in all {
                assert_eq!(one.join().expect("no panic"), Err(HostError::TimedOut("the system bus".to_owned())));
            }
        });
        assert!(start.elapsed() < BUS_LIMIT * 2, "{:?}", start.elapsed());
    }

    #[test]
    fn waiting_ends_at_the_limit() {
        assert_eq!(block_until(std::future::pending::<()>(), Duration::from_millis(20)), None);
        assert_eq!(block_until(std::future::ready(7), Duration::ZERO), Some(7));
    }
}
