//! Every row of the decision tables, as recorded hosts.

use crate::host::fixture::check;
use crate::linux::gsettings::tests::{dconf, schemas, system_dconf};
use crate::practice::PracticeId::{self, ScreenIdle, ScreenLock};

/// A session of that desktop, with the user's own processes.
fn at(desktop: &str, rest: &str) -> String {
    format!("@platform linux\n@user 1000 ann /home/ann\n@env XDG_CURRENT_DESKTOP {desktop}\n{rest}\n")
}

fn run(cases: &[(PracticeId, String, &str)]) {
    for (practice, host, expected) in cases {
        check(*practice, host, expected);
    }
}

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
        (ScreenIdle, gnome("@process 4 uid=1000 firefox"), "screenIdle: unknown (GNOME Shell does not run)"),
    ]);
}

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
        (ScreenIdle, mate("/org/mate/session/idle-delay", "10i"), "screenIdle: seconds 600"),
        (ScreenLock, mate("/org/mate/session/idle-delay", "0i"), "screenLock: off (idle-delay is 0)"),
        (ScreenLock, mate("/org/mate/screensaver/lock-enabled", "false"), "screenLock: off (lock-enabled is false)"),
        (
            ScreenLock,
            mate("/org/mate/screensaver/idle-activation-enabled", "false"),
            "screenLock: off (idle-activation-enabled)",
        ),
        (ScreenLock, mate("/org/mate/lockdown/disable-lock-screen", "true"), "screenLock: off (disable-lock-screen)"),
        (ScreenLock, at("MATE", ""), "screenLock: off (mate-screensaver does not run)"),
    ]);
}

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
fn cosmic_says_when_it_blanks_but_not_whether_it_locks() {
    let with = |text: &str| {
        at("COSMIC", &format!("@file /home/ann/.config/cosmic/com.system76.CosmicIdle/v1/screen_off_time\n{text}\n"))
    };
    run(&[
        (ScreenLock, with("Some(900000)"), "screenLock: unknown (COSMIC does not say)"),
        (ScreenIdle, with("Some(900000)"), "screenIdle: seconds 900"),
        (ScreenIdle, with("None"), "screenIdle: off"),
        (ScreenIdle, with("What"), "screenIdle: unknown"),
        (ScreenIdle, at("COSMIC", ""), "screenIdle: unknown"),
    ]);
}

#[test]
fn without_a_graphical_session_there_is_nothing_to_lock() {
    let bare = "@platform linux\n@user 1000 ann /home/ann\n";
    run(&[
        (ScreenLock, bare.to_owned(), "screenLock: unsupported (not in a graphical session)"),
        (ScreenIdle, bare.to_owned(), "screenIdle: unsupported (not in a graphical session)"),
        (ScreenLock, format!("{bare}@process !denied\n"), "screenLock: unknown (may not be read)"),
        (ScreenLock, at("GNOME", "@file /.flatpak-info\nx\n"), "screenLock: unknown (sandbox)"),
        (ScreenLock, at("GNOME", "@file /.dockerenv\n"), "screenLock: unknown (Whether GDM runs)"),
        (ScreenLock, at("KDE", "@file /.dockerenv\n"), "screenLock: on inferred"),
        (ScreenLock, format!("{bare}@file /.dockerenv\n"), "screenLock: unsupported"),
        (
            ScreenLock,
            at("GNOME", "@file /proc/sys/kernel/osrelease\n5.15.1-microsoft-standard-WSL2\n"),
            "screenLock: unsupported (Windows)",
        ),
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
