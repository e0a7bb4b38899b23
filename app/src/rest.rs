//! What the program gives back when it has nothing to do.
//!
//! A program that waits needs next to none of what it needed to start, draw an icon and scan. Two things stay all
//! the same unless somebody gives them back: pages of the program file that were mapped once (Linux maps sixteen
//! at a time), and memory that was freed but lies between pieces in use. Both come back at the next touch, the first
//! from the page cache for a millionth of a second each.

/// Has all threads share two heaps. Called before there are any.
///
/// glibc gives each thread a heap of its own, up to eight for each core, and goes on using all of them: what lives long
/// then lies between what was freed in every one (`tests/soak`: 13.5 MB at rest, and 9 with two heaps, of which 1.5 are
/// in use). The threads of a scan wait for each other at times, which makes it a tenth longer.
pub fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    linux::share_heaps();
}

/// Gives it back. Takes about a millisecond, so it is for when nothing is awaited.
pub fn rest() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    linux::rest();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod linux {
    use std::fs;
    use std::ops::Range;
    use std::os::linux::fs::MetadataExt;
    use std::sync::OnceLock;

    use rustix::mm::{Advice, madvise};

    /// One that the main thread has anyway, and one more.
    const HEAPS: libc::c_int = 2;

    #[expect(unsafe_code, reason = "mallopt(3) has no safe form")]
    pub(super) fn share_heaps() {
        // SAFETY: it takes no pointer, and glibc locks what it sets.
        let shared = unsafe { libc::mallopt(libc::M_ARENA_MAX, HEAPS) };
        if shared == 0 {
            tracing::debug!("each thread has a heap of its own");
        }
    }

    #[expect(unsafe_code, reason = "malloc_trim(3) and madvise(2) have no safe form")]
    pub(super) fn rest() {
        // SAFETY: it takes no pointer, and glibc locks what it trims.
        unsafe { libc::malloc_trim(0) };
        static CLEAN: OnceLock<Vec<Range<usize>>> = OnceLock::new();
        for range in CLEAN.get_or_init(clean) {
            let start = std::ptr::with_exposed_provenance_mut(range.start);
            // SAFETY: the range is a mapping of this program's own file that cannot be written and of which no page
            // was (`clean`): whoever touches it next, this thread included, reads the same bytes from the file again.
            let forgotten = unsafe { madvise(start, range.len(), Advice::LinuxDontNeed) };
            if let Err(error) = forgotten {
                tracing::debug!("pages of the program file stay mapped: {error}");
            }
        }
    }

    /// The mappings of the program file that nobody can write to and nobody has.
    fn clean() -> Vec<Range<usize>> {
        let Ok(program) = fs::metadata("/proc/self/exe") else { return Vec::new() };
        let maps = fs::read_to_string("/proc/self/smaps").unwrap_or_default();
        of_program(&maps, program.st_ino(), program.st_dev())
    }

    /// By proc_pid_smaps(5): a head line each mapping, then lines with a name and a value. What the linker wrote to
    /// before it was closed is `Anonymous`, and would be lost.
    pub(super) fn of_program(maps: &str, inode: u64, device: u64) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        let mut head = None;
        for line in maps.lines() {
            if let Some(kilobytes) = line.strip_prefix("Anonymous:") {
                if kilobytes.trim() == "0 kB" {
                    all.extend(head.take());
                }
            } else if !line.split(' ').next().is_some_and(|word| word.ends_with(':')) {
                head = mapping(line, inode, device);
            }
        }
        all
    }

    /// Of a line such as `55d0-55e0 r-xp 00001000 fe:00 1234   /usr/bin/stethoscope`.
    fn mapping(line: &str, inode: u64, device: u64) -> Option<Range<usize>> {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let rights = words.next()?;
        let _offset = words.next()?;
        let (major, minor) = words.next()?.split_once(':')?;
        let number = |text: &str| u32::from_str_radix(text, 16).ok();
        let of = rustix::fs::makedev(number(major)?, number(minor)?);
        let is_clean = matches!(rights, "r-xp" | "r--p");
        (is_clean && of == device && words.next()?.parse() == Ok(inode)).then_some(())?;
        Some(usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?)
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests;
