//! One running program per user. A second start hands its wish to the first and ends.
//!
//! A lock file says who is first: the system frees it when its owner dies, however it dies. Wishes
//! come over a local socket in a folder that only the user may enter.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crossbeam_channel::Sender;
use interprocess::local_socket::traits::{Listener as _, Stream as _};
use interprocess::local_socket::{Listener, ListenerOptions, Name, Stream};
use serde::{Deserialize, Serialize};

use crate::files;
use crate::monitor::message::Command;
use crate::session::Session;

/// The longest wish, in bytes. A wish is a command of a few words and the names of a session.
const LONGEST_WISH: u64 = 4096;

/// How long either side waits for the other to say something.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the first answers when it has understood.
const UNDERSTOOD: &str = "ok";

/// What a second start asks of the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub command: Command,
    /// Where its user sits: a window opens there.
    pub session: Session,
}

/// Which of the two this start is.
#[derive(Debug)]
pub enum Claim {
    First(Instance),
    /// Another one runs.
    Second(Running),
}

/// Why it is not known whether another one runs.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    #[error("the folder for the running program could not be made: {cause}\nfolder: {folder}", folder = folder.display())]
    Folder { cause: io::Error, folder: PathBuf },
    #[error("the lock file could not be used: {cause}\nfile: {file}", file = file.display())]
    Lock { cause: io::Error, file: PathBuf },
    #[error("a second start will not find this one: {cause}\nsocket: {socket}", socket = socket.display())]
    Socket { cause: io::Error, socket: PathBuf },
    #[error("Stethoscope is running but does not answer: {cause}\nsocket: {socket}", socket = socket.display())]
    NoAnswer { cause: io::Error, socket: PathBuf },
}

/// The right to be the only one. Ends when dropped.
#[derive(Debug)]
pub struct Instance {
    socket: PathBuf,
    _lock: File,
}

/// Another program that is running.
#[derive(Debug)]
pub struct Running {
    socket: PathBuf,
}

/// Finds out whether this is the first program of this user. A session without a folder of its own has it in the
/// home, which may not answer.
pub fn claim(runtime: &Path) -> Result<Claim, InstanceError> {
    let own = runtime.to_owned();
    files::in_time(files::READING, move || Ok(claim_now(&own)))
        .unwrap_or_else(|cause| Err(InstanceError::Folder { cause, folder: runtime.to_owned() }))
}

fn claim_now(runtime: &Path) -> Result<Claim, InstanceError> {
    files::make_folder(runtime).map_err(|cause| InstanceError::Folder { cause, folder: runtime.to_owned() })?;
    let file = runtime.join("lock");
    let socket = runtime.join("socket");
    let failed = |cause| InstanceError::Lock { cause, file: file.clone() };
    let lock = files::private().create(true).truncate(false).write(true).open(&file).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(Claim::First(Instance { socket, _lock: lock })),
        Err(TryLockError::WouldBlock) => Ok(Claim::Second(Running { socket })),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

impl Instance {
    /// Takes wishes from later starts, on a thread of its own.
    pub fn listen(&self, wishes: Sender<Wish>) -> Result<(), InstanceError> {
        let failed = |cause| InstanceError::Socket { cause, socket: self.socket.clone() };
        // We hold the lock, so whoever made this socket is dead.
        #[cfg(unix)]
        if let Err(error) = std::fs::remove_file(&self.socket)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(failed(error));
        }
        let listener =
            name(&self.socket).and_then(|name| ListenerOptions::new().name(name).create_sync()).map_err(failed)?;
        thread::Builder::new()
            .name("instance".to_owned())
            .spawn(move || take_wishes(&listener, &wishes))
            .map_err(failed)?;
        Ok(())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        #[cfg(unix)]
        let _never_made = std::fs::remove_file(&self.socket);
    }
}

/// Hands a wish to the program that runs, if one does. Claims nothing, so that a program that is just
/// starting is not kept from it.
pub fn ask_running(runtime: &Path, wish: &Wish) -> Option<Result<(), InstanceError>> {
    let running = Running { socket: runtime.join("socket") };
    // One try: what is not there or answers nobody is not running.
    let socket = running.socket.clone();
    files::in_time(files::READING, move || name(&socket).and_then(Stream::connect)).ok()?;
    Some(running.ask(wish))
}

impl Running {
    /// Hands a wish to the one that runs.
    pub fn ask(&self, wish: &Wish) -> Result<(), InstanceError> {
        self.try_ask(wish).map_err(|cause| InstanceError::NoAnswer { cause, socket: self.socket.clone() })
    }

    fn try_ask(&self, wish: &Wish) -> io::Result<()> {
        let mut stream = self.connect()?;
        let mut line = serde_json::to_vec(wish)?;
        line.push(b'\n');
        stream.write_all(&line)?;
        let mut answer = String::new();
        BufReader::new(stream.take(LONGEST_WISH)).read_line(&mut answer)?;
        match answer.trim_end() {
            UNDERSTOOD => Ok(()),
            "" => Err(io::ErrorKind::UnexpectedEof.into()),
            other => Err(io::Error::other(other.to_owned())),
        }
    }

    /// The first takes its lock a moment before its socket is there, so a start right behind it
    /// waits for the socket.
    fn connect(&self) -> io::Result<Stream> {
        const PAUSE: Duration = Duration::from_millis(50);
        let mut tries = PATIENCE.as_millis() / PAUSE.as_millis();
        loop {
            match name(&self.socket).and_then(Stream::connect) {
                Ok(stream) => {
                    stream.set_recv_timeout(Some(PATIENCE))?;
                    stream.set_send_timeout(Some(PATIENCE))?;
                    return Ok(stream);
                }
                Err(error) if tries == 0 => return Err(error),
                Err(_not_yet) => {
                    tries -= 1;
                    thread::sleep(PAUSE);
                }
            }
        }
    }
}

fn take_wishes(listener: &Listener, wishes: &Sender<Wish>) {
    loop {
        let stream = match listener.accept() {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!("a second start could not be heard: {error}");
                // Such an error can stand (too many open files); it must not spin.
                thread::sleep(PATIENCE);
                continue;
            }
        };
        match take_wish(stream) {
            Ok(wish) => {
                if wishes.send(wish).is_err() {
                    return;
                }
            }
            Err(error) => tracing::warn!("a second start said nothing sensible: {error}"),
        }
    }
}

fn take_wish(mut stream: Stream) -> io::Result<Wish> {
    stream.set_recv_timeout(Some(PATIENCE))?;
    stream.set_send_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new((&mut stream).take(LONGEST_WISH)).read_line(&mut line)?;
    let wish = serde_json::from_str(&line);
    let answer = if wish.is_ok() { UNDERSTOOD } else { "this wish is not known here" };
    writeln!(stream, "{answer}")?;
    Ok(wish?)
}

#[cfg(unix)]
fn name(socket: &Path) -> io::Result<Name<'_>> {
    use interprocess::local_socket::{GenericFilePath, ToFsName};
    socket.to_fs_name::<GenericFilePath>()
}

/// Named pipes live in one namespace for everybody, so the name holds the user's own folder.
#[cfg(not(unix))]
fn name(socket: &Path) -> io::Result<Name<'_>> {
    use interprocess::local_socket::{GenericNamespaced, ToNsName};
    let name: String = socket.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    name.to_ns_name::<GenericNamespaced>()
}
