//! From the start to the end of a day: the main job on a real desktop.

use std::fs;
use std::process::Child;

use super::notices::Overheard;
use super::tray::Tray;
use super::window;
use super::world::{Services, World, apart, wait_for, windows_of};

const BROKEN: &str = "The screen does not lock itself";

/// A desktop with everything, and the program in its background.
fn desktop() -> (World, Tray, Child) {
    let mut world = World::new(Services::AsInstalled);
    world.pretend_plasma();
    world.lock_by_itself(true);
    world.tell_at_once();
    let tray = Tray::new(&world);
    world.panel(&tray);
    world.dunst();
    let program = apart(&mut world.stethoscope(&["--background"])).spawn().expect("the program starts");
    tray.icon();
    wait_for("the first scan to end", || fs::metadata(world.path("home/.local/state/stethoscope/snapshot.json")).ok());
    (world, tray, program)
}

/// Clicks *Scan now* and waits until the scan is over.
fn scan(tray: &Tray) {
    tray.click("Scan now");
}

#[test]
fn what_breaks_is_told_shown_and_told_again_when_it_is_mended() {
    let (world, tray, mut program) = desktop();
    let heard = Overheard::new(&world);
    assert!(!tray.labels().iter().any(|label| label == BROKEN), "all is well at first: {:?}", tray.labels());
    assert!(!window::is_open(&world), "nothing opens by itself in the background");

    // The window opens from the menu.
    tray.click("Open Stethoscope");
    window::says(&world, "Scan");
    let first_window = windows_of(program.id());
    assert_eq!(first_window.len(), 1, "one window process");

    // Somebody switches the lock off: the next scan tells it, once, in the right words.
    world.lock_by_itself(false);
    scan(&tray);
    let told = heard.exactly(1);
    assert_eq!(told.summary, BROKEN);
    assert!(told.body.contains("Autolock is false"), "the reason is in the message: {told:?}");
    assert_eq!(told.replaces, 0);
    let labels: Vec<&str> = told.actions.iter().skip(1).step_by(2).map(String::as_str).collect();
    assert!(labels.contains(&"Show me") && labels.contains(&"Snooze a day"), "{told:?}");
    wait_for("the practice in the menu", || tray.labels().contains(&BROKEN.to_owned()).then_some(()));
    assert!(tray.tooltip().contains("attention"), "{}", tray.tooltip());

    // A second scan has nothing new to tell.
    scan(&tray);
    heard.exactly(1);

    let before = window::texts(&world).expect("the window is open");
    assert!(!before.iter().any(|text| text.contains("kscreenlockerrc")), "shown before it was asked for: {before:#?}");

    // *Show me* leads to that practice in the window that is open.
    let shown = world.command("dunstctl").arg("action").status().expect("dunstctl is installed");
    assert!(shown.success());
    window::says(&world, "kscreenlockerrc");
    assert_eq!(windows_of(program.id()), first_window, "the same window is used");

    // It is mended, and the message says so in its place.
    world.lock_by_itself(true);
    scan(&tray);
    let mended = heard.exactly(2);
    assert!(mended.summary.starts_with("Fixed"), "{mended:?}");
    wait_for("the practice to leave the menu", || (!tray.labels().contains(&BROKEN.to_owned())).then_some(()));
    window::no_longer_says(&world, BROKEN);

    // Both are in the history.
    let history = fs::read_to_string(world.path("home/.local/state/stethoscope/history.jsonl")).expect("a history");
    let changes: Vec<&str> = history.lines().filter(|line| line.contains("screenLock")).collect();
    assert_eq!(changes.len(), 2, "{history}");
    assert!(changes[0].contains("FAIL") && changes[1].contains("PASS"), "{history}");

    // *Quit* ends everything, cleanly.
    tray.click("Quit");
    let status = wait_for("the program to end", || program.try_wait().expect("it can be asked"));
    assert!(status.success(), "{status}");
    wait_for("the window to close", || (!window::is_open(&world)).then_some(()));
    assert!(!world.path("runtime/stethoscope/socket").exists(), "nothing is left behind");
}

