//! Files, directories and links of this machine.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::Duration;

use crate::host::large;
use crate::host::memory::Stamp;
use crate::host::parts::{Parts, ends};
use crate::host::{HostError, Kind, LARGEST_FILE, Read, Stat};

/// Most files are shorter than this, in bytes: they need no buffer of their own while they are read.
const SHORT: usize = 4096;

/// A file that was written so short a time ago may be written still: many programs empty a file, then fill it.
const YOUNG: Duration = Duration::from_millis(20);

/// How often such a file is read again at most. One that is written without end is taken as it is.
const AGAIN: u32 = 3;

/// The whole file. Only regular files are opened: a FIFO would block, and opening a device can act. One that is being
/// written is read again in a moment.
pub(super) fn read(path: &str) -> Read<Vec<u8>> {
    // The kernel's own files can be opened at once: there are no FIFOs among them, and all of them are as new as
    // whoever looks at them.
    let is_kernels = path.starts_with("/proc/") || path.starts_with("/sys/");
    let mut again = if is_kernels { 0 } else { AGAIN };
    loop {
        if !is_kernels {
            check_kind(path, stat(path)?.kind)?;
        }
        let (mut file, size) = open(path)?;
        let bytes = read_opened(path, &mut file, size)?;
        let young = (again > 0).then(|| age(&file)).flatten().filter(|age| *age < YOUNG);
        let Some(age) = young else { return Ok(bytes) };
        std::thread::sleep(YOUNG - age);
        again -= 1;
    }
}

/// How long ago the file was last written. `None` where that is not known, or is to come.
fn age(file: &std::fs::File) -> Option<Duration> {
    file.metadata().and_then(|found| found.modified()).ok()?.elapsed().ok()
}

fn read_opened(path: &str, file: &mut std::fs::File, size: u64) -> Read<Vec<u8>> {
    if size > LARGEST_FILE {
        return Err(too_large(path));
    }
    // Files in /proc and /sys say that they are empty, so the limit is kept while reading, too.
    let mut start = [0; SHORT];
    let mut length = 0;
    if size < SHORT as u64 || path.starts_with("/sys/") {
        while length < SHORT {
            match file.read(&mut start[length..]) {
                Ok(0) => return Ok(start[..length].to_vec()),
                Ok(more) => length += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(refused(path, &error)),
            }
        }
    }
    let mut bytes = large::buffer(usize::try_from(size).unwrap_or(0).max(2 * length).saturating_add(1));
    bytes.extend_from_slice(&start[..length]);
    file.take(LARGEST_FILE + 1 - length as u64).read_to_end(&mut bytes).map_err(|error| refused(path, &error))?;
    if bytes.len() as u64 > LARGEST_FILE { Err(too_large(path)) } else { Ok(bytes) }
}

/// A file of this machine, open.
struct Opened {
    path: String,
    file: std::fs::File,
    size: u64,
}

/// Opens a file to be read in parts. Only regular ones, as in [`read`].
pub(super) fn open_parts(path: &str) -> Read<Box<dyn Parts>> {
    check_kind(path, stat(path)?.kind)?;
    let (file, size) = open(path)?;
    Ok(Box::new(Opened { path: path.to_owned(), file, size }))
}

impl Parts for Opened {
    fn path(&self) -> &str {
        &self.path
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Read<()> {
        let read = self.file.seek(SeekFrom::Start(offset)).and_then(|_| self.file.read_exact(buffer));
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ends(&self.path),
            _ => refused(&self.path, &error),
        })
    }
}

fn check_kind(path: &str, kind: Kind) -> Read<()> {
    if kind == Kind::File { Ok(()) } else { Err(no_file(path, kind == Kind::Directory)) }
}

fn no_file(path: &str, is_directory: bool) -> HostError {
    let problem = if is_directory { "it is a directory" } else { "it is not an ordinary file" };
    HostError::Garbled(path.to_owned(), problem.to_owned())
}

fn too_large(path: &str) -> HostError {
    HostError::Garbled(path.to_owned(), format!("it is larger than {} MiB", LARGEST_FILE >> 20))
}

/// Opens for reading so that a FIFO put there in the meantime does not block. Gives the size in bytes, too.
#[cfg(target_os = "linux")]
fn open(path: &str) -> Read<(std::fs::File, u64)> {
    use rustix::fs::{FileType, Mode, OFlags, fstat};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| refused(path, &errno.into()))?;
    let found = fstat(&fd).map_err(|errno| refused(path, &errno.into()))?;
    match FileType::from_raw_mode(found.st_mode) {
        FileType::RegularFile => Ok((std::fs::File::from(fd), u64::try_from(found.st_size).unwrap_or(0))),
        other => Err(no_file(path, other == FileType::Directory)),
    }
}

