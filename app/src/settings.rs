//! What the user chose. Kept in RON, versioned; unknown fields are refused with file and line.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use stethoscope_probes::practice::PracticeId;

/// The format this program writes.
pub const FORMAT: u32 = 1;

/// What the user chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub format: u32,
    /// The profile's file name without its ending: `home`, `workplace`.
    pub profile: String,
    /// Minutes between two scans, 1 to 1440.
    pub interval_minutes: u32,
    pub notifications: Notifications,
    pub theme: Theme,
    /// Practices whose notifications are put off, and until when.
    pub snoozed: BTreeMap<PracticeId, Timestamp>,
    /// Practices the user does not want to hear of, and why. They stay visible and keep their state.
    pub ignored: BTreeMap<PracticeId, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            format: FORMAT,
            profile: "home".to_owned(),
            interval_minutes: 5,
            notifications: Notifications::default(),
            theme: Theme::System,
            snoozed: BTreeMap::new(),
            ignored: BTreeMap::new(),
        }
    }
}

/// When the user wants to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notifications {
    /// Tell when a practice starts to fail.
    pub failing: bool,
    /// Tell when a practice becomes a suggestion.
    pub suggested: bool,
    /// Tell when it is mended.
    pub recovery: bool,
    /// Seconds a change has to hold before it is told.
    pub settle_seconds: u32,
    /// Hours in local time during which nothing is told until they are over.
    pub quiet_hours: Option<QuietHours>,
}

impl Default for Notifications {
    fn default() -> Self {
        Notifications { failing: true, suggested: true, recovery: true, settle_seconds: 20, quiet_hours: None }
    }
}

/// From when to when. May go past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    pub from: Time,
    pub until: Time,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    System,
    Light,
    Dark,
}
