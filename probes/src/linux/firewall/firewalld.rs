//! firewalld. Asked over the bus for what everybody may know. Its properties are never read: it
//! guards even those with a password dialog.

use serde_json::{Value, json};

use super::{Said, State, Units};
use crate::host::{Bus, BusCall, Host, HostError, Read};
use crate::parse::interface_names;
use crate::parse::packet_filter::{Extent, Reach};

const SERVICE: &str = "org.fedoraproject.FirewallD1";
const PATH: &str = "/org/fedoraproject/FirewallD1";
const UNIT: &str = "firewalld.service";
const CHECK: &str = "firewall-cmd --get-default-zone; firewall-cmd --get-active-zones";

/// What the zones that firewalld brings along do with what they do not name.
const BUILT_IN: [&str; 15] = [
    "public",
    "home",
    "work",
    "internal",
    "external",
    "dmz",
    "block",
    "drop",
    "nm-shared",
    "FedoraWorkstation",
    "FedoraServer",
    "docker",
    "libvirt",
    "libvirt-routed",
    "trusted",
];
const ACCEPTS: [&str; 2] = ["trusted", "docker"];

pub(super) fn ask(host: &dyn Host, units: &Units) -> Option<Said> {
    match call(host, SERVICE, "getDefaultZone") {
        Ok(Value::String(zone)) => Some(judge(host, &zone).unwrap_or_else(|error| {
            Said::new(State::Unknown, error.reason()).saw(SERVICE, &format!("default zone {zone}"), CHECK)
        })),
        Ok(_) => Some(Said::new(State::Unknown, text!("firewalld runs, but its answer could not be understood"))),
        Err(HostError::Absent(_)) => silent(units),
        Err(error) => Some(Said::new(State::Unknown, error.reason())),
    }
}

/// firewalld does not answer on the bus.
fn silent(units: &Units) -> Option<Said> {
    let unit = units.get(UNIT)?;
    let said = match (unit.is_active(), unit.is_enabled()) {
        (Some(true), _) => {
            Said::new(State::Unknown, text!("firewalld runs, but it could not be asked which zones it uses"))
        }
        (None, _) if unit.exists() => {
            Said::new(State::Unknown, text!("Whether firewalld was started could not be seen"))
        }
        (_, Some(true)) => Said::new(State::Off, text!("firewalld is installed, but it is not running")),
        (_, _) if unit.exists() => {
            Said::new(State::Off, text!("firewalld is installed, but it is not running and will not start at boot"))
        }
        _ => return None,
    };
    Some(said.saw_unit(unit))
}

