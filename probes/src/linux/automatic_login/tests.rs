//! Every row of the decision table, as recorded hosts.

use crate::host::fixture::check;
use crate::practice::PracticeId::AutomaticLogin;

/// A machine on which systemd starts that program at the screen.
fn with(manager: &str, rest: &str) -> String {
    format!(
        "@platform linux\n@user 1000 ann /home/ann\n@dir /run/systemd/system\n\
         @link /etc/systemd/system/display-manager.service -> /usr/lib/systemd/system/{manager}.service\n{rest}\n"
    )
}

fn run(cases: &[(String, &str)]) {
    for (host, expected) in cases {
        check(AutomaticLogin, host, expected);
    }
}

const ON: &str = "automaticLogin: on (logs ann in without a password)";
const OFF: &str = "automaticLogin: off";

#[test]
fn gdm_needs_the_switch_and_a_name() {
    let gdm = |lines: &str| with("gdm", &format!("@file /etc/gdm/custom.conf\n{lines}\n"));
    run(&[
        (gdm("[daemon]\nAutomaticLoginEnable=True\nAutomaticLogin=ann"), ON),
        (gdm("[daemon]\nAutomaticLoginEnable = 1\nAutomaticLogin = ann"), ON),
        (gdm("[daemon]\nTimedLoginEnable=true\nTimedLogin=ann\nTimedLoginDelay=0"), ON),
        (gdm("[daemon]\nAutomaticLoginEnable=true\n# AutomaticLogin=ann"), OFF),
        (gdm("[daemon]\nAutomaticLoginEnable=false\nAutomaticLogin=ann"), OFF),
        (gdm("[daemon]\n#  AutomaticLoginEnable = true\n#  AutomaticLogin = user1"), OFF),
        (gdm("[security]\nAutomaticLoginEnable=true\nAutomaticLogin=ann"), OFF),
        (gdm("[daemon]\nAutomaticLoginEnable=true\nAutomaticLogin="), OFF),
        (with("gdm3", "@file /etc/gdm3/daemon.conf\n[daemon]\nAutomaticLoginEnable=true\nAutomaticLogin=ann"), ON),
        (with("gdm3", "@file /etc/gdm3/custom.conf\n[daemon]\nAutomaticLoginEnable=true\nAutomaticLogin=ann"), ON),
        (with("gdm", ""), OFF),
        (with("gdm", "@denied /etc/gdm/custom.conf"), "automaticLogin: unknown (may not be read)"),
    ]);
}

#[test]
fn accounts_service_tells_where_gdms_file_may_not_be_read() {
    let says = |users: &str, rest: &str| {
        with(
            "gdm",
            &format!(
                "{rest}@dbus system org.freedesktop.Accounts /org/freedesktop/Accounts org.freedesktop.DBus.Properties.Get [\"org.freedesktop.Accounts\",\"AutomaticLoginUsers\"]\n{users}\n\
                 @dbus system org.freedesktop.Accounts /org/freedesktop/Accounts/User1000 org.freedesktop.DBus.Properties.Get [\"org.freedesktop.Accounts.User\",\"UserName\"]\n\"ann\"\n"
            ),
        )
    };
    let denied = "@denied /etc/gdm/custom.conf\n";
    run(&[
        (says("[\"/org/freedesktop/Accounts/User1000\"]", denied), ON),
        (says("[]", denied), "automaticLogin: off inferred (nobody)"),
        (says("[]", ""), OFF),
    ]);
}

#[test]
fn sddm_needs_a_name_and_the_last_file_wins() {
    let sddm = |rest: &str| with("sddm", rest);
    run(&[
        (sddm("@file /etc/sddm.conf\n[Autologin]\nUser=ann\nSession=plasma"), ON),
        // The last session is started then.
        (sddm("@file /etc/sddm.conf\n[Autologin]\nUser=ann"), "automaticLogin: on inferred (logs ann in)"),
        (sddm("@file /etc/sddm.conf\n[Users]\nUser=ann\nSession=plasma"), OFF),
        (sddm("@file /etc/sddm.conf\n[Autologin]\n#User=ann\nSession=plasma"), OFF),
        (sddm("@file /etc/sddm.conf\n[Autologin]\nUser= # ann\nSession=plasma"), OFF),
        (sddm("@file /etc/sddm.conf.d/kde_settings.conf\n[Autologin]\nRelogin=false\nSession=plasma\nUser=ann"), ON),
        (
            sddm(
                "@file /usr/lib/sddm/sddm.conf.d/00.conf\n[Autologin]\nUser=ann\nSession=plasma\n@file /etc/sddm.conf\n[Autologin]\nUser=",
            ),
            OFF,
        ),
        // SDDM reads backups, too.
        (sddm("@file /etc/sddm.conf.d/a.conf.bak\n[Autologin]\nUser=ann\nSession=plasma"), ON),
        (sddm("@denied /etc/sddm.conf.d/x.conf"), "automaticLogin: unknown (may not be read)"),
        (
            with("plasmalogin", "@file /etc/plasmalogin.conf\n[Autologin]\nUser=ann\nSession=plasma"),
            "automaticLogin: on (Plasma Login Manager logs ann in)",
        ),
    ]);
}

