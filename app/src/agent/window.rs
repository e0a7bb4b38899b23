//! The window as the agent keeps it: a process that may not be there.

use std::process::Command as Program;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text;

use super::program;
use crate::link::{Hello, ToWindow, WindowEvent, WindowProcess};
use crate::monitor::message::Place;
use crate::session::Session;
use crate::words::{say, tr};

/// A window that was asked to come to the front and broke off within this time was not seen.
const UNSEEN_WHEN_KILLED: Duration = Duration::from_secs(2);

/// The same of a window that was being closed. Short, for the user may have closed it on purpose.
const UNSEEN_WHEN_CLOSED: Duration = Duration::from_millis(300);

/// What a window is to show: a practice, or a page. Neither: wherever it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) practice: Option<PracticeId>,
    pub(super) place: Option<Place>,
}

/// How a window has ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Says that it did not end by itself.
    pub(super) sentence: Option<String>,
    /// It was asked to show this and did not get to it.
    pub(super) unseen: Option<Target>,
}

#[derive(Debug)]
pub(super) struct Window {
    arguments: Vec<String>,
    session: Session,
    events: Sender<WindowEvent>,
    process: Option<WindowProcess>,
    /// What an open window was last asked to show, and when.
    asked: Option<(Instant, Target)>,
}

impl Window {
    /// No window yet. What it says comes over `events`.
    pub(super) fn new(arguments: Vec<String>, session: Session, events: Sender<WindowEvent>) -> Self {
        Window { arguments, session, events, process: None, asked: None }
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
        self.asked = None;
        if let Some(process) = self.process.as_ref().filter(|process| process.is_running()) {
            self.asked = Some((Instant::now(), Target { practice: hello.show, place: hello.place }));
            process.tell(hello.place.map_or(ToWindow::Show(hello.show), ToWindow::Go));
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

    /// A window's process has ended. The end is heard of a moment after it, and what was asked of
    /// the window in that moment is not lost.
    pub(super) fn closed(&mut self, window: u32, how: &str) -> Ended {
        tracing::info!("the window is closed: {how}");
        let as_wished = how == std::process::ExitStatus::default().to_string();
        let sentence = || tr(&text!("The window closed unexpectedly the last time ({how})", how = how));
        let mut ended = Ended { sentence: (!as_wished).then(sentence), unseen: None };
        if self.process.take_if(|process| process.id() == window).is_some() {
            let limit = if as_wished { UNSEEN_WHEN_CLOSED } else { UNSEEN_WHEN_KILLED };
            let asked = self.asked.take().filter(|(when, _)| when.elapsed() < limit);
            ended.unseen = asked.map(|(_, target)| target);
        }
        ended
    }
}
