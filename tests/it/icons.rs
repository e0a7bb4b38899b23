//! The pictures in the program are what the drawings say.
//!
//! The tray's pictures are checked in as PNG, so that neither the build nor the always-on program
//! carries an SVG renderer. After a change to a drawing, make them anew with
//! `UPDATE_ICONS=1 cargo test -p stethoscope --test it icons`.

use std::fs;
use std::path::{Path, PathBuf};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use stethoscope::tray::Icon;

/// Each size, the drawing it is made from, and what is cut off the drawing on each side. The
/// drawings lie on grids of 16 and 24, so that every edge falls between two pixels at all sizes.
const SIZES: [(u32, u32, u32); 5] = [(16, 16, 0), (22, 24, 1), (24, 24, 0), (32, 16, 0), (48, 24, 0)];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/icons")
}

/// A drawing without its outer `cut` units, `size` pixels wide.
fn render(file: &Path, size: u32, cut: u32) -> Pixmap {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let tree = Tree::from_str(&text, &Options::default()).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut pixmap = Pixmap::new(size, size).expect("not empty");
    #[expect(clippy::cast_precision_loss, reason = "a few dozen pixels")]
    let (size, cut) = (size as f32, cut as f32);
    let scale = size / (tree.size().width() - 2.0 * cut);
    let transform = Transform::from_scale(scale, scale).pre_translate(-cut, -cut);
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    pixmap
}

fn tray_picture(icon: Icon, size: u32) -> Pixmap {
    let (_, drawing, cut) = SIZES.into_iter().find(|(known, ..)| *known == size).expect("a size we ship");
    render(&folder().join(format!("tray/{}-{drawing}.svg", icon.file_name())), size, cut)
}

#[test]
fn the_tray_pictures_are_what_the_drawings_say() {
    for icon in Icon::ALL {
        for (size, ..) in SIZES {
            let file = folder().join(format!("tray/png/{}-{size}.png", icon.file_name()));
            let drawn = tray_picture(icon, size);
            if std::env::var_os("UPDATE_ICONS").is_some() {
                fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
                drawn.save_png(&file).expect("the picture can be written");
            }
            let kept = Pixmap::load_png(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(kept.data() == drawn.data(), "{} is older than its drawing", file.display());
        }
    }
}

#[test]
fn the_window_picture_is_what_the_drawing_says() {
    let file = folder().join("stethoscope-64.png");
    let drawn = render(&folder().join("stethoscope.svg"), 64, 0);
    if std::env::var_os("UPDATE_ICONS").is_some() {
        drawn.save_png(&file).expect("the picture can be written");
    }
    let kept = Pixmap::load_png(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(kept.data() == drawn.data(), "{} is older than its drawing", file.display());
    assert!(eframe::icon_data::from_png_bytes(&fs::read(&file).expect("it was just read")).is_ok());
}

#[test]
fn states_differ_in_shape_and_not_in_colour_alone() {
    for (size, ..) in SIZES {
        let shapes: Vec<Vec<bool>> = Icon::ALL
            .into_iter()
            .map(|icon| tray_picture(icon, size).pixels().iter().map(|pixel| pixel.alpha() > 127).collect())
            .collect();
        for (first, one) in shapes.iter().enumerate() {
            for (second, other) in shapes.iter().enumerate().skip(first + 1) {
                let differing = one.iter().zip(other).filter(|(one, other)| one != other).count();
                // The badge covers about a quarter of the picture; a change of a tenth of it shows.
                let least = (size * size / 40) as usize;
                let (first, second) = (Icon::ALL[first], Icon::ALL[second]);
                assert!(differing >= least, "{first:?} and {second:?} look alike at {size} pixels: {differing}");
            }
        }
    }
}

#[test]
fn every_state_can_be_seen_on_light_and_dark_panels() {
    // Panels of Breeze and Adwaita, light and dark.
    for panel in [0xef_u8, 0xf6, 0x2a, 0x24] {
        for icon in Icon::ALL {
            let picture = tray_picture(icon, 48);
            let clear = picture.pixels().iter().filter(|pixel| {
                let colour = pixel.demultiply();
                pixel.alpha() > 200 && contrast([colour.red(), colour.green(), colour.blue()], [panel; 3]) >= 2.5
            });
            let seen = clear.count();
            let drawn = picture.pixels().iter().filter(|pixel| pixel.alpha() > 200).count();
            assert!(seen * 4 >= drawn * 3, "{icon:?} fades on a panel of {panel:#x}: {seen} of {drawn} pixels");
        }
    }
}

/// The contrast ratio of WCAG 2.2, 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f32 {
    let luminance = |colour: [u8; 3]| {
        let [red, green, blue] = colour.map(|channel| {
            let channel = f32::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn the_program_icon_can_be_drawn() {
    let picture = render(&folder().join("stethoscope.svg"), 64, 0);
    assert!(picture.pixels().iter().filter(|pixel| pixel.alpha() > 200).count() > 1500);
}