#[cfg(not(target_os = "linux"))]
fn open(path: &str) -> Read<(std::fs::File, u64)> {
    let opened = std::fs::File::open(path).and_then(|file| file.metadata().map(|found| (file, found.len())));
    opened.map_err(|error| refused(path, &error))
}

/// The names in a directory, sorted.
pub(super) fn list(path: &str) -> Read<Vec<String>> {
    let entries = std::fs::read_dir(path).map_err(|error| refused(path, &error))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| refused(path, &error))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

/// Where a link points, as written in it.
pub(super) fn link(path: &str) -> Read<String> {
    let target = std::fs::read_link(path).map_err(|error| match error.kind() {
        // EINVAL is what readlink(2) says about everything that is no link.
        io::ErrorKind::InvalidInput => HostError::Garbled(path.to_owned(), "it is not a link".to_owned()),
        _ => refused(path, &error),
    })?;
    Ok(target.to_string_lossy().into_owned())
}

/// The path with every link followed.
pub(super) fn real_path(path: &str) -> Read<String> {
    let real = std::fs::canonicalize(path).map_err(|error| refused(path, &error))?;
    Ok(real.to_string_lossy().into_owned())
}

/// What the path is, links followed. Never mounts anything and never asks a server on the network.
#[cfg(target_os = "linux")]
pub(super) fn stat(path: &str) -> Read<Stat> {
    use rustix::fs::{AtFlags, CWD, FileType, StatxAttributes, StatxFlags, statx};
    let flags = AtFlags::NO_AUTOMOUNT | AtFlags::STATX_DONT_SYNC;
    let found = match statx(CWD, Path::new(path), flags, StatxFlags::BASIC_STATS) {
        Ok(found) => found,
        // Kernels before 4.11, and sandboxes that know no statx.
        Err(rustix::io::Errno::NOSYS) => return plain_stat(path),
        Err(errno) => return Err(refused(path, &errno.into())),
    };
    let kind = match FileType::from_raw_mode(u32::from(found.stx_mode)) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Link,
        FileType::BlockDevice => Kind::BlockDevice,
        _ => Kind::Other,
    };
    let modified = i32::try_from(found.stx_mtime.tv_nsec).unwrap_or(0);
    let known = found.stx_attributes_mask.contains(StatxAttributes::ENCRYPTED);
    Ok(Stat {
        kind,
        mode: u32::from(found.stx_mode) & 0o7777,
        uid: found.stx_uid,
        size: found.stx_size,
        modified: jiff::Timestamp::new(found.stx_mtime.tv_sec, modified).unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        device: (kind == Kind::BlockDevice).then_some((found.stx_rdev_major, found.stx_rdev_minor)),
        encrypted: known.then_some(found.stx_attributes.contains(StatxAttributes::ENCRYPTED)),
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn stat(path: &str) -> Read<Stat> {
    plain_stat(path)
}

/// What tells the file from its other states.
#[cfg(unix)]
pub(super) fn stamp(path: &str) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Stamp {
        device: found.dev(),
        inode: found.ino(),
        size: found.size(),
        modified: (found.mtime(), found.mtime_nsec()),
        changed: (found.ctime(), found.ctime_nsec()),
    })
}

/// Without the date of the last change a file could be replaced unseen.
#[cfg(not(unix))]
pub(super) fn stamp(_path: &str) -> Option<Stamp> {
    None
}

/// What every system tells.
fn plain_stat(path: &str) -> Read<Stat> {
    let found = std::fs::metadata(Path::new(path)).map_err(|error| refused(path, &error))?;
    let kind = if found.is_file() {
        Kind::File
    } else if found.is_dir() {
        Kind::Directory
    } else {
        Kind::Other
    };
    #[cfg(unix)]
    let (mode, uid) = {
        use std::os::unix::fs::MetadataExt as _;
        (found.mode() & 0o7777, found.uid())
    };
    #[cfg(not(unix))]
    let (mode, uid) = (if found.permissions().readonly() { 0o444 } else { 0o644 }, 0);
    let modified = found.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    Ok(Stat {
        kind,
        mode,
        uid,
        size: found.len(),
        modified: modified.unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        device: None,
        encrypted: None,
    })
}

/// The error a probe gets to see. Absent and denied are kept apart; the rest is garbled.
pub(super) fn refused(path: &str, error: &io::Error) -> HostError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => HostError::Absent(path),
        // EACCES and EPERM.
        io::ErrorKind::PermissionDenied => HostError::Denied(path),
        io::ErrorKind::TimedOut => HostError::TimedOut(path),
        io::ErrorKind::IsADirectory => HostError::Garbled(path, "it is a directory".to_owned()),
        _ => HostError::Garbled(path, error.to_string()),
    }
}
