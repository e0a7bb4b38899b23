//! Remembered Wi-Fi networks without encryption that the computer joins by itself. An attacker who
//! names a network like one of them gets the computer to join.
//!
//! Read from NetworkManager, which lists the networks of every ordinary user and never hands out
//! passwords with them. iwd and wpa_supplicant alone keep their lists from ordinary users.

use serde_json::{Value, json};

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Bus, BusCall, Host, HostError, Read};
use crate::linux::systemd;
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text;

pub const PROBE: Probe = Probe {
    practice: PracticeId::OpenWifiConnections,
    platform: Platform::Linux,
    observe,
    reads: "The Wi-Fi networks that NetworkManager remembers, and how each is encrypted",
};

const NETWORK_MANAGER: &str = "org.freedesktop.NetworkManager";
const SETTINGS: &str = "/org/freedesktop/NetworkManager/Settings";

/// How a network protects what is sent over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protection {
    Open,
    /// Broken long ago: as good as open.
    Wep,
    Encrypted,
}

/// One remembered network.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Network {
    name: String,
    protection: Protection,
    joins_by_itself: bool,
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::OpenWifiConnections;
    let place = super::place::place(host);
    if matches!(place, Place::Container | Place::Sandbox | Place::Wsl)
        && let Some(why) = super::place::hides_the_machine(place)
    {
        return Ok(Finding::unknown(practice, why));
    }
    let device = wifi_device(host);
    let list = BusCall::new(
        Bus::System,
        NETWORK_MANAGER,
        SETTINGS,
        "org.freedesktop.NetworkManager.Settings",
        "ListConnections",
    );
    match host.dbus(&list) {
        Ok(answer) => judge(host, &answer, device),
        Err(HostError::Absent(_)) => Ok(without_network_manager(host, device)),
        Err(error) => Err(error),
    }
}

fn judge(host: &dyn Host, answer: &Value, device: Option<bool>) -> Read<Finding> {
    let practice = PracticeId::OpenWifiConnections;
    let garbled = || HostError::Garbled(NETWORK_MANAGER.to_owned(), "the list of connections is no list".to_owned());
    let paths = answer.as_array().ok_or_else(garbled)?;
    let mut networks = Vec::new();
    let mut hidden = 0usize;
    let mut failed: Option<HostError> = None;
    for path in paths.iter().filter_map(Value::as_str) {
        let interface = "org.freedesktop.NetworkManager.Settings.Connection";
        match host.dbus(&BusCall::new(Bus::System, NETWORK_MANAGER, path, interface, "GetSettings")) {
            Ok(settings) => networks.extend(network(&settings)),
            // Another user's own connection: NetworkManager joins it only while that user is logged in.
            Err(HostError::Denied(_)) => hidden += 1,
            // It was deleted between the two questions.
            Err(HostError::Absent(_)) => {}
            Err(error) => failed = Some(error),
        }
    }
    let evidence = evidence(&networks, hidden);
    let weak: Vec<&Network> = networks
        .iter()
        .filter(|network| network.protection != Protection::Encrypted && network.joins_by_itself)
        .collect();
    let finding = match (weak.as_slice(), failed) {
        ([], Some(error)) => return Err(error),
        ([], None) if networks.is_empty() && device == Some(false) => {
            Finding::unsupported(practice, text!("This computer has no Wi-Fi"))
        }
        ([], None) if networks.is_empty() && hidden > 0 => {
            let why = text!(
                "No Wi-Fi network of yours is remembered, but {count} connections are kept for other users, who alone may see them",
                count = hidden
            );
            Finding::unknown(practice, why)
        }
        // Those cannot harm this user's session, but they are part of this computer.
        ([], None) if hidden > 0 => {
            let detail = text!(
                "No network without safe encryption that you may see is joined by itself; {count} connections of other users could not be checked",
                count = hidden
            );
            Finding::new(practice, Observation::Off, detail).inferred()
        }
        ([], None) => Finding::new(practice, Observation::Off, no_weak_network(&networks)),
        ([one], _) => {
            let detail = match one.protection {
                Protection::Wep => {
                    text!("The computer joins “{name}” by itself, whose WEP encryption is broken", name = one.name)
                }
                _ => text!("The computer joins “{name}” by itself, which has no encryption", name = one.name),
            };
            Finding::new(practice, Observation::On, detail)
        }
        (several, _) => {
            let names: Vec<String> = several.iter().map(|network| format!("“{}”", network.name)).collect();
            let detail = text!(
                "The computer joins {count} networks without safe encryption by itself: {names}",
                count = several.len(),
                names = names.join(", ")
            );
            Finding::new(practice, Observation::On, detail)
        }
    };
    Ok(finding.with_evidence(evidence))
}

fn no_weak_network(networks: &[Network]) -> text::Text {
    let by_hand = networks.iter().filter(|network| network.protection != Protection::Encrypted).count();
    match (networks.len(), by_hand) {
        (0, _) => text!("No Wi-Fi network is remembered"),
        (_, 0) => text!("Every remembered Wi-Fi network is encrypted"),
        (_, _) => text!(
            "No Wi-Fi network without encryption is joined by itself; {count} are only joined by hand",
            count = by_hand
        ),
    }
}

