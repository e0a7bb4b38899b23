//! Which applications are installed: packages of every manager found, and desktop entries.
//!
//! What is not in the list must not be there. So a package database that exists and cannot be read
//! makes the whole answer `Unknown`: a policy may ask for an application to be absent. Where a small
//! part could not be read the list is `Inferred`: it may lack something, and evidence says what.

mod apk;
mod appimage;
mod desktop;
mod dpkg;
pub(crate) mod flatpak;
mod nix;
mod pacman;
mod rpm;
pub(crate) mod snap;

#[cfg(all(test, feature = "fixture"))]
mod tests;

use crate::finding::{Evidence, Finding, Item, Observation};
use crate::host::{Host, Read};
use crate::linux::place::{hides_the_machine, place};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;

/// The probe.
pub const PROBE: Probe = Probe {
    practice: PracticeId::Applications,
    platform: Platform::Linux,
    observe,
    reads: "The lists of dpkg, rpm, pacman, apk, flatpak, snap and Nix, AppImage files and the menu's entries.",
};

/// What one manager has installed.
#[derive(Debug)]
struct Found {
    /// The file or directory that was read.
    source: String,
    items: Vec<Item>,
    /// A command that lists the same.
    check: &'static str,
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::Applications;
    let place = place(host);
    if matches!(place, Place::Sandbox | Place::Container)
        && let Some(why) = hides_the_machine(place)
    {
        return Ok(Finding::unknown(practice, why));
    }
    let mut all: Vec<Found> = Vec::new();
    all.extend(dpkg::dpkg(host)?);
    all.extend(pacman::pacman(host)?);
    all.extend(apk::apk(host)?);
    let mut missed: Vec<Evidence> = Vec::new();
    all.extend(nix::system(host, &mut missed)?);
    match rpm::rpm(host) {
        Ok(found) => all.extend(found),
        Err(error) if all.is_empty() => return Err(error),
        // Another system's tools on this one: most likely there is nothing in it, yet nobody knows.
        Err(error) => {
            missed.push(Evidence { source: "rpm".to_owned(), saw: error.to_string(), check: "rpm -qa".to_owned() });
        }
    }
    if all.is_empty() {
        return Ok(Finding::unknown(practice, text!("No list of installed packages was found that can be read")));
    }
    all.extend(flatpak::flatpak(host)?);
    all.extend(snap::snap(host)?);
    all.extend(nix::profiles(host, &mut missed)?);
    all.extend(appimage::appimage(host)?);
    let entries = desktop::entries(host, &mut missed)?;
    desktop::add_labels(&mut all, &entries);
    all.extend(desktop::found(entries));
    let evidence: Vec<Evidence> = all.iter().map(evidence).collect();
    // The same application from the same manager counts once, wherever it was found.
    let mut items: Vec<Item> = all.into_iter().flat_map(|found| found.items).collect();
    items.sort_by(|a, b| identity(a).cmp(&identity(b)));
    items.dedup_by(|later, first| identity(later) == identity(first));
    let detail = text!("{count} packages and applications are installed", count = items.len());
    let finding = Finding::new(practice, Observation::Items(items), detail);
    let finding = if missed.is_empty() { finding } else { finding.inferred() };
    Ok(finding.with_evidence(missed.into_iter().chain(evidence)))
}

fn identity(item: &Item) -> (&str, &str, &str) {
    (&item.name, &item.source, &item.version)
}

fn evidence(found: &Found) -> Evidence {
    Evidence {
        source: found.source.clone(),
        saw: format!("{} entries", found.items.len()),
        check: found.check.to_owned(),
    }
}

/// Something that may hold applications and could not be read.
fn miss(source: &str, saw: impl Into<String>) -> Evidence {
    Evidence { source: source.to_owned(), saw: saw.into(), check: format!("ls -l {source}") }
}

fn item(source: &'static str, name: &str, version: &str) -> Item {
    Item { name: name.to_owned(), version: version.to_owned(), source: source.into(), label: None }
}
