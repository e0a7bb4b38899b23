//! Rules as `iptables-save` writes them. Format: iptables-save(8).

use super::packet_filter::{Chain, Extent, MOST_CHAINS, Reach, Rule, Verdict};

/// The chains of the `filter` table.
pub fn parse(text: &str, ipv6: bool) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut in_filter = false;
    for line in text.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('*') {
            in_filter = table == "filter";
        } else if !in_filter || chains.len() > MOST_CHAINS {
            // With that many chains nothing is worked out anyway.
            continue;
        } else if let Some(rest) = line.strip_prefix(':') {
            let mut words = rest.split_whitespace();
            let name = words.next().unwrap_or_default();
            let policy = match words.next() {
                Some("DROP" | "REJECT") => Some(Verdict::Refuse),
                Some("ACCEPT" | "-") => Some(Verdict::Accept),
                _ => None,
            };
            chains.push(chain_of_filter(name, policy, ipv6));
        } else {
            let line = match line.strip_prefix('[') {
                // Counters stand before the rule where they were saved too.
                Some(rest) => rest.split_once(']').map_or("", |(_, rule)| rule.trim_start()),
                None => line,
            };
            let words = super::shell_words::words(line);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let ["-A" | "--append", name, rest @ ..] = words.as_slice()
                && let Some(chain) = chains.iter_mut().find(|chain| chain.name == *name)
            {
                chain.rules.push(read_rule(rest));
            }
        }
    }
    chains
}

/// A chain of the `filter` table without rules so far.
fn chain_of_filter(name: &str, policy: Option<Verdict>, ipv6: bool) -> Chain {
    Chain {
        table: "filter".to_owned(),
        name: name.to_owned(),
        input: name == "INPUT",
        ipv4: !ipv6,
        ipv6,
        policy,
        rules: Vec::new(),
    }
}

/// The chains of the `filter` table that a shell script makes, as far as it calls `iptables`, `ip6tables` or
/// NixOS's `ip46tables` for both. Deletions are passed over: a start script deletes what was there before.
/// Source of `ip46tables`: NixOS, `nixos/modules/services/networking/helpers.nix`.
pub fn script(text: &str, ipv6: bool) -> Vec<Chain> {
    let chain = |name: &str, policy| chain_of_filter(name, policy, ipv6);
    let mut chains = vec![chain("INPUT", Some(Verdict::Accept))];
    for (_, words) in super::shell_words::commands(text) {
        if chains.len() > MOST_CHAINS {
            break;
        }
        let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "-w").collect();
        let Some((program, mut rest)) = words.split_first() else { continue };
        let own = if ipv6 { "ip6tables" } else { "iptables" };
        let program = program.rsplit('/').next().unwrap_or_default();
        if program != own && program != "ip46tables" {
            continue;
        }
        if let ["-t" | "--table", table, more @ ..] = rest {
            if *table != "filter" {
                continue;
            }
            rest = more;
        }
        match rest {
            ["-N" | "--new-chain", name] if !chains.iter().any(|known| known.name == *name) => {
                chains.push(chain(name, Some(Verdict::Accept)));
            }
            ["-P" | "--policy", name, policy] => {
                let policy = match *policy {
                    "DROP" => Some(Verdict::Refuse),
                    "ACCEPT" => Some(Verdict::Accept),
                    _ => None,
                };
                chains.iter_mut().filter(|known| known.name == *name).for_each(|chain| chain.policy = policy.clone());
            }
            ["-A" | "--append", name, rule @ ..] => {
                if let Some(known) = chains.iter_mut().find(|known| known.name == *name) {
                    known.rules.push(read_rule(rule));
                }
            }
            ["-I" | "--insert", name, rule @ ..] => {
                if let Some(known) = chains.iter_mut().find(|known| known.name == *name) {
                    let place = rule.first().and_then(|word| word.parse::<usize>().ok());
                    let rule = read_rule(&rule[usize::from(place.is_some())..]);
                    let place = place.unwrap_or(1).saturating_sub(1).min(known.rules.len());
                    known.rules.insert(place, rule);
                }
            }
            _ => {}
        }
    }
    chains
}

