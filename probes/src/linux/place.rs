//! Where the system runs: on hardware, or somewhere that hides the real machine from us.

use crate::host::Host;
use crate::parse::mountinfo::{self, Mount};
use crate::system::Place;
use crate::text::Text;

/// Kernel arguments of installation and rescue media.
const LIVE_ARGUMENTS: [&str; 5] = ["boot=live", "boot=casper", "rd.live.image", "toram", "rd.live.dir"];
const LIVE_ARGUMENT_STARTS: [&str; 5] = ["root=live:", "archisobasedir=", "findiso=", "root=miso:", "misobasedir="];

/// What virtual machines write where hardware has its maker (`/sys/class/dmi/id/sys_vendor`).
const VIRTUAL_VENDORS: [&str; 16] = [
    "QEMU",
    "VMware",
    "innotek GmbH",
    "Xen",
    "Parallels",
    "Amazon EC2",
    "Google",
    "Bochs",
    "Red Hat",
    "OpenStack",
    "KVM",
    "bhyve",
    "BHYVE",
    "DigitalOcean",
    "Hetzner",
    "Apple Virtualization",
];

/// Where the system runs. What a sandbox or container shows is its own, so those are asked first.
pub fn place(host: &dyn Host) -> Place {
    *host.once_a_scan("place", || look(host))
}

fn look(host: &dyn Host) -> Place {
    let mounts = host.read_text("/proc/self/mountinfo").map(|text| mountinfo::mounts(&text)).unwrap_or_default();
    if is_sandbox(host, &mounts) {
        Place::Sandbox
    } else if let Some(place) = container(host, &mounts) {
        place
    } else if is_wsl(host) {
        Place::Wsl
    } else if is_live(host, &mounts) {
        Place::Live
    } else if is_virtual(host) {
        Place::VirtualMachine
    } else {
        Place::Machine
    }
}

/// Why a probe of the machine itself cannot answer here; `None` where it can.
pub fn hides_the_machine(place: Place) -> Option<Text> {
    match place {
        Place::Machine | Place::VirtualMachine => None,
        Place::Container => Some(text!("This is a container, which hides the computer it runs on")),
        Place::Sandbox => {
            Some(text!("Stethoscope runs in a flatpak or snap sandbox, which hides the computer it runs on"))
        }
        Place::Live => Some(text!("This system was started from an installation or rescue medium, not from the disk")),
        Place::Wsl => Some(text!("This is the Windows Subsystem for Linux; Windows looks after the computer itself")),
    }
}

fn there(host: &dyn Host, path: &str) -> bool {
    // A path that may not be looked at exists all the same.
    host.exists(path).unwrap_or(true)
}

fn is_sandbox(host: &dyn Host, mounts: &[Mount]) -> bool {
    if there(host, "/.flatpak-info") {
        return true;
    }
    // A terminal inside a classic snap (an editor, say) hands `SNAP` on to programs that are not
    // confined at all. Only a confined one has the base snap's image for its root.
    let own_root = mounts.is_empty()
        || mountinfo::at(mounts, "/").is_some_and(|root| root.kind == "squashfs")
        || mountinfo::at(mounts, "/var/lib/snapd/hostfs").is_some();
    host.env("SNAP").is_some_and(|path| !path.is_empty()) && own_root
}

/// What container engines leave inside. Source: docker, podman, toolbox, and systemd's description of its
/// container interface.
const CONTAINER_MARKS: [&str; 4] =
    ["/.dockerenv", "/run/.containerenv", "/run/.toolboxenv", "/run/host/container-manager"];

fn container(host: &dyn Host, mounts: &[Mount]) -> Option<Place> {
    // LXC and its kin lay files of their own over /proc, also where no systemd runs inside.
    let is_lxc = || mounts.iter().any(|mount| mount.kind == "fuse.lxcfs" && mount.point.starts_with("/proc/"));
    if CONTAINER_MARKS.iter().any(|path| there(host, path)) || is_lxc() {
        return Some(Place::Container);
    }
    let manager = host.read_line("/run/systemd/container").ok().or_else(|| host.env("container"));
    match manager.as_deref() {
        // systemd counts WSL among the containers.
        Some("wsl") => Some(Place::Wsl),
        Some(manager) if !manager.is_empty() => Some(Place::Container),
        _ => host.env("CONTAINER_ID").filter(|id| !id.is_empty()).map(|_distrobox| Place::Container),
    }
}

fn is_wsl(host: &dyn Host) -> bool {
    let release = host.read_line("/proc/sys/kernel/osrelease").unwrap_or_default();
    release.contains("WSL2") || release.to_lowercase().contains("microsoft")
}

fn is_live(host: &dyn Host, mounts: &[Mount]) -> bool {
    let arguments = host.read_line("/proc/cmdline").unwrap_or_default();
    let asked_for = arguments
        .split_whitespace()
        .any(|word| LIVE_ARGUMENTS.contains(&word) || LIVE_ARGUMENT_STARTS.iter().any(|start| word.starts_with(start)));
    if asked_for {
        return true;
    }
    // Ubuntu Core runs from an image too, and keeps what is written on a disk.
    let is_core = arguments.split_whitespace().any(|word| word == "snapd_recovery_mode=run");
    match mountinfo::at(mounts, "/") {
        Some(root) if root.kind == "overlay" => is_in_memory(root, mounts),
        Some(root) if root.kind == "tmpfs" => mountinfo::at(mounts, "/iso").is_some(),
        Some(root) => matches!(root.kind.as_str(), "squashfs" | "iso9660") && !is_core,
        None => false,
    }
}

