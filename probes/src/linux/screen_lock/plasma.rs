//! KDE Plasma 5 and 6: `kscreenlockerrc`, from the system's files up to the user's.
//!
//! The locker is part of Plasma, so no process of its own has to run. Sources: kscreenlocker
//! `kscreenlockersettings.kcfg` and `ksldapp.cpp`.

use super::{Answer, Idle, Lock};
use crate::finding::Evidence;
use crate::host::{Host, HostError, Read};
use crate::linux::session::own_processes;
use crate::parse::kconfig;

/// One file's path and text.
type File = (String, String);

pub(super) fn plasma(host: &dyn Host) -> Read<Answer> {
    if !is_running(host) {
        return Ok(Answer::unknown(text!("This session calls itself Plasma, but no part of Plasma runs in it")));
    }
    let mut daemon = Group { files: files(host, "kscreenlockerrc")?, name: "Daemon", evidence: Vec::new() };
    let autolock = daemon.flag("Autolock", true)?;
    let timeout = daemon.number("Timeout", 5.0)?;
    let grace = daemon.number("LockGrace", 5.0)?.clamp(0.0, 300.0);
    let lock = daemon.flag("Lock", true)?;
    let password = daemon.flag("RequirePassword", true)?;
    // Shown where it is set; it decides nothing about being left alone.
    let _on_resume = daemon.text("LockOnResume");
    // Minutes; the newest version keeps fractions. The cast saturates.
    let idle_seconds = (timeout * 60.0) as u32;
    let locks = autolock && timeout > 0.0;
    let answer = if !autolock {
        Lock::Never(text!("Locking the screen automatically is switched off (Autolock is false)"))
    } else if timeout <= 0.0 {
        Lock::Never(text!("The time until the screen locks is set to never (Timeout is 0)"))
    } else if !lock {
        Lock::Never(text!("The screen locks, but no password is asked for (Lock is false)"))
    } else if !password {
        Lock::Never(text!("The screen locks, but no password is asked for (RequirePassword is false)"))
    } else {
        Lock::After(idle_seconds.saturating_add(grace as u32))
    };
    let idle = if locks { Idle::After(idle_seconds) } else { power(host, &mut daemon.evidence)? };
    let mut answer = Answer::new(answer, idle);
    answer.evidence = daemon.evidence;
    Ok(answer)
}

/// Whether a part of Plasma was seen. Where no process is known at all, nothing speaks against it.
fn is_running(host: &dyn Host) -> bool {
    let own = own_processes(host).unwrap_or_default();
    let of_plasma = ["plasmashell", "kwin_wayland", "kwin_x11", "ksmserver", "plasma_session", "startplasma-way"];
    own.is_empty() || own.iter().any(|process| of_plasma.iter().any(|name| process.name.contains(name)))
}

/// Where the lock does not blank the screen, the power settings may. Their defaults differ from
/// machine to machine, so only what is set counts.
fn power(host: &dyn Host, evidence: &mut Vec<Evidence>) -> Read<Idle> {
    let mut display = Group { files: files(host, "powerdevilrc")?, name: "AC][Display", evidence: Vec::new() };
    let when_idle = display.text("TurnOffDisplayWhenIdle");
    let seconds = display.text("TurnOffDisplayIdleTimeoutSec");
    evidence.append(&mut display.evidence);
    Ok(match (when_idle.as_deref().and_then(kconfig::truth), seconds.map(|text| text.parse::<i64>())) {
        (Some(false), _) => Idle::Never(text!("Plasma is set to never lock and never switch the screen off")),
        (_, Some(Ok(seconds))) if seconds > 0 => Idle::After(u32::try_from(seconds).unwrap_or(u32::MAX)),
        (_, Some(Ok(_))) => Idle::Never(text!("Plasma is set to never lock and never switch the screen off")),
        _ => {
            Idle::Unknown(text!("The screen does not lock, and the power settings do not say when it is switched off"))
        }
    })
}

/// The files of that name, the least important first.
fn files(host: &dyn Host, name: &str) -> Read<Vec<File>> {
    let mut paths: Vec<String> = host.config_dirs().into_iter().rev().collect();
    paths.push(host.config_home());
    let mut found = Vec::new();
    for directory in paths {
        let path = format!("{directory}/{name}");
        if let Some(text) = host.read_if_there(&path)? {
            found.push((path, text));
        }
    }
    Ok(found)
}

struct Group {
    files: Vec<File>,
    name: &'static str,
    evidence: Vec<Evidence>,
}

impl Group {
    fn text(&mut self, key: &str) -> Option<String> {
        let texts: Vec<&str> = self.files.iter().map(|(_, text)| text.as_str()).collect();
        let (index, value) = kconfig::lookup(&texts, self.name, key)?;
        let path = &self.files[index].0;
        self.evidence.push(Evidence {
            source: path.clone(),
            saw: format!("[{}] {key}={value}", self.name),
            check: format!("cat {path}"),
        });
        Some(value.to_owned())
    }

    fn flag(&mut self, key: &str, default: bool) -> Read<bool> {
        let Some(value) = self.text(key) else { return Ok(self.default(key, default, &default.to_string())) };
        kconfig::truth(&value).ok_or_else(|| self.wrong(key, &value))
    }

    fn number(&mut self, key: &str, default: f64) -> Read<f64> {
        let Some(value) = self.text(key) else { return Ok(self.default(key, default, &default.to_string())) };
        value.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| self.wrong(key, &value))
    }

    fn default<T>(&mut self, key: &str, value: T, words: &str) -> T {
        self.evidence.push(Evidence {
            source: "kscreenlockerrc".to_owned(),
            saw: format!("{key} is not set; Plasma's default is {words}"),
            check: format!("kreadconfig6 --file kscreenlockerrc --group {} --key {key}", self.name),
        });
        value
    }

    fn wrong(&self, key: &str, value: &str) -> HostError {
        let file = self.files.last().map_or("kscreenlockerrc", |(path, _)| path.as_str());
        HostError::Garbled(file.to_owned(), format!("{key} is {value}"))
    }
}
