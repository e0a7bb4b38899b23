//! What the person can choose, one card a topic.

use eframe::egui::accesskit::Role;
use eframe::egui::{ComboBox, Ui, UiBuilder};
use stethoscope_probes::text;

use super::controls_ui::{card_ui, choice_ui, combo_ui, head_ui, switch_ui, words_ui};
use super::page_ui::titled_page_ui;
use super::profiles_ui::profiles_ui;
use super::quiet_ui::quiet_ui;
use super::shown::{Scene, UiAction, View};
use super::theme::{Palette, Type};
use super::when;
use crate::monitor::message::Command;
use crate::settings::{Settings, Theme};
use crate::words::{say, tr};

/// The intervals to choose from, in minutes.
const INTERVALS: [u32; 9] = [1, 2, 5, 10, 15, 30, 60, 240, 1440];

/// The settings page.
pub(super) fn settings_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    titled_page_ui(ui, scene, view, "Settings", |ui, view| cards_ui(ui, scene, view))
}

fn cards_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    let p = scene.palette;
    let profile = card_ui(ui, p, |ui| {
        head_ui(ui, say("Profile"), Type::Head, p.text);
        words_ui(ui, say("A profile says what is asked of this computer."), Type::Small, p.muted);
        profiles_ui(ui, scene, view)
    });
    let mut settings = scene.shown.state.settings.clone();
    checking_ui(ui, p, &mut settings);
    notifications_ui(ui, scene, &mut settings);
    theme_ui(ui, p, &mut settings);
    let start = card_ui(ui, p, |ui| {
        head_ui(ui, say("Start"), Type::Head, p.text);
        start_ui(ui, scene)
    });
    about_ui(ui, scene);
    let changed = settings != scene.shown.state.settings;
    profile.or(start).or_else(|| changed.then(|| UiAction::Tell(Command::UseSettings(Box::new(settings)))))
}

fn checking_ui(ui: &mut Ui, p: &Palette, settings: &mut Settings) {
    card_ui(ui, p, |ui| {
        head_ui(ui, say("Checking"), Type::Head, p.text);
        ui.horizontal_wrapped(|ui| {
            let label = words_ui(ui, say("Check this computer every"), Type::Body, p.text);
            let mut offered = INTERVALS.to_vec();
            if !offered.contains(&settings.interval_minutes) {
                offered.push(settings.interval_minutes);
                offered.sort_unstable();
            }
            let combo = ComboBox::from_id_salt("interval");
            combo_ui(ui, p, combo, when::minutes(settings.interval_minutes), &label, |ui| {
                for minutes in offered {
                    ui.selectable_value(&mut settings.interval_minutes, minutes, when::minutes(minutes));
                }
            });
        });
    });
}

fn notifications_ui(ui: &mut Ui, scene: Scene<'_>, settings: &mut Settings) {
    let p = scene.palette;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("Notifications"), Type::Head, p.text);
        if !scene.shown.state.notifications {
            let words = say("No notification service answers on this desktop, so nothing is shown for now.");
            words_ui(ui, words, Type::Small, p.nudge);
        }
        ui.spacing_mut().item_spacing.y = 4.0;
        let chosen = &mut settings.notifications;
        for (on, words) in [
            (&mut chosen.failing, say("Tell me when something stops passing")),
            (&mut chosen.suggested, say("Tell me about new suggestions")),
            (&mut chosen.recovery, say("Tell me when something is fixed")),
        ] {
            if switch_ui(ui, p, *on, words).clicked() {
                *on = !*on;
            }
        }
        quiet_ui(ui, p, &mut chosen.quiet_hours);
    });
}

fn theme_ui(ui: &mut Ui, p: &Palette, settings: &mut Settings) {
    card_ui(ui, p, |ui| {
        head_ui(ui, say("Appearance"), Type::Head, p.text);
        let builder = UiBuilder::new().accessibility_role(Role::RadioGroup).accessibility_label(say("Appearance"));
        ui.scope_builder(builder, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 24.0;
                for (theme, words) in
                    [(Theme::System, say("Like the system")), (Theme::Light, say("Light")), (Theme::Dark, say("Dark"))]
                {
                    if choice_ui(ui, p, settings.theme == theme, true, words).clicked() {
                        settings.theme = theme;
                    }
                }
            });
        });
        words_ui(ui, say("Ctrl and + or - change the size of everything."), Type::Small, p.muted);
    });
}

/// Whether the program starts with the session. Also on the welcome page.
pub(super) fn start_ui(ui: &mut Ui, scene: Scene<'_>) -> Option<UiAction> {
    let p = scene.palette;
    let starts = scene.shown.state.start_at_login;
    let words = say("Start Stethoscope when I log in");
    let clicked = switch_ui(ui, p, starts, words).clicked();
    if !scene.shown.state.tray {
        let words = say(
            "This desktop shows no tray icon for Stethoscope. It keeps checking and notifying; start it again to open this window.",
        );
        words_ui(ui, words, Type::Small, p.muted);
    }
    clicked.then_some(UiAction::Tell(Command::StartAtLogin(!starts)))
}

fn about_ui(ui: &mut Ui, scene: Scene<'_>) {
    let p = scene.palette;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("About"), Type::Head, p.text);
        let version = env!("CARGO_PKG_VERSION");
        words_ui(ui, &tr(&text!("Stethoscope {version}", version = version)), Type::Body, p.text);
        if let Some(day) = scene.shown.data_day {
            let data = text!("Knows the support times of systems as of {day}", day = day);
            words_ui(ui, &tr(&data), Type::Small, p.muted);
        }
        words_ui(
            ui,
            say(
                "Free software under the Apache License 2.0 or the MIT licence. Typefaces: Inter and JetBrains Mono, SIL Open Font License.",
            ),
            Type::Small,
            p.muted,
        );
        words_ui(
            ui,
            say("It reads as an ordinary user, changes no setting of this computer and sends nothing anywhere."),
            Type::Small,
            p.muted,
        );
    });
}
