//! APT: installed packages against the package lists of the release's security archive.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::{FRESH_DAYS, PRACTICE, days_since, evidence};
use crate::finding::{Finding, Observation};
use crate::host::{Host, HostError, Read, as_text, present};
use crate::linux::distro::OsRelease;
use crate::parse::{deb_version, dpkg_status, lz4};
use crate::text::Text;

const LISTS: &str = "/var/lib/apt/lists";
const STATUS: &str = "/var/lib/dpkg/status";
const CHECK: &str = "apt list --upgradable";

/// How many packages the detail names.
const NAMED: usize = 3;

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
    let compared = host.worked_out("security updates", &files, || compare(host, &archives))?;
    let Compared { pending, held } = compared.as_ref();
    let fetched = fetched(host, &archives)?;
    let mut finding = verdict(host, pending, held, &fetched);
    if finding.observation == Observation::Off && has_pins(host)? {
        // A pin can keep a package back on purpose, and pins are not followed here.
        finding = finding.inferred();
    }
    for (name, (old, new)) in pending.iter().take(NAMED * 3) {
        finding = finding.saw(STATUS, format!("{name} {old}, the security archive has {new}"), CHECK);
    }
    if !held.is_empty() {
        finding = finding.saw(STATUS, format!("held back on purpose: {}", held.join(" ")), "apt-mark showhold");
    }
    for archive in &archives {
        finding = finding.saw(&archive.path, &archive.words, format!("head {}", archive.path));
    }
    let mut last = evidence(fetched.source, fetched.words, "");
    last.check = format!("stat {}", last.source);
    Ok(finding.with_evidence([last]))
}

/// A kernel that is held back leaves the whole machine open: that is no exception for one program.
fn is_kernel(name: &str) -> bool {
    name.starts_with("linux-image")
}

/// What the security archive has that is newer than what is installed.
#[derive(Default)]
struct Compared {
    /// By name: the installed version and the newest one.
    pending: BTreeMap<String, (String, String)>,
    /// Names of packages that were told to stay at their version.
    held: Vec<String>,
}

fn compare(host: &dyn Host, archives: &[Archive]) -> Read<Compared> {
    let status = host.read_shared(STATUS)?;
    let status = as_text(&status);
    let installed: HashMap<(&str, &str), dpkg_status::Package<'_>> =
        dpkg_status::installed(&status).map(|package| ((package.name, package.architecture), package)).collect();
    let names: HashSet<&str> = installed.keys().map(|(name, _)| *name).collect();
    let mut compared = Compared::default();
    for list in archives.iter().flat_map(|archive| &archive.lists) {
        let bytes = read_list(host, list)?;
        for candidate in dpkg_status::packages_named(&as_text(&bytes), |name| names.contains(name)) {
            let Some(package) = installed.get(&(candidate.name, candidate.architecture)) else { continue };
            let newer = deb_version::compare(candidate.version, package.version) == Ordering::Greater;
            // A phased update reaches this machine when its turn comes; it is not overdue.
            if !newer || candidate.phased_percentage.is_some_and(|share| share < 100) {
                continue;
            }
            if package.is_held() && !is_kernel(candidate.name) {
                compared.held.push(candidate.name.to_owned());
            } else {
                let versions = (package.version.to_owned(), candidate.version.to_owned());
                compared.pending.insert(candidate.name.to_owned(), versions);
            }
        }
    }
    compared.held.sort();
    compared.held.dedup();
    Ok(compared)
}

