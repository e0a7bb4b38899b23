//! Facts about the device that carry no verdict: name, model, system, identifiers.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

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

/// The name under which one web page knows this device: 32 hex digits, always the same for the same page, and
/// of no use to compare with what another page was told. `machine` is [`Identifiers::machine`], which cannot be
/// told from it; `site` is the page's origin.
pub fn pseudonym(machine: &str, site: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(machine.as_bytes()).expect("a key may have any length");
    mac.update(site.as_bytes());
    random_id(&mac.finalize().into_bytes())
}

/// The first 16 bytes of a digest as the digits of a random UUID (version 4).
pub(crate) fn random_id(digest: &[u8]) -> String {
    let mark = |(index, byte): (usize, &u8)| match index {
        6 => (byte & 0x0f) | 0x40,
        8 => (byte & 0x3f) | 0x80,
        _ => *byte,
    };
    digest.iter().take(16).enumerate().map(mark).map(|byte| format!("{byte:02x}")).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf %s https://login.example | openssl dgst -sha256 -hmac 07976130353e41b1944f992a12f8b22c` gives
    /// 6f5d1774b796720a200a9fe4b7772793fed38f36cb62be656edf766ecff87f55 here; of its first half the 13th digit becomes
    /// 4, and the 17th one of 8, 9, a and b.
    #[test]
    fn a_page_knows_the_device_by_a_name_of_its_own() {
        let machine = "07976130353e41b1944f992a12f8b22c";
        assert_eq!(pseudonym(machine, "https://login.example"), "6f5d1774b796420aa00a9fe4b7772793");
        let others = [pseudonym(machine, "https://login.example:8443"), pseudonym("", "https://login.example")];
        assert!(!others.contains(&pseudonym(machine, "https://login.example")) && others[0] != others[1]);
        assert!(others.iter().all(|name| name.len() == 32 && !name.contains(machine)));
    }
}
