//! The details of a device as `facts` gives them to other programs.

use serde::Serialize;
use stethoscope_probes::details::{Address, Details, Disk, Extension};

use super::word;

#[derive(Serialize)]
pub(super) struct DetailsJson<'a> {
    firmware: Option<&'a str>,
    build: Option<&'a str>,
    addresses: Vec<AddressJson<'a>>,
    disks: Vec<DiskJson<'a>>,
    extensions: Vec<ExtensionJson<'a>>,
}

#[derive(Serialize)]
struct AddressJson<'a> {
    interface: &'a str,
    address: String,
    prefix: u8,
    broadcast: Option<String>,
}

#[derive(Serialize)]
struct DiskJson<'a> {
    name: &'a str,
    uuid: Option<&'a str>,
    label: Option<&'a str>,
    encrypted: Option<bool>,
}

#[derive(Serialize)]
struct ExtensionJson<'a> {
    browser: String,
    id: &'a str,
    name: &'a str,
    version: &'a str,
    author: Option<&'a str>,
    path: &'a str,
}

impl<'a> DetailsJson<'a> {
    pub(super) fn of(details: &'a Details) -> Self {
        let Details { firmware, build, addresses, disks, extensions } = details;
        let address = |one: &'a Address| AddressJson {
            interface: &one.interface,
            address: one.address.to_string(),
            prefix: one.prefix,
            broadcast: one.broadcast.map(|broadcast| broadcast.to_string()),
        };
        let disk = |one: &'a Disk| DiskJson {
            name: &one.name,
            uuid: one.uuid.as_deref(),
            label: one.label.as_deref(),
            encrypted: one.encrypted,
        };
        let extension = |one: &'a Extension| ExtensionJson {
            browser: word(&one.browser),
            id: &one.id,
            name: &one.name,
            version: &one.version,
            author: one.author.as_deref(),
            path: &one.path,
        };
        DetailsJson {
            firmware: firmware.as_deref(),
            build: build.as_deref(),
            addresses: addresses.iter().map(address).collect(),
            disks: disks.iter().map(disk).collect(),
            extensions: extensions.iter().map(extension).collect(),
        }
    }
}
