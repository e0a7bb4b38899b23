//! The graphical session that the window goes into.

use std::collections::BTreeMap;
use std::env;

use serde::{Deserialize, Serialize};

/// What a window needs to find its display, and to be let to the front.
const VARIABLES: [&str; 8] = [
    "DISPLAY",
    "XAUTHORITY",
    "WAYLAND_DISPLAY",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "XDG_ACTIVATION_TOKEN",
    "DESKTOP_STARTUP_ID",
    "LIBGL_ALWAYS_SOFTWARE",
];

/// The variables of a graphical session.
///
/// A later start hands over its own: the program may have been started before the display was
/// there, or in a session that has ended since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session(BTreeMap<String, String>);

impl Session {
    /// Of this process.
    pub fn of_process() -> Self {
        let value = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        Session(VARIABLES.into_iter().filter_map(|name| Some((name.to_owned(), value(name)?))).collect())
    }

    /// Whether a window can be shown.
    pub fn has_display(&self) -> bool {
        !cfg!(target_os = "linux") || self.0.contains_key("DISPLAY") || self.0.contains_key("WAYLAND_DISPLAY")
    }

    /// Puts a program into this session and no other.
    pub fn enter(&self, program: &mut std::process::Command) {
        for name in VARIABLES {
            match self.0.get(name) {
                Some(value) => program.env(name, value),
                None => program.env_remove(name),
            };
        }
    }
}
