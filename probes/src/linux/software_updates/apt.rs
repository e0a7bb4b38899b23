//! APT: installed packages against the package lists of the release's security archive.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::pending::{Compared, Counted, Knowledge, Update, verdict};
use super::{FRESH_DAYS, PRACTICE, days_since};
use crate::finding::{Finding, Observation};
use crate::host::{Host, HostError, Read, as_text, present};
use crate::linux::apt_configuration;
use crate::linux::distro::OsRelease;
use crate::parse::apt_preferences::{Pinned, Preferences};
use crate::parse::{deb_version, dpkg_status, phased_update};

mod archives;

use archives::{Archive, read_list, security_archives};

const LISTS: &str = "/var/lib/apt/lists";
const STATUS: &str = "/var/lib/dpkg/status";
const CHECK: &str = "apt list --upgradable";

pub(super) fn observe(host: &dyn Host, release: &OsRelease) -> Finding {
    look(host, release).unwrap_or_else(|error| Finding::unknown(PRACTICE, error.reason()))
}

fn look(host: &dyn Host, release: &OsRelease) -> Read<Finding> {
    let names = match host.list(LISTS) {
        Ok(names) => names,
        Err(HostError::Absent(_)) => {
            return Ok(Finding::unknown(PRACTICE, text!("The package lists have never been fetched")));
        }
        Err(error) => return Err(error),
    };
    let archives = security_archives(host, release, &names)?;
    if archives.is_empty() {
        let why = match release.id.as_str() {
            "debian" if release.version_id.is_empty() => {
                text!("This Debian has no separate security archive that installed packages could be compared with")
            }
            _ => {
                text!("The package lists name no security archive for this release, so security updates cannot be seen")
            }
        };
        return Ok(Finding::unknown(PRACTICE, why).saw(LISTS, "no list of a security archive", "apt-cache policy"));
    }
    let files: Vec<&str> =
        std::iter::once(STATUS).chain(archives.iter().flat_map(|archive| &archive.lists).map(String::as_str)).collect();
    let newer = host.worked_out("security updates", &files, || newer(host, &archives))?;
    let (compared, is_sure) = sort(host, &newer, &archives)?;
    let known = fetched(host, &archives)?;
    let mut finding = verdict(host, Counted::Security, &compared, &known);
    if finding.observation == Observation::Off && !is_sure {
        finding = finding.inferred();
    }
    for (name, Update { old, new }) in compared.named() {
        finding = finding.saw(STATUS, format!("{name} {old}, the security archive has {new}"), CHECK);
    }
    if !compared.held.is_empty() {
        let saw = format!("held back on purpose: {}", compared.held.join(" "));
        finding = finding.saw(STATUS, saw, "apt-mark showhold; apt-cache policy");
    }
    if !compared.later.is_empty() {
        let saw = format!("not yet this computer's turn (phased updates): {}", compared.later.join(" "));
        finding = finding.saw(LISTS, saw, CHECK);
    }
    for archive in &archives {
        finding = finding.saw(&archive.path, &archive.words, format!("head {}", archive.path));
    }
    Ok(finding.with_evidence([known.evidence()]))
}

/// A kernel that is held back leaves the whole machine open: that is no exception for one program.
fn is_kernel(name: &str) -> bool {
    name.starts_with("linux-image")
}

/// One installed package of which a security archive has a newer version.
struct Newer {
    name: String,
    old: String,
    new: String,
    is_held: bool,
    /// The index of the archive.
    archive: usize,
    /// Below 100 it is not yet everybody's turn: the percentage, the source package and its version.
    phased: Option<(u8, String, String)>,
}

/// Every installed package of which an archive has a newer version.
fn newer(host: &dyn Host, archives: &[Archive]) -> Read<Vec<Newer>> {
    let status = host.read_shared(STATUS)?;
    let status = as_text(&status);
    // In many small pieces: of a table for thousands of packages the allocator would keep the room for good.
    let installed: BTreeMap<(&str, &str), dpkg_status::Package<'_>> =
        dpkg_status::installed(&status).map(|package| ((package.name, package.architecture), package)).collect();
    let names: HashMap<&str, &str> = installed.keys().copied().collect();
    let mut found = Vec::new();
    for (archive, list) in archives.iter().enumerate().flat_map(|(at, one)| one.lists.iter().map(move |l| (at, l))) {
        let bytes = read_list(host, list)?;
        for candidate in dpkg_status::packages_named(&as_text(&bytes), |name| names.contains_key(name)) {
            // A package may become independent of the architecture, and depend on it again.
            let same = installed.get(&(candidate.name, candidate.architecture));
            let moved = || match candidate.architecture {
                "all" => installed.get(&(candidate.name, *names.get(candidate.name)?)),
                _ => installed.get(&(candidate.name, "all")),
            };
            let Some(package) = same.or_else(moved) else { continue };
            if deb_version::compare(candidate.version, package.version) != Ordering::Greater {
                continue;
            }
            let own = |written: &str, fallback: &str| if written.is_empty() { fallback } else { written }.to_owned();
            let phased = candidate.phased_percentage.filter(|share| *share < 100).map(|share| {
                let source = own(candidate.source, candidate.name);
                (share, source, own(candidate.source_version, candidate.version))
            });
            found.push(Newer {
                name: candidate.name.to_owned(),
                old: package.version.to_owned(),
                new: candidate.version.to_owned(),
                is_held: package.is_held(),
                archive,
                phased,
            });
        }
    }
    Ok(found)
}

