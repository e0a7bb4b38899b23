//! Names and numbers of what disks hold, as udev notes them. People call a disk after themselves.

use super::Names;
use crate::host::fixture::{Content, FixtureHost};
use crate::parse::udev_data::unescape;

const BY_UUID: &str = "/dev/disk/by-uuid/";
const BY_LABEL: &str = "/dev/disk/by-label/";

/// The properties that are kept as they are; a drive's serial number stands in a dozen of the others.
const KEPT: [&str; 6] = [
    "E:ID_FS_TYPE=",
    "E:ID_FS_USAGE=",
    "E:ID_FS_VERSION=",
    "E:ID_CDROM=",
    "E:DM_UUID=",
    // By this a ZFS volume is found.
    "S:zvol/",
];

/// What udev noted of a block device, of which only those lines are kept that say what it holds.
pub(super) fn scrub_notes(text: &str, names: &mut Names) -> String {
    let line = |line: &str| {
        let kept = KEPT.iter().any(|start| line.starts_with(start));
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let other = match key {
            _ if kept => line.to_owned(),
            "E:ID_FS_UUID" | "E:ID_FS_UUID_ENC" => format!("{key}={}", number(value, names)),
            "E:ID_FS_LABEL_ENC" => format!("{key}={}", label(value, names)),
            _ => return None,
        };
        Some(other + "\n")
    };
    text.lines().filter_map(line).collect()
}

/// The links that bear a name or number of a disk get another one, the same as in udev's notes.
pub(super) fn rename_links(host: &mut FixtureHost, names: &mut Names) {
    let links: Vec<String> = [BY_UUID, BY_LABEL]
        .iter()
        .flat_map(|folder| host.tree.nodes.keys().filter(move |path| path.starts_with(*folder)).cloned())
        .collect();
    for path in links {
        let Some(node) = host.tree.nodes.remove(&path).filter(|node| matches!(node.content, Content::Link(_))) else {
            continue;
        };
        let other = match (path.strip_prefix(BY_UUID), path.strip_prefix(BY_LABEL)) {
            (Some(uuid), _) => format!("{BY_UUID}{}", number(uuid, names)),
            (_, Some(name)) => format!("{BY_LABEL}{}", label(name, names)),
            (None, None) => continue,
        };
        host.tree.nodes.insert(other, node);
    }
}

/// A number of eight or sixteen digits, as FAT and NTFS have; a whole UUID is replaced with all others.
fn number(uuid: &str, names: &mut Names) -> String {
    if uuid.len() == 36 {
        return uuid.to_owned();
    }
    let number = names.number("volume", uuid);
    if uuid.len() == 9 { format!("0000-{number:04X}") } else { format!("{number:016X}") }
}

fn label(label: &str, names: &mut Names) -> String {
    format!("disk-{}", names.number("label", &unescape(label)))
}
