//! Whether security updates install themselves.
//!
//! Each family has its own mechanisms, and the desktop's software centre may do it too. One that
//! works is enough; one that cannot be read keeps the others' "no" from counting. Beside them snaps and
//! flatpaks have updates of their own.

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Host, HostError, Read};
use crate::linux::distro;
use crate::linux::place::{hides_the_machine, place};
use crate::linux::systemd::{self, Unit};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::{Family, Place};
use crate::text::Text;

mod alpine;
mod apt;
mod arch;
mod desktop;
mod dnf;
mod flatpak;
mod ostree;
mod snap;
mod suse;
mod timers;

pub(crate) const PROBE: Probe = Probe {
    practice: PracticeId::AutomaticUpdates,
    platform: Platform::Linux,
    observe,
    reads: "Reads the update service's settings and its timer, and those of the desktop's software centre; asks snapd, where it runs, when it refreshes snaps",
};

const PRACTICE: PracticeId = PracticeId::AutomaticUpdates;

/// What one mechanism says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    On,
    /// Set up to run, but that it runs was not seen, or it still asks before a restart.
    Likely,
    Off,
    Unknown,
    /// Not installed: says nothing.
    Missing,
}

/// One mechanism: its state, the sentence that says it, and what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mechanism {
    state: State,
    detail: Text,
    evidence: Vec<Evidence>,
    /// Part of what is installed is kept from being updated, however well the rest is.
    held: bool,
}

impl Mechanism {
    fn new(state: State, detail: Text) -> Self {
        Mechanism { state, detail, evidence: Vec::new(), held: false }
    }

    fn missing() -> Self {
        Mechanism::new(State::Missing, text!("It is not installed"))
    }

    fn held(detail: Text) -> Self {
        Mechanism { held: true, ..Mechanism::new(State::Missing, detail) }
    }

    fn failed(error: &HostError) -> Self {
        Mechanism::new(State::Unknown, error.reason())
    }

    fn with(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let place = place(host);
    if let Some(why) = hides_the_machine(place).filter(|_| place != Place::Wsl) {
        return Ok(Finding::unknown(PRACTICE, why));
    }
    let release = distro::os_release(host)?;
    let family = distro::family(&release, host);
    let read = |mechanism: Read<Mechanism>| mechanism.unwrap_or_else(|error| Mechanism::failed(&error));
    let mut mechanisms = match family {
        Family::Debian | Family::Ubuntu if release.id != "ubuntu-core" => {
            vec![read(apt::observe(host, &release)), read(timers::mint(host)), read(timers::pop(host))]
        }
        _ if release.id == "ubuntu-core" => vec![read(timers::ubuntu_core(host))],
        Family::Fedora | Family::Rhel => vec![read(dnf::observe(host))],
        Family::Ostree => vec![read(ostree::observe(host))],
        Family::Suse => vec![read(suse::observe(host))],
        Family::Nixos => vec![read(timers::nixos(host, &release))],
        Family::Arch => vec![read(arch::observe(host))],
        Family::Alpine => vec![read(alpine::observe(host))],
        _ => vec![read(timers::endless(host))],
    };
    let centres =
        [("GNOME Software", read(desktop::gnome_software(host, family))), ("Discover", read(desktop::discover(host)))];
    let flatpaks = flatpak::observe(host, &centres);
    if family != Family::Nixos && family != Family::Alpine {
        mechanisms.extend(centres.into_iter().map(|(_, centre)| centre));
    }
    if release.id != "ubuntu-core" {
        mechanisms.push(snap::observe(host));
    }
    mechanisms.push(flatpaks);
    Ok(conclude(&release.id, family, mechanisms))
}

fn conclude(id: &str, family: Family, mechanisms: Vec<Mechanism>) -> Finding {
    let first = |state: State| mechanisms.iter().find(|mechanism| mechanism.state == state);
    let held = mechanisms.iter().find(|mechanism| mechanism.held).filter(|_| {
        // Where nothing is updated by itself, that weighs more.
        [State::On, State::Likely, State::Unknown].into_iter().any(|state| first(state).is_some())
    });
    let finding = if let Some(held) = held {
        Finding::new(PRACTICE, Observation::Off, held.detail.clone())
    } else if let Some(on) = first(State::On) {
        Finding::new(PRACTICE, Observation::On, on.detail.clone())
    } else if let Some(likely) = first(State::Likely) {
        Finding::new(PRACTICE, Observation::On, likely.detail.clone()).inferred()
    } else if let Some(unknown) = first(State::Unknown) {
        Finding::unknown(PRACTICE, unknown.detail.clone())
    } else if let Some(off) = first(State::Off) {
        Finding::new(PRACTICE, Observation::Off, off.detail.clone())
    } else {
        match family {
            // It is made of Arch's packages, and renewed as a whole by its maker's own service.
            Family::Arch if id == "steamos" => Finding::unknown(
                PRACTICE,
                text!("SteamOS is renewed as a whole by its own update service, which tells an ordinary user nothing"),
            ),
            Family::Arch => Finding::unsupported(
                PRACTICE,
                text!("Arch is made to be updated by hand; there is nothing that installs updates by itself"),
            ),
            Family::OtherLinux => {
                Finding::unknown(PRACTICE, text!("Stethoscope does not know how this distribution updates itself"))
            }
            _ => Finding::new(PRACTICE, Observation::Off, text!("Nothing on this system installs updates by itself")),
        }
    };
    // The mechanism that decided comes first.
    let decided = finding.detail.clone();
    let (first, rest): (Vec<Mechanism>, Vec<Mechanism>) =
        mechanisms.into_iter().partition(|mechanism| mechanism.detail == decided);
    finding.with_evidence(first.into_iter().chain(rest).flat_map(|mechanism| mechanism.evidence))
}

fn evidence(source: impl Into<String>, saw: impl Into<String>, check: impl Into<String>) -> Evidence {
    Evidence { source: source.into(), saw: saw.into(), check: check.into() }
}

/// The state of a timer or service that has to be running now and after the next start.
fn runs(unit: &Unit) -> State {
    match (unit.is_active(), unit.is_enabled()) {
        _ if !unit.exists() => State::Missing,
        // Static and generated units have nothing to switch on; only an outright "disabled" stops one.
        _ if unit.file_state.starts_with("masked") || unit.file_state == "disabled" => State::Off,
        (Some(true), _) => State::On,
        (None, Some(true)) => State::Likely,
        (None, None) => State::Unknown,
        _ => State::Off,
    }
}

fn unit_evidence(unit: &Unit) -> Evidence {
    evidence(&unit.name, unit.words(), format!("systemctl status {}", unit.name))
}

/// The named units, in the order asked for. On a system without a service manager this is an error.
fn units(host: &dyn Host, names: &[&str]) -> Read<Vec<Unit>> {
    systemd::units(host, names)
}

#[cfg(all(test, feature = "fixture"))]
mod apart_tests;
#[cfg(all(test, feature = "fixture"))]
mod tests;
