//! Recorded hosts: pending and fresh, stale, held, phased, pinned, and each family's restart.

use super::PROBE;
use crate::host::fixture::check_probe;
use crate::parse::phased_update;

const START: &str = "@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n";

const DEBIAN: &str = "@file /etc/os-release
ID=debian
VERSION_ID=\"12\"
VERSION_CODENAME=bookworm
@file /proc/sys/kernel/osrelease
6.1.0-28-amd64
@file /proc/version
Linux version 6.1.0-28-amd64 (x@y) (gcc-12) #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)
";

const IN_RELEASE: &str = "@file /var/lib/apt/lists/deb.debian.org_debian-security_dists_bookworm-security_InRelease
-----BEGIN PGP SIGNED MESSAGE-----

Origin: Debian
Label: Debian-Security
Suite: oldstable-security
Codename: bookworm-security
Date: Sat, 21 Nov 2026 00:53:02 UTC
Valid-Until: Sat, 28 Nov 2026 00:53:02 UTC
";

const FRESH: &str = "@dir /var/lib/apt/lists/partial mode=0700 mtime=2026-11-22T08:00:00Z\n";

fn packages(stanzas: &str) -> String {
    format!(
        "@file /var/lib/apt/lists/deb.debian.org_debian-security_dists_bookworm-security_main_binary-amd64_Packages\n{stanzas}\n"
    )
}

fn openssl(version: &str) -> String {
    packages(&format!(
        "Package: openssl\nArchitecture: amd64\nVersion: {version}\n\nPackage: other\nArchitecture: amd64\nVersion: 9"
    ))
}

fn status(stanzas: &str) -> String {
    format!("@file /var/lib/dpkg/status\n{stanzas}\n")
}

fn installed() -> String {
    status("Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.16-1~deb12u1")
}

#[track_caller]
fn expect(parts: &[&str], expected: &str) {
    check_probe(PROBE, &format!("{START}{}", parts.join("\n")), &format!("softwareUpdates: {expected}"));
}

#[test]
fn nothing_newer_in_fresh_lists_is_on() {
    for version in ["3.0.16-1~deb12u1", "3.0.15-1"] {
        let parts = [DEBIAN, IN_RELEASE, FRESH, &openssl(version), &installed()];
        expect(&parts, "on (No security update is missing, as of 2 days ago)");
    }
}

#[test]
fn a_newer_version_in_the_security_archive_is_off_even_from_stale_lists() {
    let newer = openssl("3.0.17-1~deb12u1");
    let parts = [DEBIAN, IN_RELEASE, FRESH, &newer, &installed()];
    expect(&parts, "off (A security update waits to be installed: openssl)");
    let stale = IN_RELEASE.replace("Nov 2026", "Sep 2026");
    expect(&[DEBIAN, &stale, FRESH, &newer, &installed()], "off (openssl)");
}

#[test]
fn stale_or_expired_lists_never_say_that_nothing_is_missing() {
    let old = openssl("3.0.15-1");
    let expired = IN_RELEASE.replace("28 Nov", "22 Nov");
    expect(&[DEBIAN, &expired, FRESH, &old, &installed()], "unknown (has expired)");
    let undated = IN_RELEASE.replace("Date: Sat, 21", "Date: soon").replace("\nValid-Until: Sat, 28", "\nX: ");
    expect(&[DEBIAN, &undated, FRESH, &old, &installed()], "unknown (it has no date)");
}

#[test]
fn an_attempt_to_fetch_lists_is_no_fetch() {
    // Ubuntu's archive sets no end of validity, so that only its date and a success speak.
    let old = openssl("3.0.15-1");
    let resting = IN_RELEASE
        .replace("Date: Sat, 21 Nov", "Date: Sat, 22 Sep")
        .replace("Valid-Until: Sat, 28 Nov 2026 00:53:02 UTC\n", "");
    let success = |day: &str| format!("@file /var/lib/apt/periodic/update-success-stamp mtime=2026-{day}T00:00:00Z\n");
    expect(&[DEBIAN, &resting, FRESH, &old, &installed()], "unknown (The package lists are 62 days old)");
    let parts = [DEBIAN, &resting, FRESH, &success("10-01"), &old, &installed()];
    expect(&parts, "unknown (53 days old)");
    let parts = [DEBIAN, &resting, FRESH, &success("11-22"), &old, &installed()];
    expect(&parts, "on inferred (No security update is missing, as of yesterday)");
    let parts = [DEBIAN, &resting, FRESH, &success("12-22"), &old, &installed()];
    expect(&parts, "unknown (The package lists are 62 days old)");
}

