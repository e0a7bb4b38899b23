//! What the user should know about the program itself, each line with a way to put it away.

use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{Align, Frame, Layout, Margin, Rect, Stroke, Ui, WidgetInfo, vec2};

use super::controls_ui::{Press, words_ui};
use super::shapes::{self, Icon};
use super::shown::{Scene, UiAction, View};
use super::theme::Type;
use crate::words::say;

/// So many notices are shown at once; the next comes up when one is put away.
const SHOWN: usize = 3;

/// The notices that were not put away.
pub(super) fn notices_ui(ui: &mut Ui, scene: Scene<'_>, view: &View) -> Option<UiAction> {
    let mut action = None;
    let left = scene.shown.notices.iter().filter(|notice| !view.hidden_notices.contains(*notice));
    for notice in left.take(SHOWN) {
        action = action.or(notice_ui(ui, scene, notice));
    }
    action
}

fn notice_ui(ui: &mut Ui, scene: Scene<'_>, notice: &str) -> Option<UiAction> {
    let p = scene.palette;
    let mut action = None;
    let frame =
        Frame::new().fill(p.nudge_ground.into()).inner_margin(Margin { left: 24, right: 16, top: 4, bottom: 4 });
    let drawn = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let corner = ui.max_rect().min;
            let sign = Rect::from_min_size(corner + vec2(0.0, 8.0), vec2(18.0, 18.0));
            shapes::paint_icon(ui.painter(), sign, Icon::Info, p.nudge.into());
            ui.add_space(28.0);
            let room = ui.available_width() - 42.0;
            let words = ui.allocate_ui_with_layout(vec2(room, 34.0), Layout::top_down(Align::LEFT), |ui| {
                ui.set_width(room);
                ui.add_space(7.0);
                let words = words_ui(ui, notice, Type::Small, p.text);
                ui.add_space(7.0);
                words
            });
            words.inner.widget_info(|| WidgetInfo::labeled(Role::Alert, true, notice));
            ui.ctx().accesskit_node_builder(words.inner.id, |node| {
                node.clear_value();
                node.set_live(Live::Polite);
            });
            let spoken = format!("{}: {notice}", say("Put away"));
            let press = Press::new(say("Put away")).quiet().icon(Icon::Close).icon_only().spoken(&spoken);
            if press.ui(ui, p).clicked() {
                action = Some(UiAction::HideNotice(notice.to_owned()));
            }
        });
    });
    let rect = drawn.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, p.line));
    action
}
