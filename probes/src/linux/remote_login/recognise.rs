//! What is known of SSH servers and of inetd beyond what tells other programs apart: the ports in their
//! settings, and a server that somebody started by hand.

use super::SSH_UNITS;
use super::programs::PROGRAMS;
use crate::host::{Host, Listener, Process, Protocol};
use crate::linux::listeners::{Facts, Owner, Program, Recognised, is_login};
use crate::linux::systemd::Unit;

/// The settings in which ports are named.
pub(super) struct Settings {
    pub(super) ssh_ports: Vec<u16>,
    /// What inetd or xinetd listens on.
    pub(super) inetd: Vec<(&'static Program, u16)>,
}

pub(super) fn is_ssh(program: &Program) -> bool {
    program.name == PROGRAMS[0].name
}

pub(super) fn settings(host: &dyn Host, ssh_ports: Vec<u16>) -> Settings {
    Settings { ssh_ports, inetd: super::inetd::served(host) }
}

impl Settings {
    /// A login that inetd hands on, or an SSH server without a unit that would name it.
    pub(super) fn recognise(&self, listener: &Listener, owner: &Owner<'_>, facts: &Facts) -> Recognised {
        let port = listener.port;
        if owner.unit.contains("inetd")
            && let Some((program, _)) = self.inetd.iter().find(|(_, served)| *served == port)
        {
            return Some((program, true));
        }
        if owner.is_foreign || listener.protocol != Protocol::Tcp {
            return None;
        }
        if self.socket_of_systemd(port, owner.cgroup, facts) {
            return Some((&PROGRAMS[0], false));
        }
        self.ssh_listens(port, listener.uid, facts).then_some((&PROGRAMS[0], true))
    }

    /// Whether systemd holds a port of the SSH server open, as far as its settings tell.
    fn socket_of_systemd(&self, port: u16, cgroup: &str, facts: &Facts) -> bool {
        let mut sockets = facts.units.iter().flatten().filter(|unit| PROGRAMS[0].sockets.contains(&unit.name.as_str()));
        cgroup == "/init.scope"
            && self.ssh_ports.contains(&port)
            && sockets.any(|unit| unit.exists() && unit.is_active() != Some(false))
    }

    /// Whether an SSH server outside a service of its own listens on that port: it runs, and was told so
    /// in its settings or on its command line.
    fn ssh_listens(&self, port: u16, uid: u32, facts: &Facts) -> bool {
        let server = |process: &&Process| {
            process.uid == uid && PROGRAMS[0].processes.contains(&process.name.as_str()) && !is_login(process)
        };
        let servers: Vec<&Process> = facts.processes().filter(server).collect();
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
        told || (running && self.ssh_ports.contains(&port))
    }
}
