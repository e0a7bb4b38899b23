//! Text consoles that log somebody in by themselves: getty's units and their drop-ins, and `/etc/inittab`.
//!
//! Source: agetty(8), systemd.unit(5), inittab(5).

use super::Login;
use crate::host::{Host, HostError, Read, present};
use crate::linux::display_manager::drop_ins;
use crate::parse::key_file::entries;
use crate::parse::shell_words;

/// Where units may be changed, the most important first.
const FOLDERS: [&str; 3] = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system"];

pub(super) fn login(host: &dyn Host) -> Read<Option<Login>> {
    let mut refused: Option<HostError> = None;
    for folder in FOLDERS {
        match in_folder(host, folder) {
            Ok(None) => {}
            Err(error) => refused = Some(error),
            found => return found,
        }
    }
    if let Some(error) = refused {
        return Err(error);
    }
    if host.exists("/run/systemd/system")? {
        return Ok(None);
    }
    let path = "/etc/inittab";
    let Some(text) = host.read_if_there(path)? else { return Ok(None) };
    Ok(text.lines().filter(|line| !line.trim_start().starts_with('#')).find_map(|line| {
        // `id:runlevels:action:process`
        let process = line.splitn(4, ':').nth(3)?;
        Some(Login::new(&user_of(process)?, path, process.to_owned()))
    }))
}

fn in_folder(host: &dyn Host, folder: &str) -> Read<Option<Login>> {
    for name in present(host.list(folder))?.unwrap_or_default() {
        let unit = name.strip_suffix(".d").unwrap_or(&name);
        // Serial consoles are left out: to sit at one takes a cable or the machine's own host.
        if !["getty@", "autovt@"].iter().any(|start| unit.starts_with(start)) || !unit.ends_with(".service") {
            continue;
        }
        let path = format!("{folder}/{name}");
        let files = if name.ends_with(".d") {
            drop_ins(host, &path, |name| name.ends_with(".conf"))?
        } else {
            host.read_if_there(&path)?.map(|text| (path, text)).into_iter().collect()
        };
        let mut command: Option<(String, String)> = None;
        for (path, text) in files {
            for (_, _, value) in entries(&text).filter(|(group, key, _)| *group == "Service" && *key == "ExecStart") {
                command = (!value.is_empty()).then(|| (path.clone(), value.to_owned()));
            }
        }
        if let Some((path, command)) = command
            && let Some(user) = user_of(&command)
        {
            return Ok(Some(Login::new(&user, &path, command)));
        }
    }
    Ok(None)
}

/// The account that a getty's command line logs in.
fn user_of(command: &str) -> Option<String> {
    let words = shell_words::words(command);
    let program = words.first()?.trim_start_matches(['-', '@', '+', '!']);
    if !program.rsplit('/').next()?.contains("getty") {
        return None;
    }
    let at = words.iter().position(|word| word == "--autologin" || word == "-a" || word.starts_with("--autologin="))?;
    let user = match words[at].strip_prefix("--autologin=") {
        Some(user) => user.to_owned(),
        None => words.get(at + 1)?.clone(),
    };
    (!user.is_empty()).then_some(user)
}