fn verdict(
    host: &dyn Host,
    pending: &BTreeMap<String, (String, String)>,
    held: &[String],
    fetched: &Fetched,
) -> Finding {
    if !pending.is_empty() {
        let names: Vec<&str> = pending.keys().take(NAMED).map(String::as_str).collect();
        let detail = match pending.len() {
            1 => text!("A security update waits to be installed: {names}", names = names.join(", ")),
            count if count <= NAMED => {
                text!("{count} security updates wait to be installed: {names}", count = count, names = names.join(", "))
            }
            count => text!(
                "{count} security updates wait to be installed, {names} among them",
                count = count,
                names = names.join(", ")
            ),
        };
        return Finding::new(PRACTICE, Observation::Off, detail);
    }
    // A few exceptions are somebody's choice; more of them are a system that is not updated.
    if held.len() > NAMED {
        let detail = text!(
            "{count} security updates are held back on purpose, {names} among them",
            count = held.len(),
            names = held.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ")
        );
        return Finding::new(PRACTICE, Observation::Off, detail);
    }
    if let Some(why) = &fetched.stale {
        return Finding::unknown(PRACTICE, why.clone());
    }
    let days = days_since(host, fetched.when);
    let detail = match (held, days) {
        ([], 0) => text!("No security update is missing, as of today"),
        ([], 1) => text!("No security update is missing, as of yesterday"),
        ([], days) => text!("No security update is missing, as of {days} days ago", days = days),
        ([name], _) => text!("No security update is missing but one that is held back on purpose: {name}", name = name),
        (names, _) => {
            text!("No security updates are missing but those held back on purpose: {names}", names = names.join(", "))
        }
    };
    let finding = Finding::new(PRACTICE, Observation::On, detail);
    if fetched.inferred { finding.inferred() } else { finding }
}

/// One security archive whose lists have been fetched.
struct Archive {
    /// Its signed table of contents.
    path: String,
    words: String,
    /// When the archive's owner signed it.
    date: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    /// Its `Packages` lists, as paths.
    lists: Vec<String>,
}

fn security_archives(host: &dyn Host, release: &OsRelease, names: &[String]) -> Read<Vec<Archive>> {
    let mut archives = Vec::new();
    for name in names {
        // Only these are opened: the table of contents of a whole distribution is large.
        let stem = name.strip_suffix("_InRelease").or_else(|| name.strip_suffix("_Release"));
        let Some(stem) = stem.filter(|_| name.contains("security")) else { continue };
        let path = format!("{LISTS}/{name}");
        let bytes = host.read(&path)?;
        let head = as_text(&bytes);
        let field = |key: &str| {
            let value = |line: &str| line.strip_prefix(key)?.strip_prefix(':').map(|value| value.trim().to_owned());
            head.lines().take(40).find_map(value).unwrap_or_default()
        };
        let (label, suite, codename) = (field("Label"), field("Suite"), field("Codename"));
        let is_security = suite.contains("-security") || label == "Debian-Security";
        if !is_security || !fits(release, &suite, &codename) {
            continue;
        }
        let lists: Vec<String> = names
            .iter()
            .filter(|list| list.strip_prefix(stem).is_some_and(|rest| rest.contains("_binary-")) && is_packages(list))
            .map(|list| format!("{LISTS}/{list}"))
            .collect();
        if lists.is_empty() {
            let problem = "there is no list of packages beside it".to_owned();
            return Err(HostError::Garbled(path, problem));
        }
        let date = field("Date");
        let until = field("Valid-Until");
        archives.push(Archive {
            words: format!("Suite: {suite} Codename: {codename} Date: {date} Valid-Until: {until}"),
            date: moment(&date),
            valid_until: moment(&until),
            path,
            lists,
        });
    }
    Ok(archives)
}

/// `Sat, 28 Nov 2026 00:53:02 UTC`. The day of the week adds nothing and may be left out.
fn moment(words: &str) -> Option<Timestamp> {
    let day = words.split_once(',').map_or(words, |(_, day)| day).trim();
    jiff::fmt::rfc2822::parse(&day.replace("UTC", "+0000")).ok().map(|zoned| zoned.timestamp())
}

/// `…_Packages` and its compressed forms.
fn is_packages(name: &str) -> bool {
    name.rsplit_once("_Packages").is_some_and(|(_, end)| end.is_empty() || end.starts_with('.'))
}

