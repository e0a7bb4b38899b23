//! GVDB, the file format of dconf databases and of `gschemas.compiled`.
//!
//! A hash table of names that may share their beginnings. Names are found by their hash and
//! checked letter by letter; the bloom filter and the buckets are not needed for that.

use crate::parse::gvariant::{Order, Variant, decode_boxed};

/// One hash table in a file: the outermost, or one that is a value in another.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    file: &'a [u8],
    order: Order,
    /// The items, 24 bytes each.
    items: &'a [u8],
}

/// Bytes of one item.
const ITEM: usize = 24;

/// No name is made of more pieces than this.
const MOST_PARENTS: usize = 64;

/// Opens a file. `None` where it is none, or one of an unknown version.
pub fn open(file: &[u8]) -> Option<Table<'_>> {
    let order = match file.get(..8)? {
        b"GVariant" => Order::Little,
        b"raVGtnai" => Order::Big,
        _ => return None,
    };
    let version = word(file, 8, order)?;
    if version != 0 {
        return None;
    }
    table(file, order, word(file, 16, order)?, word(file, 20, order)?)
}

fn word(bytes: &[u8], at: usize, order: Order) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(match order {
        Order::Little => u32::from_le_bytes(four),
        Order::Big => u32::from_be_bytes(four),
    })
}

fn table(file: &[u8], order: Order, start: u32, end: u32) -> Option<Table<'_>> {
    let bytes = file.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
    if bytes.is_empty() {
        return Some(Table { file, order, items: &[] });
    }
    // The upper five bits of the first word are the filter's shift.
    let bloom = usize::try_from(word(bytes, 0, order)? & 0x07ff_ffff).ok()?;
    let buckets = usize::try_from(word(bytes, 4, order)?).ok()?;
    let head = bloom.checked_add(buckets)?.checked_mul(4)?.checked_add(8)?;
    let items = bytes.get(head..)?;
    if !items.len().is_multiple_of(ITEM) {
        return None;
    }
    Some(Table { file, order, items })
}

/// The hash of a name: djb2 over signed bytes.
fn hash(name: &str) -> u32 {
    name.bytes()
        .fold(5381_u32, |sum, byte| sum.wrapping_mul(33).wrapping_add(i32::from(byte.cast_signed()).cast_unsigned()))
}

impl<'a> Table<'a> {
    /// The value of that name. `Some(None)` is a value that could not be decoded.
    pub fn value(&self, name: &str) -> Option<Option<Variant>> {
        let item = self.find(name, b'v')?;
        Some(self.content(item).and_then(|bytes| decode_boxed(bytes, self.order)))
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<Table<'a>> {
        let item = self.find(name, b'H')?;
        table(self.file, self.order, word(item, 16, self.order)?, word(item, 20, self.order)?)
    }

    /// Whether there is a value of that name.
    pub fn has(&self, name: &str) -> bool {
        self.find(name, b'v').is_some()
    }

    fn content(&self, item: &[u8]) -> Option<&'a [u8]> {
        let start = usize::try_from(word(item, 16, self.order)?).ok()?;
        let end = usize::try_from(word(item, 20, self.order)?).ok()?;
        self.file.get(start..end)
    }

    fn find(&self, name: &str, kind: u8) -> Option<&'a [u8]> {
        let wanted = hash(name);
        self.items
            .chunks_exact(ITEM)
            .find(|item| item[14] == kind && word(item, 0, self.order) == Some(wanted) && self.is_named(item, name))
    }

    /// Takes the pieces of an item's name from the end of `name`, up through its parents.
    fn is_named(&self, item: &'a [u8], name: &str) -> bool {
        let (mut item, mut rest) = (item, name.as_bytes());
        for _ in 0..MOST_PARENTS {
            let Some(piece) = self.piece(item) else { return false };
            let Some(before) = rest.strip_suffix(piece) else { return false };
            rest = before;
            let Some(parent) = word(item, 4, self.order) else { return false };
            if parent == u32::MAX {
                return rest.is_empty();
            }
            let up = usize::try_from(parent).ok().and_then(|index| self.items.chunks_exact(ITEM).nth(index));
            let Some(up) = up else { return false };
            item = up;
        }
        false
    }

    fn piece(&self, item: &[u8]) -> Option<&'a [u8]> {
        let start = usize::try_from(word(item, 8, self.order)?).ok()?;
        let two: [u8; 2] = item.get(12..14)?.try_into().ok()?;
        let size = match self.order {
            Order::Little => u16::from_le_bytes(two),
            Order::Big => u16::from_be_bytes(two),
        };
        self.file.get(start..start.checked_add(usize::from(size))?)
    }
}

/// Writes such files, for tests. Values are given as they stand in the file: data, zero, type.
#[cfg(test)]
pub(crate) mod build {
    use super::{ITEM, hash};

    /// What a name stands for.
    #[derive(Clone, Debug)]
    pub(crate) enum Entry {
        Value(Vec<u8>),
        Table(Vec<(String, Entry)>),
    }

    /// `600u`, `-2i`, `1.5d`, `true`, or else a text, as a boxed value.
    pub(crate) fn boxed(words: &str) -> Vec<u8> {
        let (data, kind): (Vec<u8>, &str) = match words {
            "true" => (vec![1], "b"),
            "false" => (vec![0], "b"),
            _ => match words.split_at(words.len().saturating_sub(1)) {
                (number, "u") if number.parse::<u32>().is_ok() => {
                    (number.parse::<u32>().unwrap_or_default().to_le_bytes().to_vec(), "u")
                }
                (number, "i") if number.parse::<i32>().is_ok() => {
                    (number.parse::<i32>().unwrap_or_default().to_le_bytes().to_vec(), "i")
                }
                _ => ([words.as_bytes(), &[0]].concat(), "s"),
            },
        };
        [data.as_slice(), &[0], kind.as_bytes()].concat()
    }