#[test]
fn lightdm_reads_the_sections_of_its_seats() {
    let light = |lines: &str| with("lightdm", &format!("@file /etc/lightdm/lightdm.conf\n{lines}\n"));
    run(&[
        (light("[Seat:*]\nautologin-user=ann"), ON),
        (light("[SeatDefaults]\nautologin-user=ann"), ON),
        (light("[Seat:seat0]\nautologin-user=ann"), ON),
        (light("[LightDM]\nautologin-user=ann"), OFF),
        (light("[Seat:*]\n#autologin-user=\n#autologin-user=ann"), OFF),
        (light("[Seat:*]\nautologin-user="), OFF),
        (light("[Seat:*]\nautologin-guest=true"), "automaticLogin: on (guest session)"),
        (light("[Seat:*]\nautologin-guest=false"), OFF),
        (with("lightdm", "@file /usr/share/lightdm/lightdm.conf.d/60-x.conf\n[Seat:*]\nautologin-user=ann"), ON),
        (with("lightdm", "@file /etc/lightdm/lightdm.conf.d/60-x.conf.bak\n[Seat:*]\nautologin-user=ann"), OFF),
        (
            with(
                "lightdm",
                "@file /etc/lightdm/lightdm.conf.d/60-x.conf\n[Seat:*]\nautologin-user=ann\n@file /etc/lightdm/lightdm.conf\n[Seat:*]\nautologin-user=",
            ),
            OFF,
        ),
    ]);
}

#[test]
fn greetd_starts_a_person_or_a_greeter() {
    let greetd = |lines: &str| {
        with(
            "greetd",
            &format!(
                "@file /etc/passwd\ngreeter:x:967:967::/:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n@file /etc/greetd/config.toml\n{lines}\n"
            ),
        )
    };
    run(&[
        (greetd("[initial_session]\ncommand = \"sway\"\nuser = \"ann\" # me"), ON),
        (greetd("[default_session]\ncommand = \"agreety --cmd sway\"\nuser = \"greeter\""), OFF),
        (greetd("[default_session]\ncommand = \"sway --config /etc/sway/login\"\nuser = \"greeter\""), OFF),
        (greetd("[default_session]\ncommand = \"Hyprland\"\nuser = \"ann\""), ON),
        (greetd("[default_session]\ncommand = \"tuigreet --cmd sway\"\nuser = \"ann\""), OFF),
        (greetd("#[initial_session]\n#command = \"sway\"\n#user = \"ann\""), OFF),
        (
            with(
                "greetd",
                "@file /etc/systemd/system/greetd.service\n[Service]\nExecStart=/nix/store/a-greetd/bin/greetd --config /nix/store/b-greetd.toml\n@file /nix/store/b-greetd.toml\n[initial_session]\ncommand=\"sway\"\nuser=\"ann\"",
            ),
            ON,
        ),
    ]);
}

#[test]
fn lxdm_slim_and_open_suse_have_files_of_their_own() {
    run(&[
        (with("lxdm", "@file /etc/lxdm/lxdm.conf\n[base]\nautologin=ann"), ON),
        (with("lxdm", "@file /etc/lxdm/lxdm.conf\n[base]\n# autologin=dgod"), OFF),
        (with("slim", "@file /etc/slim.conf\ndefault_user        ann\nauto_login          yes"), ON),
        (with("slim", "@file /etc/slim.conf\ndefault_user        ann\n#auto_login          yes"), OFF),
        (with("slim", "@file /etc/slim.conf\n# default_user simone\nauto_login yes"), OFF),
        (with("gdm", "@file /etc/sysconfig/displaymanager\nDISPLAYMANAGER_AUTOLOGIN=\"ann\""), ON),
        (with("sddm", "@file /etc/sysconfig/displaymanager\nDISPLAYMANAGER_AUTOLOGIN=\"ann\""), ON),
        (with("sddm", "@file /etc/sysconfig/displaymanager\nDISPLAYMANAGER_AUTOLOGIN=\"\""), OFF),
    ]);
}

#[test]
fn a_text_console_may_log_somebody_in() {
    let bare = |rest: &str| format!("@platform linux\n@process 1 uid=0 systemd\n@dir /run/systemd/system\n{rest}\n");
    let drop_in = "@file /etc/systemd/system/getty@tty1.service.d/autologin.conf\n[Service]\nExecStart=\n";
    run(&[
        (
            bare(&format!("{drop_in}ExecStart=-/sbin/agetty -o '-p -f -- \\\\u' --noclear --autologin ann %I $TERM")),
            "automaticLogin: on (text console logs ann in)",
        ),
        (bare(&format!("{drop_in}ExecStart=-/sbin/agetty -a ann - $TERM")), "automaticLogin: on (text console)"),
        (bare(&format!("{drop_in}ExecStart=-/sbin/agetty --noclear - $TERM")), OFF),
        (bare(&format!("{drop_in}#ExecStart=-/sbin/agetty --autologin ann %I")), OFF),
        (
            bare("@file /usr/lib/systemd/system/getty@.service\n[Service]\nExecStart=-/sbin/agetty -o '-p -- \\\\u' --noclear - $TERM"),
            OFF,
        ),
        (
            "@platform linux\n@process 1 uid=0 init\n@file /etc/inittab\ntty1::respawn:/sbin/agetty --autologin ann tty1\n".to_owned(),
            "automaticLogin: on (text console)",
        ),
        (
            "@platform linux\n@process 1 uid=0 init\n@file /etc/inittab\n#tty1::respawn:/sbin/agetty --autologin ann tty1\ntty1::respawn:/sbin/getty 38400 tty1\n".to_owned(),
            OFF,
        ),
    ]);
}

