//! Systems that are one image or snapshot: their age, and an update that the system noted itself.

use super::expect;

const SILVERBLUE: &str = "@file /run/ostree-booted\n@file /etc/os-release\nID=fedora\nVERSION_ID=43\n\
                          OSTREE_VERSION='43.20261120.0'\n";

#[test]
fn a_young_image_has_everything_until_its_day() {
    expect(&[SILVERBLUE], "on inferred (The system is of 2026-11-20 and has every update until then)");
    let old = SILVERBLUE.replace("20261120", "20261101");
    expect(&[&old], "unknown (The system is of 2026-11-01, 22 days ago, so newer versions may exist)");
    let ahead = SILVERBLUE.replace("20261120", "20261130");
    expect(&[&ahead], "unknown (in the future)");
    let no_day = SILVERBLUE.replace("OSTREE_VERSION='43.20261120.0'", "OSTREE_VERSION=9.6");
    expect(&[&no_day], "unknown (Of which day this system is could not be told)");
    let bootc = SILVERBLUE.replace("OSTREE_VERSION='43.20261120.0'", "IMAGE_VERSION=43.20261122.1");
    expect(&[&bootc], "on inferred (of 2026-11-22)");
}

#[test]
fn a_new_version_that_is_ready_waits_for_a_restart() {
    let staged = "@file /run/ostree/staged-deployment\nx\n";
    expect(&[SILVERBLUE, staged], "off (A new version of the system is ready and waits for a restart)");
}

#[test]
fn an_update_that_rpm_ostree_noted_is_missing() {
    // A dictionary with `version`: `43.20261122.0`, as GLib serialises it.
    let noted = "@hex /var/cache/rpm-ostree/cached-update.gv\n76657273696f6e0034332e32303236313132322e300000730819\n";
    expect(&[SILVERBLUE, noted], "off (A new version of the system waits to be installed: 43.20261122.0)");
    // What was noted has been installed since.
    expect(&[&SILVERBLUE.replace("20261120", "20261122"), noted], "on inferred");
    expect(&[SILVERBLUE, "@hex /var/cache/rpm-ostree/cached-update.gv\nffff\n"], "on inferred");
    let ask = "@dbus system org.projectatomic.rpmostree1 /org/projectatomic/rpmostree1";
    let get = "org.freedesktop.DBus.Properties.Get";
    let service = format!(
        "{ask}/Sysroot {get} [\"org.projectatomic.rpmostree1.Sysroot\",\"Booted\"]\n\
         \"/org/projectatomic/rpmostree1/fedora\"\n\
         {ask}/fedora {get} [\"org.projectatomic.rpmostree1.OS\",\"CachedUpdate\"]\n\
         {{\"version\":\"43.20261121.0\"}}\n"
    );
    expect(&[SILVERBLUE, &service], "off (waits to be installed: 43.20261121.0)");
    expect(&[SILVERBLUE, &service.replace("{\"version\":\"43.20261121.0\"}", "{}")], "on inferred");
}

#[test]
fn a_snapshot_of_opensuse_and_a_build_of_nixos_are_as_new_as_their_day() {
    let tumbleweed = "@file /proc/sys/kernel/osrelease\n6.17.8-1-default\n@file /etc/os-release\n\
                      ID=opensuse-tumbleweed\nID_LIKE=\"opensuse suse\"\nVERSION_ID=20261119\n";
    expect(&[tumbleweed], "on inferred (of 2026-11-19)");
    expect(&[&tumbleweed.replace("20261119", "20261020")], "unknown (34 days ago)");
    expect(&[&tumbleweed.replace("tumbleweed", "microos"), "@file /run/reboot-needed\n"], "off (waits for a restart)");
    let nixos = "@file /etc/os-release\nID=nixos\nVERSION_ID=26.05\nBUILD_ID=26.05.20261118.abcdef1\n";
    expect(&[nixos], "on inferred (of 2026-11-18)");
    expect(&[&nixos.replace("20261118", "20260918")], "unknown (66 days ago)");
    expect(&[&nixos.replace("20261118", "19700101")], "unknown (could not be told)");
}
