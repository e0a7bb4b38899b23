//! Recorded hosts for what has updates of its own beside the system's: snaps and flatpaks.

use super::tests::{PROGRAM, SETTINGS, START, expect, os, running, units};
use crate::finding::Finding;
use crate::host::fixture::{FixtureHost, findings};
use crate::linux::gsettings::tests::schemas;
use crate::practice::PracticeId;

const FIREFOX: &str = "@link /snap/firefox/current -> 7177\n@file /snap/firefox/7177/meta/snap.yaml\nname: firefox\n";

const BASES: &str = "@link /snap/snapd/current -> 1\n@file /snap/snapd/1/meta/snap.yaml\ntype: snapd\n\
    @link /snap/core24/current -> 1\n@file /snap/core24/1/meta/snap.yaml\ntype: base\n";

const FOR_GOOD: &str = "@snapd hold=2318-11-23T08:00:00Z\n";

const FLATPAK: &str = "@link /var/lib/flatpak/app/org.a.B/current -> x86_64/stable\n";

const OWN_FLATPAK: &str = "@link /home/ann/.local/share/flatpak/app/org.a.B/current -> x86_64/stable\n";

fn apt() -> String {
    [&os("ubuntu"), &SETTINGS.replace("Debian", "Ubuntu"), PROGRAM, &running()].concat()
}

/// Ubuntu with its own updates on, snapd in this state, and these lines.
#[track_caller]
fn snaps(service: (&str, &str), socket: (&str, &str), more: &[&str], expected: &str) {
    let snapd = units(&[("snapd.service", service.0, service.1), ("snapd.socket", socket.0, socket.1)]);
    expect(&[&apt(), &snapd, &more.concat()], expected);
}

const RUNS: (&str, &str) = ("active", "enabled");

fn finding(parts: &[&str]) -> Finding {
    let text = format!("{START}{}", parts.concat());
    let host = FixtureHost::parse(&text, "x").unwrap_or_else(|error| panic!("{error}"));
    let found = findings(&host).into_iter().find(|finding| finding.practice == PracticeId::AutomaticUpdates);
    found.expect("a finding")
}

/// What evidence says, one line each.
fn seen(parts: &[&str]) -> String {
    finding(parts).evidence.iter().map(|one| format!("{}: {}\n", one.source, one.saw)).collect()
}

#[track_caller]
fn sees(parts: &[&str], words: &str) {
    let seen = seen(parts);
    assert!(seen.contains(words), "{seen}");
}

#[test]
fn a_hold_on_all_snaps_is_off_though_the_system_updates_itself() {
    snaps(RUNS, RUNS, &[FIREFOX, FOR_GOOD], "off (on hold for good)");
    snaps(RUNS, RUNS, &[FIREFOX, "@snapd hold=2026-12-24T08:00:00Z\n"], "off (on hold until 2026-12-24)");
    snaps(RUNS, RUNS, &[FIREFOX, "@snapd held=firefox:2026-12-01T00:00:00Z\n"], "off (on hold until 2026-12-01)");
}

#[test]
fn a_hold_of_snapds_own_or_of_the_past_or_of_a_single_snap_is_none() {
    let two = FIREFOX.to_owned() + &FIREFOX.replace("firefox", "thunderbird");
    for says in [
        "@snapd\n",
        "@snapd last=2026-11-23T02:00:00Z hold=2026-11-23T14:00:00Z\n",
        "@snapd hold=2026-10-01T00:00:00Z\n",
        "@snapd held=firefox:2318-11-23T08:00:00Z\n",
    ] {
        snaps(RUNS, RUNS, &[&two, says], "on (Security updates install themselves)");
    }
}

#[test]
fn without_snaps_that_somebody_uses_a_hold_means_nothing() {
    snaps(RUNS, RUNS, &[BASES, FOR_GOOD], "on");
    snaps(("inactive", "masked"), RUNS, &[BASES], "on");
    snaps(RUNS, RUNS, &[FOR_GOOD], "on");
}