#[test]
fn a_list_from_the_future_proves_nothing() {
    let ahead = IN_RELEASE.replace("21 Nov 2026", "25 Nov 2026");
    expect(&[DEBIAN, &ahead, FRESH, &openssl("3.0.15-1"), &installed()], "unknown (newer than this computer's clock)");
}

#[test]
fn held_updates_are_said_and_a_held_kernel_is_off() {
    let stanza = |name: &str, status: &str, version: &str| {
        format!("Package: {name}\nStatus: {status}\nArchitecture: amd64\nVersion: {version}\n\n")
    };
    let newer = |names: &[&str]| packages(&names.iter().map(|name| stanza(name, "", "2")).collect::<String>());
    let held =
        |names: &[&str]| status(&names.iter().map(|name| stanza(name, "hold ok installed", "1")).collect::<String>());
    let with = |names: &[&str], expected: &str| {
        expect(&[DEBIAN, IN_RELEASE, FRESH, &newer(names), &held(names)], expected);
    };
    with(&["openssl"], "on (No security update is missing but one that is held back on purpose: openssl)");
    with(&["a", "b"], "on (No security updates are missing but those held back on purpose: a, b)");
    with(&["linux-image-amd64"], "off (A security update waits to be installed: linux-image-amd64)");
    with(&["a", "b", "c", "d"], "off (4 security updates are held back on purpose, a, b, c among them)");
}

#[test]
fn held_and_phased_packages_are_not_overdue() {
    let held = installed().replace("install ok", "hold ok");
    let newer = openssl("3.0.17-1~deb12u1");
    expect(&[DEBIAN, IN_RELEASE, FRESH, &newer, &held], "on (held back on purpose: openssl)");
}

#[test]
fn a_phased_update_counts_once_it_is_this_computers_turn() {
    let phased = |share: u8| {
        let stanza = "Package: libssl3\nSource: openssl (3.0.17)\nArchitecture: amd64\nVersion: 3.0.17-1";
        packages(&format!("{stanza}\nPhased-Update-Percentage: {share}"))
    };
    let installed = installed().replace("openssl", "libssl3");
    // APT draws 67 for openssl, 3.0.17 and this id.
    let id = "@file /etc/machine-id\n0123456789abcdef0123456789abcdef\n";
    let drawn = phased_update::draw("openssl", "3.0.17", "0123456789abcdef0123456789abcdef");
    let with = |list: &str, more: &str, expected: &str| {
        expect(&[DEBIAN, IN_RELEASE, FRESH, list, &installed, more], expected);
    };
    with(&phased(drawn - 1), id, "on (not yet this computer's turn \u{28}phased updates\u{29}: libssl3)");
    with(&phased(drawn), id, "off (libssl3)");
    with(&phased(0), "", "off (libssl3)");
    let chosen = |word: &str| {
        format!("{id}@file /etc/apt/apt.conf.d/99phased\nAPT::Get::{word}-Include-Phased-Updates \"true\";\n")
    };
    with(&phased(0), &chosen("Always"), "off (libssl3)");
    with(&phased(99), &chosen("Never"), "on (No security update)");
}

#[test]
fn a_security_update_overtaken_by_a_point_release_is_still_missing() {
    // As with openssh-client on Debian 12: the archive of the release has a version newer than that of the
    // security archive, and `apt-get -s dist-upgrade` names only the newest, as no security update. The
    // installed version lacks the security archive's correction all the same.
    let main = "@file /var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease\nOrigin: Debian\n\
                Label: Debian\nSuite: oldstable\nCodename: bookworm\nDate: Sat, 21 Nov 2026 00:53:02 UTC\n\
                @file /var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages\n\
                Package: openssl\nArchitecture: amd64\nVersion: 3.0.18-1~deb12u1\n";
    let security = openssl("3.0.17-1~deb12u2");
    let parts = [DEBIAN, IN_RELEASE, FRESH, main, &security, &installed()];
    expect(&parts, "off (A security update waits to be installed: openssl)");
    // A newer version that mends no security fault is not waited for.
    let parts = [DEBIAN, IN_RELEASE, FRESH, main, &openssl("3.0.15-1"), &installed()];
    expect(&parts, "on (No security update)");
}

