//! Saved iptables rules and the services that load them.

use super::nftables::{Judged, said};
use super::{Said, State, Units};
use crate::host::Host;
use crate::parse::iptables_save;
use crate::parse::packet_filter::Fate;

/// A service, and where it keeps its rules for IPv4 and IPv6 on one kind of distribution.
/// Debian, Arch, Fedora, Alpine, Gentoo.
const SERVICES: [(&str, &str, &str); 5] = [
    ("netfilter-persistent.service", "/etc/iptables/rules.v4", "/etc/iptables/rules.v6"),
    ("iptables.service", "/etc/iptables/iptables.rules", "/etc/iptables/ip6tables.rules"),
    ("iptables.service", "/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables"),
    ("iptables.service", "/etc/iptables/rules-save", "/etc/iptables/rules6-save"),
    ("iptables.service", "/var/lib/iptables/rules-save", "/var/lib/ip6tables/rules-save"),
];

pub(super) fn ask(host: &dyn Host, units: &Units) -> Option<Said> {
    let running: Vec<_> = SERVICES.iter().filter(|(unit, ..)| units.active(unit) == Some(true)).collect();
    let (name, ..) = running.first()?;
    let unit = units.get(name)?;
    let there = running.iter().find(|(_, ipv4, _)| host.exists(ipv4).unwrap_or(true));
    let Some((_, ipv4, ipv6)) = there else {
        let why = text!("{service} runs, but its rules were not found", service = name);
        return Some(Said::new(State::Unknown, why).saw_unit(unit));
    };
    // A service without a file for IPv6 filters nothing there.
    let chains = |path: &str, is_ipv6: bool| {
        host.read_if_there(path).map(|text| iptables_save::parse(&text.unwrap_or_default(), is_ipv6))
    };
    let said = match chains(ipv4, false) {
        Ok(ipv4_chains) => {
            // Arch, Fedora and Alpine load the IPv6 rules with a service of their own.
            let own_service = *name == "iptables.service" && units.active("ip6tables.service") != Some(true);
            let judged = match if own_service { Ok(Vec::new()) } else { chains(ipv6, true) } {
                Ok(ipv6_chains) => Judged::of(&ipv4_chains, &ipv6_chains),
                Err(_) => Judged { ipv6: Fate::Unclear, ..Judged::of(&ipv4_chains, &[]) },
            };
            // The file is what was saved; a later change by hand would not show in it.
            said("iptables", ipv4, &judged).inferred()
        }
        Err(_) => Said::new(
            State::Unknown,
            text!("{service} runs, but its rules may not be read by an ordinary user", service = name),
        )
        .saw(ipv4, "not readable", &format!("sudo cat {ipv4}")),
    };
    Some(said.saw_unit(unit))
}
