//! Cinnamon: its GSettings keys, and a locker that runs or can be started by the bus.

use super::keys::Keys;
use super::{Answer, Idle, Lock};
use crate::host::{Host, Read};
use crate::linux::session::own_processes;

const SCREENSAVER: &str = "org.cinnamon.desktop.screensaver";

pub(super) fn cinnamon(host: &dyn Host) -> Read<Answer> {
    let mut keys = Keys::open(host)?;
    let idle = keys.number("org.cinnamon.desktop.session", "idle-delay", 900)?;
    let idle_inferred = keys.assumed;
    let enabled = keys.flag(SCREENSAVER, "lock-enabled", true)?;
    let activates = keys.flag(SCREENSAVER, "idle-activation-enabled", true)?;
    let delay = keys.number(SCREENSAVER, "lock-delay", 0)?;
    let forbidden = keys.flag("org.cinnamon.desktop.lockdown", "disable-lock-screen", false)?;
    keys.note("org.cinnamon.settings-daemon.plugins.power", "lock-on-suspend");
    let lock = if forbidden {
        Lock::Never(text!("The setting disable-lock-screen forbids locking"))
    } else if !enabled {
        Lock::Never(text!("Locking the computer after inactivity is switched off (lock-enabled is false)"))
    } else if idle == 0 {
        Lock::Never(text!("The screen never goes idle (idle-delay is 0), so it never locks by itself"))
    } else if !activates {
        Lock::Never(text!("The screensaver does not start by itself (idle-activation-enabled is false)"))
    } else {
        Lock::After(idle.saturating_add(delay))
    };
    let idle = match idle {
        0 => Idle::Never(text!("The screen is set to never go blank (idle-delay is 0)")),
        seconds => Idle::After(seconds),
    };
    let mut answer =
        Answer { lock, idle, inferred: keys.assumed, idle_inferred, unlocked_by: None, evidence: keys.evidence };
    if !matches!(answer.lock, Lock::After(_)) {
        return Ok(answer);
    }
    // The kernel cuts a process's name at 15 bytes.
    let locker = |name: &str| name.starts_with("cinnamon-screen");
    if let Some(process) = own_processes(host)?.iter().find(|process| locker(&process.name)) {
        return Ok(answer.saw(&format!("/proc/{}/comm", process.pid), &process.name, "ps x"));
    }
    for directory in host.data_dirs() {
        let path = format!("{directory}/dbus-1/services/org.cinnamon.ScreenSaver.service");
        if host.exists(&path)? {
            answer.inferred = true;
            return Ok(answer.saw(&path, "the bus can start the locker", &format!("cat {path}")));
        }
    }
    answer.lock = Lock::Unknown(text!("Cinnamon is set to lock, but its locker was not found"));
    Ok(answer)
}
