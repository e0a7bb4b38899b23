//! Whether one mounted filesystem is encrypted: by itself, or by the devices it lies on.

use crate::finding::Evidence;
use crate::host::{HostError, present};
use crate::parse::mountinfo::{self, Mount};

use super::device::{Answer, State, Walk, all};
use super::zfs;

/// Filesystems that are nothing but an encrypted folder.
const VAULTS: [&str; 5] = ["ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs", "fuse.securefs"];

/// Filesystems in memory.
const IN_MEMORY: [&str; 2] = ["tmpfs", "ramfs"];

/// Filesystems of another computer.
const NETWORK: [&str; 10] =
    ["nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "ceph", "afs", "fuse.sshfs", "fuse.glusterfs"];

/// The state of a mount, with its mountinfo line as the first evidence.
pub(crate) fn of(walk: Walk<'_>, mount: &Mount, depth: usize) -> Answer {
    let mut answer = state(walk, mount, depth);
    answer.evidence.insert(
        0,
        Evidence {
            source: "/proc/self/mountinfo".to_owned(),
            saw: mount.line.clone(),
            check: "lsblk -o NAME,TYPE,MOUNTPOINTS".to_owned(),
        },
    );
    answer
}

fn state(walk: Walk<'_>, mount: &Mount, depth: usize) -> Answer {
    let kind = mount.kind.as_str();
    let hidden = |why| Answer::unknown(why);
    match kind {
        _ if depth > 16 => hidden(text!("The disk images below {mount} lie in each other", mount = mount.point)),
        "btrfs" => btrfs(walk, mount, depth),
        "bcachefs" => bcachefs(walk, mount, depth),
        "zfs" => zfs::of(walk, &mount.source, depth + 1),
        "overlay" => overlay(walk, mount, depth),
        "autofs" => hidden(text!("{mount} is mounted on demand and not mounted now", mount = mount.point)),
        _ if VAULTS.contains(&kind) => Answer::new(State::Encrypted),
        _ if IN_MEMORY.contains(&kind) => Answer::new(State::NotOnDisk),
        _ if mount.device.0 != 0 => walk.numbered(mount.device, depth),
        _ if NETWORK.contains(&kind) => Answer::new(State::NotOnDisk),
        _ => hidden(text!(
            "{mount} is a {kind} filesystem, whose disk cannot be seen",
            mount = mount.point,
            kind = mount.kind
        )),
    }
}

/// Every member device, found through the one the mount names.
fn btrfs(walk: Walk<'_>, mount: &Mount, depth: usize) -> Answer {
    const ROOM: &str = "/sys/fs/btrfs";
    let lost = || {
        Answer::unknown(text!("The disks of the btrfs filesystem at {mount} could not be found", mount = mount.point))
    };
    let names = match walk.host.list(ROOM) {
        Ok(names) => names,
        Err(HostError::Absent(_)) => return lost(),
        Err(error) => return Answer::failed(&error),
    };
    // Beside the filesystems' identities there is a folder `features`, without devices.
    let mut filesystems = Vec::new();
    for name in names {
        match present(walk.host.list(&format!("{ROOM}/{name}/devices"))) {
            Ok(Some(devices)) if !devices.is_empty() => filesystems.push((name, devices)),
            Ok(_) => {}
            Err(error) => return Answer::failed(&error),
        }
    }
    let real = walk.host.real_path(&mount.source).unwrap_or_else(|_| mount.source.clone());
    let named = real.rsplit('/').next().unwrap_or_default();
    let found = filesystems.iter().find(|(_, devices)| devices.iter().any(|device| device == named));
    // The first mount of a kernel without initramfs is called /dev/root, which exists nowhere.
    let Some((id, devices)) = found.or(match filesystems.as_slice() {
        [only] => Some(only),
        _ => None,
    }) else {
        return lost();
    };
    let mut members: Vec<Answer> = devices.iter().map(|device| walk.named(device, depth + 1)).collect();
    let info = format!("{ROOM}/{id}/devinfo");
    for device in present(walk.host.list(&info)).ok().flatten().unwrap_or_default() {
        if walk.host.read_line(&format!("{info}/{device}/missing")).is_ok_and(|word| word == "1") {
            members.push(Answer::unknown(text!(
                "A disk of the btrfs filesystem at {mount} is missing",
                mount = mount.point
            )));
        }
    }
    let mut answer = all(members);
    answer
        .evidence
        .insert(0, Evidence { source: format!("{ROOM}/{id}/devices"), saw: devices.join(" "), check: String::new() });
    answer
}

/// bcachefs may encrypt by itself, which an ordinary user cannot see, so a plain disk proves nothing.
fn bcachefs(walk: Walk<'_>, mount: &Mount, depth: usize) -> Answer {
    let mut answer = all(mount.source.split(':').map(|device| walk.node(device, depth + 1)).collect());
    if answer.state != State::Encrypted {
        answer.state = State::Unknown(text!(
            "{mount} is a bcachefs filesystem, whose own encryption cannot be seen by an ordinary user",
            mount = mount.point
        ));
    }
    answer
}

/// What is written to an overlay lands in its upper directory. One without is a read-only image.
fn overlay(walk: Walk<'_>, mount: &Mount, depth: usize) -> Answer {
    let upper = mount.super_options.split(',').find_map(|option| option.strip_prefix("upperdir="));
    let Some(upper) = upper else { return Answer::new(State::NotOnDisk) };
    match mountinfo::holding(walk.mounts, upper) {
        // An upper directory below the overlay's own mount was mounted before it and is out of sight.
        Some(below) if below.kind != "overlay" => of(walk, below, depth + 1),
        _ => Answer::unknown(text!("{mount} is an overlay whose disk cannot be seen", mount = mount.point)),
    }
}
