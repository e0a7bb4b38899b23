//! Rules as `iptables-save` writes them. Format: iptables-save(8).

use super::packet_filter::{Chain, Reach, Rule, Verdict};

/// The chains of the `filter` table.
pub fn parse(text: &str, ipv6: bool) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut in_filter = false;
    for line in text.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('*') {
            in_filter = table == "filter";
        } else if !in_filter {
            continue;
        } else if let Some(rest) = line.strip_prefix(':') {
            let mut words = rest.split_whitespace();
            let name = words.next().unwrap_or_default();
            let policy = match words.next() {
                Some("DROP" | "REJECT") => Some(Verdict::Refuse),
                Some("ACCEPT" | "-") => Some(Verdict::Accept),
                _ => None,
            };
            chains.push(Chain {
                table: "filter".to_owned(),
                name: name.to_owned(),
                input: name == "INPUT",
                ipv4: !ipv6,
                ipv6,
                policy,
                rules: Vec::new(),
            });
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

fn read_rule(words: &[&str]) -> Rule {
    let mut matched: Vec<&str> = Vec::new();
    let mut verdict = Verdict::Nothing;
    let mut rest = words;
    while let Some((word, after)) = rest.split_first() {
        let value = after.first().copied().unwrap_or_default();
        match *word {
            "-j" | "--jump" | "-g" | "--goto" => {
                verdict = match value {
                    "DROP" | "REJECT" | "TARPIT" => Verdict::Refuse,
                    "ACCEPT" => Verdict::Accept,
                    "RETURN" => Verdict::Return,
                    name if name.chars().all(|c| c.is_ascii_uppercase()) && is_extension(name) => Verdict::Nothing,
                    name if word.contains('g') && !word.contains('j') => Verdict::Goto(name.to_owned()),
                    name => Verdict::Jump(name.to_owned()),
                };
                break;
            }
            "-m" | "--match" if value == "comment" => {
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            "--comment" => {
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            other => matched.push(other),
        }
        rest = after;
    }
    Rule { reach: reach(&matched), verdict }
}

/// Targets that are not chains and do not end a packet's way.
fn is_extension(name: &str) -> bool {
    matches!(name, "LOG" | "NFLOG" | "ULOG" | "MARK" | "CONNMARK" | "SET" | "TRACE" | "AUDIT" | "TCPMSS" | "CT")
}

fn reach(matched: &[&str]) -> Reach {
    match matched {
        [] => Reach::All,
        ["-m", "state" | "conntrack", "--state" | "--ctstate", states] if states.split(',').any(|s| s == "NEW") => {
            Reach::New
        }
        ["-i", "lo"] => Reach::Some,
        ["-i" | "--in-interface", _] | ["!", "-i", _] => Reach::Interface,
        _ => Reach::Some,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::packet_filter::{Fate, fate};
    use proptest::prelude::*;

    #[test]
    fn what_becomes_of_a_new_connection_is_read_from_the_rules() {
        use Fate::{Accepted, Refused, Unclear};
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
        ] {
            let chains = parse(&format!("# saved\n*nat\n:INPUT DROP [0:0]\nCOMMIT\n*filter\n{rules}COMMIT\n"), false);
            assert_eq!(fate(&chains, false), expected, "{rules}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "(\\*filter\n|:INPUT |DROP|-A INPUT |-j |x|\n|'|\\PC){0,60}") {
            fate(&parse(&text, true), true);
        }
    }
}
