//! Every test that spans more than one file. One binary, one module a topic.

mod disks;
mod history;
#[cfg(feature = "desktop")]
mod icons;
mod settings;
#[cfg(feature = "desktop")]
mod tray_menu;
