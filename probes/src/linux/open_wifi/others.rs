//! Computers without NetworkManager: iwd, ConnMan and wpa_supplicant, as far as they tell ordinary users.

use serde_json::Value;

use super::{Network, Protection, Told, none_weak, remembered, weak};
use crate::finding::Finding;
use crate::host::{Bus, BusCall, Host, HostError, Read, present};
use crate::linux::systemd;
use crate::parse::wpa_supplicant;
use crate::practice::PracticeId;

const SUPPLICANT: &str = "/etc/wpa_supplicant";

pub(super) fn observe(host: &dyn Host, device: Option<bool>) -> Finding {
    let practice = PracticeId::OpenWifiConnections;
    if let Some(finding) = iwd(host).or_else(|| connman(host)) {
        return finding;
    }
    let names = [
        "NetworkManager.service",
        "iwd.service",
        "netplan-wpa-*.service",
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
        (_, [name, ..]) if name.starts_with("wpa_supplicant") => match supplicant(host) {
            Ok(Some(finding)) => finding,
            Ok(None) | Err(_) => keeps_its_list(name),
        },
        (_, [name, ..]) => keeps_its_list(name),
        (Some(true), []) => {
            let why = text!("No program that looks after Wi-Fi could be asked which networks it remembers");
            Finding::unknown(practice, why)
        }
        (None, []) => Finding::unknown(practice, text!("Whether this computer has Wi-Fi could not be seen")),
    }
}

fn keeps_its_list(program: &str) -> Finding {
    let why =
        text!("{program} looks after Wi-Fi and keeps its list of networks from ordinary users", program = program);
    Finding::unknown(PracticeId::OpenWifiConnections, why)
}

/// iwd answers members of some groups only.
fn iwd(host: &dyn Host) -> Option<Finding> {
    let objects = match managed_objects(host, "net.connman.iwd") {
        Ok(objects) => objects,
        Err(HostError::Absent(_)) => return None,
        Err(HostError::Denied(_)) => return Some(keeps_its_list("iwd")),
        Err(error) => return Some(Finding::unknown(PracticeId::OpenWifiConnections, error.reason())),
    };
    let objects = objects.as_object()?;
    let network = |found: &Value| Network {
        name: found.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        protection: match found.get("Type").and_then(Value::as_str) {
            Some("open") => Protection::Open,
            Some("wep") => Protection::Wep,
            _ => Protection::Encrypted,
        },
        joins_by_itself: found.get("AutoConnect").and_then(Value::as_bool).unwrap_or(true),
    };
    let known = objects.values().filter_map(|object| object.get("net.connman.iwd.KnownNetwork"));
    let seen = objects.values().filter_map(|object| object.get("net.connman.iwd.Network"));
    let in_use = seen.filter(|found| found.get("Connected").and_then(Value::as_bool) == Some(true));
    let mut told = Told { networks: known.map(network).collect(), ..Told::default() };
    told.connected = in_use.map(network).filter(|network| network.protection.is_weak()).collect();
    told.evidence = remembered("iwd, known networks", &told.networks, 0, "iwctl known-networks list");
    Some(weak(&told).unwrap_or_else(|| none_weak(told, None)))
}

fn managed_objects(host: &dyn Host, service: &str) -> Read<Value> {
    host.dbus(&BusCall::new(Bus::System, service, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))
}

/// ConnMan lists the networks in range; of those that are not it says nothing.
fn connman(host: &dyn Host) -> Option<Finding> {
    let practice = PracticeId::OpenWifiConnections;
    let answer = match host.dbus(&BusCall::new(Bus::System, "net.connman", "/", "net.connman.Manager", "GetServices")) {
        Ok(answer) => answer,
        Err(HostError::Absent(_)) => return None,
        Err(HostError::Denied(_)) => return Some(keeps_its_list("connman")),
        Err(error) => return Some(Finding::unknown(practice, error.reason())),
    };
    let mut told = Told::default();
    for service in answer.as_array()?.iter().filter_map(|row| row.get(1)) {
        let word = |key: &str| service.get(key).and_then(Value::as_str).unwrap_or_default();
        if word("Type") != "wifi" {
            continue;
        }
        let is_on = |key: &str| service.get(key).and_then(Value::as_bool) == Some(true);
        let kinds: Vec<&str> =
            service.get("Security").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let protection = match kinds.as_slice() {
            kinds if kinds.contains(&"wep") => Protection::Wep,
            kinds if kinds.contains(&"none") => Protection::Open,
            _ => Protection::Encrypted,
        };
        let network = Network { name: word("Name").to_owned(), protection, joins_by_itself: is_on("AutoConnect") };
        if protection.is_weak() && matches!(word("State"), "ready" | "online") {
            told.connected.push(network.clone());
        }
        if is_on("Favorite") {
            told.networks.push(network);
        }
    }
    told.evidence = remembered("ConnMan, networks in range", &told.networks, 0, "connmanctl services");
    let unseen = text!(
        "ConnMan shows only the networks in range; whether it remembers others without encryption could not be seen"
    );
    Some(weak(&told).unwrap_or_else(|| Finding::unknown(practice, unseen).with_evidence(told.evidence)))
}

/// The settings of wpa_supplicant, which hold passwords and are rarely open to ordinary users. `None` where
/// none of them names a network.
fn supplicant(host: &dyn Host) -> Read<Option<Finding>> {
    let mut networks = Vec::new();
    for name in present(host.list(SUPPLICANT))?.unwrap_or_default().iter().filter(|name| name.ends_with(".conf")) {
        for found in wpa_supplicant::networks(&host.read_text(&format!("{SUPPLICANT}/{name}"))?) {
            let protection = match found.key {
                wpa_supplicant::Key::None => Protection::Open,
                wpa_supplicant::Key::Wep => Protection::Wep,
                wpa_supplicant::Key::Safe => Protection::Encrypted,
            };
            networks.push(Network { name: found.ssid, protection, joins_by_itself: !found.disabled });
        }
    }
    if networks.is_empty() {
        return Ok(None);
    }
    let mut told = Told { networks, ..Told::default() };
    told.evidence = remembered(SUPPLICANT, &told.networks, 0, "ls -l /etc/wpa_supplicant");
    // It may have been started with other settings than these.
    Ok(Some(weak(&told).unwrap_or_else(|| none_weak(told, None)).inferred()))
}
