//! Disk encryption: every mount that holds the system or the user's files, and every swap area.
//!
//! Read from /proc and /sys as any user may, without tools: that a `crypt` device exists somewhere
//! proves nothing, so each required mount is followed down to the disks it lies on. What a drive
//! encrypts by itself (OPAL, ATA) is out of an ordinary user's sight.

use std::cell::Cell;

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Host, Read, present};
use crate::linux::place::{hides_the_machine, place};
use crate::parse::mountinfo::{self, Mount};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text::Text;

mod device;
mod filesystem;
mod required;
mod zfs;

use device::{Answer, State, Walk};

pub(crate) const PROBE: Probe = Probe {
    practice: PracticeId::DiskEncryption,
    platform: Platform::Linux,
    observe,
    reads: "Follows each mount that holds the system or your files, and all swap, down to the disks in /sys",
};

const CHECK: &str = "lsblk -o NAME,TYPE,MOUNTPOINTS";

/// One thing that has to be encrypted, and what was found.
struct Checked {
    /// The mount point, or the swap area's path.
    name: String,
    part: Part,
    answer: Answer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    System,
    Home,
    Swap,
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let place = place(host);
    if let Some(why) = hides_the_machine(place) {
        return Ok(Finding::unknown(PracticeId::DiskEncryption, why));
    }
    let mounts = mountinfo::mounts(&host.read_text("/proc/self/mountinfo")?);
    let (pools, looks) = (zfs::Pools::default(), Cell::new(0));
    let walk = Walk { host, mounts: &mounts, pools: &pools, looks: &looks };
    let home = host.user().home;
    let home_folder = own_encryption(walk, &home);
    let required = required::mounts(host, &mounts, &home, home_folder.is_some());
    let others = required::others(walk, &home, home_folder.is_some(), &required);
    let mut checked: Vec<Checked> = required
        .into_iter()
        .map(|required| Checked {
            name: required.mount.point.clone(),
            part: match required.mount.point.as_str() {
                "/" => Part::System,
                _ if required.holds_home => Part::Home,
                _ => Part::System,
            },
            answer: filesystem::of(walk, required.mount, 0),
        })
        .collect();
    let mut beside = Vec::new();
    for (mount, counts) in others {
        let one = Checked { name: mount.point.clone(), part: Part::System, answer: filesystem::of(walk, mount, 0) };
        if counts { checked.push(one) } else { beside.push(one) }
    }
    match present(host.read_text("/proc/swaps")) {
        Ok(swaps) => {
            checked.extend(mountinfo::swaps(&swaps.unwrap_or_default()).into_iter().map(|swap| Checked {
                answer: swap_area(walk, &swap),
                name: swap.path,
                part: Part::Swap,
            }));
        }
        Err(error) => {
            checked.push(Checked { name: "/proc/swaps".to_owned(), part: Part::Swap, answer: Answer::failed(&error) });
        }
    }
    Ok(with_plain_neighbours(conclude(place, checked, home_folder, &mounts), beside))
}

/// Says which other disks are plain. They hold neither the system nor anybody's own files as far as
/// their places tell, so they do not decide.
fn with_plain_neighbours(mut finding: Finding, beside: Vec<Checked>) -> Finding {
    let plain: Vec<Checked> = beside.into_iter().filter(|one| matches!(one.answer.state, State::Plain(_))).collect();
    let names: Vec<&str> = plain.iter().map(|one| one.name.as_str()).collect();
    if finding.observation == Observation::On && !names.is_empty() {
        finding.detail = text!(
            "The system and your files are on encrypted disks, but what lies at {places} is not encrypted",
            places = names.join(", ")
        );
    }
    finding.evidence.extend(plain.into_iter().flat_map(|one| one.answer.evidence));
    if let Some(last) = finding.evidence.last_mut().filter(|last| last.check.is_empty()) {
        last.check = CHECK.to_owned();
    }
    finding
}

/// A home directory that is encrypted on its own: by its filesystem (fscrypt), or as a mount of its
/// own (eCryptfs, systemd-homed). Gives what it follows from.
fn own_encryption(walk: Walk<'_>, home: &str) -> Option<Answer> {
    let real = required::real(walk.host, home);
    if walk.host.stat(&real).ok().and_then(|stat| stat.encrypted) == Some(true) {
        let mut answer = Answer::new(State::Encrypted);
        answer.evidence.push(Evidence {
            source: home.to_owned(),
            saw: "the directory is encrypted by its filesystem (fscrypt)".to_owned(),
            check: format!("lsattr -d {home}"),
        });
        return Some(answer);
    }
    let mount = mountinfo::at(walk.mounts, &real).filter(|mount| mount.point != "/")?;
    let answer = filesystem::of(walk, mount, 0);
    (answer.state == State::Encrypted).then_some(answer)
}

/// What becomes of what is written to a block device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rests {
    /// It is encrypted before it reaches a disk.
    Encrypted,
    /// It reaches a disk as it is, as far as an ordinary user can see.
    Plain,
    /// It could not be told, or it reaches no disk.
    Unknown,
}

/// How what is written to a block device comes to rest. `name` is the kernel's, as /sys writes it: `sda1`, `dm-0`.
pub(crate) fn rests(host: &dyn Host, mounts: &[Mount], name: &str) -> Rests {
    let (pools, looks) = (zfs::Pools::default(), Cell::new(0));
    match (Walk { host, mounts, pools: &pools, looks: &looks }).named(name, 0).state {
        State::Encrypted => Rests::Encrypted,
        State::Plain(_) => Rests::Plain,
        State::NotOnDisk | State::Unknown(_) => Rests::Unknown,
    }
}

