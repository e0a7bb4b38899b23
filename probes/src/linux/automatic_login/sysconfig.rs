//! openSUSE's `/etc/sysconfig/displaymanager`, which its login programs heed, and LXDM.

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
