//! The sites with somebody's word on them, and the field for one more.

use eframe::egui::{Key, Margin, Rect, Stroke, TextEdit, Ui, vec2};
use stethoscope_probes::text;

use super::controls_ui::{Press, card_ui, focus_ring, head_ui, switch_ui, words_ui};
use super::shapes::{self, Icon};
use super::shown::{Scene, UiAction, View};
use super::theme::Type;
use crate::access::Whose;
use crate::access::view::{SiteView, WebChange};
use crate::monitor::message::Command;
use crate::settings::Permission;
use crate::site::{Origin, Pattern};
use crate::verdict::VerdictState;
use crate::words::{say, tr};

/// Every site, and the field for one more.
pub(super) fn web_sites_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    let p = scene.palette;
    let mut change = None;
    card_ui(ui, p, |ui| {
        head_ui(ui, say("Sites"), Type::Head, p.text);
        if scene.shown.web.sites.is_empty() {
            words_ui(ui, say("No site has your permission, and none is refused."), Type::Body, p.muted);
        }
        for site in &scene.shown.web.sites {
            let wanted = site_ui(ui, scene, site);
            change = change.take().or(wanted);
            let line = ui.available_rect_before_wrap();
            ui.painter().hline(line.x_range(), line.top() - 4.0, Stroke::new(1.0, p.line));
        }
        if !scene.shown.web.sites.is_empty() {
            ui.add_space(4.0);
        }
        let added = add_ui(ui, scene, view);
        change = change.take().or(added);
    });
    change.map(|change| UiAction::Tell(Command::Web(change)))
}

fn site_ui(ui: &mut Ui, scene: Scene<'_>, site: &SiteView) -> Option<WebChange> {
    let p = scene.palette;
    let mut change = None;
    let allowed = site.permission == Permission::Allowed;
    ui.horizontal_top(|ui| {
        let at = ui.max_rect().min + vec2(0.0, 1.0);
        let sign = Rect::from_min_size(at, vec2(18.0, 18.0));
        if allowed {
            shapes::paint_state(ui.painter(), sign, VerdictState::Pass, p);
        } else {
            // A site that is kept out is nothing bad: it has no shape of a state.
            shapes::paint_icon(ui.painter(), sign, Icon::Close, p.muted.into());
        }
        ui.add_space(26.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let name = site.site.strip_prefix("https://").unwrap_or(&site.site);
            words_ui(ui, name, Type::Strong, p.text);
            words_ui(ui, &state_words(scene, site), Type::Small, p.muted);
            if site.by == Whose::User {
                change = controls_ui(ui, scene, site, name);
            }
        });
    });
    ui.add_space(4.0);
    change
}

/// `Allowed by you since 12 November at 14:02`, and what of identifiers.
fn state_words(scene: Scene<'_>, site: &SiteView) -> String {
    let since = site.since.map(|since| scene.moment.clock(since));
    let word = match (site.permission, site.by, since) {
        (Permission::Allowed, Whose::Organisation, _) => say("Allowed by your organisation").to_owned(),
        (Permission::Refused, Whose::Organisation, _) => say("Refused by your organisation").to_owned(),
        (Permission::Allowed, Whose::User, Some(since)) => tr(&text!("Allowed by you since {when}", when = since)),
        (Permission::Allowed, Whose::User, None) => say("Allowed by you").to_owned(),
        (Permission::Refused, Whose::User, Some(since)) => tr(&text!("Refused by you since {when}", when = since)),
        (Permission::Refused, Whose::User, None) => say("Refused by you").to_owned(),
    };
    match (site.permission, site.by, site.identifiers) {
        (Permission::Allowed, Whose::Organisation, Some(true)) => {
            tr(&text!("{word}, and may know which computer this is", word = word))
        }
        (Permission::Allowed, Whose::User, None) => {
            tr(&text!("{word}. You are asked before it learns which computer this is", word = word))
        }
        _ => word,
    }
}

