//! Wi-Fi networks without encryption: remembered ones that the computer joins by itself, and the one it is
//! connected to now. An attacker who names a network like a remembered one gets the computer to join.
//!
//! Read from NetworkManager, which lists the networks of every ordinary user and never hands out passwords
//! with them. iwd, ConnMan and wpa_supplicant alone keep most of their lists from ordinary users.

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Host, Read};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text::Text;

mod network_manager;
mod others;

pub const PROBE: Probe = Probe {
    practice: PracticeId::OpenWifiConnections,
    platform: Platform::Linux,
    observe,
    reads: "The Wi-Fi networks that NetworkManager remembers and the one it is connected to, and how each is encrypted",
};

/// How a network protects what is sent over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protection {
    Open,
    /// Broken long ago: as good as open.
    Wep,
    /// WPA of the first kind: still a password, but one that gives in to a patient listener.
    Wpa1,
    Encrypted,
}

impl Protection {
    fn is_weak(self) -> bool {
        matches!(self, Protection::Open | Protection::Wep)
    }

    /// In English, for evidence.
    fn words(self) -> &'static str {
        match self {
            Protection::Open => "no encryption",
            Protection::Wep => "WEP, which is broken",
            Protection::Wpa1 => "the first WPA only, which is out of date",
            Protection::Encrypted => "encrypted",
        }
    }
}

/// One remembered network.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Network {
    name: String,
    protection: Protection,
    joins_by_itself: bool,
}

/// What somebody who looks after Wi-Fi told.
#[derive(Debug, Default)]
struct Told {
    networks: Vec<Network>,
    /// The network in use, as far as it is weak.
    connected: Vec<Network>,
    /// Connections of other users, which only these may see.
    hidden: usize,
    evidence: Vec<Evidence>,
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::OpenWifiConnections;
    let place = super::place::place(host);
    if matches!(place, Place::Container | Place::Sandbox | Place::Wsl)
        && let Some(why) = super::place::hides_the_machine(place)
    {
        return Ok(Finding::unknown(practice, why));
    }
    let devices = wifi_devices(host);
    match network_manager::ask(host, devices.as_deref().unwrap_or_default())? {
        Some((told, failed)) => match (weak(&told), failed) {
            (None, Some(error)) => Err(error),
            (Some(finding), _) => Ok(finding),
            (None, None) => Ok(none_weak(told, devices.map(|devices| !devices.is_empty()))),
        },
        None => Ok(others::observe(host, devices.map(|devices| !devices.is_empty()))),
    }
}

/// On, where a network without safe encryption is joined by itself or in use.
fn weak(told: &Told) -> Option<Finding> {
    let joined: Vec<&Network> =
        told.networks.iter().filter(|network| network.protection.is_weak() && network.joins_by_itself).collect();
    let detail = match (joined.as_slice(), told.connected.first()) {
        ([], None) => return None,
        ([], Some(now)) => match now.protection {
            Protection::Wep => {
                text!("The computer is connected to “{name}”, whose WEP encryption is broken", name = now.name)
            }
            _ => text!("The computer is connected to “{name}”, which has no encryption", name = now.name),
        },
        ([one], _) => match one.protection {
            Protection::Wep => {
                text!("The computer joins “{name}” by itself, whose WEP encryption is broken", name = one.name)
            }
            _ => text!("The computer joins “{name}” by itself, which has no encryption", name = one.name),
        },
        (several, _) => {
            let names: Vec<String> = several.iter().map(|network| format!("“{}”", network.name)).collect();
            text!(
                "The computer joins {count} networks without safe encryption by itself: {names}",
                count = several.len(),
                names = names.join(", ")
            )
        }
    };
    let finding = Finding::new(PracticeId::OpenWifiConnections, Observation::On, detail);
    Some(finding.with_evidence(told.evidence.clone()))
}

fn none_weak(told: Told, device: Option<bool>) -> Finding {
    let practice = PracticeId::OpenWifiConnections;
    let finding = match (told.networks.is_empty(), told.hidden) {
        (true, _) if device == Some(false) => Finding::unsupported(practice, text!("This computer has no Wi-Fi")),
        (true, hidden) if hidden > 0 => {
            let why = text!(
                "No Wi-Fi network of yours is remembered, but {count} connections are kept for other users, who alone may see them",
                count = hidden
            );
            Finding::unknown(practice, why)
        }
        // Those cannot harm this user's session, but they are part of this computer.
        (_, hidden) if hidden > 0 => {
            let detail = text!(
                "No network without safe encryption that you may see is joined by itself; {count} connections of other users could not be checked",
                count = hidden
            );
            Finding::new(practice, Observation::Off, detail).inferred()
        }
        _ => Finding::new(practice, Observation::Off, no_weak_network(&told.networks)),
    };
    finding.with_evidence(told.evidence)
}

fn no_weak_network(networks: &[Network]) -> Text {
    let by_hand = networks.iter().filter(|network| network.protection.is_weak()).count();
    let outdated: Vec<&Network> = networks.iter().filter(|network| network.protection == Protection::Wpa1).collect();
    match (networks.len(), by_hand, outdated.first()) {
        (0, _, _) => text!("No Wi-Fi network is remembered"),
        (_, 0, None) => text!("Every remembered Wi-Fi network is encrypted"),
        (_, 0, Some(old)) => text!(
            "Every remembered Wi-Fi network is encrypted, but “{name}” only with the first WPA, which is out of date",
            name = old.name
        ),
        (_, _, _) => text!(
            "No Wi-Fi network without encryption is joined by itself; {count} are only joined by hand",
            count = by_hand
        ),
    }
}

/// What is worth a word of the remembered networks, and how many there are.
fn remembered(source: &str, networks: &[Network], hidden: usize, check: &str) -> Vec<Evidence> {
    let of = |saw: String| Evidence { source: source.to_owned(), saw, check: check.to_owned() };
    let telling = networks.iter().filter(|network| network.protection != Protection::Encrypted);
    let mut out: Vec<Evidence> = telling
        .map(|network| {
            let joins = if network.joins_by_itself { "joined by itself" } else { "joined by hand only" };
            of(format!("{}: {}, {joins}", network.name, network.protection.words()))
        })
        .collect();
    let encrypted = networks.iter().filter(|network| !network.protection.is_weak()).count();
    let mut saw = format!("{} Wi-Fi networks, {encrypted} of them encrypted", networks.len());
    if hidden > 0 {
        saw.push_str(&format!("; {hidden} connections are kept for other users and were not shown"));
    }
    out.push(of(saw));
    out
}

/// The names of the Wi-Fi devices. `None` where /sys may not be read.
fn wifi_devices(host: &dyn Host) -> Option<Vec<String>> {
    let interfaces = host.list("/sys/class/net").ok()?;
    let wireless = |name: &String| {
        ["wireless", "phy80211"].iter().any(|entry| host.exists(&format!("/sys/class/net/{name}/{entry}")) == Ok(true))
    };
    Some(interfaces.into_iter().filter(wireless).collect())
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
