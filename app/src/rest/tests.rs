//! What counts as the program's own, and that it goes on without.

use super::linux::of_program;
use super::{rest, share_heaps};

const MAPS: &str = "\
1000-3000 r--p 00000000 fe:00 77                         /usr/bin/stethoscope
Rss:                   8 kB
Anonymous:             0 kB
VmFlags: rd mr mw me sd
3000-9000 r-xp 00002000 fe:00 77                         /usr/bin/stethoscope
Anonymous:             0 kB
9000-a000 r--p 00008000 fe:00 77                         /usr/bin/stethoscope
Anonymous:             4 kB
a000-b000 rw-p 00009000 fe:00 77                         /usr/bin/stethoscope
Anonymous:             0 kB
b000-c000 r-xp 00000000 fe:00 78                         /usr/lib/libc.so.6
Anonymous:             0 kB
c000-d000 r-xp 00000000 fe:01 77                         /mnt/other
Anonymous:             0 kB
d000-e000 r-xp 00000000 00:00 0                          [vdso]
Anonymous:             0 kB
";

#[test]
fn only_what_is_of_the_program_file_and_as_in_it_is_given_back() {
    let device = rustix::fs::makedev(0xfe, 0);
    assert_eq!(of_program(MAPS, 77, device), [0x1000..0x3000, 0x3000..0x9000]);
    assert!(of_program("", 77, device).is_empty());
    assert!(of_program("1000-3000 r-xp", 77, device).is_empty());
}

/// Kilobytes of program files that this process has mapped, and of freed memory it still has.
fn held() -> (u64, u64) {
    let maps = std::fs::read_to_string("/proc/self/smaps").expect("this process");
    let own = std::env::current_exe().expect("a test is a program");
    let (mut of_program, mut all) = (0, 0);
    let mut is_own = false;
    for line in maps.lines() {
        let number = |rest: &str| rest.trim().trim_end_matches(" kB").parse::<u64>().expect("a number");
        if let Some(rest) = line.strip_prefix("Rss:") {
            of_program += if is_own { number(rest) } else { 0 };
        } else if let Some(rest) = line.strip_prefix("Anonymous:") {
            all += number(rest);
        } else if line.contains("r-xp") {
            is_own = line.ends_with(own.to_str().expect("a name in UTF-8"));
        } else if line.contains("-p ") {
            is_own = false;
        }
    }
    (of_program, all)
}

/// Whether this test runs alone. If not, runs it so: what other tests touch counts, too.
fn is_alone(name: &str) -> bool {
    const ALONE: &str = "STETHOSCOPE_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let program = std::env::current_exe().expect("a test is a program");
    let name = format!("rest::tests::{name}");
    let alone = std::process::Command::new(program).args(["--exact", &name]).env(ALONE, "1").output();
    let alone = alone.expect("it starts");
    let said = String::from_utf8_lossy(&alone.stdout).into_owned() + &String::from_utf8_lossy(&alone.stderr);
    assert!(alone.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// How many heaps there are besides the first: glibc lays each at a multiple of 64 MiB.
#[cfg(target_pointer_width = "64")]
fn heaps() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("this process");
    let starts = maps.lines().filter(|line| line.contains("rw-p")).filter_map(|line| line.split('-').next());
    starts.filter(|start| u64::from_str_radix(start, 16).is_ok_and(|start| start % (64 << 20) == 0)).count()
}

#[test]
#[cfg(target_pointer_width = "64")]
fn however_many_threads_there_are_they_share_two_heaps() {
    if !is_alone("however_many_threads_there_are_they_share_two_heaps") {
        return;
    }
    share_heaps();
    let all_there = std::sync::Barrier::new(9);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let pieces: Vec<Vec<u8>> = (0..100).map(|_| vec![1; 1000]).collect();
                all_there.wait();
                all_there.wait();
                drop(pieces);
            });
        }
        all_there.wait();
        let heaps = heaps();
        all_there.wait();
        assert!(heaps <= 1, "{heaps} besides the first");
    });
}

#[test]
fn the_program_goes_on_and_holds_less() {
    if !is_alone("the_program_goes_on_and_holds_less") {
        return;
    }
    // Much that was in use, and of every page a little that still is.
    let mut pieces: Vec<Vec<u8>> = (0..20_000).map(|_| vec![1; 1000]).collect();
    let kept: Vec<Vec<u8>> = pieces.iter().step_by(200).cloned().collect();
    pieces.clear();
    let text = settings_as_text();
    let (program, memory) = held();
    rest();
    let (program_after, memory_after) = held();
    assert!(program_after < program, "{program} kB, then {program_after} kB");
    assert!(memory_after + 10_000 < memory, "{memory} kB, then {memory_after} kB");
    assert!(kept.iter().all(|piece| piece.iter().all(|byte| *byte == 1)));
    assert_eq!(settings_as_text(), text);
    rest();
    rest();
    assert_eq!(settings_as_text(), text);
}

/// Something that needs code and constants of many places.
fn settings_as_text() -> String {
    let settings = crate::settings::Settings::default();
    ron::to_string(&settings).expect("it can be written")
}
