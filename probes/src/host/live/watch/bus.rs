//! Listens on one message bus, on the watching thread itself: its connection has no thread of its own.
//!
//! A bus that is not there or goes away is tried again after each scan. Nothing is asked of a service, and none is
//! started; systemd alone is told that somebody listens, which it forgets with the connection.

use std::collections::{BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use zbus::export::futures_core::Stream;
use zbus::message::{Flags, Type};
use zbus::zvariant::{Structure, Value};
use zbus::{Connection, Message, MessageStream};

use super::signals::{Meaning, Rules, SYSTEMD, Signal};
use crate::practice::Practices;

type Doing<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One bus.
pub(super) struct Ear {
    address: Option<String>,
    rules: Rules,
    state: State,
}

enum State {
    Deaf,
    Connecting(Doing<zbus::Result<Connection>>),
    Listening(Box<Listening>),
}

struct Listening {
    connection: Connection,
    messages: MessageStream,
    /// Does the connection's own work.
    driver: Doing<()>,
    sending: Option<Doing<zbus::Result<()>>>,
    waiting: VecDeque<Message>,
    /// What the bus was asked for.
    asked: BTreeSet<String>,
}

/// What was heard on a bus.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) practices: Practices,
    pub(super) resumed: bool,
}

impl Ear {
    pub(super) fn new(address: Option<String>) -> Self {
        Ear { address, rules: Rules::default(), state: State::Deaf }
    }

    /// Whether there is a bus to be heard, or will be in a moment.
    pub(super) fn listens(&self) -> bool {
        !matches!(self.state, State::Deaf)
    }

    /// Listens for this from now on. Gives whom it concerns that what they read was not yet listened to.
    pub(super) fn follow(&mut self, rules: Rules) -> Practices {
        self.rules = rules;
        match &mut self.state {
            State::Deaf => {
                if let Some(address) = self.address.clone() {
                    self.state = State::Connecting(Box::pin(connect(address)));
                }
                Practices::NONE
            }
            State::Connecting(_) => Practices::NONE,
            State::Listening(listening) => listening.follow(&self.rules),
        }
    }

    /// Does what can be done without waiting.
    pub(super) fn turn(&mut self, context: &mut Context<'_>) -> Heard {
        let mut heard = Heard::default();
        if let State::Connecting(connecting) = &mut self.state {
            match connecting.as_mut().poll(context) {
                Poll::Pending => return heard,
                // It is tried again after the next scan.
                Poll::Ready(Err(_deaf)) => self.state = State::Deaf,
                Poll::Ready(Ok(connection)) => {
                    let mut listening = Listening::new(connection);
                    heard.practices |= listening.follow(&self.rules);
                    self.state = State::Listening(Box::new(listening));
                }
            }
        }
        if let State::Listening(listening) = &mut self.state
            && listening.turn(context, &self.rules, &mut heard) == Bus::Gone
        {
            self.state = State::Deaf;
            heard.practices |= self.rules.everybody();
        }
        heard
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bus {
    There,
    Gone,
}

async fn connect(address: String) -> zbus::Result<Connection> {
    zbus::connection::Builder::address(address.as_str())?.internal_executor(false).build().await
}

impl Listening {
    fn new(connection: Connection) -> Self {
        let executor = connection.executor().clone();
        let driver = async move {
            loop {
                executor.tick().await;
            }
        };
        Listening {
            messages: MessageStream::from(&connection),
            connection,
            driver: Box::pin(driver),
            sending: None,
            waiting: VecDeque::new(),
            asked: BTreeSet::new(),
        }
    }

    fn follow(&mut self, rules: &Rules) -> Practices {
        let wanted = rules.texts();
        let new: BTreeSet<&String> = wanted.difference(&self.asked).collect();
        let unlistened = rules.practices(&new);
        let subscribes = rules.speaks_of_units() && !self.asked.iter().any(|rule| rule.contains(SYSTEMD));
        let ends = self.asked.difference(&wanted).map(|rule| ask_bus("RemoveMatch", rule));
        let asks = new.iter().map(|rule| ask_bus("AddMatch", rule));
        let subscribe = subscribes.then(subscribe);
        // What cannot be made into a message cannot be listened for.
        self.waiting.extend(ends.chain(asks).chain(subscribe).filter_map(Result::ok));
        self.asked = wanted;
        unlistened
    }

    fn turn(&mut self, context: &mut Context<'_>, rules: &Rules, heard: &mut Heard) -> Bus {
        loop {
            if self.driver.as_mut().poll(context).is_ready() {
                return Bus::Gone;
            }
            if self.sending.is_none()
                && let Some(message) = self.waiting.pop_front()
            {
                let connection = self.connection.clone();
                self.sending = Some(Box::pin(async move { connection.send(&message).await }));
            }
            let sent = match self.sending.as_mut().map(|sending| sending.as_mut().poll(context)) {
                Some(Poll::Ready(Ok(()))) => {
                    self.sending = None;
                    true
                }
                Some(Poll::Ready(Err(_gone))) => return Bus::Gone,
                Some(Poll::Pending) | None => false,
            };
            let taken = match Pin::new(&mut self.messages).poll_next(context) {
                Poll::Ready(Some(Ok(message))) => {
                    take(&message, rules, heard);
                    true
                }
                Poll::Ready(None | Some(Err(_))) => return Bus::Gone,
                Poll::Pending => false,
            };
            if !sent && !taken {
                return Bus::There;
            }
        }
    }
}

fn take(message: &Message, rules: &Rules, heard: &mut Heard) {
    let header = message.header();
    if header.message_type() != Type::Signal {
        return;
    }
    let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
    let body = message.body();
    let arguments = body.deserialize::<Structure<'_>>().ok();
    let first = arguments.as_ref().and_then(|arguments| arguments.fields().first());
    let signal = Signal {
        path: word(header.path().map(|path| path.as_str())),
        interface: word(header.interface().map(|name| name.as_str())),
        member: word(header.member().map(|name| name.as_str())),
        first: match first {
            Some(Value::Str(text)) => Some(text.as_str().to_owned()),
            _ => None,
        },
        flag: match first {
            Some(Value::Bool(flag)) => Some(*flag),
            _ => None,
        },
    };
    match rules.meaning(&signal) {
        Meaning::Concerns(practices) => heard.practices |= practices,
        Meaning::Resumed => heard.resumed = true,
    }
}

/// No answer is asked for: one would have to be waited for.
fn ask_bus(method: &str, rule: &str) -> zbus::Result<Message> {
    let bus = "org.freedesktop.DBus";
    Message::method_call("/org/freedesktop/DBus", method)?
        .destination(bus)?
        .interface(bus)?
        .with_flags(Flags::NoReplyExpected)?
        .build(&(rule,))
}

/// systemd sends most of its signals only while somebody has asked for them.
fn subscribe() -> zbus::Result<Message> {
    Message::method_call("/org/freedesktop/systemd1", "Subscribe")?
        .destination(SYSTEMD)?
        .interface("org.freedesktop.systemd1.Manager")?
        .with_flags(Flags::NoReplyExpected)?
        .with_flags(Flags::NoAutoStart)?
        .build(&())
}