fn judge(host: &dyn Host, default: &str) -> Read<Said> {
    let default_words = format!("default zone {default}");
    if call(host, SERVICE, "queryPanicMode")? == Value::Bool(true) {
        let said = Said::new(State::On, text!("firewalld is in panic mode and refuses everything"));
        return Ok(said.saw(SERVICE, "queryPanicMode: true", "firewall-cmd --query-panic"));
    }
    let active = call(host, &format!("{SERVICE}.zone"), "getActiveZones")?;
    let mut zones: Vec<(String, Vec<String>)> = vec![(default.to_owned(), Vec::new())];
    let empty = serde_json::Map::new();
    for (zone, bound) in active.as_object().unwrap_or(&empty) {
        let names = |key: &str| -> Vec<String> {
            let list = bound.get(key).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let outer: Vec<String> =
            names("interfaces").into_iter().filter(|name| !interface_names::is_inner(name)).collect();
        let everybody: Vec<String> =
            names("sources").into_iter().filter(|source| source == "0.0.0.0/0" || source == "::/0").collect();
        if !outer.is_empty() || !everybody.is_empty() {
            zones.push((zone.clone(), [outer, everybody].concat()));
        }
    }
    let readable = may_read_zones(host);
    if let Some(said) = readable.then(|| open_policy(host)).flatten() {
        return Ok(said);
    }
    let trusted = neighbours(&active);
    let mut assumed = false;
    let mut unknown = None;
    let mut words = vec![default_words];
    for (zone, bound) in &zones {
        let (accepts, sure) = match target(host, zone, readable)? {
            Target::Read { accepts } => (Some(accepts), true),
            Target::Assumed { accepts } => (Some(accepts), false),
            Target::Unknown => (None, false),
        };
        assumed |= !sure;
        let place = if bound.is_empty() { "everything else".to_owned() } else { bound.join(", ") };
        words.push(format!(
            "{zone} ({place}): {}",
            match accepts {
                Some(true) => "accepts everything",
                Some(false) => "refuses what it does not name",
                None => "target not readable",
            }
        ));
        match accepts {
            Some(true) => {
                let detail = if bound.is_empty() {
                    text!("firewalld runs, but its default zone “{zone}” lets everything in", zone = zone)
                } else {
                    text!(
                        "firewalld runs, but its zone “{zone}” lets everything in on {interfaces}",
                        zone = zone,
                        interfaces = place
                    )
                };
                let said = Said::new(State::Off, detail).running().saw(SERVICE, &words.join("; "), CHECK);
                return Ok(if sure { said } else { said.inferred() });
            }
            Some(false) => {}
            None => unknown = Some(zone.clone()),
        }
    }
    let said = match unknown {
        Some(zone) => Said::new(
            State::Unknown,
            text!(
                "firewalld runs, but what its zone “{zone}” lets in may not be read by an ordinary user",
                zone = zone
            ),
        ),
        None if !trusted.is_empty() => Said::new(
            State::On,
            text!(
                "{program} is on, but lets everything in from addresses such as {addresses}, which a home or a café \
                 network has as well",
                program = "firewalld",
                addresses = trusted.join(", ")
            ),
        ),
        None if zones.iter().any(|(zone, _)| zone == "FedoraWorkstation") => Said::new(
            State::On,
            text!("firewalld is on; its zone FedoraWorkstation leaves the ports from 1025 up open by design"),
        ),
        None => Said::new(
            State::On,
            text!("firewalld is on and refuses new connections from outside (zone “{zone}”)", zone = default),
        ),
    };
    let said = said.saw(SERVICE, &words.join("; "), CHECK);
    Ok(if assumed { said.inferred() } else { said })
}

enum Target {
    /// From its settings.
    Read {
        accepts: bool,
    },
    /// From the zone's name alone: a zone that firewalld brings along, unless somebody changed it.
    Assumed {
        accepts: bool,
    },
    Unknown,
}

fn target(host: &dyn Host, zone: &str, readable: bool) -> Read<Target> {
    if readable {
        let settings = BusCall::new(Bus::System, SERVICE, PATH, &format!("{SERVICE}.zone"), "getZoneSettings2")
            .with("s", json!(zone));
        match host.dbus(&settings) {
            Ok(settings) => {
                return Ok(Target::Read { accepts: accepts_all(&settings) });
            }
            Err(HostError::Denied(_) | HostError::Absent(_)) => {}
            Err(error) => return Err(error),
        }
    }
    if BUILT_IN.contains(&zone) {
        return Ok(Target::Assumed { accepts: ACCEPTS.contains(&zone) });
    }
    Ok(Target::Unknown)
}

/// Whether a zone's settings let in whatever comes: by its target, or by ports, protocols or rules for
/// nearly everything over TCP, which is what most services speak.
fn accepts_all(settings: &Value) -> bool {
    let lists = |key: &str| settings.get(key).and_then(Value::as_array).into_iter().flatten();
    let mut reach = Reach::ALL;
    let tcp = |row: &&Value| row.get(1).and_then(Value::as_str) == Some("tcp");
    let ranges: Vec<&str> = lists("ports").filter(tcp).filter_map(|row| row.get(0)).filter_map(Value::as_str).collect();
    reach.ports(&ranges, false, false);
    let protocols = || lists("protocols").filter_map(Value::as_str);
    // Zones and policies have different names for the same list.
    let rules = || lists("rules_str").chain(lists("rich_rules")).filter_map(Value::as_str);
    settings.get("target").and_then(Value::as_str) == Some("ACCEPT")
        || reach.extent == Extent::All
        || protocols().any(|protocol| protocol == "tcp")
        || rules().any(|rule| lets_all_in(&rule.split_whitespace().collect::<Vec<&str>>()))
}

/// Whether a rich rule accepts without naming what. Format: firewalld.richlanguage(5).
fn lets_all_in(words: &[&str]) -> bool {
    let everybody = |word: &str| matches!(word, "address=\"0.0.0.0/0\"" | "address=\"::/0\"");
    let names_nothing = |word: &&str| {
        matches!(*word, "rule" | "accept") || word.starts_with("family=") || word.starts_with("priority=")
    };
    let mut rest = words.to_vec();
    if let Some(source) = rest.iter().position(|word| *word == "source")
        && rest.get(source + 1).is_some_and(|word| everybody(word))
    {
        rest.drain(source..source + 2);
    }
    rest.contains(&"accept") && rest.iter().all(names_nothing)
}

/// The private networks whose connections a zone that accepts everything takes. Such a zone need not be
/// read: its name says it.
fn neighbours(active: &Value) -> Vec<&'static str> {
    let mut found = Vec::new();
    for zone in ACCEPTS {
        let sources = active.get(zone).and_then(|bound| bound.get("sources")).and_then(Value::as_array);
        for source in sources.into_iter().flatten().filter_map(Value::as_str) {
            let mut reach = Reach::ALL;
            reach.senders(&[source], false);
            found.extend(reach.neighbours.filter(|kind| !found.contains(kind)));
        }
    }
    found
}

