//! What the program looked at, so that a person can check the claim by hand.

use eframe::egui::Ui;
use stethoscope_probes::finding::Observation;
use stethoscope_probes::text;

use super::controls_ui::{Copies, card_ui, code_ui, head_ui, words_ui};
use super::detail_ui::copies;
use super::says;
use super::shown::{Scene, UiAction, View};
use super::theme::Type;
use crate::verdict::Verdict;
use crate::words::{say, tr};

/// So many applications are named one by one.
const ITEMS_SHOWN: usize = 12;

/// Where the finding was read and what stood there.
pub(super) fn evidence_ui(ui: &mut Ui, scene: Scene<'_>, view: &View, verdict: &Verdict) -> Option<UiAction> {
    let p = scene.palette;
    let mut action = None;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("What we looked at"), Type::Head, p.text);
        let found = tr(&verdict.finding.detail);
        if verdict.finding.detail != verdict.reason && !found.is_empty() {
            words_ui(ui, &found, Type::Body, p.text);
        }
        words_ui(ui, says::confidence(verdict), Type::Small, p.muted);
        items_ui(ui, scene, verdict);
        for evidence in &verdict.finding.evidence {
            ui.add_space(4.0);
            ui.spacing_mut().item_spacing.y = 6.0;
            let head = tr(&text!("{source} says", source = evidence.source));
            words_ui(ui, if evidence.saw.is_empty() { &evidence.source } else { &head }, Type::Small, p.text);
            if !evidence.saw.is_empty() {
                code_ui(ui, p, &evidence.saw, Copies::Never);
            }
            if !evidence.check.is_empty() {
                words_ui(ui, say("Check it by hand"), Type::Small, p.muted);
                if code_ui(ui, p, &evidence.check, copies(view, &evidence.check)) {
                    action = Some(UiAction::Copy(evidence.check.clone()));
                }
            }
        }
    });
    action
}

fn items_ui(ui: &mut Ui, scene: Scene<'_>, verdict: &Verdict) {
    let Observation::Items(items) = &verdict.finding.observation else { return };
    let p = scene.palette;
    for item in items.iter().take(ITEMS_SHOWN) {
        let name = item.label.as_deref().unwrap_or(&item.name);
        let line =
            tr(&text!("• {name} {version} ({source})", name = name, version = item.version, source = item.source));
        words_ui(ui, &line, Type::Body, p.text);
    }
    if let Some(more) = items.len().checked_sub(ITEMS_SHOWN).filter(|more| *more > 0) {
        words_ui(ui, &tr(&text!("and {count} more", count = more)), Type::Small, p.muted);
    }
}
