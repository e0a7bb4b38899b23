//! The few controls that every panel is made of: buttons, cards, heads, commands to copy.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Color32, ComboBox, CornerRadius, Frame, Galley, Id, Label, Layout, Margin, Rect, Response, RichText, Sense,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::shapes::{self, Icon};
use super::theme::{Palette, Type};
use crate::words::say;

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// The one thing to do here.
    Primary,
    /// One of several.
    Plain,
    /// Beside the matter: no outline until it is pointed at.
    Quiet,
}

/// A button as the panels describe it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Press<'a> {
    words: &'a str,
    weight: Weight,
    icon: Option<Icon>,
    icon_only: bool,
    enabled: bool,
    spoken: Option<&'a str>,
}

impl<'a> Press<'a> {
    pub(super) fn new(words: &'a str) -> Self {
        Press { words, weight: Weight::Plain, icon: None, icon_only: false, enabled: true, spoken: None }
    }

    pub(super) fn primary(self) -> Self {
        Press { weight: Weight::Primary, ..self }
    }

    pub(super) fn quiet(self) -> Self {
        Press { weight: Weight::Quiet, ..self }
    }

    pub(super) fn icon(self, icon: Icon) -> Self {
        Press { icon: Some(icon), ..self }
    }

    /// Shows only the sign. The words are still what a screen reader says and what pointing shows.
    pub(super) fn icon_only(self) -> Self {
        Press { icon_only: true, ..self }
    }

    pub(super) fn enabled_if(self, enabled: bool) -> Self {
        Press { enabled, ..self }
    }

    /// What a screen reader says in place of the words, where the words need what stands around them.
    pub(super) fn spoken(self, spoken: &'a str) -> Self {
        Press { spoken: Some(spoken), ..self }
    }

    /// Draws it. The answer's `clicked` also covers Enter, Space and a screen reader.
    pub(super) fn ui(self, ui: &mut Ui, p: &Palette) -> Response {
        const SIGN: f32 = 16.0;
        let shows_words = !self.icon_only;
        let sign_room = if self.icon.is_some() { SIGN } else { 0.0 };
        let gap = if self.icon.is_some() && shows_words { 8.0 } else { 0.0 };
        let margin = if shows_words { 14.0 } else { 9.0 };
        let room = (ui.available_width() - 2.0 * margin - sign_room - gap).max(24.0);
        let galley = shows_words.then(|| {
            let mut job = LayoutJob::simple(self.words.to_owned(), Type::Strong.font(), Color32::PLACEHOLDER, room);
            job.halign = Align::LEFT;
            ui.painter().layout_job(job)
        });
        let words_size = galley.as_ref().map_or(vec2(0.0, 0.0), |galley| galley.size());
        let size = vec2(words_size.x + sign_room + gap + 2.0 * margin, (words_size.y + 14.0).max(34.0));
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(size, sense);
        let (fill, outline, text) = self.colours(&response, p);
        ui.painter().rect(rect, CornerRadius::same(8), fill, Stroke::new(1.0, outline), StrokeKind::Inside);
        focus_ring(ui, &response, rect, 8, p);
        let mut x = rect.left() + margin;
        if let Some(icon) = self.icon {
            let at = Rect::from_center_size(pos2(x + SIGN / 2.0, rect.center().y), vec2(SIGN, SIGN));
            shapes::paint_icon(ui.painter(), at, icon, text);
            x += SIGN + gap;
        }
        if let Some(galley) = galley {
            ui.painter().galley(pos2(x, rect.center().y - words_size.y / 2.0), galley, text);
        }
        let spoken = self.spoken.unwrap_or(self.words);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, spoken));
        if self.icon_only { response.on_hover_text(self.words) } else { response }
    }

    fn colours(self, response: &Response, p: &Palette) -> (Color32, Color32, Color32) {
        let pressed = response.is_pointer_button_down_on();
        let pointed = response.hovered();
        let none = Color32::TRANSPARENT;
        match self.weight {
            _ if !self.enabled => (p.sunken.into(), p.line.into(), p.muted.into()),
            Weight::Primary => {
                let fill = if pointed || pressed { p.accent_hover } else { p.accent };
                (fill.into(), none, p.on_accent.into())
            }
            Weight::Plain | Weight::Quiet => {
                let rest = if self.weight == Weight::Plain { p.surface.into() } else { none };
                let outline = if self.weight == Weight::Plain { p.outline.into() } else { none };
                let fill = match (pressed, pointed) {
                    (true, _) => p.pressed.into(),
                    (_, true) => p.hover.into(),
                    _ => rest,
                };
                (fill, outline, p.text.into())
            }
        }
    }
}

