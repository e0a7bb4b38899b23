//! The web endpoint: pages that were allowed can ask about this device on `http://127.0.0.1:37370`.

#[doc(hidden)]
pub mod legacy;
#[doc(hidden)]
pub mod schema;

use std::io;
use std::path::PathBuf;

use crossbeam_channel::Sender;
use jiff::Timestamp;

use crate::access::Access;
use crate::access::view::{Answer, Question, Status, Visit};
use crate::monitor::facts::FactsWish;
use crate::site::Origin;

/// Where pages look for this program. The one place they know; never another in silence.
pub const PORT: u16 = 37370;

/// What the endpoint works with.
pub struct WebConfig {
    pub access: Access,
    /// Where facts are asked for.
    pub facts: Sender<FactsWish>,
    /// Where the endpoint tells what happens.
    pub events: Sender<WebEvent>,
    /// The folder of the program's state, for the log of visits and the key that signs answers.
    pub state: PathBuf,
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

/// The running endpoint. Without a site that may ask it has no thread and no open port.
pub struct Web {
    config: WebConfig,
}

/// Starts the endpoint if somebody may reach it.
pub fn start(config: WebConfig) -> io::Result<Web> {
    Ok(Web { config })
}

impl Web {
    /// From now on that decides. Opens or closes the port.
    pub fn use_access(&mut self, access: Access) {
        self.config.access = access;
    }

    /// The user answered the question of that site. `identifiers`: it may also have what it asked for of them.
    pub fn answer(&self, _origin: &Origin, _answer: Answer, _identifiers: bool) {}
}
