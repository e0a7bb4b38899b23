//! A recorded recording is the same machine, without the names.

use serde_json::json;

use super::*;
use crate::host::{Bus, HostError};

const MACHINE: &str = concat!(
    "@user 1001 brigitte /home/brigitte\n@env HOME /home/brigitte\n",
    "@file /proc/sys/kernel/hostname\nlaptop-of-brigitte\n",
    "@file /etc/passwd\nroot:x:0:0:root:/root:/bin/sh\nbrigitte:x:1001:1001:Brigitte B,,,:/home/brigitte:/bin/sh\n",
    "theodor:x:1002:1002::/home/theodor:/bin/sh\n",
    "@file /etc/shadow\nroot:$6$wurzel:1::::::\nbrigitte:$y$parole:2::::::\n@file /etc/group\nbrigitte:x:1001:\n",
    "@file /etc/gdm3/daemon.conf\n[daemon]\nAutomaticLogin=theodor\n",
    "@file /home/brigitte/.ssh/id_ed25519\n-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n",
    "@file /etc/machine-id\n1f2e3d4c5b6a79880123456789abcdef\n",
    "@link /sys/dev/block/253:0 -> ../../devices/virtual/block/dm-0\n",
    "@file /sys/devices/virtual/block/dm-0/dm/uuid newline=no\nCRYPT-LUKS2-2c0d5a1e7b9f4c1f8a3e6d5c4b3a2918-root\n",
    "@file /run/udev/data/b253:0\nE:ID_FS_UUID=2c0d5a1e-7b9f-4c1f-8a3e-6d5c4b3a2918\n",
    "@file /home/brigitte/.config/x\nlaptop-of-brigitte 3c:52:82:aa:bb:cc\n",
    "@denied /etc/firewalld kind=dir\n@file /sys/class/dmi/id/product_serial\nPF123456\n",
    "@listen tcp 192.168.7.21:22\n@listen tcp 127.0.0.1:631\n",
    "@dbus system org.a.B /a org.a.B.Get\n{\"connection\":{\"id\":\"Chez Brigitte\"},\"w\":{\"ssid\":[67,104]}}\n",
    "@dbus system org.a.B /a org.a.B.No\n!denied\n",
    "@process 7 uid=1001 mysql -pgeheim\n@process 8 uid=1001 swayidle timeout 300 swaylock\n",
);

fn look(recorder: &Recorder) -> Vec<String> {
    let paths = [
        "/proc/sys/kernel/hostname",
        "/etc/passwd",
        "/etc/shadow",
        "/etc/machine-id",
        "/sys/dev/block/253:0/dm/uuid",
        "/run/udev/data/b253:0",
        "/home/brigitte/.config/x",
        "/home/brigitte/.ssh/id_ed25519",
        "/etc/gdm3/daemon.conf",
        "/sys/class/dmi/id/product_serial",
        "/etc/none",
    ];
    let mut out: Vec<String> = paths.iter().map(|path| format!("{:?}", recorder.read(path))).collect();
    out.push(format!("{:?} {:?}", recorder.list("/sys/devices/virtual/block"), recorder.list("/etc/firewalld")));
    out.push(format!("{:?} {:?} {:?}", recorder.listeners(), recorder.env("HOME"), recorder.processes()));
    for method in ["Get", "No"] {
        out.push(format!("{:?}", recorder.dbus(&BusCall::new(Bus::System, "org.a.B", "/a", "org.a.B", method))));
    }
    out
}

fn recorder(text: &str) -> Recorder {
    Recorder::new(Arc::new(FixtureHost::parse(text, "x").unwrap_or_else(|error| panic!("{error}"))))
}

#[test]
fn what_was_seen_is_replayed() {
    let first = recorder(MACHINE);
    let seen = look(&first);
    let recorded = first.finish().to_text();
    assert_eq!(look(&recorder(&recorded)), seen, "{recorded}");
    assert!(recorded.contains("@denied /etc/firewalld"), "{recorded}");
}

#[test]
fn nobody_can_be_told_from_a_recording() {
    let first = recorder(MACHINE);
    look(&first);
    let text = scrub::scrub(&first.finish(), first.inner.as_ref());
    for word in [
        "brigitte",
        "Brigitte",
        "laptop",
        "2c0d5a1e",
        "1f2e3d4c",
        "3c:52:82",
        "PF123456",
        "192.168.7",
        "67,104",
        "geheim",
        "theodor",
        "wurzel",
        "parole",
        "c2VjcmV0",
    ] {
        assert!(!text.contains(word), "`{word}` is in\n{text}");
    }
    let host = FixtureHost::parse(&text, "x").unwrap_or_else(|error| panic!("{error}\n{text}"));
    let uuid = (&host as &dyn Host).read_text("/sys/dev/block/253:0/dm/uuid").expect("behind the link");
    let udev = (&host as &dyn Host).read_text("/run/udev/data/b253:0").expect("a file");
    let dashed = udev.trim().trim_start_matches("E:ID_FS_UUID=").replace('-', "");
    assert_eq!(uuid, format!("CRYPT-LUKS2-{dashed}-root"), "the same id got two names");
    assert_eq!(host.user().name, "ann");
    assert_eq!(host.processes().expect("a list")[1].arguments[..], ["swayidle", "timeout", "300", "swaylock"]);
    assert!(host.read("/home/ann/.config/x").is_ok());
    // Of the passwords only is kept that there is one, and it is still the user's.
    let shadow = (&host as &dyn Host).read_text("/etc/shadow").expect("a file");
    assert_eq!(shadow, "ann:$hidden:2::::::\n");
    let passwd = (&host as &dyn Host).read_text("/etc/passwd").expect("a file");
    assert!(passwd.contains("ann:x:1001:1001::/home/ann:/bin/sh\n"), "{passwd}");
    let key = host.read("/home/ann/.ssh/id_ed25519");
    assert!(matches!(key, Err(HostError::Garbled(_, problem)) if problem.contains("private key")));
    let login = (&host as &dyn Host).read_text("/etc/gdm3/daemon.conf").expect("a file");
    assert_eq!(login, "[daemon]\nAutomaticLogin=person1\n");
    assert_eq!(host.listeners().expect("a list")[1].address.to_string(), "127.0.0.1");
    let denied = BusCall::new(Bus::System, "org.a.B", "/a", "org.a.B", "No");
    assert_eq!(host.dbus(&denied), Err(HostError::Denied("org.a.B".into())));
    let reply = host.dbus(&BusCall::new(Bus::System, "org.a.B", "/a", "org.a.B", "Get"));
    assert_eq!(reply.expect("a reply")["w"]["ssid"], json!(b"wifi-1"));
}

