//! The window: its own process, fed by the agent over a pipe.
//!
//! Panels get what is known and say what the person asked for; only `Window::carry_out` acts on
//! it. Nothing moves by itself: the window draws when a message, a key or the pointer comes.

mod appearance;
mod controls_ui;
#[cfg(feature = "fixture")]
pub mod demo;
mod detail_ui;
mod empty_ui;
mod evidence_ui;
mod first_run_ui;
mod header_ui;
mod hush;
mod hush_ui;
mod launch;
mod list_ui;
mod main_ui;
mod notice_ui;
mod page_ui;
mod profiles_ui;
mod quiet_ui;
mod row_ui;
mod says;
mod settings_ui;
mod shapes;
mod shown;
pub mod theme;
mod web_endpoint_ui;
mod web_question_ui;
mod web_sites_ui;
mod web_ui;
mod web_visits_ui;
mod web_waiting_ui;
mod when;

use std::io;

use crossbeam_channel::{Receiver, Sender, TryRecvError};
use eframe::egui::{self, Context, ThemePreference, Ui, UserAttentionType, ViewportCommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use stethoscope_probes::text;

pub use main_ui::window_ui;
pub use shown::{Asked, Focus, Page, Room, Scene, Shown, UiAction, View, WebPlace, hear, step};
pub use when::Moment;

use crate::lifecycle::Lifecycle;
use crate::link::{ToWindow, Wake, WindowLink};
use crate::monitor::message::Command;
use crate::settings::Theme;
use crate::words::tr;
use appearance::Preference;
use theme::Palette;

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    #[error("the window could not be opened: {0}")]
    Graphics(#[from] eframe::Error),
}

/// Shows the window until it is closed. `connect` is called once there is something to wake, `now`
/// tells the time.
pub fn run(
    connect: impl FnOnce(Wake) -> io::Result<WindowLink> + 'static,
    now: fn() -> Timestamp,
    zone: TimeZone,
) -> Result<(), WindowError> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Stethoscope")
        .with_app_id("stethoscope")
        .with_inner_size([1040.0, 740.0])
        .with_min_inner_size([480.0, 640.0])
        .with_icon(icon());
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let create: eframe::AppCreator<'static> = Box::new(move |creation| {
        let ctx = creation.egui_ctx.clone();
        let link = connect(waker(&ctx))?;
        let preferences = appearance::watch(waker(&ctx));
        Ok(Box::new(Window::new(&ctx, link, preferences, now, zone)))
    });
    Ok(eframe::run_native("stethoscope", options, create)?)
}

/// The picture in task switchers. A window without it is a window all the same.
fn icon() -> egui::IconData {
    let png = &include_bytes!("../../assets/icons/stethoscope-64.png")[..];
    eframe::icon_data::from_png_bytes(png).unwrap_or_default()
}

fn waker(ctx: &Context) -> Wake {
    let ctx = ctx.clone();
    Box::new(move || ctx.request_repaint())
}

/// Gives a context the fonts and both looks.
pub fn dress(ctx: &Context) {
    ctx.set_fonts(theme::fonts());
    ctx.set_style_of(egui::Theme::Light, theme::style(&Palette::light(), false));
    ctx.set_style_of(egui::Theme::Dark, theme::style(&Palette::dark(), true));
    ctx.options_mut(|options| options.fallback_theme = egui::Theme::Light);
}

/// Both looks, read once.
#[derive(Clone, Debug)]
pub struct Looks {
    pub light: Palette,
    pub dark: Palette,
}

impl Looks {
    pub fn read() -> Self {
        Looks { light: Palette::light(), dark: Palette::dark() }
    }

    /// The look that egui draws its own parts in now.
    pub fn of(&self, ctx: &Context) -> &Palette {
        match ctx.theme() {
            egui::Theme::Light => &self.light,
            egui::Theme::Dark => &self.dark,
        }
    }
}

struct Window {
    shown: Shown,
    view: View,
    looks: Looks,
    messages: Receiver<ToWindow>,
    commands: Sender<Command>,
    preferences: Receiver<Preference>,
    preference: Option<Preference>,
    now: fn() -> Timestamp,
    zone: TimeZone,
}

