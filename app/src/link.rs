//! The pipe between the always-on program and its window.
//!
//! The window is a child process of the same program, so that closing it gives all its memory
//! back. Each side writes one JSON message a line; what cannot be read is logged and skipped, and
//! the end of the stream means that the other side is gone.

mod message;
mod process;
mod window;
mod wire;

pub use message::{Hello, ProfileView, State, ToWindow};
pub use process::{WindowEvent, WindowProcess};
pub use window::{Wake, WindowLink, connect_window};
pub use wire::LONGEST_LINE;
