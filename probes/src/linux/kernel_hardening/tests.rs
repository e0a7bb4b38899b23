//! Every protection held, missing and hidden, and what they come to together.

use super::*;
use crate::host::fixture::check_probe;

const FLAWS: &str = "/sys/devices/system/cpu/vulnerabilities";
const PROFILES: &str = "/sys/kernel/security/apparmor/policy/profiles";

fn machine(confinement: &str, random: &str, flaws: &[(&str, &str)], rest: &str) -> String {
    let mut host = format!("@platform linux\n@dir /sys/module\n@dir {FLAWS}\n{confinement}");
    if !random.is_empty() {
        host.push_str(&format!("@file {RANDOM}\n{random}\n"));
    }
    for (name, words) in flaws {
        host.push_str(&format!("@file {FLAWS}/{name}\n{words}\n"));
    }
    host + rest
}

fn apparmor(profiles: &[(&str, &str)]) -> String {
    let mut lines = format!("@file /sys/module/apparmor/parameters/enabled\nY\n@dir {PROFILES}\n");
    for (name, mode) in profiles {
        lines.push_str(&format!("@file {PROFILES}/{name}/mode\n{mode}\n"));
    }
    lines
}

const SELINUX: &str = "@file /sys/fs/selinux/enforce newline=no\n1\n";
const FINE: [(&str, &str); 2] = [("meltdown", "Not affected"), ("spectre_v2", "Mitigation: Retpolines")];

#[test]
fn each_way_of_confining_programs_has_its_answer() {
    let unit = |state: &str| {
        format!(
            "@file /sys/module/apparmor/parameters/enabled\nY\n@dir /run/systemd/system\n@file /usr/lib/systemd/system/apparmor.service\n[Install]\n@dir /run/systemd/units\n{state}"
        )
    };
    for (confinement, expected) in [
        (SELINUX.to_owned(), "kernelHardening: on (SELinux confines programs)"),
        (
            "@file /sys/fs/selinux/enforce newline=no\n0\n@file /etc/selinux/config\nSELINUX=enforcing\n".to_owned(),
            "kernelHardening: off (/etc/selinux/config: SELINUX=enforcing)",
        ),
        ("@file /sys/fs/selinux/enforce\n0\n".to_owned(), "kernelHardening: off (only takes notes (permissive))"),
        ("@file /sys/fs/selinux/enforce\n7\n".to_owned(), "kernelHardening: unknown (could not be understood: 7)"),
        ("@dir /sys/fs/selinux\n".to_owned(), "kernelHardening: unknown (/sys/fs/selinux is not mounted)"),
        ("@denied /sys/fs/selinux/enforce\n".to_owned(), "kernelHardening: unknown (may not be read)"),
        (
            apparmor(&[("cupsd.12", "complain"), ("man_filter.3", "enforce")]),
            "kernelHardening: on (2 profiles, man_filter.3 enforced)",
        ),
        (apparmor(&[("firefox.1", "unconfined"), ("x.2", "kill")]), "kernelHardening: on (AppArmor confines programs)"),
        (
            apparmor(&[("a.1", "complain"), ("b.2", "unconfined")]),
            "kernelHardening: off (none of its 2 profiles is enforced)",
        ),
        (apparmor(&[]), "kernelHardening: off (no profile is loaded)"),
        (
            format!(
                "{}@denied {PROFILES} kind=dir\n",
                unit("@link /run/systemd/units/invocation:apparmor.service -> 1\n")
            ),
            "kernelHardening: on inferred (AppArmor confines programs)",
        ),
        (unit(""), "kernelHardening: unknown (which profiles it has cannot be seen)"),
        (
            "@file /sys/module/apparmor/parameters/enabled\nN\n".to_owned(),
            "kernelHardening: off (Nothing confines programs)",
        ),
        ("@denied /sys/module/apparmor/parameters/enabled\n".to_owned(), "kernelHardening: unknown (may not be read)"),
        (String::new(), "kernelHardening: off (neither AppArmor nor SELinux)"),
        (
            "@file /sys/kernel/security/lsm\ncapability,landlock,yama,bpf\n".to_owned(),
            "kernelHardening: off (capability,landlock,yama,bpf)",
        ),
        ("@file /sys/kernel/security/lsm\ncapability,smack\n".to_owned(), "kernelHardening: unknown (Smack is on)"),
        // Debian's kernel lists TOMOYO on every machine; without its loader it has no rules.
        ("@file /sys/kernel/security/lsm\ncapability,tomoyo,bpf\n".to_owned(), "kernelHardening: off"),
        (
            "@file /sys/kernel/security/lsm\ncapability,tomoyo\n@file /sbin/tomoyo-init\n".to_owned(),
            "kernelHardening: unknown (TOMOYO is on)",
        ),
        (
            format!(
                "{}@file /sys/kernel/security/lsm\ncapability,tomoyo,apparmor\n@file /sbin/tomoyo-init\n",
                apparmor(&[("a.1", "enforce")])
            ),
            "kernelHardening: on (AppArmor confines programs)",
        ),
    ] {
        check_probe(PROBE, &machine(&confinement, "2", &FINE, ""), expected);
    }
    let hidden = format!("@platform linux\n@dir {FLAWS}\n@file {RANDOM}\n2\n");
    check_probe(PROBE, &hidden, "kernelHardening: unknown (/sys/module does not exist)");
}

