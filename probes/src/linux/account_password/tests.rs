//! Every row of the decision table, as recorded hosts.

use crate::host::fixture::{FixtureHost, check};
use crate::practice::PracticeId::AccountPassword;
use crate::probe::run_one;

const USER: &str = "@platform linux\n@user 1000 ann /home/ann\n";

fn ann(rest: &str) -> String {
    format!(
        "{USER}@file /etc/passwd\nroot:x:0:0:root:/root:/bin/sh\nann:x:1000:1000:Ann,,,:/home/ann:/bin/bash\n{rest}\n"
    )
}

fn passwd(line: &str) -> String {
    format!("{USER}@file /etc/passwd\n{line}:1000:1000::/home/ann:/bin/sh\n")
}

fn says(path: &str, name: &str, value: &str) -> String {
    format!(
        "@dbus system org.freedesktop.Accounts {path} org.freedesktop.DBus.Properties.Get [\"org.freedesktop.Accounts.User\",\"{name}\"]\n{value}\n"
    )
}

fn mode(value: &str) -> String {
    says("/org/freedesktop/Accounts/User1000", "PasswordMode", value)
}

fn run(cases: &[(String, &str)]) {
    for (host, expected) in cases {
        check(AccountPassword, host, expected);
    }
}

#[test]
fn accounts_service_tells_whether_there_is_a_password() {
    let locked = says("/org/freedesktop/Accounts/User1000", "Locked", "true");
    let find = "@dbus system org.freedesktop.Accounts /org/freedesktop/Accounts org.freedesktop.Accounts.FindUserById [1000]\n\"/org/freedesktop/Accounts/User1000x\"\n";
    let there = says("/org/freedesktop/Accounts/User1000x", "PasswordMode", "2");
    run(&[
        (ann(&mode("0")), "accountPassword: on (has a password)"),
        (ann(&format!("{}{locked}", mode("0"))), "accountPassword: on (Nobody can log in)"),
        (ann(&mode("2")), "accountPassword: off (has no password)"),
        (ann(&mode("1")), "accountPassword: unknown (chosen at the next login)"),
        (ann(&mode("7")), "accountPassword: unknown (says 7)"),
        (ann(&mode("\"x\"")), "accountPassword: unknown (could not be understood)"),
        (ann(&mode("!timeout")), "accountPassword: unknown (did not answer in time)"),
        (ann(&format!("{find}{there}")), "accountPassword: off (has no password)"),
    ]);
}

#[test]
fn the_files_tell_as_much_as_they_can() {
    let shadow = |field: &str| ann(&format!("@file /etc/shadow\nroot:*:1::::::\nann:{field}:1::::::\n"));
    run(&[
        (passwd("ann:"), "accountPassword: off (has no password)"),
        (passwd("ann:$6$salt$hash"), "accountPassword: on (has a password)"),
        (passwd("bob:x"), "accountPassword: unknown (directory service)"),
        (format!("{USER}@denied /etc/passwd\n"), "accountPassword: unknown (may not be read)"),
        (ann("@denied /etc/shadow"), "accountPassword: unknown (only in /etc/shadow)"),
        (ann(""), "accountPassword: unknown (only in /etc/shadow)"),
        (shadow(""), "accountPassword: off (an empty password)"),
        (shadow("!"), "accountPassword: on (the password is locked)"),
        (shadow("$y$j9T$salt$hash"), "accountPassword: on (a password is set)"),
    ]);
}

#[test]
fn the_words_of_a_password_are_never_shown() {
    for text in [passwd("ann:$6$salt$hash"), ann("@file /etc/shadow\nann:$y$other:1::::::\n")] {
        let host = FixtureHost::parse(&text, "test").unwrap_or_else(|error| panic!("{error}"));
        let finding = run_one(super::PROBE, &host);
        assert!(!format!("{finding:?}").contains('$'), "{finding:?}");
    }
}

#[test]
fn a_group_that_needs_no_password_counts_where_a_login_program_heeds_it() {
    let group = "@file /etc/group\nnopasswdlogin:x:120:bob,ann\n";
    let main = "@file /etc/group\nnopasswdlogin:x:1000:\n";
    let pam = "@file /etc/pam.d/gdm-password\nauth sufficient pam_succeed_if.so user ingroup nopasswdlogin\n";
    let silent = "@file /etc/pam.d/gdm-password\n#auth sufficient pam_succeed_if.so user ingroup nopasswdlogin\n";
    let other = "@file /etc/group\nnopasswdlogin:x:120:joanna\n";
    run(&[
        (ann(&format!("{}{group}{pam}", mode("0"))), "accountPassword: off (in the group nopasswdlogin)"),
        (ann(&format!("{group}{pam}")), "accountPassword: off (in the group nopasswdlogin)"),
        (ann(&format!("{}{main}{pam}", mode("0"))), "accountPassword: off (in the group nopasswdlogin)"),
        (ann(&format!("{}{group}{silent}", mode("0"))), "accountPassword: on"),
        (ann(&format!("{}{group}", mode("0"))), "accountPassword: on (has ann as a member)"),
        (ann(&format!("{}{other}{pam}", mode("0"))), "accountPassword: on"),
    ]);
}

#[test]
fn where_the_account_is_not_the_machines_nothing_is_claimed() {
    run(&[
        (ann("@file /run/systemd/container\npodman"), "accountPassword: unknown (container)"),
        (ann("@file /proc/cmdline\nboot=live"), "accountPassword: unknown (rescue medium)"),
        (ann("@file /proc/sys/kernel/osrelease\nx-microsoft-standard-WSL2"), "accountPassword: unknown (Windows)"),
    ]);
}
