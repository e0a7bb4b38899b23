//! Window managers without a locker of their own: what the idle daemon that runs will do.

use super::lockers::{Effect, effect, effect_of_words, grace};
use super::x_server::{self, XServer};
use super::{Answer, Idle, Lock, hypridle, light_locker, logind, xscreensaver};
use crate::finding::Evidence;
use crate::host::{Host, Process, Read};
use crate::linux::session::{Display, Session, own_processes};
use crate::parse::swayidle::{self, Event};
use crate::system::Desktop;
use crate::text::Text;

/// What one daemon was told to do.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The daemon's name.
    pub(super) daemon: &'static str,
    /// After how many seconds of idleness it does what.
    pub(super) steps: Vec<(u32, Effect)>,
    /// What it does when logind asks for a lock.
    pub(super) on_lock: Option<Effect>,
    /// What it does before the machine sleeps.
    pub(super) before_sleep: Option<Effect>,
    /// After how many seconds of idleness it tells logind that nobody is there.
    pub(super) hint: Option<u32>,
    /// The commands as they stand.
    pub(super) commands: Vec<String>,
    /// Why the steps may not be all.
    pub(super) doubt: Option<Text>,
    /// It was read from a file that may be newer than the running daemon.
    pub(super) from_file: bool,
    pub(super) evidence: Vec<Evidence>,
}

/// Shells and daemons that lock by rules of their own, which are not known here.
const OPAQUE: &[&str] = &["stasis", "wayidle", "quickshell", "qs", "noctalia-shell", "dms", "ironbar", "ags"];

/// A desktop on which nothing locks unless a daemon does it.
pub(super) fn bare(host: &dyn Host, session: &Session) -> Read<Answer> {
    let display = match session.desktop {
        Desktop::Sway | Desktop::Hyprland => Display::Wayland,
        Desktop::I3 => Display::X11,
        _ => session.display,
    };
    let own = own_processes(host)?;
    let opaque = own.iter().find(|process| OPAQUE.iter().any(|name| is(process, name)));
    let found = running(host, display)?;
    if let Some(process) = opaque
        && !found.as_ref().is_some_and(|found| matches!(found.lock, Lock::After(_)))
    {
        let why =
            text!("{program} may lock the screen by rules of its own, which cannot be read", program = process.name);
        return Ok(Answer::unknown(why).saw(&format!("/proc/{}/comm", process.pid), &process.name, "ps x"));
    }
    Ok(found.unwrap_or_else(|| {
        let lock = Lock::Never(text!(
            "No idle daemon such as swayidle, hypridle or xss-lock runs, so nothing locks the screen"
        ));
        let server = x_server::ask(host, display);
        let idle = match display {
            Display::Wayland => Idle::Never(text!("No idle daemon runs, so the screen never goes idle")),
            _ => server.idle(),
        };
        let mut answer =
            Answer::new(lock, idle).saw("the processes of your account", "no idle daemon among them", "ps x");
        answer.evidence.extend(server.evidence);
        answer
    }))
}

/// What the idle daemons of the user will do together; `None` where none runs.
pub(super) fn running(host: &dyn Host, display: Display) -> Read<Option<Answer>> {
    let own = own_processes(host)?;
    let server = x_server::ask(host, display);
    let mut plans = Vec::new();
    let mut answers = Vec::new();
    for process in &own {
        if is(process, "swayidle") {
            plans.push(swayidle_plan(host, process)?);
        } else if is(process, "hypridle") {
            plans.push(hypridle::plan(host, process)?);
        } else if is(process, "xautolock") {
            plans.push(xautolock(process));
        } else if is(process, "xidlehook") {
            plans.push(xidlehook(process));
        } else if is(process, "xss-lock") {
            plans.push(xss_lock(process, &server));
        } else if is(process, "xscreensaver") {
            answers.push(xscreensaver::xscreensaver(host, &server)?);
        } else if is(process, "light-locker") {
            plans.push(Plan { daemon: "light-locker", on_lock: Some(Effect::Locks), ..Plan::default() });
            answers.push(light_locker::light_locker(host, process, &server)?);
        }
    }
    plans.sort_by_key(|plan| plan.daemon == "light-locker");
    let spoken = plans.iter().any(|plan| plan.daemon != "light-locker");
    if spoken {
        let commands: Vec<String> = plans.iter().flat_map(|plan| plan.commands.clone()).collect();
        logind::add_step(host, &mut plans);
        let mut answer = judge(plans, display, &server);
        if let Lock::After(seconds) = &mut answer.lock
            && let Some((grace, evidence)) = grace(host, &commands)?
        {
            *seconds = seconds.saturating_add(grace);
            answer.evidence.push(evidence);
        }
        answers.push(answer);
    }
    Ok(answers.into_iter().reduce(stronger))
}

