//! Stethoscope: findings held against a policy, shown, told and handed out.
//!
//! Data flows one way: host facts, finding, verdict, snapshot, then tray, notification, window and
//! console. The way back is one closed enum, [`monitor::message::Command`].

pub mod access;
#[cfg(feature = "desktop")]
pub mod agent;
#[cfg(feature = "desktop")]
pub mod autostart;
pub mod cli;
pub mod files;
pub mod guidance;
pub mod history;
pub mod instance;
pub mod lifecycle;
#[cfg(feature = "desktop")]
pub mod link;
pub mod monitor;
#[cfg(feature = "desktop")]
pub mod notify;
pub mod paths;
pub mod policy;
pub mod rest;
pub mod session;
pub mod settings;
pub mod site;
pub mod snapshot;
pub mod state;
#[cfg(feature = "desktop")]
pub mod tray;
pub mod verdict;
pub mod version;
#[cfg(feature = "desktop")]
pub mod web;
#[cfg(feature = "desktop")]
pub mod window;
pub mod words;
