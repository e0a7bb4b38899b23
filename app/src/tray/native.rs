//! Draws the menu model with the desktop's own tray.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
mod pictures;

use crossbeam_channel::{Sender, TrySendError};

#[cfg(not(target_os = "linux"))]
use self::elsewhere as platform;
#[cfg(target_os = "linux")]
use self::linux as platform;
pub use self::platform::{Error as PlatformError, Tray};
use crate::monitor::message::Command;

/// Why there is no tray icon, or not the right one.
#[derive(Debug, thiserror::Error)]
pub enum TrayError {
    #[error("the tray icon could not be put up: {0}")]
    Icon(#[from] PlatformError),
    #[error("the tray icon's picture is broken: {0}")]
    Picture(String),
    #[error("the tray icon was taken away")]
    Gone,
}

/// Hands on what was chosen. The tray holds a lock meanwhile, so this does not wait.
fn send(commands: &Sender<Command>, command: Command) {
    if let Err(TrySendError::Full(command)) = commands.try_send(command) {
        tracing::warn!("too many clicks at once, this one is lost: {command:?}");
    }
}
