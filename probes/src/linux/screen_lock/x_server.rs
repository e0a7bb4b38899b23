//! When the X server of the session blanks the screen, for lockers that wait for that.
//!
//! Blanking is no lock. But when the server puts the monitor to sleep (DPMS) it also starts its screen saver, and
//! with that a locker that waits for it. Source: xorg-server `DPMSSet`.

use super::Idle;
use crate::finding::Evidence;
use crate::host::{Host, HostError, XScreenSaver};
use crate::linux::session::Display;
use crate::text::Text;

/// What the server says of itself.
#[derive(Clone, Debug)]
pub(super) struct XServer {
    times: Option<XScreenSaver>,
    /// Why there are no times.
    why: Text,
    pub(super) evidence: Option<Evidence>,
}

/// Asks the server, unless the session is one of Wayland, where it decides nothing.
pub(super) fn ask(host: &dyn Host, display: Display) -> XServer {
    let told = match display {
        Display::Wayland => Err(HostError::Absent("the X server".to_owned())),
        Display::X11 | Display::Unknown => host.x_screen_saver(),
    };
    match told {
        Ok(times) => XServer { times: Some(times), why: unread(), evidence: Some(seen(times)) },
        Err(HostError::Absent(_)) => XServer { times: None, why: unread(), evidence: None },
        Err(error) => XServer { times: None, why: error.reason(), evidence: None },
    }
}

fn unread() -> Text {
    text!("The X server decides when the screen goes idle, and it could not be asked (see xset q)")
}

fn seen(times: XScreenSaver) -> Evidence {
    let XScreenSaver { timeout, interval, power_saving } = times;
    Evidence {
        source: "the X server".to_owned(),
        saw: format!(
            "screen saver timeout {timeout}, cycle {interval}; monitor sleeps after {power_saving} (0 is never)"
        ),
        check: "xset q".to_owned(),
    }
}

/// The earlier of two times, of which zero is never.
fn earlier(one: u32, other: u32) -> Option<u32> {
    [one, other].into_iter().filter(|seconds| *seconds > 0).min()
}

impl XServer {
    /// The server never blanks anything.
    pub(super) fn never(&self) -> bool {
        self.times.is_some_and(|times| earlier(times.timeout, times.power_saving).is_none())
    }

    /// When the screen goes dark.
    pub(super) fn idle(&self) -> Idle {
        match self.times.map(|times| earlier(times.timeout, times.power_saving)) {
            Some(Some(seconds)) => Idle::After(seconds),
            Some(None) => Idle::Never(text!("The X server is set to never blank the screen (see xset q)")),
            None => Idle::Unknown(self.why.clone()),
        }
    }

    /// When the screen goes dark, where something else makes it dark after that many seconds.
    pub(super) fn first(&self, seconds: u32) -> Idle {
        let own = self.times.and_then(|times| earlier(times.timeout, times.power_saving));
        Idle::After(own.map_or(seconds, |own| own.min(seconds)))
    }

    /// After how many seconds the screen saver starts; `waits` for one that wants to see its second picture,
    /// because it warns at the first. `None` for never.
    pub(super) fn saver_starts(&self, waits: bool) -> Result<Option<u32>, Text> {
        let Some(XScreenSaver { timeout, interval, power_saving }) = self.times else { return Err(self.why.clone()) };
        let by_sleep = power_saving > 0 && (timeout == 0 || power_saving <= timeout);
        if !waits || by_sleep || timeout == 0 {
            return Ok(earlier(timeout, power_saving));
        }
        match interval {
            0 => Err(text!(
                "The locker warns first and then waits for the X server's next picture, which never comes (see xset q)"
            )),
            interval => Ok(Some(timeout.saturating_add(interval))),
        }
    }
}
