//! The end of the program on the system's signals.

use std::io;

use crossbeam_channel::Sender;

use crate::monitor::message::Command;

/// Asks the program to end when the system or a terminal does. A second signal ends it at once.
#[cfg(unix)]
pub(super) fn quit_on_signals(commands: Sender<Command>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let mut asked = false;
        for signal in signals.forever() {
            if asked || commands.try_send(Command::Quit).is_err() {
                // What the shell says of a program that a signal has ended.
                std::process::exit(128 + signal);
            }
            asked = true;
        }
    })?;
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn quit_on_signals(_commands: Sender<Command>) -> io::Result<()> {
    // The system ends the process itself; every file is written whole or not at all.
    Ok(())
}
