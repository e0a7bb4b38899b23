//! As much of Netflix's app, version 5.0.6, as a page can tell: one question it answers, anything newer it refuses.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use stethoscope::access::PORT;

/// It answers while this lives.
pub(super) struct OldApp(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// The one origin in its list.
    allowed: Mutex<String>,
    /// What it was asked at its one address.
    asked: Mutex<Vec<String>>,
    over: AtomicBool,
}

/// Words that its schema does not have.
const NEWER: [&str; 4] = ["strict", "productVersion", "secureBoot", "identifiersWithheld"];

impl OldApp {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).expect("the port is free");
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        let serve = move || {
            for stream in listener.incoming().flatten() {
                if served.over.load(Ordering::Relaxed) {
                    break;
                }
                let served = Arc::clone(&served);
                let answer = move || {
                    // A browser opens connections on suspicion, and goes away when it likes.
                    let _gone = served.answer(stream);
                };
                thread::Builder::new().name("old app".to_owned()).spawn(answer).expect("a thread");
            }
        };
        thread::Builder::new().name("old app".to_owned()).spawn(serve).expect("a thread");
        OldApp(shared)
    }

    pub(super) fn allow(&self, origin: &str) {
        origin.clone_into(&mut self.0.allowed.lock().expect("a lock"));
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.0.asked.lock().expect("a lock").clone()
    }
}

impl Drop for OldApp {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
        // Wakes it, so that it lets go of the port.
        let _woken = TcpStream::connect((Ipv4Addr::LOCALHOST, PORT));
    }
}

impl Shared {
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut target = String::new();
        reader.read_line(&mut target)?;
        let mut origin = String::new();
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header)? == 0 || header == "\r\n" {
                break;
            }
            if let Some((name, value)) = header.split_once(": ")
                && name.eq_ignore_ascii_case("origin")
            {
                value.trim().clone_into(&mut origin);
            }
        }
        let target = target.split(' ').nth(1).unwrap_or_default();
        let (status, cors, body) = if !target.starts_with("/graphql") {
            ("403 Forbidden", false, String::new())
        } else if origin != *self.allowed.lock().expect("a lock") {
            ("500 Internal Server Error", false, format!("{{\"error\":\"{origin} is not allowed\"}}"))
        } else {
            self.asked.lock().expect("a lock").push(target.to_owned());
            let body = match NEWER.iter().find(|word| target.contains(*word)) {
                Some(word) => format!("{{\"errors\":[{{\"message\":\"Cannot query field {word}\"}}],{TIMING}}}"),
                None => format!("{{\"data\":{DATA},{TIMING}}}"),
            };
            ("200 OK", true, body)
        };
        let cors =
            if cors { format!("Access-Control-Allow-Origin: {origin}\r\nVary: Origin\r\n") } else { String::new() };
        let head = "Content-Type: application/json\r\nConnection: close\r\n";
        stream.write_all(
            format!("HTTP/1.1 {status}\r\n{cors}{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
        )
    }
}

const TIMING: &str = r#""extensions":{"timing":{"total":12.5}}"#;
const DATA: &str = r#"{"device":{"platform":"linux","stethoscopeVersion":"5.0.6"},
"policy":{"validate":{"status":"PASS","firewall":"PASS","screenLock":null}}}"#;
