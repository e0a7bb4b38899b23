//! openSUSE's `/etc/sysconfig/displaymanager`, which its login programs heed; LXDM and SLiM.

use super::{Login, first_login};
use crate::host::{Host, Read};
use crate::parse::{key_file, shell_vars};

const SUSE: &str = "/etc/sysconfig/displaymanager";

pub(super) fn suse(host: &dyn Host) -> Read<Option<Login>> {
    let Some(text) = host.read_if_there(SUSE)? else { return Ok(None) };
    let name = "DISPLAYMANAGER_AUTOLOGIN";
    let user = shell_vars::value(&text, name).filter(|user| !user.is_empty());
    Ok(user.map(|user| Login::new(&user, SUSE, format!("{name}=\"{user}\""))))
}

pub(super) fn lxdm(host: &dyn Host) -> Read<Option<Login>> {
    first_login(["/etc/lxdm/lxdm.conf", "/etc/lxdm/default.conf"].into_iter().map(|path| {
        let Some(text) = host.read_if_there(path)? else { return Ok(None) };
        let user = key_file::value(&text, "base", "autologin").filter(|user| !user.is_empty());
        Ok(user.map(|user| Login::new(user, path, format!("[base] autologin={user}"))))
    }))
}

/// Words parted by blanks: `auto_login yes` and `default_user ann`. Source: SLiM's sample file.
pub(super) fn slim(host: &dyn Host) -> Read<Option<Login>> {
    let path = "/etc/slim.conf";
    let Some(text) = host.read_if_there(path)? else { return Ok(None) };
    let word = |name: &str| {
        text.lines().filter_map(|line| line.trim().split_once(char::is_whitespace)).rfind(|(key, _)| *key == name)
    };
    let on = word("auto_login").is_some_and(|(_, value)| value.trim() == "yes");
    let user = word("default_user").map(|(_, user)| user.trim()).filter(|user| on && !user.is_empty());
    Ok(user.map(|user| Login::new(user, path, format!("auto_login yes, default_user {user}"))))
}
