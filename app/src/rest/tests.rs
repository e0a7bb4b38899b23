//! What counts as the program's own, and that it goes on without.

use super::linux::of_program;
use super::rest;

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

#[test]
fn the_program_goes_on_and_holds_less() {
    // In a process of its own: what other tests touch counts, too.
    const ALONE: &str = "STETHOSCOPE_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let program = std::env::current_exe().expect("a test is a program");
        let name = "rest::tests::the_program_goes_on_and_holds_less";
        let alone = std::process::Command::new(program).args(["--exact", name]).env(ALONE, "1").output();
        let alone = alone.expect("it starts");
        let said = String::from_utf8_lossy(&alone.stdout).into_owned() + &String::from_utf8_lossy(&alone.stderr);
        assert!(alone.status.success() && said.contains("1 passed"), "{said}");
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
