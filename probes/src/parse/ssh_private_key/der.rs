//! As much of DER (ITU-T X.690) as the heads of PKCS#1 and PKCS#8 keys need. What is inside may end early.

use super::Kind;
use super::wire;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;

/// The kinds of keys by their numbers in RFC 3279, 4055, 5480 and 8410.
const OBJECTS: [(&[u8], Kind); 6] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], Kind::Rsa(None)),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10], Kind::Rsa(None)),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], Kind::Ecdsa),
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], Kind::Dsa),
    (&[0x2b, 0x65, 0x70], Kind::Ed25519),
    (&[0x2b, 0x65, 0x71], Kind::Ed448),
];

/// One element: its length, and all that follows its head.
fn open(bytes: &[u8], tag: u8) -> Option<(usize, &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    if first & 0x80 == 0 {
        return Some((usize::from(*first), rest));
    }
    let count = usize::from(first & 0x7f);
    let digits = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
    let length = digits.iter().fold(0usize, |length, digit| length << 8 | usize::from(*digit));
    Some((length, &rest[count..]))
}

/// One element whose content is there in full, and what follows it.
fn whole(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = open(bytes, tag)?;
    rest.split_at_checked(length)
}

/// PKCS#1: a sequence of a version and the modulus, of which only the length is read.
pub(super) fn rsa_bits(bytes: &[u8]) -> Option<u32> {
    let (_, inside) = open(bytes, SEQUENCE)?;
    let (_version, rest) = whole(inside, INTEGER)?;
    let (length, modulus) = open(rest, INTEGER)?;
    wire::bits(u32::try_from(length).ok()?, modulus)
}

/// PKCS#8: version, kind, then the key in a wrapping of its kind.
pub(super) fn pkcs8(bytes: &[u8]) -> Option<Kind> {
    let (_, inside) = open(bytes, SEQUENCE)?;
    let (_version, rest) = whole(inside, INTEGER)?;
    // Parameters may follow the object, for DSA more of them than was read.
    let (length, algorithm) = open(rest, SEQUENCE)?;
    let (object, _parameters) = whole(algorithm, OBJECT)?;
    match OBJECTS.iter().find(|(known, _)| *known == object) {
        Some((_, Kind::Rsa(_))) => {
            let (_, key) = open(algorithm.get(length..)?, OCTETS)?;
            Some(Kind::Rsa(Some(rsa_bits(key)?)))
        }
        Some((_, kind)) => Some(kind.clone()),
        None => Some(Kind::Hidden),
    }
}