fn swap_area(walk: Walk<'_>, swap: &mountinfo::Swap) -> Answer {
    let mut answer = match swap.kind.as_str() {
        _ if swap.path.ends_with("(deleted)") => {
            Answer::unknown(text!("The swap area {path} can no longer be found", path = swap.path))
        }
        "partition" => walk.node(&swap.path, 0),
        _ => match mountinfo::holding(walk.mounts, &swap.path) {
            Some(mount) => filesystem::of(walk, mount, 0),
            None => Answer::unknown(text!("The swap area {path} can no longer be found", path = swap.path)),
        },
    };
    answer.evidence.insert(
        0,
        Evidence {
            source: "/proc/swaps".to_owned(),
            saw: format!("{} {}", swap.path, swap.kind),
            check: "swapon --show".to_owned(),
        },
    );
    answer
}

fn conclude(place: Place, checked: Vec<Checked>, home_folder: Option<Answer>, mounts: &[Mount]) -> Finding {
    let practice = PracticeId::DiskEncryption;
    let plain = checked.iter().find(|one| matches!(one.answer.state, State::Plain(_)));
    let home_is_safe = home_folder.is_some()
        || checked.iter().any(|one| one.part == Part::Home && one.answer.state == State::Encrypted);
    let (finding, deciding) = if let Some(one) = plain {
        let detail = off(one, home_is_safe, place == Place::VirtualMachine);
        let finding = Finding::new(practice, Observation::Off, detail);
        // A virtual machine's disk may lie on an encrypted one.
        let is_inferred = one.answer.is_inferred || place == Place::VirtualMachine;
        (if is_inferred { finding.inferred() } else { finding }, Some(&one.name))
    } else if let Some((one, why)) = checked.iter().find_map(|one| match &one.answer.state {
        State::Unknown(why) => Some((one, why)),
        _ => None,
    }) {
        (Finding::unknown(practice, why.clone()), Some(&one.name))
    } else if !checked.iter().any(|one| one.part != Part::Swap && one.answer.state == State::Encrypted) {
        let why = match mountinfo::at(mounts, "/") {
            Some(root) => {
                text!("Nothing of this system lies on a disk of this computer; / is {kind}", kind = root.kind)
            }
            None => text!("The list of mounts does not say where / lies"),
        };
        (Finding::unknown(practice, why), None)
    } else if let Some(root) = mountinfo::at(mounts, "/").filter(|root| is_elsewhere(root, &checked)) {
        let why = text!("/ is a {kind} filesystem of another computer", kind = root.kind);
        (Finding::unknown(practice, why), None)
    } else {
        let with_swap = checked.iter().any(|one| one.part == Part::Swap && one.answer.state == State::Encrypted);
        let elsewhere = checked.iter().any(|one| one.part == Part::Home && one.answer.state == State::NotOnDisk);
        let detail = match (with_swap, elsewhere) {
            (true, false) => text!("The system, your files and swap are on encrypted disks"),
            (false, false) => text!("The system and your files are on encrypted disks"),
            (_, true) => {
                text!("What lies on this computer's disks is encrypted; your files do not lie on them")
            }
        };
        let finding = Finding::new(practice, Observation::On, detail);
        let is_inferred = checked.iter().map(|one| &one.answer).chain(&home_folder).any(|answer| answer.is_inferred);
        (if is_inferred { finding.inferred() } else { finding }, None)
    };
    // What decided comes first, then the rest in order.
    let deciding = deciding.cloned();
    let (first, rest): (Vec<Checked>, Vec<Checked>) =
        checked.into_iter().partition(|one| Some(&one.name) == deciding.as_ref());
    let mut evidence: Vec<Evidence> = Vec::new();
    let found = first.into_iter().chain(rest).flat_map(|one| one.answer.evidence);
    for one in found.chain(home_folder.into_iter().flat_map(|home| home.evidence)) {
        if !evidence.iter().any(|known| known.source == one.source && known.saw == one.saw) {
            evidence.push(one);
        }
    }
    let mut finding = finding.with_evidence(evidence);
    if let Some(last) = finding.evidence.last_mut().filter(|last| last.check.is_empty()) {
        last.check = CHECK.to_owned();
    }
    finding
}

/// A root on the network rests on a disk that nobody here can judge.
fn is_elsewhere(root: &Mount, checked: &[Checked]) -> bool {
    let not_here = checked.iter().any(|one| one.name == "/" && one.answer.state == State::NotOnDisk);
    not_here && !matches!(root.kind.as_str(), "tmpfs" | "ramfs" | "overlay")
}

fn off(one: &Checked, home_is_safe: bool, is_virtual: bool) -> Text {
    let State::Plain(device) = &one.answer.state else { return text!("Not encrypted") };
    match (one.part, is_virtual) {
        (Part::Swap, false) => text!("Swap memory is on {device}, which is not encrypted", device = device),
        (Part::Swap, true) => text!(
            "Swap memory is on {device}, which is not encrypted. This is a virtual machine: whether the computer it \
             runs on encrypts its disk cannot be seen from inside",
            device = device
        ),
        (Part::System, true) if home_is_safe && one.name == "/" => text!(
            "Only the home directory is encrypted: {mount} is on {device}, which is not. This is a virtual machine: \
             whether the computer it runs on encrypts its disk cannot be seen from inside",
            mount = one.name,
            device = device
        ),
        (_, true) => text!(
            "{mount} is on {device}, which is not encrypted. This is a virtual machine: whether the computer it runs \
             on encrypts its disk cannot be seen from inside",
            mount = one.name,
            device = device
        ),
        (Part::System, false) if home_is_safe && one.name == "/" => text!(
            "Only the home directory is encrypted: {mount} is on {device}, which is not",
            mount = one.name,
            device = device
        ),
        (_, false) => {
            text!("{mount} is on {device}, which is not encrypted", mount = one.name, device = device)
        }
    }
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
