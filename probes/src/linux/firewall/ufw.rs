//! ufw. Its unit is active whenever its start script ran, also when that did nothing because ufw is
//! switched off, so the unit alone proves nothing; ufw.conf alone proves nothing where the unit is
//! not started (Arch).

use super::{Said, State, Units};
use crate::host::{Host, HostError};
use crate::parse::packet_filter::{Fate, Verdict, fate};
use crate::parse::{iptables_save, shell_vars};

const SWITCH: &str = "/etc/ufw/ufw.conf";
const DEFAULTS: &str = "/etc/default/ufw";
const UNIT: &str = "ufw.service";

/// The rules that people add, each with the chain they are in. Only root may read them on most systems.
const RULES: [(&str, &str, bool); 2] =
    [("/etc/ufw/user.rules", "ufw-user-input", false), ("/etc/ufw/user6.rules", "ufw6-user-input", true)];

pub(super) fn ask(host: &dyn Host, units: &Units) -> Option<Said> {
    let check = format!("cat {SWITCH} {DEFAULTS}");
    let switch = match host.read_text(SWITCH) {
        Ok(text) => text,
        Err(HostError::Absent(_)) => return None,
        Err(error) => return Some(Said::new(State::Unknown, error.reason())),
    };
    let enabled = shell_vars::value(&switch, "ENABLED").unwrap_or_default();
    let said_on = format!("ENABLED={enabled}");
    if !enabled.eq_ignore_ascii_case("yes") {
        return Some(
            Said::new(State::Off, text!("ufw is installed, but it is switched off")).saw(SWITCH, &said_on, &check),
        );
    }
    let defaults = match host.read_if_there(DEFAULTS) {
        Ok(text) => text.unwrap_or_default(),
        Err(error) => return Some(Said::new(State::Unknown, error.reason()).saw(SWITCH, &said_on, &check)),
    };
    // Without a setting ufw refuses.
    let policy = shell_vars::value(&defaults, "DEFAULT_INPUT_POLICY").unwrap_or_else(|| "DROP".to_owned());
    let ipv6 = shell_vars::value(&defaults, "IPV6").is_none_or(|word| word.eq_ignore_ascii_case("yes"));
    let evidence = |said: Said| {
        let said = said.saw(SWITCH, &said_on, &check).saw(DEFAULTS, &format!("DEFAULT_INPUT_POLICY={policy}"), &check);
        let said = if ipv6 { said } else { said.saw(DEFAULTS, "IPV6=no", &check) };
        match units.get(UNIT) {
            Some(unit) => said.saw_unit(unit),
            None => said,
        }
    };
    let refuses = matches!(policy.to_ascii_uppercase().as_str(), "DROP" | "REJECT");
    let boot = units.get(UNIT).and_then(|unit| unit.is_enabled());
    let said = match (refuses, units.active(UNIT)) {
        (false, _) => Said::new(State::Off, text!("ufw is on, but it lets every connection in by default")).running(),
        (true, Some(true)) if boot == Some(false) => {
            Said::new(State::On, text!("ufw refuses new connections now, but it will not start at the next boot"))
        }
        // Without IPv6 rules of its own ufw refuses all of IPv6. Source: ufw, `ufw-init-functions`.
        (true, Some(true)) if !ipv6 => Said::new(
            State::On,
            text!("ufw is on and refuses new connections from outside, over IPv6 without exception"),
        ),
        (true, Some(true)) => Said::new(State::On, text!("ufw is on and refuses new connections from outside")),
        (true, Some(false)) if boot == Some(true) => {
            Said::new(State::Unknown, text!("ufw is configured and starts at boot, but its service is not running now"))
        }
        (true, Some(false)) => Said::new(
            State::Unknown,
            text!("ufw is configured, but its service is not running and will not start at boot"),
        ),
        (true, None) => {
            Said::new(State::Unknown, text!("ufw is configured, but whether its service was started could not be seen"))
        }
    };
    let said = evidence(said);
    Some(if said.state == State::On { with_rules(host, said) } else { said })
}

/// What the added rules make of a firewall that refuses by default. Where they may not be read, that
/// nobody added one that lets everything in is taken for granted, and said.
fn with_rules(host: &dyn Host, mut said: Said) -> Said {
    for (file, chain, ipv6) in RULES {
        let check = format!("sudo cat {file}");
        match host.read_text(file) {
            Ok(text) => {
                let mut chains = iptables_save::parse(&text, ipv6);
                for own in chains.iter_mut().filter(|own| own.name == chain) {
                    own.input = true;
                    own.policy = Some(Verdict::Refuse);
                }
                let has_chain = chains.iter().any(|own| own.input);
                match fate(&chains, ipv6) {
                    Fate::Refused => said = said.saw(file, "no rule lets everything in", &check),
                    _ if !has_chain => said = said.saw(file, "no rules", &check),
                    Fate::Unclear => said = said.saw(file, "a rule may let everything in", &check).inferred(),
                    _ => {
                        let detail = text!("ufw is on, but a rule lets every connection in");
                        let evidence = said.evidence;
                        said = Said { evidence, ..Said::new(State::Off, detail).running() }.saw(
                            file,
                            "a rule for everything",
                            &check,
                        );
                        return said;
                    }
                }
            }
            Err(HostError::Absent(_)) => {}
            Err(_) => said = said.saw(file, "not readable: a rule in it could let everything in", &check).inferred(),
        }
    }
    said
}
