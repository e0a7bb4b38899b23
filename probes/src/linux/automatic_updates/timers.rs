//! Distributions whose automatic updates are one timer.

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::host::{Host, Read};
use crate::text::Text;

/// One timer that updates the system when it runs.
fn single(host: &dyn Host, name: &str, on: Text, off: Text) -> Read<Mechanism> {
    let units = units(host, &[name])?;
    let state = units.first().map_or(State::Missing, runs);
    let detail = match state {
        State::On | State::Likely => on,
        State::Unknown => text!("Whether {timer} runs could not be told", timer = name),
        State::Off | State::Missing => off,
    };
    Ok(Mechanism::new(state, detail).with(units.iter().map(unit_evidence)))
}

/// NixOS has `system.autoUpgrade`, which makes this timer.
pub(super) fn nixos(host: &dyn Host) -> Read<Mechanism> {
    let mechanism = single(
        host,
        "nixos-upgrade.timer",
        text!("The system upgrades itself (system.autoUpgrade)"),
        text!("Automatic upgrades are not switched on (system.autoUpgrade)"),
    )?;
    // NixOS makes the timer only where the option is on.
    let state = if mechanism.state == State::Missing { State::Off } else { mechanism.state };
    Ok(Mechanism { state, ..mechanism })
}

/// Endless OS.
pub(super) fn endless(host: &dyn Host) -> Read<Mechanism> {
    let mechanism = single(
        host,
        "eos-autoupdater.timer",
        text!("The system updates itself (eos-autoupdater)"),
        text!("Automatic updates are switched off (eos-autoupdater)"),
    );
    // Other distributions come here too, and may have no service manager that could be asked.
    Ok(mechanism.unwrap_or_else(|_| Mechanism::missing()))
}

/// Linux Mint's Update Manager: a file says that it is switched on, a timer does it.
pub(super) fn mint(host: &dyn Host) -> Read<Mechanism> {
    const FLAG: &str = "/var/lib/linuxmint/mintupdate-automatic-upgrades-enabled";
    if !host.exists(FLAG)? {
        return Ok(Mechanism::missing());
    }
    let mechanism = single(
        host,
        "mintupdate-automation-upgrade.timer",
        text!("Updates install themselves (Update Manager)"),
        text!("Automatic updates are chosen in the Update Manager, but its timer is off"),
    )?;
    let state = if mechanism.state == State::Missing { State::Off } else { mechanism.state };
    Ok(Mechanism { state, ..mechanism }.with([evidence(FLAG, "exists", format!("ls {FLAG}"))]))
}
