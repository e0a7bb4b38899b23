//! Questions to the kernel over netlink(7): one request, and all messages of its answer.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, sockopt};

pub(super) const AF_INET: u8 = 2;
pub(super) const AF_INET6: u8 = 10;

/// Bytes of the header that every message starts with.
pub(super) const HEADER: usize = 16;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
/// `NLM_F_REQUEST | NLM_F_DUMP`
const DUMP_REQUEST: u16 = 0x301;
/// `NLM_F_DUMP_INTR`: the tables changed while they were read.
const DUMP_INTERRUPTED: u16 = 0x10;

/// How a list that was asked for came.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Dump {
    Whole,
    /// It changed while it was read, so that something may stand in it twice or not at all.
    Interrupted,
}

/// A socket that waits at most a second for each answer. Without a protocol it speaks of interfaces and their
/// addresses (rtnetlink), whose number is zero.
pub(super) fn socket(protocol: Option<Protocol>) -> Result<OwnedFd, Errno> {
    let socket = rustix::net::socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, protocol)?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(Duration::from_secs(1)))?;
    Ok(socket)
}

/// The request for a list: what to list, then the bytes that the kind of request asks for.
pub(super) fn request(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    bytes[0..4].copy_from_slice(&((HEADER + body.len()) as u32).to_ne_bytes());
    bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
    bytes[6..8].copy_from_slice(&DUMP_REQUEST.to_ne_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// Asks for a list and hands over each message of it: its type and its payload.
pub(super) fn dump(socket: impl AsFd + Copy, request: &[u8], mut each: impl FnMut(u16, &[u8])) -> Result<Dump, Errno> {
    rustix::net::send(socket, request, SendFlags::empty())?;
    let mut state = Dump::Whole;
    let mut buffer = vec![0; 32 << 10];
    loop {
        let (_, length) = rustix::net::recv(socket, &mut buffer[..], RecvFlags::TRUNC)?;
        let Some(mut rest) = buffer.get(..length) else { return Err(Errno::MSGSIZE) };
        while let Some((kind, flags, payload, next)) = message(rest) {
            if flags & DUMP_INTERRUPTED != 0 {
                state = Dump::Interrupted;
            }
            match kind {
                NLMSG_DONE => return Ok(state),
                NLMSG_ERROR => return Err(error_in(payload)),
                _ => each(kind, payload),
            }
            rest = next;
        }
    }
}

/// The first message: its type, its flags, its payload, and what follows.
pub(super) fn message(bytes: &[u8]) -> Option<(u16, u16, &[u8], &[u8])> {
    let length = u32_at(bytes, 0)? as usize;
    let payload = bytes.get(HEADER..length)?;
    let next = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    Some((u16_at(bytes, 4)?, u16_at(bytes, 6)?, payload, next))
}

fn error_in(payload: &[u8]) -> Errno {
    let negative = u32_at(payload, 0).map_or(0, u32::cast_signed);
    Errno::from_raw_os_error(negative.checked_neg().filter(|code| *code > 0).unwrap_or(Errno::IO.raw_os_error()))
}

/// The attributes that follow the fixed part of a payload, each with its type. Ends where they make no sense.
pub(super) fn attributes(mut rest: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let length = usize::from(u16_at(rest, 0)?);
        let (kind, value) = (u16_at(rest, 2)?, rest.get(4..length)?);
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_cut_short_is_none() {
        assert!(message(&[]).is_none());
        assert!(message(&[200, 0, 0, 0, 20, 0, 0, 0]).is_none());
        // One that claims to be shorter than its own header would never let the reading get on.
        assert!(message(&[4; 64]).is_none() && message(&[0; 64]).is_none());
    }

    #[test]
    fn attributes_end_where_they_make_no_sense() {
        let of = |bytes: &[u8]| attributes(bytes).map(|(kind, value)| (kind, value.to_vec())).collect::<Vec<_>>();
        let two = [
            5_u16.to_ne_bytes(),
            1_u16.to_ne_bytes(),
            [7, 0],
            [0, 0],
            6_u16.to_ne_bytes(),
            2_u16.to_ne_bytes(),
            [8, 9],
        ];
        assert_eq!(of(two.as_flattened()), [(1, vec![7]), (2, vec![8, 9])]);
        for broken in [&[0; 12][..], &[3, 0, 0, 0], &[255; 12], &[8, 0, 1, 0, 7]] {
            assert_eq!(of(broken), [], "{broken:?}");
        }
    }
}
