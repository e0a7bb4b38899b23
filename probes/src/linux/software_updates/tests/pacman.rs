//! Arch and Manjaro: what the databases have, what the settings leave alone, and how old they are.

use super::{expect, packed};

const ARCH: &str = "@file /etc/os-release\nID=arch\nBUILD_ID=rolling\n\
                    @file /proc/sys/kernel/osrelease\n6.17.8-arch1-1\n\
                    @file /usr/lib/modules/6.17.8-arch1-1/pkgbase\nlinux\n";

const CONF: &str = "@file /etc/pacman.conf\n[options]\nIgnorePkg = nvidia*\nIgnoreGroup=none\n\
                    Include = /etc/pacman.d/more/*.conf\n[core]\nInclude = /etc/pacman.d/mirrorlist\n[extra]\n\
                    [search]\nServer = x\nUsage = Search\n@file /etc/pacman.d/mirrorlist\nServer = x\n";

/// Installed packages by the names of their folders.
fn local(folders: &[&str]) -> String {
    let desc = |folder: &&str| format!("@file /var/lib/pacman/local/{folder}/desc\n%GROUPS%\nkde\n\n");
    "@file /var/lib/pacman/local/ALPM_DB_VERSION\n9\n".to_owned() + &folders.iter().map(desc).collect::<String>()
}

fn database(name: &str, day: &str, folders: &[&str]) -> String {
    let members: Vec<(String, &str)> =
        folders.iter().flat_map(|f| [(format!("{f}/"), ""), (format!("{f}/desc"), "%NAME%\nx\n")]).collect();
    let members: Vec<(&str, &str)> = members.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    format!("@hex /var/lib/pacman/sync/{name}.db mtime=2026-{day}T06:00:00Z\n{}\n", packed(&members))
}

#[track_caller]
fn with(installed: &[&str], core: &[&str], extra: &[&str], expected: &str) {
    let parts = [ARCH, CONF, &local(installed), &database("core", "11-20", core), &database("extra", "11-21", extra)];
    expect(&parts, expected);
}

#[test]
fn every_newer_version_in_the_repositories_is_an_update() {
    with(&["bash-5.3.3-2"], &["bash-5.3.3-2"], &[], "on (No update is missing, as of 2 days ago)");
    with(&["bash-5.3.3-2"], &["bash-5.3.9-1"], &[], "off (An update waits to be installed: bash)");
    with(&["bash-5.3.3-2"], &["bash-5.3.2-9"], &[], "on");
    with(&["bash-9-1"], &["bash-1:1-1"], &[], "off (bash 9-1, the repositories have 1:1-1)");
    with(&["bash-5.3.3-2"], &["bash-5.3.9-1"], &[], "off (every update counts)");
    let many = ["a-1-1", "b-1-1", "c-1-1", "d-1-1"];
    with(&many, &["a-2-1", "b-2-1"], &["c-2-1", "d-2-1"], "off (4 updates wait to be installed, a, b, c among them)");
}

#[test]
fn a_package_comes_from_the_first_repository_that_has_it() {
    with(&["bash-1-1"], &["bash-1-1"], &["bash-2-1"], "on (No update is missing)");
}

#[test]
fn what_the_settings_leave_alone_is_not_overdue_but_a_kernel_is() {
    with(&["nvidia-utils-1-1"], &[], &["nvidia-utils-2-1"], "on (held back on purpose: nvidia-utils)");
    let more = "@file /etc/pacman.d/more/a.conf\nIgnorePkg = linux vim\n";
    let base = |installed: &str, newer: &str| {
        [ARCH, CONF, more, &local(&[installed]), &database("core", "11-22", &[newer]), &database("extra", "11-22", &[])]
            .join("\n")
    };
    expect(&[&base("vim-1-1", "vim-2-1")], "on (held back on purpose: vim)");
    expect(&[&base("linux-1-1", "linux-2-1")], "off (linux)");
    // The group stands in what is installed of the package.
    let grouped = CONF.replace("IgnoreGroup=none", "IgnoreGroup=k?e");
    let parts = [ARCH, &grouped, &local(&["kate-1-1"]), &database("core", "11-22", &["kate-2-1"])];
    expect(&[&parts.join("\n"), &database("extra", "11-22", &[])], "on (held back on purpose: kate)");
}

