//! One practice in full: what is, why it matters, what to do, how it was found out, what is asked.

use eframe::egui::accesskit::Role;
use eframe::egui::{CornerRadius, Frame, Label, Margin, Sense, Ui, UiBuilder, vec2};
use stethoscope_probes::text;

use super::controls_ui::{Copies, Press, card_ui, code_ui, focus_ring, head_ui, lines, speak_head, words_ui};
use super::evidence_ui::evidence_ui;
use super::hush_ui::hush_ui;
use super::page_ui::{Column, page_ui};
use super::says;
use super::shapes::{self, Icon};
use super::shown::{Focus, Room, Scene, UiAction, View};
use super::theme::Type;
use crate::guidance::{self, Guidance};
use crate::monitor::message::Command;
use crate::policy::Requirement;
use crate::snapshot::Snapshot;
use crate::verdict::{Verdict, VerdictState};
use crate::words::{say, tr};

/// One practice in full.
pub(super) fn detail_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    view: &mut View,
    snapshot: &Snapshot,
    verdict: &Verdict,
) -> Option<UiAction> {
    let mut action = None;
    let builder = UiBuilder::new().accessibility_role(Role::Article).accessibility_label(guidance::title(verdict));
    ui.scope_builder(builder, |ui| {
        page_ui(ui, ("detail", verdict.practice()), view.room, Column::Left, |ui| {
            action = contents_ui(ui, scene, view, snapshot, verdict);
        });
    });
    action
}

fn contents_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    view: &mut View,
    snapshot: &Snapshot,
    verdict: &Verdict,
) -> Option<UiAction> {
    let p = scene.palette;
    let guidance = guidance::guidance(verdict, &snapshot.device);
    let mut action = None;
    if view.room == Room::Narrow && Press::new(say("All practices")).quiet().icon(Icon::Back).ui(ui, p).clicked() {
        action = Some(UiAction::Back);
    }
    title_ui(ui, scene, view, verdict, &guidance.title);
    card_ui(ui, p, |ui| {
        head_ui(ui, say("Why it matters"), Type::Head, p.text);
        words_ui(ui, &guidance.why, Type::Body, p.text);
    });
    if !guidance.steps.is_empty() || guidance.action.is_some() {
        action = action.or(steps_ui(ui, scene, view, &guidance));
    }
    action = action.or(evidence_ui(ui, scene, view, verdict));
    asked_ui(ui, scene, snapshot, verdict);
    action = action.or(hush_ui(ui, scene, view, verdict));
    let checking = scene.shown.scanning;
    ui.horizontal(|ui| {
        let words = if checking { say("Checking…") } else { say("Check again") };
        if Press::new(words).icon(Icon::Again).enabled_if(!checking).ui(ui, p).clicked() {
            action = Some(UiAction::Tell(Command::Check(verdict.practice())));
        }
    });
    action
}

/// Shape, title and reason. The title takes the keyboard, so that a screen reader starts to read
/// there.
fn title_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, verdict: &Verdict, title: &str) {
    const SHAPE: f32 = 36.0;
    let p = scene.palette;
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(SHAPE, SHAPE), Sense::hover());
        shapes::paint_state(ui.painter(), rect, verdict.state, p);
        ui.add_space(8.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            // Not a label: egui underlines a label that can have the keyboard, as if it were a link.
            let galley = lines(ui, title, Type::Title, usize::MAX, ui.available_width());
            let (rect, head) = ui.allocate_exact_size(galley.size(), Sense::focusable_noninteractive());
            ui.painter().galley(rect.min, galley, p.text.into());
            speak_head(ui, &head, title);
            if view.takes(Focus::Detail) {
                head.request_focus();
            }
            focus_ring(ui, &head, head.rect.expand2(vec2(6.0, 0.0)), 6, p);
            chip_ui(ui, scene, verdict.state);
            ui.add_space(2.0);
            words_ui(ui, &tr(&verdict.reason), Type::Body, p.text);
        });
    });
    ui.add_space(4.0);
}

/// The state in words, on its own ground.
fn chip_ui(ui: &mut Ui, scene: Scene<'_>, state: VerdictState) {
    let (colour, ground) = shapes::state_colours(state, scene.palette);
    Frame::new().fill(ground).corner_radius(CornerRadius::same(6)).inner_margin(Margin::symmetric(8, 2)).show(
        ui,
        |ui| {
            ui.add(Label::new(Type::Small.text(says::state(state), colour)));
        },
    );
}

fn steps_ui(ui: &mut Ui, scene: Scene<'_>, view: &View, guidance: &Guidance) -> Option<UiAction> {
    let p = scene.palette;
    let mut action = None;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("What to do"), Type::Head, p.text);
        for (index, step) in guidance.steps.iter().enumerate() {
            ui.add_space(if index == 0 { 0.0 } else { 4.0 });
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let number = tr(&text!("{number}.", number = index + 1));
                if guidance.steps.len() > 1 {
                    ui.allocate_ui(vec2(26.0, 20.0), |ui| {
                        ui.set_min_width(26.0);
                        words_ui(ui, &number, Type::Strong, p.muted);
                    });
                }
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing = vec2(8.0, 6.0);
                    words_ui(ui, &step.text, Type::Body, p.text);
                    if let Some(command) = &step.command
                        && code_ui(ui, p, command, copies(view, command))
                    {
                        action = Some(UiAction::Copy(command.clone()));
                    }
                });
            });
        }
        if let Some(offer) = &guidance.action
            && offer.open.first().is_some_and(|program| scene.shown.installed.contains(program))
        {
            ui.add_space(8.0);
            if Press::new(&offer.label).primary().icon(Icon::Open).ui(ui, p).clicked() {
                action = Some(UiAction::Open(offer.open.clone()));
            }
        }
        if let Some(problem) = &view.failed_start {
            words_ui(ui, problem, Type::Small, p.fail);
        }
    });
    action
}

/// Whether these words were the last to be copied.
pub(super) fn copies(view: &View, words: &str) -> Copies {
    if view.copied.as_deref() == Some(words) { Copies::JustDid } else { Copies::OnDemand }
}

fn asked_ui(ui: &mut Ui, scene: Scene<'_>, snapshot: &Snapshot, verdict: &Verdict) {
    let p = scene.palette;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("What the profile asks"), Type::Head, p.text);
        let asked = tr(&text!(
            "{policy}: {asked}",
            policy = snapshot.policy.name,
            asked = says::requirement(&verdict.requirement)
        ));
        words_ui(ui, &asked, Type::Body, p.text);
        if let Requirement::Apps(rules) = &verdict.requirement {
            for rule in rules {
                words_ui(ui, &format!("• {}", says::app_rule(rule)), Type::Body, p.text);
            }
        }
        let state = says::state(verdict.state);
        let since = text!("{state} since {when}", state = state, when = scene.moment.clock(verdict.since));
        words_ui(ui, &tr(&since), Type::Small, p.muted);
    });
}
