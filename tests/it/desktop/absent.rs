//! Desktops that lack something.

use std::fs;

use super::main_job::kill;
use super::window;
use super::world::{Services, World, apart, wait_for};

#[test]
fn without_a_notification_service_the_window_says_so() {
    let mut world = World::new(Services::None);
    world.pretend_plasma();
    world.lock_by_itself(true);
    world.tell_at_once();
    let mut program = apart(&mut world.stethoscope(&[])).spawn().expect("the program starts");
    window::says(&world, "Scan");
    wait_for("the first scan to end", || fs::metadata(world.path("home/.local/state/stethoscope/snapshot.json")).ok());
    world.lock_by_itself(false);
    wait_for("the scan that a person asks for", || {
        window::press(&world, "Scan again");
        let state = fs::read_to_string(world.path("home/.local/state/stethoscope/history.jsonl")).ok()?;
        state.contains("FAIL").then_some(())
    });
    window::says(&world, "no notification service");
    kill(program.id(), rustix::process::Signal::TERM);
    let status = wait_for("the program to end", || program.try_wait().expect("it can be asked"));
    assert!(status.success(), "{status}");
}

#[test]
fn without_a_display_the_program_says_what_works_there() {
    let world = World::new(Services::None);
    for arguments in [&[][..], &["window"], &["window", "firewall"]] {
        let output = world
            .stethoscope(arguments)
            .env_remove("DISPLAY")
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .output()
            .expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("stethoscope-cli scan"), "{said}");
        assert_eq!(said.trim().lines().count(), 1, "one sentence: {said}");
    }
}

#[test]
fn without_display_and_bus_the_background_goes_on_until_it_is_ended() {
    let world = World::new(Services::None);
    let mut command = world.stethoscope(&["--background"]);
    command.env_remove("DISPLAY").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let mut program = apart(&mut command).spawn().expect("the program starts");
    let snapshot = world.path("home/.local/state/stethoscope/snapshot.json");
    wait_for("the first scan to end", || fs::metadata(&snapshot).ok());
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(program.try_wait().expect("it can be asked").is_none(), "it goes on");
    kill(program.id(), rustix::process::Signal::TERM);
    let status = wait_for("the program to end", || program.try_wait().expect("it can be asked"));
    assert!(status.success(), "{status}");
}

#[test]
fn a_home_that_cannot_be_written_costs_a_notice_and_not_the_program() {
    let world = World::new(Services::None);
    world.tell_at_once();
    // A file where the folder should be stops root as well, unlike permissions.
    fs::create_dir_all(world.path("home/.local/state")).expect("a folder");
    fs::write(world.path("home/.local/state/stethoscope"), "in the way").expect("a file");
    let mut program = apart(&mut world.stethoscope(&[])).spawn().expect("the program starts");
    window::says(&world, "could not be");
    window::says(&world, ".local/state/stethoscope");
    assert!(program.try_wait().expect("it can be asked").is_none(), "it goes on");
    kill(program.id(), rustix::process::Signal::TERM);
    let status = wait_for("the program to end", || program.try_wait().expect("it can be asked"));
    assert!(status.success(), "{status}");
}
