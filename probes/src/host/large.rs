//! Room for large files that goes back to the system as soon as it is no longer needed.

/// From here on a buffer counts as large, in bytes.
const LARGE: usize = 128 << 10;

/// More than glibc's `DEFAULT_MMAP_THRESHOLD_MAX`, in bytes.
const ALWAYS_APART: usize = 33 << 20;

/// A buffer for so many bytes, and more.
///
/// Once a large piece of memory is freed, glibc takes pieces of that size from its heaps from then on, and keeps
/// twice as much at the end of each heap instead of giving it back (mallopt(3), `M_MMAP_THRESHOLD`): a program that
/// unpacks ten megabytes once keeps megabytes for good. Of pieces this large it never learns. What is not written
/// to takes addresses and no memory.
pub fn buffer(bytes: usize) -> Vec<u8> {
    let mut buffer = Vec::new();
    if cfg!(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))
        && bytes >= LARGE
        && buffer.try_reserve_exact(bytes.max(ALWAYS_APART)).is_ok()
    {
        return buffer;
    }
    Vec::with_capacity(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_buffers_are_as_large_as_asked_and_large_ones_at_least() {
        assert_eq!(buffer(100).capacity(), 100);
        assert!(buffer(LARGE).capacity() >= LARGE);
        assert!(buffer(ALWAYS_APART + 1).capacity() > ALWAYS_APART);
    }

    /// The memory that this process has, in bytes.
    #[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
    fn resident() -> u64 {
        let pages = std::fs::read_to_string("/proc/self/statm").expect("statm");
        pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("a number") * 4096
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
    fn what_was_unpacked_is_given_back_and_nothing_is_kept_for_later() {
        // In a process of its own: what other tests free counts, too.
        const ALONE: &str = "STETHOSCOPE_TEST_ALONE";
        if std::env::var_os(ALONE).is_none() {
            let name = "host::large::tests::what_was_unpacked_is_given_back_and_nothing_is_kept_for_later";
            let program = std::env::current_exe().expect("a test is a program");
            let alone = std::process::Command::new(program).args(["--exact", name]).env(ALONE, "1").output();
            let alone = alone.expect("it starts");
            let said = String::from_utf8_lossy(&alone.stdout).into_owned() + &String::from_utf8_lossy(&alone.stderr);
            assert!(alone.status.success() && said.contains("1 passed"), "{said}");
            return;
        }
        let large = || {
            let mut bytes = buffer(10 << 20);
            bytes.resize(10 << 20, 1);
            bytes
        };
        drop(large());
        let before = resident();
        // Were the first piece remembered, this one would come from the heap, and stay in it when freed.
        let mut second = vec![1_u8; 8 << 20];
        second[0] = 2;
        let small = vec![1_u8; 100];
        assert!(resident() >= before + (8 << 20));
        drop(second);
        assert!(resident() < before + (2 << 20), "{} and before {before}", resident());
        drop(small);
    }
}
