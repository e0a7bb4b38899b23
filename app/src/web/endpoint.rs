//! One request from its first header to its answer. The order is fixed: Host, path, size, site, rate, text,
//! depth, consent, and only then are facts looked at.

use std::cell::{OnceCell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Sender;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use hyper::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::spawn_local;
use tokio::time::{sleep, timeout};

use super::answer::{Answerer, Question};
use super::asked::Asked;
use super::connections::Busy;
use super::consent::{Asking, Consent, Gate, WITHDRAWN};
use super::facts::Source;
use super::rate::Rates;
use super::reply::{self, Code, Reply};
use super::request::{self, LARGEST_BODY, Mistake, Request};
use super::visits::Visits;
use super::{Control, Holder, WebConfig, WebEvent, origin};
use crate::access::view::{Status, Visit, VisitResult};
use crate::access::{Access, Identifiers};
use crate::site::Origin;

/// How long a page's request waits for the user's answer.
const HELD: Duration = Duration::from_secs(25);

/// How long a request may take in all, the user's answer included.
const LONGEST: Duration = Duration::from_secs(30);

/// How long a body may take.
const BODY_LIMIT: Duration = Duration::from_secs(5);

const PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");

/// What the requests share. On one thread, and never borrowed while something is waited for.
pub(super) struct Endpoint {
    events: Sender<WebEvent>,
    state: PathBuf,
    holder: Holder,
    clock: fn() -> Timestamp,
    access: RefCell<Access>,
    consent: RefCell<Consent>,
    rates: RefCell<Rates>,
    visits: RefCell<Visits>,
    facts: Source,
    /// Made when the first page asks.
    answerer: OnceCell<Answerer>,
    /// Counts decisions, so that whoever waits for one looks again.
    decided: watch::Sender<u64>,
    /// The time since the start.
    elapsed: Box<dyn Fn() -> Duration>,
}

/// A request that is not answered, and what the log says of it.
struct Stopped {
    reply: Reply,
    result: VisitResult,
}

impl Endpoint {
    pub(super) fn new(config: WebConfig, elapsed: Box<dyn Fn() -> Duration>) -> Self {
        Endpoint {
            events: config.events,
            holder: config.holder,
            clock: config.clock,
            access: RefCell::new(config.access),
            consent: RefCell::default(),
            rates: RefCell::default(),
            visits: RefCell::new(Visits::new(config.state.join("web-visits.jsonl"))),
            facts: Source::new(config.facts),
            answerer: OnceCell::new(),
            decided: watch::Sender::new(0),
            elapsed,
            state: config.state,
        }
    }

    pub(super) fn follow(&self, control: Control) {
        match control {
            Control::Access(access) => *self.access.borrow_mut() = *access,
            Control::Answer { origin, answer, identifiers } => {
                self.consent.borrow_mut().answer(&origin, answer, identifiers, (self.elapsed)());
                self.tell_questions();
            }
        }
        self.tidy();
        self.decided.send_modify(|count| *count += 1);
    }

    pub(super) fn holder(&self) -> Option<String> {
        (self.holder)()
    }

    pub(super) fn tell_status(&self, status: Status) {
        self.tell(WebEvent::Status(status));
    }

    fn tell(&self, event: WebEvent) {
        if let Err(error) = self.events.try_send(event) {
            tracing::warn!("what happened at the web endpoint could not be told: {error}");
        }
    }

    fn tell_questions(&self) {
        self.tell(WebEvent::Questions(self.consent.borrow().questions()));
    }

    fn tidy(&self) {
        if self.consent.borrow_mut().tidy(&self.access.borrow(), (self.elapsed)()) {
            self.tell_questions();
        }
    }

    /// Answers one request. Always, and in bounded time.
    pub(super) async fn handle(self: &Rc<Self>, request: hyper::Request<Incoming>, busy: &Busy) -> Reply {
        let headers = request.headers();
        let to_us = request.uri().authority().is_none_or(|name| origin::is_our_host(&[name.as_str().as_bytes()]));
        if !to_us || !origin::is_our_host(&values(headers, &HOST)) {
            return reply::closed(StatusCode::MISDIRECTED_REQUEST, "This is not the host you asked for.");
        }
        if !origin::is_our_path(request.uri().path()) {
            return reply::elsewhere();
        }
        if ![Method::GET, Method::POST, Method::OPTIONS].contains(request.method()) {
            return reply::closed(StatusCode::METHOD_NOT_ALLOWED, "GET and POST are answered.");
        }
        if request.body().size_hint().lower() > LARGEST_BODY as u64 {
            return reply::closed(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.");
        }
        let sent = values(headers, &ORIGIN);
        let site = origin::site(&sent).map(|site| (self.gate(&site), site));
        let Some((gate, site)) = site.filter(|(gate, _)| *gate != Gate::Closed) else {
            self.keep(origin::as_logged(&sent), &Asked::default(), VisitResult::NotAllowed);
            return reply::closed(StatusCode::FORBIDDEN, "This site may not ask.");
        };
        if request.method() == Method::OPTIONS {
            let preflight = headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
            let private = preflight && headers.contains_key(PRIVATE_NETWORK);
            return reply::preflight(&site, private);
        }
        let counted = self.rates.borrow_mut().count(&site, (self.elapsed)());
        if let Err(wait) = counted {
            self.keep(site.to_string(), &Asked::default(), VisitResult::TooOften);
            return reply::too_often(&site, wait);
        }
        if gate == Gate::Refused {
            self.keep(site.to_string(), &Asked::default(), VisitResult::Refused);
            return refused(&site);
        }
        let began = (self.elapsed)();
        let question = match self.understand(&site, request, busy).await {
            Ok(question) => question,
            Err(Stopped { reply, result }) => {
                self.keep(site.to_string(), &Asked::default(), result);
                return reply;
            }
        };
        let (reply, result) = self.answer(&site, &question, began).await;
        self.keep(site.to_string(), &question.asked, result);
        reply
    }

    fn gate(&self, site: &Origin) -> Gate {
        self.consent.borrow().gate(&self.access.borrow(), site, (self.elapsed)())
    }

    /// Reads what is asked, and how much of it.
    async fn understand(
        &self,
        site: &Origin,
        request: hyper::Request<Incoming>,
        busy: &Busy,
    ) -> Result<Question, Stopped> {
        let mistaken = |status, words: String| Stopped {
            reply: reply::refusal(site, status, Code::Mistaken, &words),
            result: VisitResult::Mistaken,
        };
        let read = match request.method() {
            &Method::POST => {
                let content_type = values(request.headers(), &CONTENT_TYPE);
                let content_type =
                    content_type.first().and_then(|kind| std::str::from_utf8(kind).ok()).map(str::to_owned);
                // Until it has said what it wants, it makes room for those that have.
                busy.pause();
                let body = timeout(BODY_LIMIT, Limited::new(request.into_body(), LARGEST_BODY).collect()).await;
                busy.resume();
                let body = match body {
                    Ok(Ok(body)) => body.to_bytes(),
                    Ok(Err(error)) => {
                        let too_large = error.is::<http_body_util::LengthLimitError>();
                        let status = if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
                        return Err(mistaken(status, "The body is larger than 100 kB, or broke off.".to_owned()));
                    }
                    Err(_late) => {
                        return Err(mistaken(StatusCode::REQUEST_TIMEOUT, "The body took too long.".to_owned()));
                    }
                };
                request::from_body(content_type.as_deref(), &body)
            }
            _get => request::from_query(request.uri().query().unwrap_or_default()),
        };
        let read: Request = read.map_err(|mistake| mistaken(status(&mistake), mistake.to_string()))?;
        Question::new(read).map_err(|words| mistaken(StatusCode::OK, words))
    }

    /// Gets the user's consent where that is needed, the facts, and puts them together.
    async fn answer(self: &Rc<Self>, site: &Origin, question: &Question, began: Duration) -> (Reply, VisitResult) {
        let identifiers = match self.consented(site, &question.asked).await {
            Ok(identifiers) => identifiers,
            Err(stopped) => return (stopped.reply, stopped.result),
        };
        let rest = LONGEST.saturating_sub((self.elapsed)().saturating_sub(began));
        let Ok(Ok(facts)) = timeout(rest, self.facts.get(&question.asked, &self.elapsed)).await else {
            let words = "This computer could not be looked at in time.";
            return (reply::refusal(site, StatusCode::OK, Code::Late, words), VisitResult::Unanswered);
        };
        let answerer = self.answerer.get_or_init(|| Answerer::new(self.state.join("web-key")));
        let took = || (self.elapsed)().saturating_sub(began);
        let wall = (self.clock)();
        let answer = || answerer.answer(site, question, Arc::clone(&facts), identifiers, wall, &took);
        match catch_unwind(AssertUnwindSafe(answer)) {
            Ok(body) => {
                let told = identifiers == Identifiers::Given && question.asked.identifiers().next().is_some();
                let result = if told { VisitResult::AnsweredWithIdentifiers } else { VisitResult::Answered };
                (reply::readable(site, StatusCode::OK, body), result)
            }
            Err(_panic) => {
                tracing::error!("an answer to {site} broke off. This is a fault in Stethoscope");
                (reply::refusal(site, StatusCode::OK, Code::Fault, "A fault in Stethoscope."), VisitResult::Mistaken)
            }
        }
    }

    /// Whether the site may know it, and identifiers too. Waits for the user where nobody has decided.
    async fn consented(self: &Rc<Self>, site: &Origin, asked: &Asked) -> Result<Identifiers, Stopped> {
        let mut decided = self.decided.subscribe();
        let until = (self.elapsed)() + HELD;
        loop {
            match self.gate(site) {
                Gate::Open(Identifiers::Undecided) => {
                    if asked.identifiers().next().is_some() {
                        // The answer does not wait for it: identifiers are left out of this one.
                        let _waits = self.ask(site, asked, true);
                    }
                    return Ok(Identifiers::Undecided);
                }
                Gate::Open(identifiers) => return Ok(identifiers),
                Gate::Refused => return Err(Stopped { reply: refused(site), result: VisitResult::Refused }),
                Gate::Closed => return Err(not_allowed()),
                Gate::Asking => {
                    if self.ask(site, asked, false) == Asking::TooMany {
                        return Err(not_allowed());
                    }
                    let wait = until.saturating_sub((self.elapsed)());
                    if !matches!(timeout(wait, decided.changed()).await, Ok(Ok(()))) {
                        let words = "Stethoscope is asking the user of this computer. Ask again when that is answered.";
                        let reply = reply::refusal(site, StatusCode::FORBIDDEN, Code::Asking, words);
                        return Err(Stopped { reply, result: VisitResult::Unanswered });
                    }
                }
            }
        }
    }

    fn ask(self: &Rc<Self>, site: &Origin, asked: &Asked, second: bool) -> Asking {
        let asking = self.consent.borrow_mut().ask(site, asked, second, (self.elapsed)(), (self.clock)());
        if asking == Asking::Changed {
            self.tell_questions();
            let endpoint = Rc::downgrade(self);
            spawn_local(async move {
                // A site that goes on asking is withdrawn by the task of a later question, or at the next decision.
                sleep(WITHDRAWN + Duration::from_secs(1)).await;
                if let Some(endpoint) = endpoint.upgrade() {
                    endpoint.tidy();
                }
            });
        }
        asking
    }

    fn keep(&self, origin: String, asked: &Asked, result: VisitResult) {
        let fields = asked.names.iter().cloned().collect();
        let visit = Visit { at: (self.clock)(), origin, fields, result, times: 1 };
        let kept = self.visits.borrow_mut().keep(visit.clone(), (self.elapsed)());
        if kept.shown {
            self.tell(WebEvent::Visited(visit));
        }
        if let Some(problem) = kept.problem {
            self.tell(WebEvent::NotLogged(problem));
        }
    }
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a [u8]> {
    headers.get_all(name).iter().map(hyper::header::HeaderValue::as_bytes).collect()
}

fn refused(site: &Origin) -> Reply {
    reply::refusal(site, StatusCode::FORBIDDEN, Code::Refused, "The user of this computer refuses this site.")
}

fn not_allowed() -> Stopped {
    let reply = reply::closed(StatusCode::FORBIDDEN, "This site may not ask.");
    Stopped { reply, result: VisitResult::NotAllowed }
}

fn status(mistake: &Mistake) -> StatusCode {
    match mistake {
        Mistake::OtherBody => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Mistake::NotJson(_) | Mistake::NotAnObject => StatusCode::BAD_REQUEST,
        // As GraphQL over HTTP had it in the old app: a question that makes no sense is an answer with errors.
        Mistake::NoQuery | Mistake::NotAString(_) | Mistake::Variables(_) | Mistake::Nonce => StatusCode::OK,
    }
}
