//! Debian packages: `/var/lib/dpkg/status`, and the files of images without dpkg.

use super::{Found, item};
use crate::host::{Host, Read, as_text, present};
use crate::parse::dpkg_status;

const STATUS: &str = "/var/lib/dpkg/status";
const PIECES: &str = "/var/lib/dpkg/status.d";

pub(super) fn dpkg(host: &dyn Host) -> Read<Option<Found>> {
    let mut items = Vec::new();
    let mut source = None;
    if let Some(packages) = present(host.worked_out("packages of dpkg", &[STATUS], || installed(host)))? {
        let mut words = packages.split_terminator('\n');
        while let (Some(name), Some(version)) = (words.next(), words.next()) {
            items.push(item("dpkg", name, version));
        }
        source = Some(STATUS);
    }
    for name in present(host.list(PIECES))?.unwrap_or_default() {
        if name.ends_with(".md5sums") {
            continue;
        }
        let text = host.read_text(&format!("{PIECES}/{name}"))?;
        // These have no `Status`: what is listed is there.
        items.extend(dpkg_status::packages(&text).map(|package| item("dpkg", package.name, package.version)));
        source = source.or(Some(PIECES));
    }
    // A Fedora with Debian's tools has an empty file, which says nothing of its own packages.
    Ok(source.filter(|_| !items.is_empty()).map(|source| Found {
        source: source.to_owned(),
        items,
        check: "dpkg-query -l",
    }))
}

/// Name and version of every package, a line each: thousands of them are remembered.
fn installed(host: &dyn Host) -> Read<Box<str>> {
    let bytes = host.read_shared(STATUS)?;
    let mut lines = String::new();
    for package in dpkg_status::installed(&as_text(&bytes)) {
        lines.extend([package.name, "\n", package.version, "\n"]);
    }
    Ok(lines.into_boxed_str())
}
