//! light-locker, which locks some time after the X server's screen saver starts.

use super::daemons::{seen, x_server};
use super::keys::Keys;
use super::{Answer, Idle, Lock};
use crate::host::{Host, Process, Read};

/// The answer of a light-locker that runs. Its command line outweighs its settings.
pub(super) fn light_locker(host: &dyn Host, process: &Process) -> Read<Answer> {
    let mut keys = Keys::open(host)?;
    let set = keys.number("apps.light-locker", "lock-after-screensaver", 5)?;
    let delay = on_the_line(&process.arguments).unwrap_or(set);
    let lock = if delay == 0 {
        Lock::Never(text!(
            "light-locker is set to never lock when the screen saver starts (lock-after-screensaver is 0)"
        ))
    } else {
        Lock::Unknown(x_server())
    };
    let mut answer = Answer {
        lock,
        idle: Idle::Unknown(x_server()),
        inferred: keys.assumed,
        idle_inferred: false,
        evidence: keys.evidence,
    };
    answer.evidence.push(seen(process));
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
