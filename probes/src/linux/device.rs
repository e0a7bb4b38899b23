//! Name, model, system, identifiers and network interfaces of a Linux machine.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::device::{self, Device, Identifiers, Interface, System};
use crate::host::Host;
use crate::linux::{distro, place, session};
use crate::parse::os_release;
use crate::practice::Platform;
use crate::system::Family;

/// What firmware says where its maker filled in nothing.
const PLACEHOLDERS: &[&str] = &[
    "to be filled by o.e.m.",
    "to be filled by oem",
    "system product name",
    "system manufacturer",
    "system version",
    "default string",
    "not specified",
    "not applicable",
    "none",
    "n/a",
    "o.e.m.",
    "oem",
    "invalid",
    "unknown",
    "undefined",
    "0123456789",
    "123456789",
    "system serial number",
    "type1productconfigid",
];

/// The identity of this program, under which the machine's own id is hidden: random, made once.
const APPLICATION: [u8; 16] =
    [0x5b, 0x1f, 0x0c, 0x7e, 0x9a, 0x3d, 0x4e, 0x62, 0xb8, 0xd4, 0xf1, 0xa6, 0xc0, 0x3e, 0x77, 0x29];

/// The device; what cannot be read is empty.
pub(crate) fn device(host: &dyn Host) -> Device {
    let release = distro::os_release(host).ok();
    let name = release.as_ref().map(|release| match release.pretty_name.as_str() {
        "" => release.name.clone(),
        pretty => pretty.to_owned(),
    });
    Device {
        platform: Platform::Linux,
        name: host_name(host),
        model: model(host),
        system: System {
            id: release.as_ref().map(|release| release.id.clone()).unwrap_or_default(),
            name: name.unwrap_or_else(|| "Linux".to_owned()),
            version: release.as_ref().map(|release| release.version_id.clone()).unwrap_or_default(),
            kernel: host.read_line("/proc/sys/kernel/osrelease").unwrap_or_default(),
            architecture: architecture(host),
        },
        family: release.as_ref().map_or(Family::OtherLinux, |release| distro::family(release, host)),
        desktop: session::desktop(host),
        place: place::place(host),
        identifiers: Identifiers { machine: machine(host), serial: serial(host) },
        interfaces: interfaces(host),
    }
}

/// The pretty name where one is set, else the kernel's host name.
fn host_name(host: &dyn Host) -> String {
    let info = host.read_text("/etc/machine-info").unwrap_or_default();
    let pretty = info.lines().filter_map(|line| line.strip_prefix("PRETTY_HOSTNAME=")).next_back();
    let pretty = pretty.map(os_release::unquote).filter(|name| !name.is_empty());
    let plain = || ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|path| line(host, path));
    pretty.or_else(plain).unwrap_or_default()
}

/// The first line of a file, where there is one that says something.
pub(crate) fn line(host: &dyn Host, path: &str) -> Option<String> {
    // Device trees end their strings with a zero byte.
    let line = host.read_line(path).ok()?;
    let line = line.trim_end_matches('\0').trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// The words, unless they only hold the place of some.
pub(crate) fn filled(words: String) -> Option<String> {
    let lower = words.to_ascii_lowercase();
    let same = words.chars().all(|letter| words.starts_with(letter));
    (!same && !PLACEHOLDERS.contains(&lower.as_str())).then_some(words)
}

fn model(host: &dyn Host) -> Option<String> {
    let dmi = |file: &str| line(host, &format!("/sys/class/dmi/id/{file}")).and_then(filled);
    let product = dmi("product_name");
    let Some(vendor) = dmi("sys_vendor") else {
        let tree = || line(host, "/sys/firmware/devicetree/base/model");
        return product.or_else(tree);
    };
    // Lenovo's product name is an order number; the name people know is the version.
    let product = if vendor.eq_ignore_ascii_case("lenovo") { dmi("product_version").or(product) } else { product };
    Some(match product {
        Some(product) if product.to_lowercase().starts_with(&vendor.to_lowercase()) => product,
        Some(product) => format!("{vendor} {product}"),
        None => vendor,
    })
}

/// The kernel tells it since 6.1; before that, the program loader's name does.
fn architecture(host: &dyn Host) -> String {
    const LOADERS: [(&str, &str); 5] = [
        ("/lib64/ld-linux-x86-64.so.2", "x86_64"),
        ("/lib/ld-musl-x86_64.so.1", "x86_64"),
        ("/lib/ld-linux-aarch64.so.1", "aarch64"),
        ("/lib/ld-musl-aarch64.so.1", "aarch64"),
        ("/lib/ld-linux-armhf.so.3", "armv7l"),
    ];
    let loader = || LOADERS.iter().find(|(path, _)| host.exists(path).unwrap_or(false));
    line(host, "/proc/sys/kernel/arch").or_else(|| loader().map(|(_, name)| (*name).to_owned())).unwrap_or_default()
}

/// As sd_id128_get_machine_app_specific(3) makes it: HMAC-SHA256 of the application's id under the
/// machine's, cut to 16 bytes and marked as a random UUID. The machine's own id cannot be told from it.
fn machine(host: &dyn Host) -> Option<String> {
    let own = ["/etc/machine-id", "/var/lib/dbus/machine-id"].iter().find_map(|path| id_bytes(&line(host, path)?))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&own).ok()?;
    mac.update(&APPLICATION);
    Some(device::random_id(&mac.finalize().into_bytes()))
}

/// 32 hex digits; an image that never started has the word `uninitialized`.
fn id_bytes(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().filter(|id| *id != 0).map(u128::to_be_bytes)
}

