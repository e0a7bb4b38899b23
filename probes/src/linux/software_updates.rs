//! Pending security updates, how fresh that knowledge is, and whether one waits for a restart.
//!
//! Nothing is started, locked or fetched: what the package manager has already written down is
//! compared. Where that does not suffice the answer is unknown, with the age of what is known.

use jiff::Timestamp;

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Host, Read};
use crate::linux::distro::{self, OsRelease};
use crate::linux::place::{hides_the_machine, place};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::{Family, Place};

mod apk;
mod apt;
mod image;
mod pacman;
mod pending;
mod restart;
mod rpm;

pub(crate) const PROBE: Probe = Probe {
    practice: PracticeId::SoftwareUpdates,
    platform: Platform::Linux,
    observe,
    reads: "Compares installed packages with the security archive's lists, their age, and the running kernel",
};

const PRACTICE: PracticeId = PracticeId::SoftwareUpdates;

/// "Nothing pending" from older lists proves nothing. In days.
const FRESH_DAYS: i64 = 7;

fn observe(host: &dyn Host) -> Read<Finding> {
    let place = place(host);
    if let Some(why) = hides_the_machine(place).filter(|_| place != Place::Wsl) {
        return Ok(Finding::unknown(PRACTICE, why));
    }
    let release = distro::os_release(host)?;
    let family = distro::family(&release, host);
    let restart = restart::needed(host, family);
    let mut finding = match family {
        Family::Debian | Family::Ubuntu => apt::observe(host, &release),
        Family::Arch => pacman::observe(host, &release),
        Family::Alpine => apk::observe(host),
        Family::Ostree => image::ostree(host, &release),
        Family::Nixos => image::nixos(host, &release),
        Family::Suse if is_snapshot(&release) => image::snapshot(host, &release),
        Family::Fedora | Family::Rhel | Family::Suse => rpm::observe(host, &release, family),
        _ => Finding::unknown(PRACTICE, text!("Stethoscope does not know this distribution's package manager")),
    };
    // A restart that is due decides alone; pending updates are still the more useful thing to say.
    if let Ok(Some(restart)) = &restart
        && finding.observation != Observation::Off
    {
        let before = std::mem::take(&mut finding.evidence);
        finding = Finding::new(PRACTICE, Observation::Off, restart.detail.clone());
        finding.evidence = restart.evidence.clone();
        finding.evidence.extend(before);
    } else if let Err(error) = restart
        && finding.observation == Observation::On
    {
        return Ok(Finding::unknown(PRACTICE, error.reason()).with_evidence(finding.evidence));
    }
    Ok(finding)
}

/// openSUSE's rolling kinds have no releases: their version is the day of a snapshot.
fn is_snapshot(release: &OsRelease) -> bool {
    ["opensuse-tumbleweed", "opensuse-slowroll", "opensuse-microos", "opensuse-aeon", "opensuse-kalpa"]
        .contains(&release.id.as_str())
}

/// Whole days between a moment and the scan; never negative, since clocks jump.
fn days_since(host: &dyn Host, moment: Timestamp) -> i64 {
    ((host.now().as_second() - moment.as_second()) / 86_400).max(0)
}

fn evidence(source: impl Into<String>, saw: impl Into<String>, check: impl Into<String>) -> Evidence {
    Evidence { source: source.into(), saw: saw.into(), check: check.into() }
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
