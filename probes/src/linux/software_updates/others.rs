//! Package managers that can be asked only by running them: what is known is its age.

use super::{PRACTICE, days_since, evidence};
use crate::finding::Finding;
use crate::host::Host;
use crate::system::Family;

pub(super) fn observe(host: &dyn Host, family: Family) -> Finding {
    let (manager, places): (&str, &[&str]) = match family {
        Family::Fedora | Family::Rhel => ("dnf", &["/var/cache/libdnf5", "/var/cache/dnf"]),
        Family::Ostree => ("rpm-ostree", &["/sysroot/ostree/repo/refs/remotes", "/ostree/repo/refs/remotes"]),
        Family::Suse => ("zypper", &["/var/cache/zypp/raw"]),
        Family::Arch => ("pacman", &["/var/lib/pacman/sync"]),
        Family::Nixos => ("nix", &["/nix/var/nix/profiles"]),
        Family::Alpine => ("apk", &["/var/cache/apk", "/lib/apk/db"]),
        _ => {
            let why = text!("Stethoscope does not know this distribution's package manager");
            return Finding::unknown(PRACTICE, why);
        }
    };
    let newest = places.iter().filter_map(|place| newest_below(host, place)).max_by_key(|(_, when)| *when);
    let Some((path, when)) = newest else {
        let why = text!("Whether updates are missing cannot be seen without running {manager}", manager = manager);
        return Finding::unknown(PRACTICE, why);
    };
    let days = days_since(host, when);
    let why = text!(
        "Whether updates are missing cannot be seen without running {manager}; what it knows is {days} days old",
        manager = manager,
        days = days
    );
    let saw = format!("last changed {}", when.strftime("%Y-%m-%d"));
    Finding::unknown(PRACTICE, why).with_evidence([evidence(&path, saw, format!("stat {path}"))])
}

/// The newest thing in a folder, and the folder's own change where nothing in it can be looked at.
fn newest_below(host: &dyn Host, folder: &str) -> Option<(String, jiff::Timestamp)> {
    let names = host.list(folder).unwrap_or_default();
    let inside = names.into_iter().map(|name| format!("{folder}/{name}"));
    inside
        .filter_map(|path| host.stat(&path).ok().map(|stat| (path, stat.modified)))
        .max_by_key(|(_, when)| *when)
        .or_else(|| host.stat(folder).ok().map(|stat| (folder.to_owned(), stat.modified)))
}
