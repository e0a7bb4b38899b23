//! pacman: installed packages against the databases that the last `pacman -Sy` fetched.
//!
//! pacman marks no security updates, so every update counts. What came from elsewhere (the AUR) is in
//! no database: that is said, and makes "nothing is missing" a conclusion.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::pending::{Compared, Counted, Knowledge, Update, verdict};
use super::{FRESH_DAYS, PRACTICE, days_since};
use crate::finding::{Finding, Observation};
use crate::host::{Host, HostError, Read, present};
use crate::linux::distro::OsRelease;
use crate::parse::{glob, pacman_conf, pacman_version, tar, unpack};

mod settings;
mod synced;

use settings::Settings;

const CHECK: &str = "pacman -Qu";

/// The most that one database may become, in bytes. The largest of Arch is some 60 MB.
const LARGEST_DATABASE: u64 = 1 << 30;

pub(super) fn observe(host: &dyn Host, release: &OsRelease) -> Finding {
    look(host, release).unwrap_or_else(|error| Finding::unknown(PRACTICE, error.reason()))
}

fn look(host: &dyn Host, release: &OsRelease) -> Read<Finding> {
    let settings = settings::read(host)?;
    let local = format!("{}/local", settings.database);
    let paths: Vec<String> =
        settings.repositories.iter().map(|name| format!("{}/sync/{name}.db", settings.database)).collect();
    let mut stats = Vec::new();
    for path in &paths {
        match host.stat(path) {
            Ok(stat) => stats.push((path.as_str(), stat.modified)),
            Err(HostError::Absent(_)) => {
                let why = text!("The package database {file} has never been fetched", file = path);
                return Ok(Finding::unknown(PRACTICE, why));
            }
            Err(error) => return Err(error),
        }
    }
    if stats.is_empty() {
        let why = text!("{file} names no repository that updates could come from", file = settings::FILE);
        return Ok(Finding::unknown(PRACTICE, why));
    }
    let files: Vec<&str> = std::iter::once(&local).chain(&paths).map(String::as_str).collect();
    let found = host.worked_out("packages in pacman's databases", &files, || compare(host, &local, &paths))?;
    let (compared, is_sure) = sort(host, &found, &settings, &local)?;
    let mut known = synced::knowledge(host, release, &stats);
    known.is_inferred |= !found.foreign.is_empty();
    let mut finding = verdict(host, Counted::All, &compared, &known);
    if finding.observation == Observation::Off && !is_sure {
        finding = finding.inferred();
    }
    for (name, Update { old, new }) in compared.named() {
        finding = finding.saw(&local, format!("{name} {old}, the repositories have {new}"), CHECK);
    }
    if !compared.held.is_empty() {
        let saw = format!("left alone on purpose (IgnorePkg, IgnoreGroup): {}", compared.held.join(" "));
        finding = finding.saw(settings::FILE, saw, "pacman -Qu");
    }
    if let Some(first) = found.foreign.first() {
        let saw = format!(
            "{} packages are in no repository (AUR, self-made), {first} among them; their updates cannot be seen",
            found.foreign.len()
        );
        finding = finding.saw(&local, saw, "pacman -Qm");
    }
    let note = "pacman does not mark security updates, so every update counts";
    Ok(finding.saw(format!("{}/sync", settings.database), note, CHECK).with_evidence([known.evidence()]))
}

/// A kernel that is left alone leaves the whole machine open: that is no exception for one program.
fn is_kernel(name: &str) -> bool {
    let is_variant = |rest: &str| matches!(rest, "" | "-lts" | "-zen" | "-hardened" | "-rt" | "-rt-lts" | "-cachyos");
    let is_numbered = |rest: &str| !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_digit());
    // Manjaro counts its kernels: linux612.
    name.strip_prefix("linux").is_some_and(|rest| is_variant(rest) || is_numbered(rest))
}

/// The installed packages, held against the repositories.
struct Found {
    /// Name, installed version, newer version.
    newer: Vec<(String, String, String)>,
    /// The names of those that no repository has.
    foreign: Vec<String>,
}

fn compare(host: &dyn Host, local: &str, databases: &[String]) -> Read<Found> {
    let folders = host.list(local)?;
    let installed: HashMap<&str, &str> =
        folders.iter().filter_map(|folder| pacman_conf::split_folder(folder)).collect();
    let mut newer = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for path in databases {
        let bytes = host.read_shared(path)?;
        let mut in_this: HashSet<String> = HashSet::new();
        let stream = unpack::unpack(&bytes, LARGEST_DATABASE);
        let read = stream.and_then(|stream| {
            tar::members(stream, |member, _contents| {
                let folder = member.split('/').next().unwrap_or_default();
                let Some((name, version)) = pacman_conf::split_folder(folder) else { return Ok(()) };
                // The first repository that has a package is the one it comes from.
                let Some(own) = installed.get(name).filter(|_| !seen.contains(name)) else { return Ok(()) };
                if in_this.insert(name.to_owned()) && pacman_version::compare(version, own) == Ordering::Greater {
                    newer.push((name.to_owned(), (*own).to_owned(), version.to_owned()));
                }
                Ok(())
            })
        });
        read.map_err(|error| HostError::Garbled(path.clone(), error.to_string()))?;
        seen.extend(in_this);
    }
    let mut foreign: Vec<String> =
        installed.keys().filter(|name| !seen.contains(**name)).map(|name| (*name).to_owned()).collect();
    foreign.sort();
    Ok(Found { newer, foreign })
}

/// Parts the updates that wait from those that the settings leave alone. The second part says whether that
/// could be told of all.
fn sort(host: &dyn Host, found: &Found, settings: &Settings, local: &str) -> Read<(Compared, bool)> {
    let mut compared = Compared::default();
    for (name, old, new) in &found.newer {
        let fits = |patterns: &[String], word: &str| patterns.iter().any(|pattern| glob::matches(pattern, word));
        let mut is_left = fits(&settings.ignored, name);
        if !is_left && !settings.ignored_groups.is_empty() {
            let desc = present(host.read_text(&format!("{local}/{name}-{old}/desc")))?.unwrap_or_default();
            let groups = pacman_conf::desc_values(&desc, "%GROUPS%");
            is_left = groups.iter().any(|group| fits(&settings.ignored_groups, group));
        }
        if is_left && !is_kernel(name) {
            compared.held.push(name.clone());
        } else {
            compared.add(name, old, new, pacman_version::compare);
        }
    }
    compared.tidy();
    Ok((compared, settings.unread.is_none()))
}
