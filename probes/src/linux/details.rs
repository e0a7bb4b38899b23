//! What an inventory asks of a Linux machine: firmware, build, addresses, disks, browser extensions.

mod chromium;
mod disks;
mod firefox;

use crate::details::{Details, Extension};
use crate::host::Host;
use crate::linux::device::{filled, line};
use crate::linux::distro;

/// More than anybody uses. A home with more is told in part, so that neither time nor memory runs away.
const MOST_EXTENSIONS: usize = 500;

/// A name may be this long; whatever an extension calls itself, it must not fill the screen.
const LONGEST_WORDS: usize = 300;

/// The details; what cannot be read is empty.
pub(crate) fn details(host: &dyn Host) -> Details {
    Details { extensions: extensions(host), ..without_extensions(host) }
}

/// The details but for the extensions, by which a person can be told: a recorder leaves them alone.
pub(crate) fn without_extensions(host: &dyn Host) -> Details {
    Details {
        firmware: line(host, "/sys/class/dmi/id/bios_version").and_then(filled),
        build: build(host),
        addresses: host.addresses().unwrap_or_default(),
        disks: disks::disks(host),
        extensions: Vec::new(),
    }
}

fn build(host: &dyn Host) -> Option<String> {
    let release = distro::os_release(host).unwrap_or_default();
    // Arch says that every one of its builds is called `rolling`, which tells none from another.
    let named = [release.build_id, release.image_version, release.ostree_version];
    let named = named.into_iter().find(|build| !build.is_empty() && build != "rolling");
    named.or_else(|| line(host, "/proc/sys/kernel/osrelease"))
}

fn extensions(host: &dyn Host) -> Vec<Extension> {
    let mut found = firefox::extensions(host, MOST_EXTENSIONS);
    found.extend(chromium::extensions(host, MOST_EXTENSIONS));
    found.sort();
    found.dedup();
    found.truncate(MOST_EXTENSIONS);
    found
}

/// A small file as bytes, of which nothing is kept for the rest of the scan.
fn small(host: &dyn Host, path: &str, limit: u64) -> Option<Vec<u8>> {
    let mut file = host.open(path).ok()?;
    let size = Some(file.size()).filter(|size| *size <= limit)?;
    file.part(0, usize::try_from(size).ok()?).ok()
}

fn cut(words: &str) -> String {
    words.chars().take(LONGEST_WORDS).collect()
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
