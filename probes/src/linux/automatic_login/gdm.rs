//! GDM: `[daemon]` in its one file. Source: gdm `gdm-settings-utils.c` and its sample file.

use super::{Login, first_login};
use crate::host::{Host, Read};
use crate::parse::key_file::value;

/// Debian, Ubuntu, others; and what GDM is told for this one boot.
const FILES: [&str; 5] = [
    "/etc/gdm3/daemon.conf",
    "/etc/gdm3/custom.conf",
    "/etc/gdm/custom.conf",
    "/run/gdm/custom.conf",
    "/run/gdm3/custom.conf",
];

pub(super) fn login(host: &dyn Host) -> Read<Option<Login>> {
    first_login(FILES.into_iter().map(|path| {
        let Some(text) = host.read_if_there(path)? else { return Ok(None) };
        Ok(in_file(path, &text))
    }))
}

fn in_file(path: &str, text: &str) -> Option<Login> {
    let key = |name: &str| value(text, "daemon", name).unwrap_or_default();
    let on = |name: &str| matches!(key(name).to_ascii_lowercase().as_str(), "true" | "1");
    // After a while nobody needs to do anything for the second either.
    [("AutomaticLoginEnable", "AutomaticLogin"), ("TimedLoginEnable", "TimedLogin")].into_iter().find_map(
        |(switch, name)| {
            let user = key(name);
            (on(switch) && !user.is_empty())
                .then(|| Login::new(user, path, format!("{switch}={} {name}={user}", key(switch))))
        },
    )
}
