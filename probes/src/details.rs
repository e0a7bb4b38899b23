//! Facts that only somebody who keeps an inventory asks for: addresses, disks, browser extensions. Read
//! when a web page that may know them asks, never in an ordinary scan.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::host::Host;
use crate::practice::Platform;

/// The device in more detail than its window shows. What cannot be read is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The version of the firmware: `N3HET83W (1.55 )`.
    pub firmware: Option<String>,
    /// What tells this build of the system from others of the same version: os-release `BUILD_ID` or
    /// `IMAGE_VERSION`, else the kernel's release.
    pub build: Option<String>,
    pub addresses: Vec<Address>,
    pub disks: Vec<Disk>,
    pub extensions: Vec<Extension>,
}

/// One address of a network interface. Loopback is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub interface: String,
    pub address: IpAddr,
    /// How many leading bits name the network.
    pub prefix: u8,
    /// IPv4 only.
    pub broadcast: Option<IpAddr>,
}

/// One block device that holds something: a partition, a volume, or a whole disk that is not divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// The kernel's name: `nvme0n1p3`, `dm-0`.
    pub name: String,
    pub uuid: Option<String>,
    pub label: Option<String>,
    /// What it holds is encrypted (LUKS, BitLocker). `None` where that could not be told.
    pub encrypted: Option<bool>,
}

/// One extension of a browser of this user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Extension {
    pub browser: Browser,
    /// `uBlock0@raymondhill.net`, `cjpalhdlnbpafiamejdnhcphjbkeiagm`.
    pub id: String,
    pub name: String,
    pub version: String,
    pub author: Option<String>,
    pub path: String,
}

/// Which browser, as the web schema names them. Chromium and its relatives count as Chrome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Browser {
    Chrome,
    Firefox,
    Safari,
}

/// The details. Never fails: what cannot be read is empty.
pub fn details(host: &dyn Host) -> Details {
    match host.platform() {
        Platform::Linux | Platform::Macos | Platform::Windows => Details::default(),
    }
}
