//! The typefaces: Inter for words, JetBrains Mono for commands. Both are subsets, see
//! `assets/fonts/OFL.txt`.

use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily};
use miniz_oxide::inflate::decompress_to_vec;

/// The family of titles and of what is pressed.
pub const SEMIBOLD: &str = "semibold";

/// Every font of the window, each family with the others to fall back on.
pub fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, packed) in [
        ("inter", &include_bytes!(concat!(env!("OUT_DIR"), "/Inter-Regular.otf"))[..]),
        ("inter-semibold", &include_bytes!(concat!(env!("OUT_DIR"), "/Inter-SemiBold.otf"))[..]),
        ("jetbrains-mono", &include_bytes!(concat!(env!("OUT_DIR"), "/JetBrainsMono-Regular.ttf"))[..]),
    ] {
        let bytes =
            decompress_to_vec(packed).expect("the build script packed it, and every test of the window reads it");
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_owned(bytes)));
    }
    let family = |names: [&str; 3]| names.map(str::to_owned).to_vec();
    fonts.families.insert(FontFamily::Proportional, family(["inter", "inter-semibold", "jetbrains-mono"]));
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), family(["inter-semibold", "inter", "jetbrains-mono"]));
    fonts.families.insert(FontFamily::Monospace, family(["jetbrains-mono", "inter", "inter-semibold"]));
    fonts
}
