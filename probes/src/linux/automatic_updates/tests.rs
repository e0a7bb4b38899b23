//! Recorded hosts, one for each row of the decision tables.

use super::PROBE;
use crate::host::fixture::check_probe;

pub(super) const START: &str =
    "@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n@dir /run/systemd/system\n";

pub(super) const SETTINGS: &str = "@file /etc/apt/apt.conf.d/20auto-upgrades
APT::Periodic::Update-Package-Lists \"1\";
APT::Periodic::Unattended-Upgrade \"1\";
@file /etc/apt/apt.conf.d/50unattended-upgrades
Unattended-Upgrade::Origins-Pattern {
        // \"origin=Debian,codename=${distro_codename}-updates\";
        \"origin=Debian,codename=${distro_codename},label=Debian\";
        \"origin=Debian,codename=${distro_codename}-security,label=Debian-Security\";
};
";

pub(super) const PROGRAM: &str = "@file /usr/bin/unattended-upgrade mode=0755\nx\n";

pub(super) fn os(id: &str) -> String {
    match id {
        "debian" => "@file /etc/os-release\nID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n".to_owned(),
        "ubuntu" => {
            "@file /etc/os-release\nID=ubuntu\nVERSION_ID=24.04\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n"
                .to_owned()
        }
        id => format!("@file /etc/os-release\nID={id}\nVERSION_ID=43\n"),
    }
}

/// What the service manager answers when asked for these names: each with its active state and its
/// unit file's state, `-` for a unit that does not exist.
pub(super) fn units(states: &[(&str, &str, &str)]) -> String {
    let names: Vec<&str> = states.iter().map(|(name, _, _)| *name).collect();
    let names = serde_json::to_string(&names).expect("names");
    let there = || states.iter().filter(|(_, active, _)| *active != "-");
    let loaded: Vec<_> =
        there().map(|(name, active, _)| serde_json::json!([name, "", "loaded", active, "waiting", ""])).collect();
    let files: Vec<_> =
        there().map(|(name, _, file)| serde_json::json!([format!("/usr/lib/systemd/system/{name}"), file])).collect();
    let call = "@dbus system org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager";
    format!(
        "{call}.ListUnitsByPatterns [[],{names}]\n{}\n{call}.ListUnitFilesByPatterns [[],{names}]\n{}\n",
        serde_json::to_string(&loaded).expect("json"),
        serde_json::to_string(&files).expect("json")
    )
}

fn apt_timers(daily: (&str, &str), upgrade: (&str, &str)) -> String {
    units(&[("apt-daily.timer", daily.0, daily.1), ("apt-daily-upgrade.timer", upgrade.0, upgrade.1)])
}

pub(super) fn running() -> String {
    apt_timers(("active", "enabled"), ("active", "enabled"))
}

#[track_caller]
pub(super) fn expect(parts: &[&str], expected: &str) {
    check_probe(PROBE, &format!("{START}{}", parts.join("\n")), &format!("automaticUpdates: {expected}"));
}

#[test]
fn unattended_upgrades_with_both_timers_and_the_security_origin_is_on() {
    expect(&[&os("debian"), SETTINGS, PROGRAM, &running()], "on (Security updates install themselves)");
}

#[test]
fn an_upgrade_that_has_been_silent_for_long_is_said() {
    let stamp = |name: &str, day: &str| format!("@file /var/lib/apt/periodic/{name} mtime=2026-{day}T08:00:00Z\n");
    let with = |stamps: &str, expected: &str| {
        expect(&[&os("debian"), SETTINGS, PROGRAM, &running(), stamps], expected);
    };
    let silent = "on inferred (have not done so for 31 days)";
    with(&(stamp("upgrade-stamp", "10-23") + &stamp("update-stamp", "11-22")), silent);
    // Neither timer does anything, although both are active.
    with(&(stamp("upgrade-stamp", "10-23") + &stamp("update-stamp", "10-22")), silent);
    with(&stamp("update-stamp", "11-22"), "on inferred (have not done so yet)");
    with(&stamp("upgrade-stamp", "11-22"), "on (Security updates install themselves)");
    with(&stamp("upgrade-stamp", "12-22"), "on (Security updates install themselves)");
}

