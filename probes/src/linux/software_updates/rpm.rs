//! dnf and zypper: installed packages against the advisories that repositories publish.
//!
//! Both keep what they fetched where everybody may read it. Where no repository has advisories (CentOS
//! Stream), every newer package counts.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::io;

use super::PRACTICE;
use super::pending::{Compared, Counted, Knowledge, Update, verdict};
use crate::finding::{Finding, Observation};
use crate::host::{Host, HostError, Read};
use crate::linux::distro::OsRelease;
use crate::linux::rpm_database;
use crate::parse::repodata::{self, Offered};
use crate::parse::{glob, rpm_version, unpack};
use crate::system::Family;

mod locks;
mod repositories;

use repositories::{Cached, Repositories};

/// The most that one list may become, in bytes. The largest seen are near 900 MB.
const LARGEST_LIST: u64 = 2 << 30;

pub(super) fn observe(host: &dyn Host, release: &OsRelease, family: Family) -> Finding {
    look(host, release, family).unwrap_or_else(|error| Finding::unknown(PRACTICE, error.reason()))
}

fn look(host: &dyn Host, release: &OsRelease, family: Family) -> Read<Finding> {
    let repositories = match family {
        Family::Suse => repositories::of_zypper(host)?,
        _ => repositories::of_dnf(host)?,
    };
    let check =
        if family == Family::Suse { "zypper list-patches -g security" } else { "dnf updateinfo list --security" };
    if repositories.cached.is_empty() {
        let why = match &repositories.missing {
            Some(missing) => text!("The package lists of {repository} have never been fetched", repository = missing),
            None => text!("No repository is switched on that updates could come from"),
        };
        return Ok(Finding::unknown(PRACTICE, why));
    }
    let advised: Vec<&Cached> = repositories.cached.iter().filter(|one| one.advisories.is_some()).collect();
    // CentOS Stream has none; those of EPEL beside it would say nothing of the system.
    let (counted, used): (Counted, Vec<&Cached>) = match advised.is_empty() || release.id == "centos" {
        false => (Counted::Security, advised),
        true => (Counted::All, repositories.cached.iter().collect()),
    };
    let Some(installed) = rpm_database::installed(host)? else {
        return Err(HostError::Absent("the database of rpm".to_owned()));
    };
    let lists: Vec<(&str, bool)> = used
        .iter()
        .filter_map(|one| match counted {
            Counted::Security => one.advisories.as_deref().map(|path| (path, true)),
            Counted::All => one.packages.as_deref().map(|path| (path, false)),
        })
        .collect();
    if lists.len() < used.len() {
        return Err(HostError::Absent(format!("the list of packages of {}", used[0].id)));
    }
    let streams = locks::module_streams(host)?;
    let wal = format!("{}-wal", installed.path);
    let mut files = vec![installed.path.as_str()];
    if host.exists(&wal)? {
        files.push(&wal);
    }
    files.extend(lists.iter().map(|(path, _)| *path));
    let newer = host.worked_out("security advisories", &files, || newer(host, &installed, &lists))?;
    let locks = match family {
        Family::Suse => locks::of_zypper(host)?,
        _ => locks::of_dnf(host)?,
    };
    let mut compared = Compared::default();
    for update in newer.iter().filter(|update| update.module.as_ref().is_none_or(|stream| streams.contains(stream))) {
        let is_locked = locks.iter().any(|pattern| glob::matches(pattern, &update.name));
        if is_locked && !update.name.starts_with("kernel") {
            compared.held.push(update.name.clone());
        } else {
            compared.add(&update.name, &update.old, &update.new, rpm_version::compare);
        }
    }
    compared.tidy();
    let oldest = used.iter().min_by_key(|one| one.fetched).map_or(used[0], |one| *one);
    let mut known = Knowledge::changed(host, &oldest.table, oldest.fetched);
    known.is_inferred = !repositories.without_advisories(counted).is_empty();
    let finding = verdict(host, counted, &compared, &known);
    let finding = complete(finding, &repositories);
    Ok(explain(finding, &compared, &repositories, counted, &installed.path, check).with_evidence([known.evidence()]))
}

