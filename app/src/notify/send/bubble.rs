//! Messages on the screen: one thread each, from showing to the user's answer.

#[cfg(not(all(unix, not(target_os = "macos"))))]
mod plain;
#[cfg(all(unix, not(target_os = "macos")))]
mod xdg;

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crossbeam_channel::Sender;

#[cfg(not(all(unix, not(target_os = "macos"))))]
use self::plain as platform;
#[cfg(all(unix, not(target_os = "macos")))]
use self::xdg as platform;
use super::NotifyProblem;
use crate::access::view;
use crate::notify::{Kind, Notice, questions};

/// How many messages stand at once beside the questions. One more takes the oldest away.
const MOST_STANDING: usize = 4;

/// How many threads there may be, those included that a stuck notification service does not let go.
const MOST_THREADS: usize = 8 + questions::MOST;

/// The number of one thread.
pub(super) type BubbleId = u64;

/// What the user did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Show,
    Snooze,
    /// Of a web site's question.
    ToSite(view::Answer),
}

/// What a message's thread says.
#[derive(Debug)]
pub(super) enum Report {
    Shown(BubbleId),
    Failed(BubbleId, NotifyProblem),
    Answered(BubbleId, Answer),
    /// The thread is about to end.
    Ended(BubbleId),
}

/// One message and its thread.
pub(super) struct Bubble {
    id: BubbleId,
    notice: Notice,
    mail: Arc<Mail>,
    /// The service has neither shown nor refused it yet.
    unanswered: bool,
}

/// Every message, oldest first.
pub(super) struct Bubbles {
    standing: Vec<Bubble>,
    /// Closed and replaced ones whose threads have not ended.
    leaving: Vec<Bubble>,
    started: BubbleId,
    reports: Sender<Report>,
    service: Arc<platform::Service>,
}

impl Bubbles {
    pub(super) fn new(reports: Sender<Report>) -> Self {
        let service = Arc::new(platform::Service::default());
        Bubbles { standing: Vec::new(), leaving: Vec::new(), started: 0, reports, service }
    }

    /// Shows a notice in place of the one with the same key, or takes that one away.
    pub(super) fn show(&mut self, notice: Notice) -> Result<(), NotifyProblem> {
        let place = self.standing.iter().position(|bubble| bubble.notice.key == notice.key);
        if notice.kind == Kind::Withdrawn {
            if let Some(place) = place {
                self.close(place);
            }
            return Ok(());
        }
        if let Some(place) = place {
            let mut bubble = self.standing.remove(place);
            bubble.mail.put(Letter::Show(notice.clone()));
            bubble.notice = notice;
            bubble.unanswered = true;
            self.standing.push(bubble);
            return Ok(());
        }
        // A site that asks must not push out what broke.
        let limit = if notice.is_question() { questions::MOST } else { MOST_STANDING };
        let alike = |bubble: &Bubble| bubble.notice.is_question() == notice.is_question();
        if self.standing.iter().filter(|bubble| alike(bubble)).count() >= limit
            && let Some(oldest) = self.standing.iter().position(alike)
        {
            self.close(oldest);
        }
        if self.standing.len() + self.leaving.len() >= MOST_THREADS {
            return Err(NotifyProblem::NoAnswer);
        }
        self.started += 1;
        let id = self.started;
        let mail = Arc::new(Mail::default());
        let thread =
            Thread { id, mail: Arc::clone(&mail), reports: self.reports.clone(), service: Arc::clone(&self.service) };
        let first = notice.clone();
        std::thread::Builder::new()
            .name("notification".to_owned())
            .spawn(move || platform::run(&thread, &first))
            .map_err(|error| NotifyProblem::Refused(error.to_string()))?;
        self.standing.push(Bubble { id, notice, mail, unanswered: true });
        Ok(())
    }

    pub(super) fn any_unanswered(&self) -> bool {
        self.all().any(|bubble| bubble.unanswered)
    }

    pub(super) fn answered(&mut self, id: BubbleId) {
        for bubble in self.standing.iter_mut().chain(&mut self.leaving).filter(|bubble| bubble.id == id) {
            bubble.unanswered = false;
        }
    }

    /// The message as it stands now. One that was taken away has no answer any more.
    pub(super) fn notice(&self, id: BubbleId) -> Option<&Notice> {
        self.standing.iter().find(|bubble| bubble.id == id).map(|bubble| &bubble.notice)
    }

    /// Forgets it. Gives the notice that it was asked for and did not get to.
    pub(super) fn ended(&mut self, id: BubbleId) -> Option<Notice> {
        self.leaving.retain(|bubble| bubble.id != id);
        let place = self.standing.iter().position(|bubble| bubble.id == id)?;
        self.standing.remove(place).mail.unread()
    }

    /// Lets all threads go. The messages stay on the screen: they are still true.
    pub(super) fn let_go(&self) {
        for bubble in self.all() {
            bubble.mail.put(Letter::Leave);
        }
    }

    fn close(&mut self, place: usize) {
        let bubble = self.standing.remove(place);
        bubble.mail.put(Letter::Close);
        self.leaving.push(bubble);
    }

    fn all(&self) -> impl Iterator<Item = &Bubble> {
        self.standing.iter().chain(&self.leaving)
    }
}

/// What a message's thread is given.
pub(super) struct Thread {
    id: BubbleId,
    mail: Arc<Mail>,
    reports: Sender<Report>,
    service: Arc<platform::Service>,
}

impl Thread {
    fn report(&self, report: Report) {
        // Nobody listens when the program ends.
        let _ended = self.reports.send(report);
    }
}

impl Drop for Thread {
    /// However the thread ends, by a panic in the D-Bus library too, its place becomes free.
    fn drop(&mut self) {
        self.report(Report::Ended(self.id));
    }
}

/// What is asked of a message's thread.
#[derive(Debug)]
enum Letter {
    /// Show this in place of what is shown.
    Show(Notice),
    /// Take it away and end.
    Close,
    /// End without touching it.
    Leave,
}

/// A letter box that can be waited for together with a signal of the bus.
#[derive(Debug, Default)]
pub(super) struct Mail {
    inner: Mutex<(Option<Letter>, Option<Waker>)>,
}

impl Mail {
    fn put(&self, letter: Letter) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        // A stuck thread reads nothing, and only the newest letter counts.
        inner.0 = Some(letter);
        if let Some(waker) = inner.1.take() {
            waker.wake();
        }
    }

    fn unread(&self) -> Option<Notice> {
        match self.inner.lock().unwrap_or_else(PoisonError::into_inner).0.take() {
            Some(Letter::Show(notice)) => Some(notice),
            _ => None,
        }
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Letter> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.0.take() {
            Some(letter) => Poll::Ready(letter),
            None => {
                inner.1 = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Whether a notice asks for an answer, and so gets the action that puts it off.
fn can_be_put_off(notice: &Notice) -> bool {
    matches!(notice.kind, Kind::Fails | Kind::Nudges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_letter_counts() {
        let mail = Mail::default();
        mail.put(Letter::Leave);
        mail.put(Letter::Close);
        let context = Context::from_waker(Waker::noop());
        assert!(matches!(mail.poll(&context), Poll::Ready(Letter::Close)));
        assert!(mail.poll(&context).is_pending());
    }
}
