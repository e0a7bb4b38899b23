//! The computer in the old app's words: platform names, three-part versions, and which key of a policy is
//! about it.

use stethoscope_probes::device::Device;
use stethoscope_probes::practice::Platform;

/// What the old app calls itself to pages that ask for a version. Its last release, whose contract this
/// program keeps; the version of this program has a field of its own.
pub const VERSION: &str = "5.0.6";

/// A key of a policy under which something is asked of some systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Darwin,
    Win32,
    Ubuntu,
    Linux,
    AwsWorkspace,
    All,
}

/// The keys that are about this computer, the one that fits most closely first. Without `All`.
pub fn keys(device: &Device) -> &'static [Key] {
    match device.platform {
        Platform::Linux if device.system.id == "ubuntu" => &[Key::Ubuntu, Key::Linux],
        Platform::Linux => &[Key::Linux],
        Platform::Macos => &[Key::Darwin],
        Platform::Windows if is_workspace(device) => &[Key::AwsWorkspace, Key::Win32],
        Platform::Windows => &[Key::Win32],
    }
}

/// The platform as Node.js names it.
pub fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::Linux => "linux",
        Platform::Macos => "darwin",
        Platform::Windows => "win32",
    }
}

/// Amazon's rented desktops run a server system that has versions of its own.
fn is_workspace(device: &Device) -> bool {
    device.platform == Platform::Windows && device.system.name.contains("Server 2016 Datacenter")
}

/// The system's name without its version: `Debian GNU/Linux` of `Debian GNU/Linux 12 (bookworm)`. Windows'
/// name has its version in the middle, and keeps it.
pub fn name(device: &Device) -> Option<&str> {
    let name = device.system.name.as_str();
    if is_workspace(device) {
        return Some("awsWorkspace");
    }
    let mut words = name.match_indices(' ').map(|(at, _)| at);
    let cut = words.find(|at| device.platform != Platform::Windows && is_version(&name[at + 1..]));
    let name = cut.map_or(name, |at| &name[..at]);
    (!name.is_empty()).then_some(name)
}

/// Begins with a number, or says that it is the unfinished next one: `12 (bookworm)`, `v3.22`, `forky/sid`.
fn is_version(rest: &str) -> bool {
    let word = rest.split(' ').next().unwrap_or_default();
    word.trim_start_matches('v').starts_with(|letter: char| letter.is_ascii_digit()) || word.ends_with("/sid")
}

/// The version in exactly three parts: `12` is 12.0.0. `None` where the system has none.
pub fn version(device: &Device) -> Option<String> {
    let mut parts: Vec<&str> = device.system.version.split('.').take(3).collect();
    if parts.first().is_none_or(|first| first.is_empty()) {
        return None;
    }
    while parts.len() < 3 {
        parts.push("0");
    }
    Some(parts.join("."))
}

#[cfg(test)]
mod tests {
    use stethoscope_probes::device::{Identifiers, System};
    use stethoscope_probes::system::{Desktop, Family, Place};

    use super::*;

    fn device(platform: Platform, id: &str, name: &str, version: &str) -> Device {
        Device {
            platform,
            name: String::new(),
            model: None,
            system: System {
                id: id.to_owned(),
                name: name.to_owned(),
                version: version.to_owned(),
                kernel: String::new(),
                architecture: String::new(),
            },
            family: Family::OtherLinux,
            desktop: Desktop::None,
            place: Place::Machine,
            identifiers: Identifiers::default(),
            interfaces: Vec::new(),
        }
    }

    #[test]
    fn versions_have_three_parts() {
        let cases = [
            ("12", Some("12.0.0")),
            ("24.04", Some("24.04.0")),
            ("10.15.7", Some("10.15.7")),
            ("10.0.19041.450", Some("10.0.19041")),
            ("20240101", Some("20240101.0.0")),
            ("", None),
        ];
        for (written, three) in cases {
            let device = device(Platform::Linux, "x", "X", written);
            assert_eq!(version(&device).as_deref(), three, "{written}");
        }
    }

    #[test]
    fn names_have_no_version() {
        let cases = [
            (Platform::Linux, "Debian GNU/Linux 12 (bookworm)", "12", Some("Debian GNU/Linux")),
            (Platform::Linux, "Ubuntu 24.04.1 LTS", "24.04", Some("Ubuntu")),
            (Platform::Linux, "Arch Linux", "", Some("Arch Linux")),
            (Platform::Linux, "Alpine Linux v3.22", "3.22.1", Some("Alpine Linux")),
            (Platform::Linux, "Debian GNU/Linux forky/sid", "", Some("Debian GNU/Linux")),
            (Platform::Linux, "Void Linux", "", Some("Void Linux")),
            (Platform::Macos, "macOS 15.1", "15.1", Some("macOS")),
            (Platform::Windows, "Microsoft Windows Server 2016 Datacenter", "10.0.14393", Some("awsWorkspace")),
            (Platform::Windows, "Microsoft Windows 11 Pro", "10.0.26100", Some("Microsoft Windows 11 Pro")),
            (Platform::Linux, "Server 2016 Datacenter", "", Some("Server")),
            (Platform::Macos, "", "", None),
        ];
        for (platform, pretty, version, plain) in cases {
            assert_eq!(name(&device(platform, "x", pretty, version)), plain, "{pretty}");
        }
    }

    #[test]
    fn the_closest_key_comes_first() {
        let windows = device(Platform::Windows, "windows", "Windows 11", "10.0.26100");
        let rented = device(Platform::Windows, "windows", "Windows Server 2016 Datacenter", "10.0.14393");
        assert_eq!(keys(&device(Platform::Linux, "ubuntu", "", "")), [Key::Ubuntu, Key::Linux]);
        assert_eq!(keys(&device(Platform::Linux, "debian", "", "")), [Key::Linux]);
        assert_eq!(keys(&device(Platform::Macos, "macos", "", "")), [Key::Darwin]);
        assert_eq!(keys(&windows), [Key::Win32]);
        assert_eq!(keys(&rented), [Key::AwsWorkspace, Key::Win32]);
        let names = [Platform::Linux, Platform::Macos, Platform::Windows].map(platform);
        assert_eq!(names, ["linux", "darwin", "win32"]);
    }
}
