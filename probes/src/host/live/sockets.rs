//! Sockets that wait for somebody, asked of the kernel: all users' sockets, without rights.
//!
//! The kernel's socket diagnosis (sock_diag(7)) also tells the control group, and so the systemd unit, that
//! opened a socket. Where it is not to be had, the tables in /proc/net are read.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::DirEntryExt as _;
use std::sync::PoisonError;

use rustix::io::Errno;
use rustix::net::netlink;

use super::files;
use super::netlink::{AF_INET, AF_INET6, Dump, attributes, dump, request, socket, u32_at};
use crate::host::memory::Memory;
use crate::host::{Listener, Protocol, Read, present};

/// `SOCK_DIAG_BY_FAMILY`
const BY_FAMILY: u16 = 20;
/// `INET_DIAG_CGROUP_ID`: the inode number of the control group's directory.
const CGROUP_ID: u16 = 21;
/// `inet_diag_req_v2`
const REQUEST: usize = 56;
/// `inet_diag_msg`
const MESSAGE: usize = 72;
/// `TCP_LISTEN`
const LISTENING: u8 = 10;
/// `TCP_CLOSE`: what a UDP socket is in that is bound but not connected.
const UNCONNECTED: u8 = 7;

/// A socket with the inode number of its control group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    protocol: Protocol,
    address: IpAddr,
    port: u16,
    uid: u32,
    group: Option<u64>,
}

/// Every listening TCP socket and every bound, unconnected UDP socket of this network namespace.
pub(super) fn listeners(memory: Option<&Memory>) -> Read<Vec<Listener>> {
    match ask_kernel() {
        Ok(found) => Ok(with_groups(found, memory)),
        // Refused by a sandbox, or a kernel built without it.
        Err(_errno) => from_tables(),
    }
}

fn ask_kernel() -> Result<BTreeSet<Found>, Errno> {
    let socket = socket(Some(netlink::SOCK_DIAG))?;
    let mut found = BTreeSet::new();
    for family in [AF_INET, AF_INET6] {
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            let request = request(BY_FAMILY, &wanted(family, protocol));
            let mut ask = || {
                dump(&socket, &request, |kind, payload| {
                    found.extend(socket_in(payload, protocol).filter(|_| kind == BY_FAMILY));
                })
            };
            // A table that changed while it was read is read once more; a third time would be a loop.
            if ask()? == Dump::Interrupted {
                ask()?;
            }
        }
    }
    Ok(found)
}

/// `inet_diag_req_v2` for the sockets that wait.
fn wanted(family: u8, protocol: Protocol) -> [u8; REQUEST] {
    let (number, state) = match protocol {
        Protocol::Tcp => (6, LISTENING),
        Protocol::Udp => (17, UNCONNECTED),
    };
    let mut bytes = [0; REQUEST];
    bytes[0] = family;
    bytes[1] = number;
    bytes[4..8].copy_from_slice(&(1_u32 << state).to_ne_bytes());
    bytes
}

/// `inet_diag_msg` with its attributes.
fn socket_in(payload: &[u8], protocol: Protocol) -> Option<Found> {
    let source = payload.get(8..24)?;
    let address = match *payload.first()? {
        AF_INET => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(&source[..4]).ok()?)),
        AF_INET6 => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(source).ok()?)),
        _ => return None,
    };
    let port = u16::from_be_bytes(payload.get(4..6)?.try_into().ok()?);
    let uid = u32_at(payload, 64)?;
    let group = attributes(payload.get(MESSAGE..).unwrap_or_default())
        .find(|(kind, _)| *kind == CGROUP_ID)
        .and_then(|(_, value)| value.try_into().ok().map(u64::from_ne_bytes));
    (port != 0).then_some(Found { protocol, address, port, uid, group })
}

fn with_groups(found: BTreeSet<Found>, memory: Option<&Memory>) -> Vec<Listener> {
    let mut wanted: BTreeMap<u64, Option<String>> =
        found.iter().filter_map(|socket| socket.group).map(|id| (id, None)).collect();
    if let (false, Some(root)) = (wanted.is_empty(), group_root()) {
        let remembered = || memory.map(|memory| memory.groups.lock().unwrap_or_else(PoisonError::into_inner));
        let known = remembered().map(|known| known.clone()).unwrap_or_default();
        name_known_groups(&root, &known, &mut wanted);
        name_groups(&root, &mut wanted);
        if let Some(mut known) = remembered() {
            *known = wanted.iter().filter_map(|(id, path)| Some((*id, path.clone()?))).collect();
        }
    }
    let named = |socket: Found| Listener {
        protocol: socket.protocol,
        address: socket.address,
        port: socket.port,
        uid: socket.uid,
        cgroup: socket.group.and_then(|id| wanted.get(&id).cloned().flatten()),
    };
    found.into_iter().map(named).collect()
}

/// Where the control groups are mounted (version 2 only: the numbers are of that tree).
fn group_root() -> Option<String> {
    let mounts = files::read("/proc/self/mountinfo").ok()?;
    let mounts = String::from_utf8_lossy(&mounts).into_owned();
    let line = mounts.lines().find(|line| line.split(" - ").nth(1).is_some_and(|rest| rest.starts_with("cgroup2 ")))?;
    line.split(' ').nth(4).map(str::to_owned)
}

