//! Programs that wait for connections: which of the known ones a listening socket belongs to, how sure
//! that is, and who can reach it.
//!
//! A program is known by the unit that opened the socket, by the socket unit of systemd that names it, by
//! its process, and where nothing better is to be had by its port.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::finding::Evidence;
use crate::host::{Host, Listener, Process, Protocol};
use crate::linux::systemd::{self, Unit, matches};

mod exposure;
mod sockets;

pub(crate) use exposure::{Exposure, Reach};

/// One program that waits for connections.
#[derive(Debug)]
pub(crate) struct Program {
    /// At the start of a sentence.
    pub(crate) name: &'static str,
    /// Names of its units, with `*` for any characters, as the listener's control group shows them.
    pub(crate) units: &'static [&'static str],
    /// Sockets that systemd holds open for it.
    pub(crate) sockets: &'static [&'static str],
    /// Its processes, as `/proc/PID/comm` shows them.
    pub(crate) processes: &'static [&'static str],
    pub(crate) protocol: Protocol,
    /// The ports that are its own by custom; anything that listens there is taken for such a program.
    /// Empty where the ports are used by many others.
    pub(crate) ports: &'static [RangeInclusive<u16>],
    /// Units that start it among other things: what they open on a port of `likely` is this program's.
    pub(crate) beside: &'static [&'static str],
    /// Ports on which one of its processes is believed to be the listener.
    pub(crate) likely: &'static [RangeInclusive<u16>],
}

/// Nothing known; for the rest of a [`Program`].
pub(crate) const PLAIN: Program = Program {
    name: "",
    units: &[],
    sockets: &[],
    processes: &[],
    protocol: Protocol::Tcp,
    ports: &[],
    beside: &[],
    likely: &[],
};

/// One way in.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) program: &'static Program,
    pub(crate) exposure: Exposure,
    pub(crate) port: u16,
    /// The program was recognised by its unit, not guessed from the port.
    pub(crate) sure: bool,
}

impl Door {
    /// Somebody outside this computer can come in by it.
    pub(crate) fn is_open(&self) -> bool {
        self.exposure.reach >= Reach::Vpn
    }
}

/// What the doors are recognised by.
pub(crate) struct Facts {
    programs: &'static [Program],
    pub(crate) units: Option<Vec<Unit>>,
    pub(crate) processes: Option<Arc<Vec<Process>>>,
    /// What systemd itself listens on.
    sockets: Vec<(&'static Program, u16)>,
    /// Services of any name in which one of the programs runs, by control group.
    services: Vec<(&'static Program, String)>,
}

impl Facts {
    /// For sockets that the kernel assigns to a unit each: without a question to the service manager.
    pub(crate) fn of_owned(host: &dyn Host, programs: &'static [Program]) -> Self {
        Facts { programs, units: None, processes: host.processes().ok(), sockets: Vec::new(), services: Vec::new() }
    }

    /// Reads the units named here and the programs' sockets, and the processes.
    pub(crate) fn read(host: &dyn Host, programs: &'static [Program], units: &[&'static str]) -> Self {
        let mut names = units.to_vec();
        names.extend(programs.iter().flat_map(|program| program.sockets));
        let units = systemd::units(host, &names).ok();
        let sockets = sockets::held_open(host, programs, units.as_deref().unwrap_or_default());
        let processes = host.processes().ok();
        let services = services(host, programs, processes.as_ref().map(|all| all.as_slice()).unwrap_or_default());
        Facts { programs, units, processes, sockets, services }
    }

    /// A unit by its full name.
    pub(crate) fn unit(&self, name: &str) -> Option<&Unit> {
        self.units.iter().flatten().find(|unit| unit.name == name)
    }

    /// The processes, where they could be seen.
    pub(crate) fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().flat_map(|all| all.iter())
    }

    fn runs(&self, program: &Program) -> bool {
        let own = |unit: &Unit| program.units.iter().any(|pattern| matches(pattern, &unit.name));
        self.units.iter().flatten().any(|unit| own(unit) && unit.is_active() == Some(true))
    }
}

/// Whether the kernel names no unit of its own for that socket: an older kernel, a server inside the kernel,
/// or systemd itself, which holds the port open for another.
pub(crate) fn lacks_an_owner(listener: &Listener) -> bool {
    matches!(listener.cgroup.as_deref(), None | Some("" | "/" | "/init.scope"))
}

/// Who opened a socket, as far as the kernel says.
pub(crate) struct Owner<'a> {
    pub(crate) cgroup: &'a str,
    /// The unit's name; empty where there is none.
    pub(crate) unit: &'a str,
    /// A service of its own name that is none of the known ones.
    pub(crate) is_foreign: bool,
}