fn read_rule(words: &[&str]) -> Rule {
    let mut reach = Reach::ALL;
    let mut verdict = Verdict::Nothing;
    let mut up_to_a_rate = false;
    let mut negated = false;
    let mut rest = words;
    while let Some((word, after)) = rest.split_first() {
        let value = after.first().copied().unwrap_or_default();
        let list: Vec<&str> = value.split(',').collect();
        rest = after.get(1..).unwrap_or_default();
        match *word {
            "!" => {
                negated = true;
                rest = after;
                continue;
            }
            "-j" | "--jump" | "-g" | "--goto" => {
                verdict = match value {
                    "DROP" | "REJECT" | "TARPIT" => Verdict::Refuse,
                    "ACCEPT" => Verdict::Accept,
                    "RETURN" => Verdict::Return,
                    "NFQUEUE" | "QUEUE" => Verdict::Unclear,
                    name if is_extension(name) => Verdict::Nothing,
                    name if word.contains('g') && !word.contains('j') => Verdict::Goto(name.to_owned()),
                    name => Verdict::Jump(name.to_owned()),
                };
            }
            "-m" | "--match" => match value {
                "limit" => up_to_a_rate = true,
                "comment" | "state" | "conntrack" | "tcp" | "udp" | "multiport" | "addrtype" | "pkttype" => {}
                // What a set, a rate a sender or a counter takes is not everything by intention.
                "set" | "hashlimit" | "recent" | "connlimit" | "icmp" | "icmp6" | "mark" | "connmark" | "owner"
                | "mac" | "policy" | "socket" | "string" | "geoip" | "ipv6header" | "rt" | "hl" | "ttl" | "length"
                | "esp" | "ah" | "sctp" => reach.limit(Extent::Few),
                // All but forged packets have a way back to their sender.
                "rpfilter" => {}
                _ => reach.limit(Extent::Maybe),
            },
            "-p" | "--protocol" => reach.protocols(&[value], negated),
            "-i" | "--in-interface" => reach.interfaces(&[value], negated),
            "-s" | "--source" => reach.senders(&list, negated),
            "-d" | "--destination" => reach.receivers(&list, negated),
            "--dport" | "--dports" | "--destination-port" | "--destination-ports" | "--ports" => {
                reach.ports(&list, negated, false);
            }
            "--sport" | "--sports" | "--source-port" | "--source-ports" => reach.ports(&list, negated, true),
            "--state" | "--ctstate" => reach.states(&list, negated),
            "--syn" => {
                rest = after;
                reach.limit(if negated { Extent::Few } else { Extent::All });
            }
            "--tcp-flags" => {
                let set = rest.first().copied().unwrap_or_default();
                rest = rest.get(1..).unwrap_or_default();
                let opening = set == "SYN" && list.contains(&"ACK") && !negated;
                reach.limit(if opening { Extent::All } else { Extent::Few });
            }
            "--dst-type" => reach.limit(if (value == "LOCAL") != negated { Extent::All } else { Extent::Few }),
            "--src-type" => reach.limit(Extent::Few),
            "--pkt-type" => reach.limit(if (value == "unicast") != negated { Extent::All } else { Extent::Few }),
            "--invert" => {
                rest = after;
                reach.limit(Extent::Few);
            }
            "-f" | "--fragment" => reach.limit(Extent::Few),
            // `--comment WORDS`, `--limit RATE` have one value each, `--rsource` has none.
            _ if value.starts_with('-') => rest = after,
            _ => {}
        }
        negated = false;
    }
    if up_to_a_rate && verdict != Verdict::Accept {
        reach.limit(Extent::Few);
    }
    Rule { reach, verdict }
}

