//! Which mounts have to be encrypted: those that hold the system, what it writes, and the user's files.

use crate::host::Host;
use crate::parse::mountinfo::{self, Mount};

use super::device::Walk;

/// Where the system and its users keep what they write.
const PLACES: [&str; 17] = [
    "/",
    "/sysroot",
    "/home",
    "/root",
    "/var",
    "/var/lib",
    "/var/log",
    "/var/tmp",
    "/tmp",
    "/srv",
    "/opt",
    "/etc",
    "/usr/local",
    "/nix",
    "/persist",
    "/persistent",
    // Ubuntu Core.
    "/writable",
];

/// Read-only images: the same for everyone, nothing of the user's.
const IMAGES: [&str; 4] = ["squashfs", "erofs", "iso9660", "cramfs"];

/// A mount that has to be encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Required<'a> {
    pub(crate) mount: &'a Mount,
    /// It holds the user's home directory.
    pub(crate) holds_home: bool,
}

/// Each filesystem once: the root first, then the home directory's, then the others.
/// `home_is_safe`: the home directory is encrypted by itself, so the disk around it need not be.
pub(crate) fn mounts<'a>(host: &dyn Host, mounts: &'a [Mount], home: &str, home_is_safe: bool) -> Vec<Required<'a>> {
    let mut required: Vec<Required<'a>> = Vec::new();
    let image_root = mountinfo::at(mounts, "/sysroot").is_some();
    let mut places: Vec<&str> = PLACES.to_vec();
    places.insert(1, home);
    for place in places {
        let Some(mount) = mountinfo::holding(mounts, &real(host, place)) else { continue };
        let public = IMAGES.contains(&mount.kind.as_str())
            || (mount.point == "/" && mount.kind == "overlay" && image_root)
            || (mount.point == "/usr" && mount.options.split(',').any(|option| option == "ro"));
        let excused = home_is_safe && (place == "/home" || place == home) && mount.point != "/";
        if public || excused {
            continue;
        }
        let holds_home = place == home;
        match required.iter_mut().find(|known| same_filesystem(known.mount, mount)) {
            Some(known) => known.holds_home |= holds_home,
            None => required.push(Required { mount, holds_home }),
        }
    }
    required
}

/// The other mounts of disks that stay in this computer. Those among the system's and the users' files
/// count like them (`true`); what lies elsewhere, as `/data`, is only said.
pub(crate) fn others<'a>(
    walk: Walk<'a>,
    home: &str,
    home_is_safe: bool,
    known: &[Required<'a>],
) -> Vec<(&'a Mount, bool)> {
    let (host, mounts) = (walk.host, walk.mounts);
    let mut found: Vec<(&Mount, bool)> = Vec::new();
    let home = real(host, home);
    let own_disks: Vec<String> = known.iter().flat_map(|known| disks(host, known.mount)).collect();
    for mount in mounts {
        let point = mount.point.as_str();
        let on_disk = mount.device.0 != 0 || matches!(mount.kind.as_str(), "btrfs" | "bcachefs" | "zfs");
        let skipped = !on_disk
            || IMAGES.contains(&mount.kind.as_str())
            || point == "/"
            || ["/boot", "/efi", "/run", "/usr"].iter().any(|place| mountinfo::is_below(point, place))
            // Nothing can be written there, and container engines bring images of their own.
            || mount.options.split(',').any(|option| option == "ro")
            || (mount.kind == "zfs" && ENGINES.iter().any(|place| mountinfo::is_below(point, place)))
            || mountinfo::is_below(&home, point)
            || mountinfo::holding(mounts, point) != Some(mount)
            || known.iter().any(|known| same_filesystem(known.mount, mount))
            || found.iter().any(|(known, _)| same_filesystem(known, mount))
            || is_carried_away(host, mount, &own_disks);
        if skipped {
            continue;
        }
        let among = |place: &str| mountinfo::is_below(point, place);
        let own = among(&home) || KEPT.iter().any(|place| among(place) && !(home_is_safe && *place == "/home"));
        found.push((mount, own));
    }
    found
}

/// Below these, every mount holds what the system or its users keep.
const KEPT: [&str; 7] = ["/home", "/root", "/var", "/srv", "/opt", "/usr/local", "/nix"];

/// Below these, container engines make a data set for each layer of each image.
const ENGINES: [&str; 3] = ["/var/lib/docker/zfs", "/var/lib/containers/storage/zfs", "/var/lib/containerd"];

/// A stick or card that is carried away with what is on it: one that holds nothing the system needs. One
/// that cannot be looked at counts as part of the computer.
fn is_carried_away(host: &dyn Host, mount: &Mount, own_disks: &[String]) -> bool {
    let disks = disks(host, mount);
    let is_removable = |disk: &String| {
        disk.contains("/usb") || host.read_line(&format!("{disk}/removable")).is_ok_and(|one| one == "1")
    };
    disks.iter().any(is_removable) && !disks.iter().any(|disk| own_disks.contains(disk))
}

/// How many devices are looked at to find the disks of one mount.
const MOST_DEVICES: usize = 64;

/// The whole disks that a mount stands on, as directories in /sys. Empty where they cannot be found.
fn disks(host: &dyn Host, mount: &Mount) -> Vec<String> {
    let start = match mount.device {
        (0, _) if mount.kind == "zfs" => return Vec::new(),
        (0, _) => {
            let source = real(host, &mount.source);
            format!("/sys/class/block/{}", source.rsplit('/').next().unwrap_or_default())
        }
        (major, minor) => format!("/sys/dev/block/{major}:{minor}"),
    };
    let mut found = Vec::new();
    let mut waiting: Vec<String> = host.real_path(&start).into_iter().collect();
    let mut looks = 0;
    while let Some(device) = waiting.pop() {
        looks += 1;
        if looks > MOST_DEVICES {
            break;
        }
        let below = |slave: &String| host.real_path(&format!("{device}/slaves/{slave}")).ok();
        let slaves = host.list(&format!("{device}/slaves")).unwrap_or_default();
        if !slaves.is_empty() {
            waiting.extend(slaves.iter().filter_map(below));
        } else if host.exists(&format!("{device}/partition")).unwrap_or(false) {
            // A partition's own folder lies in that of the whole device, which may stand on others.
            waiting.extend(device.rsplit_once('/').map(|(disk, _)| disk.to_owned()));
        } else {
            found.push(device);
        }
    }
    found
}

/// The path with its links followed. `/home` is a link on image-based systems, and a home
/// directory that may not be looked at still lies where its name says.
pub(crate) fn real(host: &dyn Host, path: &str) -> String {
    host.real_path(path).unwrap_or_else(|_| path.to_owned())
}

/// Subvolumes of btrfs have device numbers of their own but share their source; overlays and
/// memory filesystems share their source's name and nothing else.
fn same_filesystem(one: &Mount, other: &Mount) -> bool {
    one.device == other.device || (one.kind == "btrfs" && other.kind == "btrfs" && one.source == other.source)
}
