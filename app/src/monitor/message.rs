//! The two closed enums of the program: what can be asked of it, and what it tells.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use stethoscope_probes::practice::PracticeId;

use crate::access::view::WebChange;
use crate::settings::Settings;
use crate::snapshot::Snapshot;

/// Everything that tray, window, notifications and a second start can ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Command {
    Scan(Trigger),
    /// Check one practice again.
    Check(PracticeId),
    /// Open the window, at a practice if one is named.
    Open(Option<PracticeId>),
    /// Open the window at a page.
    Show(Place),
    /// Put the notifications of a practice off.
    Snooze(PracticeId, SnoozeSpan),
    /// Keep a practice quiet, with the user's reason.
    Ignore(PracticeId, String),
    /// End snoozing and ignoring of a practice.
    Listen(PracticeId),
    UseProfile(String),
    /// Look at once which profiles there are: one may have been saved by hand.
    LookAtProfiles,
    UseSettings(Box<Settings>),
    /// Start with the session, or no longer.
    StartAtLogin(bool),
    /// Something about web sites: who may ask, or the answer to a question.
    Web(WebChange),
    Quit,
}

/// Where in the window something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// The practices, with the keyboard on *Scan again*: a link scans nothing by itself.
    Scan,
    WebAccess,
    Settings,
    /// Wherever the window is. A link named something that this version does not know.
    NotKnown,
}

/// For how long a practice is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SnoozeSpan {
    Day,
    Week,
}

/// Why a scan runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Trigger {
    Start,
    Timer,
    Person,
    /// The policy or a setting changed.
    Settings,
    /// Something changed a moment ago: look again before it is told.
    Settle,
    /// The system said that something changed.
    Change,
}

/// What the monitor tells everybody.
#[derive(Clone, Debug)]
pub enum Event {
    Scanning(Trigger),
    Scanned(Arc<Snapshot>),
    /// A policy was refused, in words for a person. The policy in force stays in force.
    PolicyRefused(Arc<str>),
    /// The refusal is over: the chosen policy is in force again.
    PolicyAccepted,
    /// Last snapshot or history could not be written, in words for a person. The program goes on.
    NotKept(Arc<str>),
    /// Writing works again, and what had waited is written.
    Kept,
}

impl Event {
    /// Whether somebody who learns the newer event need not know this one.
    pub fn is_replaced_by(&self, newer: &Event) -> bool {
        self.kind() == newer.kind()
    }

    fn kind(&self) -> u8 {
        match self {
            Event::Scanning(_) => 0,
            Event::Scanned(_) => 1,
            Event::PolicyRefused(_) | Event::PolicyAccepted => 2,
            Event::NotKept(_) | Event::Kept => 3,
        }
    }
}
