//! Whether somebody can log in or take control of this computer over the network.
//!
//! Judged by the sockets that listen, who opened them and who can reach them. Programs that connect
//! outward and let others in that way have no such socket; they are known by their service.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::finding::{Confidence, Evidence, Finding, Observation};
use crate::host::{Bus, BusCall, Host, Listener, Process, Protocol, Read};
use crate::linux::systemd::{self, Unit, matches};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text::Text;

mod exposure;
mod programs;
mod ssh;

use exposure::Reach;
use programs::{AGENTS, PROGRAMS, Program};

pub const PROBE: Probe = Probe {
    practice: PracticeId::RemoteLogin,
    platform: Platform::Linux,
    observe,
    reads: "Which sockets listen, which service opened each, and which remote control services run",
};

/// Services worth a word when they do not listen.
const SSH_UNITS: [&str; 3] = ["ssh.service", "sshd.service", "dropbear.service"];
const TAILSCALE: &str = "tailscaled.service";

/// One way in.
#[derive(Debug)]
struct Door {
    program: &'static Program,
    reach: Reach,
    port: u16,
    /// The program was recognised by its unit, not guessed from the port.
    sure: bool,
}

/// What the doors are recognised by.
struct Facts {
    units: Option<Vec<Unit>>,
    processes: Option<Vec<Process>>,
    ssh_ports: Vec<u16>,
    sockets: Vec<(&'static Program, u16)>,
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::RemoteLogin;
    let place = super::place::place(host);
    if matches!(place, Place::Container | Place::Sandbox | Place::Wsl)
        && let Some(why) = super::place::hides_the_machine(place)
    {
        return Ok(Finding::unknown(practice, why));
    }
    let mut names: Vec<&str> = AGENTS.iter().map(|(_, unit, _)| *unit).collect();
    names.extend(SSH_UNITS);
    names.push(TAILSCALE);
    names.extend(PROGRAMS.iter().flat_map(|program| program.sockets));
    let config = ssh::config(host);
    let units = systemd::units(host, &names).ok();
    let facts = Facts {
        ssh_ports: config.as_ref().ok().and_then(|config| config.as_ref()).map_or(vec![22], ssh::Config::ports),
        sockets: sockets(host, units.as_deref().unwrap_or_default()),
        processes: host.processes().ok(),
        units,
    };
    let agents = agents(&facts);
    let (doors, mut evidence, listeners_denied) = match host.listeners() {
        Ok(listeners) => {
            let (doors, evidence) = doors(host, &listeners, &facts);
            (doors, evidence, None)
        }
        Err(error) => (Vec::new(), Vec::new(), Some(error.reason())),
    };
    if doors.iter().any(|door| is_ssh(door.program)) {
        match &config {
            Ok(Some(config)) => evidence.extend(config.evidence()),
            Ok(None) => {}
            Err(error) => evidence.push(Evidence {
                source: "/etc/ssh/sshd_config".to_owned(),
                saw: error.to_string(),
                check: "sudo sshd -T".to_owned(),
            }),
        }
    }
    for (name, saw) in &agents {
        evidence.push(Evidence {
            source: (*name).to_owned(),
            saw: saw.clone(),
            check: "systemctl list-units --type=service".to_owned(),
        });
    }
    let finding = judge(&doors, &agents, &facts, listeners_denied);
    Ok(finding.with_evidence(evidence).with_evidence(tailscale(&facts)))
}

fn judge(doors: &[Door], agents: &[(&str, String)], facts: &Facts, listeners_denied: Option<Text>) -> Finding {
    let practice = PracticeId::RemoteLogin;
    let mut open: Vec<&Door> = doors.iter().filter(|door| door.reach >= Reach::Vpn).collect();
    open.sort_by_key(|door| (!door.sure, std::cmp::Reverse(door.reach)));
    if let Some(first) = open.first() {
        let finding =
            Finding::new(practice, Observation::On, open_detail(first, &open, agents.iter().map(|(name, _)| *name)));
        return if first.sure { finding } else { finding.inferred() };
    }
    if let Some((name, _)) = agents.first() {
        let detail = text!(
            "{program} runs and lets others control this computer; it connects outward, so no open port shows it",
            program = name
        );
        return Finding::new(practice, Observation::On, detail);
    }
    if let Some(why) = listeners_denied {
        return Finding::unknown(practice, why);
    }
    if facts.units.is_none() && facts.processes.is_none() {
        let why = text!("No program waits for logins, but whether a remote control service runs could not be seen");
        return Finding::unknown(practice, why);
    }
    let unit = |name: &str| facts.units.iter().flatten().find(|unit| unit.name == name);
    let ssh_running = SSH_UNITS.iter().any(|name| unit(name).and_then(Unit::is_active) == Some(true));
    let ssh_at_boot = SSH_UNITS.iter().any(|name| unit(name).and_then(Unit::is_enabled) == Some(true));
    let ssh_door = doors.iter().find(|door| is_ssh(door.program));
    if ssh_running && ssh_door.is_none() {
        let why = text!("The SSH server runs, but where it listens could not be seen");
        return Finding::unknown(practice, why);
    }
    let detail = match (ssh_door, doors.first()) {
        (Some(door), _) | (None, Some(door)) => match door.reach {
            Reach::Guests => text!(
                "{program} can be reached only by this computer's own containers and virtual machines",
                program = door.program.name
            ),
            _ => text!("{program} can be reached from this computer only", program = door.program.name),
        },
        (None, None) if ssh_at_boot => {
            text!("Nobody can log in over the network now, but the SSH server starts at boot")
        }
        (None, None) => text!("No program accepts logins from the network"),
    };
    let mut finding = Finding::new(practice, Observation::Off, detail);
    if unit(TAILSCALE).and_then(Unit::is_active) == Some(true) {
        finding.confidence = Confidence::Inferred;
    }
    finding
}

fn open_detail<'a>(first: &Door, open: &[&Door], agents: impl Iterator<Item = &'a str>) -> Text {
    let same: BTreeSet<u16> =
        open.iter().filter(|door| door.program.name == first.program.name).map(|door| door.port).collect();
    let ports: Vec<String> = same.iter().map(u16::to_string).collect();
    let ports = ports.join(", ");
    let mut others: BTreeSet<&str> =
        open.iter().map(|door| door.program.name).filter(|name| *name != first.program.name).collect();
    others.extend(agents);
    let others = others.into_iter().collect::<Vec<&str>>().join(", ");
    let program = first.program.name;
    match (first.reach, first.sure, others.is_empty()) {
        (_, false, true) => {
            text!("{program} seems to accept logins from the network on port {ports}", program = program, ports = ports)
        }
        (Reach::Vpn, _, true) => {
            text!("{program} accepts logins over a VPN on port {ports}", program = program, ports = ports)
        }
        (_, _, true) => {
            text!("{program} accepts logins from the network on port {ports}", program = program, ports = ports)
        }
        (..) => text!(
            "{program} accepts logins from the network on port {ports}; other ways in: {others}",
            program = program,
            ports = ports,
            others = others
        ),
    }
}

