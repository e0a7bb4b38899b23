//! Whether new connections from outside are refused by default, by whichever firewall does it.
//!
//! The kernel shows its rules to root alone. So each firewall is asked what it was told to do and
//! whether it was started; where the rules themselves can be read, they are.

use crate::finding::{Confidence, Evidence, Finding, Observation};
use crate::host::{BusCall, Host, Read};
use crate::linux::systemd::{self, Unit};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text::Text;

mod firewalld;
mod iptables;
mod leftovers;
mod nftables;
mod nixos;
mod ufw;

pub const PROBE: Probe = Probe {
    practice: PracticeId::Firewall,
    platform: Platform::Linux,
    observe,
    reads: "Settings and state of ufw, firewalld, nftables, iptables and the NixOS firewall",
};

/// What one firewall says.
#[derive(Clone, Debug)]
struct Said {
    state: State,
    detail: Text,
    confidence: Confidence,
    evidence: Vec<Evidence>,
    /// It was started; one that runs and lets everything in explains more than one that is switched off.
    is_running: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    On,
    /// It is there, and it is off or lets everything in.
    Off,
    Unknown,
}

impl Said {
    fn new(state: State, detail: Text) -> Self {
        Said { state, detail, confidence: Confidence::Verified, evidence: Vec::new(), is_running: false }
    }

    fn inferred(mut self) -> Self {
        self.confidence = Confidence::Inferred;
        self
    }

    fn running(mut self) -> Self {
        self.is_running = true;
        self
    }

    fn saw(mut self, source: &str, saw: &str, check: &str) -> Self {
        self.evidence.push(Evidence { source: source.to_owned(), saw: saw.to_owned(), check: check.to_owned() });
        self
    }

    fn saw_unit(self, unit: &Unit) -> Self {
        let check = format!("systemctl status {}", unit.name);
        self.saw(&unit.name, &unit.words(), &check)
    }
}

/// Every unit that any of the firewalls asks about, so that one question is enough.
const UNITS: [&[&str]; 4] = [
    &["ufw.service", "firewalld.service", "nftables.service", "firewall.service", "netfilter-persistent.service"],
    &["iptables.service", "ip6tables.service"],
    leftovers::UNREADABLE,
    leftovers::OWNERS,
];

/// The units asked about; empty where no service manager answers.
struct Units(Option<Vec<Unit>>);

impl Units {
    fn read(host: &dyn Host) -> Self {
        Units(systemd::units(host, &UNITS.concat()).ok())
    }

    fn get(&self, name: &str) -> Option<&Unit> {
        self.0.as_ref()?.iter().find(|unit| unit.name == name)
    }

    /// Whether it is started. `None` where that could not be told.
    fn active(&self, name: &str) -> Option<bool> {
        self.get(name)?.is_active()
    }

    fn running(&self, names: &[&str]) -> Vec<&Unit> {
        let units = self.0.iter().flatten();
        units.filter(|unit| names.contains(&unit.name.as_str()) && unit.is_active() == Some(true)).collect()
    }
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let place = super::place::place(host);
    if matches!(place, Place::Container | Place::Sandbox | Place::Wsl)
        && let Some(why) = super::place::hides_the_machine(place)
    {
        return Ok(Finding::unknown(PracticeId::Firewall, why));
    }
    let units = Units::read(host);
    let said: Vec<Said> = [
        ufw::ask(host, &units),
        firewalld::ask(host, &units),
        nixos::ask(host, &units),
        nftables::ask(host, &units),
        iptables::ask(host, &units),
        leftovers::unreadable(&units),
    ]
    .into_iter()
    .flatten()
    .collect();
    Ok(combine(host, said, &units))
}

/// Any firewall that is on is enough; one that could not be judged is worth more than those that
/// are off.
fn combine(host: &dyn Host, said: Vec<Said>, units: &Units) -> Finding {
    let practice = PracticeId::Firewall;
    let best = said
        .iter()
        .filter(|said| said.state == State::On)
        .min_by_key(|said| said.confidence == Confidence::Inferred)
        .or_else(|| said.iter().find(|said| said.state == State::Unknown))
        .cloned();
    let best = match best {
        Some(best) => best,
        None => {
            let off = said.iter().filter(|said| said.state == State::Off).min_by_key(|said| !said.is_running);
            leftovers::no_firewall(host, units, off)
        }
    };
    let observation = match best.state {
        State::On => Observation::On,
        State::Off => Observation::Off,
        State::Unknown => Observation::Unknown(best.detail.clone()),
    };
    let mut finding = Finding::new(practice, observation, best.detail);
    finding.confidence = best.confidence;
    let mut evidence = best.evidence;
    for other in said.into_iter().flat_map(|said| said.evidence) {
        if !evidence.contains(&other) {
            evidence.push(other);
        }
    }
    evidence.extend(leftovers::not_counted(host, units));
    finding.with_evidence(evidence)
}

/// Whether a rule file is the one that was loaded when its service started or was last told to load it
/// anew. `None` where there is no bus to ask.
fn unchanged_since_load(host: &dyn Host, unit: &str, file: &str) -> Option<bool> {
    let path: String = unit
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("_{:02x}", u32::from(c)) })
        .collect();
    let path = format!("/org/freedesktop/systemd1/unit/{path}");
    let service = "org.freedesktop.systemd1";
    let ask = |kind: &str, name: &str| {
        let interface = format!("org.freedesktop.systemd1.{kind}");
        host.dbus(&BusCall::property(crate::host::Bus::System, service, &path, &interface, name)).ok()
    };
    let moment = |name: &str| {
        let micros = ask("Unit", name)?.as_i64().filter(|micros| *micros > 0)?;
        jiff::Timestamp::from_microsecond(micros).ok()
    };
    let modified = host.stat(file).ok()?.modified;
    if modified <= moment("ActiveEnterTimestamp")? {
        return Some(true);
    }
    // `systemctl reload` moves only this one, also when it failed.
    let reloaded = moment("StateChangeTimestamp").is_some_and(|change| modified <= change);
    Some(reloaded && ask("Service", "ReloadResult").is_some_and(|result| result == "success"))
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
