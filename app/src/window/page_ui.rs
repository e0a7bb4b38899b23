//! A page that scrolls, with its words in a column of readable width.

use eframe::egui::accesskit::Role;
use eframe::egui::{AsIdSalt, Frame, Key, Margin, Modifiers, ScrollArea, Ui, UiBuilder, vec2};

use super::controls_ui::{Press, head_ui};
use super::shapes::Icon;
use super::shown::{Focus, Room, Scene, UiAction, View};
use super::theme::Type;
use crate::words::say;

/// The widest a column of words gets, in points.
const COLUMN: f32 = 720.0;

/// Where the column stands on a page that is wider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Left,
    Middle,
}

/// A page that scrolls, also with Page Up and Page Down.
pub(super) fn page_ui(ui: &mut Ui, salt: impl AsIdSalt, room: Room, column: Column, contents: impl FnOnce(&mut Ui)) {
    let margin = if room == Room::Wide { Margin::symmetric(28, 24) } else { Margin::symmetric(16, 16) };
    let spare = (ui.available_width() - COLUMN - f32::from(margin.left) - f32::from(margin.right)).max(0.0);
    let side = if column == Column::Middle { (spare / 2.0).floor() } else { 0.0 };
    ScrollArea::vertical().id_salt(salt).auto_shrink([false, false]).show(ui, |ui| {
        let mut at = ui.available_rect_before_wrap();
        at.min.x += side;
        ui.scope_builder(UiBuilder::new().max_rect(at), |ui| {
            Frame::new().inner_margin(margin).show(ui, |ui| {
                let width = ui.available_width().min(COLUMN);
                ui.set_max_width(width);
                ui.set_min_width(width);
                ui.spacing_mut().item_spacing = vec2(8.0, 12.0);
                contents(ui);
            });
        });
        page_keys(ui);
    });
}

/// A page of its own beside the main one, with its name and the way back.
pub(super) fn titled_page_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    view: &mut View,
    title: &'static str,
    contents: impl FnOnce(&mut Ui, &mut View) -> Option<UiAction>,
) -> Option<UiAction> {
    let p = scene.palette;
    let mut action = None;
    let room = view.room;
    let builder = UiBuilder::new().accessibility_role(Role::Group).accessibility_label(say(title));
    ui.scope_builder(builder, |ui| {
        page_ui(ui, title, room, Column::Middle, |ui| {
            ui.horizontal(|ui| {
                let back = Press::new(say("Back")).icon(Icon::Back).icon_only().ui(ui, p);
                if view.takes(Focus::Page) {
                    back.request_focus();
                }
                if back.clicked() {
                    action = Some(UiAction::Back);
                }
                ui.add_space(4.0);
                head_ui(ui, say(title), Type::Title, p.text);
            });
            action = action.take().or(contents(ui, view));
        });
    });
    action
}

fn page_keys(ui: &Ui) {
    let step = ui.clip_rect().height() * 0.85;
    let by = ui.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::PageDown) {
            -step
        } else if input.consume_key(Modifiers::NONE, Key::PageUp) {
            step
        } else {
            0.0
        }
    });
    if by != 0.0 {
        ui.scroll_with_delta(vec2(0.0, by));
    }
}