#[test]
fn a_killed_window_leaves_the_tray_and_opens_again() {
    let (world, tray, mut program) = desktop();
    tray.activate();
    window::says(&world, "Scan");
    let [window] = windows_of(program.id())[..] else { panic!("one window") };
    kill(window, rustix::process::Signal::KILL);
    // At once: the program has not heard of the end yet, and the click must not be lost.
    tray.click("Open Stethoscope");
    window::says(&world, "closed unexpectedly");
    assert!(tray.labels().contains(&"Scan now".to_owned()), "the tray lives on");
    let [again] = windows_of(program.id())[..] else { panic!("one window") };
    assert_ne!(again, window);
    // The system's own way to end a program.
    kill(program.id(), rustix::process::Signal::TERM);
    let status = wait_for("the program to end", || program.try_wait().expect("it can be asked"));
    assert!(status.success(), "{status}");
    wait_for("the window to close", || (!window::is_open(&world)).then_some(()));
}

#[test]
fn a_second_start_opens_the_window_of_the_first() {
    let (world, tray, mut program) = desktop();
    let started = world.stethoscope(&["window", "screenLock"]).status().expect("the program starts");
    assert!(started.success(), "{started}");
    window::says(&world, "kscreenlockerrc");
    let windows = windows_of(program.id());
    assert_eq!(windows.len(), 1, "the window is the first one's");
    let started = world.stethoscope(&[]).status().expect("the program starts");
    assert!(started.success(), "{started}");
    let started = world.stethoscope(&["--background"]).status().expect("the program starts");
    assert!(started.success(), "{started}");
    assert_eq!(tray.icons().len(), 1, "one icon");
    assert_eq!(windows_of(program.id()), windows, "the same window");
    kill(program.id(), rustix::process::Signal::TERM);
    wait_for("the program to end", || program.try_wait().expect("it can be asked"));
}

#[test]
fn another_profile_is_chosen_in_the_menu_and_kept() {
    let (world, tray, mut program) = desktop();
    tray.click("Strict");
    let marked = |what: &str| {
        wait_for(what, || {
            let lines = tray.menu().into_iter().filter(|line| line.checked);
            (lines.map(|line| line.label).collect::<Vec<_>>() == ["Strict"]).then_some(())
        });
    };
    marked("the mark on `Strict`");
    let settings = world.path("home/.config/stethoscope/settings.ron");
    wait_for("the choice in the settings", || {
        fs::read_to_string(&settings).ok().filter(|text| text.contains("profile: \"strict\""))
    });
    // To choose it again takes the mark away in the panel, and the program puts it back.
    tray.click("Strict");
    marked("the mark on `Strict` again");
    kill(program.id(), rustix::process::Signal::INT);
    let status = wait_for("the program to end", || program.try_wait().expect("it can be asked"));
    assert!(status.success(), "{status}");
}

#[test]
fn a_profile_saved_by_hand_turns_up_in_the_settings() {
    let (world, tray, mut program) = desktop();
    tray.activate();
    window::says(&world, "Scan");
    let folder = world.path("home/.config/stethoscope/profiles");
    fs::create_dir_all(&folder).expect("a folder");
    let text = "Policy(format: 1, name: \"Garden shed\", description: \"Mine.\", requirements: { firewall: Always })";
    fs::write(folder.join("garden.ron"), text).expect("a profile");
    window::press(&world, "Settings");
    window::says(&world, "Garden shed");
    kill(program.id(), rustix::process::Signal::TERM);
    wait_for("the program to end", || program.try_wait().expect("it can be asked"));
}

pub(super) fn kill(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid.try_into().expect("a process id")).expect("not zero");
    rustix::process::kill_process(pid, signal).expect("it runs");
}
