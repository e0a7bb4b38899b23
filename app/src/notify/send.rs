//! The thread "notify": decides on every snapshot and shows what is to be told.
//!
//! The desktop's notification service may be absent, slow or stuck. Nothing here waits for it: each
//! message on the screen has a thread of its own (`bubble`), their number is bounded, and what
//! goes wrong is said as a [`NotifyProblem`].

mod bubble;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, after, bounded, never, select};
use jiff::Zoned;
use stethoscope_probes::device::Device;
use stethoscope_probes::practice::PracticeId;

use self::bubble::{Answer, Bubbles, Report};
use super::{Asker, Notice, NotifyState, decide, end_of_quiet, questions};
use crate::access::view::{Question, WebChange};
use crate::monitor::fanout::Subscription;
use crate::monitor::message::{Command, Event, Place, SnoozeSpan, Trigger};
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use crate::state;
use crate::verdict::Verdict;

/// How long the notification service may take to show a message before that is said.
pub const SHOW_LIMIT: Duration = Duration::from_secs(5);

/// The longest single sleep until a decision is due: the wall clock may be set meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(600);

/// Why messages do not reach the user. Shown in the window; tried again with the next message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotifyProblem {
    #[error("notifications cannot be shown, because this session has no notification service")]
    NoService,
    #[error("notifications cannot be shown, because the notification service does not answer")]
    NoAnswer,
    #[error("notifications cannot be shown: {0}")]
    Refused(String),
}

/// Gives the title for the state of a verdict.
pub type Title = Box<dyn Fn(&Verdict, &Device) -> String + Send>;

/// What the thread needs.
pub struct NotifierConfig {
    pub events: Subscription,
    pub settings: Settings,
    /// Where to keep what was told: `told.json` in the state folder.
    pub told: PathBuf,
    /// The last snapshot of the run before, for the case that nothing was told yet.
    pub previous: Option<Arc<Snapshot>>,
    /// Where the actions of the user go, and the wish to look again.
    pub commands: Sender<Command>,
    /// The title for the state of a verdict: `Firewall is off`.
    pub title: Title,
    /// The time here and now. Only `monitor`, `agent` and the programs ask a clock themselves.
    pub clock: Box<dyn Fn() -> Zoned + Send>,
}

/// The running thread. It ends when this is dropped.
#[derive(Debug)]
pub struct Notifier {
    settings: Sender<Settings>,
    questions: Sender<Vec<Question>>,
    questions_reader: Receiver<Vec<Question>>,
    /// `Some` when messages begin not to reach the user, `None` when they do again.
    pub problems: Receiver<Option<NotifyProblem>>,
}

impl Notifier {
    /// Follows other settings from now on.
    pub fn use_settings(&self, settings: &Settings) {
        // The thread reads at once, unless it is gone; then there is nobody left to tell.
        let _gone = self.settings.send(settings.clone());
    }

    /// These questions of web sites wait for the user now, oldest first.
    pub fn ask(&self, waiting: Vec<Question>) {
        let mut waiting = waiting;
        // Only the newest state matters.
        while let Err(TrySendError::Full(back)) = self.questions.try_send(waiting) {
            let _older = self.questions_reader.try_recv();
            waiting = back;
        }
    }
}

/// Starts the thread.
pub fn start(config: NotifierConfig) -> std::io::Result<Notifier> {
    let (settings_sender, settings) = bounded(4);
    let (questions, waiting) = bounded(4);
    let questions_reader = waiting.clone();
    let (problem_sender, problems) = bounded(4);
    let (known, garbled) = state::load(&config.told);
    if let Some(problem) = garbled {
        tracing::warn!("{problem}");
    }
    let known = known.or_else(|| config.previous.as_deref().map(NotifyState::of_snapshot)).unwrap_or_default();
    let (report_sender, reports) = bounded(16);
    let teller = Teller {
        known,
        is_kept: true,
        newest: None,
        questions: questions::Shown::default(),
        bubbles: Bubbles::new(report_sender),
        problem: None,
        problem_sender,
        problem_reader: problems.clone(),
        config,
    };
    std::thread::Builder::new().name("notify".to_owned()).spawn(move || teller.run(&settings, &waiting, &reports))?;
    Ok(Notifier { settings: settings_sender, questions, questions_reader, problems })
}

/// What the thread holds.
struct Teller {
    config: NotifierConfig,
    known: NotifyState,
    /// Whether that is on the disk.
    is_kept: bool,
    newest: Option<Arc<Snapshot>>,
    questions: questions::Shown,
    bubbles: Bubbles,
    problem: Option<NotifyProblem>,
    problem_sender: Sender<Option<NotifyProblem>>,
    /// The other end, to make room: only the newest state matters.
    problem_reader: Receiver<Option<NotifyProblem>>,
}

