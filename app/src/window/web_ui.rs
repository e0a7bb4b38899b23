//! The page *Web access*: who waits for an answer, whether sites are heard, who may ask, who came.

use eframe::egui::Ui;

use super::controls_ui::{card_ui, head_ui, words_ui};
use super::page_ui::titled_page_ui;
use super::shown::{Scene, UiAction, View};
use super::theme::Type;
use super::web_endpoint_ui::web_endpoint_ui;
use super::web_question_ui::web_question_ui;
use super::web_sites_ui::web_sites_ui;
use super::web_visits_ui::web_visits_ui;
use crate::words::say;

/// The page.
pub(super) fn web_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    let web = &scene.shown.web;
    titled_page_ui(ui, scene, view, "Web access", |ui, view| {
        let mut action = None;
        for question in &web.questions {
            let answer = web_question_ui(ui, scene, view, question);
            action = action.take().or(answer);
        }
        if web.sites.is_empty() && web.questions.is_empty() && web.visits.is_empty() {
            what_for_ui(ui, scene);
        }
        let endpoint = web_endpoint_ui(ui, scene);
        let sites = web_sites_ui(ui, scene, view);
        let visits = web_visits_ui(ui, scene, view);
        action.or(endpoint).or(sites).or(visits)
    })
}

/// What this page is for, as long as there is nothing on it.
fn what_for_ui(ui: &mut Ui, scene: Scene<'_>) {
    let p = scene.palette;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("No web site knows anything about this computer"), Type::Head, p.text);
        for words in [
            say(
                "Some workplaces check a computer before it may sign in. Their sign-in page asks Stethoscope, Stethoscope asks you, and the page learns nothing unless you say so.",
            ),
            say(
                "To let a site in, add it below. Or choose “Always on” and open the site's sign-in page: its question then appears here. If your organisation uses Stethoscope, its site may be here already.",
            ),
        ] {
            words_ui(ui, words, Type::Body, p.muted);
        }
    });
}
