//! Arch and what is built on it: nothing official installs updates by itself. A timer from the AUR does, and
//! Manjaro's pamac fetches updates ahead of time.

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::host::{Host, Read, present};

/// `pacman-auto-update` of the AUR.
const TIMER: &str = "pacman-auto-update.timer";

/// pamac's settings: bare words that are switched on by taking the comment sign away.
const PAMAC: &str = "/etc/pamac.conf";

pub(super) fn observe(host: &dyn Host) -> Read<Mechanism> {
    // Without systemd there is no such timer.
    let found = units(host, &[TIMER]).unwrap_or_default();
    if let Some(timer) = found.iter().find(|unit| unit.exists()) {
        let state = runs(timer);
        let detail = match state {
            State::On | State::Likely => text!("Updates install themselves ({timer})", timer = TIMER),
            State::Unknown => text!("Whether {timer} runs could not be told", timer = TIMER),
            State::Off | State::Missing => text!("{timer} is installed, but switched off", timer = TIMER),
        };
        let state = if state == State::Missing { State::Off } else { state };
        return Ok(Mechanism::new(state, detail).with([unit_evidence(timer)]));
    }
    let pamac = present(host.read_text(PAMAC))?.unwrap_or_default();
    if pamac.lines().any(|line| line.trim() == "DownloadUpdates") {
        let detail = text!("Updates are downloaded by themselves, but not installed");
        return Ok(Mechanism::new(State::Off, detail).with([evidence(
            PAMAC,
            "DownloadUpdates",
            format!("cat {PAMAC}"),
        )]));
    }
    Ok(Mechanism::missing())
}
