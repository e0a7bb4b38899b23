//! nftables rule files, as far as it takes to see what happens to a new connection from outside.
//! Format: nft(8).

use super::packet_filter::{Chain, MOST_CHAINS, Verdict};

mod rule;

/// Reads a file and what it includes. `include` gives the texts that a name or pattern stands for, in their
/// order. What is not understood is passed over; a policy not understood is kept as such.
pub fn parse<E>(text: &str, include: &mut dyn FnMut(&str) -> Result<Vec<String>, E>) -> Result<Vec<Chain>, E> {
    let mut tokens = Vec::new();
    expand(text, include, &mut tokens)?;
    Ok(chains(tokens))
}

/// Puts the words of included files where they are included, as nft does.
fn expand<E>(
    text: &str,
    include: &mut dyn FnMut(&str) -> Result<Vec<String>, E>,
    out: &mut Vec<Token>,
) -> Result<(), E> {
    let mut starts = true;
    let mut tokens = tokens(text).into_iter();
    while let Some(token) = tokens.next() {
        if starts && matches!(&token, Token::Word(word) if word == "include") {
            if let Some(Token::Word(name)) = tokens.next() {
                for text in include(&name)? {
                    expand(&text, include, out)?;
                }
            }
            continue;
        }
        starts = !matches!(token, Token::Word(_));
        out.push(token);
    }
    Ok(())
}

fn chains(tokens: Vec<Token>) -> Vec<Chain> {
    let mut out: Vec<Chain> = Vec::new();
    // Tables that are loaded and do nothing.
    let mut dormant: Vec<String> = Vec::new();
    let mut table = String::new();
    let mut in_table = false;
    let mut chain: Option<usize> = None;
    let mut skipping = 0usize;
    let mut nested = 0usize;
    let mut words: Vec<String> = Vec::new();
    for token in tokens {
        if skipping > 0 {
            match token {
                Token::Open => skipping += 1,
                Token::Close => skipping -= 1,
                _ => {}
            }
            continue;
        }
        let closes = matches!(token, Token::Close);
        match (token, chain) {
            (Token::Word(word), _) => words.push(word),
            (Token::Open, Some(_)) => {
                nested += 1;
                words.push("{".to_owned());
            }
            (Token::Close, Some(_)) if nested > 0 => {
                nested -= 1;
                words.push("}".to_owned());
            }
            (Token::End, Some(_)) if nested > 0 => {}
            (Token::End | Token::Close, Some(index)) => {
                statement(&mut out[index], &std::mem::take(&mut words));
                if closes {
                    chain = None;
                }
            }
            (Token::Open, None) => {
                let header = std::mem::take(&mut words);
                let header: Vec<&str> = header.iter().map(String::as_str).collect();
                let header = match header.as_slice() {
                    ["add" | "create", rest @ ..] => rest,
                    rest => rest,
                };
                match header {
                    ["table", name] if !in_table => (table, in_table) = (format!("ip {name}"), true),
                    ["table", family, name] if !in_table => (table, in_table) = (format!("{family} {name}"), true),
                    ["chain", name] if in_table => chain = Some(chain_of(&mut out, &table, name)),
                    ["chain", family, table, name] => {
                        chain = Some(chain_of(&mut out, &format!("{family} {table}"), name));
                    }
                    _ => skipping = 1,
                }
            }
            (Token::Close, None) => {
                in_table = false;
                words.clear();
            }
            (Token::End, None) => {
                let command = std::mem::take(&mut words);
                let command: Vec<&str> = command.iter().map(String::as_str).collect();
                match command.as_slice() {
                    ["flush", "ruleset", ..] => out.clear(),
                    ["delete" | "destroy", "table", name @ ..] => {
                        let name = full_name(name);
                        out.retain(|chain| chain.table != name);
                    }
                    ["flush", "table", name @ ..] => {
                        let name = full_name(name);
                        out.iter_mut().filter(|chain| chain.table == name).for_each(|chain| chain.rules.clear());
                    }
                    ["flags", flags @ ..] if in_table && flags.iter().any(|flag| flag.contains("dormant")) => {
                        dormant.push(table.clone());
                    }
                    ["add", "rule", family, table, name, rest @ ..] => {
                        let index = chain_of(&mut out, &format!("{family} {table}"), name);
                        let rest: Vec<String> = rest.iter().map(|word| (*word).to_owned()).collect();
                        statement(&mut out[index], &rest);
                    }
                    _ => {}
                }
            }
        }
    }
    out.retain(|chain| !dormant.contains(&chain.table));
    out
}

