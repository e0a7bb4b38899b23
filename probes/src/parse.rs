//! Formats, turned into values by pure functions. No reading, no system, no clock.

pub mod gvariant;
pub mod gvdb;
pub mod mountinfo;
pub mod os_release;
