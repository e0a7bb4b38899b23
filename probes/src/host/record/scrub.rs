//! Takes out of a recording what names a person or a device. The same name gets the same
//! replacement everywhere, so that links and mounts still fit together.
//!
//! Replaced: user name and home, host name, machine id, UUIDs, MAC addresses, serial numbers, IP
//! addresses other than loopback and wildcard, Wi-Fi names, the people in /etc/passwd where an account is
//! named, the names and numbers of disks. Left out as a whole: private keys, and the words of passwords, of which only is kept whether there is one. Kept: the lists of installed packages, of which only name,
//! version and state are written.

mod volumes;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::Value;

use crate::host::Host;
use crate::host::fixture::{Content, FixtureHost, Refusal};

/// Programs whose arguments say something about the screen lock. Those of all others may hold names,
/// addresses and passwords, so only the program itself is kept.
const TELLING: [&str; 9] = [
    "swayidle",
    "hypridle",
    "xautolock",
    "xidlehook",
    "xss-lock",
    "light-locker",
    "xscreensaver",
    "gnome-software",
    "cinnamon-screen",
];

/// The recording as text without personal words.
pub(super) fn scrub(host: &FixtureHost, machine: &dyn Host) -> String {
    let mut host = host.clone();
    let mut names = Names::default();
    let installed = installed_packages(&host);
    let people = people(machine);
    let own = machine.user().name;
    volumes::rename_links(&mut host, &mut names);
    for (path, node) in &mut host.tree.nodes {
        let Content::File(bytes) = &mut node.content else { continue };
        if is_private_key(bytes) {
            node.content = Content::Refused(Refusal::Garbled("it is a private key and was not recorded".to_owned()));
        } else if let Ok(text) = std::str::from_utf8(bytes) {
            let text = scrub_file(path, text, &own, &installed, &mut names);
            *bytes = scrub_accounts(path, text, &people, &mut names).into_bytes();
        }
    }
    for reply in host.bus.values_mut().flatten() {
        scrub_json("", reply, &mut names);
    }
    if let Ok(listeners) = &mut host.listeners {
        for listener in listeners {
            listener.address = names.address(listener.address);
        }
    }
    for address in host.addresses.iter_mut().flatten() {
        address.address = names.address(address.address);
        address.broadcast = address.broadcast.map(|broadcast| names.address(broadcast));
    }
    if let Ok(processes) = &mut host.processes {
        for process in processes.iter_mut().filter(|process| !TELLING.contains(&process.name.as_str())) {
            process.arguments = process.arguments.iter().take(1).cloned().collect::<Vec<_>>().into();
        }
    }
    let text = host.to_text();
    let hostname = machine.read_line("/proc/sys/kernel/hostname").unwrap_or_default();
    let user = machine.user();
    let text = if user.uid != 0 && user.home.len() > 1 { text.replace(&user.home, "/home/ann") } else { text };
    let text = if hostname == "localhost" { text } else { replace_word(&text, &hostname, "device") };
    let text = if user.uid == 0 { text } else { replace_word(&text, &user.name, "ann") };
    scrub_text(&text, &mut names)
}

/// Replacements that stay the same throughout one recording.
#[derive(Default)]
struct Names {
    known: BTreeMap<(&'static str, String), usize>,
}

impl Names {
    fn number(&mut self, kind: &'static str, word: &str) -> usize {
        let next = self.known.keys().filter(|(other, _)| *other == kind).count() + 1;
        *self.known.entry((kind, word.to_owned())).or_insert(next)
    }

    fn address(&mut self, address: IpAddr) -> IpAddr {
        if address.is_loopback() || address.is_unspecified() {
            return address;
        }
        let number = self.number("address", &address.to_string()) as u16;
        match address {
            IpAddr::V4(_) => IpAddr::from([192, 0, 2, (number % 255) as u8]),
            IpAddr::V6(v6) if v6.is_unicast_link_local() => IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, number]),
            IpAddr::V6(_) => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, number]),
        }
    }
}

