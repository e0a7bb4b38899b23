//! Which program is behind a listening socket: known by the unit that opened it, by the socket units and
//! inetd lines that name it, by its process, and where nothing better is to be had by its port.

use serde_json::Value;

use super::SSH_UNITS;
use super::exposure::{self, Reach};
use super::programs::{self, PROGRAMS, Program};
use crate::finding::Evidence;
use crate::host::{Bus, BusCall, Host, Listener, Process, Protocol};
use crate::linux::systemd::{Unit, matches};

/// One way in.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) program: &'static Program,
    pub(super) reach: Reach,
    pub(super) port: u16,
    /// The program was recognised by its unit, not guessed from the port.
    pub(super) sure: bool,
}

/// What the doors are recognised by.
pub(super) struct Facts {
    pub(super) units: Option<Vec<Unit>>,
    pub(super) processes: Option<Vec<Process>>,
    pub(super) ssh_ports: Vec<u16>,
    /// What systemd itself listens on.
    pub(super) sockets: Vec<(&'static Program, u16)>,
    /// What inetd or xinetd listens on.
    pub(super) inetd: Vec<(&'static Program, u16)>,
}

pub(super) fn is_ssh(program: &Program) -> bool {
    program.name == PROGRAMS[0].name
}

/// The sockets that belong to a program for remote control, with what else was seen on its ports.
pub(super) fn doors(host: &dyn Host, listeners: &[Listener], facts: &Facts) -> (Vec<Door>, Vec<Evidence>) {
    let routes = exposure::routes(host);
    let mut doors = Vec::new();
    let mut evidence = Vec::new();
    for listener in listeners {
        let cgroup = listener.cgroup.as_deref().unwrap_or_default();
        let guest = programs::is_guest(cgroup);
        let Some((program, sure)) = recognise(listener, facts) else { continue };
        let reach = exposure::reach(listener.address, &routes);
        let who = match reach {
            Reach::Itself => "this computer only",
            Reach::Guests => "own containers and virtual machines",
            Reach::Vpn => "a VPN",
            Reach::Network => "the network",
        };
        let owner = if cgroup.is_empty() { "owner not known" } else { cgroup };
        let whose = if guest { "; it belongs to a container or virtual machine" } else { "" };
        let protocol = if listener.protocol == Protocol::Tcp { "tcp" } else { "udp" };
        evidence.push(Evidence {
            source: format!("{protocol} {}", std::net::SocketAddr::new(listener.address, listener.port)),
            saw: format!("{}, opened by {owner}, reached from {who}{whose}", program.name),
            check: "ss -lntue".to_owned(),
        });
        if !guest {
            doors.push(Door { program, reach, port: listener.port, sure });
        }
    }
    (doors, evidence)
}

/// The program behind a socket, and whether that is sure.
fn recognise(listener: &Listener, facts: &Facts) -> Option<(&'static Program, bool)> {
    let port = listener.port;
    let candidates = || PROGRAMS.iter().filter(|program| program.protocol == listener.protocol);
    let cgroup = listener.cgroup.as_deref().unwrap_or_default();
    let unit =
        cgroup.rsplit('/').find(|part| part.ends_with(".service") || part.ends_with(".socket")).unwrap_or_default();
    if !unit.is_empty()
        && let Some(program) = candidates().find(|program| program.units.iter().any(|pattern| matches(pattern, unit)))
    {
        return Some((program, true));
    }
    if let Some((program, _)) = facts.sockets.iter().find(|(_, open)| *open == port)
        && (cgroup.is_empty() || cgroup == "/init.scope")
    {
        return Some((program, true));
    }
    if unit.contains("inetd")
        && let Some((program, _)) = facts.inetd.iter().find(|(_, served)| *served == port)
    {
        return Some((program, true));
    }
    let beside = |program: &&Program| program.beside.iter().any(|pattern| matches(pattern, unit));
    let likely = |program: &&Program| program.likely.iter().any(|range| range.contains(&port));
    if !unit.is_empty()
        && let Some(program) = candidates().filter(likely).find(beside)
    {
        return Some((program, true));
    }
    // A service of its own name that is none of ours owns this socket; only well-known ports count.
    let foreign = !unit.is_empty() && !unit.starts_with("user@");
    if !foreign {
        if listener.protocol == Protocol::Tcp && ssh_socket(port, cgroup, facts) {
            return Some((&PROGRAMS[0], false));
        }
        if listener.protocol == Protocol::Tcp && ssh_listens(port, listener.uid, facts) {
            return Some((&PROGRAMS[0], true));
        }
        let runs = |program: &&Program| {
            let mut processes = facts.processes.iter().flatten().filter(|process| process.uid == listener.uid);
            processes.any(|process| program.processes.contains(&process.name.as_str()))
        };
        if let Some(program) = candidates().filter(likely).find(runs) {
            return Some((program, true));
        }
    }
    if shows_a_guest(listener, facts) {
        return None;
    }
    candidates().find(|program| program.ports.iter().any(|range| range.contains(&port))).map(|program| (program, false))
}

/// A virtual machine's own window, which its user's emulator serves on the ports of remote desktops.
fn shows_a_guest(listener: &Listener, facts: &Facts) -> bool {
    let emulators = ["qemu-system", "VBoxHeadless", "VirtualBoxVM", "vmware-vmx"];
    let emulates = |process: &Process| emulators.iter().any(|name| process.name.starts_with(name));
    let mut processes = facts.processes.iter().flatten();
    listener.port > 1024 && processes.any(|process| process.uid == listener.uid && emulates(process))
}

/// Whether systemd holds a port of the SSH server open, as far as its settings tell.
fn ssh_socket(port: u16, cgroup: &str, facts: &Facts) -> bool {
    let mut sockets = facts.units.iter().flatten().filter(|unit| PROGRAMS[0].sockets.contains(&unit.name.as_str()));
    cgroup == "/init.scope"
        && facts.ssh_ports.contains(&port)
        && sockets.any(|unit| unit.exists() && unit.is_active() != Some(false))
}

/// Whether an SSH server outside a service of its own listens on that port: it runs, and was told so
/// in its settings or on its command line.
fn ssh_listens(port: u16, uid: u32, facts: &Facts) -> bool {
    let server = |process: &&Process| {
        let words = process.arguments.join(" ");
        let session = words.starts_with("sshd: ") && !words.contains("[listener]");
        process.uid == uid && PROGRAMS[0].processes.contains(&process.name.as_str()) && !session
    };
    let servers: Vec<&Process> = facts.processes.iter().flatten().filter(server).collect();
    let told = servers.iter().any(|process| {
        let words = process.arguments.join(" ");
        let words: Vec<&str> = words.split_whitespace().collect();
        words.windows(2).any(|pair| matches!(pair[0], "-p" | "-oPort") && pair[1] == port.to_string())
            || words
                .iter()
                .any(|word| word.strip_prefix("-oPort=").or(word.strip_prefix("-p")) == Some(&port.to_string()))
    });
    let service = |unit: &&Unit| SSH_UNITS.contains(&unit.name.as_str()) && unit.is_active() == Some(true);
    let running = !servers.is_empty() || facts.units.iter().flatten().any(|unit| service(&unit));
    told || (running && facts.ssh_ports.contains(&port))
}

/// What systemd itself listens on for one of the programs.
pub(super) fn sockets(host: &dyn Host, units: &[Unit]) -> Vec<(&'static Program, u16)> {
    let mut out = Vec::new();
    for program in PROGRAMS {
        for unit in units.iter().filter(|unit| program.sockets.contains(&unit.name.as_str())) {
            if unit.is_active() != Some(true) {
                continue;
            }
            let path = format!("/org/freedesktop/systemd1/unit/{}", unit.name.replace('-', "_2d").replace('.', "_2e"));
            let interface = "org.freedesktop.systemd1.Socket";
            let call = BusCall::property(Bus::System, "org.freedesktop.systemd1", &path, interface, "Listen");
            let listen = host.dbus(&call).unwrap_or_default();
            let addresses =
                listen.as_array().into_iter().flatten().filter_map(|row| row.get(1).and_then(Value::as_str));
            out.extend(
                addresses.filter_map(|address| address.rsplit(':').next()?.parse().ok()).map(|port| (program, port)),
            );
        }
    }
    out
}
