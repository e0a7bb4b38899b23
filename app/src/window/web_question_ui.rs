//! One question of a web site: who asks, what for, and the three answers.

use eframe::egui::accesskit::Role;
use eframe::egui::{CornerRadius, Frame, Margin, Rect, Stroke, Ui, UiBuilder, vec2};
use stethoscope_probes::text;

use super::controls_ui::{Press, speak_head, tick_ui, words_ui};
use super::shapes::{self, Icon};
use super::shown::{Scene, UiAction, View};
use super::theme::Type;
use crate::access::view::{Answer, Question, WebChange};
use crate::access::words;
use crate::monitor::message::Command;
use crate::words::{say, tr};

/// The question with its answers.
pub(super) fn web_question_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, question: &Question) -> Option<UiAction> {
    let p = scene.palette;
    let mut action = None;
    let headline = words::headline(question);
    let frame = Frame::new()
        .fill(p.surface.into())
        .stroke(Stroke::new(2.0, p.accent))
        .corner_radius(CornerRadius::same(12))
        .inner_margin(Margin::same(20));
    let builder = UiBuilder::new().accessibility_role(Role::Group).accessibility_label(&headline);
    ui.scope_builder(builder, |ui| {
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 8.0;
            ui.horizontal_top(|ui| {
                let at = ui.max_rect().min + vec2(0.0, 2.0);
                shapes::paint_icon(
                    ui.painter(),
                    Rect::from_min_size(at, vec2(18.0, 18.0)),
                    Icon::Globe,
                    p.accent.into(),
                );
                ui.add_space(28.0);
                let head = words_ui(ui, &headline, Type::Head, p.text);
                speak_head(ui, &head, &headline);
            });
            let asked = tr(&text!(
                "{origin} asked at {when} and waits for your answer.",
                origin = question.origin,
                when = scene.moment.clock(question.since)
            ));
            words_ui(ui, &asked, Type::Small, p.muted);
            for line in words::wants(question) {
                words_ui(ui, &line, Type::Body, p.text);
            }
            if question.second {
                let words = say("You already let it ask how safe this computer is.");
                words_ui(ui, words, Type::Small, p.muted);
            } else if !question.identifiers.is_empty() {
                identifiers_ui(ui, scene, view, question);
            }
            ui.add_space(4.0);
            action = answers_ui(ui, scene, view, question);
        });
    });
    action
}

/// A consent of its own, not given unless it is ticked.
fn identifiers_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, question: &Question) {
    let p = scene.palette;
    let ticked = view.web.identifiers.contains(&question.origin);
    let words = say("Also tell it which computer this is");
    if tick_ui(ui, p, ticked, words).clicked() {
        if ticked {
            view.web.identifiers.remove(&question.origin);
        } else {
            view.web.identifiers.insert(question.origin.clone());
        }
    }
    ui.horizontal_top(|ui| {
        ui.add_space(32.0);
        ui.vertical(|ui| {
            words_ui(ui, &words::identifiers(question), Type::Small, p.muted);
        });
    });
}

fn answers_ui(ui: &mut Ui, scene: Scene<'_>, view: &View, question: &Question) -> Option<UiAction> {
    let p = scene.palette;
    let mut action = None;
    let site = question.origin.for_people();
    ui.horizontal_wrapped(|ui| {
        for (answer, words) in
            [(Answer::Once, say("Allow once")), (Answer::Always, say("Always allow")), (Answer::Never, say("Never"))]
        {
            let spoken = format!("{words}: {site}");
            let press = Press::new(words).spoken(&spoken);
            let press = if answer == Answer::Once { press.primary() } else { press };
            if press.ui(ui, p).clicked() {
                let yes = answer != Answer::Never;
                let identifiers = yes && (question.second || view.web.identifiers.contains(&question.origin));
                let origin = question.origin.clone();
                action = Some(UiAction::Tell(Command::Web(WebChange::Answer { origin, answer, identifiers })));
            }
        }
    });
    action
}
