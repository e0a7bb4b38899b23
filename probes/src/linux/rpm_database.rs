//! What rpm has installed, from its own database. Nothing here locks it or writes beside it.
//!
//! A database is read once and what it says is remembered until it changes, because reading takes longer
//! than all the rest of a scan.

use std::sync::Arc;

use crate::host::memory::Stamp;
use crate::host::{Host, HostError, Read, present};
use crate::parse::rpm_header::{self, Package};
use crate::parse::{rpm_ndb, sqlite};

/// Where rpm keeps its database: Fedora since 36, EL since 10 and SUSE; images of rpm-ostree; all others.
/// Often two of these are links to the third.
const FOLDERS: [&str; 3] = ["/usr/lib/sysimage/rpm", "/usr/share/rpm", "/var/lib/rpm"];

/// The formats, in the order in which rpm itself looks for them (`lib/backend/dbi`).
const FORMATS: [(&str, Format); 3] =
    [("rpmdb.sqlite", Format::Sqlite), ("Packages.db", Format::Ndb), ("Packages", Format::Berkeley)];

#[derive(Clone, Copy)]
enum Format {
    Sqlite,
    Ndb,
    Berkeley,
}

/// How often a database that changes under the reader is read anew.
const TRIES: usize = 3;

/// The packages of one database.
#[derive(Debug)]
pub struct Installed {
    /// The file.
    pub path: String,
    pub packages: Arc<Vec<Package>>,
}

/// Every installed package, in no order that means anything. `None` where rpm has no database here.
pub fn installed(host: &dyn Host) -> Read<Option<Installed>> {
    for folder in FOLDERS {
        for (name, format) in FORMATS {
            if let Some(path) = present(host.real_path(&format!("{folder}/{name}")))? {
                let packages = match format {
                    Format::Sqlite => sqlite(host, &path)?,
                    Format::Ndb => host.worked_out("rpm packages", &[&path], || {
                        undisturbed(&path, || vec![host.stamp(&path)], || read_ndb(host, &path))
                    })?,
                    Format::Berkeley => {
                        let problem = "it has the format of Berkeley DB, which this program does not read";
                        return Err(HostError::Garbled(path, problem.to_owned()));
                    }
                };
                return Ok(Some(Installed { path, packages }));
            }
        }
    }
    Ok(None)
}

fn sqlite(host: &dyn Host, path: &str) -> Read<Arc<Vec<Package>>> {
    let beside = [format!("{path}-wal"), format!("{path}-journal")];
    let mut files = vec![path];
    for file in &beside {
        if host.exists(file)? {
            files.push(file);
        }
    }
    let state = || [path, &beside[0], &beside[1]].map(|file| host.stamp(file)).to_vec();
    host.worked_out("rpm packages", &files, || undisturbed(path, state, || read_sqlite(host, path, &beside)))
}

/// Reads, and reads anew where the files were changed meanwhile: then parts of two states may be mixed.
fn undisturbed<T>(path: &str, state: impl Fn() -> Vec<Option<Stamp>>, read: impl Fn() -> Read<T>) -> Read<T> {
    for _ in 0..TRIES {
        let before = state();
        let result = read();
        if state() == before {
            return result;
        }
    }
    Err(HostError::Garbled(path.to_owned(), "it is being changed at the moment".to_owned()))
}

fn read_sqlite(host: &dyn Host, path: &str, [wal, journal]: &[String; 2]) -> Read<Vec<Package>> {
    if let Some(mut journal) = present(host.open(journal))? {
        let length = usize::try_from(journal.size().min(8)).unwrap_or(0);
        if sqlite::is_unfinished(&journal.part(0, length)?) {
            return Err(HostError::Garbled(path.to_owned(), "a change of it was not finished".to_owned()));
        }
    }
    let mut packages = Vec::new();
    let database = sqlite::open(host.open(path)?, present(host.open(wal))?)?;
    // Columns: the number of the header, and the header.
    database.rows("Packages", &mut |row| {
        let Some(length) = row.blob_length(1) else { return Err(row.garbled("it is no package")) };
        match rpm_header::package(length, &mut |wanted| row.start(1, wanted))? {
            Ok(package) => packages.push(package),
            Err(problem) => return Err(row.garbled(problem)),
        }
        Ok(())
    })?;
    Ok(without_keys(packages))
}

fn read_ndb(host: &dyn Host, path: &str) -> Read<Vec<Package>> {
    let mut packages = Vec::new();
    let mut file = host.open(path)?;
    rpm_ndb::packages(file.as_mut(), &mut |blob| {
        match rpm_header::package(blob.length, &mut |wanted| blob.start(wanted))? {
            Ok(package) => packages.push(package),
            Err(problem) => return Err(HostError::Garbled(path.to_owned(), problem.to_owned())),
        }
        Ok(())
    })?;
    Ok(without_keys(packages))
}

fn without_keys(mut packages: Vec<Package>) -> Vec<Package> {
    packages.retain(|package| !package.is_key());
    packages.shrink_to_fit();
    packages
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn stamp(size: u64) -> Vec<Option<Stamp>> {
        vec![Some(Stamp { device: 1, inode: 1, size, modified: (1, 0), changed: (1, 0) }), None]
    }

    #[test]
    fn a_database_that_changes_meanwhile_is_read_anew() {
        let (asked, reads) = (Cell::new(0), Cell::new(0));
        // The first reading is disturbed, the second is not.
        let state = || {
            asked.set(asked.get() + 1);
            stamp(if asked.get() == 1 { 1 } else { 2 })
        };
        let read = || {
            reads.set(reads.get() + 1);
            Ok(reads.get())
        };
        assert_eq!(undisturbed("rpmdb.sqlite", state, read), Ok(2));
    }

    #[test]
    fn a_database_that_never_rests_is_unknown_even_where_reading_it_went_well() {
        let asked = Cell::new(0);
        let state = || {
            asked.set(asked.get() + 1);
            stamp(asked.get())
        };
        let error = undisturbed("rpmdb.sqlite", state, || Ok(())).expect_err("it cannot be told");
        assert!(error.to_string().contains("being changed"), "{error}");
    }
}
