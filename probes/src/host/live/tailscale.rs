//! Tailscale's own SSH server, which waits inside Tailscale where no socket of the kernel shows it.
//!
//! `tailscaled` answers every user of the computer on a socket of its own, over HTTP (its `localapi`). One
//! question that changes nothing is put, and of the answer only two settings are looked at.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::SocketAddrUnix;
use serde_json::Value;

use super::{files, x11};
use crate::host::{HostError, Read};

/// Where it listens: as a package, and as a snap.
const SOCKETS: [&str; 2] = ["/run/tailscale/tailscaled.sock", "/var/snap/tailscale/common/socket/tailscaled.sock"];

/// The old version of HTTP, in which the answer ends where the connection does.
const QUESTION: &[u8] = b"GET /localapi/v0/prefs HTTP/1.0\r\nHost: local-tailscaled.sock\r\n\r\n";

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(1);

/// The settings are a page of text; no answer is longer than this, in bytes.
const LONGEST: usize = 1 << 20;

/// What errors call it.
const WHAT: &str = "Tailscale";

/// Whether its SSH server lets others log in now.
pub(super) fn ssh() -> Read<bool> {
    let mut found = Err(HostError::Absent(WHAT.to_owned()));
    for path in SOCKETS {
        found = ask(path);
        if !matches!(found, Err(HostError::Absent(_))) {
            break;
        }
    }
    found
}

fn ask(path: &str) -> Read<bool> {
    let end = Instant::now() + LIMIT;
    let stream = SocketAddrUnix::new(path).and_then(|address| x11::open(&address));
    let mut stream = stream.map_err(|error| match error {
        Errno::NOENT | Errno::CONNREFUSED => HostError::Absent(WHAT.to_owned()),
        // Nobody takes the calls that already wait.
        Errno::AGAIN => HostError::TimedOut(WHAT.to_owned()),
        other => files::refused(WHAT, &other.into()),
    })?;
    let answer = converse(&mut stream, end).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => HostError::TimedOut(WHAT.to_owned()),
        _ => files::refused(WHAT, &error),
    })?;
    understand(&answer)
}

fn converse(stream: &mut UnixStream, end: Instant) -> io::Result<Vec<u8>> {
    let left = || {
        let left = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
        left.ok_or_else(|| io::Error::from(io::ErrorKind::TimedOut))
    };
    stream.set_write_timeout(Some(left()?))?;
    stream.write_all(QUESTION)?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while answer.len() < LONGEST {
        stream.set_read_timeout(Some(left()?))?;
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(part.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

/// `HTTP/1.0 200 OK`, header lines, an empty line, the settings as JSON.
fn understand(answer: &[u8]) -> Read<bool> {
    let garbled = |problem: &str| HostError::Garbled(WHAT.to_owned(), problem.to_owned());
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| garbled("it does not answer as it should"))?;
    match head.split_whitespace().nth(1) {
        Some("200") => {}
        Some("401" | "403") => return Err(HostError::Denied(WHAT.to_owned())),
        _ => return Err(garbled("it does not know the question")),
    }
    let settings: Value = serde_json::from_str(body).map_err(|error| garbled(&error.to_string()))?;
    let is_on = |name: &str| settings.get(name).and_then(Value::as_bool);
    let ssh = is_on("RunSSH").ok_or_else(|| garbled("it does not say whether its SSH server is on"))?;
    // Disconnected from its network, it lets in nobody.
    Ok(ssh && is_on("WantRunning") != Some(false))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn the_two_settings_are_found_in_the_answer() {
        let ok = |body: &str| format!("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{body}");
        let on = ok(r#"{"ControlURL": "https://x", "WantRunning": true, "RunSSH": true}"#);
        assert_eq!(understand(on.as_bytes()), Ok(true));
        assert_eq!(understand(ok(r#"{"WantRunning": true, "RunSSH": false}"#).as_bytes()), Ok(false));
        assert_eq!(understand(ok(r#"{"WantRunning": false, "RunSSH": true}"#).as_bytes()), Ok(false));
        let denied = understand(b"HTTP/1.0 403 Forbidden\r\n\r\nprefs access denied\n");
        assert!(matches!(denied, Err(HostError::Denied(_))));
        for odd in ["", "HTTP/1.0 200 OK", "HTTP/1.0 404 Not Found\r\n\r\n", &ok("{}"), &ok("{"), &ok("[1]")] {
            assert!(matches!(understand(odd.as_bytes()), Err(HostError::Garbled(..))), "{odd}");
        }
    }

    #[test]
    fn a_server_on_a_real_socket_is_asked_and_one_that_hangs_costs_a_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tailscaled.sock").to_string_lossy().into_owned();
        assert!(matches!(ask(&path), Err(HostError::Absent(_))));
        let listener = UnixListener::bind(&path).expect("a socket");
        let serve = move || {
            let (mut caller, _) = listener.accept().expect("a caller");
            let mut question = [0; 512];
            let length = caller.read(&mut question).expect("a question");
            assert_eq!(&question[..length], QUESTION);
            let answer = b"HTTP/1.0 200 OK\r\n\r\n{\"RunSSH\": true, \"WantRunning\": true}";
            caller.write_all(answer).expect("an answer");
            drop(caller);
            // The second caller gets no answer.
            let (silent, _) = listener.accept().expect("a caller");
            std::thread::sleep(LIMIT * 2);
            drop(silent);
        };
        let server = std::thread::Builder::new().name("server".to_owned()).spawn(serve).expect("a thread");
        assert_eq!(ask(&path), Ok(true));
        let before = Instant::now();
        assert!(matches!(ask(&path), Err(HostError::TimedOut(_))));
        assert!(before.elapsed() >= LIMIT * 9 / 10);
        server.join().expect("no failed assertion there");
    }
}
