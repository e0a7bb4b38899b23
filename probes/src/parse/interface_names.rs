//! What the names of network interfaces tell by custom.

/// Behind these are only this computer's own containers and virtual machines.
pub const GUESTS: [&str; 13] = [
    "docker", "br-", "virbr", "veth", "vnet", "vboxnet", "vmnet", "lxdbr", "lxcbr", "incusbr", "podman", "cni",
    "waydroid",
];

/// Private tunnels.
pub const TUNNELS: [&str; 7] = ["tailscale", "wg", "tun", "zt", "nebula", "utun", "nordlynx"];

/// Whether nobody on the network at hand comes in by it: loopback, own guests, tunnels.
pub fn is_inner(name: &str) -> bool {
    name == "lo" || GUESTS.iter().chain(&TUNNELS).any(|start| name.starts_with(start))
}
