//! `facts`: the device and its details, identifiers included, because here they are asked for.

use stethoscope_probes::details::{self, Address, Browser, Details, Disk, Extension};
use stethoscope_probes::device::{self, Device};

use super::arguments::{FactsOrder, Format};
use super::page::{Look, Page};
use super::{Surroundings, Trouble, json, machine};
use crate::words::say;

/// Reads the facts and writes them down.
pub(super) fn facts(order: &FactsOrder, around: &Surroundings) -> Result<String, Trouble> {
    let host = machine::host(&order.machine, around)?;
    let (device, details) = (device::device(host.as_ref()), details::details(host.as_ref()));
    if order.format.format == Format::Json {
        return Ok(json::facts(&device, &details));
    }
    let mut page = Page::new(around.colour);
    for (name, value) in rows(&device, &details, order.all) {
        page.line(&[(Look::Faint, &format!("{:<12}", say(name))), (Look::Plain, &value)]);
    }
    Ok(page.done())
}

/// What each line is about, and what it says.
fn rows(device: &Device, details: &Details, all: bool) -> Vec<(&'static str, String)> {
    let system = &device.system;
    let or_unknown = |value: &Option<String>| value.clone().unwrap_or_else(|| say("not known").to_owned());
    let mut rows = vec![
        ("Name", device.name.clone()),
        ("Model", or_unknown(&device.model)),
        ("Firmware", or_unknown(&details.firmware)),
        ("System", system.name.clone()),
        ("Build", or_unknown(&details.build)),
        ("Kernel", format!("{} ({})", system.kernel, system.architecture)),
        ("Desktop", device.desktop.label().to_owned()),
        ("Runs on", place(device)),
        ("Machine id", or_unknown(&device.identifiers.machine)),
        ("Serial", or_unknown(&device.identifiers.serial)),
    ];
    let interface =
        |one: &device::Interface| (if one.wifi { "Wi-Fi" } else { "Network" }, format!("{} {}", one.name, one.mac));
    rows.extend(device.interfaces.iter().map(interface));
    rows.extend(details.addresses.iter().map(|one| ("Address", address(one))));
    rows.extend(details.disks.iter().map(|one| ("Disk", disk(one))));
    match (all, details.extensions.len()) {
        (true, _) => rows.extend(details.extensions.iter().map(|one| ("Extension", extension(one)))),
        (false, 0) => {}
        (false, count) => rows.push(("Extensions", format!("{count} {}", say("in your browsers; --all lists them")))),
    }
    rows
}

fn address(address: &Address) -> String {
    format!("{} {}/{}", address.interface, address.address, address.prefix)
}

fn disk(disk: &Disk) -> String {
    let encrypted = say(match disk.encrypted {
        Some(true) => "encrypted",
        Some(false) => "not encrypted",
        None => "not known whether encrypted",
    });
    let names = [disk.label.as_deref(), disk.uuid.as_deref()];
    [disk.name.as_str(), encrypted].into_iter().chain(names.into_iter().flatten()).collect::<Vec<_>>().join("  ")
}

fn extension(extension: &Extension) -> String {
    let browser = match extension.browser {
        Browser::Chrome => "Chrome",
        Browser::Firefox => "Firefox",
        Browser::Safari => "Safari",
    };
    format!("{browser}  {} {}  {}", extension.name, extension.version, extension.id)
}

fn place(device: &Device) -> String {
    use stethoscope_probes::system::Place;

    let words = match device.place {
        Place::Machine => "hardware",
        Place::VirtualMachine => "a virtual machine",
        Place::Container => "a container",
        Place::Sandbox => "a sandbox that hides the system",
        Place::Live => "an installation or rescue medium",
        Place::Wsl => "Windows (WSL)",
    };
    say(words).to_owned()
}
