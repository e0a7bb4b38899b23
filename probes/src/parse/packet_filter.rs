//! What a packet filter's rules do with a new connection from outside, whatever language they were
//! written in: nftables ([`super::nft`]) and iptables ([`super::iptables_save`]) become the same chains.

use super::interface_names;

/// What happens to a packet in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accept,
    Refuse,
    /// To another chain, and back when that one does not decide.
    Jump(String),
    /// To another chain, for good.
    Goto(String),
    Return,
    /// Counts, logs, marks.
    Nothing,
    /// Decides, but not in this file's words: a named map, another program.
    Unclear,
}

/// How many of the new connections from outside that it is for a rule takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// A few: a port, a sender, what belongs to an established connection.
    Few,
    /// It cannot be told: one interface, which may be the only one; words that are not known.
    Maybe,
    /// All, or so many that it makes no difference.
    All,
}

/// Which packets a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    pub extent: Extent,
    pub tcp: bool,
    pub udp: bool,
    pub ipv4: bool,
    pub ipv6: bool,
    /// Its extent were the senders not narrowed.
    pub besides_senders: Extent,
    /// Among the senders is a whole network of private addresses, such as these. Every home and café uses
    /// the same ones.
    pub neighbours: Option<&'static str>,
}

/// Ports up to here are given out to well-known services.
const LAST_WELL_KNOWN: u32 = 1023;
/// A range with this many ports holds nearly all of them.
const NEARLY_ALL: u32 = 60_000;
/// The ports from which systems connect. Source: net.ipv4.ip_local_port_range.
const EPHEMERAL: (u32, u32) = (32_768, 60_999);

impl Reach {
    /// Every packet.
    pub const ALL: Reach = Reach {
        extent: Extent::All,
        tcp: true,
        udp: true,
        ipv4: true,
        ipv6: true,
        besides_senders: Extent::All,
        neighbours: None,
    };

    /// Narrows to what a further condition takes.
    pub fn limit(&mut self, extent: Extent) {
        self.extent = self.extent.min(extent);
        self.besides_senders = self.besides_senders.min(extent);
    }

    /// Narrows to protocols, by name or number.
    pub fn protocols(&mut self, names: &[&str], negated: bool) {
        let named = |wanted: [&str; 2]| names.iter().any(|name| wanted.contains(name)) != negated;
        let (all, unknown) = (named(["all", "0"]) && !negated, names.iter().any(|name| name.starts_with(['@', '$'])));
        self.tcp &= all || unknown || named(["tcp", "6"]);
        self.udp &= all || unknown || named(["udp", "17"]);
        if unknown {
            self.limit(Extent::Maybe);
        }
    }

    /// Narrows to ports here (or, with `from_there`, at the other end): `22`, `1024-65535`, `6000:6010`.
    pub fn ports(&mut self, ranges: &[&str], negated: bool, from_there: bool) {
        let bounds = |range: &&str| -> Option<(u32, u32)> {
            let (first, last) = range.split_once(['-', ':']).unwrap_or((range, range));
            let first = if first.is_empty() { 0 } else { first.parse().ok()? };
            Some((first, if last.is_empty() { 65_535 } else { last.parse().ok()? }))
        };
        let ranges: Vec<(u32, u32)> = ranges.iter().filter_map(bounds).collect();
        let held = |from: u32, to: u32| -> u32 {
            let within =
                |(first, last): &(u32, u32)| (*last).min(to).saturating_add(1).saturating_sub((*first).max(from));
            let sum: u32 = ranges.iter().map(within).fold(0, u32::saturating_add).min(to - from + 1);
            if negated { to - from + 1 - sum } else { sum }
        };
        let extent = if from_there {
            let whole = held(EPHEMERAL.0, EPHEMERAL.1) >= (EPHEMERAL.1 - EPHEMERAL.0) / 10 * 9;
            if whole { Extent::All } else { Extent::Few }
        } else if held(0, 65_535) < NEARLY_ALL {
            Extent::Few
        } else if held(0, LAST_WELL_KNOWN) >= LAST_WELL_KNOWN / 10 * 9 {
            Extent::All
        } else {
            Extent::Maybe
        };
        self.limit(extent);
    }

