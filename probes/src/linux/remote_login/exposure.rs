//! Who can reach a listening socket.

use std::net::IpAddr;

use crate::host::Host;
use crate::parse::interface_names::{GUESTS, TUNNELS};
use crate::parse::routes::Routes;

/// From where a socket can be reached, the farthest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// This computer alone.
    Itself,
    /// This computer's own containers and virtual machines.
    Guests,
    /// The members of a private tunnel.
    Vpn,
    /// Everybody on the network.
    Network,
}

pub(super) fn routes(host: &dyn Host) -> Routes {
    let text = |path: &str| host.read_text(path).unwrap_or_default();
    Routes::parse(&text("/proc/net/route"), &text("/proc/net/if_inet6"))
}

pub(super) fn reach(address: IpAddr, routes: &Routes) -> Reach {
    let address = address.to_canonical();
    if address.is_loopback() {
        return Reach::Itself;
    }
    if address.is_unspecified() {
        return Reach::Network;
    }
    match routes.interface(address) {
        Some("lo") => Reach::Itself,
        Some(name) if GUESTS.iter().any(|start| name.starts_with(start)) => Reach::Guests,
        Some(name) if TUNNELS.iter().any(|start| name.starts_with(start)) => Reach::Vpn,
        Some(_) => Reach::Network,
        None => {
            // Tailscale's addresses stand in no table that an ordinary reader of /proc sees.
            let shared = matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64);
            if shared { Reach::Vpn } else { Reach::Network }
        }
    }
}
