//! Whether what is written to one block device ends up encrypted, by walking /sys.
//!
//! A device is what it stands on: a logical volume, a RAID or a cache is encrypted only where every
//! device below it is, since one plain member leaks.
//! Source of the identities: the dm uuid that libcryptsetup gives (`CRYPT-<type>-…`).

use std::cell::Cell;

use crate::finding::Evidence;
use crate::host::{Host, HostError};
use crate::parse::mountinfo::{self, Mount};
use crate::text::Text;

use super::{filesystem, zfs};

/// How deep devices may stand on each other. Real machines have five layers at most.
const DEEPEST: usize = 16;

/// How many devices one scan looks at, so that no odd /sys can keep it busy.
const MOST_LOOKS: usize = 1000;

/// Mappings that are known not to encrypt. Source: lvm2, multipath-tools, kpartx, dmraid, stratisd, vdo.
const PLAIN_MAPPINGS: [&str; 5] = ["LVM-", "mpath-", "DMRAID-", "stratis-", "VDO-"];

/// Mappings of device-mapper that encrypt. LUKS2 with a drive's own OPAL encryption is among them.
const ENCRYPTING: [&str; 7] = ["LUKS1", "LUKS2", "PLAIN", "LOOPAES", "TCRYPT", "BITLK", "FVAULT2"];

/// Mappings that cryptsetup makes and that do not encrypt.
const NOT_ENCRYPTING: [&str; 4] = ["VERITY", "INTEGRITY", "SUBDEV", "TEMP"];

/// What became of the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Encrypted,
    /// The name of the device that is not.
    Plain(String),
    /// Memory, or another computer's disk: nothing of it rests on a disk here.
    NotOnDisk,
    Unknown(Text),
}

/// A state and everything that was read to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) state: State,
    pub(crate) evidence: Vec<Evidence>,
    /// It follows from a note that is normally true, not from the state itself.
    pub(crate) is_inferred: bool,
}

impl Answer {
    pub(crate) fn new(state: State) -> Self {
        Answer { state, evidence: Vec::new(), is_inferred: false }
    }

    pub(crate) fn unknown(why: Text) -> Self {
        Answer::new(State::Unknown(why))
    }

    pub(crate) fn failed(error: &HostError) -> Self {
        Answer::unknown(error.reason())
    }

    pub(crate) fn inferred(mut self) -> Self {
        self.is_inferred = true;
        self
    }

    fn after(mut self, source: String, saw: &str) -> Self {
        let first = Evidence { source, saw: saw.to_owned(), check: String::new() };
        self.evidence.insert(0, first);
        self
    }
}

/// All of them have to be encrypted; one that is plain decides, then one that cannot be told.
pub(crate) fn all(answers: Vec<Answer>) -> Answer {
    let mut whole = Answer::new(State::NotOnDisk);
    for answer in answers {
        whole.evidence.extend(answer.evidence);
        let decides = match (&whole.state, &answer.state) {
            (State::Plain(_), _) => false,
            (_, State::Plain(_)) => true,
            (State::Unknown(_), _) => false,
            (_, State::Unknown(_)) => true,
            (State::Encrypted, State::Encrypted) => {
                whole.is_inferred |= answer.is_inferred;
                false
            }
            (State::Encrypted, State::NotOnDisk) => false,
            (State::NotOnDisk, _) => true,
        };
        if decides {
            (whole.state, whole.is_inferred) = (answer.state, answer.is_inferred);
        }
    }
    whole
}

fn being_rewritten(name: &str) -> State {
    State::Unknown(text!(
        "{device} is just being encrypted or decrypted, so that a part of it may be readable by anybody",
        device = name
    ))
}

/// What a walk needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'a> {
    pub(crate) host: &'a dyn Host,
    pub(crate) mounts: &'a [Mount],
    /// The ZFS pools.
    pub(crate) pools: &'a zfs::Pools,
    /// How many devices were looked at.
    pub(crate) looks: &'a Cell<usize>,
}

