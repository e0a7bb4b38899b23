//! The practices, worst first, in groups. Up and Down go from row to row, Enter opens.

use eframe::egui::accesskit::Role;
use eframe::egui::{EventFilter, Frame, Id, Key, Margin, Modifiers, ScrollArea, Ui, UiBuilder};
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text;

use super::controls_ui::{fold_ui, head_ui};
use super::row_ui::row_ui;
use super::says;
use super::shown::{Focus, Room, Scene, UiAction, View};
use super::theme::Type;
use crate::snapshot::Snapshot;
use crate::verdict::VerdictState;
use crate::words::{say, tr};

/// So many passing practices are shown without being asked for, where something else is wrong.
const PASSING_SHOWN: usize = 3;

/// The practices in groups.
pub(super) fn list_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, snapshot: &Snapshot) -> Option<UiAction> {
    let mut action = None;
    let builder = UiBuilder::new().accessibility_role(Role::ListBox).accessibility_label(say("Practices"));
    ui.scope_builder(builder, |ui| {
        ScrollArea::vertical().id_salt("practices").auto_shrink([false, false]).show(ui, |ui| {
            Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 16 }).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 2.0;
                action = groups_ui(ui, scene, view, snapshot);
            });
        });
    });
    action
}

fn groups_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, snapshot: &Snapshot) -> Option<UiAction> {
    let p = scene.palette;
    let mut action = None;
    let mut rows = Vec::new();
    for state in [VerdictState::Fail, VerdictState::Nudge, VerdictState::Unknown, VerdictState::Pass] {
        let count = snapshot.count(state);
        if count == 0 {
            continue;
        }
        ui.add_space(12.0);
        let words = tr(&text!("{group} · {count}", group = says::state(state), count = count));
        let mut open = true;
        ui.horizontal(|ui| {
            ui.add_space(12.0);
            if state == VerdictState::Pass {
                open = passing_ui(ui, scene, view, snapshot, &words);
            } else {
                head_ui(ui, &words, Type::Small, p.muted);
            }
        });
        ui.add_space(2.0);
        for verdict in snapshot.verdicts.iter().filter(|verdict| open && verdict.state == state) {
            let practice = verdict.practice();
            let selected = view.open() == Some(practice);
            let response = row_ui(ui, scene, verdict, selected);
            if view.takes(Focus::Row(practice)) {
                response.request_focus();
            }
            if response.clicked() {
                action = Some(UiAction::Enter(practice));
            }
            rows.push((practice, response.id));
        }
    }
    action.or_else(|| arrows(ui, view, &rows))
}

/// The foldable head of *Passing*. Says whether its rows are shown.
fn passing_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, snapshot: &Snapshot, words: &str) -> bool {
    let passing = snapshot.count(VerdictState::Pass);
    let by_itself = passing <= PASSING_SHOWN || passing == snapshot.verdicts.len();
    let open = view.passing_open.unwrap_or(by_itself);
    if fold_ui(ui, scene.palette, Id::unique("passing"), open, words, Type::Small).clicked() {
        view.passing_open = Some(!open);
    }
    open
}

/// Up, Down, Home and End while a row has the keyboard. Beside a detail the row is shown at once.
fn arrows(ui: &Ui, view: &mut View, rows: &[(PracticeId, Id)]) -> Option<UiAction> {
    let here = rows.iter().position(|(_, id)| ui.memory(|memory| memory.has_focus(*id)))?;
    // Without this egui takes the keys for itself and goes to whatever lies above or below.
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(rows[here].1, filter));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let last = rows.len() - 1;
    let there = if pressed(Key::ArrowDown) {
        (here + 1).min(last)
    } else if pressed(Key::ArrowUp) {
        here.saturating_sub(1)
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return None;
    };
    let practice = rows[there].0;
    view.focus = Some(Focus::Row(practice));
    ui.ctx().request_repaint();
    (view.room == Room::Wide).then_some(UiAction::Select(practice))
}