#[test]
fn only_the_program_in_use_counts() {
    let other = "@file /etc/sddm.conf\n[Autologin]\nUser=ann\nSession=plasma\n";
    let plain = "@platform linux\n@user 1000 ann /home/ann\n";
    run(&[
        (with("gdm", other), "automaticLogin: off (SDDM does not run here)"),
        (format!("{plain}{other}@process 600 uid=0 sddm\n"), ON),
        (format!("{plain}{other}@process 600 uid=0 name=.sddm-wrapped sddm\n"), ON),
        (format!("{plain}{other}@process 600 uid=0 lightdm\n"), OFF),
        (format!("{plain}{other}@process 1 uid=0 init\n@file /etc/X11/default-display-manager\n/usr/bin/sddm\n"), ON),
        (format!("{plain}{other}@process 1 uid=0 init\n"), OFF),
        // Nothing of root's is to be seen.
        (format!("{plain}{other}@process 700 uid=1000 bash\n"), "automaticLogin: unknown (SDDM is set to)"),
        (format!("{plain}@process 700 uid=1000 bash\n"), "automaticLogin: off inferred"),
        // But systemd names what it starts, and here that is nothing.
        (format!("{plain}@process 700 uid=1000 bash\n@dir /run/systemd/system\n"), OFF),
        (
            format!("{plain}{other}@process 700 uid=1000 bash\n@dir /run/systemd/system\n"),
            "automaticLogin: off (SDDM does not run here)",
        ),
        (
            format!("{plain}{other}@dir /run/systemd/system\n@link /run/systemd/units/invocation:sddm.service -> 1f\n"),
            ON,
        ),
        // NixOS has a unit of its own, which starts one of several.
        (with("display-manager", "@process 700 uid=1000 bash"), "automaticLogin: off inferred"),
        (with("display-manager", "@process 600 uid=0 sddm"), OFF),
        (with("display-manager", &format!("{other}@process 600 uid=0 sddm")), ON),
        (
            with(
                "display-manager-legacy",
                &format!("{other}@file /etc/sysconfig/displaymanager\nDISPLAYMANAGER=\"sddm\""),
            ),
            ON,
        ),
        (with("ly", ""), "automaticLogin: unknown (does not know the settings of ly)"),
        (with("gdm", "@denied /etc/sddm.conf"), OFF),
    ]);
}

#[test]
fn the_session_says_by_whom_it_was_started() {
    let by = |service: &str, rest: &str| {
        let get = "org.freedesktop.DBus.Properties.Get";
        format!(
            "@platform linux\n@user 1000 ann /home/ann\n@dir /run/systemd/system\n\
             @dbus system org.freedesktop.login1 /org/freedesktop/login1/user/_1000 {get} [\"org.freedesktop.login1.User\",\"Display\"]\n[\"2\",\"/org/freedesktop/login1/session/_32\"]\n\
             @dbus system org.freedesktop.login1 /org/freedesktop/login1/session/_32 {get} [\"org.freedesktop.login1.Session\",\"Service\"]\n\"{service}\"\n{rest}\n"
        )
    };
    let sddm = "@file /etc/sddm.conf\n[Autologin]\nUser=ann\nSession=plasma\n";
    run(&[
        (by("sddm-autologin", ""), "automaticLogin: on inferred (You were let in without a password)"),
        (by("sddm-autologin", sddm), ON),
        (by("sddm", sddm), ON),
        (by("gdm-password", sddm), "automaticLogin: off (SDDM does not run here)"),
        (by("gdm-password", ""), OFF),
        (by("login", ""), OFF),
    ]);
}

#[test]
fn where_nobody_logs_in_at_the_screen_nothing_is_claimed() {
    let plain = "@platform linux\n@user 1000 ann /home/ann\n";
    run(&[
        (format!("{plain}@file /run/systemd/container\npodman\n"), "automaticLogin: unknown (container)"),
        (format!("{plain}@file /.flatpak-info\n"), "automaticLogin: unknown (sandbox)"),
        (format!("{plain}@file /proc/cmdline\nboot=casper\n"), "automaticLogin: unknown (rescue medium)"),
        (
            format!("{plain}@file /proc/sys/kernel/osrelease\n5.15.1-microsoft-standard-WSL2\n"),
            "automaticLogin: unknown (Windows)",
        ),
    ]);
}