impl Walk<'_> {
    /// A device by its numbers.
    pub(crate) fn numbered(self, (major, minor): (u32, u32), depth: usize) -> Answer {
        self.directory(&format!("/sys/dev/block/{major}:{minor}"), depth)
    }

    /// A device by its node, such as `/dev/mapper/luks-home`.
    pub(crate) fn node(self, path: &str, depth: usize) -> Answer {
        match self.host.stat(path) {
            Ok(stat) => match stat.device {
                Some(numbers) => self.numbered(numbers, depth),
                None => Answer::unknown(text!("{path} is not a disk", path = path)),
            },
            Err(error) => Answer::failed(&error),
        }
    }

    /// A device by the name the kernel gives it: `dm-0`, `sda1`.
    pub(crate) fn named(self, name: &str, depth: usize) -> Answer {
        self.directory(&format!("/sys/class/block/{name}"), depth)
    }

    /// A device by its directory in /sys.
    fn directory(self, directory: &str, depth: usize) -> Answer {
        self.looks.set(self.looks.get() + 1);
        if depth > DEEPEST || self.looks.get() > MOST_LOOKS {
            return Answer::unknown(text!(
                "The devices below {device} stand on each other in a circle",
                device = directory
            ));
        }
        let real = match self.host.real_path(directory) {
            Ok(real) => real,
            Err(error) => return Answer::failed(&error),
        };
        let (parent, name) = real.rsplit_once('/').unwrap_or(("", &real));
        let layered = match self.host.exists(&format!("{real}/partition")) {
            Ok(false) => self.layered(&real, name, depth),
            Ok(true) => {
                // A partition is as good as the whole device it is part of.
                let disk = parent.rsplit('/').next().unwrap_or_default();
                let words = format!("{name} is a partition of {disk}");
                self.layered(parent, disk, depth).map(|answer| answer.after(format!("{real}/partition"), &words))
            }
            Err(error) => return Answer::failed(&error),
        };
        if let Some(answer) = layered {
            return answer;
        }
        Answer::new(State::Plain(name.to_owned())).after(real.clone(), "a plain disk or partition, no encryption layer")
    }

    /// Whether cryptsetup-reencrypt(8) is at work on a mapping: encrypting, decrypting, or changing the key. The
    /// mapping keeps its identity meanwhile, and stands on helpers named after it.
    fn is_being_rewritten(self, real: &str, uuid: &str) -> bool {
        if !uuid.starts_with("CRYPT-LUKS2-") {
            return false;
        }
        let name_of = |path: &str| self.host.read_line(&format!("{path}/dm/name")).unwrap_or_default();
        let helpers = self.host.list(&format!("{real}/slaves")).unwrap_or_default();
        let mut names = helpers.iter().filter(|helper| helper.starts_with("dm-")).map(|helper| {
            let own = name_of(real);
            let name = name_of(&format!("{real}/slaves/{helper}"));
            name.strip_prefix(&own).is_some_and(|rest| rest == "-overlay" || rest.starts_with("-hotzone"))
        });
        names.any(|is_helper| is_helper)
    }

    /// What stands on something else, or is no disk at all. `None` for a plain disk.
    fn layered(self, real: &str, name: &str, depth: usize) -> Option<Answer> {
        let uuid_path = format!("{real}/dm/uuid");
        let is_mapping = match self.host.read_line(&uuid_path) {
            Ok(uuid) => {
                let state = mapping(&uuid, || self.host.read_line(&format!("{real}/dm/name")).unwrap_or_default());
                if let Some(state) = state {
                    let state = if self.is_being_rewritten(real, &uuid) { being_rewritten(name) } else { state };
                    return Some(Answer::new(state).after(uuid_path, &uuid));
                }
                Some(uuid)
            }
            Err(HostError::Absent(_)) => None,
            Err(error) => return Some(Answer::failed(&error)),
        };
        let slaves = match self.host.list(&format!("{real}/slaves")) {
            Ok(slaves) => slaves,
            Err(HostError::Absent(_)) => Vec::new(),
            Err(error) => return Some(Answer::failed(&error)),
        };
        if !slaves.is_empty() {
            let below = slaves.iter().map(|slave| self.slave(real, slave, depth)).collect();
            let mut answer = all(below).after(format!("{real}/slaves"), &slaves.join(" "));
            if let Some(uuid) = is_mapping {
                if matches!(answer.state, State::Plain(_)) && !is_known(&uuid) {
                    answer.state = State::Unknown(text!(
                        "{device} was made by a program that leaves no word about whether it encrypts",
                        device = name
                    ));
                }
                answer = answer.after(uuid_path, if uuid.is_empty() { "no identity" } else { &uuid });
            }
            return Some(answer);
        }
        let loop_path = format!("{real}/loop/backing_file");
        match self.host.read_text(&loop_path) {
            Ok(file) => return Some(self.image(file.trim_end_matches('\n'), depth).after(loop_path, file.trim_end())),
            Err(HostError::Absent(_)) => {}
            Err(error) => return Some(Answer::failed(&error)),
        }
        if name.starts_with("zram") {
            return Some(self.zram(real, depth));
        }
        if name.strip_prefix("zd").is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit())) {
            return Some(zfs::volume(self, real, name, depth));
        }
        let hides_its_disks = ["dm-", "md", "bcache", "loop", "nbd", "drbd", "rbd", "rnbd", "ram", "ublk"];
        let numbered = |start: &str| {
            name.strip_prefix(start).is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
        };
        hides_its_disks
            .into_iter()
            .any(numbered)
            .then(|| Answer::unknown(text!("{device} does not show what it is stored on", device = name)))
    }

    fn slave(self, real: &str, slave: &str, depth: usize) -> Answer {
        match self.directory(&format!("{real}/slaves/{slave}"), depth + 1) {
            // A recorded or unusual /sys may list the name without a link.
            Answer { state: State::Unknown(_), .. } => self.named(slave, depth + 1),
            answer => answer,
        }
    }

    /// A disk image is as good as the filesystem it lies on.
    pub(crate) fn image(self, file: &str, depth: usize) -> Answer {
        if file.ends_with("(deleted)") || !file.starts_with('/') {
            return Answer::unknown(text!("The disk image {file} can no longer be found", file = file));
        }
        match mountinfo::holding(self.mounts, file) {
            Some(mount) => filesystem::of(self, mount, depth + 1),
            None => Answer::unknown(text!("The disk image {file} can no longer be found", file = file)),
        }
    }

    /// Compressed memory, unless it may push pages out to a disk.
    fn zram(self, real: &str, depth: usize) -> Answer {
        let path = format!("{real}/backing_dev");
        match self.host.read_line(&path) {
            Ok(device) if device.is_empty() || device == "none" => Answer::new(State::NotOnDisk),
            Ok(device) => self.node(&device, depth + 1).after(path, &device),
            Err(HostError::Absent(_)) => Answer::new(State::NotOnDisk),
            Err(error) => Answer::failed(&error),
        }
    }
}

