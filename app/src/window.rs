//! The window: its own process, fed by the agent over a pipe.
pub mod theme;