#[test]
fn packages_from_elsewhere_are_said_and_make_it_a_conclusion() {
    with(&["bash-1-1", "yay-12.5-1"], &["bash-1-1"], &[], "on inferred (1 packages are in no repository)");
    with(&["bash-1-1", "yay-12.5-1"], &["bash-2-1"], &[], "off (bash)");
}

#[test]
fn old_databases_never_say_that_nothing_is_missing() {
    let old = |day: &str, version: &str| {
        let core = database("core", day, &[&format!("bash-{version}-1")]);
        [ARCH, CONF, &local(&["bash-1-1"]), &core, &database("extra", day, &[])].join("\n")
    };
    expect(&[&old("11-01", "1")], "unknown (The package lists are 22 days old)");
    expect(&[&old("11-01", "2")], "off (bash)");
    expect(&[&old("11-27", "1")], "unknown (newer than this computer's clock)");
}

#[test]
fn manjaros_steps_of_some_weeks_need_a_sync_that_was_seen() {
    let arch = ARCH.replace("ID=arch", "ID=manjaro\nID_LIKE=arch");
    let base = |day: &str| {
        let core = database("core", day, &["bash-1-1"]);
        [arch.as_str(), CONF, &local(&["bash-1-1"]), &core, &database("extra", day, &[])].join("\n")
    };
    expect(&[&base("11-05")], "unknown (18 days old)");
    let pamac = "@file /var/lib/pacman/sync/refresh_timestamp mtime=2026-11-22T09:00:00Z\n";
    expect(&[&base("11-05"), pamac], "on inferred (No update is missing, as of today)");
    expect(&[&base("10-01"), pamac], "unknown (53 days old)");
    let log = |first: &str| {
        format!(
            "@file /var/log/pacman.log\n[2026-11-20T10:00:00+0100] [PACMAN] {first}\n\
             [2026-11-20T10:00:09+0100] [PACMAN] starting full system upgrade\n[2026-11-20T10:00:10+0100] [ALPM] x\n"
        )
    };
    expect(&[&base("11-05"), &log("synchronizing package lists")], "on inferred (as of 2 days ago)");
    expect(&[&base("11-05"), &log("Running 'pacman -Su'")], "unknown (18 days old)");
}

#[test]
fn what_is_absent_denied_or_broken_is_unknown() {
    let core = database("core", "11-22", &["a-1-1"]);
    let extra = database("extra", "11-22", &[]);
    let all = local(&["a-1-1"]);
    expect(&[ARCH, CONF, &all, &core], "unknown (extra.db has never been fetched)");
    expect(&[ARCH, &all, &core, &extra], "unknown (/etc/pacman.conf does not exist)");
    expect(&[ARCH, "@denied /etc/pacman.conf\n", &all], "unknown (may not be read)");
    expect(&[ARCH, CONF, &core, &extra], "unknown (/var/lib/pacman/local does not exist)");
    expect(&[ARCH, CONF, &all, &core, "@denied /var/lib/pacman/sync/extra.db\n"], "unknown (may not be read)");
    let torn = core.trim_end().len() - 30;
    expect(&[ARCH, CONF, &all, &core[..torn], "\n", &extra], "unknown (could not be understood)");
    let xz = "@hex /var/lib/pacman/sync/core.db\nfd377a585a0000\n";
    expect(&[ARCH, CONF, &all, xz, &extra], "unknown (compressed in a way that cannot be read)");
    let nothing = "@file /etc/pacman.conf\n[options]\n";
    expect(&[ARCH, nothing, &all], "unknown (names no repository)");
    let hidden = format!("{CONF}@denied /etc/pacman.d/more/z.conf\n");
    expect(&[ARCH, &hidden, &all, &database("core", "11-22", &["a-2-1"]), &extra], "off inferred (a)");
}
