//! Puts the panels together: header, notices, then list and detail side by side or one at a time.

use eframe::egui::{CentralPanel, Frame, Key, KeyboardShortcut, Modifiers, Panel, Popup, Stroke, Ui};
use stethoscope_probes::practice::PracticeId;

use super::detail_ui::detail_ui;
use super::empty_ui::{all_well_ui, gone_ui, scanning_ui};
use super::first_run_ui::first_run_ui;
use super::header_ui::header_ui;
use super::list_ui::list_ui;
use super::notice_ui::notices_ui;
use super::settings_ui::settings_ui;
use super::shown::{Page, Room, Scene, UiAction, View, scan};
use super::web_ui::web_ui;
use super::web_waiting_ui::web_waiting_ui;
use crate::snapshot::Snapshot;
use crate::verdict::{Verdict, VerdictState};

/// From this width on, list and detail stand side by side.
const WIDE: f32 = 800.0;

/// The width of the list beside a detail.
const LIST: f32 = 360.0;

/// The whole window.
pub fn window_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    view.room = if ui.available_width() >= WIDE { Room::Wide } else { Room::Narrow };
    let keys = keys(ui, scene, view);
    let ground = Frame::new().fill(scene.palette.ground.into());
    let drawn = CentralPanel::no_frame().frame(ground).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if scene.shown.agent_gone {
            gone_ui(ui, scene)
        } else if scene.shown.first_run() {
            let notice = notices_ui(ui, scene, view);
            notice.or(first_run_ui(ui, scene, view))
        } else if view.page == Page::Settings {
            let notice = notices_ui(ui, scene, view);
            let waiting = web_waiting_ui(ui, scene);
            notice.or(waiting).or(settings_ui(ui, scene, view))
        } else if view.page == Page::WebAccess {
            let notice = notices_ui(ui, scene, view);
            notice.or(web_ui(ui, scene, view))
        } else {
            practices_ui(ui, scene, view)
        }
    });
    drawn.inner.or(keys)
}

fn practices_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    let Some(snapshot) = &scene.shown.snapshot else {
        let notice = notices_ui(ui, scene, view).or(web_waiting_ui(ui, scene));
        scanning_ui(ui, scene);
        return notice;
    };
    let header = header_ui(ui, scene, view, snapshot);
    let line = Stroke::new(1.0, scene.palette.line);
    ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top(), line);
    ui.add_space(1.0);
    let waiting = web_waiting_ui(ui, scene);
    let notice = waiting.or(notices_ui(ui, scene, view));
    let body = match view.room {
        Room::Wide => side_by_side_ui(ui, scene, view, snapshot),
        Room::Narrow => one_at_a_time_ui(ui, scene, view, snapshot),
    };
    header.or(notice).or(body)
}

fn side_by_side_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, snapshot: &Snapshot) -> Option<UiAction> {
    let p = scene.palette;
    view.offered = worst(snapshot);
    let list = Panel::left("list")
        .exact_size(LIST)
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().fill(p.surface.into()))
        .show(ui, |ui| list_ui(ui, scene, view, snapshot));
    let edge = list.response.rect;
    ui.painter().vline(edge.right(), edge.y_range(), Stroke::new(1.0, p.line));
    let detail = CentralPanel::no_frame().show(ui, |ui| match chosen(view, snapshot) {
        Some(verdict) => detail_ui(ui, scene, view, snapshot, verdict),
        None => {
            all_well_ui(ui, scene);
            None
        }
    });
    list.inner.or(detail.inner)
}

fn one_at_a_time_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, snapshot: &Snapshot) -> Option<UiAction> {
    if let Some(verdict) = chosen(view, snapshot) {
        return detail_ui(ui, scene, view, snapshot, verdict);
    }
    let frame = Frame::new().fill(scene.palette.surface.into());
    frame.show(ui, |ui| list_ui(ui, scene, view, snapshot)).inner
}

fn chosen<'a>(view: &View, snapshot: &'a Snapshot) -> Option<&'a Verdict> {
    view.open().and_then(|practice| snapshot.verdict(practice))
}

/// What is shown beside the list before anything was chosen: the worst practice, if one is not fine.
fn worst(snapshot: &Snapshot) -> Option<PracticeId> {
    snapshot
        .worst_first()
        .first()
        .filter(|verdict| verdict.state != VerdictState::Pass)
        .map(|verdict| verdict.practice())
}

/// The keys that work everywhere.
fn keys(ui: &Ui, scene: Scene<'_>, view: &View) -> Option<UiAction> {
    // Read before the input is locked: an open list of choices closes itself on Escape.
    let popup_open = Popup::is_any_open(ui.ctx());
    let has_scan = !scene.shown.agent_gone && !scene.shown.first_run() && !scene.shown.scanning;
    ui.input_mut(|input| {
        let mut pressed = |modifiers, key| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key));
        if pressed(Modifiers::COMMAND, Key::Q) || pressed(Modifiers::COMMAND, Key::W) {
            return Some(UiAction::Close);
        }
        let scans = pressed(Modifiers::NONE, Key::F5) || pressed(Modifiers::COMMAND, Key::R);
        if scans && has_scan {
            return Some(scan());
        }
        if !popup_open && pressed(Modifiers::NONE, Key::Escape) {
            return Some(UiAction::Back).filter(|_| view.open().is_some() || view.page != Page::Practices);
        }
        None
    })
}
