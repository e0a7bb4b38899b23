//! What is asked of a device: a named set of requirements.

pub mod load;
pub(crate) mod nearest;
mod read;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use stethoscope_probes::finding::Item;
use stethoscope_probes::practice::{Platform, PracticeId};

pub(crate) use read::Mistake;

/// A named set of requirements. A policy that the settings offer is called a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// For people: `Workplace`.
    pub name: String,
    /// Two or three sentences a person can choose by.
    pub description: String,
    /// What is asked of each practice. A practice that is missing is not checked.
    pub requirements: BTreeMap<PracticeId, Requirement>,
}

/// What is asked of one practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requirement {
    /// It has to be on.
    Always,
    /// It should be on; off is a nudge.
    Suggested,
    /// It has to be on where the device can do it.
    IfSupported,
    /// It has to be off.
    Never,
    /// It has to be on and not longer than this.
    AtMost { seconds: u32 },
    /// Version brackets by product (`debian`), platform (`linux`) or `any`, the first that fits counts.
    Versions(BTreeMap<String, Bracket>),
    /// A release that still gets security fixes, by the lifecycle data.
    Supported,
    /// Rules for applications.
    Apps(Vec<AppRule>),
}

impl fmt::Display for Requirement {
    /// What is asked, in a few words and as a policy writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Requirement::Always => f.write_str("Always"),
            Requirement::Suggested => f.write_str("Suggested"),
            Requirement::IfSupported => f.write_str("IfSupported"),
            Requirement::Never => f.write_str("Never"),
            Requirement::AtMost { seconds } => write!(f, "AtMost(seconds: {seconds})"),
            Requirement::Versions(brackets) => {
                let brackets: Vec<String> =
                    brackets.iter().map(|(of, bracket)| format!("{of} {}", bracket.ok)).collect();
                write!(f, "Versions({})", brackets.join("; "))
            }
            Requirement::Supported => f.write_str("Supported"),
            Requirement::Apps(rules) => {
                let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
                write!(f, "Apps({})", names.join(", "))
            }
        }
    }
}

/// Which versions are good, and which are good enough for a nudge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bracket {
    /// A range such as `>=12` or `>=10.0.19045, <11`: pass.
    pub ok: String,
    /// A wider range: nudge. Outside of both: fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nudge: Option<String>,
}

/// What is asked of one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppRule {
    /// The exact package, flatpak or snap name, or a name a person sees. Case does not count.
    pub name: String,
    /// Other exact names of the same application, for other package managers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// A version range such as `>=128`. Without it any version is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub requirement: AppRequirement,
    /// Where the rule counts. Empty: everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<Platform>,
    /// Where to get it, or a page that says why it is unwanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Whether an application is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppRequirement {
    /// It has to be there, in a good version.
    Always,
    /// It should be there, in a good version.
    Suggested,
    /// If it is there, its version has to be good.
    IfSupported,
    /// It must not be there.
    Never,
}

impl AppRule {
    /// Whether the rule speaks of that application. Exact names, case aside.
    pub fn names(&self, item: &Item) -> bool {
        let same = |name: &String| {
            name.eq_ignore_ascii_case(&item.name)
                || item.label.as_ref().is_some_and(|label| name.eq_ignore_ascii_case(label))
        };
        same(&self.name) || self.also.iter().any(same)
    }
}
