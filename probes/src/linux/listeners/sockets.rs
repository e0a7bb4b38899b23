//! The ports that systemd itself holds open for a program. Its bus says; without a bus the unit's files
//! and drop-ins do, as do those that Ubuntu's generator writes for SSH. Source: systemd.socket(5).

use serde_json::Value;

use super::Program;
use crate::host::{Bus, BusCall, Host};
use crate::linux::systemd::Unit;

/// Where unit files lie, most important first. Source: systemd.unit(5).
const FOLDERS: [&str; 6] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

pub(super) fn held_open(host: &dyn Host, programs: &'static [Program], units: &[Unit]) -> Vec<(&'static Program, u16)> {
    let mut out = Vec::new();
    for program in programs {
        for unit in units.iter().filter(|unit| program.sockets.contains(&unit.name.as_str())) {
            // Without a bus it is not known whether a socket is open; then the kernel's list settles it.
            if unit.exists() && unit.is_active() != Some(false) {
                let ports = from_bus(host, &unit.name).unwrap_or_else(|| from_files(host, &unit.name));
                out.extend(ports.into_iter().map(|port| (program, port)));
            }
        }
    }
    out
}

fn from_bus(host: &dyn Host, unit: &str) -> Option<Vec<u16>> {
    let path = format!("/org/freedesktop/systemd1/unit/{}", unit.replace('-', "_2d").replace('.', "_2e"));
    let interface = "org.freedesktop.systemd1.Socket";
    let call = BusCall::property(Bus::System, "org.freedesktop.systemd1", &path, interface, "Listen");
    let answer = host.dbus(&call).ok()?;
    let addresses = answer.as_array()?.iter().filter_map(|row| row.get(1).and_then(Value::as_str));
    Some(addresses.filter_map(port).collect())
}

/// The most important file, then the drop-ins of all folders in the order of their names.
fn from_files(host: &dyn Host, unit: &str) -> Vec<u16> {
    let main = FOLDERS.iter().find_map(|folder| host.read_text(&format!("{folder}/{unit}")).ok());
    let mut drop_ins = std::collections::BTreeMap::new();
    for folder in FOLDERS.iter().rev() {
        let folder = format!("{folder}/{unit}.d");
        for name in host.list(&folder).unwrap_or_default().into_iter().filter(|name| name.ends_with(".conf")) {
            if let Ok(text) = host.read_text(&format!("{folder}/{name}")) {
                drop_ins.insert(name, text);
            }
        }
    }
    let mut ports = Vec::new();
    for text in main.iter().chain(drop_ins.values()) {
        for line in text.lines() {
            match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
                // An empty one takes back all before it.
                Some(("ListenStream", "")) => ports.clear(),
                Some(("ListenStream" | "ListenDatagram", address)) => ports.extend(port(address)),
                _ => {}
            }
        }
    }
    ports
}

/// The port in `22`, `0.0.0.0:22` or `[::]:22`; none in the path of a local socket.
fn port(address: &str) -> Option<u16> {
    address.rsplit(':').next()?.parse().ok()
}
