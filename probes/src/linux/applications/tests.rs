//! Package lists as recorded hosts.

use super::PROBE;
use crate::finding::Observation;
use crate::host::fixture::{FixtureHost, check};
use crate::linux::rpm_database;
use crate::practice::PracticeId::Applications;
use crate::probe::run_one;

const HEAD: &str = "@platform linux\n@user 1000 ann /home/ann\n";
const DPKG: &str = "@file /var/lib/dpkg/status\nPackage: base-files\nStatus: install ok installed\nVersion: 12.4\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n";

#[track_caller]
fn list(host: &str, expected: &[&str]) {
    let host = FixtureHost::parse(&format!("{HEAD}{host}"), "test").unwrap_or_else(|error| panic!("{error}"));
    let finding = run_one(PROBE, &host);
    let Observation::Items(items) = &finding.observation else { panic!("{:?}", finding.observation) };
    let label = |label: &Option<String>| label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
    let found: Vec<String> = items
        .iter()
        .map(|item| format!("{} {} {}{}", item.source, item.name, item.version, label(&item.label)))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_manager_is_read() {
    list(DPKG, &["dpkg base-files 12.4"]);
    list("@file /var/lib/dpkg/status.d/tzdata\nPackage: tzdata\nVersion: 2024a\n", &["dpkg tzdata 2024a"]);
    list(
        "@file /var/lib/pacman/local/ALPM_DB_VERSION\n9\n@dir /var/lib/pacman/local/openssl-3.5.1-1\n@dir /var/lib/pacman/local/gtk-update-icon-cache-1:4.14-2\n",
        &["pacman gtk-update-icon-cache 1:4.14-2", "pacman openssl 3.5.1-1"],
    );
    list(
        "@file /lib/apk/db/installed\nC:Q1\nP:musl\nV:1.2.5-r0\n\nP:zlib\nV:1.3.1-r0\n\n",
        &["apk musl 1.2.5-r0", "apk zlib 1.3.1-r0"],
    );
    list(
        &format!(
            "{DPKG}@link /snap/firefox/current -> 4848\n@file /snap/firefox/4848/meta/snap.yaml\nname: firefox\nversion: '131.0'\n@file /snap/README\nx\n"
        ),
        &["dpkg base-files 12.4", "snap firefox 131.0"],
    );
    let hash = "0123456789abcdfghijklmnpqrsvwxyz";
    list(
        &format!(
            "@link /run/current-system/sw/bin/git -> /nix/store/{hash}-git-2.44.1/bin/git\n@file /home/ann/.nix-profile/manifest.json\n{{\"version\":3,\"elements\":{{\"a\":{{\"storePaths\":[\"/nix/store/{hash}-hello-2.12\"]}}}}}}\n"
        ),
        &["nix git 2.44.1", "nix hello 2.12"],
    );
    list(
        &format!("{DPKG}@file /home/ann/Applications/Obsidian-1.5.3.AppImage\nx\n"),
        &["appimage Obsidian 1.5.3", "dpkg base-files 12.4"],
    );
}

#[test]
fn rpm_packages_are_those_of_the_last_finished_change() {
    let recorded = |text: &str, expected: &[&str]| {
        let host = FixtureHost::parse(text, "recorded").unwrap_or_else(|error| panic!("{error}"));
        let Observation::Items(items) = run_one(PROBE, &host).observation else { panic!("a list") };
        let found: Vec<String> = items.iter().map(|item| format!("{} {}", item.name, item.version)).collect();
        assert_eq!(found, expected);
    };
    recorded(
        include_str!("../../../../tests/hosts/fedora-43-rpm-wal.host"),
        &["firefox 145.0.1-1.fc43", "kernel-core 6.17.8-300.fc43", "thunderbird 140.5.0-1.fc43"],
    );
    recorded(
        include_str!("../../../../tests/hosts/silverblue-43-staged.host"),
        &[
            "bash 5.3.0-2.fc43",
            "fedora-release-common 43-26",
            "firefox 145.0-2.fc43",
            "kernel-core 6.17.8-300.fc43",
            "vim-enhanced 2:9.1.1912-1.fc43",
        ],
    );
    recorded(
        include_str!("../../../../tests/hosts/tumbleweed-plasma-lock-off.host"),
        &[
            "MozillaFirefox 145.0-1.1",
            "bash 5.3.8-1.1",
            "kernel-default 6.17.8-1.1",
            "openSUSE-release 20251120-1714.1",
        ],
    );
}

#[test]
fn no_damage_to_a_real_database_breaks_the_check() {
    use crate::host::fixture::Content;
    let mut seed: u64 = 0x5eed;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let machines = [
        (
            include_str!("../../../../tests/hosts/fedora-43-rpm-wal.host"),
            vec!["/usr/lib/sysimage/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"],
        ),
        (
            include_str!("../../../../tests/hosts/tumbleweed-plasma-lock-off.host"),
            vec!["/usr/lib/sysimage/rpm/Packages.db"],
        ),
    ];
    for (text, files) in machines {
        let good = FixtureHost::parse(text, "recorded").unwrap_or_else(|error| panic!("{error}"));
        let (mut lists, mut refusals) = (0, 0);
        for _ in 0..600 {
            let mut host = good.clone();
            for path in &files {
                let Some(Content::File(bytes)) = host.tree.nodes.get_mut(*path).map(|node| &mut node.content) else {
                    panic!("{path} is a file");
                };
                for _ in 0..random(4) {
                    let at = random(bytes.len());
                    bytes[at] = [0, 1, 0x7f, 0xff, random(256) as u8][random(5)];
                }
                if random(5) == 0 {
                    bytes.truncate(random(bytes.len()));
                }
            }
            match rpm_database::installed(&host) {
                Ok(Some(installed)) => lists += usize::from(installed.packages.len() < 20),
                Ok(None) => panic!("the files are there"),
                Err(_) => refusals += 1,
            }
        }
        assert!(lists > 50 && refusals > 50 && lists + refusals == 600, "{lists} lists, {refusals} refusals");
    }
}

#[test]
fn flatpaks_have_their_version_and_the_name_of_the_menu() {
    let app = "/var/lib/flatpak/app/org.gimp.GIMP";
    list(
        &format!(
            "{DPKG}@link {app}/current -> x86_64/stable\n@link {app}/x86_64/stable/active -> abc\n\
             @file {app}/x86_64/stable/abc/export/share/metainfo/org.gimp.GIMP.metainfo.xml\n\
             <component><releases><release version=\"2.10.38\"/><release version=\"2.10.36\"/></releases></component>\n\
             @file /var/lib/flatpak/exports/share/applications/org.gimp.GIMP.desktop\n\
             [Desktop Entry]\nType=Application\nName=GNU Image Manipulation Program\nX-Flatpak=org.gimp.GIMP\n\
             @dir /var/lib/flatpak/app/org.left.Over\n"
        ),
        &["dpkg base-files 12.4", "flatpak org.gimp.GIMP 2.10.38 (GNU Image Manipulation Program)"],
    );
}

#[test]
fn every_branch_of_a_flatpak_is_listed() {
    let app = "/var/lib/flatpak/app/org.gimp.GIMP";
    let branch = |name: &str, version: &str| {
        format!(
            "@link {app}/x86_64/{name}/active -> abc\n\
             @file {app}/x86_64/{name}/abc/export/share/metainfo/org.gimp.GIMP.metainfo.xml\n\
             <component><releases><release version=\"{version}\"/></releases></component>\n"
        )
    };
    let both = branch("stable", "2.10.38") + &branch("beta", "3.0");
    let expected = ["dpkg base-files 12.4", "flatpak org.gimp.GIMP 2.10.38", "flatpak org.gimp.GIMP 3.0"];
    list(&format!("{DPKG}@link {app}/current -> x86_64/stable\n{both}"), &expected);
    // Which one starts is not said; both are there all the same.
    list(&format!("{DPKG}{both}@dir {app}/x86_64/left-over\n"), &expected);
}

#[test]
fn the_menus_entries_are_listed_once_and_hidden_ones_not() {
    let entry = |path: &str, more: &str| format!("@file {path}.desktop\n[Desktop Entry]\nType=Application\n{more}\n");
    let mut host = DPKG.to_owned();
    host += &entry("/usr/share/applications/firefox", "Name=Firefox\nName[de]=Feuerfuchs");
    host +=
        &entry("/home/ann/.local/share/applications/firefox", "Name=My Firefox\n[Desktop Action new]\nName=New window");
    host += &entry("/usr/share/applications/vim", "Name=Vim");
    host += &entry("/home/ann/.local/share/applications/vim", "Name=Vim\nHidden=true");
    host += &entry("/usr/share/applications/kde/kate", "Name=Kate");
    host += "@file /usr/share/applications/link.desktop\n[Desktop Entry]\nType=Link\nName=x\n";
    host += "@denied /usr/share/applications/secret.desktop\n";
    list(&host, &["dpkg base-files 12.4", "desktop firefox  (My Firefox)", "desktop kde-kate  (Kate)"]);
}

#[test]
fn a_list_that_may_lack_something_says_so() {
    let hash = "0123456789abcdfghijklmnpqrsvwxyz";
    let manifest = "/home/ann/.nix-profile/manifest.json";
    let cases = [
        (DPKG.to_owned(), "items 1"),
        (format!("{DPKG}@link /usr/share/applications/gone.desktop -> /nowhere\n"), "items 1"),
        (format!("{DPKG}@file /var/lib/rpm/rpmdb.sqlite\nx\n"), "items 1 inferred (too short for an SQLite database)"),
        (format!("{DPKG}@denied /usr/share/applications/x.desktop\n"), "items 1 inferred (may not be read)"),
        (format!("{DPKG}@denied /usr/share/applications/kde\n"), "items 1 inferred (may not be read)"),
        (format!("{DPKG}@file {manifest}\n{{\"elements\":7}}\n"), "items 1 inferred (could not be understood)"),
        (format!("{DPKG}@file {manifest}\nnonsense\n"), "items 1 inferred (could not be understood)"),
        (
            format!("@link /run/current-system/sw/bin/git -> /nix/store/{hash}-git-2.44.1/bin/git\n"),
            "items 1 inferred (packages without programs)",
        ),
    ];
    for (host, expected) in cases {
        check(Applications, &format!("{HEAD}{host}"), &format!("applications: {expected}"));
    }
}

#[test]
fn what_cannot_be_listed_in_full_is_unknown() {
    let cases = [
        ("", "No list of installed packages"),
        ("@file /usr/lib/sysimage/rpm/rpmdb.sqlite\nx\n", "too short for an SQLite database"),
        ("@file /var/lib/dpkg/status\n\n@file /var/lib/rpm/rpmdb.sqlite\nx\n", "too short"),
        ("@denied /usr/lib/sysimage/rpm/rpmdb.sqlite\n", "may not be read"),
        ("@denied /var/lib/rpm kind=dir\n", "may not be read"),
        ("@file /var/lib/rpm/Packages\nx\n", "Berkeley DB"),
        ("@file /var/lib/rpm/Packages.db\nx\n", "ends too early"),
        ("@denied /var/lib/dpkg/status\n", "may not be read"),
        ("@denied /var/lib/pacman/local\n", "may not be read"),
        ("@denied /var/lib/flatpak/app\n@file /lib/apk/db/installed\nP:musl\nV:1\n", "may not be read"),
    ];
    for (host, why) in cases {
        check(Applications, &format!("{HEAD}{host}"), &format!("applications: unknown ({why})"));
    }
    check(Applications, &format!("{HEAD}{DPKG}@file /.flatpak-info\nx\n"), "applications: unknown (sandbox)");
    check(Applications, &format!("{HEAD}{DPKG}@file /.dockerenv\n"), "applications: unknown (container)");
}
