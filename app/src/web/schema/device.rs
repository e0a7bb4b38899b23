//! Facts about the device, as far as the page may know them.

use async_graphql::{Object, SimpleObject};
use stethoscope_probes::details::{self, Details};
use stethoscope_probes::device::Interface;
use stethoscope_probes::finding::Observation;
use stethoscope_probes::practice::PracticeId;

use super::About;
use super::asks::DevicePolicy;
use super::needs::practice_of_security;
use super::words::{Browser, FeatureState, RequirementOption, Semver};
use crate::site::Origin;
use crate::web::legacy::system;

/// A device. What a page may not know, and what could not be read, is null.
pub(super) struct Device(pub(super) About);

impl Device {
    fn details(&self) -> Option<&Details> {
        self.0.facts.details.as_ref()
    }

    /// What tells this device from others, where the page may know that.
    fn identifier<T>(&self, told: impl FnOnce(&Self) -> Option<T>) -> Option<T> {
        if self.0.identifiers { told(self) } else { None }
    }
}

#[Object]
impl Device {
    /// Tells this device from others, for this site alone.
    async fn device_id(&self) -> Option<String> {
        self.identifier(|device| {
            device
                .0
                .facts
                .device
                .identifiers
                .machine
                .as_deref()
                .and_then(|machine| pseudonym(machine, &device.0.origin))
        })
    }

    async fn device_name(&self) -> Option<String> {
        self.identifier(|device| filled(&device.0.facts.device.name))
    }

    /// `darwin`, `win32` or `linux`.
    async fn platform(&self) -> Option<&str> {
        Some(system::platform(self.0.facts.device.platform))
    }

    async fn platform_name(&self) -> Option<&str> {
        system::name(&self.0.facts.device)
    }

    /// Always in three parts.
    async fn os_version(&self) -> Option<String> {
        system::version(&self.0.facts.device)
    }

    async fn os_build(&self) -> Option<&str> {
        self.details()?.build.as_deref()
    }

    async fn os_name(&self) -> Option<&str> {
        system::name(&self.0.facts.device)
    }

    async fn firmware_version(&self) -> Option<&str> {
        self.details()?.firmware.as_deref()
    }

    async fn hardware_model(&self) -> Option<&str> {
        self.0.facts.device.model.as_deref()
    }

    async fn friendly_name(&self) -> Option<&str> {
        self.0.facts.device.model.as_deref()
    }

    async fn hardware_serial(&self) -> Option<&str> {
        self.0.facts.device.identifiers.serial.as_deref().filter(|_| self.0.identifiers)
    }

    /// Always null: ask a policy about the applications that matter to you.
    async fn applications(&self) -> Option<Vec<Option<Application>>> {
        None
    }

    /// Extensions of this user's browsers.
    async fn extensions(&self, browser: Option<Browser>) -> Option<Vec<Option<Extension>>> {
        self.identifier(|device| {
            let all = &device.details()?.extensions;
            Some(all.iter().filter(|extension| is_of(extension, browser)).map(|one| Some(one.into())).collect())
        })
    }

    async fn ip_addresses(&self) -> Option<Vec<Option<IpAddress>>> {
        self.identifier(|device| Some(device.details()?.addresses.iter().map(|one| Some(one.into())).collect()))
    }

    async fn mac_addresses(&self) -> Option<Vec<Option<NetworkInterface>>> {
        self.identifier(|device| {
            let burnt_in = device.0.facts.device.interfaces.iter().filter(|interface| is_burnt_in(&interface.mac));
            Some(burnt_in.map(|interface| Some(interface.into())).collect())
        })
    }

    /// The last release of the old Stethoscope, whose contract is kept. See `productVersion`.
    async fn stethoscope_version(&self) -> Option<&str> {
        Some(system::VERSION)
    }

    /// Always `UNSUPPORTED`.
    async fn osquery_version(&self) -> Option<&str> {
        Some("UNSUPPORTED")
    }

    async fn disks(&self) -> Option<Vec<Option<Disk>>> {
        let told = |disk: &details::Disk| {
            let identifiers = self.0.identifiers;
            Disk {
                name: filled(&disk.name),
                uuid: disk.uuid.clone().filter(|_| identifiers),
                label: disk.label.clone().filter(|_| identifiers),
                encrypted: disk.encrypted,
            }
        };
        Some(self.details()?.disks.iter().map(|disk| Some(told(disk))).collect())
    }

