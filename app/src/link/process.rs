//! The agent's end of the pipe: the window's process, its threads and its end.

use std::io::{self, BufReader};
use std::process::{Child, Command as Program, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::message::ToWindow;
use super::window::send_newest;
use super::wire;
use crate::monitor::message::Command;

/// How many messages wait for a window that does not read.
const WAITING: usize = 32;

/// How long a window may take to close itself when the program ends.
const CLOSING: Duration = Duration::from_secs(2);

/// What a window tells the agent.
#[derive(Debug)]
pub enum WindowEvent {
    Said(Command),
    /// The process `window` has ended: closed by the user, or killed. `how` is for the log.
    Closed {
        window: u32,
        how: String,
    },
}

/// A running window. Dropping it closes the window.
#[derive(Debug)]
pub struct WindowProcess {
    messages: Option<Sender<ToWindow>>,
    oldest: Receiver<ToWindow>,
    id: u32,
    child: Arc<Mutex<Child>>,
    ended: Receiver<()>,
}

impl WindowProcess {
    /// Starts the window. `program` is this program with the arguments that make it a linked
    /// window; what it says, and its end, come over `events`.
    pub fn start(mut program: Program, first: ToWindow, events: Sender<WindowEvent>) -> io::Result<Self> {
        let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the window has no pipe"));
        };
        let id = child.id();
        let child = Arc::new(Mutex::new(child));
        let (messages, waiting) = bounded(WAITING);
        let oldest = waiting.clone();
        thread::Builder::new().name("window writer".to_owned()).spawn(move || {
            for message in std::iter::once(first).chain(waiting) {
                if let Err(error) = wire::write(&mut input, &message) {
                    tracing::debug!("the window does not listen any more: {error}");
                    break;
                }
            }
        })?;
        let (end, ended) = bounded(1);
        let waited = Arc::clone(&child);
        thread::Builder::new().name("window reader".to_owned()).spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(command) = wire::read::<Command>(&mut output) {
                if events.send(WindowEvent::Said(command)).is_err() {
                    break;
                }
            }
            let how = match waited.lock().unwrap_or_else(PoisonError::into_inner).wait() {
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
            // Nobody listens any more when the program itself is ending.
            let _ending = events.send(WindowEvent::Closed { window: id, how });
            drop(end);
        })?;
        Ok(WindowProcess { messages: Some(messages), oldest, id, child, ended })
    }

    /// The process id of the window.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Whether the window is still there. Knows of its end before [`WindowEvent::Closed`] is read.
    pub fn is_running(&self) -> bool {
        match self.child.try_lock() {
            Ok(mut child) => matches!(child.try_wait(), Ok(None)),
            // Its thread waits for the end of a process that has closed its pipe.
            Err(_waited_for) => false,
        }
    }

    /// Tells the window something. Never waits: a window that does not read loses the oldest.
    pub fn tell(&self, message: ToWindow) {
        if let Some(messages) = &self.messages {
            send_newest(messages, &self.oldest, message);
        }
    }
}

impl Drop for WindowProcess {
    fn drop(&mut self) {
        // Then the window closes itself instead of telling that the program is gone.
        self.tell(ToWindow::Close);
        self.messages = None;
        if self.ended.recv_timeout(CLOSING).is_err_and(|error| error.is_timeout()) {
            tracing::warn!("the window did not close itself in time");
            if let Ok(mut child) = self.child.try_lock() {
                let _already_gone = child.kill();
            }
        }
    }
}
