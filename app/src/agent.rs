//! The always-on program: puts monitor, tray, notifications and window together.
//!
//! One thread, which only waits: for events of the monitor, for what the user asks of tray, window,
//! notifications or by a second start, and for panels that come and go.

pub mod arguments;
mod choices;
pub mod computer;
pub mod deep_link;
mod notices;
mod program;
mod signals;
mod tray_icon;
mod web;
mod window;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, after, bounded, never, select};
use jiff::{Timestamp, Zoned};

use self::choices::{Changed, Choices, sentence};
use self::computer::Computer;
use self::notices::{Matter, Notices, Said};
use self::tray_icon::TrayIcon;
use self::web::WebAccess;
use self::window::{Target, Window};
use crate::access::change;
use crate::access::view::WebChange;
use crate::autostart::{Autostart, Start};
use crate::guidance;
use crate::instance::{Instance, Wish};
use crate::link::{Hello, ToWindow, WindowEvent};
use crate::monitor::fanout::Subscription;
use crate::monitor::message::{Command, Event, Place};
use crate::monitor::{Monitor, MonitorConfig};
use crate::notify::send::{Notifier, NotifierConfig, NotifyProblem};
use crate::paths::Paths;
use crate::session::Session;
use crate::snapshot::Snapshot;
use crate::tray::host::TrayHost;
use crate::tray::{self, Facts};
use crate::web::WebEvent;
use crate::words::say;
use crate::{notify, state};

/// How many commands may wait. They come from clicks.
const WAITING: usize = 64;

/// How long a panel may take to come up after the program, before the user is told that there is
/// none. Sessions start the panel and us at the same time.
const PANEL_GRACE: Duration = Duration::from_secs(10);

/// How the always-on program starts.
pub struct Options {
    pub paths: Paths,
    /// The right to be the only one, and why there is none if it could not be had.
    pub instance: Result<Instance, String>,
    pub session: Session,
    /// What the start asks for. `None`: to stay in the background.
    pub first: Option<Command>,
    pub computer: Computer,
    /// The arguments that make this program a linked window.
    pub window: Vec<String>,
    pub autostart: Option<Autostart>,
}

/// Runs until the user quits or the session ends.
pub fn run(options: Options) -> anyhow::Result<()> {
    let (commands_in, commands) = bounded(WAITING);
    let (wishes_in, wishes) = bounded(WAITING);
    let (hosts_in, hosts) = bounded(WAITING);
    let (window_events_in, window_events) = bounded(WAITING);
    signals::quit_on_signals(commands_in.clone()).context("the signals of the system could not be followed")?;

    let mut notices = Notices::default();
    let choices = Choices::load(options.paths.clone(), &mut notices);
    let told = match &options.instance {
        Ok(instance) => instance.listen(wishes_in).err().map(|error| sentence(&error)),
        Err(why) => Some(why.clone()),
    };
    let _first = notices.set(Matter::Instance, told);

    let (previous, problem) = state::load::<Arc<Snapshot>>(&options.paths.snapshot());
    let _first = notices.set(Matter::Keeping, problem.map(|problem| sentence(&problem)));
    let Computer { probes, host, device, watch } = options.computer;
    let mut config =
        MonitorConfig::new(choices.settings().clone(), &options.paths, previous.clone(), probes, host, device);
    config.watch = watch;
    config.rest = crate::rest::rest;
    let monitor = crate::monitor::start(config).context("the monitor could not be started")?;
    let notifier = notify::send::start(NotifierConfig {
        events: monitor.subscribe(),
        settings: choices.settings().clone(),
        told: options.paths.state.join("told.json"),
        previous: previous.clone(),
        commands: commands_in.clone(),
        title: Box::new(|verdict, _device| guidance::title(verdict).to_owned()),
        clock: Box::new(Zoned::now),
    })
    .context("the notifications could not be started")?;
    let events = monitor.subscribe();
    let (web_events_in, web_events) = bounded(WAITING);
    let facts = monitor.facts.clone();
    let web = WebAccess::start(options.paths.clone(), &choices.settings().web, facts, web_events_in, &mut notices);
    tray::host::watch(hosts_in).context("the tray could not be looked for")?;

    let mut agent = Agent {
        choices,
        notices,
        snapshot: previous,
        scanning: true,
        tray: TrayIcon::new(commands_in),
        panel: None,
        no_tray_told: options.paths.state.join("no-tray-told"),
        window: Window::new(options.window, options.session, window_events_in),
        web,
        monitor,
        notifier,
        problem: None,
        autostart: options.autostart,
    };
    if let Some(first) = options.first {
        agent.follow(first);
    }
    agent.work(&Heard { commands, wishes, events, window_events, hosts, web_events });
    agent.end(options.instance.ok());
    Ok(())
}