#[test]
fn addresses_are_random_only_with_the_value_two() {
    for (random, rest, expected) in [
        ("2", "", "kernelHardening: on"),
        ("1", "", "kernelHardening: off (only partly random)"),
        ("0", "", "kernelHardening: off (not random)"),
        ("x", "", "kernelHardening: unknown (could not be understood)"),
        ("", "", "kernelHardening: unknown (randomize_va_space does not exist)"),
        ("", "@denied /proc/sys/kernel/randomize_va_space\n", "kernelHardening: unknown (may not be read)"),
    ] {
        check_probe(PROBE, &machine(SELINUX, random, &FINE, rest), expected);
    }
}

#[test]
fn a_flaw_counts_when_its_file_begins_with_vulnerable() {
    for (words, expected) in [
        ("Not affected", "kernelHardening: on (1 files, none begins with Vulnerable)"),
        ("Mitigation: Clear CPU buffers; SMT vulnerable", "kernelHardening: on"),
        ("KVM: Vulnerable", "kernelHardening: on"),
        ("Processor vulnerable", "kernelHardening: on"),
        ("Unknown: No mitigations", "kernelHardening: on"),
        ("Vulnerable", "kernelHardening: off (Nothing holds these flaws of the processor off: mds)"),
        (
            "Vulnerable: Clear CPU buffers attempted, no microcode; SMT vulnerable",
            "kernelHardening: off (no microcode)",
        ),
    ] {
        check_probe(PROBE, &machine(SELINUX, "2", &[("mds", words)], ""), expected);
    }
    let denied = format!("@denied {FLAWS}/mds\n");
    check_probe(PROBE, &machine(SELINUX, "2", &FINE, &denied), "kernelHardening: unknown (may not be read)");
    let old = format!("@platform linux\n@file {RANDOM}\n2\n{SELINUX}");
    check_probe(PROBE, &old, "kernelHardening: unknown (does not say which flaws)");
}

#[test]
fn many_flaws_are_named_but_not_without_end() {
    let names: Vec<String> = (1..=20).map(|n| format!("flaw{n:02}")).collect();
    let flaws: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "Vulnerable")).collect();
    check_probe(PROBE, &machine(SELINUX, "2", &flaws, ""), "kernelHardening: off (flaw07, flaw08, …)");
}

#[test]
fn in_a_virtual_machine_an_open_flaw_is_a_doubt_unless_it_was_switched_off_inside() {
    let vm = "@file /sys/class/dmi/id/sys_vendor\nQEMU\n";
    let off = "@file /proc/cmdline\nroot=/dev/vda1 mitigations=off\n";
    let open = [("mds", "Vulnerable: Clear CPU buffers attempted, no microcode; SMT Host state unknown")];
    for (flaws, rest, expected) in [
        (&open[..], vm.to_owned(), "kernelHardening: unknown (the computer around it decides)"),
        (
            &open[..],
            format!("{vm}{off}"),
            "kernelHardening: off (switched off with the kernel option mitigations=off: mds stay open)",
        ),
        (&open[..], off.to_owned(), "kernelHardening: off (/proc/cmdline: mitigations=off)"),
        (&FINE[..], vm.to_owned(), "kernelHardening: on"),
    ] {
        check_probe(PROBE, &machine(SELINUX, "2", flaws, &rest), expected);
    }
}

#[test]
fn what_is_missing_outweighs_what_could_not_be_told_and_all_of_it_is_named() {
    let open = [("mds", "Vulnerable")];
    check_probe(
        PROBE,
        &machine("", "0", &open, ""),
        "kernelHardening: off (3 protections of the kernel are missing: no AppArmor or SELinux; randomize_va_space=0; mds)",
    );
    check_probe(
        PROBE,
        &machine("@denied /sys/fs/selinux/enforce\n", "1", &FINE, ""),
        "kernelHardening: off (only partly random)",
    );
}

#[test]
fn lockdown_and_the_settings_are_told_and_decide_nothing() {
    let lockdown = |mode: &str| format!("@file {LOCKDOWN}\n{mode}\n");
    for (rest, expected) in [
        (lockdown("none [integrity] confidentiality"), "kernelHardening: on (the kernel is locked down (integrity))"),
        (lockdown("[none] integrity confidentiality"), "kernelHardening: on (/sys/kernel/security/lockdown: none)"),
        (lockdown("torn [integ"), "kernelHardening: on (and no processor flaw is known to be open)"),
        (
            "@file /proc/sys/kernel/kptr_restrict\n0\n@file /proc/sys/kernel/yama/ptrace_scope\n0\n".to_owned(),
            "kernelHardening: on (kptr_restrict=0, yama.ptrace_scope=0)",
        ),
    ] {
        check_probe(PROBE, &machine(SELINUX, "2", &FINE, &rest), expected);
    }
}

#[test]
fn where_the_kernel_is_not_the_machines_own_nothing_is_said() {
    for (rest, expected) in [
        ("@file /.dockerenv\n", "kernelHardening: unknown (container)"),
        ("@file /run/systemd/container\nwsl\n", "kernelHardening: unknown (Windows)"),
        ("@file /proc/cmdline\nboot=casper\n", "kernelHardening: unknown (installation or rescue medium)"),
    ] {
        check_probe(PROBE, &machine(SELINUX, "2", &FINE, rest), expected);
    }
}
