//! What the tray shows: icon, tooltip and menu, worked out without any toolkit.

pub mod host;
pub mod native;

use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text;

use crate::guidance;
use crate::link::ProfileView;
use crate::monitor::message::{Command, Trigger};
use crate::snapshot::{Overall, Snapshot};
use crate::verdict::VerdictState;
use crate::words::{say, tr};

/// What the tray is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The newest snapshot. `None` while the first scan ever is still running.
    pub snapshot: Option<&'a Snapshot>,
    pub scanning: bool,
    pub profiles: &'a [ProfileView],
    /// The id of the profile in force.
    pub profile: &'a str,
    /// An administrator chose the profile.
    pub pinned: bool,
}

/// Everything the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuModel {
    pub icon: Icon,
    /// One sentence on the whole device.
    pub tooltip: String,
    pub entries: Vec<Entry>,
}

/// One line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Says something; cannot be chosen.
    Label(String),
    Item(Item),
    Separator,
    Menu {
        label: String,
        entries: Vec<Entry>,
    },
}

/// A line of the menu that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub label: String,
    /// What choosing it asks for. `None`: cannot be chosen now.
    pub command: Option<Command>,
    /// `Some` draws a mark for the one that is in force.
    pub checked: Option<bool>,
}

/// One picture a state of the whole, distinct in shape as well as in colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Icon {
    Pass,
    Nudge,
    Fail,
    Unknown,
    /// Nothing is known yet.
    Scanning,
}

impl Icon {
    /// Every icon.
    pub const ALL: [Icon; 5] = [Icon::Pass, Icon::Nudge, Icon::Fail, Icon::Unknown, Icon::Scanning];

    /// The name its files have in `assets/icons/tray`.
    pub fn file_name(self) -> &'static str {
        match self {
            Icon::Pass => "pass",
            Icon::Nudge => "nudge",
            Icon::Fail => "fail",
            Icon::Unknown => "unknown",
            Icon::Scanning => "scanning",
        }
    }
}

/// What the tray shows of these facts.
pub fn menu(facts: &Facts<'_>) -> MenuModel {
    let tooltip = match facts.snapshot {
        Some(snapshot) => tr(&snapshot.sentence()),
        None => say("Looking at this computer for the first time").to_owned(),
    };
    let mut entries = vec![Entry::Label(tooltip.clone()), Entry::Separator];
    let before = entries.len();
    for verdict in facts.snapshot.map(Snapshot::worst_first).unwrap_or_default() {
        if matches!(verdict.state, VerdictState::Fail | VerdictState::Nudge) {
            entries.push(open(guidance::title(verdict).to_owned(), Some(verdict.practice())));
        }
    }
    if entries.len() > before {
        entries.push(Entry::Separator);
    }
    entries.push(Entry::Item(match facts.scanning {
        true => Item { label: say("Scanning…").to_owned(), command: None, checked: None },
        false => {
            Item { label: say("Scan now").to_owned(), command: Some(Command::Scan(Trigger::Person)), checked: None }
        }
    }));
    entries.push(open(say("Open Stethoscope").to_owned(), None));
    entries.extend(profile_menu(facts));
    entries.push(Entry::Separator);
    entries.push(Entry::Item(Item { label: say("Quit").to_owned(), command: Some(Command::Quit), checked: None }));
    MenuModel { icon: icon(facts.snapshot), tooltip, entries }
}

fn open(label: String, practice: Option<PracticeId>) -> Entry {
    Entry::Item(Item { label, command: Some(Command::Open(practice)), checked: None })
}

fn icon(snapshot: Option<&Snapshot>) -> Icon {
    match snapshot.map(Snapshot::overall) {
        Some(Overall::Pass) => Icon::Pass,
        Some(Overall::Nudge) => Icon::Nudge,
        Some(Overall::Fail) => Icon::Fail,
        Some(Overall::Unknown) => Icon::Unknown,
        None => Icon::Scanning,
    }
}

/// The profiles, the current one marked. Only a line that names it where an administrator chose.
fn profile_menu(facts: &Facts<'_>) -> Option<Entry> {
    let current = facts.profiles.iter().find(|profile| profile.id == facts.profile);
    if facts.pinned {
        let name = current.map_or(facts.profile, |profile| &profile.name);
        return Some(Entry::Label(tr(&text!("Profile: {name} (chosen by your administrator)", name = name))));
    }
    let entries: Vec<Entry> = facts
        .profiles
        .iter()
        .filter(|profile| profile.problem.is_none() || profile.id == facts.profile)
        .map(|profile| {
            Entry::Item(Item {
                label: profile.name.clone(),
                command: Some(Command::UseProfile(profile.id.clone())),
                checked: Some(profile.id == facts.profile),
            })
        })
        .collect();
    let label = match current {
        Some(profile) => tr(&text!("Profile: {name}", name = profile.name)),
        None => say("Profile").to_owned(),
    };
    (!entries.is_empty()).then_some(Entry::Menu { label, entries })
}
