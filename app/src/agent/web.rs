//! Web access as the agent keeps it: who may ask, who waits for an answer, who came.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crossbeam_channel::Sender;
use jiff::Timestamp;
use stethoscope_probes::host::live::LiveHost;
use stethoscope_probes::text;

use super::choices::{capital, sentence};
use super::notices::{Matter, Notices, Said};
use crate::access::holder::holder;
use crate::access::view::{Answer, Question, Status, Visit, WebView};
use crate::access::{Access, Organisation, PORT, load, log};
use crate::monitor::facts::FactsWish;
use crate::paths::Paths;
use crate::settings;
use crate::site::Origin;
use crate::web::{self, WebConfig, WebEvent};
use crate::words::tr;

/// How many visits the window is shown.
const SHOWN: usize = 200;

pub(super) struct WebAccess {
    paths: Paths,
    /// `None` where the endpoint could not be started.
    endpoint: Option<web::Web>,
    organisation: Organisation,
    /// The administrator's file has been read once, so that there is something to stay with.
    organisation_known: bool,
    access: Access,
    status: Status,
    questions: Vec<Question>,
    /// Newest first. Kept only while somebody looks.
    visits: Option<Vec<Visit>>,
}

impl WebAccess {
    /// Starts the endpoint, if somebody may reach it.
    pub(super) fn start(
        paths: Paths,
        user: &settings::Web,
        facts: Sender<FactsWish>,
        events: Sender<WebEvent>,
        notices: &mut Notices,
    ) -> Self {
        let mut access = WebAccess {
            paths,
            endpoint: None,
            organisation: Organisation::default(),
            organisation_known: false,
            access: Access::default(),
            status: Status::Off,
            questions: Vec::new(),
            visits: None,
        };
        let _first = access.look_at_organisation(user, notices);
        access.access = Access::new(user.clone(), access.organisation.clone());
        let config = WebConfig {
            access: access.access.clone(),
            facts,
            events,
            state: access.paths.state.clone(),
            holder: Arc::new(|| holder(&LiveHost::new(Timestamp::now()), PORT).map(|holder| holder.words())),
            clock: Timestamp::now,
        };
        let started = web::start(config);
        access.take_up(started, notices);
        access
    }

    fn take_up(&mut self, started: io::Result<web::Web>, notices: &mut Notices) {
        match started {
            Ok(endpoint) => self.endpoint = Some(endpoint),
            Err(error) => {
                let _first = self.hear_status(Status::Failed(error.to_string()), notices);
            }
        }
    }

    /// Looks at the administrator's file again. Where it makes no sense what it said stays in force;
    /// where nothing is known of before, nobody gets in.
    pub(super) fn look_at_organisation(&mut self, user: &settings::Web, notices: &mut Notices) -> Said {
        let (said, problem) = match load::organisation(&self.paths) {
            Ok(said) => {
                self.organisation_known = true;
                (said, None)
            }
            Err(error) if self.organisation_known => (self.organisation.clone(), Some(sentence(&error))),
            Err(error) => {
                let consequence = text!(
                    "{problem}\nUntil it is mended no web site gets an answer",
                    problem = capital(&error.to_string())
                );
                (Organisation::closed(), Some(tr(&consequence)))
            }
        };
        let told = notices.set(Matter::Organisation, problem);
        if said == self.organisation {
            return told;
        }
        self.organisation = said;
        self.use_settings(user, notices);
        Said::Changed
    }

    /// From now on that is the user's word.
    pub(super) fn use_settings(&mut self, user: &settings::Web, notices: &mut Notices) {
        let access = Access::new(user.clone(), self.organisation.clone());
        if access == self.access {
            return;
        }
        self.access = access;
        let Some(endpoint) = &mut self.endpoint else { return };
        if let Err(error) = endpoint.use_access(self.access.clone()) {
            let _told_by_the_caller = self.hear_status(Status::Failed(error.to_string()), notices);
        }
    }

    /// The question of that site, if it still waits.
    pub(super) fn question(&self, origin: &Origin) -> Option<&Question> {
        self.questions.iter().find(|question| question.origin == *origin)
    }

    /// Hands the user's answer to the endpoint, after what it means for later is in force.
    pub(super) fn answer(&self, origin: &Origin, answer: Answer, identifiers: bool) {
        if let Some(endpoint) = &self.endpoint {
            endpoint.answer(origin, answer, identifiers);
        }
    }

    pub(super) fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Takes in what the endpoint tells. What the user should know goes into the notices.
    pub(super) fn hear(&mut self, event: WebEvent, notices: &mut Notices) -> Said {
        match event {
            WebEvent::Status(status) => self.hear_status(status, notices),
            WebEvent::Questions(questions) => {
                self.questions = questions;
                Said::AsBefore
            }
            WebEvent::Visited(visit) => {
                if let Some(visits) = &mut self.visits {
                    note(visits, visit);
                }
                Said::AsBefore
            }
            WebEvent::NotLogged(why) => notices.set(Matter::Visits, why.map(|why| capital(&why))),
        }
    }

    fn hear_status(&mut self, status: Status, notices: &mut Notices) -> Said {
        self.status = status;
        notices.set(Matter::Web, trouble(&self.status))
    }

