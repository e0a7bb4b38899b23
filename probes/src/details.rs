//! Facts that only somebody who keeps an inventory asks for: addresses, disks, browser extensions. Read
//! when a web page that may know them asks, never in an ordinary scan.

use serde::{Deserialize, Serialize};

pub use crate::host::Address;

use crate::host::Host;
use crate::linux;
use crate::practice::Platform;

/// The device in more detail than its window shows. What cannot be read is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The version of the firmware: `N3HET83W (1.55 )`.
    pub firmware: Option<String>,
    /// What tells this build of the system from others of the same version: os-release `BUILD_ID` or
    /// `IMAGE_VERSION` or `OSTREE_VERSION`, else the kernel's release.
    pub build: Option<String>,
    pub addresses: Vec<Address>,
    pub disks: Vec<Disk>,
    pub extensions: Vec<Extension>,
}

/// One block device that holds something: a partition, a volume, or a whole disk that is not divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// The kernel's name: `nvme0n1p3`, `dm-0`.
    pub name: String,
    pub uuid: Option<String>,
    pub label: Option<String>,
    /// It holds an encrypted volume (LUKS, BitLocker), or lies wholly on what is encrypted, as the opened volume
    /// does. `None` where that could not be told.
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
        Platform::Linux => linux::details::details(host),
        Platform::Macos | Platform::Windows => Details::default(),
    }
}

/// What a recorder may look at: everything but the extensions of browsers, which say too much of a person.
#[cfg(feature = "fixture")]
pub(crate) fn recordable(host: &dyn Host) -> Details {
    match host.platform() {
        Platform::Linux => linux::details::without_extensions(host),
        Platform::Macos | Platform::Windows => Details::default(),
    }
}