/// Shows where the keyboard is, and brings it into view when it has just come.
pub(super) fn focus_ring(ui: &Ui, response: &Response, rect: Rect, corner: u8, p: &Palette) {
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect.expand(2.0),
            CornerRadius::same(corner + 2),
            Stroke::new(2.0, p.focus),
            StrokeKind::Inside,
        );
    }
    if response.gained_focus() {
        ui.scroll_to_rect(rect.expand(16.0), None);
    }
}

/// A group of things that belong together, on a ground of its own.
pub(super) fn card_ui<R>(ui: &mut Ui, p: &Palette, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = Frame::new()
        .fill(p.surface.into())
        .stroke(Stroke::new(1.0, p.line))
        .corner_radius(CornerRadius::same(12))
        .inner_margin(Margin::same(20));
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            contents(ui)
        })
        .inner
}

/// The head of a card, a group or a page. Screen readers can jump to it.
pub(super) fn head_ui(ui: &mut Ui, words: &str, kind: Type, colour: impl Into<Color32>) -> Response {
    let response = ui.add(Label::new(kind.text(words, colour)).wrap());
    speak_head(ui, &response, words);
    response
}

/// Makes a label a heading for screen readers.
pub(super) fn speak_head(ui: &Ui, response: &Response, words: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, words));
    ui.ctx().accesskit_node_builder(response.id, |node| node.clear_value());
}

/// Words that wrap.
pub(super) fn words_ui(ui: &mut Ui, words: &str, kind: Type, colour: impl Into<Color32>) -> Response {
    text_ui(ui, kind.text(words, colour))
}

fn text_ui(ui: &mut Ui, text: RichText) -> Response {
    ui.add(Label::new(text).wrap())
}

/// Words laid out in at most so many lines. What does not fit ends in an ellipsis.
pub(super) fn lines(ui: &Ui, words: &str, kind: Type, rows: usize, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple(words.to_owned(), kind.font(), Color32::PLACEHOLDER, width);
    for section in &mut job.sections {
        section.format.line_height = Some(kind.line_height());
    }
    job.wrap.max_rows = rows;
    job.wrap.break_anywhere = false;
    ui.painter().layout_job(job)
}

/// A command or what a file says, on sunken ground. With `copies` a button copies it; the answer
/// says whether it was pressed.
pub(super) fn code_ui(ui: &mut Ui, p: &Palette, code: &str, copies: Copies) -> bool {
    let frame = Frame::new()
        .fill(p.sunken.into())
        .stroke(Stroke::new(1.0, p.line))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin { left: 12, right: 4, top: 4, bottom: 4 });
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.horizontal(|ui| {
                let (button, height) = if copies == Copies::Never { (0.0, 28.0) } else { (42.0, 34.0) };
                let room = (ui.available_width() - button).max(60.0);
                ui.allocate_ui_with_layout(vec2(room, height), Layout::left_to_right(Align::Center), |ui| {
                    ui.set_min_size(vec2(room, height));
                    words_ui(ui, code, Type::Code, p.text);
                });
                if copies == Copies::Never {
                    return false;
                }
                let (icon, words) =
                    if copies == Copies::JustDid { (Icon::Done, say("Copied")) } else { (Icon::Copy, say("Copy")) };
                let spoken = format!("{words}: {code}");
                Press::new(words).icon(icon).icon_only().quiet().spoken(&spoken).ui(ui, p).clicked()
            })
            .inner
        })
        .inner
}

/// Whether something can be copied, and whether it just was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copies {
    Never,
    OnDemand,
    JustDid,
}

/// One of several that exclude each other, drawn as a round mark with words beside it.
pub(super) fn choice_ui(ui: &mut Ui, p: &Palette, chosen: bool, enabled: bool, words: &str) -> Response {
    mark_ui(ui, p, Mark::Round, chosen, enabled, words)
}

/// Something that is on or off, with its words beside it.
pub(super) fn switch_ui(ui: &mut Ui, p: &Palette, on: bool, words: &str) -> Response {
    mark_ui(ui, p, Mark::Switch, on, true, words)
}

/// The same where it may be that somebody else has decided.
pub(super) fn switch_if_ui(ui: &mut Ui, p: &Palette, on: bool, enabled: bool, words: &str) -> Response {
    mark_ui(ui, p, Mark::Switch, on, enabled, words)
}

/// Something to agree to together with the button below it.
pub(super) fn tick_ui(ui: &mut Ui, p: &Palette, on: bool, words: &str) -> Response {
    mark_ui(ui, p, Mark::Tick, on, true, words)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Round,
    Switch,
    Tick,
}

