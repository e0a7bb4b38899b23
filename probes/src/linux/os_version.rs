//! Which release of which system this is, and what the machine itself knows about its support.
//!
//! No calendar of our own here: whether a release is too old is for the policy to say.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finding::{Evidence, Finding, Follows, Observation, SupportEnd, Version};
use crate::host::{Host, Read};
use crate::linux::distro::{self, OsRelease};
use crate::linux::place::{hides_the_machine, place};
use crate::parse::distro_info;
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;

pub(crate) const PROBE: Probe = Probe {
    practice: PracticeId::OsVersion,
    platform: Platform::Linux,
    observe,
    reads: "Reads os-release, the distribution's own release calendar and, on Ubuntu, whether Pro is on",
};

/// Distributions without releases, beside those that say `BUILD_ID=rolling`.
const ROLLING: [&str; 17] = [
    "arch",
    "artix",
    "cachyos",
    "endeavouros",
    "garuda",
    "manjaro",
    "arcolinux",
    "gentoo",
    "void",
    "solus",
    "kali",
    "opensuse-tumbleweed",
    "opensuse-slowroll",
    "opensuse-microos",
    "opensuse-aeon",
    "opensuse-kalpa",
    "chimera",
];

fn observe(host: &dyn Host) -> Read<Finding> {
    let place = place(host);
    if let (Place::Sandbox, Some(why)) = (place, hides_the_machine(place)) {
        return Ok(Finding::unknown(PracticeId::OsVersion, why));
    }
    let (release, path) = distro::os_release_with_path(host)?;
    if release.id == "linux" && release.version_id.is_empty() {
        let why = text!("{file} does not say which system this is", file = path);
        return Ok(Finding::unknown(PracticeId::OsVersion, why));
    }
    let mut evidence = vec![Evidence { source: path.to_owned(), saw: words(&release), check: format!("cat {path}") }];
    if let Ok(point) = host.read_line("/etc/debian_version") {
        evidence.push(seen("/etc/debian_version", &point));
    }
    let follows = follows(&release);
    let rolling = is_rolling(&release);
    let mut support_ends = Vec::new();
    if let Some(day) = release.support_end {
        support_ends.push(SupportEnd { day, phase: "standard".to_owned(), source: path.to_owned() });
    }
    if !rolling {
        support_ends.extend(calendar(host, &release, follows.as_ref(), &mut evidence));
    }
    let built = if rolling || !release.ostree_version.is_empty() || release.id == "nixos" {
        built(host, &release, &mut evidence)
    } else {
        None
    };
    let extended = ubuntu_pro(host, &release, &mut evidence).or_else(|| suse_ltss(host, &release, &mut evidence));
    let name = if release.pretty_name.is_empty() { &release.id } else { &release.pretty_name };
    let detail = match built {
        Some(day) if rolling => text!("This is {name}, with parts as new as {day}", name = name, day = day),
        _ => text!("This is {name}", name = name),
    };
    let version = Version {
        product: release.id.clone(),
        number: release.version_id.clone(),
        codename: Some(release.codename.clone()).filter(|name| !name.is_empty()),
        follows,
        support_ends,
        rolling,
        built,
        extended,
    };
    Ok(Finding::new(PracticeId::OsVersion, Observation::Version(version), detail).with_evidence(evidence))
}

fn seen(source: &str, saw: &str) -> Evidence {
    Evidence { source: source.to_owned(), saw: saw.to_owned(), check: format!("cat {source}") }
}

/// The lines that decide, as they stand in the file.
fn words(release: &OsRelease) -> String {
    let support_end = release.support_end.map(|day| day.to_string()).unwrap_or_default();
    [
        ("ID", &release.id),
        ("VERSION_ID", &release.version_id),
        ("VERSION_CODENAME", &release.codename),
        ("UBUNTU_CODENAME", &release.ubuntu_codename),
        ("DEBIAN_CODENAME", &release.debian_codename),
        ("BUILD_ID", &release.build_id),
        ("RELEASE_TYPE", &release.release_type),
        ("OSTREE_VERSION", &release.ostree_version),
        ("SUPPORT_END", &support_end),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(key, value)| format!("{key}={value}"))
    .collect::<Vec<String>>()
    .join(" ")
}

/// The distribution this one is built on, where its support hangs on that one's.
fn follows(release: &OsRelease) -> Option<Follows> {
    let of = |product: &str, release: &str| {
        (!release.is_empty()).then(|| Follows { product: product.to_owned(), release: release.to_owned() })
    };
    match release.id.as_str() {
        "ubuntu" | "debian" | "fedora" | "kali" => None,
        "raspbian" => of("debian", &release.codename),
        _ => of("ubuntu", &release.ubuntu_codename).or_else(|| of("debian", &release.debian_codename)).or_else(|| {
            if release.is_like("fedora") && !is_rhel(release) { of("fedora", &release.version_id) } else { None }
        }),
    }
}

/// Rebuilds of RHEL name Fedora among their relatives, but count their releases as RHEL does.
fn is_rhel(release: &OsRelease) -> bool {
    release.is_like("rhel") || release.is_like("centos")
}

