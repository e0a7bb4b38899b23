//! The real program on a real desktop: a display, a session bus, a panel with a tray, a notification
//! daemon and a home of its own.
//!
//! What is needed (`tests/run` installs it): Xvfb, dbus-daemon, xfce4-panel, dunst, unshare, and for the pages
//! Chromium, Firefox and Node.

mod absent;
mod browser;
mod consent;
mod main_job;
mod notices;
mod panel;
mod tray;
mod window;
mod world;