#[test]
fn each_thing_that_is_missing_is_off_and_named() {
    let debian = os("debian");
    expect(
        &[&debian, SETTINGS, &running()],
        "off (unattended-upgrades, which installs updates by itself, is not installed)",
    );
    let later = |line: &str| format!("@file /etc/apt/apt.conf.d/99local\n{line}\n");
    let cases = [
        ("APT::Periodic::Unattended-Upgrade \"0\";", "APT::Periodic::Unattended-Upgrade is not set"),
        ("apt { periodic { Enable 0; }; };", "APT::Periodic::Enable is 0"),
        ("APT::Periodic::Update-Package-Lists \"0\";", "Package lists are not fetched"),
        (
            "APT::Periodic::Unattended-Upgrade \"0\"; APT::Periodic::Download-Upgradeable-Packages \"1\";",
            "downloaded by themselves, but not installed",
        ),
        ("#clear Unattended-Upgrade::Origins-Pattern;", "not allowed to install security updates"),
        ("Unattended-Upgrade::Package-Blacklist { \".*\"; };", "leave out every package"),
    ];
    for (line, why) in cases {
        expect(&[&debian, SETTINGS, PROGRAM, &running(), &later(line)], &format!("off ({why})"));
    }
    let backup = "@file /etc/apt/apt.conf.d/99local.bak\nAPT::Periodic::Enable \"0\";\n";
    expect(&[&debian, SETTINGS, PROGRAM, &running(), backup], "on");
    let last = "@file /etc/apt/apt.conf\nAPT::Periodic::Unattended-Upgrade \"0\";\n";
    expect(&[&debian, SETTINGS, PROGRAM, &running(), last], "off");
    expect(&[&debian, PROGRAM, &running()], "off (APT::Periodic::Unattended-Upgrade is not set)");
}

#[test]
fn a_timer_that_is_off_stops_everything() {
    let debian = os("debian");
    for timers in [
        apt_timers(("active", "enabled"), ("inactive", "enabled")),
        apt_timers(("active", "enabled"), ("active", "disabled")),
        apt_timers(("inactive", "masked"), ("active", "enabled")),
        apt_timers(("-", ""), ("active", "enabled")),
    ] {
        expect(&[&debian, SETTINGS, PROGRAM, &timers], "off (the timers that start them are off)");
    }
}

#[test]
fn an_unreadable_or_broken_file_is_unknown() {
    let debian = os("debian");
    let denied = "@denied /etc/apt/apt.conf.d/99secret\n";
    expect(&[&debian, SETTINGS, PROGRAM, &running(), denied], "unknown (99secret)");
    let broken = "@file /etc/apt/apt.conf.d/99broken\nAPT::Periodic { Enable \"1\"\n";
    expect(&[&debian, SETTINGS, PROGRAM, &running(), broken], "unknown (99broken)");
}

#[test]
fn only_this_releases_own_security_archive_covers_it() {
    let start = "@file /etc/apt/apt.conf.d/20auto-upgrades\nAPT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"always\";\n";
    let with = |os: &str, list: &str, entry: &str, expected: &str| {
        let origins = format!(
            "@file /etc/apt/apt.conf.d/50unattended-upgrades\nUnattended-Upgrade::{list} {{ \"{entry}\"; }};\n"
        );
        expect(&[os, start, &origins, PROGRAM, &running()], expected);
    };
    let (debian, ubuntu) = (os("debian"), os("ubuntu"));
    with(&ubuntu, "Allowed-Origins", "${distro_id}:${distro_codename}-security", "on");
    with(&ubuntu, "Allowed-Origins", "${distro_id}:${distro_codename}", "off");
    with(&ubuntu, "Allowed-Origins", "Ubuntu:jammy-security", "off");
    with(&ubuntu, "Allowed-Origins", "Google LLC:stable", "off");
    with(&debian, "Origins-Pattern", "origin=Debian,codename=${distro_codename},label=Debian-Security", "off");
    let buster = debian.replace("bookworm", "buster");
    with(&buster, "Origins-Pattern", "origin=Debian,codename=${distro_codename},label=Debian-Security", "on");
    with(&debian, "Origins-Pattern", "o=Debian,a=stable-security", "on");
    with(&debian, "Origins-Pattern", "origin=*", "on");
    with(&debian, "Origins-Pattern", "origin=Debian,codename=bullseye-security,label=Debian-Security", "off");
    with(&debian, "Origins-Pattern", "origin=Debian,codename=${distro_codename},label=Debian", "off");
    let mint = "@file /etc/os-release\nID=linuxmint\nVERSION_ID=22.1\nVERSION_CODENAME=xia\nUBUNTU_CODENAME=noble\n";
    with(mint, "Allowed-Origins", "Ubuntu:noble-security", "on");
    with(mint, "Allowed-Origins", "${distro_id}:${distro_codename}-security", "on inferred");
}

