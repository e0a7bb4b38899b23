//! Block devices that hold something, and whether that is encrypted.
//!
//! An ordinary user may not read the devices themselves. udev has looked into each and noted what it found; where
//! there is no udev, the links in /dev/disk and what is mounted tell a part of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::details::Disk;
use crate::host::Host;
use crate::linux::disk_encryption::{self, Rests};
use crate::linux::place::place;
use crate::parse::mountinfo::{self, Mount};
use crate::parse::udev_data::{self, Volume};
use crate::system::Place;

const BLOCK: &str = "/sys/class/block";

/// As many devices are looked at, and as many told.
const MOST_LOOKS: usize = 1000;
const MOST_DISKS: usize = 256;

/// Encrypted volumes, as udev calls them.
const ENCRYPTED: [&str; 3] = ["crypto_LUKS", "BitLocker", "cs_fvault2"];

/// Filesystems that may encrypt by themselves, which does not show from outside.
const MAY_ENCRYPT: [&str; 3] = ["zfs_member", "bcachefs", "apfs"];

/// What stands on a device may stand on others in turn, this deep.
const DEEPEST: usize = 4;

/// Every block device that holds something, by name. Empty where this place does not show the disks.
pub(super) fn disks(host: &dyn Host) -> Vec<Disk> {
    // A container sees the names of the disks of the computer around it, which are none of its own.
    if matches!(place(host), Place::Container | Place::Sandbox | Place::Wsl) {
        return Vec::new();
    }
    let mountinfo = host.read_text("/proc/self/mountinfo").unwrap_or_default();
    let around = Around {
        host,
        mounts: mountinfo::mounts(&mountinfo),
        swaps: swaps(host),
        uuids: links(host, "/dev/disk/by-uuid"),
        labels: links(host, "/dev/disk/by-label"),
    };
    let names = host.list(BLOCK).unwrap_or_default().into_iter().filter(|name| !is_left_out(name));
    names.take(MOST_LOOKS).filter_map(|name| around.disk(&name)).take(MOST_DISKS).collect()
}

/// Memory, and drives whose media come and go.
fn is_left_out(name: &str) -> bool {
    let numbered = |start: &str| {
        name.strip_prefix(start).is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
    };
    ["zram", "ram", "sr", "fd"].into_iter().any(numbered)
}

/// The areas that the system swaps to, by name.
fn swaps(host: &dyn Host) -> BTreeSet<String> {
    let areas = mountinfo::swaps(&host.read_text("/proc/swaps").unwrap_or_default());
    areas.into_iter().filter_map(|swap| last_part(&host.real_path(&swap.path).unwrap_or(swap.path))).collect()
}

/// What the links in a folder of /dev/disk are called, by the device that each leads to.
fn links(host: &dyn Host, folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for name in host.list(folder).unwrap_or_default().into_iter().take(MOST_LOOKS) {
        let path = format!("{folder}/{name}");
        let target = host.real_path(&path).or_else(|_gone| host.link(&path)).unwrap_or_default();
        if let Some(device) = last_part(&target) {
            found.insert(device, udev_data::unescape(&name));
        }
    }
    found
}

fn last_part(path: &str) -> Option<String> {
    path.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

struct Around<'a> {
    host: &'a dyn Host,
    mounts: Vec<Mount>,
    swaps: BTreeSet<String>,
    uuids: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
}

impl Around<'_> {
    fn disk(&self, name: &str) -> Option<Disk> {
        let numbers = self.host.read_line(&format!("{BLOCK}/{name}/dev")).ok()?;
        let noted = self.host.read_text(&format!("/run/udev/data/b{numbers}"));
        let mut volume = noted.as_deref().map(udev_data::volume).unwrap_or_default();
        if volume.is_cd_drive {
            return None;
        }
        if noted.is_err() {
            volume.uuid = self.uuids.get(name).cloned();
            volume.label = self.labels.get(name).cloned();
        }
        if volume.kind.is_none() {
            volume.kind = self.in_use(name, &numbers);
        }
        let above = self.names(name, "holders");
        let holds_nothing = volume == Volume::default() && above.is_empty();
        let is_package = name.starts_with("loop") && volume.kind.as_deref() == Some("squashfs");
        if holds_nothing || is_package {
            return None;
        }
        let encrypted = self.encrypted(name, volume.kind.as_deref());
        // The kernel writes `cciss/c0d0` so, because a name in /sys cannot have a slash.
        let name = name.replace('!', "/");
        Some(Disk { name, uuid: volume.uuid, label: volume.label, encrypted })
    }

    /// What it holds, told by what it is used for.
    fn in_use(&self, name: &str, numbers: &str) -> Option<String> {
        let is_it = |mount: &&Mount| match mount.device {
            // btrfs has numbers of its own, and names the device.
            (0, _) => mount.kind == "btrfs" && last_part(&mount.source).as_deref() == Some(name),
            (major, minor) => format!("{major}:{minor}") == numbers,
        };
        let mounted = self.mounts.iter().find(is_it).map(|mount| mount.kind.clone());
        mounted.or_else(|| self.swaps.contains(name).then(|| "swap".to_owned()))
    }

    fn names(&self, name: &str, folder: &str) -> Vec<String> {
        self.host.list(&format!("{BLOCK}/{name}/{folder}")).unwrap_or_default()
    }

    fn encrypted(&self, name: &str, kind: Option<&str>) -> Option<bool> {
        let rests = disk_encryption::rests(self.host, &self.mounts, name);
        if rests == Rests::Encrypted {
            return Some(true);
        }
        let above = self.above(name, DEEPEST);
        match kind {
            // A volume that is just being encrypted or decrypted is neither.
            Some(kind) if ENCRYPTED.contains(&kind) => (above != Above::Unclear).then_some(true),
            Some(kind) if MAY_ENCRYPT.contains(&kind) => None,
            Some(_) => (rests == Rests::Plain).then_some(false),
            None => (above == Above::Encryption).then_some(true),
        }
    }

    /// What stands on a device.
    fn above(&self, name: &str, depth: usize) -> Above {
        let holders = self.names(name, "holders");
        let states = holders.iter().take(MOST_DISKS).map(|holder| {
            match disk_encryption::rests(self.host, &self.mounts, holder) {
                Rests::Encrypted => Above::Encryption,
                // What checks for damage may lie between the volume and its encryption.
                Rests::Plain if depth > 0 => match self.above(holder, depth - 1) {
                    Above::Nothing => Above::Unclear,
                    above => above,
                },
                Rests::Plain | Rests::Unknown => Above::Unclear,
            }
        });
        states.max().unwrap_or(Above::Nothing)
    }
}

/// What stands on a device; the last of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Above {
    Nothing,
    /// The kernel encrypts what goes through.
    Encryption,
    /// Something else, or it could not be told.
    Unclear,
}
