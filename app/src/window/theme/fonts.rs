//! The typefaces: Inter for words, JetBrains Mono for commands. Both are subsets, see
//! `assets/fonts/OFL.txt`.

use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily};

/// The family of titles and of what is pressed.
pub const SEMIBOLD: &str = "semibold";

/// Every font of the window, each family with the others to fall back on.
pub fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [
        ("inter", &include_bytes!("../../../../assets/fonts/Inter-Regular.otf")[..]),
        ("inter-semibold", &include_bytes!("../../../../assets/fonts/Inter-SemiBold.otf")[..]),
        ("jetbrains-mono", &include_bytes!("../../../../assets/fonts/JetBrainsMono-Regular.ttf")[..]),
    ] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let family = |names: [&str; 3]| names.map(str::to_owned).to_vec();
    fonts.families.insert(FontFamily::Proportional, family(["inter", "inter-semibold", "jetbrains-mono"]));
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), family(["inter-semibold", "inter", "jetbrains-mono"]));
    fonts.families.insert(FontFamily::Monospace, family(["jetbrains-mono", "inter", "inter-semibold"]));
    fonts
}
