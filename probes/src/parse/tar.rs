//! tar archives as a stream: the name of each member, and its bytes for whoever asks.
//!
//! Source: pax(1), the ustar format with GNU's and pax' long names. Owners, times and checksums are
//! not looked at.

use std::io::{self, Read};

const BLOCK: usize = 512;

/// The longest name that is believed, in bytes.
const LONGEST_NAME: u64 = 16 << 10;

/// Calls `visit` with each member's name and contents, in order. What `visit` leaves unread is skipped.
pub fn members(mut archive: impl Read, mut visit: impl FnMut(&str, &mut dyn Read) -> io::Result<()>) -> io::Result<()> {
    let mut long_name: Option<String> = None;
    let mut header = [0_u8; BLOCK];
    while fill(&mut archive, &mut header)? {
        // Two empty blocks end an archive, and archives may follow one another.
        if header.iter().all(|byte| *byte == 0) {
            continue;
        }
        let size = number(&header[124..136]).ok_or_else(|| broken("a member has no size"))?;
        let mut body = (&mut archive).take(size);
        match header[156] {
            b'L' => long_name = Some(name_of(&text(&mut body)?).to_owned()),
            b'x' => long_name = pax_path(&text(&mut body)?).or(long_name),
            b'g' | b'K' => {}
            _ => {
                let name = long_name.take().unwrap_or_else(|| full_name(&header));
                visit(&name, &mut body)?;
            }
        }
        let padded = size.checked_next_multiple_of(BLOCK as u64).ok_or_else(|| broken("a member is too large"))?;
        let left = body.limit() + (padded - size);
        if io::copy(&mut (&mut archive).take(left), &mut io::sink())? < body_left(left, padded - size) {
            return Err(broken("it ends in the middle of a member"));
        }
    }
    Ok(())
}

/// The padding behind the last member may be missing; its contents may not.
fn body_left(left: u64, padding: u64) -> u64 {
    left - padding
}

/// Whether there was another whole block.
fn fill(archive: &mut impl Read, block: &mut [u8; BLOCK]) -> io::Result<bool> {
    let mut have = 0;
    while have < BLOCK {
        match archive.read(&mut block[have..])? {
            0 if have == 0 => return Ok(false),
            0 => return Err(broken("it ends in the middle of a block")),
            count => have += count,
        }
    }
    Ok(true)
}

fn broken(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// Octal digits, or with the first bit set a big-endian number.
fn number(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|first| first & 0x80 != 0) {
        let tail: [u8; 8] = field.get(field.len().checked_sub(8)?..)?.try_into().ok()?;
        return Some(u64::from_be_bytes(tail) & !(1 << 63));
    }
    let digits = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

fn full_name(header: &[u8; BLOCK]) -> String {
    let field = |from: usize, to: usize| {
        let bytes = &header[from..to];
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    };
    let (name, prefix) = (field(0, 100), field(345, 500));
    let is_ustar = &header[257..262] == b"ustar" && header[262] == 0;
    if is_ustar && !prefix.is_empty() { format!("{prefix}/{name}") } else { name }
}

fn text(body: &mut impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    body.take(LONGEST_NAME).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn name_of(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

/// `LENGTH path=NAME` among the records of a pax header.
fn pax_path(records: &str) -> Option<String> {
    records.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path=")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One member, as tar writes it. The checksum is left out.
    fn member(name: &str, kind: u8, body: &[u8]) -> Vec<u8> {
        let mut block = vec![0_u8; BLOCK];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", body.len()).as_bytes());
        block[156] = kind;
        block.extend(body);
        block.resize(block.len().next_multiple_of(BLOCK), 0);
        block
    }

    fn read(archive: &[u8]) -> io::Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        members(archive, |name, body| {
            let mut text = String::new();
            if name.ends_with("/desc") {
                body.read_to_string(&mut text)?;
            }
            found.push((name.to_owned(), text));
            Ok(())
        })?;
        Ok(found)
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn members_are_given_in_order_and_unread_ones_skipped() {
        let mut archive = member("bash-5.3-1/", b'5', b"");
        archive.extend(member("bash-5.3-1/desc", b'0', b"%NAME%\nbash\n"));
        archive.extend(member("bash-5.3-1/files", b'0', &[b'x'; 1000]));
        archive.extend([0; 2 * BLOCK]);
        archive.extend(member("after", b'0', b""));
        let wanted = [
            pair("bash-5.3-1/", ""),
            pair("bash-5.3-1/desc", "%NAME%\nbash\n"),
            pair("bash-5.3-1/files", ""),
            pair("after", ""),
        ];
        assert_eq!(read(&archive).expect("whole"), wanted);
    }

    #[test]
    fn long_names_of_both_kinds_are_put_together() {
        let long = format!("{}/desc", "n".repeat(150));
        let mut gnu = member("././@LongLink", b'L', format!("{long}\0").as_bytes());
        gnu.extend(member("cut", b'0', b"a"));
        let record = format!("path={long}\n");
        let mut pax = member("PaxHeader", b'x', format!("{} {record}", record.len() + 4).as_bytes());
        pax.extend(member("cut", b'0', b"a"));
        let mut ustar = member("desc", b'0', b"a");
        ustar[257..263].copy_from_slice(b"ustar\0");
        ustar[345..345 + 150].copy_from_slice(&long.as_bytes()[..150]);
        for archive in [gnu, pax, ustar] {
            assert_eq!(read(&archive).expect("whole"), [pair(&long, "a")]);
        }
    }

    #[test]
    fn a_torn_archive_is_an_error() {
        let archive = member("a/files", b'0', &[b'x'; 600]);
        for end in (1..512).chain(513..512 + 600) {
            read(&archive[..end]).expect_err("torn");
        }
        read(&archive[..512 + 600]).expect("the padding alone is missing");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let _result = read(&bytes);
        }
    }
}
