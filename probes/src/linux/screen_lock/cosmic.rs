//! COSMIC: cosmic-idle blanks the screen and then runs the action that locks, and cosmic-greeter, which runs in
//! the session too, does what it asks for.
//!
//! Sources: cosmic-idle `main.rs` and `cosmic-idle-config` (times in milliseconds), cosmic-greeter `logind.rs`.

use super::lockers::{Effect, effect};
use super::{Answer, Idle, Lock};
use crate::finding::Evidence;
use crate::host::{Host, HostError, Read};
use crate::linux::power::has_battery;
use crate::linux::session::own_processes;
use crate::parse::cosmic;

const IDLE: &str = "com.system76.CosmicIdle/v1";
const SHORTCUTS: &str = "com.system76.CosmicSettings.Shortcuts/v1";

pub(super) fn cosmic(host: &dyn Host) -> Read<Answer> {
    let mut settings = Settings { host, evidence: Vec::new() };
    let dark = settings.seconds("screen_off_time", Some(900))?;
    let on_mains = settings.seconds("suspend_on_ac_time", Some(1800))?;
    let asleep = match has_battery(host)? {
        // The later of the two is what can be relied on.
        true => {
            on_mains.zip(settings.seconds("suspend_on_battery_time", Some(900))?).map(|(one, other)| one.max(other))
        }
        false => on_mains,
    };
    let action = settings.action()?;
    let own = own_processes(host)?;
    let runs = |name: &str| own.iter().find(|process| process.name == name);
    let (watcher, locker) = (runs("cosmic-idle"), runs("cosmic-greeter"));
    let idle = match (dark, watcher) {
        (_, None) => Idle::Unknown(text!("cosmic-idle, which blanks COSMIC's screen, was not seen to run")),
        (Some(seconds), _) => Idle::After(seconds),
        (None, _) => Idle::Never(text!("COSMIC is set to never switch the screen off")),
    };
    // Before it sleeps, cosmic-greeter locks by itself.
    let by_action = dark.filter(|_| action == Effect::AsksForLock || action == Effect::Locks);
    let lock = if watcher.is_none() {
        Lock::Unknown(text!("cosmic-idle, which makes COSMIC lock the screen, was not seen to run"))
    } else if let (Some(_), Effect::Unknown(command)) = (dark, &action) {
        Lock::Unknown(text!("COSMIC runs {command}, and what that does cannot be told", command = command))
    } else if locker.is_none() && action != Effect::Locks {
        Lock::Unknown(text!("cosmic-greeter, which locks COSMIC's screen, was not seen to run"))
    } else {
        match by_action.into_iter().chain(asleep).min() {
            Some(seconds) => Lock::After(seconds),
            None => Lock::Never(text!("COSMIC is set to never switch the screen off, so it never locks by itself")),
        }
    };
    let mut answer = Answer::new(lock, idle);
    // Early versions blanked the screen and did not lock it.
    answer.inferred = true;
    answer.evidence = settings.evidence;
    for process in [watcher, locker].into_iter().flatten() {
        answer = answer.saw(&format!("/proc/{}/comm", process.pid), &process.name, "ps x");
    }
    Ok(answer)
}

struct Settings<'a> {
    host: &'a dyn Host,
    evidence: Vec<Evidence>,
}

impl Settings<'_> {
    /// The user's file and those of the system, the most important first.
    fn files(&self, name: &str) -> Read<Vec<(String, String)>> {
        let mut folders = vec![self.host.config_home()];
        folders.extend(self.host.data_dirs());
        let mut found = Vec::new();
        for folder in folders {
            let path = format!("{folder}/cosmic/{name}");
            found.extend(self.host.read_if_there(&path)?.map(|text| (path, text)));
        }
        Ok(found)
    }

    /// A time in whole seconds; `None` for never.
    fn seconds(&mut self, name: &str, default: Option<u32>) -> Read<Option<u32>> {
        let Some((path, text)) = self.files(&format!("{IDLE}/{name}"))?.into_iter().next() else {
            let words = default.map_or_else(|| "never".to_owned(), |seconds| format!("{seconds} seconds"));
            let saw = format!("{name} is not set; COSMIC's default is {words}");
            self.evidence.push(Evidence { source: IDLE.to_owned(), saw, check: String::new() });
            return Ok(default);
        };
        let wrong = || HostError::Garbled(path.clone(), format!("it says {}", text.trim()));
        let time = cosmic::optional_number(&text).ok_or_else(wrong)?;
        let evidence = Evidence { source: path.clone(), saw: text.trim().to_owned(), check: format!("cat {path}") };
        self.evidence.push(evidence);
        Ok(time.map(|milliseconds| milliseconds / 1000))
    }

    /// What the action that locks does; it can be changed by the user.
    fn action(&mut self) -> Read<Effect> {
        for (path, text) in self.files(&format!("{SHORTCUTS}/system_actions"))? {
            if let Some(command) = cosmic::entry(&text, "LockScreen") {
                let saw = format!("LockScreen: {command}");
                self.evidence.push(Evidence { source: path.clone(), saw, check: format!("cat {path}") });
                return Ok(effect(&command));
            }
        }
        Ok(Effect::AsksForLock)
    }
}
