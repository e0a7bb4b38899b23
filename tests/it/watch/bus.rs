//! Signals of services, on a bus of the test's own.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use stethoscope_probes::finding::Finding;
use stethoscope_probes::host::live::Buses;
use stethoscope_probes::host::{Bus, BusCall, Host, Read};
use stethoscope_probes::practice::PracticeId;
use zbus::blocking::Connection;

use super::{Home, Watched, finding, fresh, probe};
use crate::scripted::PATIENCE;

const FIREWALL: &str = "org.fedoraproject.FirewallD1";
const FIREWALL_PATH: &str = "/org/fedoraproject/FirewallD1";
const SYSTEMD: &str = "org.freedesktop.systemd1";
const SYSTEMD_PATH: &str = "/org/freedesktop/systemd1";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Asks firewalld.
fn firewall(host: &dyn Host) -> Read<Finding> {
    let call = BusCall::new(Bus::System, FIREWALL, FIREWALL_PATH, FIREWALL, "getDefaultZone");
    let answer = host.dbus(&call);
    Ok(finding(PracticeId::Firewall, answer.is_ok(), &format!("{answer:?}")))
}

/// Asks systemd about one unit.
fn login(host: &dyn Host) -> Read<Finding> {
    let call =
        BusCall::new(Bus::System, SYSTEMD, SYSTEMD_PATH, "org.freedesktop.systemd1.Manager", "ListUnitsByPatterns");
    let call = call.with("as", serde_json::json!([])).with("as", serde_json::json!(["ssh.service", "sshd@*.service"]));
    let answer = host.dbus(&call);
    Ok(finding(PracticeId::RemoteLogin, answer.is_ok(), &format!("{answer:?}")))
}

/// Asks nobody.
fn nobody(_host: &dyn Host) -> Read<Finding> {
    Ok(finding(PracticeId::OsVersion, true, "nothing"))
}

/// A bus that ends with the test.
pub(super) struct Daemon(Child);

impl Daemon {
    pub(super) fn start(socket: &Path) -> Self {
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--nopidfile"]).arg(format!("--address=unix:path={}", socket.display()));
        let daemon = Daemon(daemon.stderr(Stdio::null()).spawn().expect("dbus-daemon is installed"));
        let begun = std::time::Instant::now();
        while Connection::try_from_address(socket).is_none() {
            assert!(begun.elapsed() < PATIENCE, "the bus does not come up");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        daemon
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

trait AtAddress: Sized {
    fn try_from_address(socket: &Path) -> Option<Self>;
}

impl AtAddress for Connection {
    fn try_from_address(socket: &Path) -> Option<Self> {
        let address = format!("unix:path={}", socket.display());
        zbus::blocking::connection::Builder::address(address.as_str()).ok()?.build().ok()
    }
}

fn service(socket: &Path, name: &str) -> Connection {
    let connection = Connection::try_from_address(socket).expect("the bus is up");
    connection.request_name(name).expect("nobody else has it");
    connection
}

fn emit<B: serde::Serialize + zbus::zvariant::DynamicType>(
    from: &Connection,
    path: &str,
    interface: &str,
    member: &str,
    body: &B,
) {
    from.emit_signal(None::<&str>, path, interface, member, body).expect("emitted");
}

#[test]
fn services_are_heard_when_they_come_speak_and_go_and_so_is_the_end_of_the_bus() {
    let home = Home::new();
    let socket = home.state().join("bus");
    let daemon = Daemon::start(&socket);
    let address = format!("unix:path={}", socket.display());
    let probes = vec![
        probe(PracticeId::Firewall, firewall),
        probe(PracticeId::RemoteLogin, login),
        probe(PracticeId::OsVersion, nobody),
    ];
    let watched = Watched::new(probes, home, Buses::at(Some(address), None));
    let mut before = watched.scan();
    let mut sees = |what: &str, practices: &[PracticeId], change: &mut dyn FnMut()| {
        let (snapshot, _) = watched.sees(what, change);
        assert_eq!(fresh(&before, &snapshot), practices, "{what}");
        before = snapshot;
    };
    let (firewall, login) = ([PracticeId::Firewall], [PracticeId::RemoteLogin]);
    let mut firewalld = None;
    sees("firewalld starts", &firewall, &mut || firewalld = Some(service(&socket, FIREWALL)));
    let firewalld = firewalld.expect("started");
    sees("it was reloaded", &firewall, &mut || emit(&firewalld, FIREWALL_PATH, FIREWALL, "Reloaded", &()));
    sees("a zone was changed", &firewall, &mut || {
        emit(
            &firewalld,
            "/org/fedoraproject/FirewallD1/config/zone/1",
            "org.fedoraproject.FirewallD1.config.zone",
            "Updated",
            &("public",),
        );
    });

    let mut systemd = None;
    sees("systemd is there", &login, &mut || systemd = Some(service(&socket, SYSTEMD)));
    let systemd = systemd.expect("started");
    let no_properties: std::collections::HashMap<&str, zbus::zvariant::Value<'_>> = std::collections::HashMap::new();
    let changed = |unit: &str| {
        let path = format!("{SYSTEMD_PATH}/unit/{unit}");
        let body = ("org.freedesktop.systemd1.Unit", no_properties.clone(), Vec::<&str>::new());
        emit(&systemd, &path, PROPERTIES, "PropertiesChanged", &body);
    };
    sees("a unit", &login, &mut || changed("ssh_2eservice"));
    watched.ignores("another unit", || changed("cron_2eservice"));
    let manager = "org.freedesktop.systemd1.Manager";
    let unit = |name: &str| {
        let path = zbus::zvariant::ObjectPath::try_from("/org/freedesktop/systemd1/unit/x").expect("a path");
        emit(&systemd, SYSTEMD_PATH, manager, "UnitNew", &(name, path));
    };
    sees("a unit that fits a pattern", &login, &mut || unit("sshd@7.service"));
    watched.ignores("one that does not", || unit("cron.service"));
    sees("units were enabled", &login, &mut || emit(&systemd, SYSTEMD_PATH, manager, "UnitFilesChanged", &()));

    let logind = service(&socket, "org.freedesktop.login1");
    let sleep = |asleep: bool| {
        emit(&logind, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", &asleep);
    };
    watched.ignores("it goes to sleep", || sleep(true));
    let all = [PracticeId::OsVersion, PracticeId::Firewall, PracticeId::RemoteLogin];
    sees("it has woken up", &all, &mut || sleep(false));

    let mut firewalld = Some(firewalld);
    sees("firewalld ends", &firewall, &mut || drop(firewalld.take()));
    let mut daemon = Some(daemon);
    let both = [PracticeId::Firewall, PracticeId::RemoteLogin];
    sees("the bus ends", &both, &mut || drop(daemon.take()));
    watched.settle();

    std::fs::remove_file(&socket).ok();
    let _daemon = Daemon::start(&socket);
    watched.scan();
    watched.settle();
    let mut before = watched.scan();
    let (snapshot, _) = watched.sees("firewalld on the new bus", || {
        let again = service(&socket, FIREWALL);
        std::mem::forget(again);
    });
    assert_eq!(fresh(&before, &snapshot), firewall);
    before = snapshot;
    assert!(before.verdict(PracticeId::Firewall).is_some());
}
