//! The window as text: what a screen reader gets of every state, and what clicks and keys ask for.

use std::fmt::Write as _;

use eframe::egui::accesskit::{Live, Role, Toggled};
use eframe::egui::{Context, Key, Modifiers, Ui, UiBuilder, Vec2, vec2};
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};
use egui_kittest::{Harness, HarnessBuilder};
use stethoscope::link::ToWindow;
use stethoscope::monitor::message::{Command, SnoozeSpan, Trigger};
use stethoscope::settings::{QuietHours, Settings, Theme};
use stethoscope::window::demo::{Story, moment, shown};
use stethoscope::window::{Asked, Looks, Moment, Page, Scene, Shown, UiAction, View, dress, hear, step, window_ui};
use stethoscope_probes::practice::PracticeId;

use crate::support::golden;

/// A window without a process: what was asked for is kept instead of carried out.
pub(crate) struct Stage {
    pub(crate) shown: Shown,
    pub(crate) view: View,
    pub(crate) asked: Vec<UiAction>,
    looks: Looks,
    moment: Moment,
}

pub(crate) const WIDE: Vec2 = vec2(1040.0, 740.0);
pub(crate) const NARROW: Vec2 = vec2(480.0, 740.0);

impl Stage {
    pub(crate) fn new(story: Story) -> Self {
        Stage { shown: shown(story), view: View::default(), asked: Vec::new(), looks: Looks::read(), moment: moment() }
    }

    fn draw(&mut self, ui: &mut Ui) {
        let scene = Scene { shown: &self.shown, palette: self.looks.of(ui.ctx()), moment: &self.moment };
        // The harness leaves a margin around what it shows; the window has none.
        let screen = ui.ctx().content_rect();
        let asked = ui.scope_builder(UiBuilder::new().max_rect(screen), |ui| {
            ui.set_clip_rect(screen);
            window_ui(ui, scene, &mut self.view)
        });
        if let Some(action) = asked.inner {
            step(&mut self.view, &action);
            self.asked.push(action);
        }
    }
}

pub(crate) fn builder(size: Vec2) -> HarnessBuilder<Stage> {
    Harness::builder().with_size(size).with_max_steps(8).with_context_setup(|ctx: &Context| dress(ctx))
}

pub(crate) fn open<'a>(stage: Stage, size: Vec2) -> Harness<'a, Stage> {
    build(builder(size), stage)
}

pub(crate) fn build<'a>(builder: HarnessBuilder<Stage>, stage: Stage) -> Harness<'a, Stage> {
    let mut harness = builder.build_ui_state(|ui, stage: &mut Stage| stage.draw(ui), stage);
    harness.run();
    harness
}

/// One line a node that says something: role, words, state.
pub(crate) fn tree(harness: &Harness<'_, Stage>) -> String {
    let mut out = String::new();
    write_node(&mut out, &harness.root().accesskit_node(), 0);
    out
}

fn write_node(out: &mut String, node: &AccessKitNode<'_>, depth: usize) {
    let silent = matches!(node.role(), Role::GenericContainer | Role::Window | Role::Unknown | Role::TextRun)
        && node.label().is_none();
    if !silent && node.role() != Role::TextRun {
        let words = node.label().or_else(|| node.value()).unwrap_or_default();
        let _written = write!(out, "{}{:?} {words:?}", "  ".repeat(depth), node.role());
        if let (Some(_), Some(value)) = (node.label(), node.value())
            && Some(&value) != node.label().as_ref()
        {
            let _written = write!(out, " = {value:?}");
        }
        for (holds, word) in [
            (node.is_selected() == Some(true), "selected"),
            (node.toggled() == Some(Toggled::True), "on"),
            (node.toggled() == Some(Toggled::False), "off"),
            (node.is_disabled(), "disabled"),
            (node.is_focused(), "focused"),
            (node.live() != Live::Off, "live"),
            (node.data().is_expanded() == Some(true), "open"),
            (node.data().is_expanded() == Some(false), "folded"),
        ] {
            if holds {
                let _written = write!(out, " [{word}]");
            }
        }
        out.push('\n');
    }
    for child in node.children() {
        write_node(out, &child, if silent { depth } else { depth + 1 });
    }
}

