//! rpm's own database format, `Packages.db`, which SUSE uses: a table of places, and a header at each.
//!
//! All numbers are little-endian; places are counted in blocks of 16 bytes. Source: rpm, `lib/backend/ndb`.

use crate::host::Read;
use crate::host::parts::Parts;

const PAGE: usize = 4096;
const BLOCK: u64 = 16;
const SLOT: usize = 16;

/// Bytes before and after each header.
const HEAD: usize = 16;
const TAIL: usize = 12;

/// Pages of places: 256 packages each. No system has a million packages.
const MOST_PAGES: u32 = 4096;

/// One package's header in the file.
pub struct Blob<'a> {
    file: &'a mut dyn Parts,
    offset: u64,
    /// Bytes.
    pub length: usize,
}

impl Blob<'_> {
    /// The first `wanted` bytes, or all where it has fewer.
    pub fn start(&mut self, wanted: usize) -> Read<Vec<u8>> {
        self.file.part(self.offset, wanted.min(self.length))
    }
}

/// Gives the header of each package to `each`.
pub fn packages(file: &mut dyn Parts, each: &mut dyn FnMut(&mut Blob<'_>) -> Read<()>) -> Read<()> {
    let head = file.part(0, 32)?;
    if !head.starts_with(b"RpmP") {
        return Err(file.garbled("it is no package database"));
    }
    let pages = word(&head, 12);
    if word(&head, 4) != 0 || pages == 0 || pages > MOST_PAGES {
        return Err(file.garbled("its format is a newer one, or damaged"));
    }
    for page in 0..pages {
        let places = file.part(u64::from(page) * PAGE as u64, PAGE)?;
        // The file's own head takes the place of the first two.
        let skipped = if page == 0 { 2 } else { 0 };
        for slot in places.chunks_exact(SLOT).skip(skipped) {
            if !slot.starts_with(b"Slot") {
                return Err(damaged(file));
            }
            let (number, block, blocks) = (word(slot, 4), word(slot, 8), word(slot, 12));
            if block == 0 {
                continue;
            }
            let mut blob = blob(file, number, u64::from(block) * BLOCK, u64::from(blocks) * BLOCK)?;
            each(&mut blob)?;
        }
    }
    Ok(())
}

/// Checks what stands around a header.
fn blob(file: &mut dyn Parts, number: u32, offset: u64, size: u64) -> Read<Blob<'_>> {
    let head = file.part(offset, HEAD)?;
    let length = word(&head, 12);
    let whole = HEAD as u64 + u64::from(length) + TAIL as u64;
    if !head.starts_with(b"BlbS") || word(&head, 4) != number || whole.next_multiple_of(BLOCK) != size {
        return Err(damaged(file));
    }
    let tail = file.part(offset + size - TAIL as u64, TAIL)?;
    if word(&tail, 4) != length || !tail.ends_with(b"BlbE") {
        return Err(damaged(file));
    }
    let length = usize::try_from(length).map_err(|_too_long| damaged(file))?;
    Ok(Blob { file, offset: offset + HEAD as u64, length })
}

fn damaged(file: &dyn Parts) -> crate::host::HostError {
    file.garbled("it is damaged")
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].iter().take(4).rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::rpm_header::{self, tests::header};
    use super::*;
    use crate::host::parts::Whole;

    fn names(bytes: Vec<u8>) -> Read<Vec<String>> {
        let mut names = Vec::new();
        packages(&mut Whole::new("Packages.db", Arc::new(bytes)), &mut |blob| {
            if let Ok(package) = rpm_header::package(blob.length, &mut |wanted| blob.start(wanted))? {
                names.push(package.name.into());
            }
            Ok(())
        })?;
        Ok(names)
    }

    /// A database as rpm lays it out: a page of places, then the headers.
    pub(crate) fn database(headers: &[Vec<u8>]) -> Vec<u8> {
        let word = |value: usize| u32::try_from(value).expect("small").to_le_bytes();
        let mut places = [b"RpmP".as_slice(), &[0; 8], &word(1), &[0; 16]].concat();
        let mut blobs = Vec::new();
        for (index, header) in headers.iter().enumerate() {
            let size = (HEAD + header.len() + TAIL).next_multiple_of(16);
            places.extend(
                [b"Slot".as_slice(), &word(index + 1), &word((PAGE + blobs.len()) / 16), &word(size / 16)].concat(),
            );
            blobs.extend([b"BlbS".as_slice(), &word(index + 1), &word(1), &word(header.len())].concat());
            blobs.extend(header);
            blobs.extend(vec![0; size - HEAD - header.len() - TAIL]);
            blobs.extend([&word(7), &word(header.len()), b"BlbE".as_slice()].concat());
        }
        while places.len() < PAGE {
            places.extend([b"Slot".as_slice(), &[0; 12]].concat());
        }
        [places, blobs].concat()
    }

    fn two() -> Vec<u8> {
        database(&[header("bash", None, "5", "1", 100), header("vim", Some(2), "9", "1", 5000)])
    }

    #[test]
    fn every_place_in_use_is_read() {
        assert_eq!(names(two()), Ok(vec!["bash".to_owned(), "vim".to_owned()]));
        assert_eq!(names(database(&[])), Ok(Vec::new()));
    }

    #[test]
    fn damage_is_told() {
        let good = two();
        assert!(names(good.clone()).is_ok());
        assert!(names(good[..good.len() - 16].to_vec()).is_err());
        assert!(names(Vec::new()).is_err());
        for at in [0, 4, 13, 32, 36, 40, 44, 4096, 4100, 4108] {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            assert!(names(bad).is_err(), "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn no_file_is_too_strange(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..9000, byte: u8) {
            let _any_answer = names(bytes);
            bytes = two();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _any_answer = names(bytes.clone());
            bytes.truncate(at);
            let _any_answer = names(bytes);
        }
    }
}
