//! The hours during which nothing is told.

use eframe::egui::{ComboBox, Ui};
use jiff::civil::Time;

use super::controls_ui::{combo_ui, switch_ui, words_ui};
use super::theme::{Palette, Type};
use crate::settings::QuietHours;
use crate::words::say;

/// What is offered when quiet hours are switched on.
const USUAL: QuietHours = QuietHours { from: Time::constant(22, 0, 0, 0), until: Time::constant(7, 0, 0, 0) };

/// A switch, and from when to when.
pub(super) fn quiet_ui(ui: &mut Ui, p: &Palette, hours: &mut Option<QuietHours>) {
    if switch_ui(ui, p, hours.is_some(), say("Keep quiet during certain hours")).clicked() {
        *hours = if hours.is_some() { None } else { Some(USUAL) };
    }
    let Some(hours) = hours else { return };
    ui.horizontal_wrapped(|ui| {
        ui.add_space(48.0);
        time_ui(ui, p, "from", say("From"), &mut hours.from);
        time_ui(ui, p, "until", say("until"), &mut hours.until);
    });
}

fn time_ui(ui: &mut Ui, p: &Palette, salt: &str, words: &str, time: &mut Time) {
    let label = words_ui(ui, words, Type::Body, p.text);
    let shown = |time: Time| time.strftime("%H:%M").to_string();
    let combo = ComboBox::from_id_salt(salt).width(88.0);
    combo_ui(ui, p, combo, shown(*time), &label, |ui| {
        for half_hour in 0..48_i8 {
            let offered = Time::constant(half_hour / 2, half_hour % 2 * 30, 0, 0);
            ui.selectable_value(time, offered, shown(offered));
        }
    });
}
