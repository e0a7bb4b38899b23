//! What NetworkManager remembers, and the access point in use. Source: NetworkManager's D-Bus reference;
//! the bits of an access point are `NM80211ApFlags` and `NM80211ApSecurityFlags`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Network, Protection, Told, remembered};
use crate::finding::Evidence;
use crate::host::{Bus, BusCall, Host, HostError, Read};

const SERVICE: &str = "org.freedesktop.NetworkManager";
const ROOT: &str = "/org/freedesktop/NetworkManager";
pub(super) const SETTINGS: &str = "/org/freedesktop/NetworkManager/Settings";

/// The access point wants a key of some kind.
const PRIVACY: u64 = 0x1;

/// An open access point that has an encrypted one of the same name beside it (OWE transition mode).
const TRANSITION: u64 = 0x1000;

/// The remembered networks by the path of their settings, with their key management.
type Known = BTreeMap<String, (Network, String)>;

/// `None` where NetworkManager does not run. The error is that of a network that could not be asked for.
pub(super) fn ask(host: &dyn Host, devices: &[String]) -> Read<Option<(Told, Option<HostError>)>> {
    let interface = "org.freedesktop.NetworkManager.Settings";
    let answer = match host.dbus(&BusCall::new(Bus::System, SERVICE, SETTINGS, interface, "ListConnections")) {
        Ok(answer) => answer,
        Err(HostError::Absent(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let garbled = || HostError::Garbled(SERVICE.to_owned(), "the list of connections is no list".to_owned());
    let mut known = Known::new();
    let mut told = Told::default();
    let mut failed: Option<HostError> = None;
    for path in answer.as_array().ok_or_else(garbled)?.iter().filter_map(Value::as_str) {
        let interface = "org.freedesktop.NetworkManager.Settings.Connection";
        match host.dbus(&BusCall::new(Bus::System, SERVICE, path, interface, "GetSettings")) {
            Ok(settings) => known.extend(network(&settings).map(|network| (path.to_owned(), network))),
            // Another user's own connection: NetworkManager joins it only while that user is logged in.
            Err(HostError::Denied(_)) => told.hidden += 1,
            // It was deleted between the two questions.
            Err(HostError::Absent(_)) => {}
            Err(error) => failed = Some(error),
        }
    }
    told.networks = known.values().map(|(network, _)| network.clone()).collect();
    let check = "nmcli -f NAME,TYPE,AUTOCONNECT connection show";
    told.evidence = remembered("NetworkManager, remembered networks", &told.networks, told.hidden, check);
    for device in devices {
        let Some(now) = connected(host, device, &known) else { continue };
        told.evidence.push(Evidence {
            source: format!("NetworkManager, access point of {device}"),
            saw: format!("{}: {}", now.name, now.protection.words()),
            check: "nmcli -f IN-USE,SSID,SECURITY device wifi list --rescan no".to_owned(),
        });
        if now.protection.is_weak() {
            told.connected.push(now);
        }
    }
    Ok(Some((told, failed)))
}

/// A Wi-Fi network out of a connection's settings; `None` for cables, VPNs and own hotspots.
fn network(settings: &Value) -> Option<(Network, String)> {
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
    let value = |key: &str| security.and_then(|security| security.get(key));
    let management = value("key-mgmt").and_then(Value::as_str).unwrap_or_default();
    // Only what is listed may be used; without a list everything may.
    let only = |key: &str, word: &str| {
        value(key).and_then(Value::as_array).is_some_and(|list| !list.is_empty() && list.iter().all(|v| v == word))
    };
    let protection = match (security, management) {
        (None, _) => Protection::Open,
        (Some(_), "none" | "ieee8021x") => Protection::Wep,
        (Some(_), "wpa-psk" | "wpa-eap") if only("proto", "wpa") || only("pairwise", "tkip") => Protection::Wpa1,
        (Some(_), _) => Protection::Encrypted,
    };
    let ssid = wireless.and_then(|wireless| wireless.get("ssid")).map(text_of);
    let id = connection.get("id").and_then(Value::as_str).map(str::to_owned);
    let joins_by_itself = connection.get("autoconnect").and_then(Value::as_bool).unwrap_or(true);
    let network = Network { name: id.or(ssid).unwrap_or_default(), protection, joins_by_itself };
    Some((network, management.to_owned()))
}

/// The access point that a device is connected to.
fn connected(host: &dyn Host, device: &str, known: &Known) -> Option<Network> {
    let ask = BusCall::new(Bus::System, SERVICE, ROOT, SERVICE, "GetDeviceByIpIface").with("s", Value::from(device));
    let path = host.dbus(&ask).ok()?.as_str()?.to_owned();
    let property = |path: &str, interface: &str, name: &str| {
        let interface = format!("org.freedesktop.NetworkManager.{interface}");
        let answer = host.dbus(&BusCall::property(Bus::System, SERVICE, path, &interface, name)).ok()?;
        Some(answer.as_str()?.to_owned()).filter(|path| path != "/")
    };
    let point = property(&path, "Device.Wireless", "ActiveAccessPoint")?;
    let all = BusCall::new(Bus::System, SERVICE, &point, "org.freedesktop.DBus.Properties", "GetAll")
        .with("s", Value::from("org.freedesktop.NetworkManager.AccessPoint"));
    let point = host.dbus(&all).ok()?;
    let bits = |name: &str| point.get(name).and_then(Value::as_u64);
    let (flags, wpa, rsn) = (bits("Flags")?, bits("WpaFlags")?, bits("RsnFlags")?);
    let mut protection = protection(flags, wpa, rsn);
    if protection == Protection::Open && (wpa | rsn) & TRANSITION != 0 {
        // The connection itself says which of the two it uses.
        let active = property(&path, "Device", "ActiveConnection")?;
        let settings = property(&active, "Connection.Active", "Connection")?;
        if known.get(&settings).is_some_and(|(_, management)| management == "owe") {
            protection = Protection::Encrypted;
        }
    }
    let name = point.get("Ssid").map(text_of).unwrap_or_default();
    Some(Network { name, protection, joins_by_itself: false })
}

fn protection(flags: u64, wpa: u64, rsn: u64) -> Protection {
    let (wpa, rsn) = (wpa & !TRANSITION, rsn & !TRANSITION);
    match (wpa, rsn) {
        (0, 0) if flags & PRIVACY == 0 => Protection::Open,
        (0, 0) => Protection::Wep,
        (_, 0) => Protection::Wpa1,
        _ => Protection::Encrypted,
    }
}

/// A name as bytes, or as the text it is.
fn text_of(bytes: &Value) -> String {
    let Some(bytes) = bytes.as_array() else { return bytes.as_str().unwrap_or_default().to_owned() };
    let bytes: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
