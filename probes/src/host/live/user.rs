//! Who runs this program.

use crate::host::User;

/// The user of this process. The name is that of /etc/passwd, or of the session where the user comes from
/// elsewhere (LDAP, systemd-homed); the home is that of the session.
#[cfg(unix)]
pub(super) fn current() -> User {
    let uid = uid();
    let passwd = super::files::read("/etc/passwd").unwrap_or_default();
    let (known_name, known_home) = entry(&String::from_utf8_lossy(&passwd), uid).unwrap_or_default();
    let session = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let name = Some(known_name).filter(|name| !name.is_empty());
    let name = name.or_else(|| session("USER")).or_else(|| session("LOGNAME")).unwrap_or_else(|| uid.to_string());
    let home = session("HOME").filter(|home| home.starts_with('/')).unwrap_or(known_home);
    User { uid, name, home: if home.is_empty() { "/".to_owned() } else { home } }
}

#[cfg(not(unix))]
pub(super) fn current() -> User {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    User { uid: 0, name: variable("USERNAME"), home: variable("USERPROFILE") }
}

#[cfg(unix)]
fn uid() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Name and home of a user in the format of passwd(5).
#[cfg(unix)]
fn entry(passwd: &str, uid: u32) -> Option<(String, String)> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        match fields.as_slice() {
            [name, _, id, _, _, home, ..] if id.parse() == Ok(uid) => Some(((*name).to_owned(), (*home).to_owned())),
            _ => None,
        }
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::entry;

    #[test]
    fn a_user_is_found_by_number() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nbroken\n+nis\nann:x:1000:1000:,,,:/home/ann:/bin/sh\n";
        assert_eq!(entry(passwd, 1000), Some(("ann".to_owned(), "/home/ann".to_owned())));
        assert_eq!(entry(passwd, 0), Some(("root".to_owned(), "/root".to_owned())));
        assert_eq!(entry(passwd, 7), None);
    }
}