    /// Narrows to the interfaces by which packets come in.
    pub fn interfaces(&mut self, names: &[&str], negated: bool) {
        let inner = names.iter().all(|name| interface_names::is_inner(name.trim_end_matches(['+', '*'])));
        self.limit(match (inner, negated) {
            (true, true) => Extent::All,
            (true, false) => Extent::Few,
            (false, _) => Extent::Maybe,
        });
    }

    /// Narrows to senders: addresses, networks, names of sets.
    pub fn senders(&mut self, addresses: &[&str], negated: bool) {
        // Two networks as wide as this are half the world, as in 0.0.0.0/1 and 128.0.0.0/1.
        let wide = |address: &&str| {
            let bits = address.split_once('/').and_then(|(_, bits)| bits.parse::<u8>().ok());
            bits.is_some_and(|bits| bits <= 2)
        };
        let everybody = addresses.iter().any(wide) != negated;
        // Conditions on senders leave `besides_senders` alone.
        self.extent = self.extent.min(if everybody { Extent::All } else { Extent::Few });
        if !negated && !everybody {
            self.neighbours = addresses.iter().find_map(|address| private_network(address));
        }
    }

    /// Narrows to receivers: this computer's own address is as good as everything.
    pub fn receivers(&mut self, addresses: &[&str], negated: bool) {
        let groups = ["224.", "239.", "255.255.255.255", "ff0", "127.", "::1", "fe80::"];
        let few = addresses.iter().all(|address| groups.iter().any(|start| address.starts_with(start)));
        self.limit(if negated || addresses.iter().any(|address| address.ends_with("/0")) {
            Extent::All
        } else if few {
            Extent::Few
        } else {
            Extent::Maybe
        });
    }

    /// Narrows to states of a connection.
    pub fn states(&mut self, states: &[&str], negated: bool) {
        let new = states.iter().any(|state| state.eq_ignore_ascii_case("new"));
        self.limit(if new != negated { Extent::All } else { Extent::Few });
    }

    fn takes(&self, kind: Kind) -> bool {
        (if kind.udp { self.udp } else { self.tcp }) && if kind.ipv6 { self.ipv6 } else { self.ipv4 }
    }
}

/// The kind of private addresses that a whole network such as `192.168.1.0/24` is made of. `None` for single
/// senders and for public networks. Source: RFC 1918, RFC 4193, RFC 4291.
fn private_network(network: &str) -> Option<&'static str> {
    let (address, mask) = network.split_once('/')?;
    let bits = match mask.parse::<std::net::Ipv4Addr>() {
        Ok(mask) => mask.to_bits().leading_ones(),
        Err(_not_a_mask) => mask.parse().ok()?,
    };
    match address.parse().ok()? {
        std::net::IpAddr::V4(address) if bits <= 24 => match address.octets() {
            [10, ..] => Some("10.x.x.x"),
            [172, 16..=31, ..] => Some("172.16–31.x.x"),
            [192, 168, ..] => Some("192.168.x.x"),
            [169, 254, ..] => Some("169.254.x.x"),
            _ => None,
        },
        std::net::IpAddr::V6(address) if bits <= 64 => match address.segments()[0] {
            0xfc00..=0xfdff => Some("fd…"),
            0xfe80..=0xfebf => Some("fe80…"),
            _ => None,
        },
        _ => None,
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub reach: Reach,
    pub verdict: Verdict,
}

/// One chain. Where `input` is set, packets for this computer enter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The table with its family, so that chains of the same name stay apart: `inet filter`.
    pub table: String,
    pub name: String,
    pub input: bool,
    pub ipv4: bool,
    pub ipv6: bool,
    /// What becomes of a packet that no rule decided. `None` where the file's word is not understood.
    pub policy: Option<Verdict>,
    pub rules: Vec<Rule>,
}

/// What the rules do with a new connection from outside that no rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Refused,
    Accepted,
    /// Accepted over this protocol, refused over the other.
    AcceptedOver(&'static str),
    /// It depends on something this program does not work out.
    Unclear,
}

/// One kind of packet whose way is followed.
#[derive(Clone, Copy)]
struct Kind {
    udp: bool,
    ipv6: bool,
}

