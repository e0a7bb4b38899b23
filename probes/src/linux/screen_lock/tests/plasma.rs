//! Plasma.

use super::{at, run};
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

fn plasma(user: &str) -> String {
    at("KDE", &format!("@file /home/ann/.config/kscreenlockerrc\n{user}\n"))
}

#[test]
fn plasma_locks_by_kscreenlockerrc() {
    run(&[
        (ScreenLock, at("KDE", ""), "screenLock: on (locks after 5 minutes and 5 seconds)"),
        (ScreenIdle, at("KDE", ""), "screenIdle: seconds 300"),
        (ScreenLock, plasma("[Daemon]\nLockGrace=0\nTimeout=10"), "screenLock: on (after 10 minutes)"),
        (ScreenLock, plasma("[Daemon]\nLockGrace=0\nTimeout=0.5"), "screenLock: on (after 30 seconds)"),
        (ScreenLock, plasma("[Daemon]\nAutolock=false"), "screenLock: off (Autolock is false)"),
        (ScreenIdle, plasma("[Daemon]\nAutolock=false"), "screenIdle: unknown (power settings do not say)"),
        (
            ScreenIdle,
            plasma(
                "[Daemon]\nAutolock=false\n@file /home/ann/.config/powerdevilrc\n[AC][Display]\nTurnOffDisplayIdleTimeoutSec=600",
            ),
            "screenIdle: seconds 600",
        ),
        (
            ScreenIdle,
            plasma(
                "[Daemon]\nAutolock=false\n@file /home/ann/.config/powerdevilrc\n[AC][Display]\nTurnOffDisplayWhenIdle=false",
            ),
            "screenIdle: off (never switch the screen off)",
        ),
        (ScreenLock, plasma("[Daemon]\nTimeout=0"), "screenLock: off (Timeout is 0)"),
        (ScreenLock, plasma("[Daemon]\nLock=false"), "screenLock: off (no password is asked for)"),
        (ScreenLock, plasma("[Daemon]\nRequirePassword=false"), "screenLock: off (no password is asked for)"),
        (ScreenLock, plasma("[Daemon]\nTimeout=soon"), "screenLock: unknown (Timeout is soon)"),
        (ScreenLock, plasma("[Daemon]\nLockOnResume=false"), "screenLock: on"),
        (
            ScreenLock,
            plasma("[Daemon]\nAutolock=false\n@file /etc/xdg/kscreenlockerrc\n[Daemon][$i]\nAutolock=true"),
            "screenLock: on",
        ),
        (
            ScreenLock,
            plasma("[Daemon]\nAutolock=true\n@file /etc/xdg/kscreenlockerrc\n[Daemon]\nAutolock=false"),
            "screenLock: on",
        ),
        (ScreenLock, at("KDE", "@denied /home/ann/.config/kscreenlockerrc"), "screenLock: unknown (may not be read)"),
        (ScreenLock, at("KDE", "@process 4 uid=1000 plasmashell"), "screenLock: on"),
        (ScreenLock, at("KDE", "@process 4 uid=1000 firefox"), "screenLock: unknown (no part of Plasma runs)"),
        (ScreenIdle, at("KDE", "@process 4 uid=1000 firefox"), "screenIdle: unknown (no part of Plasma runs)"),
    ]);
}