fn is_ssh(program: &Program) -> bool {
    program.name == PROGRAMS[0].name
}

/// The sockets that belong to a program for remote control, with what else was seen on its ports.
fn doors(host: &dyn Host, listeners: &[Listener], facts: &Facts) -> (Vec<Door>, Vec<Evidence>) {
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
        let likely = |program: &&Program| program.likely.iter().any(|range| range.contains(&port));
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
fn sockets(host: &dyn Host, units: &[Unit]) -> Vec<(&'static Program, u16)> {
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

/// Remote control services that run, with what showed it.
fn agents(facts: &Facts) -> Vec<(&'static str, String)> {
    let mut out: Vec<(&'static str, String)> = Vec::new();
    for (name, pattern, processes) in AGENTS {
        let unit = facts
            .units
            .iter()
            .flatten()
            .find(|unit| matches(pattern, &unit.name) && unit.is_active() == Some(true))
            .map(|unit| format!("{}: {}", unit.name, unit.words()));
        let process = || {
            let mut running = facts.processes.iter().flatten();
            let process = running.find(|process| processes.contains(&process.name.as_str()))?;
            Some(format!("process {} ({})", process.pid, process.name))
        };
        if let Some(saw) = unit.or_else(process)
            && !out.iter().any(|(known, _)| known == name)
        {
            out.push((name, saw));
        }
    }
    out
}

fn tailscale(facts: &Facts) -> Option<Evidence> {
    let unit = facts.units.iter().flatten().find(|unit| unit.name == TAILSCALE && unit.is_active() == Some(true))?;
    Some(Evidence {
        source: unit.name.clone(),
        saw: "running; whether its own SSH server is on cannot be seen by an ordinary user".to_owned(),
        check: "tailscale debug prefs | grep RunSSH".to_owned(),
    })
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