/// Compares what a screen reader gets with the text on record.
pub(crate) fn check(name: &str, story: Story, size: Vec2, arrange: impl FnOnce(&mut View)) {
    let mut stage = Stage::new(story);
    arrange(&mut stage.view);
    let harness = open(stage, size);
    golden(&format!("golden/window/{name}.txt"), &tree(&harness));
    assert_eq!(harness.state().asked, [], "nobody asked for anything");
}

#[test]
fn every_state_reads_as_on_record() {
    for (name, story) in [
        ("fail", Story::Fail),
        ("nudge", Story::Nudge),
        ("unknown", Story::Unknown),
        ("all-well", Story::AllWell),
        ("aside", Story::Aside),
        ("long", Story::Long),
        ("first-run", Story::FirstRun),
        ("scanning", Story::Scanning),
        ("gone", Story::Gone),
    ] {
        check(name, story, WIDE, |_| {});
    }
}

#[test]
fn the_narrow_window_shows_the_list_first_and_the_detail_after() {
    check("narrow-list", Story::Fail, NARROW, |_| {});
    check("narrow-detail", Story::Fail, NARROW, |view| view.selected = Some(PracticeId::Firewall));
}

#[test]
fn the_settings_read_as_on_record() {
    check("settings", Story::Fail, vec2(1040.0, 1800.0), |view| {
        view.page = Page::Settings;
        view.profile_open = Some("workplace".to_owned());
    });
}

/// What one click on the control of that name asks for.
pub(crate) fn click(story: Story, size: Vec2, arrange: impl FnOnce(&mut View), name: &str) -> Vec<UiAction> {
    let mut stage = Stage::new(story);
    arrange(&mut stage.view);
    let mut harness = open(stage, size);
    harness.get_by_label(name).click();
    harness.run();
    std::mem::take(&mut harness.state_mut().asked)
}

const TALL: Vec2 = vec2(1040.0, 2000.0);

#[test]
fn every_control_of_the_practices_asks_for_what_it_says() {
    let lock = |view: &mut View| view.selected = Some(PracticeId::ScreenLock);
    let tell = |command| vec![UiAction::Tell(command)];
    assert_eq!(click(Story::Fail, WIDE, |_| {}, "Scan again"), tell(Command::Scan(Trigger::Person)));
    assert_eq!(click(Story::Fail, WIDE, |_| {}, "Settings"), [UiAction::Go(Page::Settings)]);
    assert_eq!(click(Story::Fail, TALL, lock, "Check again"), tell(Command::Check(PracticeId::ScreenLock)));
    assert_eq!(
        click(Story::Fail, TALL, lock, "Snooze a day"),
        tell(Command::Snooze(PracticeId::ScreenLock, SnoozeSpan::Day))
    );
    assert_eq!(
        click(Story::Fail, TALL, lock, "Snooze a week"),
        tell(Command::Snooze(PracticeId::ScreenLock, SnoozeSpan::Week))
    );
    assert_eq!(click(Story::Aside, TALL, lock, "Stop ignoring"), tell(Command::Listen(PracticeId::ScreenLock)));
    let firewall = |view: &mut View| view.selected = Some(PracticeId::Firewall);
    assert_eq!(click(Story::Aside, TALL, firewall, "End the snooze"), tell(Command::Listen(PracticeId::Firewall)));
    assert_eq!(
        click(Story::Fail, TALL, firewall, "Copy: systemctl status ufw"),
        [UiAction::Copy("systemctl status ufw".to_owned())]
    );
    assert_eq!(click(Story::Gone, WIDE, |_| {}, "Start it again"), [UiAction::StartAgain]);
    assert_eq!(click(Story::Gone, WIDE, |_| {}, "Close the window"), [UiAction::Close]);
}

