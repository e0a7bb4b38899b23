//! Formats, turned into values by pure functions. No reading, no system, no clock.

pub mod apt_conf;
pub mod cosmic;
pub mod deb_version;
pub mod distro_info;
pub mod dpkg_status;
pub mod gvariant;
pub mod gvdb;
pub mod hyprlang;
pub mod interface_names;
pub mod iptables_save;
pub mod kconfig;
pub mod key_file;
pub mod lz4;
pub mod mountinfo;
pub mod nft;
pub mod os_release;
pub mod packet_filter;
pub mod routes;
pub mod shell_vars;
pub mod shell_words;
pub mod sshd_config;
pub mod swayidle;
pub mod xfconf;
pub mod xscreensaver;