#[test]
fn patterns_are_held_against_what_the_fetched_archive_says_of_itself() {
    let start = "@file /etc/apt/apt.conf.d/20auto-upgrades\nAPT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n";
    let list = "@file /var/lib/apt/lists/deb.debian.org:80_debian-security_dists_bookworm-security_InRelease\nOrigin: Debian\nLabel: Debian-Security\nSuite: oldstable-security\nCodename: bookworm-security\n";
    let with = |pattern: &str, expected: &str| {
        let origins = format!(
            "@file /etc/apt/apt.conf.d/50unattended-upgrades\nUnattended-Upgrade::Origins-Pattern {{ \"{pattern}\"; }};\n"
        );
        expect(&[&os("debian"), start, &origins, PROGRAM, &running(), list], expected);
    };
    with("origin=Debian,suite=oldstable-security", "on");
    with("origin=Debian,suite=stable-security", "off (not allowed to install security updates)");
    with("o=Debian,a=stable", "off");
    with("origin=Debian,codename=${distro_codename},label=Debian-Security", "off");
    with("origin=Debian,codename=${distro_codename}-security,label=Debian-Security", "on");
    with("site=deb.debian.org", "on");
    with("site=security.debian.org", "off");
}

#[test]
fn how_often_is_read_as_the_daily_script_reads_it() {
    let with = |key: &str, value: &str, expected: &str| {
        let later = format!("@file /etc/apt/apt.conf.d/99own\nAPT::Periodic::{key} \"{value}\";\n");
        expect(&[&os("debian"), SETTINGS, PROGRAM, &running(), &later], expected);
    };
    for value in ["1", "7d", "12h", "90m", "600s", "always", "0d", "0s", "00", "-1", "", " "] {
        with("Unattended-Upgrade", value, "on");
    }
    for value in ["0", "1x", "true", "yes", "no", "word"] {
        with("Unattended-Upgrade", value, "off (APT::Periodic::Unattended-Upgrade is not set)");
    }
    for value in ["0", "00", "-0"] {
        with("Enable", value, "off (APT::Periodic::Enable is 0)");
    }
    for value in ["1", "true", "false", "0d", "", "always"] {
        with("Enable", value, "on");
    }
}

#[test]
fn a_list_of_exceptions_counts_where_it_leaves_nothing_over() {
    let with = |line: &str, expected: &str| {
        let later = format!("@file /etc/apt/apt.conf.d/99own\n{line}\n");
        expect(&[&os("debian"), SETTINGS, PROGRAM, &running(), &later], expected);
    };
    for pattern in ["", ".", ".*", ".+", "^", "^.*$"] {
        let line = format!("Unattended-Upgrade::Package-Blacklist {{ \"{pattern}\"; }};");
        with(&line, "off (leave out every package)");
    }
    with("Unattended-Upgrade::Package-Blacklist { \"linux-.*\"; \"^vim$\"; };", "on");
    let only = "Unattended-Upgrade::Package-Whitelist { \"^vim$\"; };";
    let strict = "Unattended-Upgrade::Package-Whitelist-Strict \"true\";";
    with(only, "on");
    with(strict, "on");
    with(&format!("{only} {strict}"), "off (a few packages only)");
    with(&format!("{only} {}", strict.replace("true", "0")), "on");
    with(&format!("{} {strict}", only.replace("^vim$", ".*")), "on");
}

