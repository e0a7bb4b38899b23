//! Every row of the table of protections, and every way in which nothing can be said.

use super::network_manager::SETTINGS;
use super::*;
use crate::host::fixture::check_probe;

const SERVICE: &str = "org.freedesktop.NetworkManager";

fn machine(rest: &str) -> String {
    format!("@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n{rest}")
}

/// A host with NetworkManager, one profile for each body.
fn networks(bodies: &[&str]) -> String {
    let paths: Vec<String> = (1..=bodies.len()).map(|n| format!("\"{SETTINGS}/{n}\"")).collect();
    let mut text = format!(
        "@dir /sys/class/net/wlan0/wireless\n@dbus system {SERVICE} {SETTINGS} {SERVICE}.Settings.ListConnections\n[{}]\n",
        paths.join(",")
    );
    for (index, body) in bodies.iter().enumerate() {
        let n = index + 1;
        text.push_str(&format!(
            "@dbus system {SERVICE} {SETTINGS}/{n} {SERVICE}.Settings.Connection.GetSettings\n{body}\n"
        ));
    }
    machine(&text)
}

fn wifi(id: &str, connection: &str, rest: &str) -> String {
    format!(
        r#"{{"connection":{{"id":"{id}","type":"802-11-wireless"{connection}}},"802-11-wireless":{{"ssid":[67,97]}}{rest}}}"#
    )
}

