//! Snoozing a practice, ignoring it with a reason, and taking both back.

use eframe::egui::{Key, TextEdit, Ui, vec2};

use super::controls_ui::{Press, card_ui, focus_ring, head_ui, words_ui};
use super::hush;
use super::shapes::Icon;
use super::shown::{Focus, Scene, UiAction, View};
use super::theme::Type;
use crate::monitor::message::{Command, SnoozeSpan};
use crate::verdict::{Verdict, VerdictState};
use crate::words::say;

/// What can be done about the notifications of a practice.
pub(super) fn hush_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, verdict: &Verdict) -> Option<UiAction> {
    let aside = hush::of(&scene.shown.state.settings, verdict.practice(), scene.moment);
    if aside.is_none() && verdict.state == VerdictState::Pass {
        return None;
    }
    let p = scene.palette;
    let practice = verdict.practice();
    let mut action = None;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("Notifications"), Type::Head, p.text);
        if let Some(aside) = aside {
            words_ui(ui, &aside.words, Type::Body, p.text);
            words_ui(ui, say("It stays in the list and keeps its state."), Type::Small, p.muted);
            let undo = if aside.ignored { say("Stop ignoring") } else { say("End the snooze") };
            if Press::new(undo).ui(ui, p).clicked() {
                action = Some(UiAction::Tell(Command::Listen(practice)));
            }
            return;
        }
        words_ui(
            ui,
            say("Put it off if you can't see to it now. It stays in the list and keeps its state."),
            Type::Small,
            p.muted,
        );
        if view.ignoring.is_some() {
            action = reason_ui(ui, scene, view, verdict);
            return;
        }
        ui.horizontal_wrapped(|ui| {
            if Press::new(say("Snooze a day")).ui(ui, p).clicked() {
                action = Some(UiAction::Tell(Command::Snooze(practice, SnoozeSpan::Day)));
            }
            if Press::new(say("Snooze a week")).ui(ui, p).clicked() {
                action = Some(UiAction::Tell(Command::Snooze(practice, SnoozeSpan::Week)));
            }
            if Press::new(say("Ignore…")).quiet().icon(Icon::Quiet).ui(ui, p).clicked() {
                view.ignoring = Some(String::new());
                view.focus = Some(Focus::Reason);
            }
        });
    });
    action
}

/// The field for the reason. Without a reason nothing is ignored.
fn reason_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, verdict: &Verdict) -> Option<UiAction> {
    let p = scene.palette;
    let takes_focus = view.takes(Focus::Reason);
    let reason = view.ignoring.as_mut()?;
    let label = words_ui(ui, say("Why is this fine on this computer?"), Type::Body, p.text);
    let field = ui
        .add(
            TextEdit::singleline(reason)
                .hint_text(say("For example: it never leaves the locked office"))
                .char_limit(200)
                .desired_width(f32::INFINITY)
                .margin(eframe::egui::Margin::symmetric(12, 8)),
        )
        .labelled_by(label.id);
    if takes_focus {
        field.request_focus();
        // The buttons below the field are wanted in view as well.
        ui.scroll_to_rect(field.rect.expand2(vec2(0.0, 96.0)), None);
    }
    focus_ring(ui, &field, field.rect, 8, p);
    let has_reason = !reason.trim().is_empty();
    let reason = reason.trim().to_owned();
    let mut action = None;
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.horizontal_wrapped(|ui| {
        let press = Press::new(say("Ignore with this reason")).primary().enabled_if(has_reason).ui(ui, p);
        if has_reason && (press.clicked() || entered) {
            action = Some(UiAction::Tell(Command::Ignore(verdict.practice(), reason.clone())));
        }
        if Press::new(say("Cancel")).quiet().ui(ui, p).clicked() {
            action = Some(UiAction::Back);
        }
    });
    action
}
