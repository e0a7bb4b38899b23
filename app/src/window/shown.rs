//! What the window knows and where the person is in it. Panels read the first and change the second.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use stethoscope_probes::practice::PracticeId;

use super::theme::Palette;
use super::when::Moment;
use crate::access::view::WebView;
use crate::link::{State, ToWindow};
use crate::monitor::message::{Command, Place, Trigger};
use crate::site::Origin;
use crate::snapshot::Snapshot;
use crate::verdict::VerdictState;

/// Everything the agent has told.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Nothing was told yet.
    pub greeted: bool,
    pub snapshot: Option<Arc<Snapshot>>,
    pub scanning: bool,
    pub state: State,
    pub web: WebView,
    pub notices: Vec<String>,
    /// The pipe ended although nobody asked for it.
    pub agent_gone: bool,
    /// Programs that buttons may start and that are installed here.
    pub installed: BTreeSet<String>,
    /// As of when the built-in support times are.
    pub data_day: Option<jiff::civil::Date>,
}

impl Shown {
    /// Whether the welcome page stands before everything else.
    pub fn first_run(&self) -> bool {
        self.greeted && !self.state.settings.welcomed
    }
}

/// Where the person is in the window.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub page: Page,
    pub room: Room,
    /// The practice the person chose.
    pub selected: Option<PracticeId>,
    /// The practice shown beside the list as long as none was chosen.
    pub offered: Option<PracticeId>,
    /// Whether *Passing* is unfolded, once the person has said so.
    pub passing_open: Option<bool>,
    /// The reason being written for ignoring the selected practice.
    pub ignoring: Option<String>,
    /// The profile whose requirements are unfolded.
    pub profile_open: Option<String>,
    /// What was copied last, to be confirmed beside its button.
    pub copied: Option<String>,
    /// Notices the person has put away.
    pub hidden_notices: BTreeSet<String>,
    /// What should have the keyboard next.
    pub focus: Option<Focus>,
    /// What could not be started, said once.
    pub failed_start: Option<String>,
    pub web: WebPlace,
}

/// Where the person is on the page *Web access*.
#[derive(Clone, Debug, Default)]
pub struct WebPlace {
    /// Sites whose question is to be answered with what tells this computer from all others.
    pub identifiers: BTreeSet<Origin>,
    /// A site that is being written, to be added by hand.
    pub written: String,
    /// Why what was written is no site.
    pub refused: Option<String>,
    /// The visit whose details are unfolded: when it was, and whose.
    pub visit_open: Option<(Timestamp, String)>,
    /// Whether all visits are shown.
    pub all_visits: bool,
}

impl View {
    /// The practice whose detail is shown.
    pub fn open(&self) -> Option<PracticeId> {
        self.selected.or(if self.room == Room::Wide { self.offered } else { None })
    }

    /// Takes a wish for the keyboard if it is this one.
    pub(super) fn takes(&mut self, focus: Focus) -> bool {
        let takes = self.focus == Some(focus);
        if takes {
            self.focus = None;
        }
        takes
    }
}

/// The pages of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Practices,
    WebAccess,
    Settings,
}

/// Whether list and detail stand side by side. Decided by the width of the window, frame by frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    #[default]
    Wide,
    Narrow,
}

/// Something that can be given the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    Row(PracticeId),
    /// The top of the detail.
    Detail,
    /// The text field for a reason.
    Reason,
    /// The top of a page.
    Page,
    /// *Scan again*.
    Scan,
}

/// What a person asked for. Carried out in one place, outside the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UiAction {
    /// Tell the agent.
    Tell(Command),
    /// Show that practice.
    Select(PracticeId),
    /// Show that practice and go there with the keyboard.
    Enter(PracticeId),
    /// One step out: of a text field, a detail, a page.
    Back,
    Go(Page),
    Copy(String),
    /// Start a program of the guidance.
    Open(Vec<String>),
    HideNotice(String),
    /// Start the always-on program again after it has gone.
    StartAgain,
    Close,
}

/// What every panel gets to read.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub shown: &'a Shown,
    pub palette: &'a Palette,
    pub moment: &'a Moment,
}

/// What a message asks of the window beyond remembering it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Nothing,
    /// Come to the front.
    Front,
    Close,
}

