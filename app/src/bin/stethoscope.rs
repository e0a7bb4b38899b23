//! Watches this computer: tray icon, notifications, and the window when somebody wants to look.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use stethoscope::agent::arguments::{self, Action, Arguments};
use stethoscope::agent::computer::Computer;
use stethoscope::agent::{self, Options, deep_link};
use stethoscope::autostart::Autostart;
use stethoscope::instance::{self, Claim, Wish};
use stethoscope::monitor::message::Command;
use stethoscope::paths::Paths;
use stethoscope::session::Session;
use stethoscope::{link, rest, window};
use tracing::level_filters::LevelFilter;

/// What was asked for cannot be done here.
const CANNOT: u8 = 2;

fn main() -> ExitCode {
    let asked = Arguments::parse();
    let level = asked.log.parse().unwrap_or(LevelFilter::WARN);
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).init();
    match start(&asked) {
        Ok(code) => code,
        Err(error) => {
            tell(&format!("stethoscope: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn start(asked: &Arguments) -> anyhow::Result<ExitCode> {
    let session = Session::of_process();
    let first = match asked.action {
        Some(Action::Window { linked: true, .. }) => return linked_window(&session),
        Some(Action::Man) => {
            io::stdout().write_all(&arguments::manual()?)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Action::Window { practice, .. }) => Some(Command::Open(practice)),
        None => match &asked.link {
            Some(link) => Some(deep_link::wish(link)),
            None => (!asked.background).then_some(Command::Open(None)),
        },
    };
    if first.is_some() && !session.has_display() {
        tell(
            "Stethoscope shows its window and its tray icon in a graphical session, and there is none here: \
             `stethoscope-cli scan` shows the same in a terminal, and `stethoscope --background` watches without a window.",
        );
        return Ok(ExitCode::from(CANNOT));
    }
    rest::share_heaps();
    let paths = Paths::of_user().context("this user has no home directory, so there is nowhere to keep settings")?;
    let instance = match instance::claim(&paths.runtime) {
        Ok(Claim::First(instance)) => Ok(instance),
        Ok(Claim::Second(running)) => {
            if let Some(command) = first {
                running.ask(&Wish { command, session })?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        // Better two programs than none: a home that cannot be written must not end the watching.
        Err(error) => Err(error.to_string()),
    };
    agent::run(Options {
        window: window_arguments(asked),
        autostart: Autostart::of_user(),
        computer: computer(asked)?,
        paths,
        instance,
        session,
        first,
    })?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "fixture"))]
fn computer(_asked: &Arguments) -> anyhow::Result<Computer> {
    Ok(Computer::this())
}

#[cfg(feature = "fixture")]
fn computer(asked: &Arguments) -> anyhow::Result<Computer> {
    match &asked.host {
        Some(file) => Computer::recorded(file.clone()).with_context(|| file.display().to_string()),
        None => Ok(Computer::this()),
    }
}

fn window_arguments(asked: &Arguments) -> Vec<String> {
    ["window", "--linked", "--log", &asked.log].map(str::to_owned).to_vec()
}

/// The window of a running program, which talks to it over standard input and output.
fn linked_window(session: &Session) -> anyhow::Result<ExitCode> {
    if !session.has_display() {
        tell("stethoscope: the window needs a graphical session, and there is none here");
        return Ok(ExitCode::from(CANNOT));
    }
    // Its error holds handles of the graphics driver, which cannot leave this thread.
    window::run(link::connect_window, Timestamp::now, TimeZone::system())
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(ExitCode::SUCCESS)
}

/// To the person who started the program from a terminal.
fn tell(sentence: &str) {
    // A terminal that is gone cannot be told so.
    let _gone = writeln!(io::stderr(), "{sentence}");
}
