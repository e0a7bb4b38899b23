//! rpm's package headers, as its databases keep them: an index of tags, and the values they point to.
//!
//! All numbers are big-endian. Source: rpm's documentation, "Header format" (hregions).

use crate::host::Read;

/// One installed package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub name: Box<str>,
    /// `[epoch:]version-release`, as `rpm -q --qf %{EVR}` writes it.
    pub version: Box<str>,
    /// `x86_64`, `noarch`; empty where it has none.
    pub architecture: Box<str>,
}

impl Package {
    /// An entry that rpm lists as a package and that is a key instead.
    pub fn is_key(&self) -> bool {
        &*self.name == "gpg-pubkey"
    }
}

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const ARCHITECTURE: u32 = 1022;

const INT32: u32 = 4;
const STRING: u32 = 6;

/// Bytes of an entry of the index.
const ENTRY: usize = 16;

/// As many entries and bytes as rpm itself takes.
const MOST_ENTRIES: usize = 0xffff;
const MOST_DATA: usize = 0x0fff_ffff;

/// What is asked for stands near the front: behind it are the lists of files.
const DEEPEST: usize = 1 << 20;

/// Bytes of a name or a version.
const LONGEST: usize = 1024;

/// Bytes of the values that are read together with the index. Nearly always what is asked for is there.
const FIRST_DATA: usize = 1024;

/// Reads who a package is from its header of `length` bytes. `start` gives as many bytes from the header's
/// start as it is asked for. The inner error says what is wrong with the header.
pub fn package(length: usize, start: &mut dyn FnMut(usize) -> Read<Vec<u8>>) -> Read<Result<Package, &'static str>> {
    let mut wanted = (8 + 96 * ENTRY + FIRST_DATA).min(length);
    loop {
        let bytes = start(wanted)?;
        match read(&bytes, length) {
            Ok(package) => return Ok(Ok(package)),
            Err(Short::Of(more)) if bytes.len() == wanted && more > wanted && more <= length => wanted = more,
            Err(Short::Of(_)) => return Ok(Err("it ends too early")),
            Err(Short::Damaged(problem)) => return Ok(Err(problem)),
        }
    }
}

enum Short {
    /// So many bytes are needed.
    Of(usize),
    Damaged(&'static str),
}

fn read(bytes: &[u8], length: usize) -> Result<Package, Short> {
    let (Some(entries), Some(data)) = (word(bytes, 0), word(bytes, 4)) else { return Err(Short::Of(8)) };
    let fits = (1..=MOST_ENTRIES).contains(&entries) && data <= MOST_DATA;
    let at = 8 + ENTRY.saturating_mul(entries);
    if !fits || at + data != length {
        return Err(Short::Damaged("its header does not have the length it says"));
    }
    let Some(index) = bytes.get(8..at) else { return Err(Short::Of((at + FIRST_DATA).min(length))) };
    let header = Header { index, bytes, data: at, length };
    let text = |tag| header.text(tag)?.ok_or(Short::Damaged("it has no name or no version"));
    let (name, version, release) = (text(NAME)?, text(VERSION)?, text(RELEASE)?);
    let version = match header.number(EPOCH)? {
        Some(epoch) => format!("{epoch}:{version}-{release}"),
        None => format!("{version}-{release}"),
    };
    Ok(Package {
        name: name.into(),
        version: version.into(),
        architecture: header.text(ARCHITECTURE)?.unwrap_or_default().into(),
    })
}

struct Header<'a> {
    index: &'a [u8],
    /// What has been read, from the start.
    bytes: &'a [u8],
    /// Where the values start.
    data: usize,
    length: usize,
}