#[test]
fn a_pin_that_keeps_a_package_back_is_somebodys_choice() {
    let newer = openssl("3.0.17-1~deb12u1");
    let pin = "@file /etc/apt/preferences.d/mine\nPackage: openssl\nPin: version 3.0.16*\nPin-Priority: 1001\n";
    let with = |pin: &str, expected: &str| expect(&[DEBIAN, IN_RELEASE, FRESH, &newer, &installed(), pin], expected);
    with(pin, "on (No security update is missing but one that is held back on purpose: openssl)");
    with(&pin.replace("openssl", "vim"), "off (openssl)");
    with(&pin.replace("mine", "mine.bak"), "off (openssl)");
    with(&pin.replace("preferences.d/mine", "preferences"), "on (held back on purpose: openssl)");
    with(&pin.replace("mine", "ubuntu-pro-esm-apps"), "off (openssl)");
    with("@denied /etc/apt/preferences.d/mine\n", "off inferred (openssl)");
    with(&pin.replace("Package: openssl", "Package: src:openssl"), "off inferred (openssl)");
}

#[test]
fn other_architectures_and_removed_packages_do_not_count() {
    let newer = openssl("3.0.17-1~deb12u1");
    let i386 = installed().replace("amd64", "i386");
    expect(&[DEBIAN, IN_RELEASE, FRESH, &newer, &i386], "on (No security update)");
    let all = installed().replace("amd64", "all");
    expect(&[DEBIAN, IN_RELEASE, FRESH, &newer, &all], "off (openssl)");
    let becomes_all = newer.replace("Architecture: amd64\nVersion: 3", "Architecture: all\nVersion: 3");
    expect(&[DEBIAN, IN_RELEASE, FRESH, &becomes_all, &installed()], "off (openssl)");
    let removed = installed().replace("install ok installed", "deinstall ok config-files");
    expect(&[DEBIAN, IN_RELEASE, FRESH, &newer, &removed], "on (No security update)");
}

#[test]
fn what_cannot_be_compared_is_unknown() {
    expect(&[DEBIAN], "unknown (The package lists have never been fetched)");
    expect(&[DEBIAN, FRESH, &installed()], "unknown (name no security archive)");
    let foreign = IN_RELEASE.replace("Codename: bookworm", "Codename: bullseye");
    expect(&[DEBIAN, &foreign, FRESH, &openssl("1"), &installed()], "unknown (name no security archive)");
    expect(&[DEBIAN, IN_RELEASE, FRESH, &installed()], "unknown (there is no list of packages beside it)");
    let packed = openssl("1").replace("_Packages\n", "_Packages.bz2\nBZh91AY&SY\n");
    expect(&[DEBIAN, IN_RELEASE, FRESH, &packed, &installed()], "unknown (compressed in a way)");
    expect(&[DEBIAN, IN_RELEASE, FRESH, &openssl("1")], "unknown (/var/lib/dpkg/status does not exist)");
    let sid = DEBIAN.replace("VERSION_ID=\"12\"\n", "");
    expect(&[&sid, FRESH, &installed()], "unknown (no separate security archive)");
    let container = "@file /.dockerenv\n";
    expect(&[DEBIAN, IN_RELEASE, FRESH, &openssl("9"), &installed(), container], "unknown (container)");
}

#[test]
fn debian_says_when_a_restart_is_due() {
    let base = [DEBIAN, IN_RELEASE, FRESH];
    let list = openssl("1");
    let with = |extra: &str, status: &str| [&base.join("\n"), list.as_str(), status, extra].join("\n");
    let kernel = |abi: &str, version: &str| {
        format!("\n\nPackage: linux-image-{abi}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}")
    };
    let own = kernel("6.1.0-28-amd64", "6.1.119-1");
    let status = |more: &str| format!("{}{own}{more}\n", installed().trim_end());
    expect(&[&with("", &status(""))], "on (No security update)");
    let flag = "@file /run/reboot-required\nx\n@file /run/reboot-required.pkgs\nlibc6\nlibc6\n";
    expect(&[&with(flag, &status(""))], "off (An installed update waits for a restart)");
    expect(&[&with(flag, &status(""))], "off (/run/reboot-required.pkgs: libc6)");
    let newer = status(&kernel("6.1.0-29-amd64", "6.1.123-1"));
    expect(&[&with("", &newer)], "off (kernel 6.1.0-29-amd64 is installed, 6.1.0-28-amd64 is running)");
    expect(&[&with("@dir /sys/kernel/livepatch/p1", &newer)], "on (No security update)");
    let other_flavour = status(&kernel("6.1.0-29-cloud-amd64", "6.1.123-1"));
    expect(&[&with("", &other_flavour)], "on (No security update)");
    let same = installed().trim_end().to_owned() + &kernel("6.1.0-28-amd64", "6.1.120-1") + "\n";
    expect(&[&with("", &same)], "off (kernel 6.1.120-1 is installed, 6.1.119-1 is running)");
}

