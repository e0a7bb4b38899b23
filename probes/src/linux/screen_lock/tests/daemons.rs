//! Window managers and their idle daemons.

use super::{at, run};
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

fn sway(processes: &str) -> String {
    at("sway", processes)
}

#[test]
fn window_managers_lock_by_the_idle_daemon_that_runs() {
    let config = "@process 5 uid=1000 swayidle -w\n@file /home/ann/.config/swayidle/config\n";
    run(&[
        (ScreenLock, sway(""), "screenLock: off (No idle daemon)"),
        (ScreenIdle, sway(""), "screenIdle: off (never goes idle)"),
        (ScreenLock, at("i3", ""), "screenLock: off (No idle daemon)"),
        (ScreenIdle, at("i3", ""), "screenIdle: unknown (X server decides)"),
        (ScreenLock, at("niri", ""), "screenLock: off (No idle daemon)"),
        (ScreenLock, at("KDE", "@process 5 uid=1000 niri"), "screenLock: off (No idle daemon)"),
        (ScreenLock, at("GNOME", "@process 5 uid=1000 sway"), "screenLock: off (No idle daemon)"),
        (ScreenLock, at("FancyWM", ""), "screenLock: unknown (does not know how FancyWM)"),
        (
            ScreenLock,
            at("FancyWM", "@process 5 uid=1000 swayidle timeout 60 swaylock"),
            "screenLock: on (after 1 minute)",
        ),
        (
            ScreenLock,
            sway("@process 5 uid=1000 swayidle -w timeout 300 'swaylock -f'"),
            "screenLock: on (after 5 minutes)",
        ),
        (
            ScreenIdle,
            sway(
                "@process 5 uid=1000 swayidle -w timeout 300 'swaylock -f' timeout 200 'swaymsg \"output * dpms off\"'",
            ),
            "screenIdle: seconds 200",
        ),
        (
            ScreenLock,
            sway(
                "@process 5 uid=1000 swayidle -w timeout 600 'swaymsg \"output * power off\"' before-sleep 'swaylock -f'",
            ),
            "screenLock: off (nothing in its settings locks)",
        ),
        (
            ScreenLock,
            sway("@process 5 uid=1000 swayidle timeout 900 'systemctl suspend' before-sleep 'swaylock -f'"),
            "screenLock: on (after 15 minutes)",
        ),
        (
            ScreenLock,
            sway("@process 5 uid=1000 swayidle timeout 300 '~/bin/lock.sh'"),
            "screenLock: unknown (runs ~/bin/lock.sh)",
        ),
        (
            ScreenLock,
            sway("@process 5 uid=1000 swayidle timeout 300 'loginctl lock-session'"),
            "screenLock: off (no program that runs heeds it)",
        ),
        (
            ScreenLock,
            sway("@process 5 uid=1000 swayidle timeout 300 'loginctl lock-session' lock 'swaylock -f'"),
            "screenLock: on (after 5 minutes)",
        ),
        (ScreenLock, sway("@process 5 uid=1000 swayidle timeout 0 'swaylock -f'"), "screenLock: off"),
        (
            ScreenLock,
            sway("@process 5 uid=1001 swayidle timeout 300 'swaylock -f'"),
            "screenLock: off (No idle daemon)",
        ),
        (
            ScreenLock,
            sway(&format!("{config}timeout 300 'swaylock -f -c 000000'\nbefore-sleep 'swaylock -f'\n")),
            "screenLock: on inferred (after 5 minutes)",
        ),
        (
            ScreenLock,
            sway("@process 5 uid=1000 swayidle -C /x/idle\n@file /x/idle\ntimeout 60 hyprlock\n"),
            "screenLock: on inferred (after 1 minute)",
        ),
        (
            ScreenLock,
            sway("@process 5 uid=1000 swayidle\n@denied /home/ann/.config/swayidle/config\n"),
            "screenLock: unknown (may not be read)",
        ),
        (ScreenLock, sway("@process 5 uid=1000 name=swayidle ''"), "screenLock: off"),
        (ScreenLock, sway("@process 5 uid=1000 stasis"), "screenLock: unknown (rules of its own)"),
        (ScreenLock, sway("@process 5 uid=1000 swaylock -f"), "screenLock: off (No idle daemon)"),
        (
            ScreenLock,
            at("i3", "@process 5 uid=1000 xss-lock -l -- i3lock -c 000000"),
            "screenLock: unknown (X server decides)",
        ),
        (
            ScreenLock,
            at("i3", "@process 5 uid=1000 xautolock -time 7 -locker 'i3lock -n'"),
            "screenLock: on (after 7 minutes)",
        ),
        (ScreenLock, at("i3", "@process 5 uid=1000 xautolock"), "screenLock: on inferred (after 10 minutes)"),
        (
            ScreenLock,
            at("i3", "@process 5 uid=1000 xidlehook --timer 60 'xset dpms force off' '' --timer 30 i3lock ''"),
            "screenLock: on (after 90 seconds)",
        ),
        (
            ScreenLock,
            at("i3", "@process 5 uid=1000 xidlehook --timer normal 60 i3lock ''"),
            "screenLock: on (after 1 minute)",
        ),
        (
            ScreenLock,
            at(
                "i3",
                "@process 5 uid=1000 xautolock -time 5 -locker 'loginctl lock-session'\n@process 6 uid=1000 xss-lock -n /x/dim -- i3lock",
            ),
            "screenLock: on (after 5 minutes)",
        ),
    ]);
}

