//! Every test that spans more than one file. One binary, one module a topic.

mod support;

mod cli;
mod debounce;
#[cfg(all(feature = "inspection", target_os = "linux"))]
mod desktop;
mod disks;
mod history;
#[cfg(feature = "fixture")]
mod hosts;
#[cfg(feature = "desktop")]
mod icons;
#[cfg(all(feature = "desktop", feature = "fixture"))]
mod images;
#[cfg(all(feature = "desktop", unix))]
mod instance;
#[cfg(all(feature = "desktop", unix))]
mod link;
mod matrix;
#[cfg(feature = "fixture")]
mod monitor;
#[cfg(feature = "desktop")]
mod notices;
#[cfg(all(feature = "desktop", feature = "fixture"))]
mod panels;
#[cfg(feature = "fixture")]
mod platforms_page;
mod policy;
mod practices_page;
#[cfg(target_os = "linux")]
mod rpm;
mod schedule;
#[cfg(any(feature = "desktop", feature = "fixture"))]
mod scripted;
mod settings;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod shown;
mod tidy;
#[cfg(feature = "desktop")]
mod tray_menu;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod watch;
#[cfg(all(feature = "desktop", feature = "fixture"))]
mod web;
#[cfg(unix)]
mod web_cli;
mod web_client;
#[cfg(all(feature = "desktop", feature = "fixture"))]
mod web_page;
#[cfg(target_os = "linux")]
mod x_server;
