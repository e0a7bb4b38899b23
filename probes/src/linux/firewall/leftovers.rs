//! What is left when no known firewall is on: services whose rules cannot be read, rules that somebody
//! loaded by hand, and programs that look like a firewall and are none.

use super::{Said, State, Units};
use crate::finding::Evidence;
use crate::host::{Host, Listener};

/// Firewalls whose rules only root may read, or that keep them in words of their own.
pub(super) const UNREADABLE: &[&str] = &[
    "shorewall.service",
    "shorewall6.service",
    "firehol.service",
    "ferm.service",
    "csf.service",
    "fwbuilder.service",
    "awall.service",
    "SuSEfirewall2.service",
    "vuurmuur.service",
    "portmaster.service",
];

/// Programs that load packet filter rules of their own which are no firewall.
pub(super) const OWNERS: &[&str] = &[
    "docker.service",
    "podman.service",
    "libvirtd.service",
    "virtnetworkd.service",
    "lxd.service",
    "lxc-net.service",
    "snap.lxd.daemon.service",
    "incus.service",
    "tailscaled.service",
    "mullvad-daemon.service",
    "fail2ban.service",
    "crowdsec-firewall-bouncer.service",
    "sshguard.service",
    "waydroid-container.service",
    "opensnitch.service",
    "opensnitchd.service",
    "douane.service",
];

/// A firewall service that runs and whose rules cannot be judged.
pub(super) fn unreadable(units: &Units) -> Option<Said> {
    let unit = *units.running(UNREADABLE).first()?;
    let why =
        text!("{service} runs, but what its rules let in cannot be seen by an ordinary user", service = unit.name);
    Some(Said::new(State::Unknown, why).saw_unit(unit))
}

/// The last word when no firewall is on and none is in doubt.
pub(super) fn no_firewall(host: &dyn Host, units: &Units, off: Option<&Said>) -> Said {
    if units.0.is_none() {
        return Said::new(State::Unknown, text!("No service manager could be asked whether a firewall runs"));
    }
    let owners = units.running(OWNERS);
    if let (Some((path, words)), true) = (rules_in_kernel(host), owners.is_empty()) {
        let why = text!("Packet filter rules seem to be loaded, but only root may read them");
        return Said::new(State::Unknown, why).saw(path, &words, "sudo nft list ruleset");
    }
    match off {
        Some(off) => off.clone(),
        // Rules that a script loaded by hand cannot be seen.
        None => Said::new(State::Off, text!("No firewall is running")).inferred().saw(
            "ufw, firewalld, nftables, iptables",
            "none of them is on",
            "systemctl list-units --type=service",
        ),
    }
}

/// A sign that the kernel holds packet filter rules.
fn rules_in_kernel(host: &dyn Host) -> Option<(&'static str, String)> {
    let count = "/sys/module/nf_tables/refcnt";
    let users = host.read_line(count).ok().and_then(|line| line.parse::<u64>().ok()).unwrap_or(0);
    if users > 0 {
        return Some((count, format!("in use {users} times")));
    }
    ["/sys/module/iptable_filter", "/sys/module/ip6table_filter"]
        .into_iter()
        .find(|path| host.exists(path) == Ok(true))
        .map(|path| (path, "loaded".to_owned()))
}

/// What was seen and does not count, said so that nobody wonders.
pub(super) fn not_counted(host: &dyn Host, units: &Units) -> Vec<Evidence> {
    let say = |name: &str, saw: &str| Evidence {
        source: name.to_owned(),
        saw: saw.to_owned(),
        check: format!("systemctl status {name}"),
    };
    let mut out = Vec::new();
    for unit in units.running(OWNERS) {
        let published;
        let saw = match unit.name.as_str() {
            "docker.service" => {
                published = published_ports(host);
                published.as_str()
            }
            "opensnitch.service" | "opensnitchd.service" | "douane.service" => {
                "running; it filters outgoing connections, which does not count as a firewall here"
            }
            "fail2ban.service" | "crowdsec-firewall-bouncer.service" | "sshguard.service" => {
                "running; it shuts out attackers, which does not count as a firewall here"
            }
            _ => continue,
        };
        out.push(say(&unit.name, saw));
    }
    out
}

/// The ports at which Docker waits for its containers. It passes connections on before the firewall's
/// rules for this computer are asked.
fn published_ports(host: &dyn Host) -> String {
    let of_docker = |listener: &Listener| {
        let cgroup = listener.cgroup.as_deref().unwrap_or_default();
        cgroup.ends_with("/docker.service") && !listener.address.is_loopback()
    };
    let mut ports: Vec<u16> =
        host.listeners().unwrap_or_default().into_iter().filter(of_docker).map(|listener| listener.port).collect();
    ports.sort_unstable();
    ports.dedup();
    if ports.is_empty() {
        return "running; ports that containers publish pass by the firewall".to_owned();
    }
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    format!("running; containers publish the ports {} past the firewall", ports.join(", "))
}