#[test]
fn a_settings_page_is_offered_only_where_its_program_is_installed() {
    let mut stage = Stage::new(Story::Fail);
    stage.view.selected = Some(PracticeId::ScreenLock);
    let snapshot = stage.shown.snapshot.clone().expect("a snapshot");
    let verdict = snapshot.verdict(PracticeId::ScreenLock).expect("a verdict");
    let offer = stethoscope::guidance::guidance(verdict, &snapshot.device).action.expect("GNOME has a page for it");
    stage.shown.installed = [offer.open[0].clone()].into();
    let mut harness = open(stage, TALL);
    harness.get_by_label(&offer.label).click();
    harness.run();
    assert_eq!(harness.state().asked, [UiAction::Open(offer.open.clone())]);

    harness.state_mut().shown.installed.clear();
    harness.run();
    assert!(harness.query_by_label(&offer.label).is_none());
}

#[test]
fn nothing_is_ignored_without_a_reason() {
    let mut stage = Stage::new(Story::Fail);
    stage.view.selected = Some(PracticeId::DiskEncryption);
    let mut harness = open(stage, TALL);
    harness.get_by_label("Ignore…").click();
    harness.run();
    harness.get_by_label("Ignore with this reason").click();
    harness.run();
    assert_eq!(harness.state().asked, []);

    harness.get_by_role(Role::TextInput).focus();
    harness.run();
    harness.get_by_role(Role::TextInput).type_text("the disk never leaves the house");
    harness.run();
    harness.get_by_label("Ignore with this reason").click();
    harness.run();
    let wish = Command::Ignore(PracticeId::DiskEncryption, "the disk never leaves the house".to_owned());
    assert_eq!(harness.state().asked, [UiAction::Tell(wish)]);
    assert!(harness.query_by_role(Role::TextInput).is_none(), "the field goes when its work is done");
}

/// The settings that a click on the settings page asks for.
fn changed(name: &str) -> Settings {
    match click(Story::Fail, TALL, |view| view.page = Page::Settings, name).pop() {
        Some(UiAction::Tell(Command::UseSettings(settings))) => *settings,
        other => panic!("{name} asked for {other:?}"),
    }
}

#[test]
fn every_control_of_the_settings_changes_only_what_it_says() {
    let before = shown(Story::Fail).state.settings;
    assert_eq!(changed("Dark"), Settings { theme: Theme::Dark, ..before.clone() });
    assert_eq!(changed("Light"), Settings { theme: Theme::Light, ..before.clone() });
    let mut quieter = before.clone();
    quieter.notifications.failing = false;
    assert_eq!(changed("Tell me when something stops passing"), quieter);
    let mut quieter = before.clone();
    quieter.notifications.suggested = false;
    assert_eq!(changed("Tell me about new suggestions"), quieter);
    let mut quieter = before.clone();
    quieter.notifications.recovery = false;
    assert_eq!(changed("Tell me when something is fixed"), quieter);
    let mut nightly = before;
    let at = |hour| jiff::civil::Time::constant(hour, 0, 0, 0);
    nightly.notifications.quiet_hours = Some(QuietHours { from: at(22), until: at(7) });
    assert_eq!(changed("Keep quiet during certain hours"), nightly);

    let on_settings = |view: &mut View| view.page = Page::Settings;
    assert_eq!(
        click(Story::Fail, TALL, on_settings, "Workplace"),
        [UiAction::Tell(Command::UseProfile("workplace".to_owned()))]
    );
    assert_eq!(
        click(Story::Fail, TALL, on_settings, "Start Stethoscope when I log in"),
        [UiAction::Tell(Command::StartAtLogin(false))]
    );
    assert_eq!(click(Story::Fail, TALL, on_settings, "garden"), [], "a refused profile cannot be chosen");
    assert_eq!(click(Story::Fail, TALL, on_settings, "Back"), [UiAction::Back]);
}

#[test]
fn the_interval_is_chosen_from_a_list() {
    let mut stage = Stage::new(Story::Fail);
    stage.view.page = Page::Settings;
    let mut harness = open(stage, TALL);
    harness.get_by_role_and_label(Role::ComboBox, "Check this computer every").click();
    harness.run();
    harness.get_by_label("1 hour").click();
    harness.run();
    let Some(UiAction::Tell(Command::UseSettings(settings))) = harness.state().asked.last() else {
        panic!("{:?}", harness.state().asked);
    };
    assert_eq!(settings.interval_minutes, 60);
}

