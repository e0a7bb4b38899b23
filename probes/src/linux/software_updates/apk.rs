//! apk: installed packages against the indexes that the last `apk update` left in the cache.
//!
//! Alpine marks no security updates, so every update counts. apk gives a cached index the time at which
//! it was last fetched or found unchanged. Source: apk-tools, `database.c`.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::Timestamp;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::PRACTICE;
use super::pending::{Compared, Counted, Knowledge, Update, verdict};
use crate::finding::{Finding, Observation};
use crate::host::{Host, HostError, Read, as_text, present};
use crate::parse::{apk_version, tar, unpack};

/// Version 3 of apk moved the file.
const DATABASES: [&str; 2] = ["/usr/lib/apk/db/installed", "/lib/apk/db/installed"];
const REPOSITORIES: &str = "/etc/apk/repositories";
const WORLD: &str = "/etc/apk/world";
const CHECK: &str = "apk version -l '<'";

/// Where indexes are kept; the first is a link that somebody may have set.
const CACHES: [&str; 2] = ["/etc/apk/cache", "/var/cache/apk"];

/// The most that one index may become, in bytes. The largest of Alpine is some 10 MB.
const LARGEST_INDEX: u64 = 256 << 20;

pub(super) fn observe(host: &dyn Host) -> Finding {
    look(host).unwrap_or_else(|error| Finding::unknown(PRACTICE, error.reason()))
}

fn look(host: &dyn Host) -> Read<Finding> {
    let Some(database) = installed_database(host)? else {
        return Err(HostError::Absent(DATABASES[1].to_owned()));
    };
    let (repositories, tagged) = repositories(&host.read_text(REPOSITORIES)?);
    let mut indexes: Vec<(String, Timestamp)> = Vec::new();
    for repository in &repositories {
        match index_of(host, repository)? {
            Some(index) => indexes.push(index),
            None => {
                let why =
                    text!("The package list of {repository} is not kept on this computer", repository = repository);
                return Ok(Finding::unknown(PRACTICE, why).saw(REPOSITORIES, repository, "apk update"));
            }
        }
    }
    let Some((oldest, when)) = indexes.iter().min_by_key(|(_, when)| *when).cloned() else {
        let why = text!("{file} names no repository that updates could come from", file = REPOSITORIES);
        return Ok(Finding::unknown(PRACTICE, why));
    };
    let files: Vec<&str> = std::iter::once(database).chain(indexes.iter().map(|(path, _)| path.as_str())).collect();
    let newer = host.worked_out("packages in apk's indexes", &files, || newer(host, database, &files[1..]))?;
    let world = present(host.read_text(WORLD))?.unwrap_or_default();
    let mut compared = Compared::default();
    for (name, old, new) in newer.iter() {
        // `name=1.2`, `name<2`, `name~1`: somebody wants this version. `name@edge`: it comes from elsewhere.
        let rule =
            |entry: &str| entry.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(['=', '<', '~', '@']));
        if world.split_whitespace().any(rule) && !name.starts_with("linux-") {
            compared.held.push(name.clone());
        } else {
            compared.add(name, old, new, apk_version::compare);
        }
    }
    compared.tidy();
    let mut known = Knowledge::changed(host, &oldest, when);
    // Packages from tagged repositories are not compared with those.
    known.is_inferred = tagged > 0;
    let mut finding = verdict(host, Counted::All, &compared, &known);
    for (name, Update { old, new }) in compared.named() {
        finding = finding.saw(database, format!("{name} {old}, the repositories have {new}"), CHECK);
    }
    if !compared.held.is_empty() {
        finding = finding.saw(
            WORLD,
            format!("kept at a version on purpose: {}", compared.held.join(" ")),
            "cat /etc/apk/world",
        );
    }
    if tagged > 0 && finding.observation == Observation::On {
        let saw = format!("{tagged} tagged repositories are not looked at");
        finding = finding.saw(REPOSITORIES, saw, format!("cat {REPOSITORIES}"));
    }
    let note = "apk does not mark security updates, so every update counts";
    Ok(finding.saw(REPOSITORIES, note, CHECK).with_evidence([known.evidence()]))
}

fn installed_database(host: &dyn Host) -> Read<Option<&'static str>> {
    for path in DATABASES {
        if host.exists(path)? {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// The repositories that count for every package, and how many have a tag.
fn repositories(text: &str) -> (Vec<String>, usize) {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (tagged, plain): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('@'));
    let mut plain: Vec<String> = plain.into_iter().map(str::to_owned).collect();
    plain.dedup();
    (plain, tagged.len())
}

/// The cached index of a repository and when it was fetched. A repository on a medium is its own index.
/// apk 2 names the copy after SHA-1, apk 3 after SHA-256, of the address with or without its end.
fn index_of(host: &dyn Host, repository: &str) -> Read<Option<(String, Timestamp)>> {
    let architecture = present(host.read_line("/etc/apk/arch"))?.unwrap_or_else(|| "x86_64".to_owned());
    let whole = format!("{}/{architecture}/APKINDEX.tar.gz", repository.trim_end_matches('/'));
    let mut paths = Vec::new();
    if repository.starts_with('/') {
        paths.push(whole);
    } else {
        let start = |hash: &[u8]| hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>();
        for address in [repository, &whole] {
            let hashes = [start(&Sha1::digest(address.as_bytes())), start(&Sha256::digest(address.as_bytes()))];
            paths.extend(
                CACHES.iter().flat_map(|cache| hashes.clone().map(|hash| format!("{cache}/APKINDEX.{hash}.tar.gz"))),
            );
        }
    }
    let mut found: Option<(String, Timestamp)> = None;
    for path in paths {
        if let Some(stat) = present(host.stat(&path))?
            && found.as_ref().is_none_or(|(_, when)| stat.modified > *when)
        {
            found = Some((path, stat.modified));
        }
    }
    Ok(found)
}

/// Names and versions of the paragraphs of an index or of the list of installed packages.
fn packages(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("\n\n").filter_map(|paragraph| {
        let field = |key: &str| paragraph.lines().find_map(|line| line.strip_prefix(key));
        Some((field("P:")?, field("V:")?))
    })
}

/// Every installed package of which an index has a newer version: name, installed version, newest.
fn newer(host: &dyn Host, database: &str, indexes: &[&str]) -> Read<Vec<(String, String, String)>> {
    let text = host.read_shared(database)?;
    let text = as_text(&text);
    let installed: HashMap<&str, &str> = packages(&text).collect();
    let mut newest: HashMap<String, String> = HashMap::new();
    for path in indexes {
        let bytes = host.read_shared(path)?;
        let stream = unpack::unpack(&bytes, LARGEST_INDEX);
        let read = stream.and_then(|stream| {
            tar::members(stream, |member, contents| {
                if member != "APKINDEX" {
                    return Ok(());
                }
                let mut index = Vec::new();
                contents.read_to_end(&mut index)?;
                for (name, version) in packages(&as_text(&index)) {
                    let Some(own) = installed.get(name) else { continue };
                    let best = newest.get(name).map_or(*own, String::as_str);
                    if apk_version::compare(version, best) == Ordering::Greater {
                        newest.insert(name.to_owned(), version.to_owned());
                    }
                }
                Ok(())
            })
        });
        read.map_err(|error| HostError::Garbled((*path).to_owned(), error.to_string()))?;
    }
    let mut found: Vec<_> =
        newest.into_iter().map(|(name, new)| (name.clone(), installed[name.as_str()].to_owned(), new)).collect();
    found.sort();
    Ok(found)
}
