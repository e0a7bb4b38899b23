//! Packed name-value lists of ZFS, as in `/etc/zfs/zpool.cache`.
//!
//! Source: OpenZFS, `module/nvpair/nvpair.c`, the encoding called native: four bytes that name the encoding
//! and the byte order, a version, flags, then pairs that each begin with their size. A pair of size zero
//! ends a list. Lists inside lists follow the pair that announces them.

/// The names and values of one list, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(pub Vec<(String, Value)>);

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Number(u64),
    Text(String),
    List(List),
    Lists(Vec<List>),
    /// A kind that nobody here asks for.
    Other,
}

/// The largest file that is looked at, in bytes. A pool of a hundred disks needs some 50 000.
const LARGEST: usize = 8 << 20;
/// How deep lists may lie in each other. A pool's tree has five levels.
const DEEPEST: usize = 16;

/// Numbers of the kinds. Source: OpenZFS, `include/sys/nvpair.h`, `data_type_t`.
const NUMBER: u32 = 8;
const TEXT: u32 = 9;
const LIST: u32 = 19;
const LISTS: u32 = 20;

/// Bytes of a pair before its name.
const PAIR: usize = 16;
/// Bytes of a list's own head, which stands empty in the pair that announces it.
const HEAD: usize = 24;

impl List {
    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The text of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list of that name.
    pub fn list(&self, name: &str) -> Option<&List> {
        match self.get(name)? {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The lists of that name; none where there is no such name.
    pub fn lists(&self, name: &str) -> &[List] {
        match self.get(name) {
            Some(Value::Lists(lists)) => lists,
            _ => &[],
        }
    }
}

/// Reads a packed list. `None` where it is cut short, in another encoding or no list at all.
pub fn parse(bytes: &[u8]) -> Option<List> {
    let (encoding, order) = (*bytes.first()?, *bytes.get(1)?);
    if encoding != 0 || order > 1 || bytes.len() > LARGEST {
        return None;
    }
    // After the four bytes come a version and flags, which tell nothing here.
    let mut reader = Reader { bytes, at: 12, is_little: order == 1 };
    reader.list(0)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    is_little: bool,
}

impl<'a> Reader<'a> {
    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn short(&self, at: usize) -> Option<usize> {
        let two = self.array(at)?;
        Some(usize::from(if self.is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }))
    }

    fn word(&self, at: usize) -> Option<u32> {
        let four = self.array(at)?;
        Some(if self.is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }

    fn number(&self, at: usize) -> Option<u64> {
        let eight = self.array(at)?;
        Some(if self.is_little { u64::from_le_bytes(eight) } else { u64::from_be_bytes(eight) })
    }

    fn list(&mut self, depth: usize) -> Option<List> {
        if depth > DEEPEST {
            return None;
        }
        let mut pairs = Vec::new();
        loop {
            let start = self.at;
            let size = usize::try_from(self.word(start)?).ok()?;
            if size == 0 {
                self.at = start + 4;
                return Some(List(pairs));
            }
            let name_size = self.short(start + 4)?;
            let count = usize::try_from(self.word(start + 8)?).ok()?;
            let kind = self.word(start + 12)?;
            let value = PAIR.checked_add(name_size)?.next_multiple_of(8);
            let pair: &'a [u8] = self.bytes.get(start..start.checked_add(size)?)?;
            let name = text(pair.get(PAIR..PAIR + name_size)?)?;
            self.at = start + size;
            let value = match kind {
                NUMBER if count == 1 => {
                    pair.get(value..value + 8)?;
                    Value::Number(self.number(start + value)?)
                }
                TEXT if count == 1 => Value::Text(text(pair.get(value..)?)?),
                LIST if count == 1 => Value::List(self.list(depth + 1)?),
                LISTS => {
                    // Each list has a pointer and a head in the pair, so the pair bounds how many there are.
                    if pair.len().checked_sub(value)? / (8 + HEAD) < count {
                        return None;
                    }
                    let lists: Option<Vec<List>> = (0..count).map(|_| self.list(depth + 1)).collect();
                    Value::Lists(lists?)
                }
                _ => Value::Other,
            };
            pairs.push((name, value));
        }
    }
}

/// Text up to its end mark, which has to be there.
fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The cache of a pool that `ztest` of OpenZFS 2.1.11 made: a mirror of two groups of four files.
    const REAL: &[u8] = include_bytes!("samples/zpool.cache");

    /// The paths of all leaves below a vdev.
    fn leaves(vdev: &List, out: &mut Vec<String>) {
        out.extend(vdev.text("path").map(str::to_owned));
        vdev.lists("children").iter().for_each(|child| leaves(child, out));
    }

    #[test]
    fn the_cache_that_zfs_wrote_is_read_as_zdb_shows_it() {
        let cache = parse(REAL).expect("a list");
        let pool = cache.list("rpool").expect("the pool");
        assert_eq!((pool.text("name"), pool.get("version")), (Some("rpool"), Some(&Value::Number(5000))));
        assert_eq!(pool.get("com.delphix:has_per_vdev_zaps"), Some(&Value::Other));
        let tree = pool.list("vdev_tree").expect("the tree");
        assert_eq!(tree.text("type"), Some("root"));
        assert_eq!(tree.lists("children")[0].text("type"), Some("mirror"));
        let mut paths = Vec::new();
        leaves(tree, &mut paths);
        let expected: Vec<String> = (0..8).map(|index| format!("/tmp/zfs/pool/rpool.{index}a")).collect();
        assert_eq!(paths, expected);
        assert!(pool.list("features_for_read").is_some());
    }

    #[test]
    fn a_cache_that_is_cut_short_or_in_another_encoding_is_none() {
        for end in 0..REAL.len() - 4 {
            assert_eq!(parse(&REAL[..end]), None, "cut at {end}");
        }
        assert_eq!(parse(b""), None);
        assert_eq!(parse(&[&[1, 1], &REAL[2..]].concat()), None);
    }

    #[test]
    fn lists_that_claim_to_be_many_or_deep_end_the_reading() {
        let pair = |kind: u32, count: u32| {
            let mut pair = Vec::new();
            pair.extend(24_u32.to_le_bytes());
            pair.extend([1, 0, 0, 0]);
            pair.extend(count.to_le_bytes());
            pair.extend(kind.to_le_bytes());
            pair.extend([0; 8]);
            pair
        };
        let head = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
        assert_eq!(parse(&[&head[..], &pair(LISTS, u32::MAX)].concat()), None);
        let deep: Vec<u8> = std::iter::repeat_with(|| pair(LIST, 1)).take(10_000).flatten().collect();
        assert_eq!(parse(&[&head[..], &deep].concat()), None);
    }

    proptest! {
        #[test]
        fn any_change_to_a_cache_is_read_or_refused(at in 0..REAL.len(), byte: u8, cut in 0..REAL.len()) {
            let mut bytes = REAL.to_vec();
            bytes[at] = byte;
            parse(&bytes);
            parse(&bytes[cut..]);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut with_head = vec![0, 1, 0, 0];
            with_head.extend(&bytes);
            parse(&with_head);
            parse(&bytes);
        }
    }
}
