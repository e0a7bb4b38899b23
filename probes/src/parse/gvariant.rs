//! GVariant, the binary form in which dconf and GSettings keep their values.
//!
//! Written after the GVariant specification. Data that is not in normal form is refused: `None`
//! instead of a guess. Work and depth are bounded by the length of the data.

use std::fmt;

/// A decoded value. Numbers of all widths become one of two widths.
#[derive(Clone, Debug, PartialEq)]
pub enum Variant {
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Double(f64),
    Text(String),
    /// An array, a tuple or a dictionary entry, or a `maybe` with no or one member.
    List(Vec<Variant>),
    /// A value that carries its own type.
    Boxed(Box<Variant>),
}

/// In which order a file keeps the bytes of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
}

/// How deep types and boxed values may nest.
const DEEPEST: usize = 24;

/// The longest type string that is read, in bytes.
const LONGEST_TYPE: usize = 255;

/// The longest value that is read, in bytes. In memory one byte may grow to the size of a [`Variant`].
const LONGEST_VALUE: usize = 64 << 10;

impl Variant {
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Variant::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A number of any width that is not negative.
    pub fn as_unsigned(&self) -> Option<u64> {
        match self {
            Variant::Unsigned(value) => Some(*value),
            Variant::Signed(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// A number of any width.
    pub fn as_signed(&self) -> Option<i64> {
        match self {
            Variant::Unsigned(value) => i64::try_from(*value).ok(),
            Variant::Signed(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Variant::Text(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Variant]> {
        match self {
            Variant::List(members) => Some(members),
            _ => None,
        }
    }

    /// The value without the boxes around it.
    pub fn unboxed(&self) -> &Variant {
        match self {
            Variant::Boxed(inner) => inner.unboxed(),
            other => other,
        }
    }
}

impl fmt::Display for Variant {
    /// Close to what `gsettings get` prints, without type names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Variant::Bool(value) => write!(f, "{value}"),
            Variant::Signed(value) => write!(f, "{value}"),
            Variant::Unsigned(value) => write!(f, "{value}"),
            Variant::Double(value) => write!(f, "{value}"),
            Variant::Text(value) => write!(f, "'{value}'"),
            Variant::Boxed(inner) => write!(f, "{inner}"),
            Variant::List(members) => {
                f.write_str("[")?;
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{member}")?;
                }
                f.write_str("]")
            }
        }
    }
}

/// Decodes a value of type `v`: the data, a zero byte, and the type string.
pub fn decode_boxed(data: &[u8], order: Order) -> Option<Variant> {
    boxed(data, order, 0)
}

/// Decodes a value of the type that `signature` names.
pub fn decode(signature: &str, data: &[u8], order: Order) -> Option<Variant> {
    whole(signature.as_bytes(), data, order, 0)
}

fn boxed(data: &[u8], order: Order, depth: usize) -> Option<Variant> {
    let split = data.iter().rposition(|byte| *byte == 0)?;
    whole(&data[split + 1..], &data[..split], order, depth)
}

fn whole(signature: &[u8], data: &[u8], order: Order, depth: usize) -> Option<Variant> {
    if signature.len() > LONGEST_TYPE || data.len() > LONGEST_VALUE {
        return None;
    }
    let (first, rest) = first_type(signature, 0)?;
    if rest.is_empty() { value(first, data, order, depth) } else { None }
}

/// Splits one complete type from the front of a type string.
fn first_type(signature: &[u8], depth: usize) -> Option<(&[u8], &[u8])> {
    if depth > DEEPEST {
        return None;
    }
    let length = match signature.first()? {
        b'b' | b'y' | b'n' | b'q' | b'i' | b'u' | b'h' | b'x' | b't' | b'd' | b's' | b'o' | b'g' | b'v' => 1,
        b'a' | b'm' => 1 + first_type(&signature[1..], depth + 1)?.0.len(),
        open @ (b'(' | b'{') => {
            let close = if *open == b'(' { b')' } else { b'}' };
            let mut at = 1;
            while *signature.get(at)? != close {
                at += first_type(&signature[at..], depth + 1)?.0.len();
            }
            at + 1
        }
        _ => return None,
    };
    Some(signature.split_at(length))
}

/// The member types of a tuple or dictionary entry.
fn members(signature: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = signature.get(1..signature.len().checked_sub(1)?)?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (first, next) = first_type(rest, 0)?;
        found.push(first);
        rest = next;
    }
    Some(found)
}

fn alignment(signature: &[u8]) -> usize {
    let mut most = 1;
    for byte in signature {
        most = most.max(match byte {
            b'n' | b'q' => 2,
            b'i' | b'u' | b'h' => 4,
            b'x' | b't' | b'd' | b'v' => 8,
            _ => 1,
        });
    }
    most
}

/// The size in bytes of types whose values all have the same size.
fn fixed_size(signature: &[u8]) -> Option<usize> {
    match signature.first()? {
        b'b' | b'y' => Some(1),
        b'n' | b'q' => Some(2),
        b'i' | b'u' | b'h' => Some(4),
        b'x' | b't' | b'd' => Some(8),
        b'(' | b'{' => {
            let mut at = 0;
            for member in members(signature)? {
                at = align(at, alignment(member)) + fixed_size(member)?;
            }
            // The unit type takes one byte, so that arrays of it can be counted.
            Some(align(at, alignment(signature)).max(1))
        }
        _ => None,
    }
}

fn align(at: usize, to: usize) -> usize {
    at.div_ceil(to) * to
}

fn number(data: &[u8], order: Order) -> u64 {
    let add = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
    match order {
        Order::Little => data.iter().rev().fold(0, add),
        Order::Big => data.iter().fold(0, add),
    }
}

/// How wide the framing offsets of a container of that many bytes are.
fn offset_width(length: usize) -> usize {
    match length {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

fn value(signature: &[u8], data: &[u8], order: Order, depth: usize) -> Option<Variant> {
    if depth > DEEPEST {
        return None;
    }
    let kind = *signature.first()?;
    if let (b'b' | b'y' | b'n' | b'q' | b'i' | b'u' | b'h' | b'x' | b't' | b'd', Some(size)) =
        (kind, fixed_size(signature))
    {
        if data.len() != size {
            return None;
        }
        let bits = number(data, order);
        return Some(match kind {
            b'b' => Variant::Bool(match bits {
                0 => false,
                1 => true,
                _ => return None,
            }),
            b'd' => Variant::Double(f64::from_bits(bits)),
            // Shifting up and down again carries the sign over.
            b'n' => Variant::Signed((bits << 48).cast_signed() >> 48),
            b'i' | b'h' => Variant::Signed((bits << 32).cast_signed() >> 32),
            b'x' => Variant::Signed(bits.cast_signed()),
            _ => Variant::Unsigned(bits),
        });
    }
    match kind {
        b's' | b'o' | b'g' => {
            let (last, words) = data.split_last()?;
            if *last != 0 || words.contains(&0) {
                return None;
            }
            Some(Variant::Text(std::str::from_utf8(words).ok()?.to_owned()))
        }
        b'v' => Some(Variant::Boxed(Box::new(boxed(data, order, depth + 1)?))),
        b'm' => maybe(&signature[1..], data, order, depth),
        b'a' => array(&signature[1..], data, order, depth),
        _ => tuple(signature, data, order, depth),
    }
}

fn maybe(inner: &[u8], data: &[u8], order: Order, depth: usize) -> Option<Variant> {
    if data.is_empty() {
        return Some(Variant::List(Vec::new()));
    }
    let data = if fixed_size(inner).is_some() { data } else { data.split_last()?.1 };
    Some(Variant::List(vec![value(inner, data, order, depth + 1)?]))
}

fn array(inner: &[u8], data: &[u8], order: Order, depth: usize) -> Option<Variant> {
    if data.is_empty() {
        return Some(Variant::List(Vec::new()));
    }
    if let Some(size) = fixed_size(inner) {
        if !data.len().is_multiple_of(size) {
            return None;
        }
        return data
            .chunks(size)
            .map(|chunk| value(inner, chunk, order, depth + 1))
            .collect::<Option<_>>()
            .map(Variant::List);
    }
    let width = offset_width(data.len());
    let read = |at: usize| usize::try_from(number(data.get(at..at.checked_add(width)?)?, order)).ok();
    let offsets = read(data.len().checked_sub(width)?)?;
    let length = data.len().checked_sub(offsets)?;
    if !length.is_multiple_of(width) {
        return None;
    }
    let (to, mut start, mut found) = (alignment(inner), 0, Vec::new());
    for index in 0..length / width {
        let end = read(offsets + index * width)?;
        if end > offsets {
            return None;
        }
        found.push(value(inner, data.get(start..end)?, order, depth + 1)?);
        start = align(end, to);
    }
    Some(Variant::List(found))
}

fn tuple(signature: &[u8], data: &[u8], order: Order, depth: usize) -> Option<Variant> {
    let types = members(signature)?;
    let width = offset_width(data.len());
    let (mut start, mut tail, mut found) = (0, data.len(), Vec::new());
    for (index, inner) in types.iter().enumerate() {
        start = align(start, alignment(inner));
        let end = if let Some(size) = fixed_size(inner) {
            start.checked_add(size)?
        } else if index + 1 == types.len() {
            tail
        } else {
            // The ends of members of varying size stand at the end of the tuple, in reverse.
            tail = tail.checked_sub(width)?;
            usize::try_from(number(data.get(tail..tail + width)?, order)).ok()?
        };
        if end > tail {
            return None;
        }
        found.push(value(inner, data.get(start..end)?, order, depth + 1)?);
        start = end;
    }
    Some(Variant::List(found))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).expect("hex")).collect()
    }

    #[test]
    fn plain_values_are_decoded() {
        let cases: &[(&str, &str)] = &[
            ("58 02 00 00 00 75", "600"),
            ("00 00 62", "false"),
            ("ff ff ff ff 00 69", "-1"),
            ("7a 6f 6f 6d 00 00 73", "'zoom'"),
            ("61 00 62 63 00 02 05 00 61 73", "['a', 'bc']"),
            ("00 61 73", "[]"),
            ("00 00 00 00 00 00 f8 3f 00 64", "1.5"),
        ];
        for (bytes, expected) in cases {
            let value = decode_boxed(&hex(bytes), Order::Little).expect(bytes);
            assert_eq!(&value.to_string(), expected, "{bytes}");
        }
        assert_eq!(decode("u", &[0, 0, 2, 0x58], Order::Big), Some(Variant::Unsigned(600)));
    }

    #[test]
    fn a_default_with_an_override_per_desktop_is_decoded() {
        let bytes =
            hex("2c 01 00 00 00 00 00 00 64 00 00 00 00 00 00 00 75 62 75 6e 74 75 00 00 78 00 00 00 00 75 07 0f \
             00 28 75 28 79 61 7b 73 76 7d 29 29");
        let value = decode_boxed(&bytes, Order::Little).expect("a tuple");
        assert_eq!(value.to_string(), "[300, [100, [['ubuntu', 120]]]]");
    }

    #[test]
    fn what_is_not_in_normal_form_is_refused() {
        for bytes in ["02 00 62", "58 02 00 00 75", "7a 00 73", "00 28", "61 00 00 09 00 61 73", "", "75"] {
            assert_eq!(decode_boxed(&hex(bytes), Order::Little), None, "{bytes}");
        }
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_refused() {
        assert!(decode("ay", &vec![1; LONGEST_VALUE], Order::Little).is_some());
        assert_eq!(decode("ay", &vec![1; LONGEST_VALUE + 1], Order::Little), None);
        let boxes: Vec<u8> = [0, b'v'].repeat(30_000);
        assert_eq!(decode_boxed(&boxes, Order::Little), None);
        for signature in ["(".repeat(255), "a".repeat(255), "(a".repeat(127), "{".repeat(255), "m".repeat(255)] {
            assert_eq!(decode(&signature, &[0; 64], Order::Little), None, "{signature}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(data in prop::collection::vec(any::<u8>(), 0..300), signature in "[abiustxdv(){}my]{0,20}") {
            let _read = decode_boxed(&data, Order::Little);
            let _read = decode(&signature, &data, Order::Big);
        }

        #[test]
        fn texts_come_back(words in "[a-z ]{0,40}") {
            let mut data = words.clone().into_bytes();
            data.push(0);
            prop_assert_eq!(decode("s", &data, Order::Little), Some(Variant::Text(words)));
        }
    }
}
