//! One recorded os-release for each kind of distribution.

use super::PROBE;
use crate::finding::{Follows, Observation, Version};
use crate::host::fixture::FixtureHost;
use crate::host::fixture::check_probe;
use crate::probe::run_one;

const START: &str = "@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n";

const DEBIAN_CSV: &str = "@file /usr/share/distro-info/debian.csv
version,codename,series,created,release,eol,eol-lts,eol-elts
12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-07-11,2028-06-30,2033-06-30
";

const UBUNTU_CSV: &str = "@file /usr/share/distro-info/ubuntu.csv
version,codename,series,created,release,eol,eol-server,eol-esm
24.04 LTS,Noble Numbat,noble,2023-10-12,2024-04-25,2029-05-31,2029-05-31,2034-04-25
";

fn version(os_release: &str, rest: &str) -> Version {
    let text = format!("{START}@file /etc/os-release\n{os_release}\n{rest}");
    let host = FixtureHost::parse(&text, "test").expect("a host");
    match run_one(PROBE, &host).observation {
        Observation::Version(version) => version,
        other => panic!("{other:?}"),
    }
}

fn ends(version: &Version) -> Vec<String> {
    version.support_ends.iter().map(|end| format!("{} {}", end.phase, end.day)).collect()
}

fn day(version: &Version) -> String {
    version.built.map(|day| day.to_string()).unwrap_or_default()
}

#[test]
fn debian_stable_knows_both_of_its_ends() {
    let debian = version("ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm", DEBIAN_CSV);
    assert_eq!((debian.product.as_str(), debian.number.as_str()), ("debian", "12"));
    assert_eq!(debian.codename.as_deref(), Some("bookworm"));
    assert_eq!(ends(&debian), ["standard 2026-07-11", "LTS 2028-06-30"]);
    assert!(!debian.rolling && debian.built.is_none() && debian.follows.is_none());
}

#[test]
fn debian_testing_has_no_version_and_never_ends() {
    let packages = "@file /var/lib/dpkg/status mtime=2026-11-20T10:00:00Z\nPackage: a\n";
    let sid = version("ID=debian\nVERSION_CODENAME=forky", packages);
    assert!(sid.rolling && sid.number.is_empty());
    assert_eq!(day(&sid), "2026-11-20");
}

#[test]
fn ubuntu_pro_counts_only_where_it_is_attached_and_on() {
    let release = "ID=ubuntu\nVERSION_ID=\"24.04\"\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble";
    let plain = version(release, UBUNTU_CSV);
    assert_eq!(ends(&plain), ["standard 2029-05-31", "ESM 2034-04-25"]);
    assert_eq!((plain.extended, plain.follows), (None, None));
    for (attached, state, expected) in
        [("true", "enabled", Some("Ubuntu Pro")), ("false", "enabled", None), ("true", "disabled", None)]
    {
        let status = format!(
            "@file /var/lib/ubuntu-advantage/status.json\n\
             {{\"attached\":{attached},\"services\":[{{\"name\":\"esm-infra\",\"status\":\"{state}\"}}]}}\n"
        );
        assert_eq!(version(release, &status).extended.as_deref(), expected, "{attached} {state}");
    }
}

#[test]
fn derivatives_follow_what_they_are_built_on() {
    let follows = |release: &str| version(release, UBUNTU_CSV).follows;
    let of = |product: &str, release: &str| Some(Follows { product: product.to_owned(), release: release.to_owned() });
    let mint = "ID=linuxmint\nVERSION_ID=22.1\nVERSION_CODENAME=xia\nUBUNTU_CODENAME=noble\nID_LIKE=\"ubuntu debian\"";
    assert_eq!(follows(mint), of("ubuntu", "noble"));
    assert_eq!(ends(&version(mint, UBUNTU_CSV)), ["standard 2029-05-31", "ESM 2034-04-25"]);
    let lmde = "ID=linuxmint\nVERSION_ID=6\nVERSION_CODENAME=faye\nDEBIAN_CODENAME=bookworm\nID_LIKE=debian";
    assert_eq!(follows(lmde), of("debian", "bookworm"));
    assert_eq!(follows("ID=bazzite\nID_LIKE=fedora\nVERSION_ID=43"), of("fedora", "43"));
    assert_eq!(follows("ID=rocky\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=9.4"), None);
}

