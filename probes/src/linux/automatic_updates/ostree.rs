//! Image-based Fedora: rpm-ostree's own policy, bootc, Universal Blue's and CoreOS's updaters.

use std::collections::BTreeMap;

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::host::{Host, Read, present};
use crate::parse::key_file;

const CONF: &str = "/etc/rpm-ostreed.conf";
const POLICY_TIMER: &str = "rpm-ostreed-automatic.timer";

/// Updaters that need no setting beside their own timer.
const UPDATERS: [&str; 3] = ["bootc-fetch-apply-updates.timer", "ublue-update.timer", "uupd.timer"];

pub(super) fn observe(host: &dyn Host) -> Read<Mechanism> {
    let names = [UPDATERS[0], UPDATERS[1], UPDATERS[2], POLICY_TIMER, "zincati.service"];
    let found = units(host, &names)?;
    let state = |name: &str| found.iter().find(|unit| unit.name == name).map_or(State::Missing, runs);
    let seen = found.iter().filter(|unit| unit.exists()).map(unit_evidence).collect::<Vec<_>>();
    let works = |state: State| matches!(state, State::On | State::Likely);
    for name in UPDATERS {
        if works(state(name)) {
            return Ok(
                Mechanism::new(state(name), text!("The system updates itself ({timer})", timer = name)).with(seen)
            );
        }
    }
    if works(state("zincati.service")) && !zincati_is_off(host)? {
        return Ok(Mechanism::new(State::Likely, text!("The system updates itself (zincati)")).with(seen));
    }
    let text = present(host.read_text(CONF))?.unwrap_or_default();
    let policy = key_file::value(&text, "Daemon", "AutomaticUpdatePolicy").unwrap_or("none").to_owned();
    let seen =
        seen.into_iter().chain([evidence(CONF, format!("AutomaticUpdatePolicy={policy}"), format!("cat {CONF}"))]);
    let timer = state(POLICY_TIMER);
    let mechanism = match (policy.as_str(), timer) {
        ("stage" | "apply", State::On | State::Likely) => {
            Mechanism::new(timer, text!("The system updates itself (rpm-ostree, {policy})", policy = policy))
        }
        ("stage" | "apply", State::Unknown) => {
            Mechanism::new(State::Unknown, text!("Whether {timer} runs could not be told", timer = POLICY_TIMER))
        }
        ("stage" | "apply", _) => {
            Mechanism::new(State::Off, text!("Automatic updates are set up, but {timer} is off", timer = POLICY_TIMER))
        }
        ("check", _) => Mechanism::new(State::Off, text!("Updates are looked for by themselves, but not installed")),
        _ => Mechanism::new(State::Missing, text!("rpm-ostree has no automatic updates set up")),
    };
    Ok(mechanism.with(seen))
}

/// CoreOS's updater can be switched off in small files: of three folders, in the order of the files' names,
/// where of the same name the last folder counts. Source: Zincati's documentation, "Configuration".
fn zincati_is_off(host: &dyn Host) -> Read<bool> {
    let mut files = BTreeMap::new();
    for folder in ["/usr/lib/zincati/config.d", "/etc/zincati/config.d", "/run/zincati/config.d"] {
        for name in present(host.list(folder))?.unwrap_or_default() {
            files.insert(name, folder);
        }
    }
    let mut off = false;
    for (name, folder) in files.iter().filter(|(name, _)| name.ends_with(".toml")) {
        // A link to /dev/null puts a file out of force.
        let text = present(host.read_text(&format!("{folder}/{name}")))?.unwrap_or_default();
        match key_file::value(&text, "updates", "enabled") {
            Some("false") => off = true,
            Some("true") => off = false,
            _ => {}
        }
    }
    Ok(off)
}