/// Whether what is written to an overlay root goes to memory. The read-only overlay of image-based
/// systems (composefs) has no upper directory and is a proper installation.
fn is_in_memory(root: &Mount, mounts: &[Mount]) -> bool {
    let Some(upper) = root.super_options.split(',').find_map(|option| option.strip_prefix("upperdir=")) else {
        return false;
    };
    let on_tmpfs = mountinfo::holding(mounts, upper).is_some_and(|mount| mount.kind == "tmpfs");
    on_tmpfs || upper.starts_with("/run/") || root.source == "/cow" || root.source == "airootfs"
}

fn is_virtual(host: &dyn Host) -> bool {
    let vendor = host.read_line("/sys/class/dmi/id/sys_vendor").unwrap_or_default();
    let product = host.read_line("/sys/class/dmi/id/product_name").unwrap_or_default();
    // These three also make hardware, so there the product decides.
    let vendor_is_virtual = match vendor.as_str() {
        "Google" => product == "Google Compute Engine",
        "Microsoft Corporation" => product == "Virtual Machine",
        "Amazon EC2" => !product.contains("metal"),
        vendor => VIRTUAL_VENDORS.iter().any(|known| vendor.starts_with(known)),
    };
    vendor_is_virtual
        || ["KVM", "VirtualBox", "Standard PC (", "VMware", "Parallels Virtual"]
            .iter()
            .any(|name| product.starts_with(name))
        || there_for_certain(host, "/proc/device-tree/hypervisor")
}

fn there_for_certain(host: &dyn Host, path: &str) -> bool {
    host.exists(path).unwrap_or(false)
}

#[cfg(all(test, feature = "fixture"))]
mod tests {
    use super::*;
    use crate::host::fixture::FixtureHost;

    #[test]
    fn each_place_shows_in_its_own_way() {
        let dmi = |vendor: &str, product: &str| {
            format!("@file /sys/class/dmi/id/sys_vendor\n{vendor}\n@file /sys/class/dmi/id/product_name\n{product}\n")
        };
        let cases = [
            (String::new(), Place::Machine),
            (dmi("LENOVO", "21AH"), Place::Machine),
            (dmi("Microsoft Corporation", "Surface Laptop 5"), Place::Machine),
            (dmi("Google", "Eve"), Place::Machine),
            (dmi("Amazon EC2", "c5.metal"), Place::Machine),
            (dmi("QEMU", "Standard PC (Q35 + ICH9, 2009)"), Place::VirtualMachine),
            (dmi("VMware, Inc.", "VMware Virtual Platform"), Place::VirtualMachine),
            (dmi("innotek GmbH", "VirtualBox"), Place::VirtualMachine),
            (dmi("Microsoft Corporation", "Virtual Machine"), Place::VirtualMachine),
            (dmi("Google", "Google Compute Engine"), Place::VirtualMachine),
            (dmi("Red Hat", "KVM"), Place::VirtualMachine),
            ("@file /run/systemd/container\npodman\n".to_owned(), Place::Container),
            ("@env container lxc\n".to_owned(), Place::Container),
            // systemd counts WSL among the containers.
            ("@file /run/systemd/container\nwsl\n".to_owned(), Place::Wsl),
            ("@file /proc/sys/kernel/osrelease\n4.4.0-19041-Microsoft\n".to_owned(), Place::Wsl),
            ("@file /proc/cmdline\nquiet boot=casper\n".to_owned(), Place::Live),
            ("@file /run/host/container-manager\nsystemd-nspawn\n".to_owned(), Place::Container),
            (
                "@file /proc/self/mountinfo\n9 1 8:1 / / rw - ext4 /dev/sda1 rw\n12 9 0:40 /proc/uptime /proc/uptime rw - fuse.lxcfs lxcfs rw\n".to_owned(),
                Place::Container,
            ),
            ("@file /proc/self/mountinfo\n9 1 7:0 / / ro - squashfs /dev/loop0 ro\n".to_owned(), Place::Live),
            (
                "@file /proc/cmdline\nsnapd_recovery_mode=run console=tty1\n@file /proc/self/mountinfo\n9 1 7:0 / / ro - squashfs /dev/loop0 ro\n".to_owned(),
                Place::Machine,
            ),
            ("@file /.flatpak-info\n".to_owned(), Place::Sandbox),
        ];
        for (lines, place) in cases {
            let host = FixtureHost::parse(&format!("@platform linux\n{lines}"), "test").expect("a host");
            assert_eq!(super::place(&host), place, "{lines}");
            let hidden = !matches!(place, Place::Machine | Place::VirtualMachine);
            assert_eq!(hides_the_machine(place).is_some(), hidden, "{lines}");
        }
    }
}
