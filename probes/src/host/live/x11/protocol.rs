//! As much of the X protocol as it takes to ask a server when it blanks the screen.
//!
//! Sources: the X Window System Protocol (chapters 8 and 9 and appendix B), the DPMS extension's protocol,
//! Xsecurity(7) and Xau's `Xauth.h`. Nothing here talks to anybody; bytes come in and go out.

/// Bytes of every reply, event and error, and of what a reply has before its own data.
pub(super) const REPLY: usize = 32;

/// Bytes of the answer to a connection before its own data.
pub(super) const SETUP: usize = 8;

/// The one way to prove oneself that is spoken here.
const COOKIE: &[u8] = b"MIT-MAGIC-COOKIE-1";

/// Address families of an authority file: this machine by its name, and any.
const FAMILY_LOCAL: u16 = 256;
const FAMILY_WILD: u16 = 65535;

/// The number of a display of this machine: `:0`, `:1.0`. `None` for displays of other machines.
pub(super) fn display(name: &str) -> Option<u16> {
    let rest = name.strip_prefix(':')?;
    let (number, screen) = rest.split_once('.').unwrap_or((rest, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(number) && digits(screen) { number.parse().ok() } else { None }
}

/// The cookie that an authority file (`~/.Xauthority`) has for a display of this machine.
pub(super) fn cookie(file: &[u8], host_name: &str, display: u16) -> Option<Vec<u8>> {
    let number = display.to_string();
    let mut rest = file;
    while let Some((family, after)) = take_two(rest) {
        let (address, after) = field(after)?;
        let (shown, after) = field(after)?;
        let (name, after) = field(after)?;
        let (data, after) = field(after)?;
        let here = family == FAMILY_WILD || (family == FAMILY_LOCAL && address == host_name.as_bytes());
        if here && (shown.is_empty() || shown == number.as_bytes()) && name == COOKIE {
            return Some(data.to_vec());
        }
        rest = after;
    }
    None
}

/// Two bytes, the more important one first.
fn take_two(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (two, rest) = bytes.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*two), rest))
}

/// A field of an authority file: its length in two bytes, then that many.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = take_two(bytes)?;
    rest.split_at_checked(usize::from(length))
}

/// What a client sends first: numbers come with the less important byte first, protocol 11.0.
pub(super) fn hello(cookie: Option<&[u8]>) -> Vec<u8> {
    let (name, data) = cookie.map_or((&[][..], &[][..]), |cookie| (COOKIE, cookie));
    let mut out = vec![b'l', 0, 11, 0, 0, 0];
    for part in [name, data] {
        out.extend(u16::try_from(part.len()).unwrap_or(0).to_le_bytes());
    }
    out.extend([0, 0]);
    for part in [name, data] {
        out.extend(part);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

/// What a server makes of a greeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Welcome {
    Accepted,
    /// The cookie is wrong or missing.
    Refused,
}

/// The answer to a greeting, and how many more bytes belong to it. `None` where it is none.
pub(super) fn welcome(head: &[u8; SETUP]) -> Option<(Welcome, usize)> {
    let rest = usize::from(u16::from_le_bytes([head[6], head[7]])) * 4;
    match head[0] {
        1 => Some((Welcome::Accepted, rest)),
        // 2 asks for more words of proof, which a cookie never needs.
        0 | 2 => Some((Welcome::Refused, rest)),
        _ => None,
    }
}

/// Asks for the screen saver's times.
pub(super) const GET_SCREEN_SAVER: [u8; 4] = [108, 0, 1, 0];

/// Asks whether the server knows `DPMS`, and under which number.
pub(super) const QUERY_DPMS: [u8; 12] = [98, 0, 3, 0, 4, 0, 0, 0, b'D', b'P', b'M', b'S'];

/// Asks for the times of the three stages of power saving. `major` is the number of the extension.
pub(super) fn get_power_times(major: u8) -> [u8; 4] {
    [major, 2, 1, 0]
}

/// Asks whether power saving is switched on.
pub(super) fn get_power_state(major: u8) -> [u8; 4] {
    [major, 7, 1, 0]
}

/// One message of 32 bytes from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// The answer to a request, with how many more bytes belong to it.
    Reply(usize),
    /// The server refused the request.
    Error,
    /// Something happened that nobody asked about, with how many more bytes belong to it.
    Event(usize),
}

/// What kind of message it is.
pub(super) fn message(bytes: &[u8; REPLY]) -> Message {
    let units = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    let more = usize::try_from(units).unwrap_or(usize::MAX).saturating_mul(4);
    match bytes[0] {
        0 => Message::Error,
        1 => Message::Reply(more),
        // The only events that are longer than others.
        35 => Message::Event(more),
        _ => Message::Event(0),
    }
}

fn two(bytes: &[u8; REPLY], at: usize) -> u32 {
    bytes.get(at..at + 2).map_or(0, |two| u32::from(two[0]) | u32::from(two[1]) << 8)
}

/// The screen saver's timeout and interval in seconds, from the reply.
pub(super) fn screen_saver_times(reply: &[u8; REPLY]) -> (u32, u32) {
    (two(reply, 8), two(reply, 10))
}

