//! XScreenSaver, which runs and re-reads `~/.xscreensaver` when that changes.

use super::x_server::XServer;
use super::{Answer, Idle, Lock};
use crate::host::{Host, HostError, Read};
use crate::parse::xscreensaver::{seconds, value};

/// Where packages keep the defaults.
const DEFAULTS: &str = "/etc/X11/app-defaults";

/// The answer of an XScreenSaver that runs.
pub(super) fn xscreensaver(host: &dyn Host, server: &XServer) -> Read<Answer> {
    let own = format!("{}/.xscreensaver", host.user().home);
    let mut texts: Vec<(String, String)> = Vec::new();
    if let Some(text) = host.read_if_there(&own)? {
        texts.push((own.clone(), text));
    }
    for name in ["XScreenSaver", "XScreenSaver-nogl"] {
        let path = format!("{DEFAULTS}/{name}");
        if let Some(text) = host.read_if_there(&path)? {
            texts.push((path, text));
        }
    }
    let of = |key: &str| {
        texts.iter().find_map(|(path, text)| value(text, key).map(|value| (path.clone(), value.to_owned())))
    };
    let time = |key: &str, default: u32| match of(key) {
        None => Ok(default),
        Some((path, text)) => seconds(&text).ok_or_else(|| HostError::Garbled(path, format!("{key} is {text}"))),
    };
    let mode = of("mode").map_or_else(|| "random".to_owned(), |(_, mode)| mode);
    let (timeout, grace) = (time("timeout", 600)?, time("lockTimeout", 0)?);
    let locks = of("lock").is_some_and(|(_, lock)| matches!(lock.to_ascii_lowercase().as_str(), "true" | "on" | "yes"));
    let lock = if mode == "off" {
        Lock::Never(text!("XScreenSaver is switched off (mode is off)"))
    } else if !locks {
        Lock::Never(text!("XScreenSaver blanks the screen but does not lock it (lock is False)"))
    } else {
        Lock::After(timeout.saturating_add(grace))
    };
    let idle = if mode == "off" { server.idle() } else { Idle::After(timeout) };
    let mut answer = Answer::new(lock, idle);
    for key in ["mode", "lock", "timeout", "lockTimeout"] {
        answer = match of(key) {
            Some((path, value)) => answer.saw(&path, &format!("{key}: {value}"), &format!("grep {key} {path}")),
            None => answer.saw(&own, &format!("{key} is not set"), &format!("grep {key} {own}")),
        };
    }
    Ok(answer)
}
