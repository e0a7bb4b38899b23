//! `/proc/self/mountinfo` and `/proc/swaps`: what is mounted where, and where memory is swapped to.
//!
//! Source of the format: proc_pid_mountinfo(5). The number of optional tags varies, so a line is
//! split at its lone `-`.

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Major and minor number of the filesystem's device. Major 0 stands for no device of its own
    /// (tmpfs, btrfs, zfs, network).
    pub device: (u32, u32),
    /// The directory of the filesystem that is mounted here: `/`, or `/@home`.
    pub root: String,
    pub point: String,
    pub options: String,
    /// The filesystem type: `ext4`.
    pub kind: String,
    /// What was mounted: `/dev/mapper/vg0-root`, `tank/data`.
    pub source: String,
    pub super_options: String,
    /// The line as it was read, for evidence.
    pub line: String,
}

/// One swap area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    pub path: String,
    /// `partition` or `file`.
    pub kind: String,
}

/// Every mount, in the kernel's order. Lines that make no sense are left out.
pub fn mounts(text: &str) -> Vec<Mount> {
    text.lines().filter_map(mount).collect()
}

fn mount(line: &str) -> Option<Mount> {
    let (left, right) = line.split_once(" - ")?;
    let mut left = left.split(' ').skip(2);
    let (major, minor) = left.next()?.split_once(':')?;
    let (root, point, options) = (left.next()?, left.next()?, left.next()?);
    let mut right = right.split(' ');
    Some(Mount {
        device: (major.parse().ok()?, minor.parse().ok()?),
        root: unescape(root),
        point: unescape(point),
        options: options.to_owned(),
        kind: right.next()?.to_owned(),
        source: unescape(right.next()?),
        super_options: right.next().unwrap_or_default().to_owned(),
        line: line.to_owned(),
    })
}

/// The mount that holds a path: the deepest mount point above it, and of several at the same point
/// the last, which hides the others.
pub fn holding<'a>(mounts: &'a [Mount], path: &str) -> Option<&'a Mount> {
    mounts
        .iter()
        .enumerate()
        .filter(|(_, mount)| is_below(path, &mount.point))
        .max_by_key(|(index, mount)| (mount.point.len(), *index))
        .map(|(_, mount)| mount)
}

/// The mount at exactly this point.
pub fn at<'a>(mounts: &'a [Mount], point: &str) -> Option<&'a Mount> {
    mounts.iter().rev().find(|mount| mount.point == point)
}

/// Whether a path is that directory or lies in it.
pub fn is_below(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The active swap areas of `/proc/swaps`.
pub fn swaps(text: &str) -> Vec<Swap> {
    let words = |line: &str| {
        let mut words = line.split_whitespace();
        Some(Swap { path: unescape(words.next()?), kind: words.next()?.to_owned() })
    };
    text.lines().skip(1).filter_map(words).collect()
}

/// The kernel writes blank, tab, newline and backslash as three octal digits.
fn unescape(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 4).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code.filter(u8::is_ascii) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = &rest[at + 4..];
            }
            None => {
                out.push('\\');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "29 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg0-root rw,errors=remount-ro
46 29 0:39 /@home /home rw,relatime shared:24 master:2 - btrfs /dev/mapper/luks-6f1e rw,ssd,subvol=/@home
52 29 0:44 / /my\\040data rw - zfs tank/my\\040data rw,xattr
60 29 8:1 / /home rw - ext4 /dev/sda1
garbled line
";

    #[test]
    fn optional_tags_vary_and_escapes_are_undone() {
        let mounts = mounts(TEXT);
        assert_eq!(mounts.len(), 4);
        assert_eq!(mounts[0].device, (253, 1));
        assert_eq!((mounts[1].root.as_str(), mounts[1].kind.as_str()), ("/@home", "btrfs"));
        assert_eq!((mounts[2].point.as_str(), mounts[2].source.as_str()), ("/my data", "tank/my data"));
    }

    #[test]
    fn the_last_mount_at_a_point_hides_the_others() {
        let mounts = mounts(TEXT);
        assert_eq!(holding(&mounts, "/home/ann").map(|mount| mount.kind.as_str()), Some("ext4"));
        assert_eq!(holding(&mounts, "/homework").map(|mount| mount.point.as_str()), Some("/"));
        assert_eq!(at(&mounts, "/home").map(|mount| mount.source.as_str()), Some("/dev/sda1"));
        assert_eq!(at(&mounts, "/nothing"), None);
    }

    #[test]
    fn swap_areas_are_read_below_the_heading() {
        let text = "Filename\t\t\t\tType\t\tSize\n/dev/dm-2  partition\t8388604\t0\t-2\n/swap\\040file\\040(deleted) file 1 0 -3\n";
        let swaps = swaps(text);
        assert_eq!(swaps[0], Swap { path: "/dev/dm-2".to_owned(), kind: "partition".to_owned() });
        assert_eq!(swaps[1].path, "/swap file (deleted)");
    }

    /// As the kernel writes a name.
    fn escape(name: &str) -> String {
        name.replace('\\', "\\134").replace(' ', "\\040").replace('\t', "\\011").replace('\n', "\\012")
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "([0-9]|:| - | |/|\\\\[0-9]{0,3}|ext4|\n|\\PC){0,60}", path in "(/|\\PC){0,8}") {
            let mounts = mounts(&text);
            prop_assert!(mounts.iter().all(|mount| text.contains(&mount.line)));
            if let Some(mount) = holding(&mounts, &path) {
                prop_assert!(is_below(&path, &mount.point));
            }
            at(&mounts, &path);
            swaps(&text);
        }

        #[test]
        fn a_name_of_any_letters_is_read_as_it_is(point in "/[^\0\r\u{85}\u{2028}\u{2029}\u{b}\u{c}]{0,20}", tags in "( shared:[0-9]{1,3}){0,3}") {
            let name = escape(&point);
            let mounts = mounts(&format!("29 1 253:1 / {name} rw,relatime{tags} - ext4 {name} rw\n"));
            prop_assert_eq!(mounts.len(), 1);
            prop_assert_eq!(&mounts[0].point, &point);
            prop_assert_eq!(&mounts[0].source, &point);
        }
    }
}