/// Everything the always-on program holds.
struct Agent {
    choices: Choices,
    notices: Notices,
    snapshot: Option<Arc<Snapshot>>,
    scanning: bool,
    tray: TrayIcon,
    /// What was last heard of a panel. `None` until something was.
    panel: Option<TrayHost>,
    /// Is there once the user was told that this desktop has no tray.
    no_tray_told: PathBuf,
    window: Window,
    web: WebAccess,
    monitor: Monitor,
    notifier: Notifier,
    problem: Option<NotifyProblem>,
    autostart: Option<Autostart>,
}

/// Everything that the agent waits for.
struct Heard {
    commands: Receiver<Command>,
    wishes: Receiver<Wish>,
    events: Subscription,
    window_events: Receiver<WindowEvent>,
    hosts: Receiver<TrayHost>,
    web_events: Receiver<WebEvent>,
}

/// Whether to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

impl Agent {
    fn work(&mut self, heard: &Heard) {
        let mut grace: Receiver<Instant> = never();
        // A sender that is gone would be heard of without end.
        let (mut events_or_never, mut problems_or_never) =
            (Receiver::clone(&heard.events), self.notifier.problems.clone());
        let (mut hosts_or_never, mut wishes_or_never) = (heard.hosts.clone(), heard.wishes.clone());
        let mut web_events_or_never = heard.web_events.clone();
        loop {
            let then = select! {
                recv(heard.commands) -> command => match command {
                    Ok(command) => self.follow(command),
                    Err(_all_gone) => Then::End,
                },
                recv(wishes_or_never) -> wish => match wish {
                    Ok(wish) => {
                        self.window.use_session(wish.session);
                        self.follow(wish.command)
                    }
                    Err(_gone) => {
                        wishes_or_never = never();
                        Then::GoOn
                    }
                },
                recv(heard.window_events) -> event => match event {
                    Ok(event) => self.hear_window(event),
                    Err(_gone) => Then::End,
                },
                recv(events_or_never) -> event => {
                    match event {
                        Ok(event) => self.hear_monitor(event),
                        Err(_gone) => events_or_never = never(),
                    }
                    Then::GoOn
                },
                recv(web_events_or_never) -> event => {
                    match event {
                        Ok(event) => self.hear_web(event),
                        Err(_gone) => web_events_or_never = never(),
                    }
                    Then::GoOn
                },
                recv(problems_or_never) -> problem => {
                    match problem {
                        Ok(problem) => self.hear_notifier(problem),
                        Err(_gone) => problems_or_never = never(),
                    }
                    Then::GoOn
                },
                recv(hosts_or_never) -> host => match host {
                    Ok(host) => {
                        grace = if host == TrayHost::Absent { after(PANEL_GRACE) } else { never() };
                        self.hear_panel(host)
                    }
                    Err(_gone) => {
                        hosts_or_never = never();
                        Then::GoOn
                    }
                },
                recv(grace) -> _ => {
                    grace = never();
                    self.tell_of_no_tray();
                    Then::GoOn
                },
            };
            if then == Then::End {
                return;
            }
        }
    }

    /// Does what was asked for, wherever it was asked.
    fn follow(&mut self, command: Command) -> Then {
        match command {
            Command::Quit => return Then::End,
            Command::Open(practice) => self.open(Target { practice, place: None }),
            Command::Show(place) => self.show(place),
            Command::Scan(_) | Command::Check(_) => self.ask_monitor(command),
            Command::LookAtProfiles => self.look_at_profiles(),
            Command::Web(change) => self.change_web(&change),
            Command::StartAtLogin(on) => self.start_at_login(if on { Start::AtLogin } else { Start::ByHand }),
            Command::Snooze(..)
            | Command::Ignore(..)
            | Command::Listen(_)
            | Command::UseProfile(_)
            | Command::UseSettings(_) => {
                let before = self.notices.sentences();
                if self.choices.follow(&command, Timestamp::now(), &mut self.notices) == Changed::Settings {
                    let settings = self.choices.settings().clone();
                    self.notifier.use_settings(&settings);
                    self.ask_monitor(Command::UseSettings(Box::new(settings)));
                }
                self.tell_state();
                self.show_tray();
                // Choosing a line of the menu has moved its mark, followed or not.
                self.tray.redraw_menu();
                if self.notices.sentences() != before {
                    self.tell_notices();
                }
            }
        }
        Then::GoOn
    }

