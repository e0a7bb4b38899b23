//! Web access as it is shown and changed: by the window, the notification and the console.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use stethoscope_probes::practice::PracticeId;

use super::Whose;
use crate::settings::{Permission, WebSwitch};
use crate::site::Origin;

/// Everything the *Web access* page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebView {
    pub status: Status,
    pub switch: WebSwitch,
    /// The administrator decided whether it is on.
    pub pinned: bool,
    /// Unknown sites may raise a question.
    pub questions_allowed: bool,
    /// The administrator decided whether they may.
    pub questions_pinned: bool,
    pub sites: Vec<SiteView>,
    /// Waiting for the user, oldest first.
    pub questions: Vec<Question>,
    /// The last visits, newest first.
    pub visits: Vec<Visit>,
}

/// Whether pages can reach this program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    #[default]
    Off,
    Listening,
    /// Another program has the port. It is tried again.
    Taken {
        /// Who it is, as far as can be seen: a sentence's object, for example `node (process 4711)`.
        holder: Option<String>,
    },
    /// The port could not be opened for another reason, in words.
    Failed(String),
}

/// A site with somebody's word on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteView {
    /// An origin, or a pattern.
    pub site: String,
    pub permission: Permission,
    pub identifiers: Option<bool>,
    pub by: Whose,
    /// When the user said so.
    pub since: Option<Timestamp>,
}

/// A site that wants to know something and that nobody has decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    pub origin: Origin,
    /// The practices it asks about.
    pub practices: Vec<PracticeId>,
    /// The facts about the device it asks for, apart from identifiers.
    pub facts: Vec<Fact>,
    /// The identifiers it asks for.
    pub identifiers: Vec<Fact>,
    /// The site is allowed already; only the identifiers are the question.
    pub second: bool,
    pub since: Timestamp,
}

/// A fact about the device that a page can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fact {
    /// System, version, build.
    System,
    Model,
    Firmware,
    /// Whether each disk is encrypted.
    Disks,
    /// What is installed, of what the page's own policy names.
    Applications,
    // What tells this device from all others:
    DeviceName,
    DeviceId,
    SerialNumber,
    MacAddresses,
    IpAddresses,
    /// Identifiers and names of the disks.
    DiskIds,
    BrowserExtensions,
}

/// What the user says to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// This time only.
    Once,
    Always,
    Never,
}

/// A change that the user asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WebChange {
    Switch(WebSwitch),
    /// Whether unknown sites may raise questions.
    Questions(bool),
    /// From now on, without a question. `None`: ask once more about identifiers.
    Allow {
        origin: Origin,
        identifiers: Option<bool>,
    },
    Refuse(Origin),
    /// Nothing is decided about the site any more.
    Forget(Origin),
    /// Takes a pattern out of the settings, or puts it in.
    Pattern {
        pattern: crate::site::Pattern,
        allowed: bool,
    },
    /// The answer to the question of that site.
    Answer {
        origin: Origin,
        answer: Answer,
        identifiers: bool,
    },
}

/// One request of a page, as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    pub at: Timestamp,
    /// The site as it named itself, cut to a sensible length; it may be nonsense.
    pub origin: String,
    /// What it asked for: `policy.firewall`, `device.deviceId`.
    pub fields: Vec<String>,
    pub result: VisitResult,
    /// How often the same happened within a minute; such visits are one line.
    #[serde(default = "one")]
    pub times: u32,
}

impl Visit {
    /// Takes in the same visit again, if this one is less than a minute old.
    pub fn merge(&mut self, again: &Visit) -> bool {
        let since = again.at.duration_since(self.at);
        let is_same = since >= SignedDuration::ZERO
            && since < SignedDuration::from_mins(1)
            && self.result == again.result
            && self.origin == again.origin
            && self.fields == again.fields;
        if is_same {
            self.times = self.times.saturating_add(again.times);
        }
        is_same
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VisitResult {
    /// It got an answer; identifiers were left out or not asked for.
    Answered,
    /// It got an answer with identifiers.
    AnsweredWithIdentifiers,
    /// The question made no sense.
    Mistaken,
    /// The user or the organisation refuses this site.
    Refused,
    /// Nobody allowed this site, and no question was raised.
    NotAllowed,
    /// A question was raised and not answered in time.
    Unanswered,
    /// Asked too often.
    TooOften,
}

fn one() -> u32 {
    1
}
