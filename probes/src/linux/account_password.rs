//! Whether the account of the person who sits here has a password.
//!
//! The password itself stands in `/etc/shadow`, which only root may read. AccountsService reads it as root and
//! tells everybody whether there is one; some settings say by themselves that none is asked.

#[cfg(all(test, feature = "fixture"))]
mod tests;

use serde_json::json;

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Bus, BusCall, Host, HostError, Read, present};
use crate::linux::place::{hides_the_machine, place};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::text::Text;

const PRACTICE: PracticeId = PracticeId::AccountPassword;

/// The probe.
pub(crate) const PROBE: Probe = Probe {
    practice: PRACTICE,
    platform: Platform::Linux,
    observe,
    reads: "What AccountsService says of your account, /etc/passwd, and the group that needs no password.",
};

/// What is known of the password.
#[derive(Debug)]
pub(crate) enum Password {
    /// There is one, or nobody can get in with one.
    Set {
        detail: Text,
        inferred: bool,
    },
    /// The account has none: whoever is asked for it presses Enter.
    Empty(Text),
    /// There is one, but these programs at the screen do not ask for it.
    NotAsked {
        detail: Text,
        services: Vec<String>,
    },
    Unknown(Text),
}

fn observe(host: &dyn Host) -> Read<Finding> {
    if let Some(why) = hides_the_machine(place(host)) {
        // The account is one of Windows, of a medium that makes it anew at each start, or of a machine outside.
        return Ok(Finding::unknown(PRACTICE, why));
    }
    let (password, evidence) = password(host);
    let finding = match password {
        Password::Set { detail, inferred: false } => Finding::new(PRACTICE, Observation::On, detail),
        Password::Set { detail, inferred: true } => Finding::new(PRACTICE, Observation::On, detail).inferred(),
        Password::Empty(detail) | Password::NotAsked { detail, .. } => Finding::new(PRACTICE, Observation::Off, detail),
        Password::Unknown(why) => Finding::unknown(PRACTICE, why),
    };
    Ok(finding.with_evidence(evidence))
}

/// What is known of the password of the user, and where it was read.
pub(crate) fn password(host: &dyn Host) -> (Password, Vec<Evidence>) {
    let mut evidence = Vec::new();
    let found = known(host, &mut evidence);
    if let Password::Empty(_) = found {
        return (found, evidence);
    }
    match not_asked(host, &mut evidence) {
        Some(not_asked) => (not_asked, evidence),
        None => (found, evidence),
    }
}

fn known(host: &dyn Host, evidence: &mut Vec<Evidence>) -> Password {
    let user = host.user();
    let passwd = host.read_text("/etc/passwd").map(|text| field(&text, &user.name));
    if let Ok(Some(field)) = &passwd {
        evidence.push(Evidence {
            source: "/etc/passwd".to_owned(),
            saw: format!("{}:{}:…", user.name, if field.is_empty() || field == "x" { field } else { "…" }),
            check: format!("getent passwd {}", user.name),
        });
        if field.is_empty() {
            return Password::Empty(empty());
        }
    }
    match accounts_service(host, evidence) {
        Ok(Some(password)) => return password,
        Ok(None) | Err(HostError::Absent(_)) => {}
        Err(error) => return Password::Unknown(error.reason()),
    }
    let passwd = match passwd {
        Ok(passwd) => passwd,
        Err(error) => return Password::Unknown(error.reason()),
    };
    match (passwd, present(host.read_text("/etc/shadow"))) {
        (Some(_), Ok(Some(shadow))) => in_shadow(&shadow, &user.name, evidence),
        (Some(hash), _) if hash != "x" && hash.len() > 2 => Password::Set { detail: set(), inferred: false },
        (Some(_), _) => Password::Unknown(text!(
            "Whether your account has a password stands only in /etc/shadow, which an ordinary user may not read, and AccountsService, which could tell, does not run"
        )),
        (None, _) => Password::Unknown(text!(
            "Your account is not one of this computer's own (it comes from a directory service or systemd-homed), so its password cannot be looked up"
        )),
    }
}

fn set() -> Text {
    text!("Your account has a password")
}

fn empty() -> Text {
    text!("Your account has no password, so anybody can log in as you")
}

fn locked() -> Text {
    text!("Nobody can log in to your account with a password")
}

/// The second field of a line of passwd(5) or shadow(5).
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.next().unwrap_or("x").to_owned())
    })
}

fn in_shadow(shadow: &str, name: &str, evidence: &mut Vec<Evidence>) -> Password {
    let found = field(shadow, name);
    let (password, saw) = match found.as_deref() {
        None => {
            let why = text!("Your account stands in /etc/passwd but not in /etc/shadow");
            (Password::Unknown(why), "no such account")
        }
        Some("") => (Password::Empty(empty()), "an empty password"),
        Some(hash) if hash.starts_with(['!', '*']) => {
            (Password::Set { detail: locked(), inferred: false }, "the password is locked")
        }
        Some(_) => (Password::Set { detail: set(), inferred: false }, "a password is set"),
    };
    // Never the words themselves.
    let check = format!("passwd -S {name}");
    evidence.push(Evidence { source: "/etc/shadow".to_owned(), saw: saw.to_owned(), check });
    password
}

