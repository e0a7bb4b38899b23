//! GNOME, and the desktops that keep its keys: Budgie up to 10.9 and Pantheon.
//!
//! Sources: gsettings-desktop-schemas; gnome-shell `screenShield.js` and `loginManager.js`.

use serde_json::Value;

use super::daemons;
use super::keys::Keys;
use super::{Answer, Idle, Lock};
use crate::finding::Evidence;
use crate::host::{Bus, BusCall, Host, HostError, Read};
use crate::linux::session::{Session, own_processes};
use crate::text::Text;

const SCREENSAVER: &str = "org.gnome.desktop.screensaver";

/// The keys alone: what they say of locking and idling.
fn by_keys(host: &dyn Host) -> Read<Answer> {
    let mut keys = Keys::open(host)?;
    let idle = keys.number("org.gnome.desktop.session", "idle-delay", 300)?;
    let idle_inferred = keys.assumed;
    let enabled = keys.flag(SCREENSAVER, "lock-enabled", true)?;
    let delay = keys.number(SCREENSAVER, "lock-delay", 0)?;
    let forbidden = keys.flag("org.gnome.desktop.lockdown", "disable-lock-screen", false)?;
    keys.note(SCREENSAVER, "ubuntu-lock-on-suspend");
    let lock = if forbidden {
        Lock::Never(text!("The setting disable-lock-screen forbids locking"))
    } else if !enabled {
        Lock::Never(text!("Automatic screen lock is switched off (lock-enabled is false)"))
    } else if idle == 0 {
        Lock::Never(text!("The screen never goes idle (idle-delay is 0), so it never locks by itself"))
    } else {
        Lock::After(idle.saturating_add(delay))
    };
    let idle = match idle {
        0 => Idle::Never(text!("The screen is set to never go blank (idle-delay is 0)")),
        seconds => Idle::After(seconds),
    };
    Ok(Answer { lock, idle, inferred: keys.assumed, idle_inferred, unlocked_by: None, evidence: keys.evidence })
}

pub(super) fn gnome(host: &dyn Host) -> Read<Answer> {
    // Nobody else heeds these keys, be they good or bad.
    let own = own_processes(host).unwrap_or_default();
    if !own.is_empty() && !own.iter().any(|process| process.name.contains("gnome-shell")) {
        return Ok(Answer::unknown(text!("This session calls itself GNOME, but GNOME Shell does not run in it")));
    }
    let mut answer = by_keys(host)?;
    if !matches!(answer.lock, Lock::After(_)) {
        return Ok(answer);
    }
    match display_manager(host) {
        Ok(Manager::Gdm(evidence)) => answer.evidence.push(evidence),
        Ok(Manager::GdmProcess(evidence)) => {
            answer.evidence.push(evidence);
            answer.inferred = true;
        }
        Ok(Manager::Other(evidence)) => {
            answer.evidence.push(evidence);
            answer.lock = Lock::Never(text!("GNOME was not started by GDM, and without GDM it cannot lock the screen"));
            return Ok(answer);
        }
        Err(_silent) => {
            let why = text!("Whether GDM runs could not be told, and GNOME locks the screen only with GDM");
            answer.lock = Lock::Unknown(why);
            return Ok(answer);
        }
    }
    answer.unlocked_by = Some("gdm-password");
    Ok(answer)
}

enum Manager {
    Gdm(Evidence),
    /// The bus did not tell, but GDM's own process for a session runs.
    GdmProcess(Evidence),
    Other(Evidence),
}

/// GNOME Shell builds its lock screen only where GDM owns its name on the system bus.
fn display_manager(host: &dyn Host) -> Read<Manager> {
    let bus = "org.freedesktop.DBus";
    let name = "org.gnome.DisplayManager";
    let call =
        BusCall::new(Bus::System, bus, "/org/freedesktop/DBus", bus, "NameHasOwner").with("s", Value::from(name));
    let answer = host.dbus(&call);
    if let Ok(owned) = answer.as_ref().map(Value::as_bool)
        && let Some(owned) = owned
    {
        let evidence = Evidence {
            source: format!("D-Bus name {name}"),
            saw: if owned { "owned".to_owned() } else { "not owned".to_owned() },
            check: format!("busctl status {name}"),
        };
        return Ok(if owned { Manager::Gdm(evidence) } else { Manager::Other(evidence) });
    }
    let processes = host.processes()?;
    match processes.iter().find(|process| process.uid == 0 && process.name.starts_with("gdm")) {
        Some(process) => Ok(Manager::GdmProcess(Evidence {
            source: format!("/proc/{}/comm", process.pid),
            saw: process.name.clone(),
            check: "ps -C gdm,gdm3".to_owned(),
        })),
        None => Err(answer.err().unwrap_or_else(|| HostError::Absent(name.to_owned()))),
    }
}

/// Budgie locks through a screensaver program of its own, from 10.10 on through an idle daemon.
pub(super) fn budgie(host: &dyn Host, session: &Session) -> Read<Answer> {
    let answer = by_keys(host)?;
    if !matches!(answer.lock, Lock::After(_)) {
        return Ok(answer);
    }
    with_locker(
        host,
        session,
        answer,
        &["budgie-screensaver", "budgie-screensa", "gnome-screensaver", "gnome-screensav"],
        || text!("No program was seen that locks Budgie's screen"),
    )
}

/// Pantheon locks in its window manager, Gala, by GNOME's keys.
pub(super) fn pantheon(host: &dyn Host, session: &Session) -> Read<Answer> {
    let answer = by_keys(host)?;
    if !matches!(answer.lock, Lock::After(_)) {
        return Ok(answer);
    }
    with_locker(host, session, answer, &["gala"], || text!("Gala, which locks Pantheon's screen, was not seen to run"))
}

fn with_locker(
    host: &dyn Host,
    session: &Session,
    mut answer: Answer,
    names: &[&str],
    missing: fn() -> Text,
) -> Read<Answer> {
    let own = own_processes(host)?;
    if let Some(process) = own.iter().find(|process| names.contains(&process.name.as_str())) {
        answer.inferred = true;
        return Ok(answer.saw(&format!("/proc/{}/comm", process.pid), &process.name, "ps x"));
    }
    if let Some(found) = daemons::running(host, session.display)?
        && matches!(found.lock, Lock::After(_))
    {
        return Ok(found);
    }
    answer.lock = Lock::Unknown(missing());
    Ok(answer)
}
