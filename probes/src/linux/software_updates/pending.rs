//! What every package manager's comparison comes to: updates that wait, those held back, and of which
//! day that knowledge is.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{FRESH_DAYS, PRACTICE, days_since, evidence};
use crate::finding::{Evidence, Finding, Observation};
use crate::host::Host;
use crate::text::Text;

/// How many packages a sentence names.
const NAMED: usize = 3;

/// Which updates were looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// Those that mend a security fault, where the distribution marks them.
    Security,
    /// Every one, where the distribution marks none.
    All,
}

/// From which version to which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Update {
    pub(super) old: String,
    pub(super) new: String,
}

/// The installed packages of which there is something newer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    /// Nothing stands against these but that nobody has installed them.
    pub(super) pending: BTreeMap<String, Update>,
    /// Somebody asked for these to stay as they are.
    pub(super) held: Vec<String>,
    /// These reach this machine on a later day.
    pub(super) later: Vec<String>,
}

impl Compared {
    /// Notes an update; of several for one package the newest is kept.
    pub(super) fn add(&mut self, name: &str, old: &str, new: &str, order: impl Fn(&str, &str) -> Ordering) {
        let is_older = self.pending.get(name).is_some_and(|known| order(new, &known.new) != Ordering::Greater);
        if !is_older {
            self.pending.insert(name.to_owned(), Update { old: old.to_owned(), new: new.to_owned() });
        }
    }

    /// Sorts the lists of names. A name that waits is not listed as left alone.
    pub(super) fn tidy(&mut self) {
        for list in [&mut self.held, &mut self.later] {
            list.sort();
            list.dedup();
            list.retain(|name| !self.pending.contains_key(name));
        }
    }

    /// The first of those that wait: more than a sentence names, fewer than could be many.
    pub(super) fn named(&self) -> impl Iterator<Item = (&String, &Update)> {
        self.pending.iter().take(NAMED * 3)
    }
}

/// Of which moment the lists of packages are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Knowledge {
    pub(super) when: Timestamp,
    /// The file that says so, and its words.
    pub(super) source: String,
    pub(super) words: String,
    /// Whether the lists are complete and of that day was concluded, not read.
    pub(super) is_inferred: bool,
    /// Why they say nothing about today.
    pub(super) stale: Option<Text>,
}

impl Knowledge {
    /// Lists last changed at a moment: stale when that is too long ago or lies ahead of the clock.
    pub(super) fn changed(host: &dyn Host, source: &str, when: Timestamp) -> Self {
        const DAY: i64 = 86_400;
        let days = days_since(host, when);
        let stale = if when.as_second() - host.now().as_second() > DAY {
            Some(text!(
                "The package list {file} is newer than this computer's clock, so one of them is wrong",
                file = source
            ))
        } else {
            (days > FRESH_DAYS).then(|| Self::too_old(days))
        };
        let words = format!("of {}, {days} days ago", when.strftime("%Y-%m-%d"));
        Knowledge { when, source: source.to_owned(), words, is_inferred: false, stale }
    }

    pub(super) fn too_old(days: i64) -> Text {
        text!("The package lists are {days} days old, too old to say that nothing is missing", days = days)
    }

    pub(super) fn evidence(&self) -> Evidence {
        evidence(&self.source, &self.words, format!("stat {}", self.source))
    }
}

/// What is pending is pending, however old the lists; that nothing is, only fresh ones can say.
pub(super) fn verdict(host: &dyn Host, counted: Counted, compared: &Compared, known: &Knowledge) -> Finding {
    if !compared.pending.is_empty() {
        return Finding::new(PRACTICE, Observation::Off, waiting(counted, compared));
    }
    // A few exceptions are somebody's choice; more of them are a system that is not updated.
    if compared.held.len() > NAMED {
        let names = compared.held.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let count = compared.held.len();
        let detail = match counted {
            Counted::Security => text!(
                "{count} security updates are held back on purpose, {names} among them",
                count = count,
                names = names
            ),
            Counted::All => {
                text!("{count} updates are held back on purpose, {names} among them", count = count, names = names)
            }
        };
        return Finding::new(PRACTICE, Observation::Off, detail);
    }
    if let Some(why) = &known.stale {
        return Finding::unknown(PRACTICE, why.clone());
    }
    let finding = Finding::new(PRACTICE, Observation::On, nothing(counted, compared, days_since(host, known.when)));
    if known.is_inferred { finding.inferred() } else { finding }
}

fn waiting(counted: Counted, compared: &Compared) -> Text {
    let names: Vec<&str> = compared.pending.keys().take(NAMED).map(String::as_str).collect();
    let names = names.join(", ");
    match (counted, compared.pending.len()) {
        (Counted::Security, 1) => text!("A security update waits to be installed: {names}", names = names),
        (Counted::Security, count) if count <= NAMED => {
            text!("{count} security updates wait to be installed: {names}", count = count, names = names)
        }
        (Counted::Security, count) => {
            text!("{count} security updates wait to be installed, {names} among them", count = count, names = names)
        }
        (Counted::All, 1) => text!("An update waits to be installed: {names}", names = names),
        (Counted::All, count) if count <= NAMED => {
            text!("{count} updates wait to be installed: {names}", count = count, names = names)
        }
        (Counted::All, count) => {
            text!("{count} updates wait to be installed, {names} among them", count = count, names = names)
        }
    }
}

fn nothing(counted: Counted, compared: &Compared, days: i64) -> Text {
    let names = compared.held.join(", ");
    match (counted, compared.held.len(), days) {
        (Counted::Security, 0, 0) => text!("No security update is missing, as of today"),
        (Counted::Security, 0, 1) => text!("No security update is missing, as of yesterday"),
        (Counted::Security, 0, days) => text!("No security update is missing, as of {days} days ago", days = days),
        (Counted::Security, 1, _) => {
            text!("No security update is missing but one that is held back on purpose: {name}", name = names)
        }
        (Counted::Security, ..) => {
            text!("No security updates are missing but those held back on purpose: {names}", names = names)
        }
        (Counted::All, 0, 0) => text!("No update is missing, as of today"),
        (Counted::All, 0, 1) => text!("No update is missing, as of yesterday"),
        (Counted::All, 0, days) => text!("No update is missing, as of {days} days ago", days = days),
        (Counted::All, 1, _) => {
            text!("No update is missing but one that is held back on purpose: {name}", name = names)
        }
        (Counted::All, ..) => {
            text!("No updates are missing but those held back on purpose: {names}", names = names)
        }
    }
}
