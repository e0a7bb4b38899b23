//! LXQt: the idleness watcher of lxqt-powermanagement, or XScreenSaver.
//!
//! Source: lxqt-powermanagement `powermanagementsettings.cpp`.

use super::daemons::{self, is};
use super::x_server::{self, XServer};
use super::{Answer, Idle, Lock};
use crate::host::{Host, HostError, Read};
use crate::linux::power::has_battery;
use crate::linux::session::{Session, own_processes};
use crate::parse::key_file::{qt_time, value};

/// The action that locks.
const LOCK: &str = "-2";

pub(super) fn lxqt(host: &dyn Host, session: &Session) -> Read<Answer> {
    let server = x_server::ask(host, session.display);
    let others = daemons::running(host, session.display)?;
    let others = match others {
        Some(found) if matches!(found.lock, Lock::After(_)) => return Ok(found),
        others => others,
    };
    let own = own_processes(host)?;
    let mut answer = watcher(host, &server)?;
    if let Lock::After(_) = answer.lock {
        if !own.iter().any(|process| is(process, "lxqt-powermanagement")) {
            answer.lock = Lock::Never(text!("lxqt-powermanagement does not run, so nothing locks the screen"));
            answer.idle = server.idle();
        } else if has_locker(host, others.is_some())? {
            answer.inferred = true;
        } else {
            answer.lock = Lock::Unknown(text!("LXQt is set to lock, but no program was found that locks its screen"));
        }
    } else if let (Some(others), Lock::Never(_)) = (others, &answer.lock) {
        return Ok(others);
    }
    Ok(answer)
}

/// A lock command in the session's settings, or a locker that runs.
fn has_locker(host: &dyn Host, runs: bool) -> Read<bool> {
    let Some((_, text)) = settings(host, "session.conf")? else { return Ok(runs) };
    let command = ["lock_command", "lock_command_wayland"].into_iter().find_map(|key| value(&text, "General", key));
    Ok(runs || command.is_some_and(|command| !command.is_empty()))
}

fn settings(host: &dyn Host, name: &str) -> Read<Option<(String, String)>> {
    let mut directories = vec![host.config_home()];
    directories.extend(host.config_dirs());
    directories.push("/usr/share".to_owned());
    for directory in directories {
        let path = format!("{directory}/lxqt/{name}");
        if let Some(text) = host.read_if_there(&path)? {
            return Ok(Some((path, text)));
        }
    }
    Ok(None)
}

fn watcher(host: &dyn Host, server: &XServer) -> Read<Answer> {
    let off = || text!("LXQt's idleness watcher is switched off, so nothing locks the screen");
    let Some((path, text)) = settings(host, "lxqt-powermanagement.conf")? else {
        return Ok(Answer::new(Lock::Never(off()), server.idle()));
    };
    let key = |name: &str| value(&text, "General", name);
    let check = format!("cat {path}");
    if key("enableIdlenessWatcher") != Some("true") {
        let saw = format!("enableIdlenessWatcher={}", key("enableIdlenessWatcher").unwrap_or("(not set)"));
        return Ok(Answer::new(Lock::Never(off()), server.idle()).saw(&path, &saw, &check));
    }
    let of = |action: &str, time: &str| -> Read<(bool, u32)> {
        let locks = key(action).or_else(|| key("idlenessAction")) == Some(LOCK);
        let seconds = match (key(time), key("idlenessTimeSecs")) {
            (Some(text), _) => qt_time(text).map(|milliseconds| milliseconds / 1000),
            (None, Some(text)) => text.parse().ok().map(|seconds: u32| seconds.clamp(60, 3599)),
            (None, None) => Some(900),
        };
        let wrong = || HostError::Garbled(path.clone(), format!("{time} is {}", key(time).unwrap_or_default()));
        Ok((locks, seconds.ok_or_else(wrong)?))
    };
    let (on_mains, mains_time) = of("idlenessACAction", "idlenessACTime")?;
    let (on_battery, battery_time) = of("idlenessBatteryAction", "idlenessBatteryTime")?;
    let battery = has_battery(host)?;
    let lock = if !on_mains {
        Lock::Never(text!("LXQt's idleness watcher is on, but its action is not to lock the screen"))
    } else if battery && !on_battery {
        Lock::Never(text!("LXQt locks the screen when plugged in, but not on battery"))
    } else {
        Lock::After(if battery { mains_time.max(battery_time) } else { mains_time })
    };
    let idle = match lock {
        Lock::After(seconds) => Idle::After(seconds),
        _ => server.idle(),
    };
    let saw = format!(
        "idlenessACAction={} idlenessBatteryAction={}",
        key("idlenessACAction").unwrap_or("(not set)"),
        key("idlenessBatteryAction").unwrap_or("(not set)")
    );
    Ok(Answer::new(lock, idle).saw(&path, &saw, &check))
}