fn installed_packages(host: &FixtureHost) -> BTreeSet<String> {
    let status = match host.tree.nodes.get("/var/lib/dpkg/status").map(|node| &node.content) {
        Some(Content::File(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => return BTreeSet::new(),
    };
    status.lines().filter_map(|line| line.strip_prefix("Package: ")).map(str::to_owned).collect()
}

fn scrub_file(path: &str, text: &str, own: &str, installed: &BTreeSet<String>, names: &mut Names) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    if file.contains("serial") || matches!(file, "product_uuid" | "chassis_asset_tag" | "board_asset_tag") {
        return "0\n".to_owned();
    }
    if path == "/etc/passwd" {
        return text.lines().map(|line| scrub_person(line, own, names)).collect();
    }
    if path.starts_with("/run/udev/data/b") {
        return volumes::scrub_notes(text, names);
    }
    if path == "/etc/shadow" {
        let own_line = text.lines().filter(|line| line.split(':').next() == Some(own));
        return own_line.map(|line| format!("{}\n", without_password(line).join(":"))).collect();
    }
    if path == "/var/lib/dpkg/status" || (path.starts_with("/var/lib/apt/lists/") && file.contains("Packages")) {
        let stanzas = text.split("\n\n").filter(|stanza| {
            stanza.lines().find_map(|line| line.strip_prefix("Package: ")).is_some_and(|name| installed.contains(name))
        });
        return stanzas.map(slim_stanza).collect();
    }
    let addresses = ["/proc/net/", "/etc/NetworkManager/", "/etc/ssh/", "/etc/hosts", "/etc/resolv.conf", "/run/"];
    if addresses.iter().any(|start| path.starts_with(start)) { scrub_addresses(text, names) } else { text.to_owned() }
}

/// Where a file is about accounts, and a name in it may be a person's.
const NAMES_ACCOUNTS: [&str; 11] = [
    "/etc/group",
    "/etc/gdm",
    "/etc/sddm",
    "/etc/plasmalogin",
    "/etc/lightdm",
    "/etc/greetd",
    "/etc/lxdm",
    "/etc/sysconfig/displaymanager",
    "/etc/systemd/system/getty@",
    "/etc/samba",
    "/etc/ssh/",
];

fn scrub_accounts(path: &str, text: String, people: &[String], names: &mut Names) -> String {
    if !NAMES_ACCOUNTS.iter().any(|start| path.starts_with(start)) {
        return text;
    }
    people
        .iter()
        .fold(text, |text, person| replace_word(&text, person, &format!("person{}", names.number("person", person))))
}

/// The accounts of people on that machine, but for the one that is written as `ann`.
fn people(machine: &dyn Host) -> Vec<String> {
    let passwd = machine.read_text("/etc/passwd").unwrap_or_default();
    let user = machine.user().name;
    let names = passwd.lines().filter(|line| is_person(line)).filter_map(|line| line.split(':').next());
    names.filter(|name| !name.is_empty() && *name != user).map(str::to_owned).collect()
}

/// Whatever begins like a private key, in any of the formats there are. Its file name does not matter.
fn is_private_key(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(64 << 10)]);
    head.contains("PRIVATE KEY-----") || head.contains("PuTTY-User-Key-File-")
}

/// The fields that say what is installed.
fn slim_stanza(stanza: &str) -> String {
    const KEPT: [&str; 8] =
        ["Package:", "Status:", "Version:", "Architecture:", "Source:", "Section:", "Essential:", "Multi-Arch:"];
    let lines = stanza.lines().filter(|line| KEPT.iter().any(|key| line.starts_with(key)));
    lines.map(|line| format!("{line}\n")).chain([String::from("\n")]).collect()
}

/// People have numbers from 1000; the comment field holds real names.
fn scrub_person(line: &str, own: &str, names: &mut Names) -> String {
    let mut fields = without_password(line);
    let person = is_person(line) && fields[0] != own;
    if let Some(comment) = fields.get_mut(4) {
        comment.clear();
    }
    if person && fields.len() > 5 {
        let name = format!("person{}", names.number("person", &fields[0]));
        fields[5] = format!("/home/{name}");
        fields[0] = name;
    }
    format!("{}\n", fields.join(":"))
}

