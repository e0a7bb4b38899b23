//! A line above everything else while a web site waits for the user's word.

use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{Align, Frame, Layout, Margin, Rect, Stroke, Ui, WidgetInfo, vec2};
use stethoscope_probes::text;

use super::controls_ui::{Press, words_ui};
use super::shapes::{self, Icon};
use super::shown::{Page, Scene, UiAction};
use super::theme::Type;
use crate::access::words;
use crate::words::{say, tr};

/// Says who waits, and leads there.
pub(super) fn web_waiting_ui(ui: &mut Ui, scene: Scene<'_>) -> Option<UiAction> {
    const BUTTON: f32 = 100.0;
    let p = scene.palette;
    let sentence = match scene.shown.web.questions.as_slice() {
        [] => return None,
        [question] => words::headline(question),
        several => tr(&text!("{count} web sites want to know about this computer", count = several.len())),
    };
    let mut action = None;
    let margin = Margin { left: 24, right: 16, top: 6, bottom: 6 };
    let drawn = Frame::new().fill(p.selected.into()).inner_margin(margin).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let corner = ui.max_rect().left_center();
            let sign = Rect::from_center_size(corner + vec2(9.0, 0.0), vec2(18.0, 18.0));
            shapes::paint_icon(ui.painter(), sign, Icon::Globe, p.accent.into());
            ui.add_space(28.0);
            let room = (ui.available_width() - BUTTON).max(80.0);
            let words = ui.allocate_ui_with_layout(vec2(room, 34.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_size(vec2(room, 34.0));
                words_ui(ui, &sentence, Type::Strong, p.text)
            });
            words.inner.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &sentence));
            ui.ctx().accesskit_node_builder(words.inner.id, |node| {
                node.clear_value();
                node.set_live(Live::Polite);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if Press::new(say("Answer…")).primary().ui(ui, p).clicked() {
                    action = Some(UiAction::Go(Page::WebAccess));
                }
            });
        });
    });
    let rect = drawn.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, p.line));
    action
}