/// Of two answers the one that is sure to lock, sooner before later; the other's evidence is kept.
fn stronger(one: Answer, other: Answer) -> Answer {
    let rank = |answer: &Answer| match answer.lock {
        Lock::After(seconds) => (0, seconds),
        Lock::Unknown(_) => (1, 0),
        Lock::Never(_) => (2, 0),
    };
    let idle_rank = |answer: &Answer| match answer.idle {
        Idle::After(seconds) => (0, seconds),
        Idle::Unknown(_) => (1, 0),
        Idle::Never(_) => (2, 0),
    };
    let idler = if idle_rank(&one) <= idle_rank(&other) { &one } else { &other };
    let (idle, idle_inferred) = (idler.idle.clone(), idler.idle_inferred);
    let (mut best, rest) = if rank(&one) <= rank(&other) { (one, other) } else { (other, one) };
    (best.idle, best.idle_inferred) = (idle, idle_inferred);
    best.evidence.extend(rest.evidence);
    best
}

/// Puts the plans together: one daemon may ask logind for the lock that another carries out.
fn judge(plans: Vec<Plan>, display: Display, server: &XServer) -> Answer {
    let heeds = plans.iter().any(|plan| plan.on_lock == Some(Effect::Locks));
    let locks = |effect: &Effect| *effect == Effect::Locks || (*effect == Effect::AsksForLock && heeds);
    let locked_asleep = plans.iter().any(|plan| plan.before_sleep.as_ref().is_some_and(locks));
    let mut lock: Option<(u32, bool)> = None;
    let (mut idle, mut doubt, mut unheeded) = (None::<(u32, bool)>, None, false);
    let waits_for_x = plans.iter().any(|plan| plan.daemon == "xss-lock");
    let daemons: Vec<&str> = plans.iter().map(|plan| plan.daemon).filter(|name| *name != "light-locker").collect();
    let names = daemons.join(", ");
    let mut evidence = Vec::new();
    for plan in plans {
        for (seconds, effect) in &plan.steps {
            if locks(effect) || (*effect == Effect::Suspends && locked_asleep) {
                lock = Some(lock.map_or((*seconds, plan.from_file), |known| known.min((*seconds, plan.from_file))));
            }
            match effect {
                Effect::AsksForLock if !heeds => unheeded = true,
                Effect::Unknown(command) => {
                    doubt = Some(text!(
                        "{daemon} runs {command}, and what that does cannot be told",
                        daemon = plan.daemon,
                        command = command
                    ));
                }
                Effect::Nothing => {}
                _ => {
                    idle = Some(idle.map_or((*seconds, plan.from_file), |known| known.min((*seconds, plan.from_file))));
                }
            }
        }
        doubt = doubt.or(plan.doubt);
        evidence.extend(plan.evidence);
    }
    let inferred = lock.is_some_and(|(_, from_file)| from_file);
    let idle_inferred = idle.is_some_and(|(_, from_file)| from_file);
    let lock = match (lock, &doubt) {
        (Some((seconds, _)), _) => Lock::After(seconds),
        (None, Some(why)) => Lock::Unknown(why.clone()),
        (None, None) if waits_for_x && server.never() => {
            Lock::Never(text!("xss-lock waits for the X server's screen saver, which is switched off (see xset q)"))
        }
        (None, None) if unheeded => {
            Lock::Never(text!("{daemons} asks for a lock, but no program that runs heeds it", daemons = names))
        }
        (None, None) => {
            Lock::Never(text!("{daemons} runs, but nothing in its settings locks the screen", daemons = names))
        }
    };
    let idle = match (idle, doubt) {
        (Some((seconds, _)), _) => Idle::After(seconds),
        (None, Some(why)) => Idle::Unknown(why),
        (None, None) if display != Display::Wayland => server.idle(),
        (None, None) => {
            Idle::Never(text!("{daemons} runs, but nothing in its settings blanks the screen", daemons = names))
        }
    };
    let idle = match idle {
        // Whoever is first makes the screen dark.
        Idle::After(seconds) if display != Display::Wayland => server.first(seconds),
        idle => idle,
    };
    evidence.extend(server.evidence.clone());
    Answer { lock, idle, inferred, idle_inferred, unlocked_by: None, evidence }
}

/// Whether a process is that program; the kernel cuts names at 15 bytes, and NixOS wraps them.
pub(super) fn is(process: &Process, name: &str) -> bool {
    let short = name.get(..15).unwrap_or(name);
    process.name == short
        || process.name.strip_prefix('.').is_some_and(|rest| rest.starts_with(short) && rest.len() > short.len())
}

/// The command line of a running daemon.
pub(super) fn seen(process: &Process) -> Evidence {
    Evidence {
        source: format!("/proc/{}/cmdline", process.pid),
        saw: process.arguments.join(" "),
        check: format!("ps -o args= -p {}", process.pid),
    }
}

/// Arguments that are hidden leave everything open.
fn hidden(process: &Process) -> Option<Text> {
    process.arguments.is_empty().then(|| text!("The arguments of {daemon} cannot be read", daemon = process.name))
}

