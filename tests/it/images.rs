//! The window as pictures, drawn in software: each overall state in both looks, and every page.
//!
//! Pictures say what text cannot: that things stand where they should and can be read. After a
//! change that is meant, `UPDATE_SNAPSHOTS=1` puts the new pictures on record; look at them, then make
//! them small with `tests/golden/images/shrink`.

use eframe::egui::{Theme, Vec2};
use egui_kittest::wgpu::{WgpuTestRenderer, default_wgpu_setup};
use egui_kittest::{SnapshotOptions, SnapshotResults};
use stethoscope::window::demo::Story;
use stethoscope::window::{Page, View};
use stethoscope_probes::practice::PracticeId;

use crate::panels::{NARROW, Stage, build, builder};
use crate::support::tests_folder;

/// Just wide enough for list and detail side by side: a small picture says as much as a large one.
const WIDE: Vec2 = Vec2::new(880.0, 600.0);

/// Draws a stage and compares it with the picture on record.
fn look(
    results: &mut SnapshotResults,
    name: &str,
    story: Story,
    size: Vec2,
    theme: Theme,
    arrange: impl FnOnce(&mut View),
) {
    let mut stage = Stage::new(story);
    arrange(&mut stage.view);
    // Another machine's rasteriser rounds the edges of letters a little differently.
    let options =
        SnapshotOptions::new().threshold(1.5).max_failed_pixels(60).output_path(tests_folder().join("golden/images"));
    let builder = builder(size).with_theme(theme).with_options(options).renderer(software());
    let mut harness = build(builder, stage);
    results.add(harness.try_snapshot(name));
}

/// The renderer, or a failure that says what to install.
fn software() -> WgpuTestRenderer {
    let found = std::panic::catch_unwind(|| WgpuTestRenderer::from_setup(default_wgpu_setup()));
    match found {
        Ok(renderer) => renderer,
        Err(_) => panic!("no Vulkan driver was found to draw with; install the package mesa-vulkan-drivers"),
    }
}

#[test]
fn every_overall_state_looks_as_on_record_in_light_and_dark() {
    let mut results = SnapshotResults::new();
    for (name, story) in
        [("fail", Story::Fail), ("nudge", Story::Nudge), ("unknown", Story::Unknown), ("all-well", Story::AllWell)]
    {
        for (look_name, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
            look(&mut results, &format!("{name}-{look_name}"), story, WIDE, theme, |_| {});
        }
    }
}

#[test]
fn the_narrow_window_looks_as_on_record() {
    let mut results = SnapshotResults::new();
    look(&mut results, "narrow-list", Story::Aside, NARROW, Theme::Light, |_| {});
    look(&mut results, "narrow-detail", Story::Long, NARROW, Theme::Dark, |view| {
        view.selected = Some(PracticeId::DiskEncryption);
    });
}

#[test]
fn every_page_looks_as_on_record() {
    let mut results = SnapshotResults::new();
    let tall = Vec2::new(820.0, 740.0);
    look(&mut results, "detail", Story::Fail, tall, Theme::Light, |view| view.selected = Some(PracticeId::ScreenLock));
    look(&mut results, "settings", Story::Fail, tall, Theme::Light, |view| view.page = Page::Settings);
    look(&mut results, "web", Story::Web, tall, Theme::Light, |view| view.page = Page::WebAccess);
    look(&mut results, "web-waits", Story::Web, NARROW, Theme::Dark, |_| {});
    look(&mut results, "first-run", Story::FirstRun, WIDE, Theme::Light, |_| {});
    look(&mut results, "gone", Story::Gone, WIDE, Theme::Dark, |_| {});
}
