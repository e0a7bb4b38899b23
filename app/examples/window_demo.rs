//! Opens the window on a made-up computer: `cargo run --example window_demo --features fixture -- fail`.
//!
//! It answers wishes as the agent would, so that every control can be tried by hand.

use std::thread;

use crossbeam_channel::bounded;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use stethoscope::link::{Hello, ToWindow, WindowLink};
use stethoscope::monitor::message::{Command, Place};
use stethoscope::settings::Settings;
use stethoscope::window::demo::{Story, moment, shown};
use stethoscope::window::run;

fn story(name: &str) -> Story {
    match name {
        "nudge" => Story::Nudge,
        "unknown" => Story::Unknown,
        "well" => Story::AllWell,
        "aside" => Story::Aside,
        "long" => Story::Long,
        "first" => Story::FirstRun,
        "scanning" => Story::Scanning,
        "gone" => Story::Gone,
        "web" | "web-waits" => Story::Web,
        "web-taken" => Story::WebTaken,
        _ => Story::Fail,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().map_or("fail", String::as_str);
    let place = matches!(name, "web" | "web-taken" | "web-empty").then_some(Place::WebAccess);
    let story = story(name);
    let theme = arguments.get(1).cloned();
    let connect = move |wake: stethoscope::link::Wake| {
        let (message_in, messages) = bounded(64);
        let (commands, wishes) = bounded(64);
        let shown = shown(story);
        let mut state = shown.state;
        state.settings.theme = match theme.as_deref() {
            Some("dark") => stethoscope::settings::Theme::Dark,
            Some("light") => stethoscope::settings::Theme::Light,
            _ => stethoscope::settings::Theme::System,
        };
        let hello = Hello {
            snapshot: shown.snapshot,
            scanning: shown.scanning,
            state: state.clone(),
            web: shown.web,
            show: None,
            place,
            notices: shown.notices,
        };
        // The window is there to take it: the channel has room.
        let _taken = message_in.send(ToWindow::Hello(Box::new(hello)));
        if story == Story::Gone {
            return Ok(WindowLink { messages, commands });
        }
        thread::Builder::new().name("demo agent".to_owned()).spawn(move || {
            for wish in wishes {
                answer(&mut state.settings, &mut state.start_at_login, wish);
                if message_in.send(ToWindow::State(Box::new(state.clone()))).is_err() {
                    break;
                }
                wake();
            }
        })?;
        Ok(WindowLink { messages, commands })
    };
    fn now() -> Timestamp {
        moment().now
    }
    Ok(run(connect, now, TimeZone::UTC)?)
}

fn answer(settings: &mut Settings, start_at_login: &mut bool, wish: Command) {
    match wish {
        Command::UseSettings(chosen) => *settings = *chosen,
        Command::UseProfile(profile) => settings.profile = profile,
        Command::StartAtLogin(starts) => *start_at_login = starts,
        Command::Ignore(practice, reason) => {
            settings.ignored.insert(practice, reason);
        }
        Command::Snooze(practice, _) => {
            settings.snoozed.insert(practice, moment().now + jiff::Span::new().hours(24));
        }
        Command::Listen(practice) => {
            settings.ignored.remove(&practice);
            settings.snoozed.remove(&practice);
        }
        Command::Scan(_)
        | Command::Check(_)
        | Command::Open(_)
        | Command::Show(_)
        | Command::LookAtProfiles
        | Command::Web(_)
        | Command::Quit => {}
    }
}
