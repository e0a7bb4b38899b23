//! What Windows writes where it was asked for the changes of a folder (`FILE_NOTIFY_INFORMATION`).

use super::plan::What;
use super::spelling::fold;

/// Where the next entry is, from this one.
const NEXT: usize = 0;
const ACTION: usize = 4;
/// In bytes.
const LENGTH: usize = 8;
const NAME: usize = 12;

/// `FILE_ACTION_MODIFIED`. All others say that a name came, went or became another one.
const MODIFIED: u32 = 3;

/// What happened to which names, in small letters. What is cut off is left out.
pub(super) fn names(mut bytes: &[u8]) -> Vec<(What, String)> {
    let mut names = Vec::new();
    while let Some((what, name)) = first(bytes) {
        names.push((what, name));
        match number(bytes, NEXT) {
            Some(next) if next > 0 => bytes = bytes.get(next as usize..).unwrap_or_default(),
            _ => break,
        }
    }
    names
}

fn first(bytes: &[u8]) -> Option<(What, String)> {
    // Whether dates, rights or content were changed is not told apart.
    let what = if number(bytes, ACTION)? == MODIFIED { What::Written } else { What::Named };
    let name = bytes.get(NAME..)?.get(..number(bytes, LENGTH)? as usize)?;
    let units: Vec<u16> = name.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    Some((what, fold(&String::from_utf16_lossy(&units))))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(next: u32, action: u32, name: &str) -> Vec<u8> {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u32::try_from(name.len()).expect("short");
        let mut bytes = [next, action, length].map(u32::to_le_bytes).concat();
        bytes.extend(name);
        bytes.resize(bytes.len().max(next as usize), 0);
        bytes
    }

    #[test]
    fn each_entry_gives_its_name_and_what_happened() {
        let bytes = [entry(24, 1, "A.ini"), entry(20, 3, "Äb"), entry(0, 5, "New Name")].concat();
        let expected = [(What::Named, "a.ini"), (What::Written, "äb"), (What::Named, "new name")];
        assert_eq!(names(&bytes), expected.map(|(what, name)| (what, name.to_owned())));
    }

    #[test]
    fn what_is_cut_off_or_points_nowhere_is_left_out() {
        let whole = [entry(24, 1, "a.ini"), entry(0, 3, "b")].concat();
        for length in 0..whole.len() {
            assert_eq!(names(&whole[..length]).len(), usize::from(length >= 22), "{length}");
        }
        assert_eq!(names(&entry(20, 1, "a")[..14]).len(), 1);
    }
}