/// A policy between zones that accepts everything from any zone for this computer.
fn open_policy(host: &dyn Host) -> Option<Said> {
    let interface = format!("{SERVICE}.policy");
    let active = call(host, &interface, "getActivePolicies").ok()?;
    let names = |zones: &Value, key: &str| -> Vec<String> {
        let list = zones.get(key).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    for (policy, zones) in active.as_object()? {
        let from_anywhere = names(zones, "ingress_zones").iter().any(|zone| zone == "ANY");
        if !from_anywhere || !names(zones, "egress_zones").iter().any(|zone| zone == "HOST") {
            continue;
        }
        let settings =
            BusCall::new(Bus::System, SERVICE, PATH, &interface, "getPolicySettings").with("s", json!(policy));
        if host.dbus(&settings).is_ok_and(|settings| accepts_all(&settings)) {
            let detail = text!("firewalld runs, but its policy “{policy}” lets everything in", policy = policy);
            let check = format!("sudo firewall-cmd --info-policy={policy}");
            return Some(Said::new(State::Off, detail).running().saw(SERVICE, &format!("policy {policy}"), &check));
        }
    }
    None
}

/// Asks polkit first, without a dialog, since firewalld itself would raise one.
fn may_read_zones(host: &dyn Host) -> bool {
    let service = "org.freedesktop.PolicyKit1";
    let path = "/org/freedesktop/PolicyKit1/Authority";
    let call = BusCall::new(Bus::System, service, path, "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization")
        .with("(sa{sv})", json!(["system-bus-name", {"name": ":self"}]))
        .with("s", json!("org.fedoraproject.FirewallD1.config.info"))
        .with("a{ss}", json!({}))
        .with("u", json!(0))
        .with("s", json!(""));
    match host.dbus(&call) {
        Ok(answer) => answer.get(0).and_then(Value::as_bool) == Some(true),
        Err(_) => false,
    }
}

fn call(host: &dyn Host, interface: &str, method: &str) -> Read<Value> {
    host.dbus(&BusCall::new(Bus::System, SERVICE, PATH, interface, method))
}