#[test]
fn mints_own_updater_needs_its_flag_and_its_timer() {
    let flag = "@file /var/lib/linuxmint/mintupdate-automatic-upgrades-enabled\n";
    let timer = |active: &str| units(&[("mintupdate-automation-upgrade.timer", active, "enabled")]);
    expect(&[&os("ubuntu"), flag, &timer("active")], "on (Update Manager)");
    expect(&[&os("ubuntu"), flag, &timer("inactive")], "off");
    expect(&[&os("ubuntu"), &timer("active")], "off (is not installed)");
}

/// The timers of dnf, all absent but the named one.
fn dnf(name: &str, active: &str, file: &str) -> String {
    let all: Vec<(&str, &str, &str)> = super::dnf::TIMERS
        .iter()
        .map(|known| if *known == name { (name, active, file) } else { (*known, "-", "") })
        .collect();
    units(&all)
}

#[test]
fn the_timer_decides_on_dnf_and_its_settings_where_it_obeys_them() {
    let fedora = os("fedora");
    expect(&[&fedora, &dnf("dnf-automatic-install.timer", "active", "enabled")], "on (dnf-automatic)");
    expect(&[&fedora, &dnf("dnf-automatic-notifyonly.timer", "active", "enabled")], "off (but not installed)");
    expect(&[&fedora, &dnf("dnf5-automatic.timer", "inactive", "disabled")], "off (its timer is off)");
    expect(&[&fedora, &dnf("none", "", "")], "off (Nothing on this system installs updates by itself)");
    let shipped = "@file /usr/share/dnf5/dnf5-plugins/automatic.conf\n[commands]\napply_updates = no\n";
    let set = "@file /etc/dnf/automatic.conf\n[commands]\nupgrade_type = security\napply_updates = yes\n";
    let timer = dnf("dnf5-automatic.timer", "active", "enabled");
    expect(&[&fedora, &timer, shipped], "off (apply_updates is off)");
    expect(&[&fedora, &timer, shipped, set], "on (dnf5-automatic.timer)");
    expect(&[&fedora, &timer, shipped, "@denied /etc/dnf/automatic.conf\n"], "unknown (may not be read)");
    let dnf4 = dnf("dnf-automatic.timer", "active", "enabled");
    expect(&[&os("rhel"), &dnf4, set], "on (dnf-automatic.timer)");
    expect(&[&os("rhel"), &dnf4, &shipped.replace("no", "yes")], "off (apply_updates is off)");
}

#[test]
fn image_based_fedora_needs_the_policy_and_the_timer() {
    let base = format!("{}@file /run/ostree-booted\n", os("fedora"));
    let names = [
        "bootc-fetch-apply-updates.timer",
        "ublue-update.timer",
        "uupd.timer",
        "rpm-ostreed-automatic.timer",
        "zincati.service",
    ];
    let timers = |on: &str| {
        let all: Vec<(&str, &str, &str)> = names
            .iter()
            .map(|name| if *name == on { (*name, "active", "enabled") } else { (*name, "-", "") })
            .collect();
        units(&all)
    };
    let policy = |word: &str| {
        format!("@file /etc/rpm-ostreed.conf\n[Daemon]\n#AutomaticUpdatePolicy=none\nAutomaticUpdatePolicy={word}\n")
    };
    let automatic = timers("rpm-ostreed-automatic.timer");
    expect(&[&base, &automatic, &policy("stage")], "on (rpm-ostree, stage)");
    expect(&[&base, &automatic, &policy("apply")], "on (rpm-ostree, apply)");
    expect(&[&base, &automatic, &policy("check")], "off (but not installed)");
    expect(&[&base, &timers(""), &policy("stage")], "off (rpm-ostreed-automatic.timer is off)");
    expect(&[&base, &automatic, &policy("none")], "off (Nothing on this system)");
    expect(&[&base, &timers("uupd.timer")], "on (uupd.timer)");
    expect(&[&base, &timers("bootc-fetch-apply-updates.timer")], "on (bootc-fetch-apply-updates.timer)");
    expect(&[&base, &timers("zincati.service")], "on inferred (zincati)");
    let off = "@file /etc/zincati/config.d/90-off.toml\n[updates]\nenabled = false\n";
    expect(&[&base, &timers("zincati.service"), off], "off (Nothing on this system)");
    let back = "@file /run/zincati/config.d/95-on.toml\n[updates]\nenabled = true\n";
    expect(&[&base, &timers("zincati.service"), off, back], "on inferred (zincati)");
    let same = back.replace("95-on", "90-off");
    expect(&[&base, &timers("zincati.service"), off, &same], "on inferred (zincati)");
}