impl Window {
    fn new(
        ctx: &Context,
        link: WindowLink,
        preferences: Receiver<Preference>,
        now: fn() -> Timestamp,
        zone: TimeZone,
    ) -> Self {
        dress(ctx);
        let shown = Shown { data_day: Some(Lifecycle::built_in().as_of), ..Shown::default() };
        let mut window = Window {
            shown,
            view: View::default(),
            looks: Looks::read(),
            messages: link.messages,
            commands: link.commands,
            preferences,
            preference: None,
            now,
            zone,
        };
        window.hear_all(ctx);
        window
    }

    /// Takes in everything that waits.
    fn hear_all(&mut self, ctx: &Context) {
        loop {
            match self.messages.try_recv() {
                Ok(message) => self.hear(ctx, message),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.shown.agent_gone = true;
                    break;
                }
            }
        }
        if let Some(preference) = self.preferences.try_iter().last() {
            self.preference = Some(preference);
        }
        let wanted = match (self.shown.state.settings.theme, self.preference) {
            (Theme::Light, _) | (Theme::System, Some(Preference::Light)) => ThemePreference::Light,
            (Theme::Dark, _) | (Theme::System, Some(Preference::Dark)) => ThemePreference::Dark,
            (Theme::System, None) => ThemePreference::System,
        };
        if ctx.options(|options| options.theme_preference) != wanted {
            ctx.set_theme(wanted);
        }
    }

    fn hear(&mut self, ctx: &Context, message: ToWindow) {
        let brings_snapshot = matches!(message, ToWindow::Hello(_) | ToWindow::Snapshot(_));
        match hear(&mut self.shown, &mut self.view, message) {
            Asked::Nothing => {}
            Asked::Front => {
                ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
                ctx.send_viewport_cmd(ViewportCommand::Focus);
                // Where the desktop does not let a window come forward by itself, it can at least ask.
                ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
            }
            Asked::Close => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
        if brings_snapshot && let Some(snapshot) = &self.shown.snapshot {
            self.shown.installed = launch::installed(snapshot);
        }
    }

    /// Does what the person asked for. The only place where the window acts.
    fn carry_out(&mut self, ctx: &Context, action: UiAction) {
        step(&mut self.view, &action);
        match action {
            UiAction::Tell(command) => self.tell(command),
            UiAction::Copy(words) => ctx.copy_text(words),
            UiAction::Open(argv) => {
                self.view.failed_start = launch::start(&argv).err().map(|error| {
                    let program = argv.first().map_or("", String::as_str);
                    tr(&text!("It could not be started: {error} ({program})", error = error, program = program))
                });
            }
            UiAction::StartAgain => match launch::start_self() {
                Ok(()) => ctx.send_viewport_cmd(ViewportCommand::Close),
                Err(error) => tracing::warn!("the program could not be started again: {error}"),
            },
            UiAction::Close => ctx.send_viewport_cmd(ViewportCommand::Close),
            UiAction::Go(Page::Settings) => self.tell(Command::LookAtProfiles),
            UiAction::Select(_) | UiAction::Enter(_) | UiAction::Back | UiAction::Go(_) | UiAction::HideNotice(_) => {}
        }
        ctx.request_repaint();
    }

    fn tell(&mut self, command: Command) {
        if let Err(error) = self.commands.try_send(command) {
            tracing::warn!("a wish did not reach the program: {error}");
            self.shown.agent_gone |= error.is_disconnected();
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.hear_all(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let moment = Moment { now: (self.now)(), zone: self.zone.clone() };
        let palette = self.looks.of(ui.ctx());
        let scene = Scene { shown: &self.shown, palette, moment: &moment };
        if let Some(action) = window_ui(ui, scene, &mut self.view) {
            let ctx = ui.ctx().clone();
            self.carry_out(&ctx, action);
        }
        // What tests/bench counts: the first one, and that none follows while nothing happens.
        tracing::debug!("a frame is drawn");
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