#[test]
fn a_recording_expects_what_the_probes_found() {
    let text = record(Arc::new(FixtureHost::parse(MACHINE, "x").expect("a host")));
    let host = FixtureHost::parse(&text, "the recording").unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(host.expectations().len(), catalog::probes(Platform::Linux).len());
    for (expectation, finding) in host.expectations().iter().zip(findings(&host)) {
        assert_eq!(expectation.disagreement(&finding), None);
    }
}

#[test]
fn what_is_read_in_parts_is_not_kept() {
    let first = recorder("@file /var/lib/x\nbuilt on laptop-of-brigitte\n@denied /var/lib/y\n");
    assert!(first.open("/var/lib/x").is_ok_and(|file| file.size() == 28));
    assert!(first.open("/var/lib/y").is_err() && first.open("/var/lib/z").is_err());
    let recorded = first.finish().to_text();
    assert!(recorded.contains("@garbled /var/lib/x mode=0644"), "{recorded}");
    assert!(recorded.contains("was not recorded\n@denied /var/lib/y"), "{recorded}");
    assert!(!recorded.contains("brigitte") && !recorded.contains("/var/lib/z"), "{recorded}");
}

#[test]
fn disks_and_addresses_are_recorded_without_their_names_and_extensions_not_at_all() {
    let machine = concat!(
        "@user 1001 brigitte /home/brigitte\n",
        "@file /sys/class/block/sda/dev\n8:0\n@dir /sys/class/block/sda/slaves\n",
        "@file /sys/class/block/sdb/dev\n8:16\n@dir /sys/class/block/sdb/slaves\n@device /dev/sdb 8:16\n",
        "@file /run/udev/data/b8:0\nS:disk/by-id/wwn-0x5000c500a1b2c3d4\nE:ID_SERIAL=WD_PF123456\nE:ID_FS_TYPE=vfat\n",
        "E:ID_FS_UUID=1A2B-3C4D\nE:ID_FS_UUID_ENC=1A2B-3C4D\nE:ID_FS_LABEL=Chez_B\nE:ID_FS_LABEL_ENC=Chez\\x20B\n",
        "@link /dev/disk/by-label/Chez\\x20B -> ../../sdb\n@link /dev/disk/by-uuid/01D9ABCDEF012345 -> ../../sdb\n",
        "@link /dev/disk/by-uuid/2c0d5a1e-7b9f-4c1f-8a3e-6d5c4b3a2918 -> ../../sdc\n",
        "@address eth0 203.0.113.7/24 broadcast=203.0.113.255\n@address eth0 fe80::3c52:82ff:feaa:bbcc/64\n",
        "@file /home/brigitte/.mozilla/firefox/x/extensions.json\n{\"addons\":[{\"id\":\"fan@club\"}]}\n",
        "@file /home/brigitte/.config/chromium/Default/Extensions/abcdefghijklmnopabcdefghijklmnop/1/manifest.json\n{}\n",
    );
    let text = record(Arc::new(FixtureHost::parse(machine, "x").expect("a host")));
    let words =
        ["PF123456", "5000c500", "1A2B", "Chez", "01D9", "2c0d5a1e", "203.0.113", "3c52", "firefox", "fan@", "abcdef"];
    for word in words {
        assert!(!text.contains(word), "`{word}` is in\n{text}");
    }
    let recorded = FixtureHost::parse(&text, "the recording").unwrap_or_else(|error| panic!("{error}\n{text}"));
    let details = details::details(&recorded);
    let told: Vec<_> = details
        .disks
        .iter()
        .map(|disk| (disk.name.as_str(), disk.uuid.as_deref(), disk.label.as_deref(), disk.encrypted))
        .collect();
    assert_eq!(
        told,
        [
            ("sda", Some("0000-0002"), Some("disk-1"), Some(false)),
            ("sdb", Some("0000000000000001"), Some("disk-1"), None),
        ]
    );
    let addresses: Vec<_> = details.addresses.iter().map(|one| format!("{}/{}", one.address, one.prefix)).collect();
    assert_eq!(addresses, ["192.0.2.1/24", "fe80::3/64"]);
    assert_eq!(details.addresses[0].broadcast, Some(std::net::IpAddr::from([192, 0, 2, 2])));
}