    /// What is, held against nothing. The policy is taken for old pages and not used.
    async fn security(&self, policy: Option<DevicePolicy>) -> Option<SecurityInfo> {
        drop(policy);
        Some(SecurityInfo(self.0.clone()))
    }

    /// Always `UNKNOWN`.
    async fn policy_result(&self) -> Option<FeatureState> {
        Some(FeatureState::Unknown)
    }

    /// The version of this program.
    async fn product_version(&self) -> Option<&str> {
        Some(env!("CARGO_PKG_VERSION"))
    }

    /// What tells this device from others was kept back.
    async fn identifiers_withheld(&self) -> Option<bool> {
        Some(!self.0.identifiers)
    }
}

/// What this device is called towards one site, so that two sites cannot compare their notes.
fn pseudonym(machine: &str, origin: &Origin) -> Option<String> {
    Some(stethoscope_probes::device::pseudonym(machine, origin.as_str()))
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_of(extension: &details::Extension, browser: Option<Browser>) -> bool {
    match browser {
        None | Some(Browser::All) => true,
        Some(Browser::Chrome) => extension.browser == details::Browser::Chrome,
        Some(Browser::Firefox) => extension.browser == details::Browser::Firefox,
        Some(Browser::Safari) => extension.browser == details::Browser::Safari,
    }
}

/// Given to one adapter by its maker: neither made up locally, nor for a group, nor a placeholder.
fn is_burnt_in(mac: &str) -> bool {
    let mut octets = mac.split([':', '-']).map(|octet| u8::from_str_radix(octet, 16));
    let Some(Ok(first)) = octets.next() else { return false };
    let zeros = first == 0 && octets.take(2).all(|octet| octet == Ok(0));
    first & 0b11 == 0 && !zeros
}

/// An installed application. Nothing gives one.
#[derive(SimpleObject)]
struct Application {
    name: String,
    path: Option<String>,
    version: Option<Semver>,
    assertion: RequirementOption,
    description: Option<String>,
    install_from: Option<String>,
}

/// An extension of a browser.
#[derive(SimpleObject)]
struct Extension {
    name: String,
    path: String,
    version: String,
    /// Empty where it does not say.
    author: String,
    identifier: String,
    browser: String,
}

impl From<&details::Extension> for Extension {
    fn from(extension: &details::Extension) -> Self {
        let browser = match extension.browser {
            details::Browser::Chrome => "chrome",
            details::Browser::Firefox => "firefox",
            details::Browser::Safari => "safari",
        };
        Extension {
            name: extension.name.clone(),
            path: extension.path.clone(),
            version: extension.version.clone(),
            author: extension.author.clone().unwrap_or_default(),
            identifier: extension.id.clone(),
            browser: browser.to_owned(),
        }
    }
}

/// One address of a network interface.
#[derive(SimpleObject)]
struct IpAddress {
    interface: Option<String>,
    address: Option<String>,
    mask: Option<String>,
    broadcast: Option<String>,
}

impl From<&details::Address> for IpAddress {
    fn from(address: &details::Address) -> Self {
        IpAddress {
            interface: filled(&address.interface),
            address: Some(address.address.to_string()),
            mask: mask(address.address, address.prefix),
            broadcast: address.broadcast.map(|broadcast| broadcast.to_string()),
        }
    }
}

/// As many leading ones as the prefix says: 24 is 255.255.255.0. `None` where the address has not so many.
fn mask(address: std::net::IpAddr, prefix: u8) -> Option<String> {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    match address {
        IpAddr::V4(_) => {
            let zeros = 32u32.checked_sub(prefix.into())?;
            Some(Ipv4Addr::from_bits(u32::MAX.checked_shl(zeros).unwrap_or(0)).to_string())
        }
        IpAddr::V6(_) => {
            let zeros = 128u32.checked_sub(prefix.into())?;
            Some(Ipv6Addr::from_bits(u128::MAX.checked_shl(zeros).unwrap_or(0)).to_string())
        }
    }
}

/// A network adapter.
#[derive(SimpleObject)]
struct NetworkInterface {
    interface: Option<String>,
    /// Always `6`.
    #[graphql(name = "type")]
    kind: Option<String>,
    mac: Option<String>,
    physical_adapter: Option<bool>,
    /// Always null.
    last_change: Option<String>,
}

impl From<&Interface> for NetworkInterface {
    fn from(interface: &Interface) -> Self {
        NetworkInterface {
            interface: filled(&interface.name),
            kind: Some("6".to_owned()),
            mac: filled(&interface.mac),
            physical_adapter: Some(true),
            last_change: None,
        }
    }
}

/// A volume that holds something.
#[derive(SimpleObject)]
struct Disk {
    name: Option<String>,
    uuid: Option<String>,
    label: Option<String>,
    encrypted: Option<bool>,
}

/// What is: `ON`, `OFF` or `UNKNOWN`.
struct SecurityInfo(About);

impl SecurityInfo {
    fn state(&self, field: &str) -> Option<FeatureState> {
        let finding = practice_of_security(field).and_then(|practice| self.0.facts.finding(practice));
        Some(match finding.map(|finding| (&finding.observation, finding.practice)) {
            Some((Observation::On, _)) => FeatureState::On,
            Some((Observation::Seconds(seconds), PracticeId::ScreenIdle)) if *seconds > 0 => FeatureState::On,
            Some((Observation::Off, _)) => FeatureState::Off,
            _ => FeatureState::Unknown,
        })
    }
}

#[Object]
impl SecurityInfo {
    /// Always null: a version is neither on nor off.
    async fn os_version(&self) -> Option<FeatureState> {
        None
    }

    async fn firewall(&self) -> Option<FeatureState> {
        self.state("firewall")
    }

    async fn automatic_updates(&self) -> Option<FeatureState> {
        self.state("automaticUpdates")
    }

    async fn disk_encryption(&self) -> Option<FeatureState> {
        self.state("diskEncryption")
    }

    async fn screen_lock(&self) -> Option<FeatureState> {
        self.state("screenLock")
    }

    async fn screen_idle(&self) -> Option<FeatureState> {
        self.state("screenIdle")
    }

    /// `ON`: somebody can log in over the network.
    async fn remote_login(&self) -> Option<FeatureState> {
        self.state("remoteLogin")
    }

    async fn automatic_app_updates(&self) -> Option<FeatureState> {
        self.state("automaticAppUpdates")
    }

    async fn automatic_security_updates(&self) -> Option<FeatureState> {
        self.state("automaticSecurityUpdates")
    }

    async fn automatic_os_updates(&self) -> Option<FeatureState> {
        self.state("automaticOsUpdates")
    }

    async fn automatic_download_updates(&self) -> Option<FeatureState> {
        self.state("automaticDownloadUpdates")
    }

    async fn automatic_config_data_install(&self) -> Option<FeatureState> {
        self.state("automaticConfigDataInstall")
    }

    async fn automatic_check_enabled(&self) -> Option<FeatureState> {
        self.state("automaticCheckEnabled")
    }

    async fn public_firewall(&self) -> Option<FeatureState> {
        self.state("publicFirewall")
    }

    async fn private_firewall(&self) -> Option<FeatureState> {
        self.state("privateFirewall")
    }

    async fn domain_firewall(&self) -> Option<FeatureState> {
        self.state("domainFirewall")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_computed_from_the_length() {
        let cases = [
            ("192.0.2.1", 24, Some("255.255.255.0")),
            ("192.0.2.1", 0, Some("0.0.0.0")),
            ("192.0.2.1", 32, Some("255.255.255.255")),
            ("192.0.2.1", 20, Some("255.255.240.0")),
            ("192.0.2.1", 33, None),
            ("2001:db8::1", 64, Some("ffff:ffff:ffff:ffff::")),
            ("2001:db8::1", 128, Some("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
            ("2001:db8::1", 0, Some("::")),
            ("2001:db8::1", 129, None),
        ];
        for (address, prefix, expected) in cases {
            let address = address.parse().expect("an address");
            assert_eq!(mask(address, prefix).as_deref(), expected, "{address}/{prefix}");
        }
    }

    #[test]
    fn only_addresses_of_hardware_are_told() {
        for mac in ["3c:a9:f4:11:22:33", "3C-A9-F4-11-22-33", "00:16:3e:00:00:01"] {
            assert!(is_burnt_in(mac), "{mac}");
        }
        for mac in ["00:00:00:00:00:00", "02:42:ac:11:00:02", "01:00:5e:00:00:01", "00-00-00-00-00-00", "", "zz:00"] {
            assert!(!is_burnt_in(mac), "{mac}");
        }
    }
}
