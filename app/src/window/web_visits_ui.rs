//! The log: which site asked when, and what it got.

use eframe::egui::accesskit::Role;
use eframe::egui::{Id, Ui, UiBuilder};
use stethoscope_probes::text;

use super::controls_ui::{Press, card_ui, fold_ui, head_ui, words_ui};
use super::shown::{Scene, UiAction, View};
use super::theme::Type;
use crate::access::view::Visit;
use crate::access::words;
use crate::words::{say, tr};

/// So many visits are shown without being asked for.
const FIRST: usize = 8;

/// The visits, newest first.
pub(super) fn web_visits_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    let p = scene.palette;
    let visits = &scene.shown.web.visits;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("Who asked"), Type::Head, p.text);
        let words = if visits.is_empty() {
            say("No site has asked in the last 30 days.")
        } else {
            say("In the last 30 days, newest first. This list stays on this computer.")
        };
        words_ui(ui, words, Type::Small, p.muted);
        let shown = if view.web.all_visits { visits.len() } else { FIRST };
        let builder = UiBuilder::new().accessibility_role(Role::List).accessibility_label(say("Who asked"));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            for (index, visit) in visits.iter().take(shown).enumerate() {
                visit_ui(ui, scene, view, index, visit);
            }
        });
        if visits.len() > shown {
            let words = tr(&text!("Show all {count}", count = visits.len()));
            if Press::new(&words).quiet().ui(ui, p).clicked() {
                view.web.all_visits = true;
            }
        }
    });
    None
}

fn visit_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, index: usize, visit: &Visit) {
    let p = scene.palette;
    let this = (visit.at, visit.origin.clone());
    let open = view.web.visit_open.as_ref() == Some(&this);
    let site = visit.origin.strip_prefix("https://").unwrap_or(&visit.origin);
    let site = if site.is_empty() { say("A page that gave no name") } else { site };
    let line = text!(
        "{when}  {site} {result}",
        when = scene.moment.clock(visit.at),
        site = site,
        result = words::result(visit.result)
    );
    let mut line = tr(&line);
    if visit.times > 1 {
        line = tr(&text!("{line} ({count} times)", line = line, count = visit.times));
    }
    if fold_ui(ui, p, Id::unique(("visit", index)), open, &line, Type::Small).clicked() {
        view.web.visit_open = (!open).then_some(this);
    }
    if !open {
        return;
    }
    ui.horizontal_top(|ui| {
        ui.add_space(22.0);
        ui.vertical(|ui| {
            let asked: Vec<String> = visit.fields.iter().map(|field| words::field(field)).collect();
            let asked = if asked.is_empty() {
                say("It is not known what it asked for.").to_owned()
            } else {
                tr(&text!("It asked for: {list}", list = asked.join(", ")))
            };
            words_ui(ui, &asked, Type::Small, p.text);
            ui.add_space(6.0);
        });
    });
}