/// How long a way through chains is followed. Longer ones, and rings, are unclear.
const LONGEST_WAY: usize = 32;
/// How many rules are looked at in all, so that no file can keep this program busy.
const MOST_STEPS: usize = 200_000;
/// How many chains there may be. With more, nothing is worked out.
pub const MOST_CHAINS: usize = 2000;

/// The fate of a new IPv4 (or IPv6) connection. It is refused when any input chain refuses it.
pub fn fate(chains: &[Chain], ipv6: bool) -> Fate {
    use Fate::{Accepted, AcceptedOver, Refused, Unclear};
    if chains.len() > MOST_CHAINS {
        return Unclear;
    }
    match (fate_of(chains, Kind { udp: false, ipv6 }), fate_of(chains, Kind { udp: true, ipv6 })) {
        (Accepted, Refused) => AcceptedOver("TCP"),
        (Refused, Accepted) => AcceptedOver("UDP"),
        (Unclear, _) | (_, Unclear) => Unclear,
        (tcp, _) => tcp,
    }
}

/// The private addresses from which everything, or all of one protocol, is let in. Whoever is in the same
/// network has such an address, wherever that is.
pub fn open_to_neighbours(chains: &[Chain]) -> Vec<&'static str> {
    let mut found = Vec::new();
    if chains.len() > MOST_CHAINS {
        return found;
    }
    let mut steps = 0;
    let mut seen: Vec<&Chain> = chains.iter().filter(|chain| chain.input).collect();
    let mut next = 0;
    while let Some(chain) = seen.get(next).copied() {
        next += 1;
        for rule in &chain.rules {
            let target = match &rule.verdict {
                Verdict::Jump(name) | Verdict::Goto(name) => {
                    chains.iter().find(|other| other.table == chain.table && other.name == *name)
                }
                _ => None,
            };
            if let Some(target) = target.filter(|target| !seen.iter().any(|seen| std::ptr::eq(*seen, *target))) {
                seen.push(target);
            }
            let Some(neighbours) = rule.reach.neighbours else { continue };
            let kind = Kind { udp: !rule.reach.tcp, ipv6: !rule.reach.ipv4 };
            let lets_in = rule.verdict == Verdict::Accept
                || target.is_some_and(|target| {
                    let mut way = Way::default();
                    way.walk(chains, target, kind, 0, &mut steps) && way.may_accept && !way.may_refuse
                });
            let whole = rule.reach.besides_senders != Extent::Few && rule.reach.takes(kind);
            if lets_in && whole && !found.contains(&neighbours) {
                found.push(neighbours);
            }
        }
    }
    found
}

fn fate_of(chains: &[Chain], kind: Kind) -> Fate {
    let mut unclear = false;
    let mut steps = 0;
    for chain in chains.iter().filter(|chain| chain.input && if kind.ipv6 { chain.ipv6 } else { chain.ipv4 }) {
        let mut way = Way::default();
        if !way.walk(chains, chain, kind, 0, &mut steps) {
            match chain.policy {
                Some(Verdict::Accept) => way.may_accept = true,
                Some(Verdict::Refuse) => way.may_refuse = true,
                _ => way.is_unclear(),
            }
        }
        match (way.may_accept, way.may_refuse) {
            (false, true) => return Fate::Refused,
            (true, false) => {}
            _ => unclear = true,
        }
    }
    if unclear { Fate::Unclear } else { Fate::Accepted }
}

/// What may become of a packet on its way.
#[derive(Default)]
struct Way {
    may_accept: bool,
    may_refuse: bool,
}

impl Way {
    fn is_unclear(&mut self) {
        (self.may_accept, self.may_refuse) = (true, true);
    }

