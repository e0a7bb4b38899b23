//! What the names of network interfaces tell by custom.

/// Behind these are only this computer's own containers and virtual machines.
const GUESTS: [&str; 12] =
    ["docker", "virbr", "veth", "vnet", "vboxnet", "vmnet", "lxdbr", "lxcbr", "incusbr", "podman", "cni", "waydroid"];

/// Private tunnels.
const TUNNELS: [&str; 14] = [
    "tailscale",
    "wg",
    "tun",
    "zt",
    "nebula",
    "utun",
    "nordlynx",
    "proton",
    "wt0",
    "cscotun",
    "gpd",
    "CloudflareWARP",
    "ham0",
    "mullvad",
];

/// Whether only own containers and virtual machines come in by it.
pub fn is_guest(name: &str) -> bool {
    // Docker names the bridge of a network of its own after the first 12 digits of the network's number.
    // A bridge that a person made, such as `br-lan`, may lead anywhere.
    let docker = name.strip_prefix("br-").is_some_and(|id| id.len() == 12 && id.bytes().all(|c| c.is_ascii_hexdigit()));
    docker || GUESTS.iter().any(|start| name.starts_with(start))
}

/// Whether only the members of a private network come in by it.
pub fn is_tunnel(name: &str) -> bool {
    TUNNELS.iter().any(|start| name.starts_with(start))
}

/// Whether nobody on the network at hand comes in by it: loopback, own guests, tunnels.
pub fn is_inner(name: &str) -> bool {
    name == "lo" || is_guest(name) || is_tunnel(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_tell_who_comes_in_by_them() {
        for (name, guest, tunnel) in [
            ("docker0", true, false),
            ("br-0a1b2c3d4e5f", true, false),
            ("br-lan", false, false),
            ("br0", false, false),
            ("virbr0", true, false),
            ("tailscale0", false, true),
            ("wg-office", false, true),
            ("wlan0", false, false),
            ("eth0", false, false),
        ] {
            assert_eq!((is_guest(name), is_tunnel(name)), (guest, tunnel), "{name}");
        }
        assert!(is_inner("lo") && !is_inner("lowpan0"));
    }

    proptest! {
        #[test]
        fn any_name_is_looked_at_without_a_panic(name in "\\PC{0,40}") {
            prop_assert!(!(is_inner(&name) && name.is_empty()));
        }
    }
}
