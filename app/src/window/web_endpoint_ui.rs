//! Whether web sites can reach this program at all, and whether new ones may ask.

use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{Rect, Ui, UiBuilder, WidgetInfo, vec2};
use stethoscope_probes::text;

use super::controls_ui::{card_ui, choice_ui, head_ui, switch_if_ui, words_ui};
use super::shapes::{self, Icon};
use super::shown::{Scene, UiAction};
use super::theme::Type;
use crate::access::view::{Status, WebChange, WebView};
use crate::monitor::message::Command;
use crate::settings::WebSwitch;
use crate::verdict::VerdictState;
use crate::words::{say, tr};

/// The state of the endpoint, and its switches.
pub(super) fn web_endpoint_ui(ui: &mut Ui, scene: Scene<'_>) -> Option<UiAction> {
    let p = scene.palette;
    let web = &scene.shown.web;
    let mut change = None;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("Asking"), Type::Head, p.text);
        state_ui(ui, scene);
        let choices = [
            (WebSwitch::Auto, say("On while a site is allowed")),
            (WebSwitch::On, say("Always on, so that new sites can ask me")),
            (WebSwitch::Off, say("Off")),
        ];
        let builder =
            UiBuilder::new().accessibility_role(Role::RadioGroup).accessibility_label(say("Whether web sites can ask"));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (switch, words) in choices {
                let chosen = web.switch == switch && !web.pinned;
                if choice_ui(ui, p, chosen, !web.pinned, words).clicked() && !web.pinned && !chosen {
                    change = Some(WebChange::Switch(switch));
                }
            }
        });
        if web.pinned {
            words_ui(ui, say("Your organisation decided this for everybody."), Type::Small, p.muted);
        }
        let words = say("New sites may ask me");
        let can = !web.questions_pinned;
        if switch_if_ui(ui, p, web.questions_allowed, can, words).clicked() && can {
            change = Some(WebChange::Questions(!web.questions_allowed));
        }
        words_ui(ui, questions_words(web), Type::Small, p.muted);
    });
    change.map(|change| UiAction::Tell(Command::Web(change)))
}

fn questions_words(web: &WebView) -> &'static str {
    match (web.questions_pinned, web.questions_allowed) {
        (true, true) => say("Your organisation decided that a site without anybody's word may raise a question."),
        (true, false) => say("Your organisation decided that a site without anybody's word is refused in silence."),
        (false, true) => say("A site that you have not decided on raises a question and waits for your answer."),
        (false, false) => say("A site that you have not decided on is refused without a word."),
    }
}

/// One sentence, with the shape of how well it is.
fn state_ui(ui: &mut Ui, scene: Scene<'_>) {
    let p = scene.palette;
    let web = &scene.shown.web;
    let (shape, sentence) = match &web.status {
        Status::Listening => (
            Some(VerdictState::Pass),
            say("Sites that were allowed can ask. Only pages on this very computer reach Stethoscope.").to_owned(),
        ),
        Status::Off if web.pinned => (None, say("Nobody can ask, as your organisation decided.").to_owned()),
        Status::Off if web.switch == WebSwitch::Off => {
            (None, say("Switched off: no site can ask, whatever stands below.").to_owned())
        }
        Status::Off => {
            (None, say("Nobody can ask. This turns on by itself with the first site you allow.").to_owned())
        }
        Status::Taken { holder: Some(holder) } => (
            Some(VerdictState::Nudge),
            tr(&text!(
                "Nobody can ask: {holder} uses the place where pages look for Stethoscope (port 37370). It is tried again by itself.",
                holder = holder
            )),
        ),
        Status::Taken { holder: None } => (
            Some(VerdictState::Nudge),
            say("Nobody can ask: another program uses the place where pages look for Stethoscope (port 37370). It is tried again by itself.").to_owned(),
        ),
        Status::Failed(why) => (Some(VerdictState::Nudge), tr(&text!("Nobody can ask: {why}", why = why))),
    };
    ui.horizontal_top(|ui| {
        let at = ui.max_rect().min + vec2(0.0, 1.0);
        let sign = Rect::from_min_size(at, vec2(18.0, 18.0));
        match shape {
            Some(shape) => shapes::paint_state(ui.painter(), sign, shape, p),
            // Switched off is neither well nor ill.
            None => shapes::paint_icon(ui.painter(), sign, Icon::Info, p.muted.into()),
        }
        ui.add_space(26.0);
        ui.vertical(|ui| {
            let response = words_ui(ui, &sentence, Type::Body, p.text);
            response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &sentence));
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.clear_value();
                node.set_live(Live::Polite);
            });
        });
    });
}
