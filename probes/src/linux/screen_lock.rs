//! Whether leaving the machine alone ends in a locked screen, for the desktop the user is in.

mod answer;
mod cinnamon;
mod cosmic;
mod daemons;
mod gnome;
mod hypridle;
mod keys;
mod light_locker;
mod lockers;
mod logind;
mod lxqt;
mod mate;
mod plasma;
mod x_server;
mod xfce;
mod xscreensaver;

#[cfg(all(test, feature = "fixture"))]
mod tests;

pub(crate) use answer::{Answer, Idle, Lock};

use crate::finding::{Finding, Observation};
use crate::host::{Host, Read};
use crate::linux::account_password::lock_is_worthless;
use crate::linux::automatic_login::{Start, start};
use crate::linux::place::{hides_the_machine, place};
use crate::linux::session::{Session, is_bare, session};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::{Desktop, Place};
use crate::text::Text;

/// The probe.
pub const PROBE: Probe = Probe {
    practice: PracticeId::ScreenLock,
    platform: Platform::Linux,
    observe,
    reads: "The settings of the desktop you are in, and the programs that lock its screen.",
};

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::ScreenLock;
    let mut answer = match look(host)? {
        Look::At(answer) => answer,
        Look::NoDesktop(why) => return Ok(Finding::unsupported(practice, why)),
        Look::Hidden(why) => return Ok(Finding::unknown(practice, why)),
    };
    let mut restart_gets_past = false;
    if let Lock::After(_) = answer.lock {
        if let Some((why, evidence)) = lock_is_worthless(host, answer.unlocked_by) {
            answer.lock = Lock::Never(why);
            answer.evidence.splice(0..0, evidence);
        } else if let Start::LogsIn { evidence, .. } = start(host) {
            restart_gets_past = true;
            answer.evidence.extend(evidence);
        }
    }
    let finding = match answer.lock {
        Lock::After(seconds) if restart_gets_past => {
            Finding::new(practice, Observation::On, locks_until_restart(seconds))
        }
        Lock::After(seconds) => Finding::new(practice, Observation::On, locks_after(seconds)),
        Lock::Never(why) => Finding::new(practice, Observation::Off, why),
        Lock::Unknown(why) => Finding::unknown(practice, why),
    };
    let finding = if answer.inferred && finding.observation == Observation::On { finding.inferred() } else { finding };
    Ok(finding.with_evidence(answer.evidence))
}

fn locks_after(seconds: u32) -> Text {
    match (seconds / 60, seconds % 60) {
        (1, 0) => text!("Left alone, the screen locks after 1 minute"),
        (minutes, 0) if minutes > 0 => text!("Left alone, the screen locks after {minutes} minutes", minutes = minutes),
        (minutes, seconds) if minutes > 1 => text!(
            "Left alone, the screen locks after {minutes} minutes and {seconds} seconds",
            minutes = minutes,
            seconds = seconds
        ),
        _ => text!("Left alone, the screen locks after {seconds} seconds", seconds = seconds),
    }
}

/// The lock holds, but the computer logs somebody in when it starts.
fn locks_until_restart(seconds: u32) -> Text {
    match (seconds / 60, seconds % 60) {
        (minutes, 0) if minutes > 1 => text!(
            "Left alone, the screen locks after {minutes} minutes, but restarting the computer gets past it without a password",
            minutes = minutes
        ),
        (minutes, seconds) if minutes > 1 => text!(
            "Left alone, the screen locks after {minutes} minutes and {seconds} seconds, but restarting the computer gets past it without a password",
            minutes = minutes,
            seconds = seconds
        ),
        _ => text!(
            "Left alone, the screen locks after {seconds} seconds, but restarting the computer gets past it without a password",
            seconds = seconds
        ),
    }
}

/// What could be found out about the screen.
#[derive(Debug)]
pub(crate) enum Look {
    At(Answer),
    NoDesktop(Text),
    Hidden(Text),
}

/// Asks the desktop of this session about locking and idling.
pub(crate) fn look(host: &dyn Host) -> Read<Look> {
    let place = place(host);
    let session = session(host);
    match (place, session.desktop) {
        (Place::Sandbox, _) => {
            return Ok(Look::Hidden(hides_the_machine(place).unwrap_or(text!("This is a sandbox"))));
        }
        (Place::Wsl, _) => {
            return Ok(Look::NoDesktop(text!("The screen belongs to Windows, not to this system")));
        }
        (_, Desktop::None) => {
            return Ok(match session.doubt.clone() {
                Some(why) => Look::Hidden(why),
                None => Look::NoDesktop(text!("You are not in a graphical session on this machine")),
            });
        }
        _ => {}
    }
    let mut answer = ask(host, &session)?;
    if place == Place::Container {
        // The user's own settings are shared with the machine, the system's may not be.
        (answer.inferred, answer.idle_inferred) = (true, true);
    }
    answer.evidence.extend(session.evidence.iter().cloned());
    Ok(Look::At(answer))
}

fn ask(host: &dyn Host, session: &Session) -> Read<Answer> {
    match session.desktop {
        Desktop::Gnome => gnome::gnome(host),
        Desktop::Budgie => gnome::budgie(host, session),
        Desktop::Pantheon => gnome::pantheon(host, session),
        Desktop::Plasma => plasma::plasma(host),
        Desktop::Xfce => xfce::xfce(host, session),
        Desktop::Cinnamon => cinnamon::cinnamon(host),
        Desktop::Mate => mate::mate(host, session),
        Desktop::Lxqt => lxqt::lxqt(host, session),
        Desktop::Cosmic => cosmic::cosmic(host),
        Desktop::Sway | Desktop::Hyprland | Desktop::I3 => daemons::bare(host, session),
        Desktop::Other | Desktop::None => {
            if session.name.split(':').any(is_bare) {
                return daemons::bare(host, session);
            }
            daemons::running(host, session.display)?.map_or_else(
                || {
                    let why =
                        text!("Stethoscope does not know how {desktop} locks its screen", desktop = name(session));
                    Ok(Answer::unknown(why))
                },
                Ok,
            )
        }
    }
}

fn name(session: &Session) -> String {
    if session.name.is_empty() { session.desktop.label().to_owned() } else { session.name.clone() }
}