#[test]
fn a_pinned_profile_cannot_be_changed_and_says_who_pinned_it() {
    let mut stage = Stage::new(Story::Fail);
    stage.view.page = Page::Settings;
    stage.shown.state.pinned_by = Some("/etc/stethoscope/settings.ron".to_owned());
    let mut harness = open(stage, TALL);
    harness.get_by_label("An administrator chose the profile for this computer: /etc/stethoscope/settings.ron");
    harness.get_by_label("Workplace").click();
    harness.run();
    assert_eq!(harness.state().asked, []);
}

#[test]
fn the_welcome_page_ends_with_a_wish_to_be_welcomed_no_more() {
    let asked = click(Story::FirstRun, WIDE, |_| {}, "Show me this computer");
    let [UiAction::Tell(Command::UseSettings(settings))] = &asked[..] else { panic!("{asked:?}") };
    assert!(settings.welcomed);
}

#[test]
fn the_welcome_page_shows_what_is_wrong_with_the_program_above_its_own_words() {
    for size in [WIDE, NARROW] {
        let mut stage = Stage::new(Story::FirstRun);
        stage.shown.notices.push("This desktop does not show tray icons".to_owned());
        let mut harness = open(stage, size);
        let notice = harness.get_by_label("This desktop does not show tray icons").rect();
        let welcome = harness.get_by_label("Welcome to Stethoscope").rect();
        assert!(notice.bottom() <= welcome.top(), "{notice} and {welcome}");
        let begin = harness.get_by_label("Show me this computer").rect();
        assert!(begin.bottom() <= size.y, "the way on stays in view: {begin}");
        harness.get_by_label("Put away: This desktop does not show tray icons").click();
        harness.run();
        assert!(harness.query_by_label("This desktop does not show tray icons").is_none());
    }
}

#[test]
fn a_notice_that_was_put_away_stays_away_until_it_is_told_anew() {
    let mut harness = open(Stage::new(Story::Long), WIDE);
    let notice = "Put away: No tray icon can be shown on this desktop; Stethoscope keeps checking without it";
    harness.get_by_label(notice).click();
    harness.run();
    assert!(harness.query_by_label(notice).is_none());
    assert_eq!(harness.state().shown.notices.len(), 2, "the window forgets nothing");
}

pub(crate) fn focused(harness: &Harness<'_, Stage>) -> String {
    let root = harness.root();
    let node = root.children_recursive().find(|node| node.is_focused());
    node.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

pub(crate) fn press(harness: &mut Harness<'_, Stage>, key: Key) {
    harness.key_press(key);
    harness.run();
}

#[test]
fn everything_is_reached_with_the_keyboard_alone() {
    let mut harness = open(Stage::new(Story::Fail), WIDE);
    let mut passed = Vec::new();
    for _ in 0..40 {
        press(&mut harness, Key::Tab);
        let here = focused(&harness);
        if passed.contains(&here) {
            break;
        }
        passed.push(here);
    }
    golden("golden/window/tab-order.txt", &(passed.join("\n") + "\n"));
}

#[test]
fn arrows_go_through_the_list_enter_opens_and_escape_goes_back() {
    let mut harness = open(Stage::new(Story::Fail), WIDE);
    while !focused(&harness).contains("Disk encryption is off") {
        press(&mut harness, Key::Tab);
    }
    press(&mut harness, Key::ArrowDown);
    assert!(focused(&harness).contains("The screen does not lock"), "{}", focused(&harness));
    assert_eq!(harness.state().view.open(), Some(PracticeId::ScreenLock), "beside the list it is shown at once");
    press(&mut harness, Key::End);
    assert_eq!(harness.state().view.open(), Some(PracticeId::Firewall));
    press(&mut harness, Key::Home);
    press(&mut harness, Key::ArrowUp);
    assert_eq!(harness.state().view.open(), Some(PracticeId::DiskEncryption), "the list has a first row");
    press(&mut harness, Key::Enter);
    assert_eq!(focused(&harness), "Disk encryption is off", "the head of the detail");
    press(&mut harness, Key::Escape);
    assert!(focused(&harness).starts_with("Needs attention: Disk encryption is off"), "{}", focused(&harness));
}

#[test]
fn a_narrow_window_goes_from_list_to_detail_and_back_to_the_same_row() {
    let mut harness = open(Stage::new(Story::Fail), NARROW);
    while !focused(&harness).contains("Could not check the firewall") {
        press(&mut harness, Key::Tab);
    }
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().view.open(), Some(PracticeId::Firewall));
    assert_eq!(focused(&harness), "Could not check the firewall", "the head of the detail");
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().view.open(), None);
    assert!(focused(&harness).starts_with("Could not check: Could not check the firewall"), "{}", focused(&harness));
}