/// A table's name with its family, which is `ip` where none is written.
fn full_name(words: &[&str]) -> String {
    if let [name] = words { format!("ip {name}") } else { words.join(" ") }
}

fn chain_of(chains: &mut Vec<Chain>, table: &str, name: &str) -> usize {
    if let Some(index) = chains.iter().position(|chain| chain.table == table && chain.name == name) {
        return index;
    }
    // One more than may be makes the whole unclear; the rest need not be kept apart.
    if chains.len() > MOST_CHAINS {
        return chains.len() - 1;
    }
    let family = table.split(' ').next().unwrap_or_default();
    chains.push(Chain {
        table: table.to_owned(),
        name: name.to_owned(),
        input: false,
        ipv4: matches!(family, "ip" | "inet"),
        ipv6: matches!(family, "ip6" | "inet"),
        policy: Some(Verdict::Accept),
        rules: Vec::new(),
    });
    chains.len() - 1
}

fn statement(chain: &mut Chain, words: &[String]) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => {}
        ["type", kind, "hook", hook, ..] => {
            chain.input = *kind == "filter" && matches!(*hook, "input" | "prerouting");
        }
        ["policy", policy, ..] => {
            chain.policy = match *policy {
                "accept" => Some(Verdict::Accept),
                "drop" => Some(Verdict::Refuse),
                _ => None,
            };
        }
        ["comment" | "flags" | "devices", ..] => {}
        rule => chain.rules.extend(rule::read(rule)),
    }
}

