//! Whether somebody can log in or take control of this computer over the network.
//!
//! Judged by the sockets that listen, who opened them and who can reach them. Programs that connect
//! outward and let others in that way have no such socket; they are known by their service.

use std::collections::BTreeSet;

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Host, Listener, Read};
use crate::linux::gsettings;
use crate::linux::listeners::{self, Door, Facts, Owner, Reach};
use crate::linux::systemd::Unit;
use crate::parse::mountinfo;
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text::Text;

mod agents;
mod inetd;
mod programs;
mod recognise;
mod ssh;

use agents::{Agent, Tailscale};
use programs::{AGENTS, GNOME, PROGRAMS};
use recognise::is_ssh;

pub const PROBE: Probe = Probe {
    practice: PracticeId::RemoteLogin,
    platform: Platform::Linux,
    observe,
    reads: "Which sockets listen, which service opened each, and which remote control services run",
};

/// Services worth a word when they do not listen.
const SSH_UNITS: [&str; 3] = ["ssh.service", "sshd.service", "dropbear.service"];

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::RemoteLogin;
    let place = super::place::place(host);
    if matches!(place, Place::Container | Place::Sandbox | Place::Wsl)
        && let Some(why) = super::place::hides_the_machine(place)
    {
        return Ok(Finding::unknown(practice, why));
    }
    let mut names: Vec<&str> = AGENTS.iter().map(|agent| agent.unit).collect();
    names.extend(SSH_UNITS);
    names.extend(agents::TAILSCALE);
    let config = ssh::config(host);
    let ssh_ports = config.as_ref().ok().and_then(|config| config.as_ref()).map_or(vec![22], ssh::Config::ports);
    let settings = recognise::settings(host, ssh_ports);
    let facts = Facts::read(host, PROGRAMS, &names);
    let mut agents = agents::running(&facts);
    let tailscale = agents::tailscale(host, &facts);
    let (doors, mut evidence, listeners_denied) = match host.listeners() {
        Ok(sockets) => {
            let own = |listener: &Listener, owner: &Owner<'_>| settings.recognise(listener, owner, &facts);
            let (doors, evidence) = listeners::doors(host, &sockets, &facts, &own);
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
    if doors.iter().any(|door| door.program.name == GNOME) {
        let setting = gsettings::get(host, "org.gnome.desktop.remote-desktop.rdp", "view-only").ok().flatten();
        evidence.extend(setting.map(|setting| setting.evidence()));
    }
    let mut tailscale_unknown = false;
    match tailscale {
        Tailscale::Closed(seen) => evidence.extend(seen),
        Tailscale::Open(agent) => agents.push(agent),
        Tailscale::Unknown(seen) => {
            evidence.push(seen);
            tailscale_unknown = true;
        }
    }
    evidence.extend(agents.iter().map(Agent::evidence));
    let unseen = others_processes_hidden(host);
    let passwords = config.ok().flatten().map(|config| config.takes_passwords());
    let finding = judge(&doors, &agents, &facts, listeners_denied, tailscale_unknown, passwords);
    let finding = finding.with_evidence(evidence);
    // A remote control program that another user started by hand would not have been seen.
    let doubt = unseen.is_some() && finding.observation == Observation::Off;
    let finding = if doubt { finding.inferred() } else { finding };
    Ok(finding.with_evidence(unseen.filter(|_| doubt)))
}

/// Whether /proc shows each user only the own processes. Source: proc(5), `hidepid`.
fn others_processes_hidden(host: &dyn Host) -> Option<Evidence> {
    let mounts = host.read_text("/proc/self/mountinfo").map(|text| mountinfo::mounts(&text)).unwrap_or_default();
    let proc = mountinfo::at(&mounts, "/proc")?;
    let option = proc.super_options.split(',').find(|option| option.starts_with("hidepid="))?;
    (!matches!(option, "hidepid=0" | "hidepid=off")).then(|| Evidence {
        source: "/proc".to_owned(),
        saw: format!("mounted with {option}, so programs that other users run cannot be seen"),
        check: "findmnt /proc".to_owned(),
    })
}

fn judge(
    doors: &[Door],
    agents: &[Agent],
    facts: &Facts,
    listeners_denied: Option<Text>,
    tailscale_unknown: bool,
    passwords: Option<bool>,
) -> Finding {
    let practice = PracticeId::RemoteLogin;
    let mut open: Vec<&Door> = doors.iter().filter(|door| door.is_open()).collect();
    open.sort_by_key(|door| (!door.sure, std::cmp::Reverse(door.exposure.reach)));
    if let Some(first) = open.first() {
        let others = agents.iter().map(|agent| agent.name);
        let finding = Finding::new(practice, Observation::On, open_detail(first, &open, others, passwords));
        return if first.sure { finding } else { finding.inferred() };
    }
    if let Some(agent) = agents.iter().find(|agent| agent.is_service).or(agents.first()) {
        let finding = Finding::new(practice, Observation::On, agent.detail());
        return if agent.is_service { finding } else { finding.inferred() };
    }
    if let Some(why) = listeners_denied {
        return Finding::unknown(practice, why);
    }
    if facts.units.is_none() && facts.processes.is_none() {
        let why = text!("No program waits for logins, but whether a remote control service runs could not be seen");
        return Finding::unknown(practice, why);
    }
    let ssh_running = SSH_UNITS.iter().any(|name| facts.unit(name).and_then(Unit::is_active) == Some(true));
    let ssh_at_boot = SSH_UNITS.iter().any(|name| facts.unit(name).and_then(Unit::is_enabled) == Some(true));
    let ssh_door = doors.iter().find(|door| is_ssh(door.program));
    if ssh_running && ssh_door.is_none() {
        let why = text!("The SSH server runs, but where it listens could not be seen");
        return Finding::unknown(practice, why);
    }
    if tailscale_unknown {
        let why = text!(
            "Tailscale runs, and whether its own SSH server lets others log in could not be read; nothing else does"
        );
        return Finding::unknown(practice, why);
    }
    let detail = match (ssh_door, doors.first()) {
        (Some(door), _) | (None, Some(door)) => match door.exposure.reach {
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
    Finding::new(practice, Observation::Off, detail)
}

fn open_detail<'a>(
    first: &Door,
    open: &[&Door],
    agents: impl Iterator<Item = &'a str>,
    passwords: Option<bool>,
) -> Text {
    let same: BTreeSet<u16> =
        open.iter().filter(|door| door.program.name == first.program.name).map(|door| door.port).collect();
    let ports: Vec<String> = same.iter().map(u16::to_string).collect();
    let ports = ports.join(", ");
    let mut others: BTreeSet<&str> =
        open.iter().map(|door| door.program.name).filter(|name| *name != first.program.name).collect();
    others.extend(agents.filter(|name| *name != first.program.name));
    let others = others.into_iter().collect::<Vec<&str>>().join(", ");
    let program = first.program.name;
    let passwords = passwords.filter(|_| is_ssh(first.program));
    if !others.is_empty() {
        return text!(
            "{program} accepts logins from the network on port {ports}; other ways in: {others}",
            program = program,
            ports = ports,
            others = others
        );
    }
    if !first.sure {
        return text!(
            "{program} seems to accept logins from the network on port {ports}",
            program = program,
            ports = ports
        );
    }
    match (first.exposure.reach, &first.exposure.interface, passwords) {
        (Reach::Vpn, Some(name), _) => text!(
            "{program} accepts logins over a VPN on port {ports}; only members of {vpn} can reach it",
            program = program,
            ports = ports,
            vpn = name
        ),
        (Reach::Vpn, None, _) => {
            text!("{program} accepts logins over a VPN on port {ports}", program = program, ports = ports)
        }
        (_, _, Some(true)) => text!(
            "{program} accepts logins from the network on port {ports}; anyone there may try passwords",
            program = program,
            ports = ports
        ),
        (_, _, Some(false)) => text!(
            "{program} accepts logins from the network on port {ports}; anyone there may try, but passwords are not taken",
            program = program,
            ports = ports
        ),
        (_, _, None) => text!(
            "{program} accepts logins from the network on port {ports}; anyone there may try",
            program = program,
            ports = ports
        ),
    }
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
