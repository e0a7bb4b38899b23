//! The window's end of the pipe: standard input and output of a process the agent started.

use std::io::{self, BufReader, Read, Write};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::message::ToWindow;
use super::wire;
use crate::monitor::message::Command;

/// Called after each message and when the agent is gone, so that the window draws again.
pub type Wake = Box<dyn Fn() + Send>;

/// How many messages wait for the window. When it does not draw (minimised on Wayland) the oldest
/// go, for only the newest snapshot counts.
const WAITING: usize = 64;

/// The window's end of the pipe.
///
/// After [`ToWindow::Close`] the window closes itself. When `messages` is disconnected without it,
/// the agent is gone, and the window says so.
#[derive(Debug)]
pub struct WindowLink {
    pub messages: Receiver<ToWindow>,
    pub commands: Sender<Command>,
}

/// Takes over standard input and output. Call it once, in the process started with `--linked`.
pub fn connect_window(wake: Wake) -> io::Result<WindowLink> {
    let (input, output) = take_standard_streams()?;
    connect(input, output, wake)
}

/// The same over any pair of streams.
pub(super) fn connect(
    input: impl Read + Send + 'static,
    mut output: impl Write + Send + 'static,
    wake: Wake,
) -> io::Result<WindowLink> {
    let (message_in, messages) = bounded(WAITING);
    let (commands, command_out) = bounded::<Command>(WAITING);
    let oldest = messages.clone();
    thread::Builder::new().name("link reader".to_owned()).spawn(move || {
        let mut input = BufReader::new(input);
        while let Some(message) = wire::read::<ToWindow>(&mut input) {
            send_newest(&message_in, &oldest, message);
            wake();
        }
        drop(message_in);
        wake();
    })?;
    thread::Builder::new().name("link writer".to_owned()).spawn(move || {
        for command in command_out {
            if let Err(error) = wire::write(&mut output, &command) {
                tracing::warn!("a command did not reach the program: {error}");
                break;
            }
        }
    })?;
    Ok(WindowLink { messages, commands })
}

/// Sends without ever waiting: a full queue loses its oldest message.
pub(super) fn send_newest<T>(sender: &Sender<T>, oldest: &Receiver<T>, message: T) {
    let mut message = message;
    while let Err(TrySendError::Full(back)) = sender.try_send(message) {
        // Somebody may have taken it in between; then there is room as well.
        let _dropped = oldest.try_recv();
        message = back;
    }
}

/// Keeps the pipe for itself: programs that the window starts get no part of it, so that the pipe
/// ends with the window, and no library can print into it.
#[cfg(unix)]
fn take_standard_streams() -> io::Result<(impl Read + Send, impl Write + Send)> {
    let input = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?;
    let output = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
    let null = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok((std::fs::File::from(input), std::fs::File::from(output)))
}

#[cfg(not(unix))]
fn take_standard_streams() -> io::Result<(impl Read + Send, impl Write + Send)> {
    Ok((io::stdin(), io::stdout()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    #[test]
    fn the_window_learns_that_the_agent_is_gone() {
        let (woken_in, woken) = bounded(8);
        let input = &b"{\"show\":\"firewall\"}\n"[..];
        let link = connect(input, io::sink(), Box::new(move || woken_in.send(()).expect("the test listens")))
            .expect("threads start");
        woken.recv_timeout(LONG).expect("woken by the message");
        assert!(matches!(link.messages.recv_timeout(LONG), Ok(ToWindow::Show(Some(_)))));
        woken.recv_timeout(LONG).expect("woken by the end");
        assert!(link.messages.recv_timeout(LONG).is_err_and(|error| error.is_disconnected()));
    }

    #[test]
    fn a_full_queue_keeps_the_newest_messages() {
        let (sender, receiver) = bounded(2);
        for number in 0..5 {
            send_newest(&sender, &receiver, number);
        }
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [3, 4]);
    }
}
