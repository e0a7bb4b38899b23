//! Formats, turned into values by pure functions. No reading, no system, no clock.

pub mod deb_version;
pub mod dpkg_status;
pub mod gvariant;
pub mod gvdb;
pub mod mountinfo;
pub mod os_release;