    /// The same as a schema keeps a default: in a tuple of one.
    pub(crate) fn schema_default(words: &str) -> Vec<u8> {
        let plain = boxed(words);
        let split = plain.iter().rposition(|byte| *byte == 0).unwrap_or_default();
        [&plain[..=split], b"(", &plain[split + 1..], b")"].concat()
    }

    /// A whole file.
    pub(crate) fn file(entries: &[(String, Entry)]) -> Vec<u8> {
        let mut out = b"GVariant".to_vec();
        out.extend([0; 16]);
        let (start, end) = table(&mut out, entries);
        out[16..20].copy_from_slice(&start.to_le_bytes());
        out[20..24].copy_from_slice(&end.to_le_bytes());
        out
    }

    fn at(out: &[u8]) -> u32 {
        u32::try_from(out.len()).unwrap_or_default()
    }

    fn table(out: &mut Vec<u8>, entries: &[(String, Entry)]) -> (u32, u32) {
        let mut items = Vec::new();
        for (name, entry) in entries {
            let key = at(out);
            out.extend(name.as_bytes());
            while !out.len().is_multiple_of(8) {
                out.push(0);
            }
            let (kind, start, end) = match entry {
                Entry::Value(bytes) => {
                    let start = at(out);
                    out.extend(bytes);
                    (b'v', start, at(out))
                }
                Entry::Table(inner) => {
                    let (start, end) = table(out, inner);
                    (b'H', start, end)
                }
            };
            while !out.len().is_multiple_of(8) {
                out.push(0);
            }
            let mut item = Vec::with_capacity(ITEM);
            item.extend(hash(name).to_le_bytes());
            item.extend(u32::MAX.to_le_bytes());
            item.extend(key.to_le_bytes());
            item.extend(u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
            item.extend([kind, 0]);
            item.extend(start.to_le_bytes());
            item.extend(end.to_le_bytes());
            items.extend(item);
        }
        let start = at(out);
        out.extend(0_u32.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
        out.extend(0_u32.to_le_bytes());
        out.extend(items);
        (start, at(out))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::build::{Entry, boxed, file};
    use super::*;

    fn sample() -> Vec<u8> {
        file(&[
            ("/org/gnome/desktop/session/idle-delay".to_owned(), Entry::Value(boxed("600u"))),
            (".locks".to_owned(), Entry::Table(vec![("/a/b".to_owned(), Entry::Value(boxed("")))])),
        ])
    }

    #[test]
    fn values_and_tables_are_found_by_their_names() {
        let bytes = sample();
        let root = open(&bytes).expect("a table");
        assert_eq!(root.value("/org/gnome/desktop/session/idle-delay"), Some(Some(Variant::Unsigned(600))));
        assert_eq!(root.value("/org/gnome/desktop/session/idle"), None);
        assert!(root.table(".locks").expect("locks").has("/a/b"));
        assert!(!root.table(".locks").expect("locks").has("/a"));
    }

    /// A database written by `dconf compile` 0.40, whose names share their beginnings.
    #[test]
    fn a_database_of_dconf_is_read() {
        let bytes = include_bytes!("samples/dconf-local");
        let root = open(bytes).expect("a table");
        assert_eq!(root.value("/org/gnome/desktop/session/idle-delay"), Some(Some(Variant::Unsigned(0))));
        assert_eq!(root.value("/org/gnome/desktop/screensaver/lock-enabled"), Some(Some(Variant::Bool(false))));
        let locks = root.table(".locks").expect("locks");
        assert!(locks.has("/org/gnome/desktop/session/idle-delay"));
        assert!(!locks.has("/org/gnome/desktop/screensaver/lock-enabled"));
    }

    proptest! {
        #[test]
        fn damage_to_a_real_database_never_makes_it_panic(
            changes in prop::collection::vec((0_usize..4096, any::<u8>()), 0..24),
            cut in 0_usize..4096,
        ) {
            let mut bytes = include_bytes!("samples/dconf-local").to_vec();
            let end = bytes.len();
            for (at, byte) in changes {
                bytes[at % end] = byte;
            }
            bytes.truncate(end - cut % 64);
            if let Some(root) = open(&bytes) {
                let _read = root.value("/org/gnome/desktop/session/idle-delay");
                let _read = root.table(".locks").map(|locks| locks.has("/org/gnome/desktop/session/idle-delay"));
            }
        }

        #[test]
        fn no_bytes_behind_the_mark_make_it_panic(rest in prop::collection::vec(any::<u8>(), 0..400), big in any::<bool>()) {
            let bytes = [if big { b"raVGtnai" } else { b"GVariant" }.as_slice(), &[0; 8], &rest].concat();
            if let Some(root) = open(&bytes) {
                let _read = root.value("");
                let _read = root.table("a").map(|inner| inner.has("b"));
            }
        }

        #[test]
        fn damage_never_makes_it_panic(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
            let mut bytes = sample();
            let end = bytes.len();
            bytes[at % end] = byte;
            bytes.truncate(end - cut % end);
            if let Some(root) = open(&bytes) {
                let _read = root.value("/org/gnome/desktop/session/idle-delay");
                let _read = root.table(".locks").map(|locks| locks.has("/a/b"));
            }
        }
    }
}