#[test]
fn hypridle_is_read_with_what_it_names() {
    let with = |text: &str| {
        at("Hyprland", &format!("@process 5 uid=1000 hypridle\n@file /home/ann/.config/hypr/hypridle.conf\n{text}\n"))
    };
    let general = "general {\n    lock_cmd = pidof hyprlock || hyprlock\n}\n";
    let listener = "listener {\n    timeout = 300\n    on-timeout = loginctl lock-session\n}\n";
    run(&[
        (ScreenLock, with(&format!("{general}{listener}")), "screenLock: on inferred (after 5 minutes)"),
        (ScreenIdle, with(&format!("{general}{listener}")), "screenIdle: seconds 300 inferred"),
        (ScreenLock, with(listener), "screenLock: off (no program that runs heeds it)"),
        (ScreenLock, with(general), "screenLock: off (nothing in its settings locks)"),
        (
            ScreenLock,
            with("$lock = hyprlock\nlistener {\ntimeout = 60\non-timeout = $lock\n}"),
            "screenLock: on inferred (after 1 minute)",
        ),
        (ScreenLock, with(&format!("# {}", listener.replace('\n', "\n# "))), "screenLock: off"),
        (
            ScreenLock,
            with(
                "source = ./more.conf\n@file /home/ann/.config/hypr/more.conf\nlistener {\ntimeout = 60\non-timeout = hyprlock\n}",
            ),
            "screenLock: on inferred (after 1 minute)",
        ),
        (ScreenLock, with("source = ~/*.conf"), "screenLock: unknown (could not be followed)"),
        (
            ScreenLock,
            at("Hyprland", "@process 5 uid=1000 hypridle"),
            "screenLock: unknown (configuration was not found)",
        ),
        (
            ScreenLock,
            at(
                "Hyprland",
                "@process 5 uid=1000 hypridle -c /x/a\n@file /x/a\nlistener {\ntimeout = 60\non-timeout = hyprlock\n}",
            ),
            "screenLock: on inferred",
        ),
        (ScreenLock, at("Hyprland", ""), "screenLock: off (No idle daemon)"),
    ]);
}

#[test]
fn seconds_without_a_password_count_until_the_lock() {
    let line = |locker: &str| format!("@process 5 uid=1000 swayidle timeout 60 '{locker}'\n");
    let settings = "@file /home/ann/.config/hypr/hyprlock.conf\ngeneral {\n    grace = 20\n}\n";
    run(&[
        (ScreenLock, at("sway", &line("hyprlock")), "screenLock: on (after 1 minute)"),
        (ScreenLock, at("sway", &line("hyprlock --grace 15")), "screenLock: on (after 75 seconds)"),
        (ScreenLock, at("sway", &line("swaylock --grace=15 -f")), "screenLock: on (after 75 seconds)"),
        (ScreenLock, at("sway", &(line("hyprlock") + settings)), "screenLock: on (grace = 20)"),
        (ScreenLock, at("sway", &(line("swaylock") + settings)), "screenLock: on (after 1 minute)"),
        (ScreenIdle, at("sway", &(line("hyprlock") + settings)), "screenIdle: seconds 60"),
    ]);
}
