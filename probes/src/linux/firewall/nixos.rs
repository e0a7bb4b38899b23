//! The NixOS firewall. Its start script lies in the store, where everybody may read it.

use super::{Said, State, Units};
use crate::host::Host;

const UNIT: &str = "firewall.service";
const UNIT_FILE: &str = "/etc/systemd/system/firewall.service";

/// The chain that refuses whatever no other rule took. Source: NixOS, firewall-iptables.nix.
const LAST_CHAIN: &str = "nixos-fw-log-refuse";

pub(super) fn ask(host: &dyn Host, units: &Units) -> Option<Said> {
    if !host.exists("/etc/NIXOS").unwrap_or(false) {
        return None;
    }
    let unit = units.get(UNIT)?;
    match unit.is_active() {
        Some(true) => {}
        Some(false) if unit.exists() => {
            let detail = text!("The NixOS firewall is configured, but it is not running");
            return Some(Said::new(State::Off, detail).saw_unit(unit));
        }
        Some(false) => return None,
        None => {
            let why = text!("Whether the NixOS firewall was started could not be seen");
            return Some(Said::new(State::Unknown, why).saw_unit(unit));
        }
    }
    let script = host.read_text(UNIT_FILE).ok().and_then(|text| start_script(&text));
    let rules = script.as_ref().and_then(|path| Some((path, host.read_text(path).ok()?)));
    let on = text!("The NixOS firewall is on and refuses new connections from outside");
    let said = match rules {
        Some((path, text)) if text.contains(LAST_CHAIN) => {
            Said::new(State::On, on).saw(path, &format!("INPUT ends in {LAST_CHAIN}"), &format!("cat {path}"))
        }
        Some((path, _)) => {
            let why =
                text!("firewall.service runs, but whether its rules refuse new connections could not be worked out");
            Said::new(State::Unknown, why).saw(path, &format!("no {LAST_CHAIN}"), &format!("cat {path}"))
        }
        None => Said::new(State::On, on).inferred(),
    };
    Some(said.saw_unit(unit))
}

/// The program in `ExecStart=@/nix/store/…/bin/firewall-start firewall-start`.
fn start_script(unit_file: &str) -> Option<String> {
    let line = unit_file.lines().find_map(|line| line.trim().strip_prefix("ExecStart="))?;
    let program = line.trim_start_matches(['@', '-', ':', '+', '!']).split_whitespace().next()?;
    program.starts_with("/nix/store/").then(|| program.to_owned())
}
