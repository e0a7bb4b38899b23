//! The head of the window: which computer, how it is, when that was found out.

use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{Align, Frame, Label, Layout, Margin, Rect, Stroke, Ui, WidgetInfo, vec2};
use stethoscope_probes::device::Device;
use stethoscope_probes::text;

use super::controls_ui::{Press, words_ui};
use super::says;
use super::shapes::{self, Icon};
use super::shown::{Focus, Page, Room, Scene, UiAction, View, scan};
use super::theme::Type;
use crate::snapshot::Snapshot;
use crate::words::{say, tr};

/// From this width of the head on, every button has its words.
const ROOM_FOR_WORDS: f32 = 900.0;

/// The head of the window.
pub(super) fn header_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, snapshot: &Snapshot) -> Option<UiAction> {
    const SHAPE: f32 = 44.0;
    // Three lines of text: what the shape and the buttons stand in the middle of.
    const LINES: f32 = 72.0;
    let p = scene.palette;
    let margin = if view.room == Room::Wide { Margin::symmetric(24, 16) } else { Margin::symmetric(20, 16) };
    Frame::new()
        .fill(p.surface.into())
        .inner_margin(margin)
        .show(ui, |ui| {
            let mut action = None;
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            // The way to the web page keeps its sign alone where words would press on the sentence.
            let with_words = view.room == Room::Narrow || ui.available_width() >= ROOM_FOR_WORDS;
            let buttons_room = match (view.room, with_words) {
                (Room::Narrow, _) => 0.0,
                (Room::Wide, true) => 400.0,
                (Room::Wide, false) => 322.0,
            };
            ui.horizontal_top(|ui| {
                let top = ui.max_rect().min;
                let shape = Rect::from_min_size(top + vec2(0.0, (LINES - SHAPE) / 2.0), vec2(SHAPE, SHAPE));
                shapes::paint_state(ui.painter(), shape, says::shape_of(snapshot.overall()), p);
                ui.add_space(SHAPE + 16.0);
                let room = ui.available_width() - buttons_room;
                ui.allocate_ui_with_layout(vec2(room, LINES), Layout::top_down(Align::LEFT), |ui| {
                    ui.set_width(room);
                    facts_ui(ui, scene, snapshot);
                });
                if view.room == Room::Wide {
                    ui.allocate_ui_with_layout(
                        vec2(ui.available_width(), LINES),
                        Layout::right_to_left(Align::Center),
                        |ui| {
                            ui.set_min_height(LINES);
                            action = buttons_ui(ui, scene, view, with_words);
                        },
                    );
                }
            });
            if view.room == Room::Narrow {
                ui.add_space(12.0);
                let line = vec2(ui.available_width(), 34.0);
                ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
                    action = buttons_ui(ui, scene, view, with_words);
                });
            }
            action
        })
        .inner
}

fn facts_ui(ui: &mut Ui, scene: Scene<'_>, snapshot: &Snapshot) {
    let p = scene.palette;
    let sentence = tr(&snapshot.sentence());
    let checked = tr(&text!(
        "{checked} · {policy} profile",
        checked = scene.moment.checked(snapshot.taken_at, snapshot.took_micros),
        policy = snapshot.policy.name
    ));
    ui.add(Label::new(Type::Small.text(device(&snapshot.device), p.muted)).truncate());
    let response = ui.add(Label::new(Type::Sentence.text(&sentence, p.text)).wrap());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &sentence));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.clear_value();
        node.set_live(Live::Polite);
    });
    words_ui(ui, &checked, Type::Small, p.muted);
}

/// `ann-laptop · ThinkPad T14 Gen 3 · Debian GNU/Linux 12 (bookworm)`.
fn device(device: &Device) -> String {
    let system = &device.system;
    let version_is_in_name = system.version.is_empty() || system.name.contains(&system.version);
    let system = if version_is_in_name { system.name.clone() } else { format!("{} {}", system.name, system.version) };
    [Some(device.name.as_str()), device.model.as_deref(), Some(system.as_str())]
        .into_iter()
        .flatten()
        .filter(|part| !part.trim().is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// From right to left, so that *Scan again* comes last in the line and first for the eye.
fn buttons_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, with_words: bool) -> Option<UiAction> {
    let p = scene.palette;
    let scanning = scene.shown.scanning;
    let mut action = None;
    let words = if scanning { say("Scanning…") } else { say("Scan again") };
    let press = Press::new(words).icon(Icon::Again).enabled_if(!scanning);
    let press = press.primary().ui(ui, p);
    if view.takes(Focus::Scan) {
        press.request_focus();
    }
    if press.clicked() {
        action = Some(scan());
    }
    if web_button_ui(ui, scene, with_words) {
        action = Some(UiAction::Go(Page::WebAccess));
    }
    if Press::new(say("Settings")).icon(Icon::Settings).ui(ui, p).clicked() {
        action = Some(UiAction::Go(Page::Settings));
    }
    action
}

/// The way to the page *Web access*, with a mark while a site waits for an answer there.
fn web_button_ui(ui: &mut Ui, scene: Scene<'_>, with_words: bool) -> bool {
    let p = scene.palette;
    let waiting = scene.shown.web.questions.len();
    let spoken = match waiting {
        0 => say("Web access").to_owned(),
        1 => say("Web access, 1 site waits for your answer").to_owned(),
        count => tr(&text!("Web access, {count} sites wait for your answer", count = count)),
    };
    let press = Press::new(say("Web access")).icon(Icon::Globe).spoken(&spoken);
    let press = if with_words { press } else { press.icon_only() };
    let response = press.ui(ui, p);
    if waiting > 0 {
        let at = response.rect.right_top() + vec2(-3.0, 3.0);
        ui.painter().circle(at, 6.0, p.accent, Stroke::new(2.0, p.surface));
    }
    response.clicked()
}
