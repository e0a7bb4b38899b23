//! The look of the window: colours from theme files, type, and how both become an egui style.

mod fonts;
mod style;

pub use fonts::{SEMIBOLD, fonts};
pub use style::{Type, style};

use eframe::egui::Color32;
use serde::{Deserialize, Deserializer, de};

/// Every colour of the window, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    /// Behind everything.
    pub ground: Colour,
    /// Cards and the list.
    pub surface: Colour,
    /// Commands, evidence and text fields.
    pub sunken: Colour,
    pub hover: Colour,
    pub pressed: Colour,
    /// Between things, without a meaning of its own.
    pub line: Colour,
    /// Around things that can be used.
    pub outline: Colour,
    pub text: Colour,
    pub muted: Colour,
    pub accent: Colour,
    pub accent_hover: Colour,
    pub on_accent: Colour,
    pub focus: Colour,
    pub selected: Colour,
    pub fail: Colour,
    pub fail_ground: Colour,
    pub nudge: Colour,
    pub nudge_ground: Colour,
    pub unknown: Colour,
    pub unknown_ground: Colour,
    pub pass: Colour,
    pub pass_ground: Colour,
    /// The sign inside a state's shape.
    pub on_state: Colour,
}

/// An opaque colour, written `#rrggbb` in the theme files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(Color32);

impl From<Colour> for Color32 {
    fn from(colour: Colour) -> Self {
        colour.0
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = String::deserialize(deserializer)?;
        Color32::from_hex(&words)
            .ok()
            .filter(|colour| colour.is_opaque())
            .map(Colour)
            .ok_or_else(|| de::Error::custom(format!("`{words}` is no colour such as #1b5fb8")))
    }
}

impl Palette {
    /// The light look.
    pub fn light() -> Self {
        ron::from_str(include_str!("../../../assets/theme/light.ron")).expect("a test reads this very text")
    }

    /// The dark look.
    pub fn dark() -> Self {
        ron::from_str(include_str!("../../../assets/theme/dark.ron")).expect("a test reads this very text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: Colour) -> f64 {
        let channel = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue, _] = colour.0.to_array();
        0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
    }

    fn contrast(one: Colour, other: Colour) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_text_stands_out_from_every_ground_it_is_drawn_on() {
        for (theme, p) in [("light", Palette::light()), ("dark", Palette::dark())] {
            let grounds = [
                ("ground", p.ground),
                ("surface", p.surface),
                ("sunken", p.sunken),
                ("hover", p.hover),
                ("selected", p.selected),
            ];
            let mut pairs = vec![
                ("on_accent on accent", p.on_accent, p.accent),
                ("on_accent on accent_hover", p.on_accent, p.accent_hover),
                ("fail on its ground", p.fail, p.fail_ground),
                ("nudge on its ground", p.nudge, p.nudge_ground),
                ("unknown on its ground", p.unknown, p.unknown_ground),
                ("pass on its ground", p.pass, p.pass_ground),
                ("text on pressed", p.text, p.pressed),
                ("text on fail_ground", p.text, p.fail_ground),
                ("text on nudge_ground", p.text, p.nudge_ground),
                ("text on unknown_ground", p.text, p.unknown_ground),
                ("text on pass_ground", p.text, p.pass_ground),
                ("accent on surface", p.accent, p.surface),
                ("accent on ground", p.accent, p.ground),
            ];
            for (_, ground) in grounds {
                pairs.push(("text", p.text, ground));
                pairs.push(("muted", p.muted, ground));
            }
            for (name, text, ground) in pairs {
                let found = contrast(text, ground);
                assert!(found >= 4.5, "{theme}: {name} has a contrast of {found:.2}, 4.5 would be right ({ground:?})");
            }
        }
    }

    #[test]
    fn every_shape_and_outline_stands_out_from_every_ground_it_is_drawn_on() {
        for (theme, p) in [("light", Palette::light()), ("dark", Palette::dark())] {
            for (ground_name, ground) in
                [("ground", p.ground), ("surface", p.surface), ("hover", p.hover), ("selected", p.selected)]
            {
                for (name, colour) in
                    [("fail", p.fail), ("nudge", p.nudge), ("unknown", p.unknown), ("pass", p.pass), ("focus", p.focus)]
                {
                    let found = contrast(colour, ground);
                    assert!(found >= 3.0, "{theme}: {name} on {ground_name} has {found:.2}, 3 would be right");
                }
            }
            for (name, ground) in [("ground", p.ground), ("surface", p.surface), ("sunken", p.sunken)] {
                let found = contrast(p.outline, ground);
                assert!(found >= 3.0, "{theme}: outline on {name} has {found:.2}, 3 would be right");
            }
            for (name, state) in [("fail", p.fail), ("nudge", p.nudge), ("unknown", p.unknown), ("pass", p.pass)] {
                let found = contrast(p.on_state, state);
                assert!(found >= 4.5, "{theme}: the sign on {name} has {found:.2}, 4.5 would be right");
            }
        }
    }

    #[test]
    fn a_colour_that_is_none_is_refused_with_an_example() {
        let refused = ron::from_str::<Colour>("\"blue\"").expect_err("no colour");
        assert!(refused.to_string().contains("`blue` is no colour such as #1b5fb8"), "{refused}");
    }
}