/// The number of an extension, from the reply to the question for it. `None` where the server has none.
pub(super) fn extension(reply: &[u8; REPLY]) -> Option<u8> {
    (reply[8] == 1).then_some(reply[9])
}

/// Seconds until the monitor sleeps: the earliest stage that is not zero (never).
pub(super) fn power_saving(times: &[u8; REPLY], state: &[u8; REPLY]) -> u32 {
    let on = state[10] == 1;
    [8, 10, 12].into_iter().map(|at| two(times, at)).filter(|seconds| on && *seconds > 0).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(family: u16, fields: [&[u8]; 4]) -> Vec<u8> {
        let mut out = family.to_be_bytes().to_vec();
        for field in fields {
            out.extend(u16::try_from(field.len()).expect("short").to_be_bytes());
            out.extend(field);
        }
        out
    }

    #[test]
    fn only_displays_of_this_machine_have_a_number() {
        for (name, number) in [(":0", Some(0)), (":12.3", Some(12)), (":65535", Some(65535))] {
            assert_eq!(display(name), number, "{name}");
        }
        let others = [
            "",
            ":",
            "0",
            ":a",
            ":1.",
            ":1.x",
            ":65536",
            ":+1",
            "localhost:10.0",
            "host:0",
            "tcp/h:0",
            ":0/../x",
            ":-1",
        ];
        for name in others {
            assert_eq!(display(name), None, "{name}");
        }
    }

    #[test]
    fn the_cookie_of_this_machine_and_display_is_found() {
        let file = [
            entry(FAMILY_LOCAL, [b"elsewhere", b"1", COOKIE, b"a"]),
            entry(0, [&[127, 0, 0, 1], b"1", COOKIE, b"b"]),
            entry(FAMILY_LOCAL, [b"device", b"2", COOKIE, b"c"]),
            entry(FAMILY_LOCAL, [b"device", b"1", b"XDM-AUTHORIZATION-1", b"d"]),
            entry(FAMILY_LOCAL, [b"device", b"1", COOKIE, b"e"]),
            entry(FAMILY_WILD, [b"", b"", COOKIE, b"f"]),
        ]
        .concat();
        assert_eq!(cookie(&file, "device", 1), Some(b"e".to_vec()));
        assert_eq!(cookie(&file, "device", 2), Some(b"c".to_vec()));
        assert_eq!(cookie(&file, "device", 3), Some(b"f".to_vec()));
        assert_eq!(cookie(&file[..file.len() - 1], "device", 3), None);
        assert_eq!(cookie(b"", "device", 1), None);
    }

    #[test]
    fn the_greeting_carries_the_cookie_in_whole_words() {
        assert_eq!(hello(None), [b'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let with = hello(Some(&[7; 16]));
        assert_eq!(with.len(), 12 + 20 + 16);
        assert_eq!(with[6..10], [18, 0, 16, 0]);
        assert_eq!(&with[12..30], COOKIE);
        assert_eq!(with[32..], [7; 16]);
    }

    #[test]
    fn answers_are_told_apart() {
        assert_eq!(welcome(&[1, 0, 11, 0, 0, 0, 2, 1]), Some((Welcome::Accepted, 1032)));
        assert_eq!(welcome(&[0, 9, 11, 0, 0, 0, 1, 0]), Some((Welcome::Refused, 4)));
        assert_eq!(welcome(&[72, 84, 84, 80, 0, 0, 0, 0]), None);
        let mut reply = [0; REPLY];
        reply[..14].copy_from_slice(&[1, 0, 1, 0, 0, 0, 0, 0, 0x2c, 1, 5, 0, 0, 3]);
        assert_eq!(message(&reply), Message::Reply(0));
        assert_eq!(screen_saver_times(&reply), (300, 5));
        let mut state = [0; REPLY];
        assert_eq!(power_saving(&reply, &state), 0);
        state[10] = 1;
        assert_eq!(power_saving(&reply, &state), 5);
        reply[8..14].copy_from_slice(&[0, 0, 0, 0, 0x58, 2]);
        assert_eq!(power_saving(&reply, &state), 600);
        assert_eq!(extension(&state), None);
        reply[8..10].copy_from_slice(&[1, 130]);
        assert_eq!(extension(&reply), Some(130));
        reply[0] = 35;
        reply[4] = 2;
        assert_eq!(message(&reply), Message::Event(8));
        assert_eq!(message(&[0; REPLY]), Message::Error);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(file in prop::collection::vec(any::<u8>(), 0..200), bytes in any::<[u8; REPLY]>(), name in "\\PC{0,12}") {
            let _read = cookie(&file, &name, 1);
            let _read = display(&name);
            let _read = message(&bytes);
            let _read = screen_saver_times(&bytes);
            let _read = power_saving(&bytes, &bytes);
            let _read = extension(&bytes);
        }

        #[test]
        fn a_torn_authority_file_gives_no_wrong_cookie(at in 0_usize..60, byte in any::<u8>(), cut in 0_usize..60) {
            let mut file = entry(FAMILY_LOCAL, [b"device", b"1", COOKIE, &[9; 16]]);
            let end = file.len();
            file[at % end] = byte;
            file.truncate(end - cut % end);
            if let Some(found) = cookie(&file, "device", 1) {
                prop_assert!(found.len() <= 16);
            }
        }
    }
}
