//! What fwupd wrote down of this computer when it ran last.
//!
//! Whenever fwupd is asked for its level, which every `fwupdmgr` and the daily refresh do, it compares its
//! findings with the last entry of the table `hsi_history` in `/var/lib/fwupd/pending.db` and adds one where
//! they changed (src/fu-engine.c, src/fu-history.c; seen with 2.0.20). The file is readable for everyone. So
//! the last entry stands for what fwupd saw when it ran last, however old the entry itself is; when that
//! was, the files say that every run or refresh writes.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use crate::host::{Host, HostError, Read, present};
use crate::parse::sqlite;

const DATABASE: &str = "/var/lib/fwupd/pending.db";
const JOURNAL: &str = "/var/lib/fwupd/pending.db-journal";
/// Rewritten when the list of firmware is fetched.
const METADATA: &str = "/var/lib/fwupd/metadata/lvfs";

/// The most that is read of the database, in bytes, and of one entry. A full entry has 20 KiB.
const LARGEST: u64 = 16 << 20;
const LARGEST_ENTRY: usize = 1 << 20;

/// The last entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// The host security ID: `HSI:1! (v2.0.20)`.
    pub(super) id: String,
    /// The tests, as fwupd writes them: `SecurityAttributes`.
    pub(super) tests: Value,
    /// Since when fwupd has found this, in its words.
    pub(super) since: String,
}

/// How evidence calls the place.
pub(super) const SOURCE: &str = "/var/lib/fwupd/pending.db, hsi_history";

/// The last entry, and the day on which fwupd ran last as far as its files tell. `None` where it never
/// wrote one.
pub(super) fn last(host: &dyn Host) -> Read<Option<(Arc<Option<Entry>>, Date)>> {
    let Some(stat) = present(host.stat(DATABASE))? else { return Ok(None) };
    if stat.size > LARGEST {
        return Err(HostError::Garbled(DATABASE.to_owned(), "it is too large".to_owned()));
    }
    if let Some(journal) = present(host.read(JOURNAL))?
        && sqlite::is_unfinished(&journal)
    {
        return Err(HostError::Garbled(DATABASE.to_owned(), "a change of it was not finished".to_owned()));
    }
    let entry = host.worked_out("what fwupd wrote down", &[DATABASE], || newest(host))?;
    let refreshed = host.stat(METADATA).map_or(Timestamp::UNIX_EPOCH, |metadata| metadata.modified);
    let day = stat.modified.max(refreshed).to_zoned(jiff::tz::TimeZone::UTC).date();
    Ok(Some((entry, day)))
}

fn newest(host: &dyn Host) -> Read<Option<Entry>> {
    let mut newest = None;
    sqlite::open(host.open(DATABASE)?, None)?.rows("hsi_history", &mut |row| {
        let mut text = |column: usize| {
            let bytes = row.start(column, LARGEST_ENTRY)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        newest = Some((text(0)?, text(1)?, text(2)?));
        Ok(())
    })?;
    let Some((since, details, id)) = newest else { return Ok(None) };
    let garbled = || HostError::Garbled(SOURCE.to_owned(), "the last entry is no list of tests".to_owned());
    let mut details: Value = serde_json::from_str(&details).map_err(|_error| garbled())?;
    let tests = details.get_mut("SecurityAttributes").map(Value::take).ok_or_else(garbled)?;
    Ok(Some(Entry { id, tests, since }))
}
