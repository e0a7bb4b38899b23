//! The two closed enums of the program: what can be asked of it, and what it tells.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use stethoscope_probes::practice::PracticeId;

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
    /// Put the notifications of a practice off.
    Snooze(PracticeId, SnoozeSpan),
    /// Keep a practice quiet, with the user's reason.
    Ignore(PracticeId, String),
    /// End snoozing and ignoring of a practice.
    Listen(PracticeId),
    UseProfile(String),
    UseSettings(Box<Settings>),
    /// Start with the session, or no longer.
    StartAtLogin(bool),
    Quit,
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
}

/// What the monitor tells everybody.
#[derive(Clone, Debug)]
pub enum Event {
    Scanning(Trigger),
    Scanned(Arc<Snapshot>),
}
