//! What a packet filter's rules do with a new connection from outside, whatever language they were
//! written in: nftables ([`super::nft`]) and iptables ([`super::iptables_save`]) become the same chains.

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
    /// Counts, logs, marks, or something this program does not know.
    Nothing,
}

/// Which packets a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every packet.
    All,
    /// Every new connection.
    New,
    /// What comes in over some interface.
    Interface,
    /// Only some packets: a port, a sender, an established connection.
    Some,
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
    /// It depends on something this program does not work out.
    Unclear,
}

/// How long a way through chains is followed. Longer ones, and rings, are unclear.
const LONGEST_WAY: usize = 32;
/// How many chains are entered in all, so that no file can keep this program busy.
const MOST_STEPS: usize = 10_000;

/// The fate of a new IPv4 (or IPv6) connection. It is refused when any input chain refuses it.
pub fn fate(chains: &[Chain], ipv6: bool) -> Fate {
    let mut unclear = false;
    let mut steps = 0;
    for chain in chains.iter().filter(|chain| chain.input && if ipv6 { chain.ipv6 } else { chain.ipv4 }) {
        let mut doubt = false;
        match walk(chains, chain, 0, &mut steps, &mut doubt).or_else(|| chain.policy.clone()) {
            Some(Verdict::Refuse) => return Fate::Refused,
            Some(Verdict::Accept) if !doubt => {}
            _ => unclear = true,
        }
    }
    if unclear { Fate::Unclear } else { Fate::Accepted }
}

/// What a chain decides for a packet that only rules for everything reach; `None` where it does not.
fn walk(chains: &[Chain], chain: &Chain, depth: usize, steps: &mut usize, doubt: &mut bool) -> Option<Verdict> {
    *steps += 1;
    if depth > LONGEST_WAY || *steps > MOST_STEPS {
        *doubt = true;
        return None;
    }
    for rule in &chain.rules {
        match (rule.reach, &rule.verdict) {
            (_, Verdict::Nothing) => {}
            (Reach::All | Reach::New, verdict @ (Verdict::Accept | Verdict::Refuse)) => return Some(verdict.clone()),
            (Reach::All, Verdict::Return) => return None,
            (Reach::All | Reach::New, Verdict::Jump(name) | Verdict::Goto(name)) => {
                let Some(next) = chains.iter().find(|next| next.table == chain.table && next.name == *name) else {
                    *doubt = true;
                    continue;
                };
                let decided = walk(chains, next, depth + 1, steps, doubt);
                if decided.is_some() || matches!(rule.verdict, Verdict::Goto(_)) {
                    return decided;
                }
            }
            // A rule for one interface may be the whole firewall, or its hole for the loopback device.
            (Reach::Interface, Verdict::Refuse | Verdict::Jump(_) | Verdict::Goto(_)) => *doubt = true,
            _ => {}
        }
    }
    None
}
