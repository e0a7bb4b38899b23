//! MATE: its GSettings keys (in minutes), and mate-screensaver, which has to run.

use super::daemons;
use super::keys::Keys;
use super::{Answer, Idle, Lock};
use crate::host::{Host, Read};
use crate::linux::session::{Session, own_processes};

const SCREENSAVER: &str = "org.mate.screensaver";

pub(super) fn mate(host: &dyn Host, session: &Session) -> Read<Answer> {
    let own = own_processes(host)?;
    // The kernel cuts a process's name at 15 bytes.
    let running = own.iter().find(|process| process.name.starts_with("mate-screensave"));
    if running.is_none()
        && let Some(found) = daemons::running(host, session.display)?
    {
        return Ok(found);
    }
    let mut keys = Keys::open(host)?;
    let idle = keys.number("org.mate.session", "idle-delay", 5)?.saturating_mul(60);
    let idle_inferred = keys.assumed;
    let enabled = keys.flag(SCREENSAVER, "lock-enabled", true)?;
    let activates = keys.flag(SCREENSAVER, "idle-activation-enabled", true)?;
    let delay = keys.number(SCREENSAVER, "lock-delay", 0)?.saturating_mul(60);
    let forbidden = keys.flag("org.mate.lockdown", "disable-lock-screen", false)?;
    keys.note("org.mate.power-manager", "lock-suspend");
    let lock = if forbidden {
        Lock::Never(text!("The setting disable-lock-screen forbids locking"))
    } else if !enabled {
        Lock::Never(text!("Locking the screen with the screensaver is switched off (lock-enabled is false)"))
    } else if !activates {
        Lock::Never(text!("The screensaver does not start by itself (idle-activation-enabled is false)"))
    } else if idle == 0 {
        Lock::Never(text!("The screen never goes idle (idle-delay is 0), so it never locks by itself"))
    } else if running.is_none() {
        Lock::Never(text!("mate-screensaver does not run, so nothing locks the screen"))
    } else {
        Lock::After(idle.saturating_add(delay))
    };
    let idle = match idle {
        0 => Idle::Never(text!("The session is set to never go idle (idle-delay is 0)")),
        seconds => Idle::After(seconds),
    };
    let answer =
        Answer { lock, idle, inferred: keys.assumed, idle_inferred, unlocked_by: None, evidence: keys.evidence };
    Ok(match running {
        Some(process) => answer.saw(&format!("/proc/{}/comm", process.pid), &process.name, "ps x"),
        None => answer,
    })
}