fn evidence(networks: &[Network], hidden: usize) -> Vec<Evidence> {
    let check = "nmcli -f NAME,TYPE,AUTOCONNECT connection show";
    let source = "NetworkManager, remembered networks";
    let weak = networks.iter().filter(|network| network.protection != Protection::Encrypted);
    let mut out: Vec<Evidence> = weak
        .map(|network| {
            let kind = if network.protection == Protection::Wep { "WEP" } else { "no encryption" };
            let joins = if network.joins_by_itself { "joined by itself" } else { "joined by hand only" };
            Evidence {
                source: source.to_owned(),
                saw: format!("{}: {kind}, {joins}", network.name),
                check: check.to_owned(),
            }
        })
        .collect();
    let encrypted = networks.iter().filter(|network| network.protection == Protection::Encrypted).count();
    let mut saw = format!("{} Wi-Fi networks, {encrypted} of them encrypted", networks.len());
    if hidden > 0 {
        saw.push_str(&format!("; {hidden} connections are kept for other users and were not shown"));
    }
    out.push(Evidence { source: source.to_owned(), saw, check: check.to_owned() });
    out
}

/// A Wi-Fi network out of a connection's settings; `None` for cables, VPNs and own hotspots.
fn network(settings: &Value) -> Option<Network> {
    let group = |name: &str| settings.get(name);
    let connection = group("connection")?;
    if connection.get("type").and_then(Value::as_str) != Some("802-11-wireless") {
        return None;
    }
    let wireless = group("802-11-wireless");
    if wireless.and_then(|wireless| wireless.get("mode")).and_then(Value::as_str) == Some("ap") {
        return None;
    }
    let security = group("802-11-wireless-security");
    let management = security.and_then(|security| security.get("key-mgmt")).and_then(Value::as_str);
    let protection = match (security, management) {
        (None, _) => Protection::Open,
        (Some(_), Some("none" | "ieee8021x")) => Protection::Wep,
        (Some(_), _) => Protection::Encrypted,
    };
    let ssid = wireless.and_then(|wireless| wireless.get("ssid")).and_then(Value::as_array).map(|bytes| {
        let bytes: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let id = connection.get("id").and_then(Value::as_str).map(str::to_owned);
    let joins_by_itself = connection.get("autoconnect").and_then(Value::as_bool).unwrap_or(true);
    Some(Network { name: id.or(ssid).unwrap_or_default(), protection, joins_by_itself })
}

fn without_network_manager(host: &dyn Host, device: Option<bool>) -> Finding {
    let practice = PracticeId::OpenWifiConnections;
    if let Some(finding) = iwd(host) {
        return finding;
    }
    let names = [
        "NetworkManager.service",
        "iwd.service",
        "wpa_supplicant.service",
        "wpa_supplicant@*.service",
        "connman.service",
    ];
    let running: Vec<String> = systemd::units(host, &names)
        .unwrap_or_default()
        .into_iter()
        .filter(|unit| unit.is_active() == Some(true))
        .map(|unit| unit.name.trim_end_matches(".service").to_owned())
        .collect();
    match (device, running.as_slice()) {
        (Some(false), _) => Finding::unsupported(practice, text!("This computer has no Wi-Fi")),
        (_, [name, ..]) => {
            let why =
                text!("{program} looks after Wi-Fi and keeps its list of networks from ordinary users", program = name);
            Finding::unknown(practice, why)
        }
        (Some(true), []) => {
            let why = text!("No program that looks after Wi-Fi could be asked which networks it remembers");
            Finding::unknown(practice, why)
        }
        (None, []) => Finding::unknown(practice, text!("Whether this computer has Wi-Fi could not be seen")),
    }
}

/// iwd answers members of some groups only.
fn iwd(host: &dyn Host) -> Option<Finding> {
    let practice = PracticeId::OpenWifiConnections;
    let call =
        BusCall::new(Bus::System, "net.connman.iwd", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");
    let objects = match host.dbus(&call) {
        Ok(objects) => objects,
        Err(HostError::Absent(_)) => return None,
        Err(HostError::Denied(_)) => {
            let why = text!(
                "{program} looks after Wi-Fi and keeps its list of networks from ordinary users",
                program = "iwd"
            );
            return Some(Finding::unknown(practice, why));
        }
        Err(error) => return Some(Finding::unknown(practice, error.reason())),
    };
    let known = objects.as_object()?.values().filter_map(|object| object.get("net.connman.iwd.KnownNetwork"));
    let networks: Vec<Network> = known
        .map(|known| Network {
            name: known.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            protection: match known.get("Type").and_then(Value::as_str) {
                Some("open") => Protection::Open,
                Some("wep") => Protection::Wep,
                _ => Protection::Encrypted,
            },
            joins_by_itself: known.get("AutoConnect").unwrap_or(&json!(true)).as_bool().unwrap_or(true),
        })
        .collect();
    let weak: Vec<String> = networks
        .iter()
        .filter(|network| network.protection != Protection::Encrypted && network.joins_by_itself)
        .map(|network| format!("“{}”", network.name))
        .collect();
    let finding = if weak.is_empty() {
        Finding::new(practice, Observation::Off, no_weak_network(&networks))
    } else {
        let detail = text!(
            "The computer joins {count} networks without safe encryption by itself: {names}",
            count = weak.len(),
            names = weak.join(", ")
        );
        Finding::new(practice, Observation::On, detail)
    };
    Some(finding.saw("iwd, known networks", format!("{} networks", networks.len()), "iwctl known-networks list"))
}

/// Whether there is a Wi-Fi device. `None` where /sys may not be read.
fn wifi_device(host: &dyn Host) -> Option<bool> {
    let interfaces = host.list("/sys/class/net").ok()?;
    let wireless = |name: &String| {
        ["wireless", "phy80211"].iter().any(|entry| host.exists(&format!("/sys/class/net/{name}/{entry}")) == Ok(true))
    };
    Some(interfaces.iter().any(wireless))
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