/// Parts updates that wait from those somebody held back and those whose turn has not come. The second
/// part says whether no pin left that open.
fn sort(host: &dyn Host, newer: &[Newer], archives: &[Archive]) -> Read<(Compared, bool)> {
    let mut compared = Compared::default();
    let mut is_sure = true;
    if newer.is_empty() {
        return Ok((compared, is_sure));
    }
    let preferences = preferences(host)?;
    let mut later = HashSet::new();
    for update in newer {
        let archive = archives[update.archive].pinned();
        let pinned = preferences.judge(&update.name, &update.old, &update.new, archive);
        is_sure &= pinned != Pinned::Unclear;
        if let Some((share, source, version)) = &update.phased
            && !is_this_computers_turn(host, *share, source, version)?
        {
            later.insert(update.name.clone());
        } else if (update.is_held || pinned == Pinned::Back) && !is_kernel(&update.name) {
            compared.held.push(update.name.clone());
        } else {
            compared.add(&update.name, &update.old, &update.new, deb_version::compare);
        }
    }
    compared.later = later.into_iter().collect();
    compared.tidy();
    Ok((compared, is_sure))
}

/// APT draws a number for each phased update; the person may have chosen to get all or none early.
fn is_this_computers_turn(host: &dyn Host, share: u8, source: &str, version: &str) -> Read<bool> {
    let (conf, _problems) = apt_configuration::read(host)?;
    let chosen = |word: &str| {
        let keys = [
            format!("APT::Get::{word}-Include-Phased-Updates"),
            format!("Update-Manager::{word}-Include-Phased-Updates"),
        ];
        let value = keys.iter().find_map(|key| conf.get(key)).unwrap_or_default().to_lowercase();
        matches!(value.as_str(), "1" | "true" | "yes" | "on" | "with" | "enable")
    };
    if chosen("Always") {
        return Ok(true);
    }
    if chosen("Never") {
        return Ok(false);
    }
    // Without an id APT leaves nothing out.
    let machine = present(host.read_line("/etc/machine-id"))?.unwrap_or_default();
    Ok(machine.is_empty() || phased_update::draw(source, version, &machine) <= share)
}

/// The pins of this machine. What Ubuntu Pro ships concerns its own archive alone.
fn preferences(host: &dyn Host) -> Read<Preferences> {
    const FOLDER: &str = "/etc/apt/preferences.d";
    let mut preferences = Preferences::default();
    let parts = present(host.list(FOLDER))?.unwrap_or_default();
    let parts = parts
        .iter()
        .filter(|name| !name.starts_with("ubuntu-pro-") && (!name.contains('.') || name.ends_with(".pref")))
        .map(|name| format!("{FOLDER}/{name}"));
    for path in ["/etc/apt/preferences".to_owned()].into_iter().chain(parts) {
        match host.read_text(&path) {
            Ok(text) => preferences.add(&text),
            Err(HostError::Absent(_)) => {}
            // A file that may not be read may hold a pin.
            Err(_) => preferences.is_vague = true,
        }
    }
    Ok(preferences)
}

/// The date in an archive's signed table of contents cannot be newer than the last fetch that
/// succeeded, so a recent one proves itself. Archives that set no end of validity may rest for
/// longer; then the stamp of a fetch that succeeded has to speak for them. The folder `partial`
/// changes with every attempt, also without a network, so that it proves nothing.
fn fetched(host: &dyn Host, archives: &[Archive]) -> Read<Knowledge> {
    const SUCCESS: &str = "/var/lib/apt/periodic/update-success-stamp";
    const DAY: i64 = 86_400;
    let ahead = |moment: Timestamp| moment.as_second() - host.now().as_second() > DAY;
    let oldest = archives.iter().min_by_key(|archive| archive.date);
    let (signed, path) = match oldest {
        Some(Archive { date: Some(date), path, .. }) => (*date, path.clone()),
        _ => {
            let path = oldest.map_or(LISTS, |archive| archive.path.as_str());
            return Err(HostError::Garbled(path.to_owned(), "it has no date".to_owned()));
        }
    };
    let days = days_since(host, signed);
    let words = format!("of {}, {days} days ago", signed.strftime("%Y-%m-%d"));
    let mut known = Knowledge { when: signed, source: path, words, is_inferred: false, stale: None };
    if let Some(early) = archives.iter().find(|archive| archive.date.is_some_and(ahead)) {
        known.stale = Some(text!(
            "The package list {file} is newer than this computer's clock, so one of them is wrong",
            file = early.path
        ));
    } else if let Some(expired) = archives.iter().find(|one| one.valid_until.is_some_and(|until| until < host.now())) {
        known.stale =
            Some(text!("The package list {file} has expired, so newer updates may exist", file = expired.path));
    } else if days > FRESH_DAYS {
        let success = present(host.stat(SUCCESS))?.map(|stat| stat.modified).filter(|moment| !ahead(*moment));
        match success {
            Some(moment) if days_since(host, moment) <= FRESH_DAYS => {
                known.words = format!("last fetched {}", moment.strftime("%Y-%m-%d"));
                (known.when, known.source, known.is_inferred) = (moment, SUCCESS.to_owned(), true);
            }
            _ => {
                let days = success.map_or(days, |moment| days_since(host, moment).min(days));
                known.stale = Some(Knowledge::too_old(days));
            }
        }
    }
    Ok(known)
}