#[test]
fn the_keys_that_work_everywhere_work() {
    for (key, modifiers, wish) in [
        (Key::F5, Modifiers::NONE, UiAction::Tell(Command::Scan(Trigger::Person))),
        (Key::R, Modifiers::COMMAND, UiAction::Tell(Command::Scan(Trigger::Person))),
        (Key::Q, Modifiers::COMMAND, UiAction::Close),
        (Key::W, Modifiers::COMMAND, UiAction::Close),
    ] {
        let mut harness = open(Stage::new(Story::Fail), WIDE);
        harness.key_press_modifiers(modifiers, key);
        harness.run();
        assert_eq!(harness.state().asked, [wish]);
    }
}

#[test]
fn a_window_at_rest_asks_for_no_further_frame() {
    for story in [Story::Fail, Story::AllWell, Story::FirstRun, Story::Scanning, Story::Gone] {
        let mut harness = open(Stage::new(story), WIDE);
        harness.run_steps(2);
        assert!(!harness.ctx.has_requested_repaint(), "{story:?}: {:?}", harness.ctx.repaint_causes());
    }
}

/// The view after a message, from where the person was.
fn heard(story: Story, view: View, message: ToWindow) -> (Stage, Asked) {
    let mut stage = Stage::new(story);
    stage.view = view;
    let asked = hear(&mut stage.shown, &mut stage.view, message);
    (stage, asked)
}

#[test]
fn show_me_leads_from_anywhere_to_that_practice() {
    let settings = View { page: Page::Settings, ..View::default() };
    let (stage, asked) = heard(Story::Fail, settings, ToWindow::Show(Some(PracticeId::ScreenLock)));
    assert_eq!(asked, Asked::Front);
    let harness = open(stage, WIDE);
    assert_eq!(focused(&harness), "The screen does not lock itself");

    let (stage, _) = heard(Story::Fail, View::default(), ToWindow::Show(Some(PracticeId::OsVersion)));
    let harness = open(stage, WIDE);
    harness.get_by_label_contains("Passing: This system release is supported");
}

#[test]
fn opening_the_window_again_changes_nothing_but_its_place() {
    let chosen = View { selected: Some(PracticeId::Firewall), ..View::default() };
    let (stage, asked) = heard(Story::Fail, chosen, ToWindow::Show(None));
    assert_eq!((asked, stage.view.selected), (Asked::Front, Some(PracticeId::Firewall)));
}

#[test]
fn a_snapshot_without_the_chosen_practice_leads_back_to_the_list() {
    let mut smaller = (*shown(Story::Fail).snapshot.expect("a snapshot")).clone();
    smaller.verdicts.retain(|verdict| verdict.practice() != PracticeId::Firewall);
    let chosen = View { selected: Some(PracticeId::Firewall), ..View::default() };
    let (stage, _) = heard(Story::Fail, chosen, ToWindow::Snapshot(smaller.into()));
    assert_eq!(stage.view.selected, None);
    assert_eq!(open(stage, NARROW).state().view.open(), None);
}

#[test]
fn a_wished_end_closes_the_window_without_a_word() {
    let (stage, asked) = heard(Story::Fail, View::default(), ToWindow::Close);
    assert_eq!(asked, Asked::Close);
    assert!(!stage.shown.agent_gone);
}
