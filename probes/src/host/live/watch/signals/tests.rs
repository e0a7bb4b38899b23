//! Rules made of what probes asked, and what they make of signals.

use serde_json::json;

use super::*;
use crate::host::asked::Noting;
use crate::host::live::LiveHost;
use crate::host::{BusCall, Host as _};

/// What a probe that makes these calls asked for.
fn asked(calls: &[BusCall]) -> Asked {
    let nowhere = crate::host::live::Buses::at(None, None);
    let inner = LiveHost::with_buses(jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(nowhere));
    let host = Noting::new(&inner);
    calls.iter().for_each(|call| assert!(host.dbus(call).is_err()));
    host.finish()
}

fn system(service: &str, path: &str, interface: &str, method: &str) -> BusCall {
    BusCall::new(Bus::System, service, path, interface, method)
}

fn rules(calls: &[(PracticeId, BusCall)]) -> Rules {
    let asked: Vec<(PracticeId, Asked)> =
        calls.iter().map(|(practice, call)| (*practice, asked(std::slice::from_ref(call)))).collect();
    Rules::new(Bus::System, asked.iter().map(|(practice, asked)| (*practice, asked)))
}

/// `/path interface.member`, with the first argument.
fn signal(line: &str, first: &str) -> Signal {
    let (path, name) = line.split_once(' ').expect("a path and a name");
    let (interface, member) = name.rsplit_once('.').expect("interface and member");
    let word = str::to_owned;
    let flag = first.parse().ok();
    let first = (flag.is_none() && !first.is_empty()).then(|| word(first));
    Signal { path: word(path), interface: word(interface), member: word(member), first, flag }
}

fn concerns(rules: &Rules, line: &str, first: &str) -> String {
    match rules.meaning(&signal(line, first)) {
        Meaning::Concerns(practices) => practices.iter().map(PracticeId::wire_name).collect::<Vec<_>>().join(" "),
        Meaning::Resumed => "resumed".to_owned(),
    }
}

fn units_call(names: &[&str]) -> BusCall {
    system(SYSTEMD, "/org/freedesktop/systemd1", MANAGER, "ListUnitsByPatterns")
        .with("as", json!([]))
        .with("as", json!(names))
}

#[test]
fn units_are_listened_to_by_name_and_by_pattern() {
    let calls = [
        (PracticeId::Firewall, units_call(&["ufw.service"])),
        (PracticeId::RemoteLogin, units_call(&["ssh.service", "ufw.service", "sshd@*.service"])),
    ];
    let rules = rules(&calls);
    let unit = "/org/freedesktop/systemd1/unit";
    let manager = "/org/freedesktop/systemd1 org.freedesktop.systemd1.Manager";
    for (line, first, expected) in [
        (
            format!("{unit}/ufw_2eservice {PROPERTIES}.PropertiesChanged"),
            "org.freedesktop.systemd1.Unit",
            "firewall remoteLogin",
        ),
        (
            format!("{unit}/ssh_2eservice {PROPERTIES}.PropertiesChanged"),
            "org.freedesktop.systemd1.Unit",
            "remoteLogin",
        ),
        (format!("{unit}/cron_2eservice {PROPERTIES}.PropertiesChanged"), "org.freedesktop.systemd1.Unit", ""),
        (format!("{manager}.UnitNew"), "sshd@1.service", "remoteLogin"),
        (format!("{manager}.UnitRemoved"), "sshd@1.service", "remoteLogin"),
        (format!("{manager}.UnitNew"), "cron.service", ""),
        (format!("{manager}.UnitFilesChanged"), "", "firewall remoteLogin"),
        (format!("{manager}.JobNew"), "", ""),
        ("/org/freedesktop/DBus org.freedesktop.DBus.NameOwnerChanged".to_owned(), SYSTEMD, "firewall remoteLogin"),
    ] {
        assert_eq!(concerns(&rules, &line, first), expected, "{line} {first}");
    }
    assert!(rules.speaks_of_units());
    let texts = rules.texts();
    let wanted = "type='signal',sender='org.freedesktop.systemd1',path='/org/freedesktop/systemd1/unit/ssh_2eservice',\
                  interface='org.freedesktop.DBus.Properties',member='PropertiesChanged'";
    assert!(texts.contains(wanted), "{texts:#?}");
    assert!(texts.iter().all(|text| !text.contains('*')), "{texts:#?}");
    assert_eq!(rules.practices(&[&wanted.to_owned()].into()), PracticeId::RemoteLogin.into());
}