    /// Everything that the window shows. Reads the visits when they have not been looked at before.
    pub(super) fn view(&mut self, now: Timestamp) -> WebView {
        let visits = self.visits.get_or_insert_with(|| read(&self.paths.visits(), now));
        WebView {
            status: self.status.clone(),
            switch: self.access.user().switch,
            pinned: self.access.is_pinned(),
            questions_allowed: self.access.asks(),
            questions_pinned: self.access.organisation().questions.is_some(),
            sites: self.access.sites(),
            questions: self.questions.clone(),
            visits: visits.clone(),
        }
    }

    /// Nobody looks any more.
    pub(super) fn forget_visits(&mut self) {
        self.visits = None;
    }
}

/// What is to be said of an endpoint that is not as it should be.
fn trouble(status: &Status) -> Option<String> {
    match status {
        Status::Off | Status::Listening => None,
        Status::Taken { holder: Some(holder) } => Some(tr(&text!(
            "Web sites cannot ask about this computer, because {holder} uses port {port}. Stethoscope tries again by itself.",
            holder = holder,
            port = PORT
        ))),
        Status::Taken { holder: None } => Some(tr(&text!(
            "Web sites cannot ask about this computer, because another program uses port {port}. Stethoscope tries again by itself.",
            port = PORT
        ))),
        Status::Failed(why) => Some(tr(&text!("Web sites cannot ask about this computer: {why}", why = why))),
    }
}

fn note(visits: &mut Vec<Visit>, visit: Visit) {
    // As the log does: the same again is a count.
    if !visits.iter_mut().take(32).any(|known| known.merge(&visit)) {
        visits.insert(0, visit);
        visits.truncate(SHOWN);
    }
}

fn read(path: &Path, now: Timestamp) -> Vec<Visit> {
    match log::read(path, now) {
        Ok(mut visits) => {
            visits.reverse();
            visits.truncate(SHOWN);
            visits
        }
        Err(error) => {
            tracing::warn!("the visits could not be read: {error}\nfile: {}", path.display());
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::bounded;

    use super::*;
    use crate::access::Whose;
    use crate::access::view::VisitResult;
    use crate::settings::Web;

    fn start(paths: &Paths, notices: &mut Notices) -> WebAccess {
        let (facts, _nobody) = bounded(1);
        let (events, _unheard) = bounded(8);
        WebAccess::start(paths.clone(), &Web::default(), facts, events, notices)
    }

    fn write(paths: &Paths, text: &str) {
        std::fs::create_dir_all(&paths.system).expect("a folder");
        std::fs::write(paths.system_web(), text).expect("a file");
    }

    #[test]
    fn an_administrators_file_that_breaks_stays_as_it_was_and_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        write(&paths, "WebAccess(format: 1, refused: [\"https://bad.example\"])");
        let mut notices = Notices::default();
        let mut access = start(&paths, &mut notices);
        assert!(notices.sentences().is_empty());
        write(&paths, "WebAccess(format: 1, refuse");
        assert_eq!(access.look_at_organisation(&Web::default(), &mut notices), Said::Changed);
        assert!(notices.sentences()[0].contains("web.ron, line 1"), "{:?}", notices.sentences());
        let view = access.view(Timestamp::UNIX_EPOCH);
        assert_eq!((view.sites.len(), view.sites[0].by), (1, Whose::Organisation));
        write(&paths, "WebAccess(format: 1)");
        assert_eq!(access.look_at_organisation(&Web::default(), &mut notices), Said::Changed);
        assert!(notices.sentences().is_empty() && access.view(Timestamp::UNIX_EPOCH).sites.is_empty());
        assert_eq!(access.look_at_organisation(&Web::default(), &mut notices), Said::AsBefore);
    }

    #[test]
    fn a_start_with_a_broken_file_lets_nobody_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        write(&paths, "nonsense");
        let mut notices = Notices::default();
        let mut access = start(&paths, &mut notices);
        assert!(notices.sentences()[0].contains("no web site gets an answer"), "{:?}", notices.sentences());
        let view = access.view(Timestamp::UNIX_EPOCH);
        assert!(view.pinned && view.questions_pinned && !view.questions_allowed && !access.access.is_on());
    }

    #[test]
    fn a_port_that_another_program_has_is_said_until_it_is_free() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut notices = Notices::default();
        let mut access = start(&Paths::below(folder.path()), &mut notices);
        let taken = Status::Taken { holder: Some("node (process 4711)".to_owned()) };
        assert_eq!(access.hear(WebEvent::Status(taken), &mut notices), Said::Changed);
        assert!(notices.sentences()[0].contains("because node (process 4711) uses port 37370"));
        assert_eq!(access.hear(WebEvent::Status(Status::Listening), &mut notices), Said::Changed);
        assert!(notices.sentences().is_empty());
    }

    #[test]
    fn the_newest_visit_stands_first_and_the_same_again_is_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut notices = Notices::default();
        let mut access = start(&Paths::below(folder.path()), &mut notices);
        let now = Timestamp::UNIX_EPOCH;
        assert!(access.view(now).visits.is_empty());
        let visit = |origin: &str| Visit {
            at: now,
            origin: origin.to_owned(),
            fields: Vec::new(),
            result: VisitResult::Answered,
            times: 1,
        };
        for origin in ["https://a.example", "https://b.example", "https://a.example"] {
            let _said = access.hear(WebEvent::Visited(visit(origin)), &mut notices);
        }
        let shown: Vec<(String, u32)> =
            access.view(now).visits.into_iter().map(|visit| (visit.origin, visit.times)).collect();
        assert_eq!(shown, [("https://b.example".to_owned(), 1), ("https://a.example".to_owned(), 2)]);
    }
}