/// That nothing is missing needs the lists of every repository.
fn complete(finding: Finding, repositories: &Repositories) -> Finding {
    match (&finding.observation, &repositories.missing, &repositories.unreadable) {
        (Observation::On, _, Some(error)) => Finding::unknown(PRACTICE, error.reason()),
        (Observation::On, Some(missing), None) => {
            let why = text!("The package lists of {repository} have never been fetched", repository = missing);
            Finding::unknown(PRACTICE, why)
        }
        _ => finding,
    }
}

fn explain(
    mut finding: Finding,
    compared: &Compared,
    repositories: &Repositories,
    counted: Counted,
    database: &str,
    check: &str,
) -> Finding {
    for (name, Update { old, new }) in compared.named() {
        finding = finding.saw(database, format!("{name} {old}, the repositories have {new}"), check);
    }
    if !compared.held.is_empty() {
        finding = finding.saw(database, format!("locked on purpose: {}", compared.held.join(" ")), check);
    }
    match counted {
        Counted::All => {
            let note = "this system has no security advisories, so every newer package counts";
            finding.saw(&repositories.cached[0].table, note, check)
        }
        Counted::Security => {
            let without = repositories.without_advisories(counted);
            if without.is_empty() || finding.observation == Observation::Off {
                return finding;
            }
            let saw = format!("without security advisories, so not looked at: {}", without.join(" "));
            finding.saw("enabled repositories", saw, check)
        }
    }
}

/// A module and its stream, where a package belongs to one.
type Stream = Option<(String, String)>;

/// One installed package of which a repository has something newer.
struct Newer {
    name: String,
    old: String,
    new: String,
    module: Stream,
}

/// Reads the lists, each with whether it has advisories or all packages.
fn newer(host: &dyn Host, installed: &rpm_database::Installed, lists: &[(&str, bool)]) -> Read<Vec<Newer>> {
    // Several versions of a kernel may be installed: the newest counts.
    let mut newest: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    for package in installed.packages.iter() {
        let known = newest.entry(&package.name).or_default();
        match known.iter_mut().find(|(architecture, _)| *architecture == &*package.architecture) {
            Some((_, version)) if rpm_version::compare(&package.version, version) == Ordering::Greater => {
                *version = &package.version;
            }
            Some(_) => {}
            None => known.push((&package.architecture, &package.version)),
        }
    }
    // By name and module: the installed version and the newest one.
    let mut found: HashMap<(String, Stream), (String, String)> = HashMap::new();
    for (path, has_advisories) in lists {
        let bytes = host.read_shared(path)?;
        let mut visit = |offered: Offered| {
            let Some(known) = newest.get(offered.name.as_str()) else { return };
            let fits = |architecture: &str| {
                architecture == offered.architecture || architecture == "noarch" || offered.architecture == "noarch"
            };
            let own = known.iter().find(|(architecture, _)| fits(architecture));
            let Some((_, own)) =
                own.filter(|(_, own)| rpm_version::compare(&offered.version, own) == Ordering::Greater)
            else {
                return;
            };
            let best = found
                .entry((offered.name, offered.module))
                .or_insert_with(|| ((*own).to_owned(), offered.version.clone()));
            if rpm_version::compare(&offered.version, &best.1) == Ordering::Greater {
                best.1 = offered.version;
            }
        };
        let read = unpack::unpack(&bytes, LARGEST_LIST).and_then(|stream| match has_advisories {
            true => repodata::security_packages(stream, &mut visit).map(|_count| ()),
            false => repodata::all_packages(stream, &mut visit),
        });
        read.map_err(|error: io::Error| HostError::Garbled((*path).to_owned(), error.to_string()))?;
    }
    let newer = |((name, module), (old, new))| Newer { name, old, new, module };
    Ok(found.into_iter().map(newer).collect())
}