#[test]
fn snapd_that_is_switched_off_updates_no_snaps() {
    snaps(("inactive", "masked"), RUNS, &[FIREFOX], "off (snapd, which does it, is switched off)");
    snaps(("inactive", "enabled"), ("inactive", "masked-runtime"), &[FIREFOX], "off (snapd, which does it)");
    snaps(("inactive", "disabled"), ("inactive", "disabled"), &[FIREFOX], "off (snapd, which does it)");
    // The first program that asks starts it.
    snaps(("inactive", "disabled"), ("active", "enabled"), &[FIREFOX], "on");
}

#[test]
fn snapd_that_does_not_run_is_not_asked() {
    snaps(("inactive", "enabled"), RUNS, &[FIREFOX, FOR_GOOD], "on");
    let snapd = units(&[("snapd.service", "inactive", "enabled"), ("snapd.socket", "active", "enabled")]);
    sees(&[&apt(), &snapd, FIREFOX, FOR_GOOD], "snapd: not seen to run, and asking would start it");
}

#[test]
fn snapd_that_does_not_answer_leaves_the_rest_of_the_answer() {
    for error in ["@snapd !timeout\n", "@snapd !denied\n", "@snapd !garbled odd\n", ""] {
        snaps(RUNS, RUNS, &[FIREFOX, error], "on (Security updates install themselves)");
    }
    let snapd = units(&[("snapd.service", "active", "enabled"), ("snapd.socket", "active", "enabled")]);
    sees(&[&apt(), &snapd, FIREFOX, "@snapd !timeout\n"], "whether updates of snaps are on hold could not be asked");
    sees(&[&apt(), &snapd, FIREFOX, "@snapd\n"], "snapd: snapd refreshes snaps by itself\n");
    sees(
        &[&apt(), &snapd, FIREFOX, "@snapd last=2026-11-23T02:00:00Z hold=2026-11-23T14:00:00Z\n"],
        "by itself; it last looked at 2026-11-23T02:00:00Z; it waits until 2026-11-23T14:00:00Z\n",
    );
    sees(&[&apt(), &snapd, FIREFOX, "@snapd held=gimp:2318-11-23T08:00:00Z\n"], "snap gimp: held until 2318");
    sees(&[&apt(), FIREFOX, "@denied /var/lib/snapd/snap kind=dir\n"], "which snaps are installed could not be read");
}

#[test]
fn where_nothing_is_updated_at_all_that_is_said_first() {
    let snapd = units(&[("snapd.service", "active", "enabled"), ("snapd.socket", "active", "enabled")]);
    expect(&[&os("fedora"), &snapd, FIREFOX, FOR_GOOD], "off (Nothing on this system installs updates by itself)");
    expect(
        &[&apt(), &snapd, FIREFOX, FOR_GOOD, "@file /etc/apt/apt.conf.d/99x\nAPT::Periodic::Enable \"0\";\n"],
        "off (Enable is 0)",
    );
    sees(&[&os("fedora"), &snapd, FIREFOX, FOR_GOOD], "snapd: hold until 2318-11-23T08:00:00Z");
}

#[test]
fn a_hold_is_seen_also_where_the_systems_own_settings_are_not() {
    snaps(RUNS, RUNS, &[FIREFOX, FOR_GOOD, "@denied /etc/apt/apt.conf.d/99secret\n"], "off (on hold for good)");
    snaps(RUNS, RUNS, &[FIREFOX, "@snapd\n", "@denied /etc/apt/apt.conf.d/99secret\n"], "unknown (99secret)");
}

#[test]
fn nobody_who_updates_flatpaks_is_said_and_does_not_decide() {
    expect(&[&apt(), FLATPAK], "on (Security updates install themselves)");
    sees(&[&apt(), FLATPAK], "/var/lib/flatpak/app: nothing updates flatpaks by itself\n");
    sees(&[&apt(), OWN_FLATPAK], "/home/ann/.local/share/flatpak/app: nothing updates flatpaks by itself\n");
    assert!(!seen(&[&apt()]).contains("flatpak"));
    // What was removed leaves its directory behind.
    assert!(!seen(&[&apt(), "@dir /var/lib/flatpak/app/org.a.B\n"]).contains("flatpak"));
}

