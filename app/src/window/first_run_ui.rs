//! The welcome page: what the program does, what it never does, and the two things to choose.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align, Layout, Rect, Sense, Stroke, Ui, UiBuilder, vec2};

use super::controls_ui::{Press, card_ui, head_ui, words_ui};
use super::page_ui::{Column, page_ui};
use super::profiles_ui::profiles_ui;
use super::settings_ui::start_ui;
use super::shapes::{self, Icon};
use super::shown::{Scene, UiAction, View};
use super::theme::Type;
use crate::monitor::message::Command;
use crate::settings::Settings;
use crate::verdict::VerdictState;
use crate::words::say;

/// The height of the bar with the way on, in points.
const BAR: f32 = 60.0;

/// The welcome page.
pub(super) fn first_run_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    let mut action = None;
    let room = view.room;
    let builder = UiBuilder::new().accessibility_role(Role::Group).accessibility_label(say("Welcome"));
    ui.scope_builder(builder, |ui| {
        let whole = ui.max_rect();
        let (page, bar) = whole.split_top_bottom_at_y(whole.bottom() - BAR);
        ui.scope_builder(UiBuilder::new().max_rect(page), |ui| {
            page_ui(ui, "welcome", room, Column::Middle, |ui| action = contents_ui(ui, scene, view));
        });
        action = action.take().or(begin_ui(ui, scene, bar));
    });
    action
}

fn contents_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    let p = scene.palette;
    head_ui(ui, say("Welcome to Stethoscope"), Type::Sentence, p.text);
    words_ui(
        ui,
        say("It looks at this computer the way a good doctor would: it reads, it never touches."),
        Type::Body,
        p.muted,
    );
    card_ui(ui, p, |ui| {
        for (state, head, words) in [
            (
                VerdictState::Pass,
                say("What it does"),
                say(
                    "It checks whether the disk is encrypted, updates arrive, the firewall is on and the screen locks, says in plain words what could be better and how, and tells you when something stops being fine.",
                ),
            ),
            (
                VerdictState::Unknown,
                say("When it can't tell"),
                say("It says so, and why. Everything it claims comes with the place where it was read."),
            ),
            (
                VerdictState::Fail,
                say("What it never does"),
                say("It never changes a setting, never asks for a password, never sends anything anywhere."),
            ),
        ] {
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
                match state {
                    VerdictState::Fail => shapes::paint_icon(ui.painter(), rect, Icon::Close, p.text.into()),
                    state => shapes::paint_state(ui.painter(), rect, state, p),
                }
                ui.add_space(8.0);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    head_ui(ui, head, Type::Head, p.text);
                    words_ui(ui, words, Type::Body, p.text);
                });
            });
        }
    });
    let profile = card_ui(ui, p, |ui| {
        head_ui(ui, say("What should it ask of this computer?"), Type::Head, p.text);
        words_ui(ui, say("You can change this at any time in the settings."), Type::Small, p.muted);
        profiles_ui(ui, scene, view)
    });
    let login = card_ui(ui, p, |ui| start_ui(ui, scene));
    profile.or(login)
}

/// The way on, always in view and last in the order of the keyboard.
fn begin_ui(ui: &mut Ui, scene: Scene<'_>, bar: Rect) -> Option<UiAction> {
    let p = scene.palette;
    ui.painter().rect_filled(bar, 0.0, p.surface);
    ui.painter().hline(bar.x_range(), bar.top(), Stroke::new(1.0, p.line));
    let layout = Layout::right_to_left(Align::Center);
    let builder = UiBuilder::new().max_rect(bar.shrink2(vec2(24.0, 0.0))).layout(layout);
    let pressed =
        ui.scope_builder(builder, |ui| Press::new(say("Show me this computer")).primary().ui(ui, p).clicked());
    pressed.inner.then(|| {
        let settings = Settings { welcomed: true, ..scene.shown.state.settings.clone() };
        UiAction::Tell(Command::UseSettings(Box::new(settings)))
    })
}
