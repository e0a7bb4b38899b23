//! Lockers that wait for the X server, and what logind adds.

use super::{at, run};
use crate::linux::gsettings::tests::dconf;
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

const LIGHTDM: &str = "@link /etc/systemd/system/display-manager.service -> /lib/systemd/system/lightdm.service\n";
const LOCKER: &str = "@process 5 uid=1000 light-locker\n";

fn i3(process: &str, rest: &str) -> String {
    at("i3", &format!("@process 5 uid=1000 {process}\n{rest}\n"))
}

#[test]
fn light_locker_locks_some_time_after_the_x_servers_saver() {
    let xfce = |rest: &str| at("XFCE", &format!("{LOCKER}{LIGHTDM}{rest}\n"));
    let set = dconf(&[("/apps/light-locker/lock-after-screensaver", "60u")]);
    let sddm = LIGHTDM.replace("lightdm", "sddm");
    run(&[
        (
            ScreenLock,
            xfce("@x11 screensaver timeout=600 interval=600"),
            "screenLock: on inferred (10 minutes and 5 seconds)",
        ),
        (ScreenLock, xfce(&format!("@x11 screensaver timeout=600\n{set}")), "screenLock: on (after 11 minutes)"),
        (ScreenLock, xfce("@x11 screensaver timeout=0"), "screenLock: off (switched off)"),
        // The monitor's sleep starts the saver.
        (ScreenLock, xfce("@x11 screensaver timeout=0 dpms=300"), "screenLock: on inferred (5 minutes and 5 seconds)"),
        (ScreenIdle, xfce("@x11 screensaver timeout=600 interval=600"), "screenIdle: seconds 600"),
        (ScreenIdle, xfce("@x11 screensaver timeout=600 dpms=300"), "screenIdle: seconds 300"),
        (ScreenIdle, xfce("@x11 screensaver timeout=0"), "screenIdle: off (never blank)"),
        (ScreenLock, xfce(""), "screenLock: unknown (could not be asked)"),
        (ScreenLock, xfce("@x11 !timeout"), "screenLock: unknown (did not answer in time)"),
        (ScreenLock, xfce("@x11 !denied"), "screenLock: unknown (may not be read)"),
        (
            ScreenLock,
            at("XFCE", &format!("{LOCKER}{sddm}@x11 screensaver timeout=600\n")),
            "screenLock: off (only by way of LightDM)",
        ),
    ]);
}

#[test]
fn xss_lock_locks_with_the_x_servers_saver() {
    let on = "@x11 screensaver timeout=300 interval=10";
    let warns = "xss-lock -n /usr/libexec/dimmer -l -- i3lock";
    let plain = "xss-lock -- i3lock";
    run(&[
        (ScreenLock, i3("xss-lock -l -- i3lock -n", on), "screenLock: on (after 5 minutes)"),
        (ScreenIdle, i3("xss-lock -l -- i3lock -n", on), "screenIdle: seconds 300"),
        (ScreenLock, i3(plain, "@x11 screensaver timeout=0"), "screenLock: off (switched off)"),
        (ScreenLock, i3(plain, "@x11 screensaver timeout=0 dpms=600"), "screenLock: on (after 10 minutes)"),
        (ScreenLock, i3(plain, ""), "screenLock: unknown (could not be asked)"),
        (ScreenLock, i3(plain, "@x11 !timeout"), "screenLock: unknown (did not answer in time)"),
        // It warns at first and locks at the second picture.
        (ScreenLock, i3(warns, on), "screenLock: on (5 minutes and 10 seconds)"),
        (ScreenLock, i3(warns, "@x11 screensaver timeout=300"), "screenLock: unknown (warns first)"),
        (ScreenLock, i3(warns, "@x11 screensaver timeout=0"), "screenLock: off (switched off)"),
        (ScreenLock, i3(warns, "@x11 screensaver timeout=300 dpms=200"), "screenLock: on (3 minutes and 20 seconds)"),
        (
            ScreenLock,
            i3("xss-lock --ignore-xss -- i3lock", on),
            "screenLock: off (nothing in its settings locks the screen)",
        ),
        (ScreenLock, i3("xss-lock -- ~/lock.sh", on), "screenLock: unknown (runs ~/lock.sh)"),
        (ScreenLock, i3("xss-lock -- true", on), "screenLock: off"),
        // Blanking alone is no lock.
        (ScreenLock, at("i3", "@x11 screensaver timeout=300 dpms=300"), "screenLock: off (No idle daemon)"),
        (ScreenIdle, at("i3", "@x11 screensaver timeout=300 dpms=200"), "screenIdle: seconds 200"),
        (ScreenIdle, at("i3", "@x11 screensaver timeout=0"), "screenIdle: off (never blank)"),
        // Whoever is first makes it dark.
        (
            ScreenIdle,
            i3("xautolock -time 10 -locker i3lock", "@x11 screensaver timeout=300"),
            "screenIdle: seconds 300",
        ),
    ]);
}

#[test]
fn beneath_wayland_the_x_server_decides_nothing() {
    let rest = "@env XDG_SESSION_TYPE wayland\n@x11 screensaver timeout=300\n";
    run(&[
        (ScreenIdle, at("sway", rest), "screenIdle: off (never goes idle)"),
        (ScreenIdle, at("niri", rest), "screenIdle: off (never goes idle)"),
        (ScreenLock, at("niri", &format!("{rest}@process 5 uid=1000 xss-lock -- i3lock\n")), "screenLock: unknown"),
    ]);
}

#[test]
fn logind_acts_only_after_a_hint_and_only_with_somebody_who_heeds_it() {
    let get = |name: &str, value: &str| {
        format!(
            "@dbus system org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.DBus.Properties.Get [\"org.freedesktop.login1.Manager\",\"{name}\"]\n{value}\n"
        )
    };
    let does =
        |action: &str| format!("{}{}", get("IdleAction", &format!("\"{action}\"")), get("IdleActionUSec", "600000000"));
    let sway = |events: &str, rest: &str| at("sway", &format!("@process 5 uid=1000 swayidle {events}\n{rest}"));
    run(&[
        (ScreenLock, sway("idlehint 300 lock 'swaylock -f'", &does("lock")), "screenLock: on (after 15 minutes)"),
        (ScreenLock, sway("idlehint 300", &does("lock")), "screenLock: off (heeds it)"),
        (ScreenLock, sway("lock 'swaylock -f'", &does("lock")), "screenLock: off"),
        (ScreenLock, sway("idlehint 0 lock 'swaylock -f'", &does("lock")), "screenLock: off"),
        (ScreenLock, sway("idlehint 300 lock 'swaylock -f'", &does("ignore")), "screenLock: off"),
        (
            ScreenLock,
            sway("idlehint 300 before-sleep 'swaylock -f'", &does("suspend")),
            "screenLock: on (after 15 minutes)",
        ),
        (ScreenLock, sway("idlehint 300", &does("suspend")), "screenLock: off"),
        (ScreenLock, at("sway", &does("lock")), "screenLock: off (No idle daemon)"),
    ]);
}