/// Readable on boards with a device tree; elsewhere the kernel keeps it for root.
fn serial(host: &dyn Host) -> Option<String> {
    let tree = line(host, "/sys/firmware/devicetree/base/serial-number");
    tree.or_else(|| line(host, "/sys/class/dmi/id/product_serial")).and_then(filled)
}

fn interfaces(host: &dyn Host) -> Vec<Interface> {
    let folder = "/sys/class/net";
    let mut found = Vec::new();
    for name in host.list(folder).unwrap_or_default() {
        let there = |file: &str| host.exists(&format!("{folder}/{name}/{file}")).unwrap_or(false);
        // Bridges, tunnels and containers' ends have no device behind them.
        if !there("device") {
            continue;
        }
        let mac = line(host, &format!("{folder}/{name}/address")).unwrap_or_default();
        let wifi = there("wireless") || there("phy80211");
        found.push(Interface { name, mac, wifi });
    }
    found
}

#[cfg(all(test, feature = "fixture"))]
mod tests {
    use super::*;
    use crate::host::fixture::FixtureHost;
    use crate::system::{Desktop, Place};

    fn of(host: &str) -> Device {
        let host = FixtureHost::parse(&format!("@platform linux\n@user 1000 ann /home/ann\n{host}"), "test");
        crate::device::device(&host.unwrap_or_else(|error| panic!("{error}")))
    }

    #[test]
    fn a_laptop_is_described() {
        let device = of(
            "@env XDG_CURRENT_DESKTOP ubuntu:GNOME\n@file /etc/os-release\nID=ubuntu\nVERSION_ID=\"24.04\"\n\
             PRETTY_NAME=\"Ubuntu 24.04.1 LTS\"\n@file /etc/machine-info\nPRETTY_HOSTNAME=\"Ann's laptop\"\n\
             @file /proc/sys/kernel/hostname\nann-t14\n@file /proc/sys/kernel/osrelease\n6.8.0-48-generic\n\
             @file /proc/sys/kernel/arch\nx86_64\n@file /sys/class/dmi/id/sys_vendor\nLENOVO\n\
             @file /sys/class/dmi/id/product_name\n21AHCTO1WW\n@file /sys/class/dmi/id/product_version\nThinkPad T14 Gen 3\n\
             @denied /sys/class/dmi/id/product_serial\n@file /sys/class/net/wlp2s0/address\n02:00:00:00:00:01\n\
             @dir /sys/class/net/wlp2s0/device\n@dir /sys/class/net/wlp2s0/phy80211\n\
             @file /sys/class/net/docker0/address\n02:42:00:00:00:01\n@file /sys/class/net/lo/address\n00:00:00:00:00:00\n",
        );
        assert_eq!(device.name, "Ann's laptop");
        assert_eq!(device.model.as_deref(), Some("LENOVO ThinkPad T14 Gen 3"));
        assert_eq!(device.system.name, "Ubuntu 24.04.1 LTS");
        assert_eq!((device.system.id.as_str(), device.system.version.as_str()), ("ubuntu", "24.04"));
        assert_eq!(
            (device.system.kernel.as_str(), device.system.architecture.as_str()),
            ("6.8.0-48-generic", "x86_64")
        );
        assert_eq!((device.family, device.desktop, device.place), (Family::Ubuntu, Desktop::Gnome, Place::Machine));
        assert_eq!(device.identifiers, Identifiers::default());
        let interface = Interface { name: "wlp2s0".to_owned(), mac: "02:00:00:00:00:01".to_owned(), wifi: true };
        assert_eq!(device.interfaces, [interface]);
    }

    #[test]
    fn nothing_readable_is_no_error() {
        let device = of("@denied /etc/os-release\n@denied /etc/machine-id\n@denied /sys/class/net\n@process !denied\n");
        assert_eq!((device.name.as_str(), device.model, device.family), ("", None, Family::OtherLinux));
        assert_eq!(device.system.name, "Linux");
        assert!(device.interfaces.is_empty());
    }

    #[test]
    fn what_firmware_left_empty_is_left_out() {
        let dmi = |vendor, product| {
            let of = of(&format!(
                "@file /sys/class/dmi/id/sys_vendor\n{vendor}\n@file /sys/class/dmi/id/product_name\n{product}\n"
            ));
            of.model.unwrap_or_default()
        };
        assert_eq!(dmi("To Be Filled By O.E.M.", "Default string"), "");
        assert_eq!(dmi("ASUS", "System Product Name"), "ASUS");
        assert_eq!(dmi("HP", "HP EliteBook 840 G8"), "HP EliteBook 840 G8");
        let board = of(
            "@hex /sys/firmware/devicetree/base/model\n5069 3500\n@hex /sys/firmware/devicetree/base/serial-number\n3130 3066 00\n",
        );
        assert_eq!(board.model.as_deref(), Some("Pi5"));
        assert_eq!(board.identifiers.serial.as_deref(), Some("100f"));
    }

    /// The expected value follows the construction of `systemd-id128 --app-specific`, with which it was
    /// compared on a machine with systemd 252.
    #[test]
    fn the_machines_own_id_is_not_given_away() {
        let machine = |id: &str| of(&format!("@file /etc/machine-id\n{id}\n")).identifiers.machine;
        let own = "4c4f52454d4950534f4d444f4c4f5221";
        assert_eq!(machine(own).as_deref(), Some("07976130353e41b1944f992a12f8b22c"));
        assert_ne!(machine("0123456789abcdef0123456789abcdef"), machine(own));
        assert_eq!(machine("uninitialized"), None);
        assert_eq!(machine(""), None);
        assert_eq!(machine("00000000000000000000000000000000"), None);
    }
}
