//! What the user chose. Kept in RON, versioned; unknown fields are refused with file and line.

mod file;
mod web;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use stethoscope_probes::practice::PracticeId;

pub use file::{SaveError, SettingsProblem, load, parse, save};
pub use web::{Permission, Site, Web, WebSwitch};

/// The format this program writes.
pub const FORMAT: u32 = 1;

/// The longest time between two scans, in minutes: a day.
pub const LONGEST_INTERVAL: u32 = 1440;

/// The longest time a change may have to hold before it is told, in seconds: an hour.
pub const LONGEST_SETTLE: u32 = 3600;

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
    /// The user has seen the welcome page.
    pub welcomed: bool,
    /// Practices whose notifications are put off, and until when.
    pub snoozed: BTreeMap<PracticeId, Timestamp>,
    /// Practices the user does not want to hear of, and why. They stay visible and keep their state.
    pub ignored: BTreeMap<PracticeId, String>,
    /// Which web sites may ask about this computer.
    pub web: Web,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            format: FORMAT,
            profile: "home".to_owned(),
            interval_minutes: 5,
            notifications: Notifications::default(),
            theme: Theme::System,
            welcomed: false,
            snoozed: BTreeMap::new(),
            ignored: BTreeMap::new(),
            web: Web::default(),
        }
    }
}

/// A value that makes no sense: the field it stands in, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {wanted}, not {found}")]
pub struct Impossible {
    pub field: &'static str,
    pub wanted: String,
    pub found: String,
}

impl Settings {
    /// Whether every value is one that the program can follow.
    pub fn validate(&self) -> Result<(), Impossible> {
        let refuse = |field, wanted: String, found: String| Err(Impossible { field, wanted, found });
        if !(1..=LONGEST_INTERVAL).contains(&self.interval_minutes) {
            let wanted = format!("takes 1 to {LONGEST_INTERVAL} minutes");
            return refuse("interval_minutes", wanted, self.interval_minutes.to_string());
        }
        if self.notifications.settle_seconds > LONGEST_SETTLE {
            let wanted = format!("takes 0 to {LONGEST_SETTLE} seconds");
            return refuse("settle_seconds", wanted, self.notifications.settle_seconds.to_string());
        }
        if let Some(hours) = self.notifications.quiet_hours
            && hours.from == hours.until
        {
            return refuse("quiet_hours", "takes two different times".to_owned(), format!("{0} to {0}", hours.from));
        }
        let is_name = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
        if !is_name(&self.profile) {
            let wanted = "takes the name of a profile's file without its ending".to_owned();
            return refuse("profile", wanted, format!("{:?}", self.profile));
        }
        Ok(())
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
