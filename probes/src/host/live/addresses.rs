//! The addresses of the network interfaces, asked of the kernel (rtnetlink(7)), without rights.
//!
//! The tables in /proc/net would not do: that of IPv4 addresses names no interface, and two interfaces in one
//! network, a cable and Wi-Fi say, cannot be told apart by their routes.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustix::io::Errno;

use super::netlink::{AF_INET, AF_INET6, Dump, attributes, dump, request, socket, u32_at};
use crate::host::{Address, HostError, Read};

const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
/// `ifinfomsg`
const LINK: usize = 16;
/// `ifaddrmsg`
const ADDRESS: usize = 8;
const IFLA_IFNAME: u16 = 3;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_BROADCAST: u16 = 4;
const IFF_LOOPBACK: u32 = 8;

/// More than any machine can mean; one with a thousand containers must not fill the memory.
const MOST: usize = 1000;

/// Every address of every interface of this network namespace, but the loopback one.
pub(super) fn addresses() -> Read<Vec<Address>> {
    ask_kernel().map_err(|errno| {
        let what = "the list of network addresses".to_owned();
        match errno {
            Errno::ACCESS | Errno::PERM => HostError::Denied(what),
            Errno::AGAIN | Errno::TIMEDOUT => HostError::TimedOut(what),
            Errno::AFNOSUPPORT | Errno::PROTONOSUPPORT => HostError::Absent(what),
            other => HostError::Garbled(what, other.to_string()),
        }
    })
}

fn ask_kernel() -> Result<Vec<Address>, Errno> {
    let socket = socket(None)?;
    let names = listed(&socket, RTM_GETLINK, RTM_NEWLINK, LINK, interface_in)?;
    let names: BTreeMap<u32, Option<String>> = names.into_iter().collect();
    let mut found = listed(&socket, RTM_GETADDR, RTM_NEWADDR, ADDRESS, address_in)?;
    // The kernel lists IPv4 first and then IPv6; what belongs to one interface is to stand together.
    found.sort_by_key(|(index, _)| *index);
    let named = found.into_iter().filter_map(|(index, address)| {
        // An interface that came up between the two lists has no name yet; its number says less than nothing.
        let interface = names.get(&index)?.clone()?;
        Some(Address { interface, ..address })
    });
    Ok(named.collect())
}

/// What a list has in it. One that changed while it was read is read once more; a third time would be a loop.
fn listed<T>(
    socket: &std::os::fd::OwnedFd,
    ask: u16,
    answer: u16,
    body: usize,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<Vec<T>, Errno> {
    let request = request(ask, &vec![0; body]);
    let mut found = Vec::new();
    for _attempt in 0..2 {
        found.clear();
        let state = dump(socket, &request, |kind, payload| {
            if kind == answer && found.len() < MOST {
                found.extend(read(payload));
            }
        })?;
        if state == Dump::Whole {
            break;
        }
    }
    Ok(found)
}

/// `ifinfomsg` with its attributes: the number of an interface and its name, without one for loopback.
fn interface_in(payload: &[u8]) -> Option<(u32, Option<String>)> {
    let (index, flags) = (u32_at(payload, 4)?, u32_at(payload, 8)?);
    let (_, name) = attributes(payload.get(LINK..)?).find(|(kind, _)| *kind == IFLA_IFNAME)?;
    let name = String::from_utf8_lossy(name).trim_end_matches('\0').to_owned();
    Some((index, (flags & IFF_LOOPBACK == 0).then_some(name)))
}

/// `ifaddrmsg` with its attributes: the number of an interface and an address of it.
fn address_in(payload: &[u8]) -> Option<(u32, Address)> {
    let (family, prefix) = (*payload.first()?, *payload.get(1)?);
    let index = u32_at(payload, 4)?;
    let all = payload.get(ADDRESS..)?;
    let find = |wanted: u16| {
        let (_, bytes) = attributes(all).find(|(kind, _)| *kind == wanted)?;
        match family {
            AF_INET => Some(IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?))),
            AF_INET6 => Some(IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?))),
            _ => None,
        }
    };
    // Where both stand, as of a tunnel, the other is the address of the far end.
    let address = find(IFA_LOCAL).or_else(|| find(IFA_ADDRESS))?;
    Some((index, Address { interface: String::new(), address, prefix, broadcast: find(IFA_BROADCAST) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// IPv6 addresses also stand in a table that names their interface.
    #[test]
    fn the_kernel_and_its_table_agree() {
        let table = std::fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
        let mut listed: Vec<(String, u128, u8)> = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|words| words[5] != "lo")
            .map(|words| {
                let bits = u128::from_str_radix(words[0], 16).expect("hex digits");
                (words[5].to_owned(), bits, u8::from_str_radix(words[2], 16).expect("hex digits"))
            })
            .collect();
        let asked = addresses().expect("any user may ask");
        let mut found: Vec<(String, u128, u8)> = asked
            .iter()
            .filter_map(|one| match one.address {
                IpAddr::V6(address) => Some((one.interface.clone(), address.to_bits(), one.prefix)),
                IpAddr::V4(_) => None,
            })
            .collect();
        listed.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, listed);
        assert!(asked.iter().all(|one| !one.address.is_loopback() && one.interface != "lo"), "{asked:?}");
    }

    #[test]
    fn the_far_end_of_a_tunnel_is_not_an_address_of_this_computer() {
        let mut message = vec![AF_INET, 32, 0, 0, 7, 0, 0, 0];
        if cfg!(target_endian = "big") {
            message[4..8].reverse();
        }
        for (kind, last) in [(IFA_ADDRESS, 2), (IFA_LOCAL, 1)] {
            message.extend(8_u16.to_ne_bytes());
            message.extend(kind.to_ne_bytes());
            message.extend([10, 0, 0, last]);
        }
        let (index, address) = address_in(&message).expect("an address");
        assert_eq!((index, address.address, address.prefix), (7, IpAddr::from([10, 0, 0, 1]), 32));
        assert_eq!(address.broadcast, None);
    }

    proptest! {
        #[test]
        fn any_message_is_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _none = (interface_in(&bytes), address_in(&bytes));
        }
    }
}
