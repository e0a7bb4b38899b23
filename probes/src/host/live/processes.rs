//! The running processes, from /proc.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsFd as _, BorrowedFd};

use rustix::fs::{AtFlags, Mode, OFlags};

use crate::host::{Arguments, Process, Read};

use super::files;

/// The most that is read of one process's arguments, in bytes. What is longer is cut.
const LONGEST_ARGUMENTS: u64 = 64 << 10;

/// Every process that this user may see; the arguments of the user's own are read when they are asked for. With /proc mounted
/// `hidepid=` those are only the user's own processes: that a process of another user is not in the
/// list then means nothing.
pub(super) fn processes(own_uid: u32) -> Read<Vec<Process>> {
    let wrong = |error: std::io::Error| files::refused("/proc", &error);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let proc = rustix::fs::open("/proc", flags, Mode::empty()).map_err(|errno| wrong(errno.into()))?;
    let mut pids: Vec<u32> = Vec::new();
    for entry in std::fs::read_dir("/proc").map_err(wrong)? {
        pids.extend(entry.map_err(wrong)?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()));
    }
    pids.sort_unstable();
    // A process may end while it is looked at; then it is not running.
    Ok(pids.into_iter().filter_map(|pid| process(proc.as_fd(), pid, own_uid)).collect())
}

fn process(proc: BorrowedFd<'_>, pid: u32, own_uid: u32) -> Option<Process> {
    let file = format!("{pid}/comm");
    // The folder is asked whose it is: files of a process that hides its memory are root's.
    let uid = rustix::fs::statat(proc, file.split_once('/')?.0, AtFlags::empty()).ok()?.st_uid;
    let comm = rustix::fs::openat(proc, &file, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    // The name comes whole with the first read.
    let mut name = [0; 64];
    let length = rustix::io::read(comm, &mut name).ok()?;
    let name = String::from_utf8_lossy(&name[..length]).trim_end_matches('\n').to_owned();
    let arguments = if uid == own_uid { Arguments::later(pid, arguments) } else { Vec::new().into() };
    Some(Process { pid, uid, name, arguments })
}

/// Empty where the process has ended.
fn arguments(pid: u32) -> Vec<String> {
    split(&start_of(&format!("/proc/{pid}/cmdline"), LONGEST_ARGUMENTS).unwrap_or_default())
}

fn start_of(path: &str, limit: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1 << 10);
    File::open(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Arguments end with a NUL each. Programs that write their own title may leave only spaces and many NULs.
fn split(cmdline: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(cmdline);
    let trimmed = text.trim_end_matches('\0');
    if trimmed.is_empty() { Vec::new() } else { trimmed.split('\0').map(str::to_owned).collect() }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn arguments_are_parted_at_nuls() {
        assert_eq!(split(b"swayidle\0-w\0\0x y\0"), ["swayidle", "-w", "", "x y"]);
        assert_eq!(split(b"nginx: worker process\0\0\0"), ["nginx: worker process"]);
        assert!(split(b"").is_empty());
    }
}