/// Takes in one message of the agent.
pub fn hear(shown: &mut Shown, view: &mut View, message: ToWindow) -> Asked {
    match message {
        ToWindow::Hello(hello) => {
            shown.greeted = true;
            shown.snapshot = hello.snapshot;
            shown.scanning = hello.scanning;
            shown.state = hello.state;
            shown.web = hello.web;
            shown.notices = hello.notices;
            show(shown, view, hello.show);
            if let Some(place) = hello.place {
                go(view, place);
            }
        }
        ToWindow::Scanning(_) => shown.scanning = true,
        ToWindow::Snapshot(snapshot) => {
            shown.scanning = false;
            shown.snapshot = Some(snapshot);
            if view.selected.is_none_or(|practice| !knows(shown, practice)) {
                view.selected = None;
                show(shown, view, None);
            }
        }
        ToWindow::State(state) => shown.state = *state,
        ToWindow::Web(web) => {
            shown.web = *web;
            let waits = |origin: &Origin| shown.web.questions.iter().any(|question| question.origin == *origin);
            view.web.identifiers.retain(waits);
        }
        ToWindow::Show(practice) => {
            show(shown, view, practice);
            return Asked::Front;
        }
        ToWindow::Go(place) => {
            go(view, place);
            return Asked::Front;
        }
        ToWindow::Notices(notices) => {
            view.hidden_notices.retain(|hidden| notices.contains(hidden));
            shown.notices = notices;
        }
        ToWindow::Close => return Asked::Close,
    }
    Asked::Nothing
}

fn knows(shown: &Shown, practice: PracticeId) -> bool {
    shown.snapshot.as_ref().is_some_and(|snapshot| snapshot.verdict(practice).is_some())
}

fn show(shown: &Shown, view: &mut View, practice: Option<PracticeId>) {
    if let Some(practice) = practice {
        view.page = Page::Practices;
        view.selected = Some(practice);
        view.ignoring = None;
        view.focus = Some(Focus::Detail);
        let passes = shown
            .snapshot
            .as_ref()
            .and_then(|snapshot| snapshot.verdict(practice))
            .is_some_and(|verdict| verdict.state == VerdictState::Pass);
        if passes {
            view.passing_open = Some(true);
        }
    }
}

fn go(view: &mut View, place: Place) {
    (view.page, view.focus) = match place {
        Place::Scan => (Page::Practices, Some(Focus::Scan)),
        Place::WebAccess => (Page::WebAccess, Some(Focus::Page)),
        Place::Settings => (Page::Settings, Some(Focus::Page)),
        Place::NotKnown => return,
    };
}

/// Carries out the part of an action that concerns only where the person is.
pub fn step(view: &mut View, action: &UiAction) {
    match action {
        UiAction::Select(practice) | UiAction::Enter(practice) => {
            if view.open() != Some(*practice) {
                view.ignoring = None;
                view.copied = None;
                view.failed_start = None;
            }
            view.selected = Some(*practice);
            if matches!(action, UiAction::Enter(_)) {
                view.focus = Some(Focus::Detail);
            }
        }
        UiAction::Back => back(view),
        UiAction::Go(page) => {
            view.page = *page;
            view.focus = Some(Focus::Page);
        }
        UiAction::Copy(words) => view.copied = Some(words.clone()),
        UiAction::HideNotice(notice) => {
            view.hidden_notices.insert(notice.clone());
        }
        UiAction::Tell(Command::Ignore(..) | Command::Listen(_) | Command::Snooze(..)) => {
            view.ignoring = None;
            view.focus = Some(Focus::Detail);
        }
        UiAction::Tell(_) | UiAction::Open(_) | UiAction::StartAgain | UiAction::Close => {}
    }
}

fn back(view: &mut View) {
    if view.ignoring.take().is_some() {
        view.focus = Some(Focus::Detail);
    } else if view.page != Page::Practices {
        view.page = Page::Practices;
        view.focus = view.selected.map(Focus::Row);
    } else if let Some(practice) = view.open() {
        if view.room == Room::Narrow {
            view.selected = None;
        }
        view.focus = Some(Focus::Row(practice));
    }
}

/// The wish behind *Scan again*.
pub(super) fn scan() -> UiAction {
    UiAction::Tell(Command::Scan(Trigger::Person))
}