/// Targets that are not chains and do not end a packet's way.
fn is_extension(name: &str) -> bool {
    matches!(
        name,
        "LOG" | "NFLOG" | "ULOG" | "MARK" | "CONNMARK" | "SET" | "TRACE" | "AUDIT" | "TCPMSS" | "CT" | "CLASSIFY"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::packet_filter::{Fate, fate};
    use proptest::prelude::*;

    #[test]
    fn what_becomes_of_a_new_connection_is_read_from_the_rules() {
        use Fate::{Accepted, AcceptedOver, Refused, Unclear};
        for (rules, expected) in [
            (":INPUT DROP [0:0]\n", Refused),
            (":INPUT ACCEPT [0:0]\n", Accepted),
            (
                ":INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited\n",
                Refused,
            ),
            (":INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment \"the end\" -j DROP\n", Refused),
            (":INPUT ACCEPT [0:0]\n[3:120] -A INPUT -j DROP\n", Refused),
            (":INPUT DROP [0:0]\n-A INPUT -j ACCEPT\n", Accepted),
            (":INPUT DROP [0:0]\n-A INPUT -m conntrack --ctstate NEW -j ACCEPT\n", Accepted),
            (":INPUT DROP [0:0]\n-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT\n", Refused),
            (":INPUT ACCEPT [0:0]\n:end - [0:0]\n-A INPUT -j end\n-A end -j LOG\n-A end -j DROP\n", Refused),
            (":INPUT ACCEPT [0:0]\n-A INPUT -i eth0 -j DROP\n", Unclear),
            (":INPUT ACCEPT [0:0]\n-A INPUT -s 10.1.1.1/32 -j DROP\n", Accepted),
            (":INPUT ACCEPT [0:0]\n-A INPUT -j nowhere\n", Unclear),
            (":INPUT DROP [0:0]\n-A INPUT -p tcp -j ACCEPT\n-A INPUT -p udp -j ACCEPT\n", Accepted),
            (":INPUT DROP [0:0]\n-A INPUT -p all -j ACCEPT\n", Accepted),
            (":INPUT DROP [0:0]\n-A INPUT -p tcp -j ACCEPT\n", AcceptedOver("TCP")),
            (":INPUT ACCEPT [0:0]\n-A INPUT -p tcp --syn -j DROP\n", AcceptedOver("UDP")),
            (":INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 0:65535 -j ACCEPT\n", AcceptedOver("TCP")),
            (
                ":INPUT DROP [0:0]\n-A INPUT -p tcp -m multiport --dports 1:1000,1001:65535 -j ACCEPT\n",
                AcceptedOver("TCP"),
            ),
            (":INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp ! --dport 22 -j ACCEPT\n", AcceptedOver("TCP")),
            (":INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --sport 1024: -j ACCEPT\n", AcceptedOver("TCP")),
            (":INPUT DROP [0:0]\n-A INPUT -p tcp --dport 1024: -j ACCEPT\n", Unclear),
            (":INPUT DROP [0:0]\n-A INPUT -p icmp -j ACCEPT\n", Refused),
            (":INPUT DROP [0:0]\n-A INPUT ! -i lo -j ACCEPT\n", Accepted),
            (":INPUT DROP [0:0]\n-A INPUT -i eth0 -j ACCEPT\n", Unclear),
            (":INPUT DROP [0:0]\n-A INPUT -i docker0 -j ACCEPT\n-A INPUT -i lo -j ACCEPT\n", Refused),
            (":INPUT DROP [0:0]\n-A INPUT -s 0.0.0.0/0 -j ACCEPT\n", Accepted),
            (":INPUT DROP [0:0]\n-A INPUT -s 192.168.1.0/24 -j ACCEPT\n", Refused),
            (":INPUT DROP [0:0]\n-A INPUT -d 224.0.0.251/32 -p udp --dport 5353 -j ACCEPT\n", Refused),
            (":INPUT DROP [0:0]\n-A INPUT -m limit --limit 9/sec -j ACCEPT\n", Accepted),
            (":INPUT DROP [0:0]\n-A INPUT -m limit --limit 9/sec -j LOG --log-prefix \"no: \"\n", Refused),
            (":INPUT ACCEPT [0:0]\n-A INPUT -m addrtype --dst-type LOCAL -j DROP\n", Refused),
            (":INPUT ACCEPT [0:0]\n-A INPUT -p tcp --tcp-flags FIN,SYN FIN,SYN -j DROP\n", Accepted),
            (":INPUT DROP [0:0]\n:x - [0:0]\n-A INPUT -p tcp -j x\n-A INPUT -p udp -j x\n-A x -j ACCEPT\n", Accepted),
            (":INPUT DROP [0:0]\n:x - [0:0]\n-A INPUT -j x\n-A x -i eth0 -j RETURN\n-A x -j ACCEPT\n", Unclear),
            (":INPUT DROP [0:0]\n-A INPUT -j NFQUEUE --queue-num 0\n", Unclear),
            (":INPUT DROP [0:0]\n-A INPUT -m set --match-set friends src -j ACCEPT\n", Refused),
        ] {
            let chains = parse(&format!("# saved\n*nat\n:INPUT DROP [0:0]\nCOMMIT\n*filter\n{rules}COMMIT\n"), false);
            assert_eq!(fate(&chains, false), expected, "{rules}");
        }
    }

    #[test]
    fn rules_that_go_on_for_long_come_to_an_end_and_claim_nothing() {
        let chains: String =
            (0..5_000).map(|index| format!(":c{index} - [0:0]\n-A c{index} -j c{}\n", index + 1)).collect();
        let rules = "-A INPUT -p tcp --dport 22 -j ACCEPT\n".repeat(20_000);
        for (text, expected) in [
            (format!("*filter\n:INPUT DROP [0:0]\n{chains}-A INPUT -j c0\n"), Fate::Unclear),
            (format!("*filter\n:INPUT DROP [0:0]\n{rules}"), Fate::Refused),
        ] {
            assert_eq!(fate(&parse(&text, false), false), expected);
        }
    }

    /// Saved rules with the words that most files have.
    const SAVED: &str = "# Generated by iptables-save\n*filter\n:INPUT DROP [12:720]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n\
        :lan - [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n\
        -A INPUT -s 192.168.0.0/16 -p tcp -m multiport --dports 22,8000:8100 -j lan\n\
        -A INPUT -m comment --comment \"the end\" -j REJECT --reject-with icmp-port-unreachable\n\
        [3:180] -A lan ! -i eth1 -m limit --limit 9/min -j LOG --log-prefix \"new: \"\n-A lan -g INPUT\nCOMMIT\n";

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "(\\*filter\n|:INPUT |DROP|-A INPUT |-j |x|\n|'|\\PC){0,60}") {
            fate(&parse(&text, true), true);
        }

        #[test]
        fn any_script_is_judged_without_a_panic(text in "(iptables |ip46tables |-A INPUT |-I INPUT |-N x|-P INPUT |-j |x |DROP|ACCEPT|-t |-w |;|\n|'|\\PC){0,60}") {
            fate(&script(&text, false), false);
        }

        #[test]
        fn any_change_to_saved_rules_is_judged_without_a_panic(
            at in 0..SAVED.len(), size in 0..40_usize, put in "(-j |-A |INPUT|DROP|! |,|:|\n|\\PC){0,5}"
        ) {
            let end = (at + size).min(SAVED.len());
            if let (Some(before), Some(behind)) = (SAVED.get(..at), SAVED.get(end..)) {
                let chains = parse(&format!("{before}{put}{behind}"), false);
                fate(&chains, false);
                crate::parse::packet_filter::open_to_neighbours(&chains);
            }
        }
    }
}
