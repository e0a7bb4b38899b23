//! What a probe says: the observation, how sure it is, and where it was read.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::practice::PracticeId;
use crate::text::Text;

/// What is. No judgement: whether it is good is for a policy to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Observation {
    On,
    Off,
    /// A duration, in seconds.
    Seconds(u32),
    Version(Version),
    Items(Vec<Item>),
    /// This machine has no such thing (no Wi-Fi device, no desktop session). Says what is missing.
    Unsupported(Text),
    /// Could not tell. Says why. Never a pass, never a fail.
    Unknown(Text),
}

/// A version, with what the machine itself knows about how long it is supported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// What it is a version of: the os-release `ID` (`debian`, `fedora`), or `stethoscope`.
    pub product: String,
    /// As the product writes it: `12`, `24.04`, `10.0.26100`. Empty where it has none.
    pub number: String,
    /// The release's code name where it has one: `bookworm`, `noble`.
    pub codename: Option<String>,
    /// The product whose releases this one follows, with its code name or version:
    /// Mint and Pop!_OS follow `ubuntu`, LMDE follows `debian`.
    pub follows: Option<Follows>,
    /// Days on which support ends, each with the file that says so.
    pub support_ends: Vec<SupportEnd>,
    /// No release ever ends: Arch, Tumbleweed, Debian sid, Fedora Rawhide.
    pub rolling: bool,
    /// For a rolling or image-based system: the day its newest part was built or installed.
    pub built: Option<jiff::civil::Date>,
    /// Extended support that this machine is signed up for, for example `Ubuntu Pro`.
    pub extended: Option<String>,
}

/// The release another distribution is built on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    pub product: String,
    /// A code name or a version number.
    pub release: String,
}

/// One dated end of support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportEnd {
    pub day: jiff::civil::Date,
    /// `standard`, or the name of a longer phase: `LTS`, `ESM`.
    pub phase: String,
    /// The file that says so.
    pub source: String,
}

/// One installed application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The package, flatpak or snap name, or the desktop entry's name.
    pub name: String,
    /// As the package manager writes it; empty where unknown.
    pub version: String,
    /// Who installed it: `dpkg`, `rpm`, `pacman`, `apk`, `flatpak`, `snap`, `nix`, `desktop`.
    pub source: Cow<'static, str>,
    /// The name a person sees, where it differs from `name`: `Firefox Web Browser`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// How a claim was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Confidence {
    /// The state itself was read.
    Verified,
    /// Something that normally goes with the state was read, for example "service active, rules not
    /// readable".
    Inferred,
}

/// One thing that was read, so that a person can check the claim by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The file, D-Bus property or socket it was read from: `/etc/ufw/ufw.conf`.
    pub source: String,
    /// The words found there: `ENABLED=yes`.
    pub saw: String,
    /// A command or place that shows the same thing: `cat /etc/ufw/ufw.conf`. May be empty.
    #[serde(default)]
    pub check: String,
}

/// What one probe found out at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub practice: PracticeId,
    pub observation: Observation,
    pub confidence: Confidence,
    /// One line that says what was found, in plain words: "/home is on nvme0n1p3, which is not
    /// encrypted". For `Unsupported` and `Unknown` it is their reason.
    pub detail: Text,
    pub evidence: Vec<Evidence>,
    pub when: Timestamp,
}

impl Finding {
    /// A finding that was read directly. Give it its evidence with [`Finding::saw`].
    pub fn new(practice: PracticeId, observation: Observation, detail: Text) -> Self {
        Finding {
            practice,
            observation,
            confidence: Confidence::Verified,
            detail,
            evidence: Vec::new(),
            when: Timestamp::UNIX_EPOCH,
        }
    }

    /// Could not tell, and why.
    pub fn unknown(practice: PracticeId, why: Text) -> Self {
        Finding::new(practice, Observation::Unknown(why.clone()), why)
    }

    /// This machine has no such thing.
    pub fn unsupported(practice: PracticeId, why: Text) -> Self {
        Finding::new(practice, Observation::Unsupported(why.clone()), why)
    }

    /// Says that the state was concluded, not read.
    #[must_use]
    pub fn inferred(mut self) -> Self {
        self.confidence = Confidence::Inferred;
        self
    }

    /// Adds one thing that was read. Words that go on for long are cut.
    #[must_use]
    pub fn saw(mut self, source: impl Into<String>, saw: impl AsRef<str>, check: impl Into<String>) -> Self {
        self.evidence.push(Evidence { source: source.into(), saw: shorten(saw.as_ref()), check: check.into() });
        self
    }

    /// Adds evidence gathered on the way.
    #[must_use]
    pub fn with_evidence(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}

/// The longest piece of evidence shown, in characters.
const LONGEST_EVIDENCE: usize = 400;

fn shorten(words: &str) -> String {
    let words = words.trim();
    match words.char_indices().nth(LONGEST_EVIDENCE) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}
