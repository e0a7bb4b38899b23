//! Xfce: the locker that runs, and for xfce4-screensaver its Xfconf channel.
//!
//! Sources: xfce4-screensaver `gs-prefs.h`, xfce4-power-manager `xfpm-config.h`.

use super::daemons::{self, is};
use super::x_server;
use super::{Answer, Idle, Lock};
use crate::finding::Evidence;
use crate::host::{Host, HostError, Read};
use crate::linux::session::{Session, own_processes};
use crate::parse::xfconf::{Property, property};

const SAVER: &str = "xfce4-screensaver";
const POWER: &str = "xfce4-power-manager";

pub(super) fn xfce(host: &dyn Host, session: &Session) -> Read<Answer> {
    let server = x_server::ask(host, session.display);
    let own = own_processes(host)?;
    let Some(process) = own.iter().find(|process| is(process, SAVER)) else {
        return Ok(daemons::running(host, session.display)?.unwrap_or_else(|| {
            let why = text!("No screen locker runs (xfce4-screensaver, light-locker or xscreensaver)");
            let mut answer = Answer::new(Lock::Never(why), server.idle());
            answer.evidence.extend(server.evidence.clone());
            answer.saw("the processes of your account", "no screen locker among them", "ps x")
        }));
    };
    let mut channel = Channels { host, evidence: Vec::new() };
    let saver = channel.flag(SAVER, "/saver/enabled", true)?;
    let by_idling = channel.flag(SAVER, "/saver/idle-activation/enabled", true)?;
    let delay = channel.minutes(SAVER, "/saver/idle-activation/delay", 5)?;
    let lock = channel.flag(SAVER, "/lock/enabled", true)?;
    let with_saver = channel.flag(SAVER, "/lock/saver-activation/enabled", true)?;
    let lock_delay = channel.minutes(SAVER, "/lock/saver-activation/delay", 0)?;
    let presenting = channel.flag(POWER, "/xfce4-power-manager/presentation-mode", false)?;
    let lock = if !saver {
        Lock::Never(text!("The screensaver, and with it the lock, is switched off"))
    } else if !by_idling {
        Lock::Never(text!("The screensaver does not start when the computer is idle, so nothing locks the screen"))
    } else if !lock {
        Lock::Never(text!("The screen lock is switched off in the screensaver's settings"))
    } else if !with_saver {
        Lock::Never(text!("The screensaver starts, but it is set not to lock the screen"))
    } else if presenting {
        Lock::Never(text!("Presentation mode is on, so the screen does not lock by itself"))
    } else {
        Lock::After(delay.saturating_add(lock_delay))
    };
    let idle = match (saver && by_idling, presenting) {
        (_, true) => Idle::Never(text!("Presentation mode is on, so the screen does not go idle")),
        (true, false) => Idle::After(delay),
        (false, false) => server.idle(),
    };
    let mut answer = Answer::new(lock, idle);
    answer.evidence = channel.evidence;
    Ok(answer.saw(&format!("/proc/{}/comm", process.pid), &process.name, "ps x"))
}

struct Channels<'a> {
    host: &'a dyn Host,
    evidence: Vec<Evidence>,
}

impl Channels<'_> {
    fn flag(&mut self, channel: &str, path: &str, default: bool) -> Read<bool> {
        match self.read(channel, path, &default.to_string())? {
            None => Ok(default),
            Some((file, value)) => {
                value.parse().map_err(|_unparsed| HostError::Garbled(file, format!("{path} is {value}")))
            }
        }
    }

    /// Whole minutes in the file, seconds in the answer.
    fn minutes(&mut self, channel: &str, path: &str, default: u32) -> Read<u32> {
        let minutes = match self.read(channel, path, &default.to_string())? {
            None => default,
            Some((file, value)) => {
                value.parse().map_err(|_unparsed| HostError::Garbled(file, format!("{path} is {value}")))?
            }
        };
        Ok(minutes.saturating_mul(60))
    }

    /// The user's value, unless a system file locks its own.
    fn read(&mut self, channel: &str, path: &str, default: &str) -> Read<Option<(String, String)>> {
        let user = self.host.user().name;
        let mut directories = vec![self.host.config_home()];
        directories.extend(self.host.config_dirs());
        let mut found: Option<(String, Property)> = None;
        for (index, directory) in directories.iter().enumerate() {
            let file = format!("{directory}/xfce4/xfconf/xfce-perchannel-xml/{channel}.xml");
            let Some(text) = self.host.read_if_there(&file)? else { continue };
            let property =
                property(&text, path, &user).map_err(|error| HostError::Garbled(file.clone(), error.to_string()))?;
            if let Some(property) = property
                && (found.is_none() || (index > 0 && property.locked))
            {
                found = Some((file, property));
            }
        }
        let (source, saw) = match &found {
            Some((file, property)) => (file.clone(), format!("{path} = {}", property.value)),
            None => (format!("{channel}.xml"), format!("{path} is not set; the default is {default}")),
        };
        self.evidence.push(Evidence { source, saw, check: format!("xfconf-query -c {channel} -p {path}") });
        Ok(found.map(|(file, property)| (file, property.value)))
    }
}
