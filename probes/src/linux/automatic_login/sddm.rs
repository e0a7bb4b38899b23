//! SDDM, and Plasma's login manager, which reads the same section from files of its own.
//!
//! Source: sddm `ConfigReader.cpp` (every file of a directory counts, whatever its name; `#` starts a comment
//! anywhere) and `Display.cpp` (without a session the last one is started).

use super::Login;
use crate::host::{Host, Read};
use crate::linux::display_manager::drop_ins;
use crate::parse::key_file::entries;

pub(super) fn sddm(host: &dyn Host) -> Read<Option<Login>> {
    login(host, &["/usr/lib/sddm/sddm.conf.d", "/etc/sddm.conf.d"], "/etc/sddm.conf")
}

pub(super) fn plasma_login(host: &dyn Host) -> Read<Option<Login>> {
    login(host, &["/usr/lib/plasmalogin.conf.d", "/etc/plasmalogin.conf.d"], "/etc/plasmalogin.conf")
}

fn login(host: &dyn Host, directories: &[&str], last: &str) -> Read<Option<Login>> {
    let mut files = Vec::new();
    for directory in directories {
        files.extend(drop_ins(host, directory, |_every_name| true)?);
    }
    if let Some(text) = host.read_if_there(last)? {
        files.push((last.to_owned(), text));
    }
    let mut user: Option<(String, String)> = None;
    let mut session = String::new();
    for (path, text) in &files {
        let text: String = text.lines().map(|line| format!("{}\n", line.split('#').next().unwrap_or(line))).collect();
        for (_, key, value) in entries(&text).filter(|(group, _, _)| *group == "Autologin") {
            match key {
                "User" => user = Some((path.clone(), value.to_owned())),
                "Session" => session = value.to_owned(),
                _ => {}
            }
        }
    }
    Ok(user.filter(|(_, user)| !user.is_empty()).map(|(path, user)| Login {
        // Versions before 0.19 do nothing without a session.
        inferred: session.is_empty(),
        ..Login::new(&user, &path, format!("[Autologin] User={user} Session={session}"))
    }))
}
