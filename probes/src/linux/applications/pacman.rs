//! Arch packages: one directory each in `/var/lib/pacman/local`, named `NAME-VERSION-RELEASE`.

use super::{Found, item};
use crate::host::{Host, Read, present};

const LOCAL: &str = "/var/lib/pacman/local";

pub(super) fn pacman(host: &dyn Host) -> Read<Option<Found>> {
    let Some(names) = present(host.list(LOCAL))? else { return Ok(None) };
    let package = |directory: &String| {
        // Neither version nor release may hold a hyphen (PKGBUILD(5)).
        let mut ends = directory.rmatch_indices('-').map(|(at, _)| at);
        let (_release, version) = (ends.next()?, ends.next()?);
        Some(item("pacman", &directory[..version], &directory[version + 1..]))
    };
    let items: Vec<_> = names.iter().filter_map(package).collect();
    Ok((!items.is_empty()).then(|| Found { source: LOCAL.to_owned(), items, check: "pacman -Q" }))
}
