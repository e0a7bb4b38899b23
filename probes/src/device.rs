//! Facts about the device that carry no verdict: name, model, system, identifiers.

use serde::{Deserialize, Serialize};

use crate::host::Host;
use crate::linux;
use crate::practice::Platform;
use crate::system::{Desktop, Family, Place};

/// The device as the window's header, the web and the JSON show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    pub platform: Platform,
    /// The host name, or the pretty name where one is set.
    pub name: String,
    /// Maker and model: `LENOVO ThinkPad T14 Gen 3`. `None` where the firmware does not say.
    pub model: Option<String>,
    pub system: System,
    pub family: Family,
    pub desktop: Desktop,
    pub place: Place,
    pub identifiers: Identifiers,
    /// Hardware network interfaces that are up or not, without containers' and bridges'.
    pub interfaces: Vec<Interface>,
}

/// The operating system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct System {
    /// os-release `ID`: `debian`.
    pub id: String,
    /// For people: `Debian GNU/Linux 12 (bookworm)`.
    pub name: String,
    /// os-release `VERSION_ID`, empty where there is none.
    pub version: String,
    /// Kernel release: `6.1.0-28-amd64`.
    pub kernel: String,
    /// `x86_64`, `aarch64`.
    pub architecture: String,
}

/// What tells this device from all others. Folded in the window and never handed out unasked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identifiers {
    /// Derived from /etc/machine-id for this program alone (machine-id(5) asks for that), 32 hex digits.
    pub machine: Option<String>,
    /// The serial number where an ordinary user may read it (mostly ARM boards).
    pub serial: Option<String>,
}

/// One hardware network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interface {
    pub name: String,
    pub mac: String,
    pub wifi: bool,
}

/// The device. Never fails: what cannot be read is empty.
pub fn device(host: &dyn Host) -> Device {
    match host.platform() {
        Platform::Linux => linux::device::device(host),
        platform @ (Platform::Macos | Platform::Windows) => Device {
            platform,
            name: String::new(),
            model: None,
            system: System {
                id: platform.wire_name().to_owned(),
                name: String::new(),
                version: String::new(),
                kernel: String::new(),
                architecture: String::new(),
            },
            family: if platform == Platform::Macos { Family::Macos } else { Family::Windows },
            desktop: Desktop::Other,
            place: Place::Machine,
            identifiers: Identifiers::default(),
            interfaces: Vec::new(),
        },
    }
}