#[test]
fn a_timer_updates_the_flatpaks_it_is_for() {
    let system = |name: &str, state: (&str, &str)| {
        let names = ["flatpak-update.timer", "flatpak-system-update.timer", "uupd.timer", "ublue-update.timer"];
        units(&names.map(|one| if one == name { (one, state.0, state.1) } else { (one, "-", "") }))
    };
    let both = [FLATPAK, OWN_FLATPAK].concat();
    let own = "/home/ann/.local/share/flatpak/app";
    let timer = system("flatpak-system-update.timer", ("active", "enabled"));
    let text = seen(&[&apt(), &both, &timer]);
    assert!(text.contains("/var/lib/flatpak/app: flatpak-system-update.timer updates these flatpaks\n"), "{text}");
    assert!(text.contains(&format!("{own}: nothing updates flatpaks by itself\n")), "{text}");
    sees(&[&apt(), &both, &system("uupd.timer", ("active", "enabled"))], &format!("{own}: uupd.timer updates"));
    sees(&[&apt(), FLATPAK, &system("flatpak-update.timer", ("active", "disabled"))], "nothing updates flatpaks");
}

#[test]
fn a_timer_of_the_user_updates_flatpaks_unless_it_is_masked() {
    let both = [FLATPAK, OWN_FLATPAK].concat();
    let wanted = |folder: &str, name: &str| {
        format!("@link {folder}/timers.target.wants/{name} -> ../{name}\n@file {folder}/{name}\n[Timer]\n")
    };
    let timer = wanted("/home/ann/.config/systemd/user", "flatpak-update.timer");
    let text = seen(&[&apt(), &both, &timer]);
    assert_eq!(text.matches("flatpak-update.timer (of the user) updates these flatpaks").count(), 2, "{text}");
    let timer = wanted("/etc/systemd/user", "flatpak-user-update.timer");
    let text = seen(&[&apt(), &both, &timer]);
    assert!(text.contains("/var/lib/flatpak/app: nothing updates"), "{text}");
    assert!(text.contains("share/flatpak/app: flatpak-user-update.timer (of the user) updates"), "{text}");
    let mask = "@link /home/ann/.config/systemd/user/flatpak-user-update.timer -> /dev/null\n";
    sees(&[&apt(), OWN_FLATPAK, &timer, mask], "nothing updates flatpaks by itself");
}

#[test]
fn a_software_centre_that_installs_by_itself_updates_flatpaks() {
    let discover = "@file /usr/bin/plasma-discover mode=0755\nx\n@file /home/ann/.config/PlasmaDiscoverUpdates\n[Global]\nUseUnattendedUpdates=true\n";
    let notifier = "@process 7 uid=1000 /usr/lib/DiscoverNotifier\n";
    sees(&[&apt(), FLATPAK, discover, notifier], "Discover updates these flatpaks");
    sees(&[&apt(), FLATPAK, discover], "nothing updates flatpaks by itself");
    sees(&[&apt(), FLATPAK, discover, "@process !denied\n"], "whether something updates flatpaks by itself could not");
}

#[test]
fn gnome_software_and_mints_update_manager_do_it_where_that_was_chosen() {
    let software = |download: &str| {
        let keys = [("download-updates", download), ("allow-updates", "true")];
        schemas(&[("org.gnome.software", "/org/gnome/software/", &keys)])
            + "@file /usr/bin/gnome-software mode=0755\nx\n@process 7 uid=1000 /usr/bin/gnome-software\n"
    };
    sees(&[&apt(), FLATPAK, &software("true")], "GNOME Software updates these flatpaks");
    sees(&[&apt(), FLATPAK, &software("false")], "nothing updates flatpaks by itself");
    let mint = |chosen: &str| {
        let keys = [("auto-update-flatpaks", chosen)];
        schemas(&[("com.linuxmint.updates", "/com/linuxmint/updates/", &keys)])
            + "@file /usr/bin/mintupdate mode=0755\nx\n"
    };
    sees(&[&apt(), FLATPAK, &mint("true")], "the Update Manager updates these flatpaks");
    sees(&[&apt(), FLATPAK, &mint("false")], "nothing updates flatpaks by itself");
}
