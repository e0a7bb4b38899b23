//! The freedesktop notification service, over the session bus.

use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Urgency};

use super::{Answer, Kind, Letter, Notice, NotifyProblem, Report, Thread, can_be_put_off};
use crate::access::view;
use crate::notify::words;

/// What the service can do. Asked once, and again after it failed.
#[derive(Debug, Default)]
pub(super) struct Service {
    abilities: Mutex<Option<Abilities>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Abilities {
    actions: bool,
    /// The body is read as markup, so a `<` in it has to be written differently.
    markup: bool,
}

impl Service {
    fn abilities(&self) -> Result<Abilities, NotifyProblem> {
        if let Some(known) = *self.abilities.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(known);
        }
        // Asked without holding the lock: a stuck service holds up this thread alone.
        let words = notify_rust::get_capabilities().map_err(|error| problem(&error))?;
        let has = |name: &str| words.iter().any(|word| word == name);
        let abilities = Abilities { actions: has("actions"), markup: has("body-markup") };
        *self.abilities.lock().unwrap_or_else(PoisonError::into_inner) = Some(abilities);
        Ok(abilities)
    }

    fn forget(&self) {
        *self.abilities.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Shows the notice and stays with it until it is answered, closed, or no longer wanted.
pub(super) fn run(thread: &Thread, first: &Notice) {
    if let Err(problem) = stay(thread, first) {
        thread.service.forget();
        thread.report(Report::Failed(thread.id, problem));
    }
}

fn stay(thread: &Thread, first: &Notice) -> Result<(), NotifyProblem> {
    let abilities = thread.service.abilities()?;
    let mut handle = built(first, abilities).show().map_err(|error| problem(&error))?;
    thread.report(Report::Shown(thread.id));
    loop {
        match next(&handle, thread) {
            Next::Answered(answer) => {
                if let Some(answer) = answer {
                    thread.report(Report::Answered(thread.id, answer));
                }
                return Ok(());
            }
            Next::Letter(Letter::Show(notice)) => {
                // The same connection and number: the service replaces the message where it stands.
                *handle = built(&notice, abilities);
                handle.update().map_err(|error| problem(&error))?;
                thread.report(Report::Shown(thread.id));
            }
            Next::Letter(Letter::Close) => {
                handle.close();
                return Ok(());
            }
            Next::Letter(Letter::Leave) => return Ok(()),
        }
    }
}

enum Next {
    /// The user answered, or (`None`) the message was closed.
    Answered(Option<Answer>),
    Letter(Letter),
}

/// Waits for the user or for a letter, whichever comes first.
///
/// The library begins to listen anew after each signal, and so may miss one that comes right behind
/// that of another message. A missed end leaves a thread that waits until its message is
/// replaced, withdrawn or the oldest, within the bound on threads; a missed click has to be repeated
/// in the tray or the window.
fn next(handle: &NotificationHandle, thread: &Thread) -> Next {
    let mut answer = None;
    let letter = {
        let mut user = pin!(handle.wait_for_action_async(|response: &NotificationResponse| {
            answer = match response {
                NotificationResponse::Default => Some(Answer::Show),
                NotificationResponse::Action(key) if key == SHOW => Some(Answer::Show),
                NotificationResponse::Action(key) if key == SNOOZE => Some(Answer::Snooze),
                NotificationResponse::Action(key) => {
                    TO_SITE.iter().find(|(known, _)| known == key).map(|(_, answer)| Answer::ToSite(*answer))
                }
                _closed => None,
            };
        }));
        zbus::block_on(std::future::poll_fn(|context| {
            if let Poll::Ready(letter) = thread.mail.poll(context) {
                return Poll::Ready(Some(letter));
            }
            user.as_mut().poll(context).map(|()| None)
        }))
    };
    match letter {
        Some(letter) => Next::Letter(letter),
        None => Next::Answered(answer),
    }
}

const SHOW: &str = "show";
const SNOOZE: &str = "snooze";

/// The answers to a question. They come first: some desktops show no more than three actions.
const TO_SITE: [(&str, view::Answer); 3] =
    [("once", view::Answer::Once), ("always", view::Answer::Always), ("never", view::Answer::Never)];

fn built(notice: &Notice, abilities: Abilities) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Stethoscope").icon("stethoscope").summary(&notice.title);
    notification.hint(Hint::DesktopEntry("stethoscope".to_owned()));
    // Never critical: that would break through do-not-disturb on GNOME.
    let urgency = if matches!(notice.kind, Kind::Fails | Kind::Asks) { Urgency::Normal } else { Urgency::Low };
    notification.urgency(urgency);
    let body = if abilities.markup { escaped(&notice.body) } else { notice.body.clone() };
    notification.body(&body);
    if abilities.actions {
        notification.action("default", words::show_me());
        if notice.kind == Kind::Asks {
            for (key, answer) in TO_SITE {
                notification.action(key, words::answer(answer));
            }
        }
        notification.action(SHOW, words::show_me());
        if can_be_put_off(notice) {
            notification.action(SNOOZE, words::snooze());
        }
    }
    notification
}

fn escaped(body: &str) -> String {
    body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn problem(error: &notify_rust::error::Error) -> NotifyProblem {
    let words = error.to_string();
    if words.contains("ServiceUnknown") || words.contains("NameHasNoOwner") {
        NotifyProblem::NoService
    } else {
        NotifyProblem::Refused(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::Key;

    fn notice(kind: Kind) -> Notice {
        let (title, body) = ("Firewall is off".to_owned(), "<b> & co".to_owned());
        Notice { key: Key::Summary(1), kind, title, body, practices: Vec::new(), asks: None }
    }

    #[test]
    fn a_body_is_never_read_as_markup() {
        let can = Abilities { actions: true, markup: true };
        assert_eq!(built(&notice(Kind::Fails), can).body, "&lt;b&gt; &amp; co");
        let cannot = Abilities { actions: true, markup: false };
        assert_eq!(built(&notice(Kind::Fails), cannot).body, "<b> & co");
    }

    #[test]
    fn what_is_fixed_cannot_be_put_off() {
        let can = Abilities { actions: true, markup: true };
        let keys = |kind| built(&notice(kind), can).actions.iter().step_by(2).cloned().collect::<Vec<_>>();
        assert_eq!(keys(Kind::Fails), ["default", "show", "snooze"]);
        assert_eq!(keys(Kind::Fixed), ["default", "show"]);
        assert_eq!(keys(Kind::Asks), ["default", "once", "always", "never", "show"]);
        let cannot = Abilities { actions: false, markup: true };
        assert!(built(&notice(Kind::Fails), cannot).actions.is_empty());
    }
}
