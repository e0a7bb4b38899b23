//! dnf-automatic, of dnf4 and of dnf5. Which timer runs decides whether the settings count.

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::host::{Host, Read, present};
use crate::parse::key_file;

/// dnf5's files, later ones over earlier ones; dnf4 reads the last alone.
const FILES: [&str; 3] =
    ["/usr/share/dnf5/dnf5-plugins/automatic.conf", "/etc/dnf/dnf5-plugins/automatic.conf", "/etc/dnf/automatic.conf"];

pub(super) const TIMERS: [&str; 6] = [
    "dnf-automatic-install.timer",
    "dnf5-automatic.timer",
    "dnf-automatic.timer",
    "dnf-automatic-download.timer",
    "dnf-automatic-notifyonly.timer",
    "yum-cron.service",
];

pub(super) fn observe(host: &dyn Host) -> Read<Mechanism> {
    let timers = units(host, &TIMERS)?;
    let state = |name: &str| timers.iter().find(|unit| unit.name == name).map_or(State::Missing, runs);
    let works = |state: State| matches!(state, State::On | State::Likely);
    let seen = timers.iter().filter(|unit| unit.exists()).map(unit_evidence).collect::<Vec<_>>();
    let install = state("dnf-automatic-install.timer");
    if works(install) {
        return Ok(Mechanism::new(install, text!("Updates install themselves (dnf-automatic)")).with(seen));
    }
    let by_settings = [
        ("dnf5-automatic.timer", &FILES[..]),
        ("dnf-automatic.timer", &FILES[2..]),
        ("yum-cron.service", &["/etc/yum/yum-cron.conf"][..]),
    ];
    for (timer, files) in by_settings {
        if !works(state(timer)) {
            continue;
        }
        // On dnf5 the old name is another name for the new timer.
        let is_dnf5 =
            timer == "dnf-automatic.timer" && timers.iter().any(|unit| unit.name == TIMERS[1] && unit.exists());
        let (applies, from) = apply_updates(host, if is_dnf5 { &FILES[..] } else { files })?;
        let mechanism = if applies {
            Mechanism::new(state(timer), text!("Updates install themselves ({timer})", timer = timer))
        } else {
            Mechanism::new(
                State::Off,
                text!("Updates are looked for by themselves, but not installed: apply_updates is off"),
            )
        };
        return Ok(mechanism.with(seen).with([from]));
    }
    if works(state(TIMERS[3])) || works(state(TIMERS[4])) {
        let detail = text!("Updates are looked for by themselves, but not installed");
        return Ok(Mechanism::new(State::Off, detail).with(seen));
    }
    if timers.iter().any(|unit| runs(unit) == State::Unknown) {
        return Ok(Mechanism::new(State::Unknown, text!("Whether dnf-automatic runs could not be told")).with(seen));
    }
    if timers.iter().any(|unit| unit.exists()) {
        return Ok(Mechanism::new(State::Off, text!("dnf-automatic is installed, but its timer is off")).with(seen));
    }
    Ok(Mechanism::missing().with([evidence("dnf-automatic", "no such timer", "systemctl list-timers")]))
}

/// The setting in force, off by default.
fn apply_updates(host: &dyn Host, files: &[&str]) -> Read<(bool, crate::finding::Evidence)> {
    let mut found = (false, evidence(files[files.len() - 1], "apply_updates is not set", ""));
    for path in files {
        let Some(text) = present(host.read_text(path))? else { continue };
        if let Some(value) = key_file::value(&text, "commands", "apply_updates") {
            let applies = matches!(value.to_lowercase().as_str(), "1" | "yes" | "true" | "on");
            found = (applies, evidence(*path, format!("apply_updates = {value}"), format!("cat {path}")));
        }
    }
    Ok(found)
}
