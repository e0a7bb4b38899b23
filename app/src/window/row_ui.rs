//! One practice in the list: shape, title, reason, and whether the person put it aside.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Color32, CornerRadius, Id, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::controls_ui::{focus_ring, lines};
use super::hush;
use super::says;
use super::shapes::{self, Icon};
use super::shown::Scene;
use super::theme::Type;
use crate::guidance;
use crate::verdict::Verdict;
use crate::words::tr;

/// One practice in the list. A screen reader gets it as one thing: state, title, reason.
pub(super) fn row_ui(ui: &mut Ui, scene: Scene<'_>, verdict: &Verdict, selected: bool) -> Response {
    const SIDE: f32 = 12.0;
    const SHAPE: f32 = 22.0;
    const TEXT: f32 = SIDE + SHAPE + 12.0;
    let p = scene.palette;
    let practice = verdict.practice();
    let title = guidance::title(verdict);
    let reason = tr(&verdict.reason);
    let aside = hush::of(&scene.shown.state.settings, practice, scene.moment);

    let width = ui.available_width();
    let lay =
        |words: &str, kind: Type, rows: usize, inset: f32| lines(ui, words, kind, rows, width - TEXT - SIDE - inset);
    let title_lines = lay(title, Type::Strong, 2, 0.0);
    let reason_lines = lay(&reason, Type::Small, 2, 0.0);
    let aside_lines = aside.as_ref().map(|aside| lay(&aside.words, Type::Small, 1, 22.0));
    let height = 20.0
        + title_lines.size().y
        + 2.0
        + reason_lines.size().y
        + aside_lines.as_ref().map_or(0.0, |lines| lines.size().y + 4.0);

    let (_, rect) = ui.allocate_space(vec2(width, height));
    let response = ui.interact(rect, Id::unique(("practice", practice)), Sense::click());
    let ground: Color32 = match (selected, response.is_pointer_button_down_on(), response.hovered()) {
        (true, _, _) => p.selected.into(),
        (_, true, _) => p.pressed.into(),
        (_, _, true) => p.hover.into(),
        _ => Color32::TRANSPARENT,
    };
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(10), ground);
    if selected {
        let bar = Rect::from_min_size(rect.min + vec2(0.0, 12.0), vec2(3.0, rect.height() - 24.0));
        painter.rect_filled(bar, CornerRadius::same(2), p.accent);
    }
    let shape = Rect::from_min_size(rect.min + vec2(SIDE, 10.0), vec2(SHAPE, SHAPE));
    shapes::paint_state(painter, shape, verdict.state, p);
    let mut at = pos2(rect.left() + TEXT, rect.top() + 10.0);
    painter.galley(at, Arc::clone(&title_lines), p.text.into());
    at.y += title_lines.size().y + 2.0;
    painter.galley(at, Arc::clone(&reason_lines), p.muted.into());
    at.y += reason_lines.size().y + 4.0;
    if let Some(lines) = aside_lines {
        let sign = Rect::from_center_size(pos2(at.x + 7.0, at.y + lines.size().y / 2.0), vec2(14.0, 14.0));
        shapes::paint_icon(painter, sign, Icon::Quiet, p.muted.into());
        painter.galley(at + vec2(22.0, 0.0), lines, p.muted.into());
    }
    focus_ring(ui, &response, rect.shrink(2.0), 8, p);

    let mut spoken = format!("{}: {title}. {reason}", says::state(verdict.state));
    if let Some(aside) = &aside {
        spoken.push_str(". ");
        spoken.push_str(&aside.words);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, &spoken));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(selected));
    response
}
