//! Disks that refuse: a tiny one that is full, and one that may only be read.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of a few pages, mounted for one test. Only root can mount one.
pub(crate) struct TinyDisk {
    folder: tempfile::TempDir,
}

impl TinyDisk {
    /// `None`, said on the error output, where this test may not mount.
    pub(crate) fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs"]).arg(folder.path()).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(TinyDisk { folder });
        }
        #[expect(clippy::print_stderr, reason = "a test that does not run has to say so")]
        let () = eprintln!("SKIPPED: a disk cannot be mounted here (needs root on Linux)");
        None
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves no byte free.
    pub(crate) fn fill(&self) {
        let filler: PathBuf = self.path().join("filler");
        let error = std::fs::write(filler, vec![0; 1 << 20]).expect_err("the disk is smaller than that");
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    }

    pub(crate) fn make_read_only(&self) {
        let done =
            Command::new("mount").args(["-o", "remount,ro"]).arg(self.path()).status().expect("mount ran before");
        assert!(done.success(), "remounted");
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _gone_with_the_container = Command::new("umount").arg(self.folder.path()).status();
    }
}