fn controls_ui(ui: &mut Ui, scene: Scene<'_>, site: &SiteView, name: &str) -> Option<WebChange> {
    let p = scene.palette;
    let mut change = None;
    let spoken = |words: &str| format!("{words}: {name}");
    let Ok(origin) = site.site.parse::<Origin>() else {
        // Several sites at once: they stand here or they do not.
        let pattern = site.site.parse::<Pattern>().ok()?;
        let label = spoken(say("Forget"));
        let press = Press::new(say("Forget")).spoken(&label);
        return press.ui(ui, p).clicked().then_some(WebChange::Pattern { pattern, allowed: false });
    };
    let allowed = site.permission == Permission::Allowed;
    if allowed {
        let on = site.identifiers == Some(true);
        let switch = switch_ui(ui, p, on, say("May know which computer this is"));
        if switch.accessible_name(spoken(say("May know which computer this is"))).clicked() {
            change = Some(WebChange::Allow { origin: origin.clone(), identifiers: Some(!on) });
        }
    }
    ui.horizontal_wrapped(|ui| {
        let (words, wish) = if allowed {
            (say("Refuse"), WebChange::Refuse(origin.clone()))
        } else {
            (say("Allow"), WebChange::Allow { origin: origin.clone(), identifiers: None })
        };
        if Press::new(words).spoken(&spoken(words)).ui(ui, p).clicked() {
            change = Some(wish);
        }
        if Press::new(say("Forget")).quiet().spoken(&spoken(say("Forget"))).ui(ui, p).clicked() {
            change = Some(WebChange::Forget(origin));
        }
    });
    change
}

/// The field for a site that has not asked yet.
fn add_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<WebChange> {
    let p = scene.palette;
    let label = words_ui(ui, say("Add a site"), Type::Strong, p.text);
    let field = ui
        .add(
            TextEdit::singleline(&mut view.web.written)
                .hint_text("https://login.example.com")
                .char_limit(crate::site::LONGEST)
                .desired_width(f32::INFINITY)
                .margin(Margin::symmetric(12, 8)),
        )
        .labelled_by(label.id);
    focus_ring(ui, &field, field.rect, 8, p);
    if field.changed() {
        view.web.refused = None;
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if let Some(refused) = &view.web.refused {
        let response = words_ui(ui, refused, Type::Small, p.fail);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(eframe::egui::accesskit::Live::Polite));
    }
    let mut change = None;
    ui.horizontal_wrapped(|ui| {
        let has_words = !view.web.written.trim().is_empty();
        let allow = Press::new(say("Allow it")).enabled_if(has_words).ui(ui, p).clicked();
        let refuse = Press::new(say("Refuse it")).quiet().enabled_if(has_words).ui(ui, p).clicked();
        if has_words && (allow || refuse || entered) {
            change = added(view, if refuse { Permission::Refused } else { Permission::Allowed });
        }
    });
    change
}

/// What was written as a wish. If it is no site, the page says why and keeps it.
fn added(view: &mut View, permission: Permission) -> Option<WebChange> {
    let written = view.web.written.trim();
    let change = match (written.contains('*'), permission) {
        (true, Permission::Allowed) => {
            written.parse().map(|pattern| WebChange::Pattern { pattern, allowed: true }).map_err(|error| error.problem)
        }
        (true, Permission::Refused) => Err("stands for several sites, and only single ones can be refused here"),
        (false, Permission::Allowed) => {
            written.parse().map(|origin| WebChange::Allow { origin, identifiers: None }).map_err(|error| error.problem)
        }
        (false, Permission::Refused) => written.parse().map(WebChange::Refuse).map_err(|error| error.problem),
    };
    match change {
        Ok(change) => {
            view.web.written.clear();
            view.web.refused = None;
            Some(change)
        }
        Err(problem) => {
            view.web.refused = Some(tr(&text!("This {problem}", problem = say(problem))));
            None
        }
    }
}