#[test]
fn fedora_says_its_end_itself_and_its_image_the_day_it_was_built() {
    let silverblue = version(
        "ID=fedora\nVERSION_ID=43\nVARIANT_ID=silverblue\nSUPPORT_END=2026-12-02\nOSTREE_VERSION='43.20260110.0'",
        "",
    );
    assert_eq!(ends(&silverblue), ["standard 2026-12-02"]);
    assert_eq!(day(&silverblue), "2026-01-10");
    assert!(!silverblue.rolling);
    assert!(version("ID=fedora\nVERSION_ID=45\nRELEASE_TYPE=development", "").rolling);
}

#[test]
fn rolling_systems_say_how_new_they_are() {
    let tumbleweed = version("ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20260108\"\nID_LIKE=\"opensuse suse\"", "");
    assert!(tumbleweed.rolling);
    assert_eq!(day(&tumbleweed), "2026-01-08");
    let arch = version("ID=arch\nBUILD_ID=rolling", "@dir /var/lib/pacman/local mtime=2026-11-01T09:00:00Z\n");
    assert!(arch.rolling);
    assert_eq!(day(&arch), "2026-11-01");
    let nixos = version("ID=nixos\nVERSION_ID=\"25.11\"\nBUILD_ID=\"25.11.20260101.abcdef1\"", "");
    assert!(!nixos.rolling);
    assert_eq!(day(&nixos), "2026-01-01");
    assert!(version("ID=nixos\nVERSION_ID=\"26.05\"\nBUILD_ID=\"26.05pre1234.abcdef1\"", "").rolling);
}

#[test]
fn suse_shows_its_longer_support_as_a_product() {
    let sles = "ID=sles\nID_LIKE=suse\nVERSION_ID=\"15.6\"";
    assert_eq!(version(sles, "@file /etc/products.d/SLES.prod\nx\n").extended, None);
    let ltss = version(sles, "@file /etc/products.d/SLES-LTSS.prod\nx\n");
    assert_eq!((ltss.extended.as_deref(), ltss.number.as_str()), (Some("SUSE LTSS"), "15.6"));
    assert_eq!(version("ID=fedora\nVERSION_ID=43", "@file /etc/products.d/SLES-LTSS.prod\nx\n").extended, None);
}

#[test]
fn kinds_of_a_distribution_that_never_end_are_told_from_its_releases() {
    for (release, rolling) in [
        ("ID=alpine\nVERSION_ID=3.22.1", false),
        ("ID=alpine\nVERSION_ID=3.23.0_alpha20260110", true),
        ("ID=postmarketos\nID_LIKE=alpine\nVERSION_ID=edge", true),
        ("ID=opensuse-microos\nID_LIKE=\"suse opensuse\"\nVERSION_ID=20261120", true),
        ("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\nVERSION_ID=16.0", false),
        ("ID=manjaro\nID_LIKE=arch", true),
        ("ID=kali\nID_LIKE=debian\nVERSION_ID=2026.3", true),
        ("ID=void", true),
    ] {
        assert_eq!(version(release, "").rolling, rolling, "{release}");
    }
}

#[test]
fn a_system_that_does_not_say_what_it_is_stays_unknown() {
    check_probe(PROBE, &format!("{START}@file /etc/os-release\nNAME=x\n"), "osVersion: unknown (does not say)");
    check_probe(PROBE, START, "osVersion: unknown (/etc/os-release does not exist)");
    check_probe(PROBE, &format!("{START}@denied /etc/os-release\n"), "osVersion: unknown (may not be read)");
    let sandboxed = format!("{START}@file /.flatpak-info\n@file /etc/os-release\nID=org.gnome\nVERSION_ID=1\n");
    check_probe(PROBE, &sandboxed, "osVersion: unknown (sandbox)");
}

#[test]
fn the_second_place_of_os_release_counts_where_there_is_no_first() {
    let host = format!("{START}@file /usr/lib/os-release\nID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n");
    check_probe(PROBE, &host, "osVersion: version 12 (This is Debian 12)");
}