fn secured(management: &str) -> String {
    wifi("Home", "", &format!(r#","802-11-wireless-security":{{"key-mgmt":"{management}"}}"#))
}

#[test]
fn a_network_is_weak_when_it_has_no_encryption_or_wep_and_is_joined_by_itself() {
    for (body, expected) in [
        (wifi("Cafe Free", "", ""), "openWifiConnections: on (joins “Cafe Free” by itself, which has no encryption)"),
        (wifi("Cafe", r#","autoconnect":true"#, ""), "openWifiConnections: on"),
        (wifi("Cafe", r#","autoconnect":false"#, ""), "openWifiConnections: off (1 are only joined by hand)"),
        (secured("none"), "openWifiConnections: on (joins “Home” by itself, whose WEP encryption is broken)"),
        (secured("ieee8021x"), "openWifiConnections: on (WEP)"),
        (secured("owe"), "openWifiConnections: off"),
        (secured("wpa-psk"), "openWifiConnections: off (Every remembered Wi-Fi network is encrypted)"),
        (secured("sae"), "openWifiConnections: off"),
        (secured("wpa-eap"), "openWifiConnections: off"),
        (secured("wpa-eap-suite-b-192"), "openWifiConnections: off"),
        (
            r#"{"connection":{"id":"Hotspot","type":"802-11-wireless"},"802-11-wireless":{"mode":"ap"}}"#.to_owned(),
            "openWifiConnections: off (No Wi-Fi network is remembered)",
        ),
        (r#"{"connection":{"id":"lan","type":"802-3-ethernet"}}"#.to_owned(), "openWifiConnections: off"),
        ("!denied".to_owned(), "openWifiConnections: unknown (1 connections are kept for other users)"),
        ("!timeout".to_owned(), "openWifiConnections: unknown (did not answer in time)"),
    ] {
        check_probe(PROBE, &networks(&[&body]), expected);
    }
}

#[test]
fn several_open_networks_are_all_named() {
    let bodies = [wifi("One", "", ""), secured("sae"), wifi("Two", "", "")];
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    check_probe(
        PROBE,
        &networks(&bodies),
        "openWifiConnections: on (2 networks without safe encryption by itself: “One”, “Two”)",
    );
}

#[test]
fn connections_kept_for_other_users_leave_a_doubt_that_is_counted() {
    let (safe, open) = (secured("sae"), wifi("Open", "", ""));
    let cable = r#"{"connection":{"id":"lan","type":"802-3-ethernet"}}"#;
    for (bodies, expected) in [
        (
            ["!denied", &safe, "!denied"],
            "openWifiConnections: off inferred (2 connections of other users could not be checked)",
        ),
        (["!denied", &safe, &open], "openWifiConnections: on (joins “Open” by itself)"),
        (["!denied", "!denied", cable], "openWifiConnections: unknown (2 connections are kept for other users)"),
        (["!denied", "!timeout", &safe], "openWifiConnections: unknown (did not answer in time)"),
        (["!absent", &safe, cable], "openWifiConnections: off (Every remembered Wi-Fi network is encrypted)"),
    ] {
        check_probe(PROBE, &networks(&bodies), expected);
    }
    let without = networks(&["!denied"]).replace("/sys/class/net/wlan0/wireless", "/sys/class/net/eth0");
    check_probe(PROBE, &without, "openWifiConnections: unsupported (no Wi-Fi)");
}

#[test]
fn one_unreadable_network_does_not_hide_an_open_one() {
    let open = wifi("Open", "", "");
    check_probe(PROBE, &networks(&["!timeout", &open]), "openWifiConnections: on (Open)");
}

#[test]
fn without_network_manager_it_depends_on_the_device_and_who_looks_after_it() {
    let wifi = "@dir /sys/class/net/wlan0/phy80211\n";
    let cable = "@dir /sys/class/net/eth0\n";
    let iwd = "@dbus system net.connman.iwd / org.freedesktop.DBus.ObjectManager.GetManagedObjects\n";
    let supplicant = "@dir /run/systemd/system\n@link /run/systemd/units/invocation:wpa_supplicant.service -> 0\n@file /usr/lib/systemd/system/wpa_supplicant.service\n[Install]\n";
    for (host, expected) in [
        (cable.to_owned(), "openWifiConnections: unsupported (no Wi-Fi)"),
        (wifi.to_owned(), "openWifiConnections: unknown (No program that looks after Wi-Fi)"),
        (String::new(), "openWifiConnections: unknown"),
        (format!("{wifi}{iwd}!denied\n"), "openWifiConnections: unknown (iwd looks after Wi-Fi)"),
        (format!("{wifi}{supplicant}"), "openWifiConnections: unknown (wpa_supplicant looks after Wi-Fi)"),
        (
            format!(
                "{wifi}{iwd}{{\"/a\":{{\"net.connman.iwd.KnownNetwork\":{{\"Name\":\"Inn\",\"Type\":\"open\"}}}}}}\n"
            ),
            "openWifiConnections: on (Inn)",
        ),
        (
            format!(
                "{wifi}{iwd}{{\"/a\":{{\"net.connman.iwd.KnownNetwork\":{{\"Name\":\"Inn\",\"Type\":\"psk\"}}}}}}\n"
            ),
            "openWifiConnections: off",
        ),
        ("@file /run/systemd/container\ndocker\n".to_owned(), "openWifiConnections: unknown (container)"),
    ] {
        check_probe(PROBE, &machine(&host), expected);
    }
}

#[test]
fn a_computer_without_wifi_but_with_network_manager_has_no_wifi() {
    let host = networks(&[r#"{"connection":{"id":"lan","type":"802-3-ethernet"}}"#]);
    let host = host.replace("/sys/class/net/wlan0/wireless", "/sys/class/net/eth0");
    check_probe(PROBE, &host, "openWifiConnections: unsupported (no Wi-Fi)");
}

/// A remembered network, and the access point that the device is connected to.
fn connected(body: &str, point: &str) -> String {
    let device = format!("{ROOT}/Devices/3");
    let get = |path: &str, interface: &str, name: &str, value: &str| {
        format!(
            "@dbus system {SERVICE} {path} org.freedesktop.DBus.Properties.Get [\"{SERVICE}.{interface}\",\"{name}\"]\n\"{value}\"\n"
        )
    };
    networks(&[body])
        + &format!("@dbus system {SERVICE} {ROOT} {SERVICE}.GetDeviceByIpIface [\"wlan0\"]\n\"{device}\"\n")
        + &get(&device, "Device.Wireless", "ActiveAccessPoint", &format!("{ROOT}/AccessPoint/7"))
        + &get(&device, "Device", "ActiveConnection", &format!("{ROOT}/ActiveConnection/1"))
        + &get(&format!("{ROOT}/ActiveConnection/1"), "Connection.Active", "Connection", &format!("{SETTINGS}/1"))
        + &format!(
            "@dbus system {SERVICE} {ROOT}/AccessPoint/7 org.freedesktop.DBus.Properties.GetAll [\"{SERVICE}.AccessPoint\"]\n{point}\n"
        )
}

const ROOT: &str = "/org/freedesktop/NetworkManager";

#[test]
fn the_network_in_use_counts_even_where_it_was_joined_by_hand() {
    let by_hand = wifi("Cafe", r#","autoconnect":false"#, "");
    let point = |flags: u32, wpa: u32, rsn: u32| {
        format!(r#"{{"Ssid":[67,97],"Flags":{flags},"WpaFlags":{wpa},"RsnFlags":{rsn}}}"#)
    };
    for (body, point, expected) in [
        (&by_hand, point(0, 0, 0), "openWifiConnections: on (connected to “Ca”, which has no encryption)"),
        (&by_hand, point(1, 0, 0), "openWifiConnections: on (connected to “Ca”, whose WEP encryption is broken)"),
        (&by_hand, point(1, 0x144, 0), "openWifiConnections: off (the first WPA only, which is out of date)"),
        (&by_hand, point(1, 0, 0x188), "openWifiConnections: off (Ca: encrypted)"),
        (&by_hand, point(1, 0, 0x888), "openWifiConnections: off (Ca: encrypted)"),
        (&by_hand, point(0, 0, 0x1000), "openWifiConnections: on (connected to “Ca”, which has no encryption)"),
        (&secured("owe"), point(0, 0, 0x1000), "openWifiConnections: off (Ca: encrypted)"),
        (&wifi("Inn", "", ""), point(0, 0, 0), "openWifiConnections: on (joins “Inn” by itself)"),
        (&by_hand, "!timeout".to_owned(), "openWifiConnections: off (1 are only joined by hand)"),
        (&by_hand, "{}".to_owned(), "openWifiConnections: off"),
    ] {
        check_probe(PROBE, &connected(body, &point), expected);
    }
}

#[test]
fn the_first_wpa_is_named_but_is_no_open_network() {
    let psk = |rest: &str| wifi("Old", "", &format!(r#","802-11-wireless-security":{{"key-mgmt":"wpa-psk"{rest}}}"#));
    for (body, expected) in [
        (psk(r#","proto":["wpa"]"#), "openWifiConnections: off (“Old” only with the first WPA)"),
        (psk(r#","pairwise":["tkip"]"#), "openWifiConnections: off (“Old” only with the first WPA)"),
        (psk(r#","proto":["wpa","rsn"]"#), "openWifiConnections: off (Every remembered Wi-Fi network is encrypted)"),
        (psk(r#","proto":[]"#), "openWifiConnections: off (Every remembered Wi-Fi network is encrypted)"),
    ] {
        check_probe(PROBE, &networks(&[&body]), expected);
    }
}

#[test]
fn other_programs_that_look_after_wifi_tell_what_they_may() {
    let wifi = "@dir /sys/class/net/wlan0/wireless\n";
    let iwd = format!("{wifi}@dbus system net.connman.iwd / org.freedesktop.DBus.ObjectManager.GetManagedObjects\n");
    let connman = format!("{wifi}@dbus system net.connman / net.connman.Manager.GetServices\n");
    let unit = |name: &str| {
        format!(
            "{wifi}@dir /run/systemd/system\n@link /run/systemd/units/invocation:{name} -> 0\n@file /usr/lib/systemd/system/{name}\n[Install]\n"
        )
    };
    let supplicant = unit("wpa_supplicant@wlan0.service") + "@file /etc/wpa_supplicant/wpa_supplicant-wlan0.conf\n";
    for (host, expected) in [
        (
            format!(r#"{iwd}{{"/a":{{"net.connman.iwd.Network":{{"Name":"Inn","Type":"open","Connected":true}}}}}}"#),
            "openWifiConnections: on (connected to “Inn”)",
        ),
        (
            format!(
                r#"{iwd}{{"/a":{{"net.connman.iwd.KnownNetwork":{{"Name":"Inn","Type":"open","AutoConnect":false}}}}}}"#
            ),
            "openWifiConnections: off (1 are only joined by hand)",
        ),
        (format!("{connman}!denied"), "openWifiConnections: unknown (connman looks after Wi-Fi)"),
        (
            format!(
                r#"{connman}[["/s",{{"Type":"wifi","Name":"Inn","Security":["none"],"Favorite":true,"AutoConnect":true}}]]"#
            ),
            "openWifiConnections: on (joins “Inn” by itself)",
        ),
        (
            format!(r#"{connman}[["/s",{{"Type":"wifi","Name":"Inn","Security":["none"],"State":"online"}}]]"#),
            "openWifiConnections: on (connected to “Inn”)",
        ),
        (
            format!(r#"{connman}[["/s",{{"Type":"wifi","Name":"Home","Security":["psk"],"Favorite":true}}]]"#),
            "openWifiConnections: unknown (ConnMan shows only the networks in range)",
        ),
        (unit("netplan-wpa-wlan0.service"), "openWifiConnections: unknown (netplan-wpa-wlan0 looks after Wi-Fi)"),
        (format!("{supplicant}network={{\nssid=\"Inn\"\nkey_mgmt=NONE\n}}"), "openWifiConnections: on inferred (Inn)"),
        (format!("{supplicant}network={{\nssid=\"Home\"\npsk=\"x\"\n}}"), "openWifiConnections: off inferred"),
        (
            unit("wpa_supplicant@wlan0.service") + "@denied /etc/wpa_supplicant/wpa_supplicant-wlan0.conf",
            "openWifiConnections: unknown (keeps its list of networks)",
        ),
    ] {
        check_probe(PROBE, &machine(&format!("{host}\n")), expected);
    }
}