fn swayidle_plan(host: &dyn Host, process: &Process) -> Read<Plan> {
    let arguments = swayidle::arguments(&process.arguments);
    let mut plan =
        Plan { daemon: "swayidle", doubt: hidden(process), evidence: vec![seen(process)], ..Plan::default() };
    let home = host.user().home;
    let paths = match arguments.config {
        Some(path) => vec![path],
        None => vec![
            format!("{}/swayidle/config", host.config_home()),
            format!("{home}/.swayidle/config"),
            "/etc/swayidle/config".to_owned(),
        ],
    };
    let on_the_line = arguments.events.len();
    let mut events = arguments.events;
    for path in paths {
        if let Some(text) = host.read_if_there(&path)? {
            events.extend(swayidle::config(&text));
            plan.evidence.push(Evidence { source: path.clone(), saw: text, check: format!("cat {path}") });
            break;
        }
    }
    let mut sure = false;
    for (index, event) in events.iter().enumerate() {
        if let Event::Timeout(_, command) | Event::BeforeSleep(command) | Event::Lock(command) = event {
            plan.commands.push(command.clone());
        }
        match event {
            // Zero switches a timeout off.
            Event::Timeout(0, _) => {}
            Event::Timeout(seconds, command) => {
                let effect = effect(command);
                sure |= index < on_the_line && effect == Effect::Locks;
                plan.steps.push((*seconds, effect));
            }
            Event::BeforeSleep(command) => plan.before_sleep = plan.before_sleep.take().max(Some(effect(command))),
            Event::Lock(command) => plan.on_lock = plan.on_lock.take().max(Some(effect(command))),
            Event::IdleHint(0) => {}
            Event::IdleHint(seconds) => plan.hint = Some(plan.hint.map_or(*seconds, |known| known.min(*seconds))),
        }
    }
    plan.from_file = events.len() > on_the_line && !sure;
    Ok(plan)
}

/// `xautolock -time MINUTES -locker COMMAND`, by default 10 minutes and xlock. Source: xautolock(1).
fn xautolock(process: &Process) -> Plan {
    let after = |option: &str| {
        let at = process.arguments.iter().position(|argument| argument == option)?;
        process.arguments.get(at + 1)
    };
    let minutes: u32 = after("-time").and_then(|text| text.parse().ok()).unwrap_or(10);
    let command = after("-locker").map_or("xlock", String::as_str);
    Plan {
        daemon: "xautolock",
        steps: vec![(minutes.saturating_mul(60), effect(command))],
        commands: vec![command.to_owned()],
        doubt: hidden(process),
        // What is not on the line may stand among the X resources.
        from_file: after("-time").is_none() || after("-locker").is_none(),
        evidence: vec![seen(process)],
        ..Plan::default()
    }
}

/// `xidlehook --timer SECONDS COMMAND CANCEL …`: each timer counts from the one before it. Up to
/// version 0.7 a word such as `normal` stood before the seconds.
fn xidlehook(process: &Process) -> Plan {
    let mut plan =
        Plan { daemon: "xidlehook", doubt: hidden(process), evidence: vec![seen(process)], ..Plan::default() };
    let mut total: u32 = 0;
    let mut rest = &process.arguments[..];
    while let Some((word, after)) = rest.split_first() {
        rest = after;
        if word != "--timer" {
            continue;
        }
        if let [kind, after @ ..] = rest
            && matches!(kind.as_str(), "normal" | "primary")
        {
            rest = after;
        }
        if let [seconds, command, ..] = rest {
            total = total.saturating_add(seconds.parse().unwrap_or(0));
            plan.steps.push((total, effect(command)));
        }
    }
    plan
}

/// `xss-lock [options] [--] locker …`: locks when the X server's screen saver starts, and when
/// logind asks. With a notifier it waits for the saver's next picture, unless the monitor's sleep started the
/// saver. Source: xss-lock `xss-lock.c`.
fn xss_lock(process: &Process, server: &XServer) -> Plan {
    let mut rest = process.arguments.get(1..).unwrap_or_default();
    let (mut notifies, mut sleep, mut saver) = (false, true, true);
    while let Some((word, after)) = rest.split_first() {
        let Some(option) = word.strip_prefix('-') else { break };
        rest = after;
        if option == "-" {
            break;
        }
        match option.split('=').next().unwrap_or(option) {
            "n" | "-notifier" => notifies = true,
            "-ignore-sleep" => sleep = false,
            "-ignore-xss" => saver = false,
            _ => {}
        }
        // These take the next argument, unless it stands behind an equals sign.
        if matches!(option, "n" | "s" | "-notifier" | "-session") {
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    let effect = effect_of_words(rest);
    let mut plan = Plan {
        daemon: "xss-lock",
        before_sleep: sleep.then(|| effect.clone()),
        on_lock: Some(effect.clone()),
        doubt: hidden(process),
        evidence: vec![seen(process)],
        ..Plan::default()
    };
    match server.saver_starts(notifies) {
        Ok(Some(seconds)) => {
            plan.hint = Some(seconds);
            if saver {
                plan.steps.push((seconds, effect));
            }
        }
        Ok(None) => {}
        Err(why) if saver => plan.doubt = plan.doubt.or(Some(why)),
        Err(_why) => {}
    }
    plan
}