/// The fields of a line of passwd(5) or shadow(5). Of a password stays only what kind of one it is: empty, kept
/// elsewhere (`x`), locked (`!`, `*`), or set.
fn without_password(line: &str) -> Vec<String> {
    let mut fields: Vec<String> = line.split(':').map(str::to_owned).collect();
    if let Some(password) = fields.get_mut(1)
        && !matches!(password.as_str(), "" | "x" | "!" | "!!" | "*")
    {
        *password = if password.starts_with(['!', '*']) { "!".to_owned() } else { "$hidden".to_owned() };
    }
    fields
}

fn is_person(line: &str) -> bool {
    line.split(':').nth(2).and_then(|uid| uid.parse::<u32>().ok()).is_some_and(|uid| (1000..60000).contains(&uid))
}

fn scrub_json(key: &str, value: &mut Value, names: &mut Names) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                scrub_json(key, value, names);
            }
        }
        Value::Array(items) if key.eq_ignore_ascii_case("ssid") && items.iter().all(Value::is_number) => {
            let word = Value::Array(std::mem::take(items)).to_string();
            let name = format!("wifi-{}", names.number("wifi", &word));
            items.extend(name.bytes().map(Value::from));
        }
        Value::Array(items) => {
            for item in items {
                scrub_json(key, item, names);
            }
        }
        Value::String(text) if key == "id" => *text = format!("network-{}", names.number("network", text)),
        Value::String(text) => *text = scrub_addresses(text, names),
        _ => {}
    }
}

/// Replaces words that are IP addresses.
fn scrub_addresses(text: &str, names: &mut Names) -> String {
    map_words(
        text,
        |c| c.is_ascii_hexdigit() || matches!(c, '.' | ':'),
        |word| {
            let address: IpAddr = word.parse().ok()?;
            Some(names.address(address).to_string())
        },
    )
}

fn scrub_text(text: &str, names: &mut Names) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_hex = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with('@') {
            in_hex = line.starts_with("@hex ");
        } else if in_hex {
            out.push_str(line);
            continue;
        }
        let line = map_words(line, |c| c.is_ascii_hexdigit() || matches!(c, '-' | ':'), |word| identifier(word, names));
        out.push_str(&line);
    }
    out
}

/// Replaces a name where it is not a part of a longer word.
fn replace_word(text: &str, word: &str, with: &str) -> String {
    if word.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, found) = rest.split_at(at);
        let after = &found[word.len()..];
        let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let own = free(before.chars().next_back().or(out.chars().next_back())) && free(after.chars().next());
        out.push_str(before);
        out.push_str(if own { with } else { word });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// UUIDs with and without dashes, machine ids, and MAC addresses.
fn identifier(word: &str, names: &mut Names) -> Option<String> {
    // `CRYPT-LUKS2-0123…-name` hands over dashes and digits that stand around the number.
    let mut parts: Vec<String> = word.split('-').map(str::to_owned).collect();
    let dashed = parts.windows(5).position(|five| five.iter().map(String::len).eq([8, 4, 4, 4, 12]));
    let bare = parts.iter().position(|part| part.len() == 32 && !part.contains(':'));
    if let Some(at) = dashed {
        let number = names.number("id", &parts[at..at + 5].concat().to_lowercase());
        parts.splice(at..at + 5, [format!("{number:08x}-0000-4000-8000-{number:012x}")]);
        return Some(parts.join("-"));
    }
    if let Some(at) = bare {
        let number = names.number("id", &parts[at].to_lowercase());
        parts[at] = format!("{number:08x}000040008000{number:012x}");
        return Some(parts.join("-"));
    }
    let digits: String = word.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect();
    let pairs: Vec<&str> = word.split(':').collect();
    if pairs.len() == 6
        && pairs.iter().all(|pair| pair.len() == 2)
        && digits != "000000000000"
        && digits != "ffffffffffff"
    {
        return Some(format!("02:00:00:00:00:{:02x}", names.number("mac", &digits) % 256));
    }
    None
}

/// Runs over the words of a text, which are made of the given characters, and replaces some.
fn map_words(text: &str, part: impl Fn(char) -> bool, mut replace: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        match replace(word) {
            Some(other) if !word.is_empty() => out.push_str(&other),
            _ => out.push_str(word),
        }
        let step = tail.find(&part).unwrap_or(tail.len());
        out.push_str(&tail[..step]);
        rest = &tail[step..];
    }
    out
}
