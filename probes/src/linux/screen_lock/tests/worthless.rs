//! Locks that keep nobody out: no password, or none asked for; and a restart that gets past them.

use super::{at, run};
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

const EMPTY: &str = "@file /etc/passwd\nann::1000:1000::/home/ann:/bin/sh\n";
const MODE: &str = "@dbus system org.freedesktop.Accounts /org/freedesktop/Accounts/User1000 org.freedesktop.DBus.Properties.Get [\"org.freedesktop.Accounts.User\",\"PasswordMode\"]\n2\n";
const GROUP: &str = "@file /etc/group\nnopasswdlogin:x:120:ann\n\
    @file /etc/pam.d/gdm-password\nauth sufficient pam_succeed_if.so user ingroup nopasswdlogin\n\
    @file /etc/pam.d/lightdm\nauth sufficient pam_succeed_if.so user ingroup nopasswdlogin\n";
const GDM: &str = "@dbus system org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner [\"org.gnome.DisplayManager\"]\ntrue\n";
const SWAYIDLE: &str = "@process 5 uid=1000 swayidle timeout 300 'swaylock -f'\n";

#[test]
fn without_a_password_no_lock_holds() {
    let worthless = "screenLock: off (Your account has no password, so a locked screen keeps nobody out)";
    let in_group = "screenLock: off (in the group nopasswdlogin)";
    let light = "@process 5 uid=1000 light-locker\n@x11 screensaver timeout=600\n@process 9 uid=0 lightdm\n";
    run(&[
        (ScreenLock, at("KDE", EMPTY), worthless),
        (ScreenLock, at("KDE", MODE), worthless),
        (ScreenLock, at("GNOME", &format!("{GDM}{MODE}")), worthless),
        (ScreenLock, at("sway", &format!("{SWAYIDLE}{EMPTY}")), worthless),
        (ScreenIdle, at("KDE", EMPTY), "screenIdle: seconds 300"),
        // What is off anyway keeps its own reason.
        (ScreenLock, at("sway", EMPTY), "screenLock: off (No idle daemon)"),
        // A group that the login program lets in: it unlocks GNOME, but not Plasma or sway.
        (ScreenLock, at("GNOME", &format!("{GDM}{GROUP}")), in_group),
        (ScreenLock, at("XFCE", &format!("{GROUP}{light}")), in_group),
        (ScreenLock, at("KDE", GROUP), "screenLock: on"),
        (ScreenLock, at("sway", &format!("{SWAYIDLE}{GROUP}")), "screenLock: on"),
    ]);
}

#[test]
fn that_a_restart_gets_past_the_lock_is_said() {
    let sddm = "@process 9 uid=0 sddm\n@file /etc/sddm.conf\n[Autologin]\nUser=ann\nSession=plasma\n";
    let swayidle = format!("{SWAYIDLE}{sddm}");
    run(&[
        (ScreenLock, at("KDE", sddm), "screenLock: on (but restarting the computer gets past it without a password)"),
        (ScreenLock, at("sway", &swayidle), "screenLock: on (after 5 minutes, but restarting)"),
        (ScreenLock, at("sway", &swayidle), "screenLock: on ([Autologin] User=ann)"),
        (ScreenLock, at("sway", sddm), "screenLock: off (No idle daemon)"),
    ]);
}
