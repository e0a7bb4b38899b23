//! Browsers as a user has them, except that nobody sees them: a home of their own, and no talk with their makers.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use tempfile::TempDir;

use super::super::world::{World, apart};

/// A browser with one page open. It ends with this.
pub(super) struct Browser {
    child: Child,
    _profile: TempDir,
}

/// What the user of the browser said, or will say, to the question whether a site may reach apps on this device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    /// The page is on this device itself, so that there is no question.
    NotAsked,
    /// The page counts as one of the internet. Chromium without a window takes that for a No; Firefox waits.
    Asked,
    Allowed,
    Refused,
}

impl Browser {
    /// Chromium on that page. The sites on these ports count as sites of the internet, unless nobody is asked.
    pub(super) fn chromium(world: &World, user: User, address: &str, ports: &[u16]) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let setting = match user {
            User::NotAsked | User::Asked => json!({}),
            User::Allowed => json!({ "default_content_setting_values": { "loopback_network": 1 } }),
            User::Refused => json!({ "default_content_setting_values": { "loopback_network": 2 } }),
        };
        fs::create_dir(profile.path().join("Default")).expect("a folder");
        let preferences = json!({ "profile": setting }).to_string();
        fs::write(profile.path().join("Default/Preferences"), preferences).expect("a file");
        let mut command = world.command("chromium");
        command.args(["--headless", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        if rustix::process::getuid().is_root() {
            command.arg("--no-sandbox");
        }
        if user != User::NotAsked {
            let public: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}=public")).collect();
            command.arg(format!("--ip-address-space-overrides={}", public.join(",")));
        }
        let child = apart(command.arg(address)).spawn().expect("chromium is installed");
        Browser { child, _profile: profile }
    }

    /// Firefox on that page, in the same way.
    pub(super) fn firefox(world: &World, user: User, address: &str, ports: &[u16]) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let mut preferences = FIREFOX.to_owned();
        if user != User::NotAsked {
            let public: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
            let public = public.join(",");
            preferences += &format!("user_pref(\"network.lna.address_space.public.override\", \"{public}\");\n");
        }
        match user {
            User::NotAsked | User::Asked => {}
            User::Allowed => preferences += "user_pref(\"permissions.default.loopback-network\", 1);\n",
            // A default of No does not show to pages, the user's own No does.
            User::Refused => refuse_in_firefox(profile.path(), address),
        }
        fs::write(profile.path().join("user.js"), preferences).expect("a file");
        let mut command = world.command("firefox-esr");
        command.args(["--headless", "--no-remote", "--profile"]).arg(profile.path()).arg(address);
        let child = apart(&mut command).spawn().expect("firefox-esr is installed");
        Browser { child, _profile: profile }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its helpers are in its group and would outlive it.
        if let Some(group) = Pid::from_raw(i32::try_from(self.child.id()).unwrap_or_default()) {
            let _already_gone = kill_process_group(group, Signal::KILL);
        }
        let _already_gone = self.child.wait();
    }
}

/// Puts the user's No for that site where Firefox keeps such answers.
fn refuse_in_firefox(profile: &Path, origin: &str) {
    let mut python = Command::new("python3");
    python.args(["-c", PERMISSIONS]).arg(profile.join("permissions.sqlite")).arg(origin);
    assert!(python.status().expect("python3 is installed").success(), "the permission is written");
}

const PERMISSIONS: &str = "
import sqlite3, sys
file = sqlite3.connect(sys.argv[1])
columns = 'permission INTEGER, expireType INTEGER, expireTime INTEGER, modificationTime INTEGER'
file.execute(f'CREATE TABLE moz_perms (id INTEGER PRIMARY KEY, origin TEXT, type TEXT, {columns})')
file.execute(f'CREATE TABLE moz_hosts (id INTEGER PRIMARY KEY, host TEXT, type TEXT, {columns}, isInBrowserElement INTEGER)')
file.execute('INSERT INTO moz_perms VALUES (1, ?, ?, 2, 0, 0, 0)', (sys.argv[2], 'loopback-network'))
file.execute('PRAGMA user_version = 12')
file.commit()
";

/// No page of its own at the start, and no talk with its maker.
const FIREFOX: &str = r#"
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"#;
