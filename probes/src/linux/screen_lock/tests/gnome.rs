//! GNOME, Budgie and Pantheon.

use super::{at, run};
use crate::linux::gsettings::tests::{dconf, schemas, system_dconf};
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

const GDM: &str = "@dbus system org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner [\"org.gnome.DisplayManager\"]\ntrue\n";

fn gnome_schemas() -> String {
    schemas(&[
        ("org.gnome.desktop.session", "/org/gnome/desktop/session/", &[("idle-delay", "300u")]),
        (
            "org.gnome.desktop.screensaver",
            "/org/gnome/desktop/screensaver/",
            &[("lock-enabled", "true"), ("lock-delay", "0u")],
        ),
        ("org.gnome.desktop.lockdown", "/org/gnome/desktop/lockdown/", &[("disable-lock-screen", "false")]),
    ])
}

fn gnome(rest: &str) -> String {
    at("GNOME", &format!("{}{rest}", gnome_schemas()))
}

const IDLE: &str = "/org/gnome/desktop/session/idle-delay";

const ENABLED: &str = "/org/gnome/desktop/screensaver/lock-enabled";

#[test]
fn gnome_locks_by_its_keys_and_only_with_gdm() {
    let set = |key, value| gnome(&format!("{GDM}{}", dconf(&[(key, value)])));
    let unowned = GDM.replace("true", "false");
    run(&[
        (ScreenLock, gnome(GDM), "screenLock: on (locks after 5 minutes)"),
        (ScreenIdle, gnome(GDM), "screenIdle: seconds 300 (after 5 minutes)"),
        (ScreenLock, at("GNOME", GDM), "screenLock: on inferred (the usual default is true)"),
        (ScreenIdle, at("GNOME", GDM), "screenIdle: seconds 300 inferred"),
        (ScreenLock, set(IDLE, "0u"), "screenLock: off (never goes idle)"),
        (ScreenIdle, set(IDLE, "0u"), "screenIdle: off (idle-delay is 0)"),
        (ScreenLock, set(IDLE, "90u"), "screenLock: on (locks after 90 seconds)"),
        (ScreenLock, set(ENABLED, "false"), "screenLock: off (lock-enabled is false)"),
        (ScreenIdle, set(ENABLED, "false"), "screenIdle: seconds 300"),
        (
            ScreenLock,
            set("/org/gnome/desktop/lockdown/disable-lock-screen", "true"),
            "screenLock: off (disable-lock-screen forbids)",
        ),
        (ScreenLock, set("/org/gnome/desktop/screensaver/lock-delay", "3600u"), "screenLock: on (after 65 minutes)"),
        (ScreenLock, gnome(&unowned), "screenLock: off (not started by GDM)"),
        (ScreenLock, gnome(""), "screenLock: unknown (Whether GDM runs could not be told)"),
        (ScreenIdle, gnome(""), "screenIdle: seconds 300"),
        (
            ScreenLock,
            gnome("@process 7 uid=0 name=gdm-session-wor gdm-session-worker\n@process 9 uid=1000 gnome-shell\n"),
            "screenLock: on inferred (gdm-session-wor)",
        ),
        (
            ScreenLock,
            gnome(&format!("{GDM}@process 7 uid=1000 firefox\n")),
            "screenLock: unknown (GNOME Shell does not run)",
        ),
        (
            ScreenLock,
            gnome(&format!(
                "{GDM}@dbus system org.freedesktop.Accounts /org/freedesktop/Accounts/User1000 org.freedesktop.DBus.Properties.Get [\"org.freedesktop.Accounts.User\",\"PasswordMode\"]\n2\n"
            )),
            "screenLock: off (no password)",
        ),
        (
            ScreenLock,
            gnome(&format!("{GDM}@denied /home/ann/.config/dconf/user\n")),
            "screenLock: unknown (may not be read)",
        ),
        (
            ScreenLock,
            gnome(&format!("{GDM}@file /home/ann/.config/dconf/user\nrubbish\n")),
            "screenLock: unknown (no GVDB file)",
        ),
        (ScreenIdle, gnome("@process 4 uid=1000 firefox"), "screenIdle: unknown (GNOME Shell does not run)"),
        (ScreenLock, set(ENABLED, "yes"), "screenLock: unknown (lock-enabled is 'yes')"),
    ]);
}

#[test]
fn an_administrators_lock_outweighs_the_user() {
    let profile = "@file /etc/dconf/profile/user\nuser-db:user\nsystem-db:local\n";
    let user = dconf(&[(IDLE, "0u")]);
    let locked = system_dconf("local", &[(IDLE, "600u")], &[IDLE]);
    let open = system_dconf("local", &[(IDLE, "600u")], &[]);
    run(&[
        (ScreenLock, gnome(&format!("{GDM}{profile}{user}{locked}")), "screenLock: on (locks after 10 minutes)"),
        (ScreenLock, gnome(&format!("{GDM}{profile}{user}{open}")), "screenLock: off (never goes idle)"),
        (ScreenLock, gnome(&format!("{GDM}{profile}{open}")), "screenLock: on (locks after 10 minutes)"),
    ]);
}

#[test]
fn desktops_with_gnomes_keys_need_their_own_locker() {
    let keys = gnome_schemas();
    run(&[
        (
            ScreenLock,
            at("Budgie:GNOME", &format!("{keys}@process 5 uid=1000 name=budgie-screensa budgie-screensaver")),
            "screenLock: on inferred",
        ),
        (ScreenLock, at("Budgie:GNOME", &keys), "screenLock: unknown (No program was seen)"),
        (
            ScreenLock,
            at("Budgie:GNOME", &format!("{keys}@process 5 uid=1000 swayidle timeout 120 'gtklock'")),
            "screenLock: on (locks after 2 minutes)",
        ),
        (
            ScreenLock,
            at("Budgie:GNOME", &format!("{keys}{}", dconf(&[(ENABLED, "false")]))),
            "screenLock: off (lock-enabled is false)",
        ),
        (ScreenLock, at("Pantheon", &format!("{keys}@process 5 uid=1000 gala")), "screenLock: on inferred"),
        (ScreenLock, at("Pantheon", &keys), "screenLock: unknown (Gala)"),
        (ScreenLock, at("Pantheon", &format!("{keys}{}", dconf(&[(IDLE, "0u")]))), "screenLock: off (never goes idle)"),
    ]);
}
