//! The X server of the session: when it blanks the screen.
//!
//! Only a display of this machine is asked, over its socket in the file system or its abstract one, and for no
//! longer than [`LIMIT`] in all: a server that hangs costs one answer.

mod protocol;

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use self::protocol::{Message, REPLY, SETUP, Welcome};
use super::files;
use crate::host::{Host, HostError, Read, XScreenSaver};

/// How long a server may take for all questions together.
const LIMIT: Duration = Duration::from_secs(1);

/// No server says more than this when it greets or answers, in bytes.
const LONGEST: usize = 1 << 19;

/// As many events are passed over while waiting for one reply.
const MOST_EVENTS: usize = 64;

/// Asks the display of that name.
pub(super) fn screen_saver(host: &dyn Host, display: &str) -> Read<XScreenSaver> {
    let Some(number) = protocol::display(display) else { return Err(HostError::Absent(WHAT.to_owned())) };
    ask(&format!("/tmp/.X11-unix/X{number}"), cookie(host, number).as_deref())
}

/// Asks the server that listens at that path.
fn ask(path: &str, cookie: Option<&[u8]>) -> Read<XScreenSaver> {
    let end = Instant::now() + LIMIT;
    let mut line = Line { stream: connect(path)?, end };
    line.greet(cookie)?;
    let saver = line.ask(&protocol::GET_SCREEN_SAVER)?;
    let (timeout, interval) = protocol::screen_saver_times(&saver);
    let power_saving = match protocol::extension(&line.ask(&protocol::QUERY_DPMS)?) {
        Some(major) => {
            let times = line.ask(&protocol::get_power_times(major))?;
            protocol::power_saving(&times, &line.ask(&protocol::get_power_state(major))?)
        }
        None => 0,
    };
    Ok(XScreenSaver { timeout, interval, power_saving })
}

/// What errors call it.
const WHAT: &str = "the X server";

fn garbled(problem: &str) -> HostError {
    HostError::Garbled(WHAT.to_owned(), problem.to_owned())
}

/// The cookie of the session, where it has one. A server may also let its own user in without.
fn cookie(host: &dyn Host, display: u16) -> Option<Vec<u8>> {
    let named = host.env("XAUTHORITY").filter(|path| path.starts_with('/'));
    let file = host.read(&named.unwrap_or_else(|| format!("{}/.Xauthority", host.user().home))).ok()?;
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    protocol::cookie(&file, &name, display)
}

fn connect(path: &str) -> Read<UnixStream> {
    let by_file = SocketAddrUnix::new(path).and_then(|address| open(&address));
    let stream = match by_file {
        Err(Errno::NOENT | Errno::CONNREFUSED) => {
            SocketAddrUnix::new_abstract_name(path.as_bytes()).and_then(|address| open(&address))
        }
        other => other,
    };
    stream.map_err(|error| match error {
        Errno::NOENT | Errno::CONNREFUSED => HostError::Absent(WHAT.to_owned()),
        // Nobody takes the calls that already wait.
        Errno::AGAIN => HostError::TimedOut(WHAT.to_owned()),
        other => files::refused(WHAT, &other.into()),
    })
}

/// Connects without waiting.
pub(super) fn open(address: &SocketAddrUnix) -> rustix::io::Result<UnixStream> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, address)?;
    rustix::io::ioctl_fionbio(&socket, false)?;
    Ok(UnixStream::from(socket))
}

/// One conversation.
struct Line {
    stream: UnixStream,
    end: Instant,
}

impl Line {
    fn greet(&mut self, cookie: Option<&[u8]>) -> Read<()> {
        self.send(&protocol::hello(cookie))?;
        let mut head = [0; SETUP];
        self.receive(&mut head)?;
        let (welcome, more) = protocol::welcome(&head).ok_or_else(|| garbled("it does not speak the X protocol"))?;
        if welcome == Welcome::Refused {
            return Err(HostError::Denied(WHAT.to_owned()));
        }
        self.pass_over(more)
    }

    /// Sends one request and waits for its reply.
    fn ask(&mut self, request: &[u8]) -> Read<[u8; REPLY]> {
        self.send(request)?;
        for _ in 0..MOST_EVENTS {
            let mut bytes = [0; REPLY];
            self.receive(&mut bytes)?;
            match protocol::message(&bytes) {
                Message::Reply(more) => {
                    self.pass_over(more)?;
                    return Ok(bytes);
                }
                Message::Event(more) => self.pass_over(more)?,
                Message::Error => return Err(garbled("it refused the question")),
            }
        }
        Err(garbled("it tells of events without end"))
    }

