//! Which web sites may ask about this computer, as the user chose.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::site::{Origin, Pattern};

/// What the user chose about web sites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    pub switch: WebSwitch,
    /// A site that nobody has decided on yet may raise a question. Otherwise it is refused in silence.
    pub questions: bool,
    pub sites: BTreeMap<Origin, Site>,
    /// Sites that may ask without being named one by one. They get no identifiers.
    pub patterns: Vec<Pattern>,
}

impl Default for Web {
    fn default() -> Self {
        Web { switch: WebSwitch::Auto, questions: true, sites: BTreeMap::new(), patterns: Vec::new() }
    }
}

/// Whether pages can reach this program at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebSwitch {
    /// On as soon as one site is allowed, by the user or by the organisation.
    #[default]
    Auto,
    On,
    Off,
}

/// The user's word on one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub permission: Permission,
    /// Whether it may also know what tells this device from all others: serial number, machine id, addresses,
    /// name. `None`: the user has not been asked.
    #[serde(default)]
    pub identifiers: Option<bool>,
    /// When the user said so.
    pub since: Timestamp,
}

/// May ask, or may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permission {
    Allowed,
    Refused,
}
