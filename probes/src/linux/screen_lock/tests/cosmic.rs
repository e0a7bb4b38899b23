//! COSMIC.

use super::{at, run};
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

#[test]
fn cosmic_locks_when_it_blanks_or_sleeps() {
    let both = "@process 5 uid=1000 cosmic-idle\n@process 6 uid=1000 cosmic-greeter\n";
    let key =
        |name: &str, text: &str| format!("@file /home/ann/.config/cosmic/com.system76.CosmicIdle/v1/{name}\n{text}\n");
    let with = |rest: &str| at("COSMIC", &format!("{both}{rest}"));
    let action = |command: &str| {
        format!(
            "@file /home/ann/.config/cosmic/com.system76.CosmicSettings.Shortcuts/v1/system_actions\n{{\n    LockScreen: \"{command}\",\n}}\n"
        )
    };
    let never = key("screen_off_time", "None");
    let awake = format!("{never}{}", key("suspend_on_ac_time", "None"));
    let battery = "@file /sys/class/power_supply/BAT0/type\nBattery\n";
    run(&[
        (ScreenLock, with(""), "screenLock: on inferred (after 15 minutes)"),
        (ScreenIdle, with(""), "screenIdle: seconds 900"),
        (ScreenLock, with(&key("screen_off_time", "Some(300000)")), "screenLock: on inferred (after 5 minutes)"),
        (ScreenIdle, with(&key("screen_off_time", "Some(300000)")), "screenIdle: seconds 300"),
        (ScreenIdle, with(&never), "screenIdle: off"),
        // It still locks before it sleeps.
        (ScreenLock, with(&never), "screenLock: on inferred (after 30 minutes)"),
        (ScreenLock, with(&awake), "screenLock: off (never switch the screen off)"),
        (ScreenLock, with(&format!("{awake}{battery}")), "screenLock: off (never switch the screen off)"),
        (ScreenLock, with(&key("screen_off_time", "What")), "screenLock: unknown (it says What)"),
        (ScreenIdle, with(&key("screen_off_time", "What")), "screenIdle: unknown"),
        (ScreenLock, with(&action("swaylock -f")), "screenLock: on inferred (after 15 minutes)"),
        (ScreenLock, with(&action("my-locker")), "screenLock: unknown (runs my-locker)"),
        (ScreenLock, with(&action("true")), "screenLock: on inferred (after 30 minutes)"),
        (ScreenLock, at("COSMIC", ""), "screenLock: unknown (cosmic-idle)"),
        (ScreenLock, at("COSMIC", "@process 5 uid=1000 cosmic-idle\n"), "screenLock: unknown (cosmic-greeter)"),
        (ScreenIdle, at("COSMIC", ""), "screenIdle: unknown"),
    ]);
}
