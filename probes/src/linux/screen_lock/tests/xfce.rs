//! Xfce, and XScreenSaver.

use super::{at, run};
use crate::linux::gsettings::tests::dconf;
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

const XFCE_SAVER: &str = "@process 5 uid=1000 name=xfce4-screensav xfce4-screensaver\n";

fn xfce(properties: &str) -> String {
    at(
        "XFCE",
        &format!(
            "{XFCE_SAVER}@file /home/ann/.config/xfce4/xfconf/xfce-perchannel-xml/xfce4-screensaver.xml\n<channel name=\"xfce4-screensaver\">{properties}</channel>\n"
        ),
    )
}

/// Properties inside one another, the last with a value.
fn nested(path: &str, value: &str) -> String {
    let mut parts = path.split('/').rev();
    let last = parts.next().unwrap_or_default();
    let inner = format!("<property name=\"{last}\" type=\"x\" value=\"{value}\"/>");
    parts.fold(inner, |inner, name| format!("<property name=\"{name}\" type=\"empty\">{inner}</property>"))
}

#[test]
fn xfce_locks_by_the_locker_that_runs() {
    let set = |path, value| xfce(&nested(path, value));
    let light = "@process 5 uid=1000 light-locker\n";
    run(&[
        (ScreenLock, at("XFCE", ""), "screenLock: off (No screen locker runs)"),
        (ScreenIdle, at("XFCE", ""), "screenIdle: unknown (X server decides)"),
        (ScreenLock, at("XFCE", XFCE_SAVER), "screenLock: on (after 5 minutes)"),
        (ScreenIdle, at("XFCE", XFCE_SAVER), "screenIdle: seconds 300"),
        (ScreenLock, set("saver/idle-activation/delay", "10"), "screenLock: on (after 10 minutes)"),
        (ScreenLock, set("lock/saver-activation/delay", "2"), "screenLock: on (after 7 minutes)"),
        (ScreenLock, set("saver/enabled", "false"), "screenLock: off (switched off)"),
        (
            ScreenLock,
            set("saver/idle-activation/enabled", "false"),
            "screenLock: off (does not start when the computer is idle)",
        ),
        (ScreenLock, set("lock/enabled", "false"), "screenLock: off (screen lock is switched off)"),
        (ScreenLock, set("lock/saver-activation/enabled", "false"), "screenLock: off (set not to lock)"),
        (ScreenLock, set("lock/enabled", "perhaps"), "screenLock: unknown (/lock/enabled is perhaps)"),
        (ScreenLock, xfce("<property"), "screenLock: unknown (could not be understood)"),
        (
            ScreenLock,
            at(
                "XFCE",
                &format!(
                    "{XFCE_SAVER}@file /home/ann/.config/xfce4/xfconf/xfce-perchannel-xml/xfce4-power-manager.xml\n<channel>{}</channel>\n",
                    nested("xfce4-power-manager/presentation-mode", "true")
                ),
            ),
            "screenLock: off (Presentation mode is on)",
        ),
        (
            ScreenLock,
            format!(
                "{}@file /etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-screensaver.xml\n<channel locked=\"*\">{}</channel>\n",
                set("lock/enabled", "false"),
                nested("lock/enabled", "true")
            ),
            "screenLock: on",
        ),
        (ScreenLock, at("XFCE", light), "screenLock: unknown (X server decides)"),
        (
            ScreenLock,
            at("XFCE", &format!("{light}{}", dconf(&[("/apps/light-locker/lock-after-screensaver", "0u")]))),
            "screenLock: off (lock-after-screensaver is 0)",
        ),
        (
            ScreenLock,
            at("XFCE", "@process 5 uid=1000 light-locker --lock-after-screensaver=0\n"),
            "screenLock: off (lock-after-screensaver is 0)",
        ),
        (ScreenLock, at("XFCE", "@process 5 uid=1001 light-locker\n"), "screenLock: off (No screen locker runs)"),
        (ScreenLock, at("XFCE", "@process !denied"), "screenLock: unknown (may not be read)"),
    ]);
}

#[test]
fn xscreensaver_locks_only_when_told_to() {
    let with = |lines: &str| {
        at("XFCE", &format!("@process 5 uid=1000 xscreensaver -no-splash\n@file /home/ann/.xscreensaver\n{lines}\n"))
    };
    run(&[
        (
            ScreenLock,
            with("timeout:\t0:10:00\nlock:\t\tTrue\nlockTimeout:\t0:01:00\nmode:\t\trandom"),
            "screenLock: on (after 11 minutes)",
        ),
        (ScreenIdle, with("timeout:\t0:10:00\nlock:\t\tTrue"), "screenIdle: seconds 600"),
        (ScreenLock, with("lock:\tFalse"), "screenLock: off (lock is False)"),
        (ScreenLock, with("mode:\tblank"), "screenLock: off (lock is False)"),
        (ScreenLock, with("lock:\tTrue\nmode:\toff"), "screenLock: off (mode is off)"),
        (ScreenLock, with("lock:\tTrue\ntimeout:\tsoon"), "screenLock: unknown (timeout is soon)"),
        (
            ScreenLock,
            at("XFCE", "@process 5 uid=1000 xscreensaver\n@file /etc/X11/app-defaults/XScreenSaver\n*lock: True"),
            "screenLock: on (after 10 minutes)",
        ),
        (ScreenLock, at("XFCE", "@process 5 uid=1000 xscreensaver\n"), "screenLock: off (lock is False)"),
    ]);
}
