//! Distributions whose automatic updates are one timer.

use jiff::tz::TimeZone;

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::host::{Host, Read, present};
use crate::linux::distro::OsRelease;
use crate::linux::os_version::date_within;
use crate::parse::key_file;
use crate::text::Text;

/// How old what NixOS is made of may be while its upgrades still count as coming through, in days.
const QUIET_DAYS: i32 = 30;

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
///
/// The timer may build the same system again and again where the package collection is pinned: the day of
/// that collection shows whether anything comes of it.
pub(super) fn nixos(host: &dyn Host, release: &OsRelease) -> Read<Mechanism> {
    let mut mechanism = single(
        host,
        "nixos-upgrade.timer",
        text!("The system upgrades itself (system.autoUpgrade)"),
        text!("Automatic upgrades are not switched on (system.autoUpgrade)"),
    )?;
    // NixOS makes the timer only where the option is on.
    if mechanism.state == State::Missing {
        mechanism.state = State::Off;
    }
    let today = TimeZone::UTC.to_datetime(host.now()).date();
    let days = date_within(&release.build_id).map_or(0, |day| (today - day).get_days());
    if mechanism.state == State::On && days > QUIET_DAYS {
        mechanism.state = State::Likely;
        mechanism.detail = text!("The system upgrades itself, but what it is made of is {days} days old", days = days);
    }
    let saw = format!("BUILD_ID={}", release.build_id);
    Ok(mechanism.with([evidence("/etc/os-release", saw, "nixos-version")]))
}

/// Ubuntu Core is made of snaps, which snapd keeps up to date without being asked.
pub(super) fn ubuntu_core(host: &dyn Host) -> Read<Mechanism> {
    let mechanism = single(
        host,
        "snapd.service",
        text!("The system updates itself (snapd)"),
        text!("snapd, which updates this system, is off"),
    )?;
    // Whether its updates are paused (`snap refresh --hold`) is not asked here.
    let state = if mechanism.state == State::On { State::Likely } else { mechanism.state };
    Ok(Mechanism { state, ..mechanism })
}

/// Pop!_OS has a switch in its settings, and a service that follows it. Source: pop-os/system-updater,
/// `daemon/src/config.rs`.
pub(super) fn pop(host: &dyn Host) -> Read<Mechanism> {
    const CONF: &str = "/etc/pop-system-updater/config.ron";
    let Some(text) = present(host.read_text(CONF))? else { return Ok(Mechanism::missing()) };
    let words: String = text.split_whitespace().collect();
    let seen = evidence(CONF, text.trim(), format!("cat {CONF}"));
    if !words.contains("auto_update:true") {
        let detail = text!("Automatic updates are switched off in the settings of Pop!_OS");
        return Ok(Mechanism::new(State::Off, detail).with([seen]));
    }
    let mechanism = single(
        host,
        "pop-system-updater.service",
        text!("Updates install themselves (Pop!_OS)"),
        text!("Automatic updates are chosen in the settings, but the service that installs them is off"),
    )?;
    let state = if mechanism.state == State::Missing { State::Off } else { mechanism.state };
    Ok(Mechanism { state, ..mechanism }.with([seen]))
}

/// Endless OS: a timer, and how far it goes by itself (3 is up to installing).
/// Source: endlessm/eos-updater, `eos-autoupdater.conf(5)`.
pub(super) fn endless(host: &dyn Host) -> Read<Mechanism> {
    const CONFS: [&str; 3] = [
        "/etc/eos-updater/eos-autoupdater.conf",
        "/usr/local/share/eos-updater/eos-autoupdater.conf",
        "/usr/share/eos-updater/eos-autoupdater.conf",
    ];
    let mechanism = single(
        host,
        "eos-autoupdater.timer",
        text!("The system updates itself (eos-autoupdater)"),
        text!("Automatic updates are switched off (eos-autoupdater)"),
    );
    // Other distributions come here too, and may have no service manager that could be asked.
    let mechanism = mechanism.unwrap_or_else(|_| Mechanism::missing());
    if mechanism.state == State::Missing {
        return Ok(mechanism);
    }
    // The first file that is there counts alone.
    for path in CONFS {
        let Some(text) = present(host.read_text(path))? else { continue };
        let step = key_file::value(&text, "Automatic Updates", "LastAutomaticStep").unwrap_or("3").to_owned();
        let seen = evidence(path, format!("LastAutomaticStep={step}"), format!("cat {path}"));
        if step != "3" {
            let detail = text!("Updates are looked for by themselves, but not installed");
            return Ok(Mechanism { state: State::Off, detail, ..mechanism }.with([seen]));
        }
        return Ok(mechanism.with([seen]));
    }
    Ok(mechanism)
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
