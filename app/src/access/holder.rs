//! Which program has the endpoint's port, so that the user can be told.
//!
//! The kernel shows every listening socket with its owner; which process holds it can be read only of
//! one's own processes (as root: of all).

use std::net::Ipv4Addr;

use stethoscope_probes::host::{Host, Process};
use stethoscope_probes::text;

use crate::words::tr;

/// Whoever listens on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub uid: u32,
    /// The owner's name, where the system's list of users has it.
    pub user: Option<String>,
    pub process: Option<Process>,
}

/// Who listens on that port of 127.0.0.1. `None`: nobody, or it could not be seen.
pub fn holder(host: &dyn Host, port: u16) -> Option<Holder> {
    let sockets = |path: &str| {
        let text = host.read_text(path).unwrap_or_default();
        text.lines().filter_map(|line| listener(line, port)).collect::<Vec<_>>()
    };
    let mut found = sockets("/proc/net/tcp");
    found.extend(sockets("/proc/net/tcp6"));
    let (uid, inode) = *found.first()?;
    let passwd = host.read_text("/etc/passwd").unwrap_or_default();
    Some(Holder { uid, user: user(&passwd, uid), process: process(host, uid, inode) })
}

impl Holder {
    /// For the middle of a sentence: `node (process 4711)`, `a program of the user ann`.
    pub fn words(&self) -> String {
        match (&self.process, &self.user) {
            (Some(process), _) => {
                tr(&text!("{program} (process {pid})", program = self.program().unwrap_or_default(), pid = process.pid))
            }
            (None, Some(user)) => tr(&text!("a program of the user {user}", user = user)),
            (None, None) => tr(&text!("a program of the user with the number {uid}", uid = self.uid)),
        }
    }

    /// The program's name. The kernel cuts it at 15 bytes; the file it was started from has all of it.
    pub fn program(&self) -> Option<&str> {
        let process = self.process.as_ref()?;
        let file = process.arguments.first().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        Some(if file.starts_with(&process.name) { file } else { &process.name })
    }
}

/// User and inode of the socket in one line of `/proc/net/tcp` or `tcp6`, if it listens on that port and
/// is in the way of 127.0.0.1. Source: proc_pid_net(5).
fn listener(line: &str, port: u16) -> Option<(u32, u64)> {
    const LISTENS: &str = "0A";
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [_, local, _, LISTENS, _, _, _, uid, _, inode, ..] = fields.as_slice() else { return None };
    let (address, hex) = local.split_once(':')?;
    if u16::from_str_radix(hex, 16) != Ok(port) {
        return None;
    }
    // The kernel writes each word of an address as the machine keeps it.
    let loopback = format!("{:08X}", u32::from_ne_bytes(Ipv4Addr::LOCALHOST.octets()));
    let everywhere = address.bytes().all(|digit| digit == b'0');
    (everywhere || address.ends_with(&loopback)).then_some(())?;
    // The IPv6 loopback ends like that on no machine, and is in nobody's way.
    (everywhere || address.len() == 8 || address.starts_with("0000000000000000")).then_some(())?;
    Some((uid.parse().ok()?, inode.parse().ok()?))
}

fn process(host: &dyn Host, uid: u32, inode: u64) -> Option<Process> {
    let socket = format!("socket:[{inode}]");
    let holds = |process: &Process| {
        let folder = format!("/proc/{}/fd", process.pid);
        let names = host.list(&folder).unwrap_or_default();
        names.iter().any(|name| host.link(&format!("{folder}/{name}")).is_ok_and(|target| target == socket))
    };
    let processes = host.processes().unwrap_or_default();
    // Its owner's processes first: mostly it is one of them, and the others' are closed to us.
    let (own, others): (Vec<&Process>, Vec<&Process>) = processes.iter().partition(|process| process.uid == uid);
    own.into_iter().chain(others).find(|process| holds(process)).cloned()
}

fn user(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::PORT;

    fn line(local: &str, state: &str) -> String {
        format!(
            "   3: {local} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  1000        0 4711 1 x 100"
        )
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn only_a_listener_in_the_way_of_this_machines_own_address_is_meant() {
        let mapped = "0000000000000000FFFF00000100007F:91FA";
        let every_6 = "00000000000000000000000000000000:91FA";
        for local in ["0100007F:91FA", "00000000:91FA", mapped, every_6] {
            assert_eq!(listener(&line(local, "0A"), PORT), Some((1000, 4711)), "{local}");
        }
        let loopback_6 = "00000000000000000000000001000000:91FA";
        for local in ["0100007F:91FB", "0A00A8C0:91FA", loopback_6] {
            assert_eq!(listener(&line(local, "0A"), PORT), None, "{local}");
        }
        assert_eq!(listener(&line("0100007F:91FA", "01"), PORT), None, "a connection is no listener");
        assert_eq!(listener("  sl  local_address rem_address   st", PORT), None);
    }

    #[test]
    fn a_holder_is_named_as_well_as_it_is_known() {
        let process = |name: &str, first: &str| Process {
            pid: 4711,
            uid: 1000,
            name: name.to_owned(),
            arguments: vec![first.to_owned()].into(),
        };
        let holder = |user: Option<&str>, process| Holder { uid: 1000, user: user.map(str::to_owned), process };
        let ann = Some("ann");
        assert_eq!(holder(ann, Some(process("node", "node"))).words(), "node (process 4711)");
        let long = process("stethoscope-thi", "/usr/bin/stethoscope-things");
        assert_eq!(holder(ann, Some(long)).words(), "stethoscope-things (process 4711)");
        assert_eq!(holder(ann, None).words(), "a program of the user ann");
        assert_eq!(holder(None, None).words(), "a program of the user with the number 1000");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_port_of_our_own_is_found_on_this_machine() {
        use stethoscope_probes::host::live::LiveHost;

        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = socket.local_addr().expect("an address").port();
        let host = LiveHost::new(jiff::Timestamp::UNIX_EPOCH);
        let found = holder(&host, port).expect("our own listener is seen");
        assert_eq!(found.process.as_ref().map(|process| process.pid), Some(std::process::id()));
    }
}
