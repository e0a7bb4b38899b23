//! A real X server: what the program says of the screen is what `xset` told the server.
//!
//! What is needed (`tests/run` installs it): Xvfb, xset, xauth, xss-lock.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// An X server with a cookie, which keeps its settings when the last program goes, and a home in which the cookie lies.
struct Server {
    home: tempfile::TempDir,
    display: String,
    running: Vec<Child>,
}

impl Server {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let authority = home.path().join(".Xauthority");
        // The cookie goes in before the number of the display is known: it is for every display.
        let cookie = "0123456789abcdef0123456789abcdef";
        let mut entry = Vec::new();
        entry.extend(u16::MAX.to_be_bytes());
        for field in [&b""[..], b"", b"MIT-MAGIC-COOKIE-1"] {
            entry.extend(u16::try_from(field.len()).expect("short").to_be_bytes());
            entry.extend(field);
        }
        let bytes: Vec<u8> =
            (0..32).step_by(2).map(|at| u8::from_str_radix(&cookie[at..at + 2], 16).expect("hex")).collect();
        entry.extend(16_u16.to_be_bytes());
        entry.extend(bytes);
        std::fs::write(&authority, entry).expect("written");
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset", "-auth"])
            .arg(&authority);
        let mut xvfb = xvfb.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb is installed");
        let mut number = String::new();
        let out = xvfb.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut number).expect("the number of the display");
        let server = Server { home, display: format!(":{}", number.trim()), running: vec![xvfb] };
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        server
    }

    fn authority(&self) -> PathBuf {
        self.home.path().join(".Xauthority")
    }

    /// A program in a session of i3 on this server.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("DISPLAY", &self.display)
            .env("XDG_CURRENT_DESKTOP", "i3")
            .env("XDG_SESSION_TYPE", "x11")
            .stdin(Stdio::null());
        command
    }

    fn xset(&self, arguments: &[&str]) {
        let mut xset = self.command("xset");
        xset.env("XAUTHORITY", self.authority());
        assert!(xset.args(arguments).status().expect("xset is installed").success(), "xset {arguments:?}");
    }

    /// What the program says of the lock and of the idle screen.
    fn finds(&self, change: impl FnOnce(&mut Command)) -> (String, String) {
        let mut scan = self.command(env!("CARGO_BIN_EXE_stethoscope-cli"));
        scan.args(["scan", "--format", "json"]);
        change(&mut scan);
        let output = scan.output().expect("the program starts");
        let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let of = |practice: &str| {
            let practices = json["practices"].as_array().expect("practices");
            let one = practices.iter().find(|one| one["practice"] == practice).expect("the practice");
            one["reason"].as_str().expect("a reason").to_owned()
        };
        (of("screenLock"), of("screenIdle"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for child in self.running.iter_mut().rev() {
            let _gone_already = child.kill();
            let _gone_already = child.wait();
        }
    }
}

#[test]
fn the_times_of_a_real_x_server_are_read() {
    let mut server = Server::new();
    server.xset(&["s", "300", "600"]);
    let (lock, idle) = server.finds(|_| {});
    assert!(idle.contains("5 minutes"), "{idle}");
    assert!(lock.contains("No idle daemon"), "{lock}");
    server.xset(&["s", "off"]);
    let (_, idle) = server.finds(|_| {});
    assert!(idle.contains("never blank"), "{idle}");

    // The locker that waits for the server.
    server.xset(&["s", "120", "60"]);
    let mut locker = server.command("xss-lock");
    locker.env("XAUTHORITY", server.authority()).args(["--ignore-sleep", "--", "i3lock", "-n"]);
    let locker = locker.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("xss-lock is installed");
    server.running.push(locker);
    let end = Instant::now() + Duration::from_secs(20);
    let (mut lock, mut idle) = server.finds(|_| {});
    // It takes a moment until the program stands under its own name.
    while !lock.contains("2 minutes") && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(50));
        (lock, idle) = server.finds(|_| {});
    }
    assert!(lock.contains("locks after 2 minutes"), "{lock}");
    assert!(idle.contains("2 minutes"), "{idle}");
    server.xset(&["s", "off"]);
    let (lock, _) = server.finds(|_| {});
    assert!(lock.contains("switched off"), "{lock}");

    // Without the cookie the server says nothing, and nothing is made up.
    let (lock, idle) = server.finds(|scan| {
        scan.env("XAUTHORITY", "/dev/null");
    });
    assert!(lock.contains("may not be read"), "{lock}");
    assert!(idle.contains("may not be read"), "{idle}");
    // Displays of other machines are not asked.
    for display in ["localhost:0", "192.0.2.1:0.0", ":0;touch x"] {
        let (lock, _) = server.finds(|scan| {
            scan.env("DISPLAY", display);
        });
        assert!(lock.contains("could not be asked"), "{display}: {lock}");
    }
}
