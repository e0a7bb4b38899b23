//! How a palette becomes an egui style. Sizes lie on a grid of four points.

use eframe::egui::style::{ScrollAnimation, Selection, WidgetVisuals};
use eframe::egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, RichText, Stroke, Style, TextStyle, Visuals, vec2,
};

use super::{Palette, SEMIBOLD};

/// What a piece of text is, which decides its size and weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// The sentence about the whole device.
    Sentence,
    /// The name of a page or a practice.
    Title,
    /// The head of a card or a group.
    Head,
    /// A line that carries more weight than those around it.
    Strong,
    Body,
    Small,
    /// Something to type or that a file says.
    Code,
}

impl Type {
    /// The size in points.
    fn size(self) -> f32 {
        match self {
            Type::Sentence => 23.0,
            Type::Title => 20.0,
            Type::Head | Type::Strong | Type::Body => 14.5,
            Type::Small => 13.0,
            Type::Code => 12.5,
        }
    }

    /// From one line to the next, in points.
    pub fn line_height(self) -> f32 {
        match self {
            Type::Sentence => 30.0,
            Type::Title => 28.0,
            Type::Head | Type::Strong | Type::Body => 21.0,
            Type::Small | Type::Code => 19.0,
        }
    }

    pub fn font(self) -> FontId {
        let family = match self {
            Type::Sentence | Type::Title | Type::Head | Type::Strong => FontFamily::Name(SEMIBOLD.into()),
            Type::Body | Type::Small => FontFamily::Proportional,
            Type::Code => FontFamily::Monospace,
        };
        FontId::new(self.size(), family)
    }

    /// Text of this kind in that colour.
    pub fn text(self, words: impl Into<String>, colour: impl Into<Color32>) -> RichText {
        RichText::new(words).font(self.font()).line_height(Some(self.line_height())).color(colour)
    }
}

/// The egui style of a palette. Nothing in it moves by itself, so that a window at rest costs nothing.
pub fn style(p: &Palette, dark: bool) -> Style {
    let mut style = Style { animation_time: 0.0, scroll_animation: ScrollAnimation::none(), ..Style::default() };
    style.text_styles = [
        (TextStyle::Heading, Type::Title.font()),
        (TextStyle::Body, Type::Body.font()),
        (TextStyle::Button, Type::Body.font()),
        (TextStyle::Small, Type::Small.font()),
        (TextStyle::Monospace, Type::Code.font()),
    ]
    .into();
    style.explanation_tooltips = false;
    style.interaction.selectable_labels = false;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 8.0);
    spacing.button_padding = vec2(12.0, 7.0);
    spacing.interact_size = vec2(40.0, 34.0);
    spacing.icon_width = 20.0;
    spacing.icon_width_inner = 10.0;
    spacing.icon_spacing = 10.0;
    spacing.combo_width = 120.0;
    spacing.combo_height = 360.0;
    spacing.menu_margin = Margin::same(6);
    spacing.scroll.floating = true;
    spacing.scroll.bar_width = 8.0;
    spacing.scroll.floating_width = 6.0;
    spacing.scroll.fade.strength = 0.0;
    spacing.scroll.foreground_color = true;
    spacing.scroll.dormant_background_opacity = 0.0;
    spacing.scroll.active_background_opacity = 0.0;
    spacing.scroll.interact_background_opacity = 0.0;
    spacing.scroll.dormant_handle_opacity = 0.25;
    spacing.scroll.active_handle_opacity = 0.35;
    spacing.scroll.interact_handle_opacity = 0.6;
    style.visuals = visuals(p, dark);
    style
}

fn visuals(p: &Palette, dark: bool) -> Visuals {
    let base = if dark { Visuals::dark() } else { Visuals::light() };
    let mut v = Visuals {
        override_text_color: None,
        weak_text_color: Some(p.muted.into()),
        hyperlink_color: p.accent.into(),
        faint_bg_color: p.sunken.into(),
        extreme_bg_color: p.sunken.into(),
        text_edit_bg_color: Some(p.surface.into()),
        code_bg_color: p.sunken.into(),
        warn_fg_color: p.nudge.into(),
        error_fg_color: p.fail.into(),
        window_corner_radius: CornerRadius::same(10),
        window_fill: p.surface.into(),
        window_stroke: Stroke::new(1.0, p.line),
        menu_corner_radius: CornerRadius::same(8),
        panel_fill: p.ground.into(),
        selection: Selection { bg_fill: p.selected.into(), stroke: Stroke::new(1.0, p.text) },
        // The disabled look is drawn by the controls themselves, which keep their words readable.
        disabled_alpha: 0.6,
        ..base
    };
    v.text_cursor.blink = false;
    v.text_cursor.stroke = Stroke::new(2.0, p.accent);
    let widget = |fill: Color32, outline: Stroke, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: outline,
        corner_radius: CornerRadius::same(8),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let text: Color32 = p.text.into();
    v.widgets.noninteractive = widget(p.surface.into(), Stroke::new(1.0, p.line), text);
    v.widgets.inactive = widget(p.surface.into(), Stroke::new(1.0, p.outline), text);
    v.widgets.hovered = widget(p.hover.into(), Stroke::new(1.0, p.text), text);
    // egui draws what has the keyboard as "active": this is the focus ring.
    v.widgets.active = widget(p.surface.into(), Stroke::new(2.0, p.focus), text);
    v.widgets.open = widget(p.hover.into(), Stroke::new(1.0, p.outline), text);
    v
}
