//! nftables rule files, as far as it takes to see what happens to a new connection from outside.
//! Format: nft(8).

use super::packet_filter::{Chain, Reach, Rule, Verdict};

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NftFile {
    pub chains: Vec<Chain>,
    /// The files and globs it includes, as written.
    pub includes: Vec<String>,
}

/// Reads one file. What is not understood is passed over; a policy not understood is kept as such.
pub fn parse(text: &str) -> NftFile {
    let mut out = NftFile::default();
    let mut table = String::new();
    let mut in_table = false;
    let mut chain: Option<usize> = None;
    let mut skipping = 0usize;
    let mut nested = 0usize;
    let mut words: Vec<String> = Vec::new();
    for token in tokens(text) {
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
                statement(&mut out.chains[index], &std::mem::take(&mut words));
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
                    ["chain", name] if in_table => chain = Some(chain_of(&mut out.chains, &table, name)),
                    ["chain", family, table, name] => {
                        chain = Some(chain_of(&mut out.chains, &format!("{family} {table}"), name));
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
                    ["include", file] => out.includes.push((*file).to_owned()),
                    ["flush", "ruleset", ..] => out.chains.clear(),
                    ["add", "rule", family, table, name, rest @ ..] => {
                        let index = chain_of(&mut out.chains, &format!("{family} {table}"), name);
                        let rest: Vec<String> = rest.iter().map(|word| (*word).to_owned()).collect();
                        statement(&mut out.chains[index], &rest);
                    }
                    _ => {}
                }
            }
        }
    }
    out
}

fn chain_of(chains: &mut Vec<Chain>, table: &str, name: &str) -> usize {
    if let Some(index) = chains.iter().position(|chain| chain.table == table && chain.name == name) {
        return index;
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
        ["type", kind, "hook", hook, ..] => chain.input = *kind == "filter" && *hook == "input",
        ["policy", policy, ..] => {
            chain.policy = match *policy {
                "accept" => Some(Verdict::Accept),
                "drop" => Some(Verdict::Refuse),
                _ => None,
            };
        }
        ["comment" | "flags" | "devices", ..] => {}
        rule => chain.rules.push(read_rule(rule)),
    }
}

fn read_rule(words: &[&str]) -> Rule {
    let mut rest = words;
    let mut matched: Vec<&str> = Vec::new();
    let mut verdict = Verdict::Nothing;
    while let Some((word, after)) = rest.split_first() {
        rest = after;
        match *word {
            "drop" | "reject" => {
                verdict = Verdict::Refuse;
                break;
            }
            "accept" => {
                verdict = Verdict::Accept;
                break;
            }
            "return" => {
                verdict = Verdict::Return;
                break;
            }
            "jump" | "goto" => {
                let name = after.first().copied().unwrap_or_default().to_owned();
                verdict = if *word == "jump" { Verdict::Jump(name) } else { Verdict::Goto(name) };
                break;
            }
            "counter" => {
                while let [_packets @ ("packets" | "bytes"), _number, more @ ..] = rest {
                    rest = more;
                }
            }
            "log" => {
                while let ["prefix" | "level" | "flags" | "group" | "snaplen" | "queue-threshold", _value, more @ ..] =
                    rest
                {
                    rest = more;
                }
            }
            "comment" => rest = rest.get(1..).unwrap_or_default(),
            "vmap" => {
                // A map decides only for what it lists.
                matched.push(word);
                break;
            }
            other => matched.push(other),
        }
    }
    Rule { reach: reach(&matched), verdict }
}

fn reach(matched: &[&str]) -> Reach {
    match matched {
        [] => Reach::All,
        ["ct", "state", states @ ..] if states.iter().any(|state| state.split(',').any(|s| s == "new")) => Reach::New,
        ["iif" | "iifname" | "meta", name, ..] if *name == "lo" || *name == "\"lo\"" => Reach::Some,
        ["iif" | "iifname", ..] | ["meta", "iif" | "iifname", ..] => {
            // With a port or an address beside it, it is a rule for a few packets, not a wall.
            let narrow = ["dport", "sport", "saddr", "daddr", "state", "protocol", "l4proto", "type"];
            if matched.iter().any(|word| narrow.contains(word)) { Reach::Some } else { Reach::Interface }
        }
        _ => Reach::Some,
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

    #[track_caller]
    fn judge(text: &str, ipv4: Fate, ipv6: Fate) {
        let file = parse(text);
        assert_eq!((fate(&file.chains, false), fate(&file.chains, true)), (ipv4, ipv6), "{text}\n{file:#?}");
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
        assert_eq!(parse(text).includes, ["/etc/nft.d/*.nft"]);
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "(table |chain |inet |x |\\{|\\}|;|\n|\"|type filter hook input |policy drop|jump x|\\PC){0,80}") {
            let file = parse(&text);
            fate(&file.chains, false);
        }
    }
}