fn is_rolling(release: &OsRelease) -> bool {
    let id = release.id.as_str();
    ROLLING.contains(&id)
        || release.build_id == "rolling"
        || (release.is_like("arch") && release.version_id.is_empty())
        // Debian testing and unstable have no version.
        || (id == "debian" && release.version_id.is_empty())
        || (id == "fedora" && release.release_type == "development")
        || (id == "nixos" && (release.build_id.contains("pre") || release.version_id.contains("pre")))
        || (release.is_like("alpine") && (release.version_id.contains("alpha") || release.version_id.contains("edge")))
}

/// The ends of support in the distribution's own release calendar.
fn calendar(
    host: &dyn Host,
    release: &OsRelease,
    follows: Option<&Follows>,
    evidence: &mut Vec<Evidence>,
) -> Vec<SupportEnd> {
    let (product, series) = match follows {
        Some(follows) => (follows.product.as_str(), follows.release.as_str()),
        None => (release.id.as_str(), release.codename.as_str()),
    };
    let phases: &[(&str, &str)] = match product {
        "debian" => &[("eol", "standard"), ("eol-lts", "LTS")],
        "ubuntu" => &[("eol", "standard"), ("eol-esm", "ESM")],
        _ => return Vec::new(),
    };
    let path = format!("/usr/share/distro-info/{product}.csv");
    // The calendar is not installed everywhere; its absence says nothing about the release.
    let Ok(csv) = host.read_text(&path) else { return Vec::new() };
    let Some(days) = distro_info::days(&csv, series) else { return Vec::new() };
    let found: Vec<(Date, &str, &str)> = phases
        .iter()
        .filter_map(|(column, phase)| {
            days.iter().find(|(known, _)| known == column).map(|(_, day)| (*day, *column, *phase))
        })
        .collect();
    let saw: Vec<String> = found.iter().map(|(day, column, _)| format!("{column} {day}")).collect();
    evidence.push(Evidence {
        source: path.clone(),
        saw: format!("{series}: {}", saw.join(", ")),
        check: format!("grep {series} {path}"),
    });
    found.into_iter().map(|(day, _, phase)| SupportEnd { day, phase: phase.to_owned(), source: path.clone() }).collect()
}

/// The day of a system that has no releases, or whose releases are images.
fn built(host: &dyn Host, release: &OsRelease, evidence: &mut Vec<Evidence>) -> Option<Date> {
    let written = match release.id.as_str() {
        "nixos" => &release.build_id,
        _ if !release.ostree_version.is_empty() => &release.ostree_version,
        id if id.starts_with("opensuse") => &release.version_id,
        _ => &release.build_id,
    };
    if let Some(day) = date_within(written) {
        return Some(day);
    }
    let files = [
        "/var/lib/pacman/local",
        "/var/lib/dpkg/status",
        "/usr/lib/sysimage/rpm/rpmdb.sqlite",
        "/var/lib/rpm/rpmdb.sqlite",
        "/var/db/pkg",
        "/var/db/xbps",
    ];
    let (path, changed) = files.iter().find_map(|path| Some((*path, host.stat(path).ok()?.modified)))?;
    let day = day_of(changed);
    evidence.push(Evidence {
        source: path.to_owned(),
        saw: format!("packages last changed on {day}"),
        check: format!("stat {path}"),
    });
    Some(day)
}

fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// The first run of eight digits that is a day of this century: `43.20260110.0`.
pub(crate) fn date_within(words: &str) -> Option<Date> {
    words.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| digits.len() == 8).find_map(|digits| {
        let number = |from: usize, to: usize| digits[from..to].parse::<i16>().ok();
        let year = number(0, 4).filter(|year| (2000..2100).contains(year))?;
        Date::new(year, i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?).ok()
    })
}

/// Extended security maintenance counts only where the machine is signed up and the service is on.
fn ubuntu_pro(host: &dyn Host, release: &OsRelease, evidence: &mut Vec<Evidence>) -> Option<String> {
    const STATUS: &str = "/var/lib/ubuntu-advantage/status.json";
    if !release.is_like("ubuntu") && release.ubuntu_codename.is_empty() {
        return None;
    }
    let status: serde_json::Value = serde_json::from_slice(&host.read(STATUS).ok()?).ok()?;
    let attached = status["attached"].as_bool().unwrap_or(false);
    let services = status["services"].as_array();
    let infra = services.into_iter().flatten().find(|service| service["name"] == "esm-infra");
    let state = infra.and_then(|service| service["status"].as_str()).unwrap_or("absent");
    evidence.push(Evidence {
        source: STATUS.to_owned(),
        saw: format!("attached: {attached}, esm-infra: {state}"),
        check: "pro status".to_owned(),
    });
    (attached && state == "enabled").then(|| "Ubuntu Pro".to_owned())
}

/// Long term service pack support of SUSE is an extension with a product file of its own.
fn suse_ltss(host: &dyn Host, release: &OsRelease, evidence: &mut Vec<Evidence>) -> Option<String> {
    const FOLDER: &str = "/etc/products.d";
    if !release.is_like("suse") && !release.is_like("sles") {
        return None;
    }
    let names = host.list(FOLDER).ok()?;
    let product = names.iter().find(|name| name.to_uppercase().contains("LTSS") && name.ends_with(".prod"))?;
    evidence.push(Evidence {
        source: format!("{FOLDER}/{product}"),
        saw: "exists".to_owned(),
        check: format!("ls {FOLDER}"),
    });
    Some("SUSE LTSS".to_owned())
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
