//! What is at a path of this machine, for a plan.

use std::os::unix::fs::MetadataExt as _;

use super::plan::{Kind, Look, Seen};

/// This machine.
pub(super) struct Disk;

impl Look for Disk {
    fn look(&self, path: &str) -> Seen {
        let Ok(found) = std::fs::symlink_metadata(path) else { return Seen { kind: Kind::Absent, changed: 0 } };
        let kind = if found.is_dir() {
            Kind::Folder
        } else if found.is_symlink() {
            std::fs::read_link(path).map_or(Kind::Absent, |target| Kind::Link(target.to_string_lossy().into_owned()))
        } else {
            Kind::Other
        };
        Seen { kind, changed: found.ctime().saturating_mul(1_000_000_000).saturating_add(found.ctime_nsec()) }
    }
}
