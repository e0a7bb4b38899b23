//! Of which day pacman's databases are.
//!
//! pacman gives a database the date that the mirror says it was last changed, so a young database proves
//! both a sync and a mirror that is kept up. Arch changes its own every day. Manjaro brings its stable
//! branch in steps of some weeks: there the last sync that went through has to speak for older ones.

use jiff::Timestamp;

use super::{FRESH_DAYS, Knowledge, days_since};
use crate::host::{Host, Read};
use crate::linux::distro::OsRelease;

/// The repositories a distribution changes itself, on whose age its packages hang.
const OFFICIAL: [&str; 6] = ["core", "extra", "multilib", "system", "world", "galaxy"];

/// How old Manjaro's databases may be while a sync still finds nothing newer, in days.
const MANJARO_DAYS: i64 = 45;

const LOG: &str = "/var/log/pacman.log";

/// Touched by pamac, Manjaro's software centre, when it has fetched all databases.
const PAMAC_STAMP: &str = "/var/lib/pacman/sync/refresh_timestamp";

pub(super) fn knowledge(host: &dyn Host, release: &OsRelease, databases: &[(&str, Timestamp)]) -> Knowledge {
    let is_official = |path: &str| OFFICIAL.iter().any(|name| path.ends_with(&format!("/{name}.db")));
    let official: Vec<_> = databases.iter().filter(|(path, _)| is_official(path)).collect();
    let counted = if official.is_empty() { databases.iter().collect() } else { official };
    // One sync fetches all, so the newest tells when it was.
    let newest = counted.into_iter().max_by_key(|(_, when)| *when);
    let (path, when) = newest.map_or(("", Timestamp::UNIX_EPOCH), |(path, when)| (*path, *when));
    let known = Knowledge::changed(host, path, when);
    let days = days_since(host, when);
    if release.id != "manjaro" || !(FRESH_DAYS + 1..=MANJARO_DAYS).contains(&days) {
        return known;
    }
    match last_sync(host) {
        Some((source, moment)) if days_since(host, moment) <= FRESH_DAYS && moment <= host.now() => Knowledge {
            when: moment,
            source: source.to_owned(),
            words: format!("databases fetched {}", moment.strftime("%Y-%m-%d")),
            is_inferred: true,
            stale: None,
        },
        _ => known,
    }
}

/// The last fetch of all databases that went through, and what says so.
fn last_sync(host: &dyn Host) -> Option<(&'static str, Timestamp)> {
    let stamp = host.stat(PAMAC_STAMP).ok().map(|stat| (PAMAC_STAMP, stat.modified));
    let upgrade = host.worked_out("pacman's last upgrade", &[LOG], || last_upgrade(host)).ok();
    let upgrade = upgrade.and_then(|moment| *moment).map(|moment| (LOG, moment));
    stamp.into_iter().chain(upgrade).max_by_key(|(_, moment)| *moment)
}

/// pacman begins an upgrade of everything only after a sync that went through.
fn last_upgrade(host: &dyn Host) -> Read<Option<Timestamp>> {
    let log = host.read_text(LOG)?;
    let mut lines = log.lines().rev().filter(|line| line.contains("[PACMAN]"));
    while let Some(line) = lines.next() {
        if line.contains("starting full system upgrade")
            && lines.next().is_some_and(|before| before.contains("synchronizing package lists"))
        {
            let words = line.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or_default();
            let moment = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%z", words);
            return Ok(moment.ok().and_then(|broken_down| broken_down.to_timestamp().ok()));
        }
    }
    Ok(None)
}
