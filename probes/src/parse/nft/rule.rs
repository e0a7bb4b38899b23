//! One rule of an nftables chain: which packets it takes, and what becomes of them. Format: nft(8).

use crate::parse::packet_filter::{Extent, Reach, Rule, Verdict};

/// Words that start a condition which takes a few packets only.
const FEW: [&str; 20] = [
    "icmp", "icmpv6", "igmp", "esp", "ah", "sctp", "dccp", "udplite", "comp", "vlan", "arp", "ether", "mark", "socket",
    "rt", "skuid", "skgid", "ibrname", "frag", "ipsec",
];

/// Words that end the words of the condition before them.
const STARTS: [&str; 22] = [
    "tcp", "udp", "th", "ct", "ip", "ip6", "meta", "iif", "iifname", "limit", "counter", "log", "comment", "fib",
    "pkttype", "accept", "drop", "reject", "return", "jump", "goto", "queue",
];

/// Reads one rule. A verdict map becomes one rule for each of its entries.
pub(super) fn read(words: &[&str]) -> Vec<Rule> {
    let mut reach = Reach::ALL;
    let mut verdict = Verdict::Nothing;
    let mut up_to_a_rate = false;
    let mut rest = words;
    while let Some((word, after)) = rest.split_first() {
        let start = rest;
        rest = after;
        match *word {
            "drop" | "reject" | "accept" | "return" | "jump" | "goto" | "queue" => {
                verdict = self::verdict(start);
                break;
            }
            "counter" => skip(&mut rest, &["packets", "bytes", "name"]),
            "log" => skip(&mut rest, &["prefix", "level", "flags", "group", "snaplen", "queue-threshold"]),
            "comment" => rest = rest.get(1..).unwrap_or_default(),
            "meta"
                if !matches!(
                    after.first(),
                    Some(&("mark" | "nftrace" | "priority" | "cpu" | "time" | "hour" | "day"))
                ) => {}
            "limit" => {
                let over = after.iter().take(3).any(|word| *word == "over");
                up_to_a_rate |= !over;
                if over {
                    reach.limit(Extent::Few);
                }
                let end = after.iter().position(|word| STARTS.contains(word)).unwrap_or(after.len());
                rest = &after[end..];
            }
            "fib" => {
                let (condition, size) = fib(after);
                rest = after.get(size..).unwrap_or_default();
                if rest.first() == Some(&"vmap") {
                    return map(condition, &reach, &rest[1..]);
                }
                let (values, negated) = values(&mut rest);
                condition.narrow(&mut reach, &values, negated);
            }
            _ => {
                let Some((condition, size)) = Condition::at(start) else {
                    reach.limit(if FEW.contains(word) { Extent::Few } else { Extent::Maybe });
                    continue;
                };
                rest = &start[size..];
                let mut after_key = rest;
                if let Some("vmap") = rest.first().copied() {
                    return map(condition, &reach, &rest[1..]);
                }
                let (values, negated) = values(&mut after_key);
                rest = after_key;
                condition.narrow(&mut reach, &values, negated);
            }
        }
    }
    if up_to_a_rate && verdict != Verdict::Accept {
        reach.limit(Extent::Few);
    }
    vec![Rule { reach, verdict }]
}

/// What a look at the routing table asks, by the words after `fib`: keys joined by dots, then what is
/// wanted. Gives how many words that takes.
fn fib(words: &[&str]) -> (Condition, usize) {
    let wanted = words.iter().position(|word| matches!(*word, "oif" | "oifname" | "type"));
    match wanted {
        Some(index) if words[..index].contains(&"daddr") && words[index] == "type" => {
            (Condition::LocalAddress, index + 1)
        }
        Some(index) if words[..index].contains(&"saddr") && words[index] != "type" => (Condition::WayBack, index + 1),
        Some(index) => (Condition::Other, index + 1),
        None => (Condition::Other, 0),
    }
}

fn verdict(words: &[&str]) -> Verdict {
    let name = || words.get(1).copied().unwrap_or_default().to_owned();
    match words.first().copied() {
        Some("drop" | "reject") => Verdict::Refuse,
        Some("accept") => Verdict::Accept,
        Some("return") => Verdict::Return,
        Some("jump") => Verdict::Jump(name()),
        Some("goto") => Verdict::Goto(name()),
        Some("continue") => Verdict::Nothing,
        _ => Verdict::Unclear,
    }
}

/// Statements whose words each bring a value.
fn skip(rest: &mut &[&str], keys: &[&str]) {
    while let [key, _value, more @ ..] = *rest
        && keys.contains(key)
    {
        *rest = more;
    }
}

/// What a condition looks at.
#[derive(Clone, Copy)]
enum Condition {
    Interface,
    LoopbackKind,
    Protocol,
    Family,
    Ports {
        tcp: bool,
        udp: bool,
        from_there: bool,
    },
    Sender {
        ipv6: bool,
    },
    Receiver {
        ipv6: bool,
    },
    State,
    TcpFlags,
    LocalAddress,
    /// Whether there is a way back to the sender, as there is for all but forged packets.
    WayBack,
    PacketKind,
    Always,
    Other,
}

