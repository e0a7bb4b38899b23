//! The pages without a list: before the first scan, after the program has gone, and beside a list
//! where nothing is wrong.

use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{Rect, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::controls_ui::{Press, head_ui, words_ui};
use super::shapes::{self, Icon};
use super::shown::{Scene, UiAction};
use super::theme::Type;
use crate::verdict::VerdictState;
use crate::words::say;

const SIGN: Vec2 = vec2(72.0, 72.0);

/// Before the first scan has ended.
pub(super) fn scanning_ui(ui: &mut Ui, scene: Scene<'_>) {
    let p = scene.palette;
    middle_ui(
        ui,
        scene,
        |ui, rect| shapes::paint_icon(ui.painter(), rect.shrink(8.0), Icon::Again, p.muted.into()),
        [
            say("Looking at this computer…"),
            say("Stethoscope reads a few system files and settings. It changes nothing."),
        ],
    );
}

/// Beside a list in which everything passes.
pub(super) fn all_well_ui(ui: &mut Ui, scene: Scene<'_>) {
    middle_ui(
        ui,
        scene,
        |ui, rect| shapes::paint_state(ui.painter(), rect, VerdictState::Pass, scene.palette),
        [
            say("Nothing needs doing"),
            say(
                "Stethoscope keeps an eye on this computer and tells you when something changes. Choose a practice to see how it was checked.",
            ),
        ],
    );
}

/// After the always-on program has ended by itself.
pub(super) fn gone_ui(ui: &mut Ui, scene: Scene<'_>) -> Option<UiAction> {
    let p = scene.palette;
    let mut action = None;
    let below = middle_ui(
        ui,
        scene,
        |ui, rect| shapes::paint_state(ui.painter(), rect, VerdictState::Unknown, p),
        [
            say("Stethoscope has stopped"),
            say(
                "The part that checks this computer is no longer running, so what was shown here may be out of date. Nothing on this computer was changed.",
            ),
        ],
    );
    ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(below), |ui| {
        ui.vertical_centered(|ui| {
            if Press::new(say("Start it again")).primary().icon(Icon::Again).ui(ui, p).clicked() {
                action = Some(UiAction::StartAgain);
            }
            ui.add_space(4.0);
            if Press::new(say("Close the window")).quiet().ui(ui, p).clicked() {
                action = Some(UiAction::Close);
            }
        });
    });
    action
}

/// A sign, a title and a sentence in the middle of what room there is. Answers the room below.
fn middle_ui(ui: &mut Ui, scene: Scene<'_>, sign: impl FnOnce(&Ui, Rect), [title, words]: [&str; 2]) -> Rect {
    let p = scene.palette;
    let room = ui.available_rect_before_wrap();
    let width = (room.width() - 48.0).min(440.0);
    let column = Rect::from_min_max(
        room.min + vec2((room.width() - width) / 2.0, (room.height() * 0.5 - 150.0).max(24.0)),
        room.max - vec2((room.width() - width) / 2.0, 0.0),
    );
    let drawn = ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(column), |ui| {
        ui.vertical_centered(|ui| {
            let (rect, _) = ui.allocate_exact_size(SIGN, Sense::hover());
            sign(ui, rect);
            ui.add_space(16.0);
            let head = head_ui(ui, title, Type::Title, p.text);
            head.widget_info(|| WidgetInfo::labeled(Role::Heading, true, title));
            ui.ctx().accesskit_node_builder(head.id, |node| node.set_live(Live::Polite));
            ui.add_space(4.0);
            words_ui(ui, words, Type::Body, p.muted);
            ui.add_space(16.0);
        });
    });
    Rect::from_min_max(drawn.response.rect.left_bottom(), column.max)
}