    fn send(&mut self, bytes: &[u8]) -> Read<()> {
        let left = self.left()?;
        let sent = self.stream.set_write_timeout(Some(left)).and_then(|()| self.stream.write_all(bytes));
        sent.map_err(|error| failed(&error))
    }

    fn receive(&mut self, mut into: &mut [u8]) -> Read<()> {
        while !into.is_empty() {
            let left = self.left()?;
            let read = self.stream.set_read_timeout(Some(left)).and_then(|()| self.stream.read(into));
            match read {
                Ok(0) => return Err(garbled("it hung up")),
                Ok(length) => into = into.get_mut(length..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(&error)),
            }
        }
        Ok(())
    }

    fn pass_over(&mut self, bytes: usize) -> Read<()> {
        if bytes > LONGEST {
            return Err(garbled("its answer is too long"));
        }
        self.receive(&mut vec![0; bytes])
    }

    /// The time that is left, never zero.
    fn left(&self) -> Read<Duration> {
        let left = self.end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
        left.ok_or_else(|| HostError::TimedOut(WHAT.to_owned()))
    }
}

fn failed(error: &io::Error) -> HostError {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => HostError::TimedOut(WHAT.to_owned()),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => garbled("it hung up"),
        _ => files::refused(WHAT, error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    /// Asks a server that answers with these bytes to whatever it is asked, and then stays or hangs up.
    fn answered(bytes: &'static [u8], stays: bool) -> Read<XScreenSaver> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("X9");
        let listener = UnixListener::bind(&path).expect("a socket");
        let server = thread::Builder::new().name("server".to_owned()).spawn(move || {
            let (mut stream, _) = listener.accept().expect("a caller");
            let _caller_may_be_gone = stream.write_all(bytes);
            if stays {
                let mut rest = Vec::new();
                let _caller_may_be_gone = stream.read_to_end(&mut rest);
            } else {
                // What is unread would turn the end into a reset.
                let _caller_may_be_gone = stream.read(&mut [0; 64]);
            }
        });
        let server = server.expect("a thread");
        let found = ask(path.to_str().expect("a path"), None);
        server.join().expect("the server ends");
        found
    }

    #[test]
    fn a_server_that_hangs_costs_one_answer_after_a_second() {
        let start = Instant::now();
        assert_eq!(answered(b"", true), Err(HostError::TimedOut(WHAT.to_owned())));
        // Half a greeting does not buy more time.
        assert_eq!(answered(&[1, 0, 11, 0], true), Err(HostError::TimedOut(WHAT.to_owned())));
        assert!(start.elapsed() < 2 * LIMIT + Duration::from_secs(3), "{:?}", start.elapsed());
    }

    #[test]
    fn a_server_that_takes_no_calls_is_late() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("X9");
        let listener = UnixListener::bind(&path).expect("a socket");
        rustix::net::listen(&listener, 0).expect("no place to wait");
        let mut waiting = Vec::new();
        for _ in 0..8 {
            match open(&SocketAddrUnix::new(&path).expect("an address")) {
                Ok(stream) => waiting.push(stream),
                Err(_full) => break,
            }
        }
        let found = ask(path.to_str().expect("a path"), None);
        assert_eq!(found, Err(HostError::TimedOut(WHAT.to_owned())));
    }

    #[test]
    fn what_is_no_x_server_is_garbled_and_a_refusal_is_denied() {
        let garbled = |found: Read<XScreenSaver>, words: &str| {
            assert!(matches!(&found, Err(HostError::Garbled(_, problem)) if problem.contains(words)), "{found:?}");
        };
        garbled(answered(b"HTTP/1.1 400 Bad Request\r\n\r\n", false), "does not speak");
        garbled(answered(b"", false), "hung up");
        assert_eq!(
            answered(&[0, 3, 11, 0, 0, 0, 1, 0, b'N', b'o', b'!', 0], false),
            Err(HostError::Denied(WHAT.to_owned()))
        );
        let mut long = vec![1, 0, 11, 0, 0, 0, 0, 0];
        long.extend([1, 0, 1, 0, 255, 255, 255, 255]);
        long.extend([0; 24]);
        garbled(answered(long.leak(), true), "too long");
        let mut chatty = vec![1, 0, 11, 0, 0, 0, 0, 0];
        chatty.extend([34; REPLY].repeat(MOST_EVENTS));
        garbled(answered(chatty.leak(), true), "events without end");
    }

    #[test]
    fn a_display_of_another_machine_is_never_asked() {
        let host = super::super::LiveHost::new(jiff::Timestamp::UNIX_EPOCH);
        for name in ["", "localhost:0", "192.0.2.1:0", ":0;x", ":../../etc", "tcp/a:0"] {
            assert_eq!(screen_saver(&host, name), Err(HostError::Absent(WHAT.to_owned())), "{name}");
        }
    }
}