    fn ask_monitor(&self, command: Command) {
        if let Err(error) = self.monitor.commands.try_send(command) {
            tracing::warn!("the monitor is too busy: {error}");
        }
    }

    fn look_at_profiles(&mut self) {
        if self.choices.reload_profiles(&mut self.notices) == Said::Changed {
            self.tell_state();
            self.tell_notices();
            self.show_tray();
        }
        if self.web.look_at_organisation(&self.choices.settings().web, &mut self.notices) == Said::Changed {
            self.tell_web();
            self.tell_notices();
        }
    }

    /// Who may ask changes, or a question is answered. Nothing of it concerns the monitor.
    fn change_web(&mut self, wish: &WebChange) {
        let now = Timestamp::now();
        let changed = match wish {
            WebChange::Answer { origin, answer, identifiers } => {
                // A question that was answered or withdrawn a moment ago has no answer any more.
                let Some(question) = self.web.question(origin) else { return };
                let keep = |web: &mut crate::settings::Web| change::answered(web, question, *answer, *identifiers, now);
                self.choices.change_web(keep, &mut self.notices)
            }
            other => self.choices.change_web(|web| change::apply(web, other, now), &mut self.notices),
        };
        if changed == Changed::Settings {
            self.web.use_settings(&self.choices.settings().web, &mut self.notices);
            self.notifier.use_settings(self.choices.settings());
            self.tell_state();
            self.tell_notices();
        }
        if let WebChange::Answer { origin, answer, identifiers } = wish {
            self.web.answer(origin, *answer, *identifiers);
        }
        self.tell_web();
    }

    fn hear_web(&mut self, event: WebEvent) {
        let asks = matches!(event, WebEvent::Questions(_));
        if self.web.hear(event, &mut self.notices) == Said::Changed {
            self.tell_notices();
        }
        if asks {
            self.notifier.ask(self.web.questions().to_vec());
        }
        self.tell_web();
    }

    fn tell_web(&mut self) {
        if self.window.is_open() {
            let view = self.web.view(Timestamp::now());
            self.window.tell(ToWindow::Web(Box::new(view)));
        }
    }

    /// Opens the window at a page.
    fn show(&mut self, place: Place) {
        let unknown = (place == Place::NotKnown)
            .then(|| say("A link asked for something that this version of Stethoscope does not know").to_owned());
        self.say(Matter::Link, unknown);
        self.open(Target { practice: None, place: Some(place) });
    }

    fn open(&mut self, target: Target) {
        if self.choices.reload_profiles(&mut self.notices) == Said::Changed {
            self.tell_state();
            self.show_tray();
        }
        let hello = Hello {
            snapshot: self.snapshot.clone(),
            scanning: self.scanning,
            state: self.state(),
            web: self.web.view(Timestamp::now()),
            show: target.practice,
            place: target.place,
            notices: self.notices.sentences(),
        };
        let said = self.window.open(hello);
        let said = self.notices.set(Matter::Window, said.err());
        if said == Said::Changed {
            self.tell_notices();
        }
    }

    fn hear_window(&mut self, event: WindowEvent) -> Then {
        match event {
            WindowEvent::Said(command) => self.follow(command),
            WindowEvent::Closed { window, how } => {
                let ended = self.window.closed(window, &how);
                // Told when the window is opened the next time, or has been already.
                self.say(Matter::Crash, ended.sentence);
                if !self.window.is_open() {
                    self.web.forget_visits();
                }
                if let Some(target) = ended.unseen {
                    self.open(target);
                }
                if !self.window.is_open() {
                    // What it took to open it is not needed again soon.
                    crate::rest::rest();
                }
                Then::GoOn
            }
        }
    }

    fn hear_monitor(&mut self, event: Event) {
        match event {
            Event::Scanning(trigger) => {
                self.scanning = true;
                self.window.tell(ToWindow::Scanning(trigger));
            }
            Event::Scanned(snapshot) => {
                self.scanning = false;
                self.snapshot = Some(Arc::clone(&snapshot));
                self.window.tell(ToWindow::Snapshot(snapshot));
                // The monitor has just looked at the policy again; so do we at what there is.
                self.look_at_profiles();
            }
            Event::PolicyRefused(why) => self.say(Matter::Policy, Some(choices::capital(&why))),
            Event::PolicyAccepted => self.say(Matter::Policy, None),
            Event::NotKept(why) => self.say(Matter::Keeping, Some(choices::capital(&why))),
            Event::Kept => self.say(Matter::Keeping, None),
        }
        self.show_tray();
    }