/// Names the groups that are still where an earlier scan found them. The kernel gives no number twice.
fn name_known_groups(root: &str, known: &BTreeMap<u64, String>, wanted: &mut BTreeMap<u64, Option<String>>) {
    use std::os::unix::fs::MetadataExt as _;
    for (id, slot) in wanted {
        let path = known.get(id);
        let is_there = |path: &&String| std::fs::metadata(format!("{root}{path}")).is_ok_and(|at| at.ino() == *id);
        *slot = path.filter(is_there).cloned();
    }
}

/// Walks the control groups until every wanted one has its path.
fn name_groups(root: &str, wanted: &mut BTreeMap<u64, Option<String>>) {
    use std::os::unix::fs::MetadataExt as _;
    let mut missing = wanted.values().filter(|path| path.is_none()).count();
    if missing == 0 {
        return;
    }
    let mut found = |id: u64, path: &str, missing: &mut usize| {
        if let Some(slot @ None) = wanted.get_mut(&id) {
            *slot = Some(path.to_owned());
            *missing -= 1;
        }
    };
    if let Ok(root) = std::fs::metadata(root) {
        found(root.ino(), "/", &mut missing);
    }
    let mut todo = vec![String::new()];
    while let (Some(below), true) = (todo.pop(), missing > 0) {
        let Ok(entries) = std::fs::read_dir(format!("{root}{below}")) else { continue };
        for entry in entries.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let path = format!("{below}/{}", entry.file_name().to_string_lossy());
                found(entry.ino(), &path, &mut missing);
                todo.push(path);
            }
        }
    }
}

fn from_tables() -> Read<Vec<Listener>> {
    let mut found = BTreeSet::new();
    for (file, protocol) in [("tcp", Protocol::Tcp), ("udp", Protocol::Udp)] {
        for version in ["", "6"] {
            let path = format!("/proc/net/{file}{version}");
            let table = files::read(&path);
            // Without IPv6 there is no table for it.
            let table = if version.is_empty() { Some(table?) } else { present(table)? };
            found.extend(table_sockets(&String::from_utf8_lossy(&table.unwrap_or_default()), protocol));
        }
    }
    Ok(with_groups(found, None))
}

/// The waiting sockets in one of the tables that proc_net(5) describes.
fn table_sockets(table: &str, protocol: Protocol) -> Vec<Found> {
    let wanted = match protocol {
        Protocol::Tcp => "0A",
        Protocol::Udp => "07",
    };
    let socket = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, port) = fields.get(1)?.split_once(':')?;
        let address = table_address(address)?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let uid = fields.get(7)?.parse().ok()?;
        (*fields.get(3)? == wanted && port != 0).then_some(Found { protocol, address, port, uid, group: None })
    };
    table.lines().skip(1).filter_map(socket).collect()
}

/// Each 32-bit word is written in the order of the machine's own memory.
fn table_address(hex: &str) -> Option<IpAddr> {
    if !hex.is_ascii() {
        return None;
    }
    let mut bytes = Vec::with_capacity(16);
    for word in hex.as_bytes().chunks(8) {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn the_tables_are_understood() {
        let tcp = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 11 1 0000 100 0 0 10 0\n   1: 0100007F:0278 0100007F:A000 01 00000000:00000000 00:00000000 00000000   101        0 11 1 0000 100 0 0 10 0\n   2: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 12\nbroken\n";
        let found = table_sockets(tcp, Protocol::Tcp);
        let seen: Vec<String> = found.iter().map(|s| format!("{} {} {}", s.address, s.port, s.uid)).collect();
        assert_eq!(seen, ["127.0.0.1 631 101", "::1 22 0"]);
    }

    #[test]
    fn a_message_that_is_cut_short_is_no_socket() {
        for length in 0..MESSAGE {
            let mut payload = vec![0; length];
            if let Some(family) = payload.first_mut() {
                *family = AF_INET;
            }
            assert!(socket_in(&payload, Protocol::Tcp).is_none(), "{length}");
        }
    }

    #[test]
    fn a_group_is_known_again_only_where_it_still_is() {
        use std::os::unix::fs::MetadataExt as _;
        let root = tempfile::tempdir().expect("a directory");
        let number = |name: &str| {
            std::fs::create_dir(root.path().join(name)).expect("mkdir");
            std::fs::metadata(root.path().join(name)).expect("it is there").ino()
        };
        let (same, moved) = (number("same"), number("moved"));
        let root = root.path().to_str().expect("a test path is text");
        let known = BTreeMap::from([(same, "/same".to_owned()), (moved, "/before".to_owned())]);
        let mut wanted = BTreeMap::from([(same, None), (moved, None)]);
        name_known_groups(root, &known, &mut wanted);
        assert_eq!(wanted, BTreeMap::from([(same, Some("/same".to_owned())), (moved, None)]));
        name_groups(root, &mut wanted);
        assert_eq!(wanted[&moved].as_deref(), Some("/moved"));
        // Another directory has taken the name.
        let known = BTreeMap::from([(same, "/moved".to_owned())]);
        let mut wanted = BTreeMap::from([(same, None)]);
        name_known_groups(root, &known, &mut wanted);
        assert_eq!(wanted[&same], None);
    }

    #[test]
    fn the_tables_and_the_kernel_agree() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let waiting = |list: Vec<Listener>| list.into_iter().any(|l| l.port == port && l.address.is_loopback());
        assert!(waiting(with_groups(ask_kernel().expect("sock_diag"), None)));
        assert!(waiting(from_tables().expect("/proc/net")));
    }
}
