//! LightDM: the sections of its seats, from the system's files up to `/etc/lightdm/lightdm.conf`.
//!
//! Source: lightdm `configuration.c` and its sample file.

use std::collections::BTreeMap;

use super::Login;
use crate::host::{Host, Read};
use crate::linux::display_manager::drop_ins;
use crate::parse::key_file::entries;

/// Directories of files, the least important first.
const DIRECTORIES: [&str; 4] = [
    "/usr/share/lightdm/lightdm.conf.d",
    "/usr/local/share/lightdm/lightdm.conf.d",
    "/etc/xdg/lightdm/lightdm.conf.d",
    "/etc/lightdm/lightdm.conf.d",
];
const LAST: &str = "/etc/lightdm/lightdm.conf";

pub(super) fn login(host: &dyn Host) -> Read<Option<Login>> {
    let mut files = Vec::new();
    for directory in DIRECTORIES {
        files.extend(drop_ins(host, directory, |name| name.ends_with(".conf"))?);
    }
    if let Some(text) = host.read_if_there(LAST)? {
        files.push((LAST.to_owned(), text));
    }
    // A later file overwrites a key of the same section; every seat has sections of its own.
    let mut keys: BTreeMap<(String, &str), (String, String)> = BTreeMap::new();
    for (path, text) in &files {
        for (group, key, value) in entries(text) {
            let key = match key {
                "autologin-user" | "autologin-guest" if is_seat(group) => key,
                _ => continue,
            };
            keys.insert((group.to_owned(), key), (value.to_owned(), path.clone()));
        }
    }
    Ok(keys.into_iter().find_map(|((group, key), (value, path))| {
        let saw = format!("[{group}] {key}={value}");
        match key {
            "autologin-guest" if value == "true" => Some(Login { user: None, ..Login::new("", &path, saw) }),
            "autologin-user" if !value.is_empty() => Some(Login::new(&value, &path, saw)),
            _ => None,
        }
    }))
}

fn is_seat(group: &str) -> bool {
    group == "SeatDefaults" || group.starts_with("Seat:")
}