    /// Follows a packet through a chain. Whether its way ends there for certain.
    fn walk(&mut self, chains: &[Chain], chain: &Chain, kind: Kind, depth: usize, steps: &mut usize) -> bool {
        *steps += 1;
        let mut may_have_left = false;
        for rule in &chain.rules {
            *steps += 1;
            if depth > LONGEST_WAY || *steps > MOST_STEPS {
                self.is_unclear();
                return false;
            }
            if rule.reach.extent == Extent::Few || !rule.reach.takes(kind) {
                continue;
            }
            let certain = rule.reach.extent == Extent::All;
            let ended = match &rule.verdict {
                Verdict::Nothing => false,
                Verdict::Accept => {
                    self.may_accept = true;
                    true
                }
                Verdict::Refuse => {
                    self.may_refuse = true;
                    true
                }
                Verdict::Unclear => {
                    self.is_unclear();
                    false
                }
                Verdict::Return if certain => return false,
                Verdict::Return => {
                    may_have_left = true;
                    false
                }
                Verdict::Jump(name) | Verdict::Goto(name) => {
                    let next = chains.iter().find(|next| next.table == chain.table && next.name == *name);
                    let ended = match next {
                        Some(next) => self.walk(chains, next, kind, depth + 1, steps),
                        None => {
                            self.is_unclear();
                            false
                        }
                    };
                    if certain && matches!(rule.verdict, Verdict::Goto(_)) {
                        return ended && !may_have_left;
                    }
                    ended
                }
            };
            if certain && ended {
                return !may_have_left;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_private_networks_are_told_from_single_senders_and_public_ones() {
        for (network, kind) in [
            ("192.168.0.0/16", Some("192.168.x.x")),
            ("192.168.1.0/255.255.255.0", Some("192.168.x.x")),
            ("10.0.0.0/8", Some("10.x.x.x")),
            ("172.31.0.0/16", Some("172.16–31.x.x")),
            ("172.32.0.0/16", None),
            ("192.168.1.7/32", None),
            ("192.168.1.7", None),
            ("fe80::/10", Some("fe80…")),
            ("fd12::/48", Some("fd…")),
            ("2001:db8::/32", None),
            ("@friends", None),
        ] {
            assert_eq!(private_network(network), kind, "{network}");
        }
    }

    fn verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            Just(Verdict::Accept),
            Just(Verdict::Refuse),
            Just(Verdict::Return),
            Just(Verdict::Unclear),
            (0..12_u8).prop_map(|chain| Verdict::Jump(chain.to_string())),
            (0..12_u8).prop_map(|chain| Verdict::Goto(chain.to_string())),
        ]
    }

    fn rule() -> impl Strategy<Value = Rule> {
        let extent = prop_oneof![Just(Extent::Few), Just(Extent::Maybe), Just(Extent::All)];
        (extent, verdict(), any::<[bool; 4]>()).prop_map(|(extent, verdict, [tcp, udp, ipv4, ipv6])| {
            let mut reach = Reach { tcp, udp, ipv4, ipv6, neighbours: Some("10.x.x.x"), ..Reach::ALL };
            reach.limit(extent);
            Rule { reach, verdict }
        })
    }

    proptest! {
        /// Chains that jump into each other in any way.
        #[test]
        fn any_chains_are_walked_to_an_end(all in proptest::collection::vec(proptest::collection::vec(rule(), 0..12), 12)) {
            let chain = |(index, rules): (usize, Vec<Rule>)| Chain {
                table: "t".to_owned(),
                name: index.to_string(),
                input: index < 3,
                ipv4: true,
                ipv6: true,
                policy: Some(Verdict::Refuse),
                rules,
            };
            let chains: Vec<Chain> = all.into_iter().enumerate().map(chain).collect();
            fate(&chains, false);
            open_to_neighbours(&chains);
        }

        /// The first rule that is for everything decides, whatever stands behind it.
        #[test]
        fn what_stands_behind_the_deciding_rule_changes_nothing(behind in proptest::collection::vec(rule(), 0..12)) {
            for (verdict, expected) in [(Verdict::Accept, Fate::Accepted), (Verdict::Refuse, Fate::Refused)] {
                let mut rules = vec![Rule { reach: Reach::ALL, verdict }];
                rules.extend(behind.clone());
                let chain = Chain {
                    table: "t".to_owned(),
                    name: "0".to_owned(),
                    input: true,
                    ipv4: true,
                    ipv6: true,
                    policy: None,
                    rules,
                };
                prop_assert_eq!(fate(&[chain], false), expected);
            }
        }
    }
}
