//! The window as the agent keeps it: a process that may not be there.

use std::process::Command as Program;

use crossbeam_channel::Sender;
use stethoscope_probes::text;

use super::program;
use super::session::Session;
use crate::link::{Hello, ToWindow, WindowEvent, WindowProcess};
use crate::words::{say, tr};

#[derive(Debug)]
pub(super) struct Window {
    arguments: Vec<String>,
    session: Session,
    events: Sender<WindowEvent>,
    process: Option<WindowProcess>,
}

impl Window {
    /// No window yet. What it says comes over `events`.
    pub(super) fn new(arguments: Vec<String>, session: Session, events: Sender<WindowEvent>) -> Self {
        Window { arguments, session, events, process: None }
    }

    pub(super) fn is_open(&self) -> bool {
        self.process.is_some()
    }

    pub(super) fn has_display(&self) -> bool {
        self.session.has_display()
    }

    /// The next window goes into that session, unless it has no display.
    pub(super) fn use_session(&mut self, session: Session) {
        if session.has_display() {
            self.session = session;
        }
    }

    /// Opens the window, or brings the open one to the front. The error is a sentence.
    pub(super) fn open(&mut self, hello: Hello) -> Result<(), String> {
        if let Some(process) = self.process.as_ref().filter(|process| process.is_running()) {
            process.tell(ToWindow::Show(hello.show));
            return Ok(());
        }
        // One that was killed a moment ago, and of whose end we shall hear in a moment.
        self.process = None;
        if !self.session.has_display() {
            return Err(say("The window cannot be opened, because this session has no display").to_owned());
        }
        let started = program::to_start_now().and_then(|path| {
            let mut program = Program::new(path);
            program.args(&self.arguments);
            self.session.enter(&mut program);
            WindowProcess::start(program, ToWindow::Hello(Box::new(hello)), self.events.clone())
        });
        match started {
            Ok(process) => {
                self.process = Some(process);
                Ok(())
            }
            Err(error) => Err(tr(&text!("The window could not be opened: {error}", error = error))),
        }
    }

    pub(super) fn tell(&self, message: ToWindow) {
        if let Some(process) = &self.process {
            process.tell(message);
        }
    }

    /// A window's process has ended. Gives a sentence where it did not end by itself.
    pub(super) fn closed(&mut self, window: u32, how: &str) -> Option<String> {
        tracing::info!("the window is closed: {how}");
        self.process.take_if(|process| process.id() == window);
        let as_wished = how == std::process::ExitStatus::default().to_string();
        (!as_wished).then(|| tr(&text!("The window closed unexpectedly the last time ({how})", how = how)))
    }
}
