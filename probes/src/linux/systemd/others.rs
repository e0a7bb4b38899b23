//! Services where systemd is not: OpenRC (Alpine, Gentoo) and runit (Void).

use super::{CANNOT_TELL, Unit, choose, is_pattern, matches};
use crate::host::{Host, HostError, Read, present};

pub(super) fn units(host: &dyn Host, names: &[&str]) -> Read<Vec<Unit>> {
    if host.exists("/run/openrc")? {
        return ask_all(host, names, "/etc/init.d", openrc);
    }
    if host.exists("/run/runit")? || host.exists("/etc/runit")? {
        return ask_all(host, names, "/etc/sv", runit);
    }
    Err(HostError::Absent("a service manager that this program knows".to_owned()))
}

fn ask_all(host: &dyn Host, names: &[&str], scripts: &str, ask: fn(&dyn Host, &str) -> Read<Unit>) -> Read<Vec<Unit>> {
    let mut found = Vec::new();
    for name in names {
        if is_pattern(name) {
            for script in host.list(scripts)? {
                let known = format!("{script}.service");
                if matches(name, &known) {
                    found.push(ask(host, &known)?);
                }
            }
        } else {
            found.push(ask(host, name)?);
        }
    }
    Ok(choose(names, found))
}

/// OpenRC links a started service into /run/openrc/started and an enabled one into a run level.
fn openrc(host: &dyn Host, name: &str) -> Read<Unit> {
    let mut unit = Unit::missing(name);
    let Some(service) = name.strip_suffix(".service") else { return Ok(unit) };
    if !host.exists(&format!("/etc/init.d/{service}"))? {
        return Ok(unit);
    }
    unit.loaded = true;
    match host.list("/run/openrc/started") {
        Ok(started) if started.iter().any(|started| started == service) => {
            "active".clone_into(&mut unit.active);
            unit.sub = String::new();
        }
        Ok(_) => {}
        Err(HostError::Absent(_)) => {}
        Err(_) => CANNOT_TELL.clone_into(&mut unit.active),
    }
    "disabled".clone_into(&mut unit.file_state);
    for level in present(host.list("/etc/runlevels"))?.unwrap_or_default() {
        let services = present(host.list(&format!("/etc/runlevels/{level}")))?.unwrap_or_default();
        if services.iter().any(|enabled| enabled == service) {
            "enabled".clone_into(&mut unit.file_state);
        }
    }
    Ok(unit)
}

/// runit keeps every linked service up; whether one really runs only root may see.
fn runit(host: &dyn Host, name: &str) -> Read<Unit> {
    let mut unit = Unit::missing(name);
    let Some(service) = name.strip_suffix(".service") else { return Ok(unit) };
    let linked = host.exists(&format!("/var/service/{service}"))?;
    if !linked && !host.exists(&format!("/etc/sv/{service}"))? {
        return Ok(unit);
    }
    unit.loaded = true;
    unit.file_state = if linked { "enabled" } else { "disabled" }.to_owned();
    if linked {
        unit.sub = String::new();
        unit.active = match host.read_line(&format!("/var/service/{service}/supervise/stat")) {
            Ok(state) if state.starts_with("run") => "active",
            Ok(_) => "inactive",
            Err(_) => CANNOT_TELL,
        }
        .to_owned();
    }
    Ok(unit)
}
