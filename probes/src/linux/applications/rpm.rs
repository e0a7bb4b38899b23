//! Packages of Fedora, Red Hat, SUSE and all others with rpm.

use super::{Found, item};
use crate::host::{Host, Read};
use crate::linux::rpm_database;

pub(super) fn rpm(host: &dyn Host) -> Read<Option<Found>> {
    let Some(installed) = rpm_database::installed(host)? else { return Ok(None) };
    let items: Vec<_> = installed.packages.iter().map(|package| item("rpm", &package.name, &package.version)).collect();
    // A Debian with rpm's tools has a database without packages.
    Ok((!items.is_empty()).then_some(Found { source: installed.path, items, check: "rpm -qa" }))
}