impl Header<'_> {
    /// Where the value of a tag is. What was added after the package was built stands last and counts.
    fn find(&self, tag: u32, kind: u32) -> Result<Option<usize>, Short> {
        let entry = self.index.chunks_exact(ENTRY).rev().find(|entry| word(entry, 0) == Some(tag as usize));
        let Some(entry) = entry else { return Ok(None) };
        let offset = word(entry, 8).unwrap_or(usize::MAX);
        if word(entry, 4) != Some(kind as usize) || offset > DEEPEST || self.data + offset >= self.length {
            return Err(Short::Damaged("its header points to nowhere"));
        }
        Ok(Some(self.data + offset))
    }

    fn text(&self, tag: u32) -> Result<Option<String>, Short> {
        let Some(at) = self.find(tag, STRING)? else { return Ok(None) };
        let most = (at + LONGEST).min(self.length);
        let Some(text) = self.bytes.get(at..self.bytes.len().min(most)) else { return Err(Short::Of(most)) };
        match memchr::memchr(0, text) {
            Some(end) if end > 0 => Ok(Some(String::from_utf8_lossy(&text[..end]).into_owned())),
            Some(_) => Ok(None),
            None if self.bytes.len() < most => Err(Short::Of(most)),
            None => Err(Short::Damaged("its name or version never ends")),
        }
    }

    fn number(&self, tag: u32) -> Result<Option<usize>, Short> {
        let Some(at) = self.find(tag, INT32)? else { return Ok(None) };
        match word(self.bytes, at) {
            Some(number) => Ok(Some(number)),
            None => Err(Short::Of(at + 4)),
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(four)).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A header with a region tag at its front, as rpm writes it.
    pub(crate) fn header(name: &str, epoch: Option<u32>, version: &str, release: &str, filler: usize) -> Vec<u8> {
        let mut data = Vec::new();
        let mut entries: Vec<[u32; 4]> = vec![[63, 7, 0, 16]];
        let mut add = |tag: u32, kind: u32, value: &[u8]| {
            entries.push([tag, kind, u32::try_from(data.len()).expect("short"), 1]);
            data.extend_from_slice(value);
        };
        add(NAME, STRING, format!("{name}\0").as_bytes());
        add(VERSION, STRING, format!("{version}\0").as_bytes());
        add(RELEASE, STRING, format!("{release}\0").as_bytes());
        if let Some(epoch) = epoch {
            add(EPOCH, INT32, &epoch.to_be_bytes());
        }
        add(1005, 9, &[b'x'; 40]);
        add(ARCHITECTURE, STRING, b"x86_64\0");
        add(1027, 8, &vec![b'f'; filler]);
        let mut out = Vec::new();
        out.extend(u32::try_from(entries.len()).expect("few").to_be_bytes());
        out.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
        out.extend(entries.iter().flatten().flat_map(|word| word.to_be_bytes()));
        out.extend(data);
        out
    }

    /// Reads a header that is there in full, and how much of it was asked for.
    fn whole(bytes: &[u8]) -> (Result<Package, &'static str>, usize) {
        let mut most = 0;
        let package = package(bytes.len(), &mut |wanted| {
            most = most.max(wanted);
            Ok(bytes[..wanted.min(bytes.len())].to_vec())
        });
        (package.expect("nothing refuses"), most)
    }

    #[test]
    fn a_header_says_who_the_package_is() {
        let (package, asked) = whole(&header("bash", None, "5.3.0", "2.fc43", 200_000));
        let package = package.expect("a good header");
        assert_eq!((&*package.name, &*package.version, &*package.architecture), ("bash", "5.3.0-2.fc43", "x86_64"));
        assert!(asked < 4096, "{asked} bytes were read of a long header");
        let (package, _) = whole(&header("vim", Some(2), "9.1~rc1^git", "1", 0));
        assert_eq!(&*package.expect("a good header").version, "2:9.1~rc1^git-1");
    }

    #[test]
    fn what_was_added_later_counts() {
        let mut bytes = header("old", None, "1", "1", 0);
        // Another index entry at the end, whose value stands behind the others.
        let (entries, data) = (word(&bytes, 0).expect("there"), word(&bytes, 4).expect("there"));
        let entry: Vec<u8> =
            [NAME, STRING, u32::try_from(data).expect("short"), 1].iter().flat_map(|word| word.to_be_bytes()).collect();
        bytes.splice(8 + entries * ENTRY..8 + entries * ENTRY, entry);
        bytes.extend(b"new\0");
        bytes[..4].copy_from_slice(&u32::try_from(entries + 1).expect("few").to_be_bytes());
        bytes[4..8].copy_from_slice(&u32::try_from(data + 4).expect("short").to_be_bytes());
        assert_eq!(&*whole(&bytes).0.expect("a good header").name, "new");
    }

    #[test]
    fn lying_headers_are_told() {
        let good = header("bash", None, "5", "1", 0);
        let mut lies: Vec<Vec<u8>> =
            vec![Vec::new(), vec![0; 7], vec![0; 8], vec![0xff; 64], good[..good.len() - 1].to_vec()];
        for (at, value) in [(0, 0xffff_ffff), (4, 0xffff_ffff), (8 + 16 + 4, 9), (8 + 16 + 8, 0x7fff_ffff)] {
            let mut lie = good.clone();
            lie[at..at + 4].copy_from_slice(&u32::to_be_bytes(value));
            lies.push(lie);
        }
        // A name that is empty, and one that never ends.
        lies.push(header("", None, "5", "1", 0));
        let mut endless = header(&"n".repeat(3000), None, "5", "1", 0);
        for byte in endless.iter_mut().skip(8 + 7 * ENTRY) {
            *byte = b'n';
        }
        lies.push(endless);
        for lie in lies {
            assert!(whole(&lie).0.is_err(), "{lie:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..200, byte: u8) {
            let _any_answer = whole(&bytes);
            bytes = header("bash", Some(1), "5.3.0", "2", 10);
            let at = at % bytes.len();
            bytes[at] = byte;
            let _any_answer = whole(&bytes);
        }
    }
}