#[test]
fn suse_has_timers_and_yasts_cron_job() {
    let suse = os("opensuse-leap");
    let timers = |tu: &str, os: &str| {
        units(&[("transactional-update.timer", tu, "enabled"), ("os-update.timer", os, "enabled")])
    };
    expect(&[&suse, &timers("active", "-")], "on (transactional-update.timer)");
    expect(&[&suse, &timers("-", "active")], "on (os-update.timer)");
    expect(&[&suse, &timers("inactive", "-")], "off (transactional-update.timer is off)");
    expect(&[&suse, &timers("-", "-")], "off (Nothing on this system)");
    let yast = "@file /etc/sysconfig/automatic_online_update\nAOU_ENABLE_CRONJOB=\"true\"\n";
    let job = "@file /etc/cron.weekly/opensuse.org-online_update\nx\n";
    expect(&[&suse, &timers("-", "-"), yast, job], "on inferred (YaST online update, weekly)");
    expect(&[&suse, &timers("-", "-"), yast], "off");
}

#[test]
fn testing_and_kali_get_their_fixes_through_the_archive_of_everything() {
    let start = "@file /etc/apt/apt.conf.d/20auto-upgrades\nAPT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n";
    let with = |os: &str, entry: &str, expected: &str| {
        let origins = format!(
            "@file /etc/apt/apt.conf.d/50unattended-upgrades\nUnattended-Upgrade::Origins-Pattern {{ \"{entry}\"; }};\n"
        );
        expect(&[os, start, &origins, PROGRAM, &running()], expected);
    };
    let testing = "@file /etc/os-release\nID=debian\nVERSION_CODENAME=forky\n";
    with(testing, "origin=Debian,codename=${distro_codename},label=Debian", "on");
    with(testing, "origin=Debian,codename=${distro_codename}-security,label=Debian-Security", "off");
    let kali = "@file /etc/os-release\nID=kali\nID_LIKE=debian\nVERSION_ID=2026.3\nVERSION_CODENAME=kali-rolling\n";
    with(kali, "origin=Kali,codename=kali-rolling", "on");
    with(kali, "origin=Debian,codename=bookworm,label=Debian-Security", "off");
}

#[test]
fn pops_switch_needs_its_service() {
    let pop = "@file /etc/os-release\nID=pop\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=24.04\nUBUNTU_CODENAME=noble\n";
    let conf = |value: &str| {
        format!("@file /etc/pop-system-updater/config.ron\n(\n    auto_update: {value},\n    schedule: None,\n)\n")
    };
    let service = |active: &str| units(&[("pop-system-updater.service", active, "enabled")]);
    expect(&[pop, &conf("true"), &service("active")], "on (Updates install themselves \u{28}Pop!_OS\u{29})");
    expect(&[pop, &conf("true"), &service("inactive")], "off (auto_update: true)");
    expect(&[pop, &conf("false"), &service("active")], "off (auto_update: false)");
}

#[test]
fn nixos_says_when_nothing_comes_of_its_upgrades() {
    let nixos = |active: &str| units(&[("nixos-upgrade.timer", active, "enabled")]);
    expect(&[&os("nixos"), &nixos("active")], "on (system.autoUpgrade)");
    expect(&[&os("nixos"), &nixos("-")], "off (system.autoUpgrade)");
    let built = |day: &str| format!("{}BUILD_ID=25.11.{day}.abcdef1\n", os("nixos"));
    expect(&[&built("20261110"), &nixos("active")], "on (system.autoUpgrade)");
    expect(&[&built("20260823"), &nixos("active")], "on inferred (what it is made of is 92 days old)");
}