fn mark_ui(ui: &mut Ui, p: &Palette, mark: Mark, on: bool, enabled: bool, words: &str) -> Response {
    let mark_size = if mark == Mark::Switch { vec2(36.0, 20.0) } else { vec2(20.0, 20.0) };
    let room = (ui.available_width() - mark_size.x - 12.0).max(40.0);
    let colour: Color32 = if enabled { p.text.into() } else { p.muted.into() };
    let kind = if mark == Mark::Round { Type::Strong } else { Type::Body };
    let galley = ui.painter().layout(words.to_owned(), kind.font(), colour, room);
    let size = vec2(mark_size.x + 12.0 + galley.size().x, galley.size().y.max(32.0));
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let at = Rect::from_min_size(pos2(rect.left(), rect.center().y - mark_size.y / 2.0), mark_size);
    let painter = ui.painter();
    let outline: Color32 = if response.hovered() { p.text.into() } else { p.outline.into() };
    let accent: Color32 = if enabled { p.accent.into() } else { p.muted.into() };
    if mark == Mark::Round {
        painter.circle(
            at.center(),
            9.0,
            p.surface,
            Stroke::new(if on { 2.0 } else { 1.5 }, if on { accent } else { outline }),
        );
        if on {
            painter.circle_filled(at.center(), 4.5, accent);
        }
    } else if mark == Mark::Tick {
        let (fill, line) = if on { (accent, accent) } else { (p.surface.into(), outline) };
        painter.rect(at, CornerRadius::same(5), fill, Stroke::new(1.5, line), StrokeKind::Inside);
        if on {
            shapes::paint_icon(painter, at.shrink(3.0), Icon::Done, p.on_accent.into());
        }
    } else {
        let (fill, line, knob, x) = if on {
            (accent, accent, Color32::from(p.on_accent), at.right() - 10.0)
        } else {
            (p.surface.into(), outline, outline, at.left() + 10.0)
        };
        painter.rect(at, CornerRadius::same(10), fill, Stroke::new(1.5, line), StrokeKind::Inside);
        painter.circle_filled(pos2(x, at.center().y), if on { 7.0 } else { 5.5 }, knob);
    }
    painter.galley(pos2(at.right() + 12.0, rect.center().y - galley.size().y / 2.0), galley, colour);
    focus_ring(ui, &response, rect.expand2(vec2(4.0, 0.0)), 6, p);
    let role = match mark {
        Mark::Round => Role::RadioButton,
        Mark::Switch => Role::Switch,
        Mark::Tick => Role::CheckBox,
    };
    response.widget_info(|| WidgetInfo::selected(role, enabled, on, words));
    response
}

/// A choice from a list that opens. `words` is what stands in it; the label beside it names it.
pub(super) fn combo_ui(
    ui: &mut Ui,
    p: &Palette,
    combo: ComboBox,
    words: String,
    label: &Response,
    offers: impl FnOnce(&mut Ui),
) {
    let sign: Color32 = p.muted.into();
    let drawn = combo
        .selected_text(words)
        .icon(move |ui, rect, _, _| {
            let at = Rect::from_center_size(rect.center(), vec2(14.0, 14.0));
            shapes::paint_icon(ui.painter(), at, Icon::Down, sign);
        })
        .show_ui(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            offers(ui);
        });
    let response = drawn.response.labelled_by(label.id);
    focus_ring(ui, &response, response.rect, 8, p);
}

/// A small disclosure: words with an arrow that points down when open.
pub(super) fn fold_ui(ui: &mut Ui, p: &Palette, id: Id, open: bool, words: &str, kind: Type) -> Response {
    let galley = ui.painter().layout(words.to_owned(), kind.font(), Color32::PLACEHOLDER, ui.available_width() - 24.0);
    let size = vec2(galley.size().x + 24.0, galley.size().y.max(28.0));
    let (_, rect) = ui.allocate_space(size);
    let response = ui.interact(rect, id, Sense::click());
    let colour: Color32 = if response.hovered() { p.text.into() } else { p.muted.into() };
    let sign = Rect::from_center_size(pos2(rect.left() + 7.0, rect.center().y), vec2(14.0, 14.0));
    shapes::paint_icon(ui.painter(), sign, if open { Icon::Down } else { Icon::Right }, colour);
    ui.painter().galley(pos2(rect.left() + 22.0, rect.center().y - galley.size().y / 2.0), galley, colour);
    focus_ring(ui, &response, rect, 6, p);
    response.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, true, words));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(open));
    response
}