/// Whether an archive is this release's own, and not one of a release that was left behind.
fn fits(release: &OsRelease, suite: &str, codename: &str) -> bool {
    let own = [&release.codename, &release.ubuntu_codename, &release.debian_codename];
    own.into_iter().filter(|own| !own.is_empty()).any(|own| {
        [suite, codename]
            .into_iter()
            .any(|word| word.strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    })
}

fn read_list(host: &dyn Host, path: &str) -> Read<Arc<Vec<u8>>> {
    let bytes = host.read_shared(path)?;
    match path.rsplit_once("_Packages").map(|(_, end)| end) {
        Some("") => Ok(bytes),
        Some(".lz4") => lz4::unpack(&bytes)
            .map(Arc::new)
            .ok_or_else(|| HostError::Garbled(path.to_owned(), "it is not an LZ4 file".to_owned())),
        _ => Err(HostError::Garbled(path.to_owned(), "it is compressed in a way Stethoscope cannot read".to_owned())),
    }
}

/// Of which moment the lists are.
struct Fetched {
    when: Timestamp,
    source: String,
    words: String,
    /// The archive's own date does not show it; a fetch that succeeded was seen.
    inferred: bool,
    /// Why they say nothing about today.
    stale: Option<Text>,
}

/// The date in an archive's signed table of contents cannot be newer than the last fetch that
/// succeeded, so a recent one proves itself. Archives that set no end of validity may rest for
/// longer; then the stamp of a fetch that succeeded has to speak for them. The folder `partial`
/// changes with every attempt, also without a network, so that it proves nothing.
fn fetched(host: &dyn Host, archives: &[Archive]) -> Read<Fetched> {
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
    let mut fetched = Fetched { when: signed, source: path, words, inferred: false, stale: None };
    if let Some(early) = archives.iter().find(|archive| archive.date.is_some_and(ahead)) {
        fetched.stale = Some(text!(
            "The package list {file} is newer than this computer's clock, so one of them is wrong",
            file = early.path
        ));
    } else if let Some(expired) = archives.iter().find(|one| one.valid_until.is_some_and(|until| until < host.now())) {
        fetched.stale =
            Some(text!("The package list {file} has expired, so newer updates may exist", file = expired.path));
    } else if days > FRESH_DAYS {
        let success = present(host.stat(SUCCESS))?.map(|stat| stat.modified).filter(|moment| !ahead(*moment));
        match success {
            Some(moment) if days_since(host, moment) <= FRESH_DAYS => {
                fetched.words = format!("last fetched {}", moment.strftime("%Y-%m-%d"));
                (fetched.when, fetched.source, fetched.inferred) = (moment, SUCCESS.to_owned(), true);
            }
            _ => {
                let days = success.map_or(days, |moment| days_since(host, moment).min(days));
                fetched.stale = Some(text!(
                    "The package lists are {days} days old, too old to say that nothing is missing",
                    days = days
                ));
            }
        }
    }
    Ok(fetched)
}

/// Whether preferences decide between versions. What Ubuntu Pro ships concerns its own archive alone.
fn has_pins(host: &dyn Host) -> Read<bool> {
    let folder = "/etc/apt/preferences.d";
    let parts = present(host.list(folder))?.unwrap_or_default();
    let parts = parts
        .iter()
        .filter(|name| !name.starts_with("ubuntu-pro-") && (!name.contains('.') || name.ends_with(".pref")))
        .map(|name| format!("{folder}/{name}"));
    for path in parts.chain(["/etc/apt/preferences".to_owned()]) {
        match host.read_text(&path) {
            Ok(text) if text.lines().any(|line| line.trim_start().to_lowercase().starts_with("pin-priority")) => {
                return Ok(true);
            }
            // A file that may not be read may hold a pin.
            Err(HostError::Denied(_)) => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}
