//! The NixOS firewall made of iptables commands. Its start script lies in the store, where everybody may
//! read it. The one made of nftables rules is an nftables service like any other.

use super::nftables::{Judged, said};
use super::{Said, State, Units};
use crate::host::Host;
use crate::linux::systemd::commands;
use crate::parse::iptables_save;

const UNIT: &str = "firewall.service";
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
    let said = match start_script(host) {
        Some((path, text)) => {
            let judged = Judged::of(&iptables_save::script(&text, false), &iptables_save::script(&text, true));
            said("The NixOS firewall", &path, &judged)
        }
        None => {
            Said::new(State::On, text!("The NixOS firewall is on and refuses new connections from outside")).inferred()
        }
    };
    Some(said.saw_unit(unit))
}

/// The script that loads the rules, as in `ExecStart=@/nix/store/…/bin/firewall-start firewall-start`, and
/// its text. Source: NixOS, `firewall-iptables.nix`.
fn start_script(host: &dyn Host) -> Option<(String, String)> {
    let commands = commands::started_by(host, UNIT).ok()?;
    let path = commands.into_iter().flatten().find(|word| word.starts_with("/nix/store/"))?;
    let text = host.read_text(&path).ok()?;
    Some((path, text))
}