/// Decides by the identity of a device-mapper mapping. `None`: look at what is below.
fn mapping(uuid: &str, name: impl FnOnce() -> String) -> Option<State> {
    if uuid.is_empty() {
        // VeraCrypt makes its mappings itself, without an identity.
        return name().starts_with("veracrypt").then_some(State::Encrypted);
    }
    let kind = uuid.strip_prefix("CRYPT-")?.split('-').next().unwrap_or_default();
    if ENCRYPTING.contains(&kind) {
        Some(State::Encrypted)
    } else if NOT_ENCRYPTING.contains(&kind) {
        None
    } else {
        Some(State::Unknown(text!("The encryption type {kind} is not known to Stethoscope", kind = kind)))
    }
}

/// Whether a mapping with this identity is known to pass everything through as it is.
fn is_known(uuid: &str) -> bool {
    // kpartx and libparted number the partitions of another mapping: `part1-mpath-…`.
    let is_partition = uuid
        .strip_prefix("part")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    let is_by_cryptsetup = NOT_ENCRYPTING
        .iter()
        .any(|kind| uuid.strip_prefix("CRYPT-").and_then(|rest| rest.strip_prefix(kind)).is_some());
    is_partition || is_by_cryptsetup || PLAIN_MAPPINGS.iter().any(|start| uuid.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mappings_that_encrypt_count() {
        let encrypted = [
            "CRYPT-LUKS1-a-x",
            "CRYPT-LUKS2-2c0d-nvme0n1p3_crypt",
            "CRYPT-LUKS2-OPAL-2c0d-x",
            "CRYPT-PLAIN-cryptswap",
            "CRYPT-LOOPAES-x",
            "CRYPT-TCRYPT-x",
            "CRYPT-BITLK-x",
            "CRYPT-FVAULT2-x",
        ];
        for uuid in encrypted {
            assert_eq!(mapping(uuid, String::new), Some(State::Encrypted), "{uuid}");
        }
        let passed_through = [
            "CRYPT-VERITY-usr",
            "CRYPT-INTEGRITY-x",
            "CRYPT-SUBDEV-x",
            "CRYPT-TEMP-x",
            "LVM-abc",
            "mpath-1",
            "part1-mpath-1",
            "DMRAID-x",
            "stratis-1-private",
            "",
        ];
        for uuid in passed_through {
            assert_eq!(mapping(uuid, String::new), None, "{uuid}");
        }
        assert_eq!(mapping("", || "veracrypt1".to_owned()), Some(State::Encrypted));
        assert!(matches!(mapping("CRYPT-NEW-x", String::new), Some(State::Unknown(_))));
        for uuid in passed_through.into_iter().filter(|uuid| !uuid.is_empty()) {
            assert!(is_known(uuid), "{uuid}");
        }
        for uuid in ["", "mine", "part-x", "partx-mpath-1"] {
            assert!(!is_known(uuid), "{uuid}");
        }
    }

    #[test]
    fn one_plain_member_decides_then_one_unknown_member() {
        let (yes, plain) = (Answer::new(State::Encrypted), Answer::new(State::Plain("sdb".to_owned())));
        let unknown = Answer::unknown(text!("why"));
        let memory = Answer::new(State::NotOnDisk);
        assert_eq!(all(vec![yes.clone(), memory.clone(), yes.clone()]).state, State::Encrypted);
        assert!(matches!(all(vec![yes.clone(), unknown.clone()]).state, State::Unknown(_)));
        assert!(matches!(all(vec![unknown, plain.clone(), yes.clone()]).state, State::Plain(_)));
        assert_eq!(all(vec![memory]).state, State::NotOnDisk);
        let noted = Answer::new(State::Encrypted).inferred();
        assert!(all(vec![yes.clone(), noted.clone()]).is_inferred);
        assert!(!all(vec![noted, plain, yes]).is_inferred);
    }
}