/// A program that one practice knows in a way of its own, and whether that is sure.
pub(crate) type Recognised = Option<(&'static Program, bool)>;

/// The sockets that belong to one of the programs, with what else was seen on their ports. `own` is asked
/// where neither unit nor socket unit settles it.
pub(crate) fn doors(
    host: &dyn Host,
    listeners: &[Listener],
    facts: &Facts,
    own: &dyn Fn(&Listener, &Owner<'_>) -> Recognised,
) -> (Vec<Door>, Vec<Evidence>) {
    let routes = exposure::routes(host);
    let mut doors = Vec::new();
    let mut evidence = Vec::new();
    for listener in listeners {
        let Some((program, sure)) = recognise(listener, facts, own) else { continue };
        let cgroup = listener.cgroup.as_deref().unwrap_or_default();
        // The engine's own port, not one that it opened for a container.
        let engine = cgroup.ends_with("/docker.service") && matches!(listener.port, 2375 | 2376);
        let guest = is_guest(cgroup) && !engine;
        let exposure = exposure::exposure(host, listener.address, &routes);
        let owner = if cgroup.is_empty() { "owner not known" } else { cgroup };
        let whose = if guest { "; it belongs to a container or virtual machine" } else { "" };
        let protocol = if listener.protocol == Protocol::Tcp { "tcp" } else { "udp" };
        evidence.push(Evidence {
            source: format!("{protocol} {}", std::net::SocketAddr::new(listener.address, listener.port)),
            saw: format!("{}, opened by {owner}, reached from {}{whose}", program.name, exposure.words()),
            check: "ss -lntue".to_owned(),
        });
        if !guest {
            doors.push(Door { program, exposure, port: listener.port, sure });
        }
    }
    (doors, evidence)
}

fn recognise(listener: &Listener, facts: &Facts, own: &dyn Fn(&Listener, &Owner<'_>) -> Recognised) -> Recognised {
    let port = listener.port;
    let candidates = || facts.programs.iter().filter(|program| program.protocol == listener.protocol);
    let cgroup = listener.cgroup.as_deref().unwrap_or_default();
    let unit =
        cgroup.rsplit('/').find(|part| part.ends_with(".service") || part.ends_with(".socket")).unwrap_or_default();
    if !unit.is_empty()
        && let Some(program) = candidates().find(|program| program.units.iter().any(|pattern| matches(pattern, unit)))
    {
        return Some((program, true));
    }
    let held = |(program, open): &&(&'static Program, u16)| *open == port && program.protocol == listener.protocol;
    if let Some((program, _)) = facts.sockets.iter().find(held)
        && (cgroup.is_empty() || cgroup == "/init.scope")
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
    let inside =
        |(program, group): &&(&'static Program, String)| group == cgroup && program.protocol == listener.protocol;
    if let Some((program, _)) = facts.services.iter().find(inside) {
        return Some((program, true));
    }
    // A service of its own name that is none of ours owns this socket; only well-known ports count.
    let is_foreign = !unit.is_empty() && !unit.starts_with("user@");
    if let Some(found) = own(listener, &Owner { cgroup, unit, is_foreign }) {
        return Some(found);
    }
    if !is_foreign {
        let runs = |program: &&Program| {
            let mut processes = facts.processes().filter(|process| process.uid == listener.uid);
            processes.any(|process| program.processes.contains(&process.name.as_str()))
        };
        if let Some(program) = candidates().filter(likely).find(runs) {
            return Some((program, true));
        }
    }
    if shows_a_guest(listener, facts) {
        return None;
    }
    let program = candidates().find(|program| program.ports.iter().any(|range| range.contains(&port)))?;
    // Older kernels do not say whose a socket is, and the kernel's own servers are nobody's.
    Some((program, matches!(cgroup, "" | "/") && facts.runs(program)))
}

/// The services in which one of the programs runs: whoever sets one up by hand may name its service at will.
fn services(host: &dyn Host, programs: &'static [Program], processes: &[Process]) -> Vec<(&'static Program, String)> {
    let mut out = Vec::new();
    for process in processes {
        let own = |program: &&Program| program.processes.contains(&process.name.as_str());
        // The name goes first: arguments have to be read.
        let Some(program) = programs.iter().find(own).filter(|_| !is_login(process)) else { continue };
        let groups = host.read_text(&format!("/proc/{}/cgroup", process.pid)).unwrap_or_default();
        let group = groups.lines().find_map(|line| line.strip_prefix("0::"));
        out.extend(group.filter(|group| group.ends_with(".service")).map(|group| (program, group.to_owned())));
    }
    out
}

/// The part of an SSH server that serves somebody who is logged in.
pub(crate) fn is_login(process: &Process) -> bool {
    let words = process.arguments.join(" ");
    words.starts_with("sshd: ") && !words.contains("[listener]")
}

/// A virtual machine's own window, or a port of it that its user's emulator hands on.
fn shows_a_guest(listener: &Listener, facts: &Facts) -> bool {
    let emulators = ["qemu-system", "VBoxHeadless", "VirtualBoxVM", "vmware-vmx"];
    let emulates = |process: &Process| emulators.iter().any(|name| process.name.starts_with(name));
    let mut processes = facts.processes();
    let can_be = listener.port > 1024 || listener.uid != 0;
    can_be && processes.any(|process| process.uid == listener.uid && emulates(process))
}

/// Parts of a control group's path that belong to a guest: what listens there is the guest's.
const GUESTS: [&str; 17] = [
    "/docker",
    "docker-",
    "snap.docker.",
    "containerd",
    "libpod-",
    "/machine.slice",
    "lxc.payload",
    "lxc.monitor",
    "snap.lxd.",
    "incus",
    "kubepods",
    "machine-qemu",
    "rootlessport",
    "podman",
    "virtualbox",
    "VBox",
    "libvirt",
];

fn is_guest(cgroup: &str) -> bool {
    GUESTS.iter().any(|part| cgroup.contains(part))
}
