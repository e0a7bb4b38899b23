//! Tailscale's own SSH server, which waits inside Tailscale where no socket of the kernel shows it.
//!
//! `tailscaled` answers every user of the computer on a socket of its own, over HTTP (its `localapi`). One
//! question that changes nothing is put, and of the answer only two settings are looked at.

use std::time::Instant;

use serde_json::Value;

use super::http::{LIMIT, Server};
use crate::host::{HostError, Read};

/// Where it listens: as a package, and as a snap.
const SOCKETS: [&str; 2] = ["/run/tailscale/tailscaled.sock", "/var/snap/tailscale/common/socket/tailscaled.sock"];

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

fn ask(socket: &str) -> Read<bool> {
    let end = Instant::now() + LIMIT;
    let server = Server { socket, what: WHAT, host: "local-tailscaled.sock", end };
    understand(&server.get("/localapi/v0/prefs")?)
}

fn understand(settings: &Value) -> Read<bool> {
    let is_on = |name: &str| settings.get(name).and_then(Value::as_bool);
    let garbled = || HostError::Garbled(WHAT.to_owned(), "it does not say whether its SSH server is on".to_owned());
    let ssh = is_on("RunSSH").ok_or_else(garbled)?;
    // Disconnected from its network, it lets in nobody.
    Ok(ssh && is_on("WantRunning") != Some(false))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixListener;

    use super::super::http;
    use super::*;

    const QUESTION: &[u8] = b"GET /localapi/v0/prefs HTTP/1.0\r\nHost: local-tailscaled.sock\r\n\r\n";

    fn read(answer: &[u8]) -> Read<bool> {
        understand(&http::understand(WHAT, answer)?)
    }

    #[test]
    fn the_two_settings_are_found_in_the_answer() {
        let ok = |body: &str| format!("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{body}");
        let on = ok(r#"{"ControlURL": "https://x", "WantRunning": true, "RunSSH": true}"#);
        assert_eq!(read(on.as_bytes()), Ok(true));
        assert_eq!(read(ok(r#"{"WantRunning": true, "RunSSH": false}"#).as_bytes()), Ok(false));
        assert_eq!(read(ok(r#"{"WantRunning": false, "RunSSH": true}"#).as_bytes()), Ok(false));
        let denied = read(b"HTTP/1.0 403 Forbidden\r\n\r\nprefs access denied\n");
        assert!(matches!(denied, Err(HostError::Denied(_))));
        for odd in ["", "HTTP/1.0 200 OK", "HTTP/1.0 404 Not Found\r\n\r\n", &ok("{}"), &ok("{"), &ok("[1]")] {
            assert!(matches!(read(odd.as_bytes()), Err(HostError::Garbled(..))), "{odd}");
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