impl Condition {
    /// The condition whose first words these are, with how many words name it.
    fn at(words: &[&str]) -> Option<(Self, usize)> {
        use Condition::*;
        let ports = |tcp, udp, side: &str| Ports { tcp, udp, from_there: side == "sport" };
        Some(match *words {
            ["iif" | "iifname", ..] => (Interface, 1),
            ["iiftype", ..] => (LoopbackKind, 1),
            ["l4proto", ..] => (Protocol, 1),
            ["ip", "protocol", ..] | ["ip6", "nexthdr", ..] => (Protocol, 2),
            ["nfproto" | "protocol", ..] => (Family, 1),
            ["tcp", side @ ("dport" | "sport"), ..] => (ports(true, false, side), 2),
            ["udp", side @ ("dport" | "sport"), ..] => (ports(false, true, side), 2),
            ["th", side @ ("dport" | "sport"), ..] => (ports(true, true, side), 2),
            ["tcp", "flags", ..] => (TcpFlags, 2),
            ["ip", "saddr", ..] => (Sender { ipv6: false }, 2),
            ["ip6", "saddr", ..] => (Sender { ipv6: true }, 2),
            ["ip", "daddr", ..] => (Receiver { ipv6: false }, 2),
            ["ip6", "daddr", ..] => (Receiver { ipv6: true }, 2),
            ["ct", "state", ..] => (State, 2),
            ["ct", "direction", ..] => (Always, 2),
            ["pkttype", ..] => (PacketKind, 1),
            ["tcp" | "udp" | "ip" | "ip6" | "ct", _, ..] => (Other, 2),
            _ => return None,
        })
    }

    fn narrow(self, reach: &mut Reach, values: &[&str], negated: bool) {
        let one_of = |names: &[&str]| values.iter().any(|value| names.contains(value)) != negated;
        let all_or_few = |all: bool| if all { Extent::All } else { Extent::Few };
        match self {
            Condition::Interface => reach.interfaces(values, negated),
            Condition::LoopbackKind => {
                reach.limit(if !values.contains(&"loopback") { Extent::Maybe } else { all_or_few(negated) });
            }
            Condition::Protocol => reach.protocols(values, negated),
            Condition::Family => {
                reach.ipv4 &= one_of(&["ipv4", "ip"]);
                reach.ipv6 &= one_of(&["ipv6", "ip6"]);
            }
            Condition::Ports { tcp, udp, from_there } => {
                reach.tcp &= tcp;
                reach.udp &= udp;
                reach.ports(values, negated, from_there);
            }
            Condition::Sender { ipv6 } | Condition::Receiver { ipv6 } => {
                reach.ipv4 &= !ipv6;
                reach.ipv6 &= ipv6;
                match self {
                    Condition::Sender { .. } => reach.senders(values, negated),
                    _ => reach.receivers(values, negated),
                }
            }
            Condition::State => reach.states(values, negated),
            Condition::TcpFlags => {
                reach.udp = false;
                let words = values.concat();
                let opening =
                    words == "syn" || words.starts_with("syn/") || (words.contains("ack") && words.ends_with("==syn"));
                reach.limit(all_or_few(opening && !negated));
            }
            Condition::LocalAddress => reach.limit(all_or_few(one_of(&["local"]))),
            Condition::WayBack => {
                let none = values.iter().any(|value| matches!(*value, "missing" | "0"));
                reach.limit(all_or_few(none == negated));
            }
            Condition::PacketKind => reach.limit(all_or_few(one_of(&["host", "unicast"]))),
            Condition::Always => {}
            Condition::Other => reach.limit(Extent::Few),
        }
    }
}

/// The values of a condition, `!=` taken off: one word, words parted by commas, or what braces hold.
fn values<'a>(rest: &mut &[&'a str]) -> (Vec<&'a str>, bool) {
    let mut negated = false;
    if let [sign @ ("!=" | "=="), more @ ..] = *rest {
        negated = *sign == "!=";
        *rest = more;
    }
    let end = match rest.first() {
        Some(&"{") => rest.iter().position(|word| *word == "}").map_or(rest.len(), |index| index + 1),
        Some(_) => {
            let ends = |(index, word): (usize, &&str)| index > 0 && (STARTS.contains(word) || *word == "vmap");
            // Masks and lists with spaces go on to the next condition; plain words end at once.
            let joined = rest.get(1).is_some_and(|next| matches!(*next, "&" | "|" | "==" | "/" | "!="))
                || rest[0].starts_with(['&', '('])
                || rest[0].ends_with(',');
            if joined { rest.iter().enumerate().position(ends).unwrap_or(rest.len()) } else { 1 }
        }
        None => 0,
    };
    let (words, more) = rest.split_at(end);
    *rest = more;
    let parts = words.iter().flat_map(|word| word.split(','));
    (parts.map(|word| word.trim_matches('"')).filter(|word| !matches!(*word, "" | "{" | "}")).collect(), negated)
}

/// `ct state vmap { established : accept, invalid : drop }`: one rule an entry.
fn map(condition: Condition, before: &Reach, words: &[&str]) -> Vec<Rule> {
    if words.first() != Some(&"{") {
        return vec![Rule { reach: *before, verdict: Verdict::Unclear }];
    }
    let text = words.iter().filter(|word| !matches!(**word, "{" | "}")).copied().collect::<Vec<&str>>().join(" ");
    let entry = |entry: &str| {
        // Interface names and addresses of IPv6 may hold colons; the one before the verdict is the last.
        let (key, said) = entry.rsplit_once(':')?;
        let mut reach = *before;
        condition.narrow(&mut reach, &[key.trim().trim_matches('"')], false);
        let said: Vec<&str> = said.split_whitespace().collect();
        Some(Rule { reach, verdict: verdict(&said) })
    };
    text.split(',').filter_map(entry).collect()
}
