//! What the always-on program tells the window. The way back is [`Command`].
//!
//! [`Command`]: crate::monitor::message::Command

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use stethoscope_probes::practice::PracticeId;

use crate::access::view::WebView;
use crate::monitor::message::{Place, Trigger};
use crate::policy::Requirement;
use crate::settings::Settings;
use crate::snapshot::Snapshot;

/// From the always-on program to the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ToWindow {
    /// The first message: everything needed for the first frame.
    Hello(Box<Hello>),
    /// A scan has begun. The next [`ToWindow::Snapshot`] ends it.
    Scanning(Trigger),
    Snapshot(Arc<Snapshot>),
    /// What the user chose, or what goes with it, has changed.
    State(Box<State>),
    /// Web access has changed, or somebody asked.
    Web(Box<WebView>),
    /// Come to the front, and show that practice if one is named.
    Show(Option<PracticeId>),
    /// Come to the front, at that page.
    Go(Place),
    /// Everything the user should know about the program itself, newest last. Replaces what was
    /// said before; empty when there is nothing to say any more.
    Notices(Vec<String>),
    /// The program ends as the user wished. Without it the end of the pipe means that the program
    /// stopped by itself, and the window says so.
    Close,
}

/// Everything the window needs for its first frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// The newest snapshot. `None` while the first scan ever is still running.
    pub snapshot: Option<Arc<Snapshot>>,
    /// A scan is running.
    pub scanning: bool,
    pub state: State,
    #[serde(default)]
    pub web: WebView,
    /// The practice to open at.
    pub show: Option<PracticeId>,
    /// The page to open at.
    #[serde(default)]
    pub place: Option<Place>,
    /// Sentences about the program itself, in the user's language.
    pub notices: Vec<String>,
}

/// What the user chose, and what the settings page offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct State {
    pub settings: Settings,
    /// Every profile that can be chosen, in the order to show them.
    pub profiles: Vec<ProfileView>,
    /// Who pinned the profile, for example `/etc/stethoscope/settings.ron`. Then the user cannot choose.
    pub pinned_by: Option<String>,
    /// Where a profile of one's own goes.
    pub profiles_folder: String,
    /// The program starts with the session.
    pub start_at_login: bool,
    /// Something shows the tray icon. Without it closing the window leaves no sign of the program.
    pub tray: bool,
    /// A notification service answers.
    pub notifications: bool,
}

/// A policy as the settings and the tray offer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// The file name without its ending; what [`Settings::profile`] holds.
    pub id: String,
    /// For people: `Workplace`.
    pub name: String,
    /// Two or three sentences a person can choose by.
    pub description: String,
    /// `built in`, or the file it was read from.
    pub source: String,
    /// What it asks of each practice. A practice that is missing is not checked.
    pub requirements: BTreeMap<PracticeId, Requirement>,
    /// Why the file was refused. Such a profile is shown, but cannot be chosen.
    pub problem: Option<String>,
}
