//! A page asks, and the person answers: in a notification, and in the window. And links that open it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::thread::JoinHandle;
use std::time::Duration;

use super::notices::Overheard;
use super::tray::Tray;
use super::window;
use super::world::{LONG, Services, World, apart, wait_for};
use crate::web::world::PortLock;

const ADDRESS: &str = "127.0.0.1:37370";

/// A desktop with the program in its background, its port open, and a notification daemon that chooses
/// the action that stands in the file `choice`.
fn desktop() -> (World, std::process::Child) {
    let mut world = World::new(Services::AsInstalled);
    world.pretend_plasma();
    world.lock_by_itself(true);
    let folder = world.path("home/.config/stethoscope");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("settings.ron"), "(format: 1, welcomed: true, web: (switch: On))").expect("a file");
    let tray = Tray::new(&world);
    world.panel(&tray);

    let pick = world.path("bin/pick");
    let script = format!("#!/bin/sh\ngrep -m 1 -F \"$(cat {})\"\n", world.path("choice").display());
    fs::write(&pick, script).expect("a file");
    fs::set_permissions(&pick, fs::Permissions::from_mode(0o755)).expect("set");
    let config = world.path("dunstrc");
    fs::write(&config, format!("[global]\n    dmenu = {}\n", pick.display())).expect("a file");
    let mut dunst = world.command("dunst");
    dunst.arg("-conf").arg(config);
    world.stay(dunst);

    let program = apart(&mut world.stethoscope(&["--background"])).spawn().expect("the program starts");
    wait_for("the port to open", || TcpStream::connect(ADDRESS).ok());
    wait_for("the first scan to end", || fs::metadata(world.path("home/.local/state/stethoscope/snapshot.json")).ok());
    (world, program)
}

/// A page of that site asks; the whole answer comes when somebody has decided.
fn ask(site: &str, query: &str) -> JoinHandle<String> {
    let request = format!(
        "GET /graphql?query={query} HTTP/1.1\r\nHost: {ADDRESS}\r\nOrigin: https://{site}\r\nConnection: close\r\n\r\n"
    );
    let send = move || {
        let mut stream = TcpStream::connect(ADDRESS).expect("the port is open");
        stream.set_read_timeout(Some(LONG)).expect("set");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    std::thread::Builder::new().name("page".to_owned()).spawn(send).expect("a thread starts")
}

/// `{device{osName}}` and `{device{osName hardwareSerial}}`, as a page sends them.
const PLAIN: &str = "%7Bdevice%7BosName%7D%7D";
const WITH_SERIAL: &str = "%7Bdevice%7BosName%20hardwareSerial%7D%7D";

/// Chooses an action of the notification on the screen.
fn choose(world: &World, action: &str) {
    fs::write(world.path("choice"), action).expect("a file");
    assert!(world.command("dunstctl").arg("context").status().expect("dunstctl is installed").success());
}

fn settings(world: &World) -> String {
    fs::read_to_string(world.path("home/.config/stethoscope/settings.ron")).expect("settings")
}

#[track_caller]
fn answered(page: JoinHandle<String>) {
    let answer = page.join().expect("the page gets an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("osName"), "{answer}");
}

#[test]
fn a_page_that_asks_is_answered_as_the_person_says() {
    let _port = PortLock::take();
    let (world, mut program) = desktop();
    let heard = Overheard::new(&world);

    // In a notification.
    let page = ask("login.example.com", PLAIN);
    let asked = heard.exactly(1);
    assert_eq!(asked.summary, "login.example.com wants to know about this computer");
    assert_eq!(asked.body, "What it is: system and version");
    let labels: Vec<&str> = asked.actions.iter().skip(1).step_by(2).map(String::as_str).collect();
    assert_eq!(labels, ["Show me", "Allow once", "Always allow", "Never", "Show me"]);
    choose(&world, "Always allow");
    answered(page);
    wait_for("the choice to be kept", || settings(&world).contains("https://login.example.com").then_some(()));
    answered(ask("login.example.com", PLAIN));
    heard.exactly(1);

    // In the window, where a click on the message leads.
    let page = ask("portal.example.org", WITH_SERIAL);
    let asked = heard.exactly(2);
    assert!(asked.body.contains("Not which computer this is"), "{asked:?}");
    assert!(!window::is_open(&world), "nothing opens by itself");
    choose(&world, "Show me");
    window::says(&world, "portal.example.org wants to know about this computer");
    window::says(&world, "Also tell it which computer this is");
    window::press(&world, "Never: portal.example.org");
    let refused = page.join().expect("an answer");
    assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("REFUSED"), "{refused}");
    window::no_longer_says(&world, "portal.example.org wants");
    window::says(&world, "Refused by you");
    window::says(&world, "login.example.com got an answer");

    // A site that the person forgets has to ask again.
    window::press(&world, "Forget: login.example.com");
    wait_for("the site to be forgotten", || (!settings(&world).contains("login.example.com")).then_some(()));
    let page = ask("login.example.com", PLAIN);
    window::says(&world, "login.example.com wants to know about this computer");
    window::press(&world, "Allow once: login.example.com");
    answered(page);
    assert!(!settings(&world).contains("login.example.com"), "once is not kept");

    program.kill().expect("it can be killed");
    program.wait().expect("it ends");
}

#[test]
fn a_link_opens_the_window_where_it_says_and_runs_nothing() {
    let _port = PortLock::take();
    let (world, mut program) = desktop();
    let snapshot = || fs::read(world.path("home/.local/state/stethoscope/snapshot.json")).expect("a snapshot");
    // What follows is asked for within the five minutes until the next scan.
    let before = snapshot();
    let open = |link: &str| {
        let status = world.stethoscope(&[link]).status().expect("it starts");
        assert!(status.success(), "{link}");
    };
    open("stethoscope://web");
    window::says(&world, "Whether web sites can ask");
    open("stethoscope://update");
    window::says(&world, concat!("Stethoscope ", env!("CARGO_PKG_VERSION")));
    open("stethoscope://practice/screenLock");
    window::says(&world, "kscreenlockerrc");
    open("stethoscope://scan");
    window::says(&world, "Scan again");
    open("stethoscope://practice/../../etc/passwd");
    window::says(&world, "A link asked for something that this version of Stethoscope does not know");
    std::thread::sleep(Duration::from_secs(1));
    assert!(before == snapshot(), "a link makes no scan");

    program.kill().expect("it can be killed");
    program.wait().expect("it ends");
}
