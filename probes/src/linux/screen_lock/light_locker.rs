//! light-locker, which locks some time after the X server's screen saver starts, by way of LightDM.

use super::daemons::seen;
use super::keys::Keys;
use super::x_server::XServer;
use super::{Answer, Lock};
use crate::host::{Host, Process, Read};
use crate::linux::display_manager::{Manager, managers};

/// The answer of a light-locker that runs. Its command line outweighs its settings.
pub(super) fn light_locker(host: &dyn Host, process: &Process, server: &XServer) -> Read<Answer> {
    let mut keys = Keys::open(host)?;
    let set = keys.number("apps.light-locker", "lock-after-screensaver", 5)?;
    let delay = on_the_line(&process.arguments).unwrap_or(set);
    let managers = managers(host);
    let lock = if delay == 0 {
        Lock::Never(text!(
            "light-locker is set to never lock when the screen saver starts (lock-after-screensaver is 0)"
        ))
    } else if !managers.active.is_empty() && !managers.has(Manager::LightDm) {
        Lock::Never(text!("light-locker locks only by way of LightDM, which does not run here"))
    } else {
        match server.saver_starts(false) {
            Ok(Some(seconds)) => Lock::After(seconds.saturating_add(delay)),
            Ok(None) => Lock::Never(text!(
                "light-locker waits for the X server's screen saver, which is switched off (see xset q)"
            )),
            Err(why) => Lock::Unknown(why),
        }
    };
    let mut answer = Answer {
        lock,
        idle: server.idle(),
        inferred: keys.assumed || !managers.has(Manager::LightDm),
        idle_inferred: false,
        unlocked_by: Some("lightdm"),
        evidence: keys.evidence,
    };
    answer.evidence.push(seen(process));
    answer.evidence.extend(managers.active.iter().map(|(_, evidence)| evidence.clone()));
    answer.evidence.extend(server.evidence.clone());
    Ok(answer)
}

fn on_the_line(arguments: &[String]) -> Option<u32> {
    let option = "--lock-after-screensaver";
    let at = arguments.iter().position(|argument| argument.starts_with(option))?;
    match arguments[at].strip_prefix(option)? {
        "" => arguments.get(at + 1)?.parse().ok(),
        rest => rest.strip_prefix('=')?.parse().ok(),
    }
}
