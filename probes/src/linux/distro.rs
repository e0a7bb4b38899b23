//! Which distribution this is, and which family's tools and steps fit it.

pub use crate::parse::os_release::OsRelease;

use crate::host::{Host, HostError, Read};
use crate::parse::os_release;
use crate::system::Family;

/// The places of os-release, the first that exists counts (os-release(5)).
const FILES: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

/// What the distribution says of itself.
pub fn os_release(host: &dyn Host) -> Read<OsRelease> {
    os_release_with_path(host).map(|(release, _)| release)
}

/// The same, with the file that was read, for evidence.
pub fn os_release_with_path(host: &dyn Host) -> Read<(OsRelease, &'static str)> {
    for path in FILES {
        match host.read_text(path) {
            Err(HostError::Absent(_)) => {}
            read => return read.map(|text| (os_release::parse(&text), path)),
        }
    }
    Err(HostError::Absent(FILES[0].to_owned()))
}

/// Distributions that share their tools with this one.
pub fn family(release: &OsRelease, host: &dyn Host) -> Family {
    let fedora_like = release.is_like("fedora") || release.is_like("rhel") || release.is_like("centos");
    // Endless OS boots from ostree too, but has neither rpm-ostree nor bootc.
    if !release.is_like("debian") && host.exists("/run/ostree-booted").unwrap_or(false) {
        return Family::Ostree;
    }
    match release.id.as_str() {
        "endless" => return Family::OtherLinux,
        "fedora" => return Family::Fedora,
        "linuxmint" if release.ubuntu_codename.is_empty() => return Family::Debian,
        _ => {}
    }
    let rhel_ids = ["rhel", "centos", "rocky", "almalinux", "ol", "eurolinux", "miraclelinux", "amzn"];
    if release.is_like("ubuntu") || !release.ubuntu_codename.is_empty() {
        Family::Ubuntu
    } else if release.is_like("debian") {
        Family::Debian
    } else if rhel_ids.contains(&release.id.as_str()) || release.is_like("rhel") || release.is_like("centos") {
        Family::Rhel
    } else if fedora_like {
        Family::Fedora
    } else if release.is_like("suse") || release.is_like("opensuse") || release.id.starts_with("opensuse") {
        Family::Suse
    } else if release.is_like("arch") {
        Family::Arch
    } else if release.is_like("nixos") {
        Family::Nixos
    } else if release.is_like("alpine") || release.id == "postmarketos" {
        Family::Alpine
    } else {
        Family::OtherLinux
    }
}

#[cfg(all(test, feature = "fixture"))]
mod tests {
    use super::*;
    use crate::host::fixture::FixtureHost;

    fn family_of(os_release: &str, rest: &str) -> Family {
        let text = format!("@platform linux\n@file /etc/os-release\n{os_release}\n{rest}");
        let host = FixtureHost::parse(&text, "test").expect("a host");
        family(&super::os_release(&host).expect("there"), &host)
    }

    #[test]
    fn distributions_belong_to_the_family_whose_tools_they_have() {
        let cases = [
            ("ID=debian", Family::Debian),
            ("ID=raspbian\nID_LIKE=debian", Family::Debian),
            ("ID=kali\nID_LIKE=debian", Family::Debian),
            ("ID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=noble", Family::Ubuntu),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nUBUNTU_CODENAME=noble", Family::Ubuntu),
            ("ID=linuxmint\nID_LIKE=debian\nDEBIAN_CODENAME=bookworm", Family::Debian),
            ("ID=pop\nID_LIKE=\"ubuntu debian\"", Family::Ubuntu),
            ("ID=fedora", Family::Fedora),
            ("ID=nobara\nID_LIKE=fedora", Family::Fedora),
            ("ID=rhel\nID_LIKE=fedora", Family::Rhel),
            ("ID=rocky\nID_LIKE=\"rhel centos fedora\"", Family::Rhel),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"", Family::Suse),
            ("ID=sles", Family::OtherLinux),
            ("ID=sles\nID_LIKE=suse", Family::Suse),
            ("ID=arch", Family::Arch),
            ("ID=manjaro\nID_LIKE=arch", Family::Arch),
            ("ID=nixos", Family::Nixos),
            ("ID=alpine", Family::Alpine),
            ("ID=void", Family::OtherLinux),
        ];
        for (release, family) in cases {
            assert_eq!(family_of(release, ""), family, "{release}");
        }
    }

    #[test]
    fn what_booted_from_ostree_is_image_based() {
        let booted = "@file /run/ostree-booted\n";
        assert_eq!(family_of("ID=fedora\nVARIANT_ID=silverblue", booted), Family::Ostree);
        assert_eq!(family_of("ID=bazzite\nID_LIKE=fedora", booted), Family::Ostree);
        assert_eq!(family_of("ID=endless\nID_LIKE=debian", booted), Family::OtherLinux);
    }
}