#[test]
fn objects_of_units_have_the_names_that_systemd_gives_them() {
    assert_eq!(unit_path("ssh.service"), "/org/freedesktop/systemd1/unit/ssh_2eservice");
    assert_eq!(unit_path("apt-daily-upgrade.timer"), "/org/freedesktop/systemd1/unit/apt_2ddaily_2dupgrade_2etimer");
    assert_eq!(unit_path("3proxy@1.service"), "/org/freedesktop/systemd1/unit/_33proxy_401_2eservice");
}

#[test]
fn services_are_listened_to_about_what_was_asked_and_not_about_their_chatter() {
    let network = "/org/freedesktop/NetworkManager";
    let calls = [
        (PracticeId::OpenWifiConnections, system(NETWORK, network, "org.freedesktop.NetworkManager", "GetDevices")),
        (PracticeId::AccountPassword, system("org.freedesktop.Accounts", "/org/freedesktop/Accounts/User7", "I", "M")),
        (PracticeId::Firewall, system("org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1", "I", "M")),
        (PracticeId::ScreenLock, system(LOGIN, "/org/freedesktop/login1/session/_31", "I", "M")),
        (
            PracticeId::Antivirus,
            system(BUS, "/org/freedesktop/DBus", BUS, "NameHasOwner").with("s", json!("org.a.Scanner")),
        ),
    ];
    let rules = rules(&calls);
    for (line, first, expected) in [
        (
            format!("{network}/Settings/7 org.freedesktop.NetworkManager.Settings.Connection.Updated"),
            "",
            "openWifiConnections",
        ),
        (
            format!("{network}/Settings org.freedesktop.NetworkManager.Settings.NewConnection"),
            "/x",
            "openWifiConnections",
        ),
        (format!("{network} {PROPERTIES}.PropertiesChanged"), NETWORK, "openWifiConnections"),
        (
            format!("{network}/AccessPoint/9 {PROPERTIES}.PropertiesChanged"),
            "org.freedesktop.NetworkManager.AccessPoint",
            "",
        ),
        ("/org/freedesktop/Accounts/User7 org.freedesktop.Accounts.User.Changed".to_owned(), "", "accountPassword"),
        ("/org/freedesktop/Accounts/User8 org.freedesktop.Accounts.User.Changed".to_owned(), "", ""),
        ("/org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1.Reloaded".to_owned(), "", "firewall"),
        (
            "/org/fedoraproject/FirewallD1/config/zone/4 org.fedoraproject.FirewallD1.config.zone.Updated".to_owned(),
            "public",
            "firewall",
        ),
        ("/org/freedesktop/login1 org.freedesktop.login1.Manager.SessionNew".to_owned(), "1", "screenLock"),
        (
            format!("/org/freedesktop/login1/session/_31 {PROPERTIES}.PropertiesChanged"),
            "org.freedesktop.login1.Session",
            "",
        ),
        (format!("/org/freedesktop/DBus {BUS}.NameOwnerChanged"), "org.a.Scanner", "antivirus"),
        (format!("/org/freedesktop/DBus {BUS}.NameOwnerChanged"), "org.a.Other", ""),
        ("/org/freedesktop/login1 org.freedesktop.login1.Manager.PrepareForSleep".to_owned(), "false", "resumed"),
        ("/org/freedesktop/login1 org.freedesktop.login1.Manager.PrepareForSleep".to_owned(), "true", ""),
    ] {
        assert_eq!(concerns(&rules, &line, first), expected, "{line} {first}");
    }
}

#[test]
fn a_bus_is_asked_for_no_more_than_it_allows_and_never_for_a_broken_rule() {
    let names: Vec<String> = (0..1000).map(|number| format!("a{number}.service")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(rules(&[(PracticeId::Firewall, units_call(&names))]).texts().len(), MOST_RULES);
    let quote = system("org.a.S", "/a',sender='x", "I", "M");
    let texts = rules(&[(PracticeId::Firewall, quote)]).texts();
    assert!(texts.iter().all(|text| !text.contains("sender='x")), "{texts:?}");
}