#[test]
fn arch_has_a_timer_of_other_people_and_manjaro_downloads_ahead() {
    let timer = |active: &str| units(&[("pacman-auto-update.timer", active, "enabled")]);
    expect(&[&os("arch")], "unsupported (updated by hand)");
    expect(&[&os("arch"), &timer("active")], "on (pacman-auto-update.timer)");
    expect(&[&os("arch"), &timer("inactive")], "off (pacman-auto-update.timer)");
    let manjaro = os("manjaro") + "ID_LIKE=arch\n";
    expect(&[&manjaro, "@file /etc/pamac.conf\n#DownloadUpdates\nKeepNumPackages = 3\n"], "unsupported");
    expect(&[&manjaro, "@file /etc/pamac.conf\nDownloadUpdates\n"], "off (but not installed)");
}

#[test]
fn alpine_needs_a_job_and_cron() {
    let alpine = format!("{}@dir /run/openrc/started\n", os("alpine"));
    let cron = "@file /etc/init.d/crond\nx\n@link /run/openrc/started/crond -> /etc/init.d/crond\n\
                @link /etc/runlevels/default/crond -> /etc/init.d/crond\n";
    let job = "@file /etc/periodic/daily/apk-autoupgrade mode=0700\n#!/bin/sh\napk upgrade --update\n";
    let alpine = alpine.replace("@dir /run/systemd/system\n", "");
    let with = |parts: &[&str], expected: &str| {
        let text = START.replace("@dir /run/systemd/system\n", "") + &alpine + &parts.concat();
        check_probe(PROBE, &text, &format!("automaticUpdates: {expected}"));
    };
    with(&[job, cron], "on inferred (/etc/periodic/daily/apk-autoupgrade)");
    with(&[job], "off (cron is off)");
    with(&["@denied /etc/periodic/weekly/apk-cron\n", cron], "on inferred (/etc/periodic/weekly/apk-cron)");
    with(&["@file /etc/periodic/daily/logrotate\nx\n", cron], "off (Nothing on this system)");
    let table = "@file /etc/crontabs/root\n# apk upgrade\n0 2 * * * apk upgrade -U\n";
    with(&[table, cron], "on inferred (/etc/crontabs/root)");
    with(&["@denied /etc/crontabs/root\n", cron], "unknown (/etc/crontabs/root may not be read)");
}

#[test]
fn endless_and_ubuntu_core_update_themselves() {
    let timer = |active: &str| units(&[("eos-autoupdater.timer", active, "enabled")]);
    let endless = os("endless") + "ID_LIKE=debian\n";
    expect(&[&endless, &timer("active")], "on (eos-autoupdater)");
    let conf = |step: u8| {
        format!("@file /etc/eos-updater/eos-autoupdater.conf\n[Automatic Updates]\nLastAutomaticStep={step}\n")
    };
    expect(&[&endless, &timer("active"), &conf(3)], "on (LastAutomaticStep=3)");
    expect(&[&endless, &timer("active"), &conf(1)], "off (but not installed)");
    let snapd = |active: &str| units(&[("snapd.service", active, "enabled")]);
    let core = "@file /etc/os-release\nID=ubuntu-core\nID_LIKE=debian\nVERSION_ID=24\n";
    expect(&[core, &snapd("active")], "on inferred (snapd)");
    expect(&[core, &snapd("inactive")], "off (snapd)");
}

#[test]
fn what_no_mechanism_is_known_of_is_unknown() {
    expect(&[&os("slackware")], "unknown (does not know how this distribution updates itself)");
    expect(&[&os("debian"), SETTINGS, PROGRAM, &running(), "@file /.dockerenv\n"], "unknown (container)");
}

#[test]
fn discover_installs_only_where_that_was_chosen_and_its_notifier_runs() {
    let base = format!("{}@file /usr/bin/plasma-discover\nx\n", os("arch"));
    let chosen = "@file /home/ann/.config/PlasmaDiscoverUpdates\n[Global]\nUseUnattendedUpdates=true\n";
    let notifier = "@process 900 uid=1000 name=DiscoverNotifie /usr/lib/DiscoverNotifier\n";
    expect(
        &[&base, chosen, notifier],
        "on inferred (Discover downloads updates by itself and installs those of the system at the next restart)",
    );
    expect(&[&base, chosen], "off (its notifier is not running)");
    expect(&[&base, notifier], "off (tells of updates)");
    expect(&[&base, chosen, "@process !denied\n"], "unknown");
}
