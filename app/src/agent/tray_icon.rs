//! The tray icon as the agent keeps it: put up late, tried again, never a reason to stop.

use crossbeam_channel::Sender;

use super::choices::sentence;
use crate::monitor::message::Command;
use crate::tray::MenuModel;
use crate::tray::native::{Tray, TrayError};

#[derive(Debug)]
pub(super) struct TrayIcon {
    commands: Sender<Command>,
    icon: Option<Tray>,
    problem: Option<String>,
}

impl TrayIcon {
    /// No icon yet. What the user chooses later comes over `commands`.
    pub(super) fn new(commands: Sender<Command>) -> Self {
        TrayIcon { commands, icon: None, problem: None }
    }

    pub(super) fn is_up(&self) -> bool {
        self.icon.is_some()
    }

    /// Why there is no icon, or not the right one.
    pub(super) fn problem(&self) -> Option<String> {
        self.problem.clone()
    }

    /// Shows the state, and puts the icon up if it is not there yet.
    pub(super) fn show(&mut self, model: MenuModel) {
        let done = match &mut self.icon {
            Some(icon) => icon.show(model),
            None => Tray::new(model, self.commands.clone()).map(|icon| self.icon = Some(icon)),
        };
        self.note(done);
    }

    pub(super) fn redraw_menu(&mut self) {
        if let Some(icon) = &mut self.icon {
            let done = icon.redraw_menu();
            self.note(done);
        }
    }

    fn note(&mut self, done: Result<(), TrayError>) {
        let problem = done.err().map(|error| sentence(&error));
        if let Some(problem) = &problem
            && self.problem.as_ref() != Some(problem)
        {
            tracing::warn!("{problem}");
        }
        self.problem = problem;
    }
}
