//! After how many seconds without input the screen goes idle, for the desktop the user is in.

use super::screen_lock::{Idle, Look, look};
use crate::finding::{Finding, Observation};
use crate::host::{Host, Read};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::text::Text;

/// The probe.
pub const PROBE: Probe = Probe {
    practice: PracticeId::ScreenIdle,
    platform: Platform::Linux,
    observe,
    reads: "The idle time in the settings of the desktop you are in, or of the idle daemon that runs.",
};

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::ScreenIdle;
    let answer = match look(host)? {
        Look::At(answer) => answer,
        Look::NoDesktop(why) => return Ok(Finding::unsupported(practice, why)),
        Look::Hidden(why) => return Ok(Finding::unknown(practice, why)),
    };
    let finding = match answer.idle {
        Idle::After(seconds) => Finding::new(practice, Observation::Seconds(seconds), idle_after(seconds)),
        Idle::Never(why) => Finding::new(practice, Observation::Off, why),
        Idle::Unknown(why) => Finding::unknown(practice, why),
    };
    let finding = if answer.idle_inferred && matches!(finding.observation, Observation::Seconds(_)) {
        finding.inferred()
    } else {
        finding
    };
    Ok(finding.with_evidence(answer.evidence))
}

fn idle_after(seconds: u32) -> Text {
    match (seconds / 60, seconds % 60) {
        (1, 0) => text!("The screen goes idle after 1 minute"),
        (minutes, 0) if minutes > 0 => text!("The screen goes idle after {minutes} minutes", minutes = minutes),
        (minutes, seconds) if minutes > 1 => text!(
            "The screen goes idle after {minutes} minutes and {seconds} seconds",
            minutes = minutes,
            seconds = seconds
        ),
        _ => text!("The screen goes idle after {seconds} seconds", seconds = seconds),
    }
}
