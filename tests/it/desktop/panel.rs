//! Panels that come late, go and come back.

use super::tray::Tray;
use super::window;
use super::world::{Services, World, apart, wait_for};

#[test]
fn without_a_panel_the_window_says_so_once_and_a_late_panel_gets_the_icon() {
    let mut world = World::new(Services::AsInstalled);
    world.tell_at_once();
    let mut program = apart(&mut world.stethoscope(&["--background"])).spawn().expect("the program starts");
    // After a while without a panel the window opens by itself.
    window::says(&world, "does not show tray icons");

    let tray = Tray::new(&world);
    let panel = world.panel(&tray);
    let first = tray.icon();
    window::no_longer_says(&world, "does not show tray icons");

    // The panel is started anew, as after an update of the desktop.
    world.end(panel);
    wait_for("the panel to be gone", || (!tray.has_host()).then_some(()));
    world.panel(&tray);
    assert_eq!(tray.icon(), first, "the same program comes back");
    assert!(tray.labels().contains(&"Scan now".to_owned()));
    tray.click("Quit");
    let status = wait_for("the program to end", || program.try_wait().expect("it can be asked"));
    assert!(status.success(), "{status}");

    // It was said once, and is not said at every login.
    assert!(world.path("home/.local/state/stethoscope/no-tray-told").exists());
}

#[test]
fn a_panel_of_any_size_finds_a_picture_drawn_for_it() {
    let mut world = World::new(Services::AsInstalled);
    world.tell_at_once();
    let tray = Tray::new(&world);
    world.panel(&tray);
    let mut program = apart(&mut world.stethoscope(&["--background"])).spawn().expect("the program starts");
    let whole = |side: i32| (side, side, (side * side * 4) as usize);
    assert_eq!(tray.pictures(), [16, 22, 24, 32, 48].map(whole));
    tray.click("Quit");
    wait_for("the program to end", || program.try_wait().expect("it can be asked"));
}