impl Teller {
    fn run(mut self, settings: &Receiver<Settings>, waiting: &Receiver<Vec<Question>>, reports: &Receiver<Report>) {
        let mut wake = never();
        let mut overdue = never();
        loop {
            select! {
                recv(self.config.events) -> event => match event {
                    Ok(Event::Scanned(snapshot)) => {
                        self.newest = Some(snapshot);
                        wake = self.tell(&mut overdue);
                    }
                    Ok(_other) => {}
                    Err(_ended) => break,
                },
                recv(settings) -> settings => match settings {
                    Ok(settings) => {
                        self.config.settings = settings;
                        wake = self.tell(&mut overdue);
                    }
                    Err(_dropped) => break,
                },
                recv(waiting) -> waiting => if let Ok(waiting) = waiting { self.ask_user(&waiting, &mut overdue) },
                recv(wake) -> _ => wake = self.tell(&mut overdue),
                recv(overdue) -> _ => {
                    overdue = never();
                    if self.bubbles.any_unanswered() {
                        self.say(Some(NotifyProblem::NoAnswer));
                    }
                }
                recv(reports) -> report => if let Ok(report) = report { self.hear(report) },
            }
        }
        self.bubbles.let_go();
    }

    /// Decides, keeps what is told from now on, shows it. Gives the timer for the next decision.
    fn tell(&mut self, overdue: &mut Receiver<std::time::Instant>) -> Receiver<std::time::Instant> {
        let Some(snapshot) = self.newest.clone() else { return never() };
        let now = (self.config.clock)();
        let title = |verdict: &Verdict| (self.config.title)(verdict, &snapshot.device);
        let before = self.known.clone();
        let decision = decide(&mut self.known, &snapshot, &self.config.settings, &now, &title);
        if self.known != before || !self.is_kept {
            // Kept before it is shown: a message lost in a crash is still seen in the window, one
            // that comes twice is a nuisance. A full disk is tried again with the next snapshot.
            let saved = state::save(&self.config.told, &self.known);
            self.is_kept = saved.is_ok();
            if let Err(error) = saved {
                tracing::warn!("what was told could not be kept: {error}\nfile: {}", self.config.told.display());
            }
        }
        self.show(decision.notices, overdue);
        if decision.rescan {
            self.ask(Command::Scan(Trigger::Settle));
        }
        match decision.wake {
            None => never(),
            Some(at) => {
                let wait = Duration::try_from(at.duration_since(now.timestamp())).unwrap_or_default();
                // Never zero, or a decision that asks for the present moment would spin.
                after(wait.clamp(Duration::from_millis(10), LONGEST_SLEEP))
            }
        }
    }

    /// Shows the questions of web sites that are not shown yet, and takes away those that wait no more.
    fn ask_user(&mut self, waiting: &[Question], overdue: &mut Receiver<std::time::Instant>) {
        let now = (self.config.clock)();
        let hours = self.config.settings.notifications.quiet_hours;
        let quiet = hours.and_then(|hours| end_of_quiet(hours, &now)).is_some();
        let notices = self.questions.decide(waiting, quiet);
        self.show(notices, overdue);
    }

    fn show(&mut self, notices: Vec<Notice>, overdue: &mut Receiver<std::time::Instant>) {
        for notice in notices {
            if let Err(problem) = self.bubbles.show(notice) {
                self.say(Some(problem));
            } else {
                *overdue = after(SHOW_LIMIT);
            }
        }
    }

    fn hear(&mut self, report: Report) {
        match report {
            Report::Shown(bubble) => {
                self.bubbles.answered(bubble);
                self.say(None);
            }
            Report::Failed(bubble, problem) => {
                self.bubbles.answered(bubble);
                self.say(Some(problem));
            }
            Report::Answered(bubble, answer) => {
                for command in self.bubbles.notice(bubble).map(|notice| commands(notice, answer)).unwrap_or_default() {
                    self.ask(command);
                }
            }
            Report::Ended(bubble) => {
                // It ended while it was being asked to show something else: another one shows that.
                if let Some(notice) = self.bubbles.ended(bubble)
                    && let Err(problem) = self.bubbles.show(notice)
                {
                    self.say(Some(problem));
                }
            }
        }
    }

    fn ask(&self, command: Command) {
        if let Err(TrySendError::Full(command)) = self.config.commands.try_send(command) {
            tracing::warn!("the program is too busy to follow {command:?}");
        }
    }

    fn say(&mut self, problem: Option<NotifyProblem>) {
        if self.problem == problem {
            return;
        }
        if let Some(problem) = &problem {
            tracing::warn!("{problem}");
        }
        self.problem.clone_from(&problem);
        while let Err(TrySendError::Full(_)) = self.problem_sender.try_send(problem.clone()) {
            let _older = self.problem_reader.try_recv();
        }
    }
}

/// What the user's answer to a message asks of the program.
fn commands(notice: &Notice, answer: Answer) -> Vec<Command> {
    match answer {
        Answer::Show if notice.is_question() => vec![Command::Show(Place::WebAccess)],
        Answer::ToSite(answer) => {
            let change = |Asker { origin, identifiers }: &Asker| WebChange::Answer {
                origin: origin.clone(),
                answer,
                identifiers: *identifiers,
            };
            notice.asks.iter().map(|asker| Command::Web(change(asker))).collect()
        }
        Answer::Show => {
            let only: Option<PracticeId> = match notice.practices.as_slice() {
                [practice] => Some(*practice),
                _several => None,
            };
            vec![Command::Open(only)]
        }
        Answer::Snooze => notice.practices.iter().map(|practice| Command::Snooze(*practice, SnoozeSpan::Day)).collect(),
    }
}
