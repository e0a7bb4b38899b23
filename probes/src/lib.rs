//! Reads a computer's security posture as an ordinary user.
//!
//! A [`host::Host`] goes in, one [`finding::Finding`] a practice comes out. Nothing here knows a
//! policy, gives advice or draws. Every fact comes through the host, so the same code judges this
//! machine and a recorded one, on every platform.

pub mod practice;
pub mod system;
#[macro_use]
pub mod text;
pub mod catalog;
pub mod details;
pub mod device;
pub mod finding;
pub mod host;
pub mod linux;
pub mod parse;
pub mod probe;
