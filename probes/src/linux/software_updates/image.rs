//! Systems that are one image or one snapshot: they are as new as the day that it was put together.
//!
//! Image-based Fedora, MicroOS and NixOS take a whole new state at once, and each state has every fix
//! until its day. So a young one says as much as young package lists do; an old one says only its age.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{FRESH_DAYS, PRACTICE, days_since};
use crate::finding::{Finding, Observation};
use crate::host::{Bus, BusCall, Host, Read, present};
use crate::linux::distro::OsRelease;
use crate::linux::os_version::date_within;
use crate::parse::gvariant::{self, Order, Variant};

/// rpm-ostree notes an update here when its own check has found one. Source: rpm-ostree,
/// `rpmostreed-transaction-types.cxx`; the file goes away when there is none.
const NOTED: &str = "/var/cache/rpm-ostree/cached-update.gv";

/// An image of rpm-ostree or bootc.
pub(super) fn ostree(host: &dyn Host, release: &OsRelease) -> Finding {
    let noted = noted_update(host).or_else(|| asked_update(host));
    if let Some((source, version)) = noted.filter(|(_, version)| *version != release.ostree_version) {
        let detail = text!("A new version of the system waits to be installed: {version}", version = version);
        return Finding::new(PRACTICE, Observation::Off, detail).saw(source, version, "rpm-ostree status");
    }
    let written = if release.ostree_version.is_empty() { &release.image_version } else { &release.ostree_version };
    by_age(host, release, "OSTREE_VERSION", written, "rpm-ostree status")
}

/// NixOS: the day of the package collection that the system was built from.
pub(super) fn nixos(host: &dyn Host, release: &OsRelease) -> Finding {
    by_age(host, release, "BUILD_ID", &release.build_id, "nixos-version")
}

/// A snapshot of openSUSE Tumbleweed, MicroOS, Aeon or Kalpa, whose version is its day.
pub(super) fn snapshot(host: &dyn Host, release: &OsRelease) -> Finding {
    by_age(host, release, "VERSION_ID", &release.version_id, "cat /etc/os-release")
}

fn by_age(host: &dyn Host, release: &OsRelease, key: &str, written: &str, check: &str) -> Finding {
    let finding = match date_within(written) {
        None => Finding::unknown(
            PRACTICE,
            text!("Of which day this system is could not be told, so updates may be missing"),
        ),
        Some(day) => of_day(host, day),
    };
    let name = if release.pretty_name.is_empty() { &release.id } else { &release.pretty_name };
    finding.saw("/etc/os-release", format!("{name}, {key}={written}"), check)
}

fn of_day(host: &dyn Host, day: Date) -> Finding {
    let built = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH);
    let days = days_since(host, built);
    if built.as_second() - host.now().as_second() > 86_400 {
        let why = text!("The system says it is of {day}, which is in the future", day = day);
        return Finding::unknown(PRACTICE, why);
    }
    if days > FRESH_DAYS {
        let why = text!("The system is of {day}, {days} days ago, so newer versions may exist", day = day, days = days);
        return Finding::unknown(PRACTICE, why);
    }
    let detail = text!("The system is of {day} and has every update until then", day = day);
    Finding::new(PRACTICE, Observation::On, detail).inferred()
}

/// The version in the file that rpm-ostree left.
fn noted_update(host: &dyn Host) -> Option<(String, String)> {
    let bytes = host.read(NOTED).ok()?;
    let update = gvariant::decode("a{sv}", &bytes, Order::Little)?;
    let version = update.as_list()?.iter().find_map(|entry| match entry.as_list()? {
        [Variant::Text(key), value] if key == "version" => value.unboxed().as_text(),
        _ => None,
    })?;
    Some((NOTED.to_owned(), version.to_owned()))
}

/// The same from the service, where it happens to run; it is never started for this.
fn asked_update(host: &dyn Host) -> Option<(String, String)> {
    const SERVICE: &str = "org.projectatomic.rpmostree1";
    let property = |path: &str, interface: &str, name: &str| -> Read<serde_json::Value> {
        host.dbus(&BusCall::property(Bus::System, SERVICE, path, &format!("{SERVICE}.{interface}"), name))
    };
    let booted = present(property("/org/projectatomic/rpmostree1/Sysroot", "Sysroot", "Booted")).ok()??;
    let update = property(booted.as_str()?, "OS", "CachedUpdate").ok()?;
    Some((format!("{SERVICE} CachedUpdate"), update["version"].as_str()?.to_owned()))
}
