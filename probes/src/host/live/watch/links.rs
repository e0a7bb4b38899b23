//! Network links and their addresses, as the kernel announces them (rtnetlink(7)).

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType};

/// `RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR`
const GROUPS: u32 = 0x1 | 0x10 | 0x100;
const NEW_LINK: u16 = 16;
const DEL_LINK: u16 = 17;
const NEW_ADDRESS: u16 = 20;
const DEL_ADDRESS: u16 = 21;
/// `IFF_UP | IFF_RUNNING | IFF_LOWER_UP`
const STATE: u32 = 0x1 | 0x40 | 0x1_0000;
const HEADER: usize = 16;
/// `ifaddrmsg`
const ADDRESS_HEADER: usize = 8;

/// More than any computer has; then it starts from nothing.
const MOST_KNOWN: usize = 4096;

/// What is known so far: routers repeat themselves every few minutes, and a radio tells of every search.
#[derive(Debug, Default)]
struct Known {
    links: BTreeMap<u32, u32>,
    addresses: BTreeSet<(u32, Vec<u8>)>,
}

/// The socket on which the kernel tells.
pub(super) struct Links {
    socket: OwnedFd,
    known: Known,
}

impl Links {
    pub(super) fn new() -> std::io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // `NETLINK_ROUTE` is zero, the protocol that is meant where none is named.
        let socket = rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        rustix::net::bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        Ok(Links { socket, known: Known::default() })
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Takes everything that waits. Whether something changed.
    pub(super) fn hear(&mut self) -> bool {
        let mut buffer = vec![0; 16 << 10];
        let mut changed = false;
        loop {
            match rustix::net::recv(&self.socket, &mut buffer[..], RecvFlags::DONTWAIT) {
                Ok((_, length)) => changed |= self.known.learn(buffer.get(..length).unwrap_or_default()),
                Err(Errno::INTR) => {}
                // More was told than was kept.
                Err(Errno::NOBUFS) => changed = true,
                Err(_nothing_waits) => return changed,
            }
        }
    }
}

impl Known {
    /// Takes the messages of one datagram. Whether one of them says something new.
    fn learn(&mut self, mut bytes: &[u8]) -> bool {
        let mut news = false;
        while let Some((kind, payload, rest)) = message(bytes) {
            news |= self.one(kind, payload).unwrap_or(false);
            bytes = rest;
        }
        if self.links.len() + self.addresses.len() > MOST_KNOWN {
            *self = Known::default();
        }
        news
    }

    fn one(&mut self, kind: u16, payload: &[u8]) -> Option<bool> {
        // Both kinds have the number of their link at the same place.
        let link = number(payload, 4)?;
        Some(match kind {
            NEW_LINK => {
                let state = number(payload, 8)? & STATE;
                self.links.insert(link, state) != Some(state)
            }
            DEL_LINK => {
                self.links.remove(&link);
                true
            }
            NEW_ADDRESS => self.addresses.insert((link, address(payload)?)),
            DEL_ADDRESS => {
                self.addresses.remove(&(link, address(payload)?));
                true
            }
            _ => false,
        })
    }
}

/// Type, payload and what follows of the first message.
fn message(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let length = number(bytes, 0)? as usize;
    let payload = bytes.get(HEADER..length)?;
    let kind = u16::from_ne_bytes(bytes.get(4..6)?.try_into().ok()?);
    Some((kind, payload, bytes.get(length.next_multiple_of(4)..).unwrap_or_default()))
}

/// Family, length and the address itself: the first two attributes that may hold it, IFA_ADDRESS and IFA_LOCAL.
fn address(payload: &[u8]) -> Option<Vec<u8>> {
    let mut key = payload.get(..2)?.to_vec();
    let mut rest = payload.get(ADDRESS_HEADER..)?;
    while let Some(header) = rest.get(..4) {
        let length = usize::from(u16::from_ne_bytes([header[0], header[1]]));
        let Some(value) = rest.get(4..length) else { break };
        if matches!(u16::from_ne_bytes([header[2], header[3]]), 1 | 2) {
            key.extend_from_slice(value);
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(key)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: u16, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(HEADER + payload.len()).expect("a short message");
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.resize(HEADER, 0);
        bytes.extend(payload);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn link(number: u32, flags: u32) -> Vec<u8> {
        [&[0; 4][..], &number.to_ne_bytes(), &flags.to_ne_bytes(), &[0; 4]].concat()
    }

    fn address_of(number: u32, last: u8, lifetime: u8) -> Vec<u8> {
        let head = [&[2, 24, 0, 0][..], &number.to_ne_bytes()].concat();
        // IFA_CACHEINFO, IFA_LOCAL
        [&head[..], &[8, 0, 6, 0, lifetime, 0, 0, 0], &[8, 0, 2, 0, 192, 0, 2, last]].concat()
    }

    #[test]
    fn only_what_is_new_counts() {
        let mut known = Known::default();
        for (what, bytes, news) in [
            ("a link comes up", told(NEW_LINK, &link(2, 0x1)), true),
            ("a search of the radio", told(NEW_LINK, &link(2, 0x1)), false),
            ("a flag that says nothing", told(NEW_LINK, &link(2, 0x1001)), false),
            ("the cable is in", told(NEW_LINK, &link(2, 0x1_0041)), true),
            ("an address", told(NEW_ADDRESS, &address_of(2, 7, 1)), true),
            ("the router says it again", told(NEW_ADDRESS, &address_of(2, 7, 9)), false),
            (
                "one more, behind one that is known",
                [told(NEW_ADDRESS, &address_of(2, 7, 9)), told(NEW_ADDRESS, &address_of(2, 8, 1))].concat(),
                true,
            ),
            ("the address of another link", told(NEW_ADDRESS, &address_of(3, 7, 1)), true),
            ("an address goes", told(DEL_ADDRESS, &address_of(2, 7, 0)), true),
            ("and comes back", told(NEW_ADDRESS, &address_of(2, 7, 1)), true),
            ("the link goes", told(DEL_LINK, &link(2, 0)), true),
            ("something else", told(24, &link(2, 0)), false),
        ] {
            assert_eq!(known.learn(&bytes), news, "{what}");
        }
    }

    #[test]
    fn what_is_cut_off_is_left_out() {
        let whole = [told(NEW_LINK, &link(2, 1)), told(NEW_ADDRESS, &address_of(2, 7, 1))].concat();
        for length in 0..whole.len() {
            let news = Known::default().learn(&whole[..length]);
            assert_eq!(news, length >= HEADER + 16, "{length}");
        }
        let endless = told(NEW_ADDRESS, &[2, 24, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 9, 9]);
        Known::default().learn(&endless);
    }
}
