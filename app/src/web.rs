//! The web endpoint: pages that were allowed can ask about this device on `http://127.0.0.1:37370`.
//!
//! One small thread, and only while some site may ask. It reads no system, changes nothing and holds nothing
//! that the user could not read: facts come from the monitor, decisions from the settings, and a page's own
//! policy is judged for that page alone.

mod answer;
mod asked;
mod connections;
mod consent;
mod endpoint;
mod facts;
mod origin;
mod rate;
mod reply;
mod request;
mod server;
mod visits;
mod weigh;

#[doc(hidden)]
pub mod legacy;
#[doc(hidden)]
pub mod schema;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::Sender;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::access::Access;
use crate::access::view::{Answer, Question, Status, Visit};
use crate::monitor::facts::FactsWish;
use crate::site::Origin;

/// How many messages to the thread may wait. They come from clicks.
const WAITING: usize = 64;

/// Names the program that has the port, as far as can be seen.
pub type Holder = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// What the endpoint works with.
#[derive(Clone)]
pub struct WebConfig {
    pub access: Access,
    /// Where facts are asked for.
    pub facts: Sender<FactsWish>,
    /// Where the endpoint tells what happens. Never waited for: who reads too late misses something.
    pub events: Sender<WebEvent>,
    /// The folder of the program's state, for the log of visits and the key that signs answers.
    pub state: PathBuf,
    pub holder: Holder,
    pub clock: fn() -> Timestamp,
}

/// What the endpoint tells the always-on program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebEvent {
    Status(Status),
    /// Every question that waits now, oldest first.
    Questions(Vec<Question>),
    Visited(Visit),
    /// The log of visits could not be written, in words. `None`: it can again.
    NotLogged(Option<String>),
}

/// What the thread is told.
#[derive(Clone, Debug)]
enum Control {
    Access(Box<Access>),
    Answer { origin: Origin, answer: Answer, identifiers: bool },
}

/// The endpoint. Without a site that may ask it has no thread and no open port.
pub struct Web {
    config: WebConfig,
    running: Option<Running>,
}

struct Running {
    control: mpsc::Sender<Control>,
    thread: JoinHandle<()>,
}

/// Starts the endpoint if somebody may reach it.
pub fn start(config: WebConfig) -> io::Result<Web> {
    let mut web = Web { config, running: None };
    web.switch()?;
    Ok(web)
}

impl Web {
    /// From now on that decides. Opens or closes the port.
    pub fn use_access(&mut self, access: Access) -> io::Result<()> {
        self.config.access = access.clone();
        self.tell(Control::Access(Box::new(access)));
        self.switch()
    }

    /// The user answered the question of that site. `identifiers`: it may also have what it asked for of them.
    pub fn answer(&self, origin: &Origin, answer: Answer, identifiers: bool) {
        self.tell(Control::Answer { origin: origin.clone(), answer, identifiers });
    }

    fn tell(&self, control: Control) {
        if let Some(running) = &self.running
            && let Err(error) = running.control.try_send(control)
        {
            tracing::warn!("the web endpoint is too busy to be told something: {error}");
        }
    }

    fn switch(&mut self) -> io::Result<()> {
        match (self.config.access.is_on(), self.running.is_some()) {
            (true, false) => {
                let (control, controls) = mpsc::channel(WAITING);
                let config = self.config.clone();
                let thread =
                    std::thread::Builder::new().name("web".to_owned()).spawn(move || server::run(config, controls))?;
                self.running = Some(Running { control, thread });
            }
            (false, true) => {
                self.stop();
                let _nobody_listens = self.config.events.try_send(WebEvent::Questions(Vec::new()));
                let _nobody_listens = self.config.events.try_send(WebEvent::Status(Status::Off));
            }
            (true, true) | (false, false) => {}
        }
        Ok(())
    }

    fn stop(&mut self) {
        if let Some(Running { control, thread }) = self.running.take() {
            drop(control);
            let _panicked = thread.join();
        }
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.stop();
    }
}
