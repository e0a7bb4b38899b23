//! Who can reach a listening socket.

use std::net::IpAddr;

use crate::host::Host;
use crate::parse::interface_names::{is_guest, is_tunnel};
use crate::parse::routes::Routes;

/// From where a socket can be reached, the farthest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// This computer alone.
    Itself,
    /// This computer's own containers and virtual machines.
    Guests,
    /// The members of a private tunnel.
    Vpn,
    /// Everybody on the network.
    Network,
}

/// How far a socket reaches, and the interface that its address belongs to where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exposure {
    pub(crate) reach: Reach,
    pub(crate) interface: Option<String>,
}

impl Exposure {
    /// Who can connect, for evidence.
    pub(super) fn words(&self) -> String {
        match (self.reach, &self.interface) {
            (Reach::Itself, _) => "this computer only".to_owned(),
            (Reach::Guests, _) => "own containers and virtual machines".to_owned(),
            (Reach::Vpn, Some(name)) => format!("the VPN {name} only"),
            (Reach::Vpn, None) => "a VPN only".to_owned(),
            (Reach::Network, Some(name)) => format!("anyone on the network at {name}"),
            (Reach::Network, None) => "anyone on the same network".to_owned(),
        }
    }
}

pub(super) fn routes(host: &dyn Host) -> Routes {
    let text = |path: &str| host.read_text(path).unwrap_or_default();
    Routes::parse(&text("/proc/net/route"), &text("/proc/net/if_inet6"))
}

pub(super) fn exposure(host: &dyn Host, address: IpAddr, routes: &Routes) -> Exposure {
    let of = |reach, interface: Option<&str>| Exposure { reach, interface: interface.map(str::to_owned) };
    let address = address.to_canonical();
    if address.is_loopback() {
        return of(Reach::Itself, None);
    }
    if address.is_unspecified() {
        return of(Reach::Network, None);
    }
    match routes.interface(address) {
        Some("lo") => of(Reach::Itself, None),
        Some(name) if is_guest(name) => of(Reach::Guests, Some(name)),
        Some(name) if is_tunnel(name) => of(Reach::Vpn, Some(name)),
        Some(name) => of(Reach::Network, Some(name)),
        // Tailscale's addresses stand in no table that an ordinary reader of /proc sees.
        None if is_tailscale(address) => {
            let there = host.exists("/sys/class/net/tailscale0") == Ok(true);
            of(Reach::Vpn, there.then_some("tailscale0"))
        }
        None => of(Reach::Network, None),
    }
}

/// 100.64.0.0/10, of which Tailscale hands out addresses.
fn is_tailscale(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64)
}
