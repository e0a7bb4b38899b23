//! Cinnamon and MATE.

use super::{at, run};
use crate::linux::gsettings::tests::dconf;
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

#[test]
fn cinnamon_and_mate_lock_by_their_keys() {
    let cinnamon = |key, value| {
        at(
            "X-Cinnamon",
            &format!(
                "@process 5 uid=1000 name=cinnamon-screen python3 cinnamon-screensaver\n{}",
                dconf(&[(key, value)])
            ),
        )
    };
    let mate = |key, value| {
        at("MATE", &format!("@process 5 uid=1000 name=mate-screensave mate-screensaver\n{}", dconf(&[(key, value)])))
    };
    run(&[
        (ScreenLock, cinnamon("/x", "true"), "screenLock: on inferred (after 15 minutes)"),
        (ScreenIdle, cinnamon("/org/cinnamon/desktop/session/idle-delay", "600u"), "screenIdle: seconds 600"),
        (ScreenLock, cinnamon("/org/cinnamon/desktop/session/idle-delay", "0u"), "screenLock: off (idle-delay is 0)"),
        (ScreenIdle, cinnamon("/org/cinnamon/desktop/session/idle-delay", "0u"), "screenIdle: off"),
        (
            ScreenLock,
            cinnamon("/org/cinnamon/desktop/screensaver/lock-enabled", "false"),
            "screenLock: off (lock-enabled is false)",
        ),
        (
            ScreenLock,
            cinnamon("/org/cinnamon/desktop/lockdown/disable-lock-screen", "true"),
            "screenLock: off (disable-lock-screen)",
        ),
        (
            ScreenLock,
            cinnamon("/org/cinnamon/desktop/screensaver/idle-activation-enabled", "false"),
            "screenLock: off (idle-activation-enabled)",
        ),
        (ScreenLock, at("X-Cinnamon", ""), "screenLock: unknown (its locker was not found)"),
        (
            ScreenLock,
            at("X-Cinnamon", "@file /usr/share/dbus-1/services/org.cinnamon.ScreenSaver.service\nx"),
            "screenLock: on inferred",
        ),
        (ScreenLock, mate("/x", "true"), "screenLock: on inferred (after 5 minutes)"),
        (ScreenLock, mate("/org/mate/screensaver/lock-delay", "2i"), "screenLock: on inferred (after 7 minutes)"),
        (ScreenIdle, mate("/org/mate/desktop/session/idle-delay", "10i"), "screenIdle: seconds 600"),
        (ScreenLock, mate("/org/mate/desktop/session/idle-delay", "0i"), "screenLock: off (idle-delay is 0)"),
        (ScreenLock, mate("/org/mate/screensaver/lock-enabled", "false"), "screenLock: off (lock-enabled is false)"),
        (
            ScreenLock,
            mate("/org/mate/screensaver/idle-activation-enabled", "false"),
            "screenLock: off (idle-activation-enabled)",
        ),
        (
            ScreenLock,
            mate("/org/mate/desktop/lockdown/disable-lock-screen", "true"),
            "screenLock: off (disable-lock-screen)",
        ),
        (ScreenLock, at("MATE", ""), "screenLock: off (mate-screensaver does not run)"),
    ]);
}
