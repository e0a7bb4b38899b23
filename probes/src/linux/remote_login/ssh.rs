//! What the SSH server was told: ports and ways to log in. Fedora and RHEL keep it from ordinary users.

use std::collections::BTreeMap;

use crate::finding::Evidence;
use crate::host::{Host, HostError, Read, present};
use crate::linux::systemd;
use crate::parse::sshd_config::{Line, lines};

/// The first that exists counts: the administrator's, then the distribution's (openSUSE in /usr/etc).
const FILES: [&str; 4] =
    ["/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config", "/usr/lib/ssh/sshd_config", "/usr/share/openssh/sshd_config"];

/// What is worth showing, with what holds where it is not set. Who may log in is shown only where it is set.
const SHOWN: [(&str, Option<&str>); 8] = [
    ("PasswordAuthentication", Some("yes")),
    ("KbdInteractiveAuthentication", None),
    ("PermitRootLogin", Some("prohibit-password")),
    ("PermitEmptyPasswords", None),
    ("AllowUsers", None),
    ("AllowGroups", None),
    ("DenyUsers", None),
    ("DenyGroups", None),
];

/// How many files may be read in all, so that a ring of includes ends.
const MOST_FILES: usize = 64;

/// What is written, for everybody.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) file: String,
    ports: Vec<u16>,
    first: BTreeMap<String, String>,
}

impl Config {
    /// The ports that sshd listens on: 22 where none is named.
    pub(super) fn ports(&self) -> Vec<u16> {
        if self.ports.is_empty() { vec![22] } else { self.ports.clone() }
    }

    /// Whether a password is enough to log in, also one that PAM asks for in its own way.
    pub(super) fn takes_passwords(&self) -> bool {
        let is_on = |keyword: &str, default: bool| {
            self.first.get(keyword).map_or(default, |value| value.eq_ignore_ascii_case("yes"))
        };
        // The older name of the same setting.
        let asked = is_on("kbdinteractiveauthentication", is_on("challengeresponseauthentication", true));
        is_on("passwordauthentication", true) || (asked && is_on("usepam", false))
    }

    /// Ways to log in, as evidence.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let shown = SHOWN.into_iter().filter_map(|(keyword, default)| {
            let saw = match (self.first.get(&keyword.to_ascii_lowercase()), default) {
                (Some(value), _) => format!("{keyword} {value}"),
                (None, Some(default)) => format!("{keyword} is not set, so {default}"),
                (None, None) => return None,
            };
            Some(Evidence { source: self.file.clone(), saw, check: format!("grep -ri {keyword} /etc/ssh") })
        });
        shown.collect()
    }
}

/// `None` where no configuration exists, an error where it may not be read.
pub(super) fn config(host: &dyn Host) -> Read<Option<Config>> {
    for file in FILES {
        if host.exists(file)? {
            let mut config = Config { file: file.to_owned(), ..Config::default() };
            let mut left = MOST_FILES;
            take(host, file, true, &mut config, &mut left)?;
            return Ok(Some(config));
        }
    }
    Ok(None)
}

fn take(host: &dyn Host, file: &str, everybody: bool, config: &mut Config, left: &mut usize) -> Read<()> {
    let Some(fewer) = left.checked_sub(1) else {
        return Err(HostError::Garbled(file.to_owned(), "too many files include each other".to_owned()));
    };
    *left = fewer;
    let mut counts = everybody;
    for line in lines(&host.read_text(file)?) {
        match line {
            Line::Match { everybody: all } => counts = everybody && all,
            Line::Setting(keyword, values) if counts => {
                let value = values.join(" ");
                match keyword.as_str() {
                    "port" => config.ports.extend(value.parse::<u16>()),
                    "listenaddress" => config.ports.extend(port_of(values.first().map_or("", String::as_str))),
                    _ => {
                        config.first.entry(keyword).or_insert(value);
                    }
                }
            }
            Line::Setting(..) => {}
            Line::Include(patterns) => {
                for pattern in patterns {
                    for included in expand(host, &pattern)? {
                        take(host, &included, counts, config, left)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// The port in `0.0.0.0:2222` or `[::]:2222`.
fn port_of(address: &str) -> Option<u16> {
    let (before, port) = address.rsplit_once(':')?;
    (!before.contains(':') || before.ends_with(']')).then(|| port.parse().ok()).flatten()
}

fn expand(host: &dyn Host, pattern: &str) -> Read<Vec<String>> {
    let path = if pattern.starts_with('/') { pattern.to_owned() } else { format!("/etc/ssh/{pattern}") };
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let names = present(host.list(directory))?.unwrap_or_default();
    let fits = |known: &&String| systemd::matches(name, known);
    Ok(names.iter().filter(fits).map(|known| format!("{directory}/{known}")).collect())
}