    fn hear_notifier(&mut self, problem: Option<NotifyProblem>) {
        self.say(Matter::Notifications, problem.as_ref().map(|problem| sentence(problem)));
        self.problem = problem;
        self.tell_state();
    }

    fn hear_panel(&mut self, host: TrayHost) -> Then {
        tracing::info!("the tray: {host:?}");
        let before = self.panel.replace(host.clone());
        match host {
            TrayHost::Present => {
                self.show_tray();
                let problem = self.tray.problem();
                self.say(Matter::Tray, problem);
            }
            // It may come back in a moment; the caller waits.
            TrayHost::Absent => {}
            TrayHost::NoBus(why) => {
                if before.is_some() {
                    // The bus lives as long as the session: without it the person has logged out,
                    // and nothing in the session can be reached again. The next login starts anew.
                    tracing::info!("the session has ended: {why}");
                    return Then::End;
                }
                tracing::info!("no session bus: {why}");
                self.tell_of_no_tray();
            }
        }
        self.tell_state();
        Then::GoOn
    }

    /// Says that nothing shows the icon, and once, ever, opens the window to say it.
    fn tell_of_no_tray(&mut self) {
        let sentence = match self.panel {
            Some(TrayHost::NoBus(_)) => {
                "This session has no message bus, so there is no tray icon and there are no notifications. \
                 Stethoscope keeps watching, and its window shows what it finds."
            }
            _ => {
                "This desktop does not show tray icons, so Stethoscope has none. It keeps watching and \
                 tells you when something breaks. Start Stethoscope again to come back to this window."
            }
        };
        self.say(Matter::Tray, Some(say(sentence).to_owned()));
        self.tell_state();
        if self.window.has_display() && !self.no_tray_told.exists() {
            match crate::files::replace(&self.no_tray_told, b"") {
                Ok(()) => {}
                // It will be said again at the next login, which harms nobody.
                Err(error) => tracing::warn!("{}: {error}", self.no_tray_told.display()),
            }
            if !self.window.is_open() {
                self.open(Target::default());
            }
        }
    }

    fn start_at_login(&mut self, start: Start) {
        let done = match &self.autostart {
            Some(autostart) => program::to_start_later()
                .map_err(|error| error.to_string())
                .and_then(|program| autostart.set(start, &program).map_err(|error| sentence(&error))),
            None => Err(say("Starting at login is not known on this system").to_owned()),
        };
        self.say(Matter::Autostart, done.err());
        self.tell_state();
    }

    fn say(&mut self, matter: Matter, sentence: Option<String>) {
        if self.notices.set(matter, sentence) == Said::Changed {
            self.tell_notices();
        }
    }

    fn tell_notices(&self) {
        self.window.tell(ToWindow::Notices(self.notices.sentences()));
    }

    fn tell_state(&self) {
        self.window.tell(ToWindow::State(Box::new(self.state())));
    }

    fn state(&self) -> crate::link::State {
        crate::link::State {
            start_at_login: self.autostart.as_ref().is_some_and(Autostart::is_on),
            tray: self.panel == Some(TrayHost::Present) && self.tray.is_up(),
            notifications: self.problem.is_none(),
            ..self.choices.state()
        }
    }

    /// Draws the tray, if there is a panel to draw it in or there was one.
    fn show_tray(&mut self) {
        if self.panel != Some(TrayHost::Present) && !self.tray.is_up() {
            return;
        }
        let profiles = self.choices.views();
        let model = tray::menu(&Facts {
            snapshot: self.snapshot.as_deref(),
            scanning: self.scanning,
            profiles: &profiles,
            profile: self.choices.profile(),
            pinned: self.choices.is_pinned(),
        });
        self.tray.show(model);
    }

    /// Ends what can be seen first, then what works behind it. The lock goes last, so that the next
    /// start finds nothing half ended.
    fn end(self, instance: Option<Instance>) {
        drop(self.window);
        drop(self.tray);
        drop(self.web);
        drop(self.notifier);
        self.monitor.stop();
        drop(instance);
    }
}
