//! What Linux says. One file a practice; what several of them ask stands in files of its own.

pub(crate) mod account_password;
pub mod applications;
pub(crate) mod automatic_login;
pub(crate) mod automatic_updates;
pub(crate) mod device;
pub(crate) mod disk_encryption;
pub(crate) mod display_manager;
pub mod distro;
pub mod explained;
pub mod firewall;
pub mod firmware;
pub mod gsettings;
pub mod kernel_hardening;
pub mod open_wifi;
pub(crate) mod os_version;
pub mod place;
pub(crate) mod power;
pub mod remote_login;
pub mod rpm_database;
pub mod screen_idle;
pub mod screen_lock;
pub mod secure_boot;
pub mod session;
pub(crate) mod software_updates;
pub mod stethoscope_version;
pub mod systemd;
