//! One question to a service on a local socket, over HTTP, with JSON for an answer.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::SocketAddrUnix;
use serde_json::Value;

use super::{files, x11};
use crate::host::{HostError, Read};

/// How long one service may take for all that it is asked.
pub(super) const LIMIT: Duration = Duration::from_secs(1);

/// No answer is longer than this, in bytes. The longest, snapd's list, has some thousand a snap.
const LONGEST: usize = 4 << 20;

/// A service that is asked.
#[derive(Clone, Copy)]
pub(super) struct Server<'a> {
    /// Where it listens.
    pub(super) socket: &'a str,
    /// What errors call it.
    pub(super) what: &'static str,
    /// The name of the machine that it wants to be called by.
    pub(super) host: &'static str,
    /// When the time for all questions is over.
    pub(super) end: Instant,
}

impl Server<'_> {
    /// The answer to a `GET`. `Absent` where nobody listens.
    pub(super) fn get(self, target: &str) -> Read<Value> {
        let what = self.what;
        let stream = SocketAddrUnix::new(self.socket).and_then(|address| x11::open(&address));
        let mut stream = stream.map_err(|error| match error {
            Errno::NOENT | Errno::CONNREFUSED => HostError::Absent(what.to_owned()),
            // Nobody takes the calls that already wait.
            Errno::AGAIN => HostError::TimedOut(what.to_owned()),
            other => files::refused(what, &other.into()),
        })?;
        // The old version of HTTP, in which the answer ends where the connection does.
        let question = format!("GET {target} HTTP/1.0\r\nHost: {}\r\n\r\n", self.host);
        let answer = converse(&mut stream, question.as_bytes(), self.end).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => HostError::TimedOut(what.to_owned()),
            _ => files::refused(what, &error),
        })?;
        understand(what, &answer)
    }
}

fn converse(stream: &mut UnixStream, question: &[u8], end: Instant) -> io::Result<Vec<u8>> {
    let left = || {
        let left = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
        left.ok_or_else(|| io::Error::from(io::ErrorKind::TimedOut))
    };
    stream.set_write_timeout(Some(left()?))?;
    stream.write_all(question)?;
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

/// `HTTP/1.0 200 OK`, header lines, an empty line, the answer as JSON.
pub(super) fn understand(what: &str, answer: &[u8]) -> Read<Value> {
    let garbled = |problem: &str| HostError::Garbled(what.to_owned(), problem.to_owned());
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| garbled("it does not answer as it should"))?;
    match head.split_whitespace().nth(1) {
        Some("200") => {}
        Some("401" | "403") => return Err(HostError::Denied(what.to_owned())),
        _ => return Err(garbled("it does not know the question")),
    }
    serde_json::from_str(body).map_err(|error| garbled(&error.to_string()))
}