const SERVICE: &str = "org.freedesktop.Accounts";
const OF_USER: &str = "org.freedesktop.Accounts.User";

/// What AccountsService says; it is asked only where it runs already.
fn accounts_service(host: &dyn Host, evidence: &mut Vec<Evidence>) -> Read<Option<Password>> {
    let uid = host.user().uid;
    let mut path = format!("/org/freedesktop/Accounts/User{uid}");
    let ask = |path: &str, name: &str| host.dbus(&BusCall::property(Bus::System, SERVICE, path, OF_USER, name));
    let mode = match ask(&path, "PasswordMode") {
        Err(HostError::Absent(_)) => {
            // It tells only of accounts that were asked for once; looking one up changes nothing.
            let find = BusCall::new(Bus::System, SERVICE, "/org/freedesktop/Accounts", SERVICE, "FindUserById");
            let Some(found) = present(host.dbus(&find.with("x", json!(uid))))? else { return Ok(None) };
            found.as_str().unwrap_or_default().clone_into(&mut path);
            ask(&path, "PasswordMode")?
        }
        mode => mode?,
    };
    let Some(mode) = mode.as_i64() else {
        return Err(HostError::Garbled(SERVICE.to_owned(), format!("PasswordMode is {mode}")));
    };
    let locked_out = ask(&path, "Locked").ok().and_then(|locked| locked.as_bool()).unwrap_or(false);
    evidence.push(Evidence {
        source: format!("{OF_USER} PasswordMode"),
        saw: if locked_out { format!("{mode}, Locked true") } else { mode.to_string() },
        check: format!("busctl get-property {SERVICE} {path} {OF_USER} PasswordMode"),
    });
    Ok(Some(match mode {
        2 => Password::Empty(empty()),
        0 if locked_out => Password::Set { detail: locked(), inferred: false },
        0 => Password::Set { detail: set(), inferred: false },
        1 => Password::Unknown(text!(
            "Your account's password is to be chosen at the next login; whether it has one until then could not be told"
        )),
        other => Password::Unknown(text!("AccountsService says {mode}, which is not known here", mode = other)),
    }))
}

/// The group whose members the login programs of several distributions let in without a password.
const GROUP: &str = "nopasswdlogin";

/// The settings of programs that may let that group in.
const LOGIN_PROGRAMS: [&str; 5] = ["gdm-password", "lightdm", "sddm", "lxdm", "plasmalogin"];

fn not_asked(host: &dyn Host, evidence: &mut Vec<Evidence>) -> Option<Password> {
    let user = host.user().name;
    let groups = host.read_text("/etc/group").ok()?;
    // It may be the main group of the account, too, which stands only in /etc/passwd.
    let passwd = host.read_text("/etc/passwd").unwrap_or_default();
    let main = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == user);
    let main = main.as_ref().and_then(|fields| fields.get(3)).copied();
    groups.lines().find(|line| match line.split(':').collect::<Vec<_>>().as_slice() {
        [GROUP, _, number, members] => main == Some(*number) || members.split(',').any(|name| name.trim() == user),
        _ => false,
    })?;
    evidence.push(Evidence {
        source: "/etc/group".to_owned(),
        saw: format!("{GROUP} has {user} as a member"),
        check: format!("getent group {GROUP}"),
    });
    let mut services = Vec::new();
    for service in LOGIN_PROGRAMS {
        let path = format!("/etc/pam.d/{service}");
        let text = host.read_text(&path).unwrap_or_default();
        if let Some(line) = text.lines().find(|line| !line.trim_start().starts_with('#') && line.contains(GROUP)) {
            let check = format!("grep {GROUP} {path}");
            evidence.push(Evidence { source: path, saw: line.trim().to_owned(), check });
            services.push(service.to_owned());
        }
    }
    if services.is_empty() {
        return None;
    }
    let detail =
        text!("Your account is in the group {group}, which gets in at the screen without a password", group = GROUP);
    Some(Password::NotAsked { detail, services })
}

/// Why a screen that locks keeps nobody out: the account has no password, or the login program that unlocks it
/// does not ask for one. `unlocks` is the PAM service of that program where it is not the locker itself.
pub(crate) fn lock_is_worthless(host: &dyn Host, unlocks: Option<&str>) -> Option<(Text, Vec<Evidence>)> {
    let (password, evidence) = password(host);
    match password {
        Password::Empty(_) => {
            Some((text!("Your account has no password, so a locked screen keeps nobody out"), evidence))
        }
        Password::NotAsked { services, .. }
            if unlocks.is_some_and(|name| services.iter().any(|known| known == name)) =>
        {
            let why = text!(
                "Your account is in the group {group}, which gets in without a password, so a locked screen keeps nobody out",
                group = GROUP
            );
            Some((why, evidence))
        }
        _ => None,
    }
}