enum Token {
    Word(String),
    Open,
    Close,
    /// A line's or statement's end.
    End,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let special = matches!(c, '{' | '}' | ';' | '\n' | '#' | '"' | '\\') || c.is_whitespace();
        if !special {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            out.push(Token::Word(std::mem::take(&mut word)));
        }
        match c {
            '{' => out.push(Token::Open),
            '}' => out.push(Token::Close),
            ';' | '\n' => out.push(Token::End),
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                let mut quoted = String::new();
                for c in chars.by_ref() {
                    if c == '"' {
                        break;
                    }
                    quoted.push(c);
                }
                out.push(Token::Word(quoted));
            }
            '\\' => {
                chars.next_if_eq(&'\n');
            }
            _ => {}
        }
    }
    if !word.is_empty() {
        out.push(Token::Word(word));
    }
    out.push(Token::End);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::packet_filter::{Fate, fate};
    use proptest::prelude::*;

    fn alone(text: &str) -> Vec<Chain> {
        parse(text, &mut |_| Ok::<_, std::convert::Infallible>(Vec::new())).unwrap_or_else(|never| match never {})
    }

    #[track_caller]
    fn judge(text: &str, ipv4: Fate, ipv6: Fate) {
        let chains = alone(text);
        assert_eq!((fate(&chains, false), fate(&chains, true)), (ipv4, ipv6), "{text}\n{chains:#?}");
    }

    #[test]
    fn what_becomes_of_a_new_connection_is_read_from_the_rules() {
        use Fate::{Accepted, Refused, Unclear};
        let inet = |body: &str| format!("flush ruleset\ntable inet filter {{\n{body}\n}}\n");
        let hook = "type filter hook input priority filter;";
        for (body, expected) in [
            (
                format!("chain input {{ {hook} }}\nchain forward {{ type filter hook forward priority filter; }}"),
                Accepted,
            ),
            (format!("chain input {{ {hook} policy drop; tcp dport 22 accept }}"), Refused),
            (
                format!(
                    "chain input {{ {hook} policy accept\n ct state established accept\n tcp dport {{ 22, 80 }} accept\n counter reject with icmpx type port-unreachable\n}}"
                ),
                Refused,
            ),
            (format!("chain input {{ {hook}\n jump late\n}}\nchain late {{ log prefix \"no; \" drop }}"), Refused),
            (format!("chain input {{ {hook} policy drop; accept }}"), Accepted),
            (format!("chain input {{ {hook} policy drop; ct state new accept }}"), Accepted),
            (format!("chain input {{ {hook} policy drop; ct state established,related accept }}"), Refused),
            (format!("chain input {{ {hook}\n iifname \"wlan0\" drop\n}}"), Unclear),
            (format!("chain input {{ {hook}\n iifname \"lo\" accept\n ip saddr 10.0.0.1 drop\n}}"), Accepted),
            (format!("chain input {{ {hook} policy $word; }}"), Unclear),
            (format!("chain input {{ {hook}\n jump input\n}}"), Unclear),
            (format!("# chain input {{ {hook} policy drop; }}"), Accepted),
            ("chain forward { type filter hook forward priority 0; policy drop; }".to_owned(), Accepted),
            (
                format!(
                    "set banned {{ type ipv4_addr; elements = {{ 1.2.3.4 }} }}\nchain input {{ {hook} policy drop; }}"
                ),
                Refused,
            ),
        ] {
            judge(&inet(&body), expected, expected);
        }
    }

    #[test]
    fn a_table_for_one_family_says_nothing_of_the_other() {
        let text = "table ip x {\n chain i {\n  type filter hook input priority 0; policy drop;\n }\n}\n";
        judge(text, Fate::Refused, Fate::Accepted);
        judge(&text.replace("table ip x", "table x"), Fate::Refused, Fate::Accepted);
        judge(&text.replace("table ip x", "table ip6 x"), Fate::Accepted, Fate::Refused);
    }

    #[test]
    fn commands_are_read_as_well_as_blocks() {
        let text = "add table inet f\nadd chain inet f i { type filter hook input priority 0; }\nadd rule inet f i tcp dport 22 accept\nadd rule inet f i counter drop\ninclude \"/etc/nft.d/*.nft\"\n";
        judge(text, Fate::Refused, Fate::Refused);
        judge(
            "table inet f { chain i { type filter hook input priority 0; policy drop; } }\ndelete table inet f\n",
            Fate::Accepted,
            Fate::Accepted,
        );
        judge(
            "table inet f { flags dormant; chain i { type filter hook input priority 0; policy drop; } }\n",
            Fate::Accepted,
            Fate::Accepted,
        );
    }

    #[test]
    fn an_included_file_counts_where_it_is_included() {
        let hook = "type filter hook input priority 0;";
        for (text, included, expected) in [
            (
                format!("table inet f {{ chain i {{ {hook} policy drop; include \"x\"; }} }}"),
                "accept".to_owned(),
                Fate::Accepted,
            ),
            (
                "table inet f { include \"x\"\n }".to_owned(),
                format!("chain i {{ {hook} policy drop; }}"),
                Fate::Refused,
            ),
            (
                format!("table inet f {{ chain i {{ {hook} policy drop; }} }}\ninclude \"x\"\n"),
                "flush ruleset".to_owned(),
                Fate::Accepted,
            ),
            (
                "include \"x\"\nflush ruleset\n".to_owned(),
                format!("table inet f {{ chain i {{ {hook} policy drop; }} }}"),
                Fate::Accepted,
            ),
        ] {
            let mut asked = Vec::new();
            let chains = parse(&text, &mut |name| {
                asked.push(name.to_owned());
                Ok::<_, std::convert::Infallible>(vec![included.clone()])
            })
            .unwrap_or_else(|never| match never {});
            assert_eq!(fate(&chains, false), expected, "{text}");
            assert_eq!(asked, ["x"]);
        }
    }

    #[test]
    fn a_rule_that_lets_nearly_everything_in_makes_no_firewall() {
        use Fate::{Accepted, AcceptedOver, Refused, Unclear};
        let tcp = AcceptedOver("TCP");
        for (rules, expected) in [
            ("accept", Accepted),
            ("counter packets 3 bytes 9 log prefix \"x \" accept comment \"all\"", Accepted),
            ("tcp dport 0-65535 accept", tcp),
            ("tcp dport 1-65535 accept\nudp dport 1-65535 accept", Accepted),
            ("tcp dport { 1-1000, 1001-65535 } accept", tcp),
            ("tcp dport != 22 accept", tcp),
            ("tcp dport != { 22, 80 } accept", tcp),
            ("tcp sport 1024-65535 accept", tcp),
            ("tcp dport 1024-65535 accept", Unclear),
            ("meta l4proto tcp accept", tcp),
            ("meta l4proto { tcp, udp } accept", Accepted),
            ("meta l4proto != icmp accept", Accepted),
            ("meta l4proto { tcp, udp } th dport { 53, 80 } accept", Refused),
            ("meta l4proto icmp accept\nmeta l4proto ipv6-icmp accept", Refused),
            ("ct state new accept", Accepted),
            ("ct state { new, established } accept", Accepted),
            ("ct state established,related,new accept", Accepted),
            ("ct state new tcp dport 22 accept", Refused),
            ("ct state vmap { established : accept, related : accept, invalid : drop }", Refused),
            ("ct state vmap { established : accept, new : accept }", Accepted),
            ("ct state vmap @states", Unclear),
            ("iifname \"eth0\" accept", Unclear),
            ("iifname { \"lo\", \"docker0\" } accept", Refused),
            ("iif lo accept\nmeta iifname \"virbr0\" accept", Refused),
            ("iifname != \"lo\" accept", Accepted),
            ("iifname vmap { lo : accept, eth0 : jump all }", Unclear),
            ("ip saddr 192.168.1.0/24 accept", Refused),
            ("ip saddr @friends accept", Refused),
            ("limit rate 9/second accept", Accepted),
            ("limit rate over 9/second drop", Refused),
            ("icmp type echo-request limit rate 9/second accept", Refused),
            ("fib daddr type local accept", Accepted),
            ("fib daddr type { broadcast, multicast } accept", Refused),
            ("pkttype host accept", Accepted),
            ("tcp flags syn accept", tcp),
            ("tcp flags & (fin|syn|rst|ack) == syn accept", tcp),
            ("tcp flags & (fin | syn) == fin | syn drop", Refused),
            ("jump all", Accepted),
            ("meta hour \"8:00\"-\"17:00\" accept", Unclear),
            ("meta mark 0x1 accept", Refused),
            ("queue num 1", Unclear),
        ] {
            let text = format!(
                "table inet f {{\nchain all {{ accept\n }}\nchain i {{ type filter hook input priority 0; policy drop;\n{rules}\n}}\n}}\n"
            );
            judge(&text, expected, expected);
        }
        let family = |rule: &str| {
            format!("table inet f {{ chain i {{ type filter hook input priority 0; policy drop; {rule}; }} }}")
        };
        judge(&family("ip saddr 0.0.0.0/0 accept"), Accepted, Refused);
        judge(&family("ip protocol tcp accept"), tcp, tcp);
        judge(&family("meta nfproto ipv6 accept"), Refused, Accepted);
        judge(&family("ip6 saddr ::/0 accept"), Refused, Accepted);
    }

    #[test]
    fn files_that_go_on_for_long_come_to_an_end_and_claim_nothing() {
        let hook = "type filter hook input priority 0; policy drop;";
        let many: String = (0..5_000).map(|index| format!("chain c{index} {{ jump c{} }}\n", index + 1)).collect();
        let long: String = (0..20_000).map(|port| format!("tcp dport {port} jump x\n")).collect();
        let wide: String = (0..200).map(|index| format!("iifname eth{index} jump x\n")).collect();
        let fan = format!("chain x {{ {wide} }}\nchain y {{ {} }}", wide.replace("jump x", "jump y"));
        for (text, expected) in [
            (format!("table inet f {{ chain i {{ {hook} jump c0; }}\n{many} }}"), Fate::Unclear),
            (format!("table inet f {{ chain i {{ {hook}\n{long} }} }}"), Fate::Refused),
            (format!("table inet f {{ chain i {{ {hook}\n{wide} }}\n{fan} }}"), Fate::Unclear),
            ("{".repeat(50_000), Fate::Accepted),
            (format!("table inet f {{ chain i {{ {hook} tcp dport {} }} }}", "{ ".repeat(20_000)), Fate::Refused),
        ] {
            let chains = alone(&text);
            assert_eq!(fate(&chains, false), expected, "{}", &text[..80]);
            crate::parse::packet_filter::open_to_neighbours(&chains);
        }
    }

    /// A real file, as a start for changed ones.
    const WORKSTATION: &str = include_str!("samples/workstation.nft");

    proptest! {
        #[test]
        fn any_change_to_a_real_file_is_judged_without_a_panic(
            at in 0..WORKSTATION.len(), size in 0..60_usize, put in "(\\{|\\}|;|\"|accept|drop|vmap|!=|, |: |\n|\\PC){0,6}"
        ) {
            let end = (at + size).min(WORKSTATION.len());
            if let (Some(before), Some(behind)) = (WORKSTATION.get(..at), WORKSTATION.get(end..)) {
                let chains = alone(&format!("{before}{put}{behind}"));
                fate(&chains, false);
                fate(&chains, true);
                crate::parse::packet_filter::open_to_neighbours(&chains);
            }
        }

        #[test]
        fn any_text_is_judged_without_a_panic(text in "(table |chain |inet |x |\\{|\\}|;|\n|\"|type filter hook input |policy drop|jump x|\\PC){0,80}") {
            fate(&alone(&text), false);
        }
    }
}
