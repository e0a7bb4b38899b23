//! The profiles to choose from, each with what it asks, before it is chosen.

use eframe::egui::accesskit::Role;
use eframe::egui::{CornerRadius, Frame, Id, Margin, Stroke, Ui, UiBuilder};
use stethoscope_probes::text;

use super::controls_ui::{choice_ui, fold_ui, words_ui};
use super::says;
use super::shown::{Scene, UiAction, View};
use super::theme::Type;
use crate::guidance;
use crate::link::ProfileView;
use crate::monitor::message::Command;
use crate::policy::Requirement;
use crate::words::{say, tr};

/// Every profile, the chosen one marked.
pub(super) fn profiles_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View) -> Option<UiAction> {
    let p = scene.palette;
    let state = &scene.shown.state;
    let mut action = None;
    if let Some(file) = &state.pinned_by {
        let words = tr(&text!("An administrator chose the profile for this computer: {file}", file = file));
        words_ui(ui, &words, Type::Body, p.text);
    }
    let builder = UiBuilder::new().accessibility_role(Role::RadioGroup).accessibility_label(say("Profile"));
    ui.scope_builder(builder, |ui| {
        for profile in &state.profiles {
            let answer = profile_ui(ui, scene, view, profile);
            action = action.take().or(answer);
        }
    });
    if !state.profiles_folder.is_empty() {
        let words = tr(&text!("A profile of your own goes to {folder}", folder = state.profiles_folder));
        words_ui(ui, &words, Type::Small, p.muted);
    }
    action
}

fn profile_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, profile: &ProfileView) -> Option<UiAction> {
    let p = scene.palette;
    let state = &scene.shown.state;
    let chosen = state.settings.profile == profile.id;
    let can_choose = profile.problem.is_none() && state.pinned_by.is_none();
    let mut action = None;
    let outline = if chosen { Stroke::new(1.5, p.accent) } else { Stroke::new(1.5, p.line) };
    let frame =
        Frame::new().stroke(outline).corner_radius(CornerRadius::same(10)).inner_margin(Margin::symmetric(14, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        if choice_ui(ui, p, chosen, can_choose || chosen, &profile.name).clicked() && can_choose && !chosen {
            action = Some(UiAction::Tell(Command::UseProfile(profile.id.clone())));
        }
        ui.horizontal_top(|ui| {
            ui.add_space(32.0);
            ui.vertical(|ui| {
                match &profile.problem {
                    Some(problem) => words_ui(ui, problem, Type::Small, p.fail),
                    None => words_ui(ui, &profile.description, Type::Small, p.muted),
                };
                if profile.source != BUILT_IN {
                    words_ui(ui, &profile.source, Type::Small, p.muted);
                }
                if profile.problem.is_none() {
                    asks_ui(ui, scene, view, profile);
                }
            });
        });
    });
    action
}

/// What the agent calls the source of a profile that comes with the program.
const BUILT_IN: &str = "built in";

fn asks_ui(ui: &mut Ui, scene: Scene<'_>, view: &mut View, profile: &ProfileView) {
    let p = scene.palette;
    let open = view.profile_open.as_deref() == Some(&profile.id);
    let fold = fold_ui(ui, p, Id::unique(("asks", &profile.id)), open, say("What it asks"), Type::Small);
    let spoken = tr(&text!("What {profile} asks", profile = profile.name));
    if fold.accessible_name(spoken).clicked() {
        view.profile_open = (!open).then(|| profile.id.clone());
    }
    if !open {
        return;
    }
    for (practice, requirement) in &profile.requirements {
        let asked = tr(&text!(
            "{practice}: {asked}",
            practice = guidance::name(*practice),
            asked = says::requirement(requirement)
        ));
        words_ui(ui, &asked, Type::Small, p.text);
        if let Requirement::Apps(rules) = requirement {
            for rule in rules {
                words_ui(ui, &format!("    {}", says::app_rule(rule)), Type::Small, p.muted);
            }
        }
    }
}
