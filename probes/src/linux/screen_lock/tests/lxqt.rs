//! LXQt.

use super::{at, run};
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

fn lxqt(lines: &str, rest: &str) -> String {
    at("LXQt", &format!("@file /home/ann/.config/lxqt/lxqt-powermanagement.conf\n[General]\n{lines}\n{rest}"))
}

#[test]
fn lxqt_locks_by_its_idleness_watcher() {
    let runs = "@process 5 uid=1000 name=lxqt-powermanag lxqt-powermanagement\n";
    let command = "@file /home/ann/.config/lxqt/session.conf\n[General]\nlock_command=i3lock\n";
    let both = format!("{runs}{command}");
    let battery = format!("{both}@file /sys/class/power_supply/BAT0/type\nBattery\n");
    let mouse = format!("{battery}@file /sys/class/power_supply/BAT0/scope\nDevice\n");
    let lock =
        "enableIdlenessWatcher=true\nidlenessACAction=-2\nidlenessACTime=@Variant(\\0\\0\\0\\xf\\0\\r\\xbb\\xa0)";
    run(&[
        (ScreenLock, at("LXQt", runs), "screenLock: off (idleness watcher is switched off)"),
        (ScreenLock, lxqt("enableIdlenessWatcher=false", &both), "screenLock: off (idleness watcher is switched off)"),
        (ScreenLock, lxqt(lock, &both), "screenLock: on inferred (after 15 minutes)"),
        (ScreenIdle, lxqt(lock, &both), "screenIdle: seconds 900"),
        (ScreenLock, lxqt(&lock.replace("-2", "0"), &both), "screenLock: off (not to lock the screen)"),
        (ScreenLock, lxqt(lock, &battery), "screenLock: off (not on battery)"),
        (ScreenLock, lxqt(lock, &mouse), "screenLock: on inferred"),
        (
            ScreenLock,
            lxqt("enableIdlenessWatcher=true\nidlenessAction=-2\nidlenessTimeSecs=600", &both),
            "screenLock: on inferred (after 10 minutes)",
        ),
        (ScreenLock, lxqt(lock, command), "screenLock: off (lxqt-powermanagement does not run)"),
        (ScreenLock, lxqt(lock, runs), "screenLock: unknown (no program was found)"),
        (
            ScreenLock,
            lxqt("enableIdlenessWatcher=true\nidlenessACAction=-2\nidlenessACTime=soon", &both),
            "screenLock: unknown (idlenessACTime is soon)",
        ),
        (
            ScreenLock,
            at("LXQt", "@process 5 uid=1000 xscreensaver\n@file /home/ann/.xscreensaver\nlock: True\n"),
            "screenLock: on (after 10 minutes)",
        ),
    ]);
}