#[test]
fn each_family_says_in_its_own_way_that_a_restart_is_due() {
    let os = |id: &str| format!("@file /etc/os-release\nID={id}\nVERSION_ID=43\n");
    let fedora = "@file /proc/sys/kernel/osrelease\n6.17.8-300.fc43.x86_64\n\
                  @file /usr/lib/modules/6.17.8-300.fc43.x86_64/vmlinuz\nx\n";
    let newer = "@file /usr/lib/modules/6.17.10-300.fc43.x86_64/vmlinuz\nx\n";
    expect(&[&os("fedora"), fedora, newer], "off (kernel 6.17.10-300.fc43.x86_64 is installed)");
    let livepatch = "@dir /sys/kernel/livepatch/p1";
    expect(&[&os("fedora"), fedora, newer, livepatch], "unknown (/etc/yum.repos.d does not exist)");
    let booted = "@file /run/ostree-booted\n";
    expect(&[&os("fedora"), booted, "@file /run/ostree/staged-deployment\nx\n"], "off (waits for a restart)");
    let leap = os("opensuse-leap").replace("43", "16.0");
    expect(&[&leap, "@file /run/reboot-needed\nreboot\n"], "off (waits for a restart)");
    expect(&[&leap], "unknown (/etc/zypp/repos.d does not exist)");
    let kernel = "@file /proc/sys/kernel/osrelease\n6.12.0-160000.5-default\n\
                  @file /usr/lib/modules/6.12.0-160000.5-default/vmlinuz\nx\n";
    let newer = "@file /usr/lib/modules/6.12.0-160000.26-default/vmlinuz\nx\n";
    expect(&[&leap, kernel, newer], "off (kernel 6.12.0-160000.26-default is installed)");
    expect(&[&leap, kernel, &newer.replace("26-default", "26-rt")], "unknown (/etc/zypp/repos.d does not exist)");
    let arch = "@file /proc/sys/kernel/osrelease\n6.17.8-arch1-1\n";
    let modules = |release: &str| format!("@file /usr/lib/modules/{release}/pkgbase\nlinux\n");
    expect(&[&os("arch"), arch, &modules("6.17.9-arch1-1")], "off (has been replaced)");
    let left = "@dir /usr/lib/modules/6.17.8-arch1-1/updates\n";
    expect(&[&os("arch"), arch, &modules("6.17.9-arch1-1"), left], "off (has been replaced)");
    expect(&[&os("arch"), arch, &modules("6.17.8-arch1-1")], "unknown (/etc/pacman.conf does not exist)");
    let alpine = "@file /proc/sys/kernel/osrelease\n6.12.56-0-lts\n@file /lib/modules/6.12.58-0-lts/modules.dep\nx\n";
    expect(&[&os("alpine"), alpine], "off (has been replaced)");
    let nixos = |current: &str| {
        format!(
            "@file /nix/store/a\nx\n@file /nix/store/b\nx\n@link /run/booted-system/kernel -> /nix/store/a\n@link /run/current-system/kernel -> {current}\n"
        )
    };
    expect(&[&os("nixos"), &nixos("/nix/store/b")], "off (another kernel)");
    expect(&[&os("nixos"), &nixos("/nix/store/a")], "unknown (Of which day this system is could not be told)");
    expect(&[&os("slackware")], "unknown (does not know this distribution's package manager)");
}

/// A tar archive of text files, packed with gzip as pacman and apk have it.
fn packed(files: &[(&str, &str)]) -> String {
    let mut archive = Vec::new();
    for (name, text) in files {
        let mut block = vec![0_u8; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
        block[156] = if name.ends_with('/') { b'5' } else { b'0' };
        block.extend(text.as_bytes());
        block.resize(block.len().next_multiple_of(512), 0);
        archive.extend(block);
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, &archive).expect("in memory");
    gzip.finish().expect("in memory").iter().map(|byte| format!("{byte:02x}")).collect()
}

mod alpine;
mod images;
mod pacman;
mod rpm;
