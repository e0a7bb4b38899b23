//! Which mandatory access control confines programs, if any.
//!
//! SELinux says in `/sys/fs/selinux/enforce` whether it enforces; where it is off, that directory is
//! missing (selinux(8)). AppArmor says in a module parameter whether it is on, and lists its profiles
//! below `/sys/kernel/security/apparmor/policy`, each with its mode. Both are readable for everyone
//! (kernel security/apparmor/lsm.c, apparmorfs.c); the one list `…/apparmor/profiles` is root's. A
//! profile confines in the modes `enforce`, `kill` and `prompt`, and does not in `complain` and
//! `unconfined`.

use super::{Part, State};
use crate::host::{Host, HostError, Read, present};
use crate::linux::systemd;
use crate::parse::shell_vars;

const SELINUX: &str = "/sys/fs/selinux";
const ENFORCE: &str = "/sys/fs/selinux/enforce";
const CONFIG: &str = "/etc/selinux/config";
const APPARMOR: &str = "/sys/module/apparmor/parameters/enabled";
const PROFILES: &str = "/sys/kernel/security/apparmor/policy/profiles";
const MODULES: &str = "/sys/kernel/security/lsm";
const TOMOYO_LOADER: &str = "/sbin/tomoyo-init";

/// The most profiles that are looked at. Ubuntu brings some 150.
const MOST_PROFILES: usize = 1000;

pub(super) fn ask(host: &dyn Host) -> Part {
    let found = [selinux(host), apparmor(host), others(host)];
    let rank = |part: &Part| match part.state {
        State::Held(_) => 0,
        State::CannotTell(_) => 1,
        State::Missing { .. } => 2,
    };
    found.into_iter().flatten().min_by_key(rank).unwrap_or_else(|| nothing(host))
}

fn selinux(host: &dyn Host) -> Option<Part> {
    match host.read_line(ENFORCE) {
        Ok(value) if value == "1" => Some(Part::held("SELinux").saw(ENFORCE, "1", "getenforce")),
        Ok(value) if value == "0" => {
            let why = text!("SELinux is on, but it only takes notes (permissive) and stops nothing");
            let part = Part::missing(why, "SELinux permissive").saw(ENFORCE, "0", "getenforce");
            // Tells whether it was switched for now or for good.
            let config = host.read_text(CONFIG).ok().and_then(|text| shell_vars::value(&text, "SELINUX"));
            Some(match config {
                Some(mode) => part.saw(CONFIG, &format!("SELINUX={mode}"), &format!("cat {CONFIG}")),
                None => part,
            })
        }
        Ok(value) => Some(Part::cannot_tell(HostError::Garbled(ENFORCE.to_owned(), value).reason())),
        // An empty directory is one that nothing is mounted on.
        Err(HostError::Absent(_)) => match host.exists(SELINUX) {
            Ok(false) => None,
            Ok(true) => Some(Part::cannot_tell(text!(
                "Whether SELinux enforces cannot be seen: {path} is not mounted",
                path = SELINUX
            ))),
            Err(error) => Some(Part::cannot_tell(error.reason())),
        },
        Err(error) => Some(Part::cannot_tell(error.reason())),
    }
}

fn apparmor(host: &dyn Host) -> Option<Part> {
    let part = match host.read_line(APPARMOR) {
        Ok(value) if value == "Y" => with_profiles(host),
        Ok(_) | Err(HostError::Absent(_)) => return None,
        Err(error) => return Some(Part::cannot_tell(error.reason())),
    };
    Some(part.saw(APPARMOR, "Y", "aa-enabled"))
}

fn with_profiles(host: &dyn Host) -> Part {
    let check = "sudo aa-status";
    let names = match host.list(PROFILES) {
        Ok(names) => names,
        Err(error) => return by_service(host, &error),
    };
    if names.is_empty() {
        let why = text!("AppArmor is on, but no profile is loaded, so it confines nothing");
        return Part::missing(why, "AppArmor without profiles").saw(PROFILES, "empty", check);
    }
    match confining_profile(host, &names) {
        Ok(Some(name)) => {
            let saw = format!("{} profiles, {name} enforced", names.len());
            Part::held("AppArmor").saw(PROFILES, &saw, check)
        }
        Ok(None) => {
            let why = text!("AppArmor is on, but none of its {count} profiles is enforced", count = names.len());
            Part::missing(why, "AppArmor only complains").saw(PROFILES, &format!("{} profiles", names.len()), check)
        }
        Err(error) => by_service(host, &error),
    }
}

/// The first profile that confines. One that was unloaded meanwhile does not count.
fn confining_profile<'a>(host: &dyn Host, names: &'a [String]) -> Read<Option<&'a str>> {
    for name in names.iter().take(MOST_PROFILES) {
        let mode = present(host.read_line(&format!("{PROFILES}/{name}/mode")))?.unwrap_or_default();
        if matches!(mode.as_str(), "enforce" | "kill" | "prompt") {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Where the profiles cannot be seen: what its service did at boot. Debian's, Ubuntu's and openSUSE's is
/// started once and stays "active" when every profile was loaded.
fn by_service(host: &dyn Host, error: &HostError) -> Part {
    let unit = "apparmor.service";
    let units = systemd::units(host, &[unit]).unwrap_or_default();
    match units.first() {
        Some(known) if known.is_active() == Some(true) => {
            Part::held("AppArmor").inferred().saw(unit, &known.words(), "systemctl status apparmor.service")
        }
        _ => Part::cannot_tell(text!(
            "AppArmor is on, but which profiles it has cannot be seen: {reason}",
            reason = error
        )),
    }
}

/// The smaller ones. Smack confines what carries a label, and TOMOYO what its loader gave it rules for;
/// both keep that from ordinary users. TOMOYO without its loader does nothing (Debian's kernel lists it
/// on every machine).
fn others(host: &dyn Host) -> Option<Part> {
    let list = host.read_line(MODULES).unwrap_or_default();
    let active = |name: &str| list.split(',').any(|module| module == name);
    let name = if active("smack") {
        "Smack"
    } else if active("tomoyo") && host.exists(TOMOYO_LOADER) != Ok(false) {
        "TOMOYO"
    } else {
        return None;
    };
    let why = text!("{system} is on; which programs it confines is kept from ordinary users", system = name);
    Some(Part::cannot_tell(why).saw(MODULES, &list, &format!("cat {MODULES}")))
}

fn nothing(host: &dyn Host) -> Part {
    let list = host.read_line(MODULES);
    // Nothing follows from files that are missing because /sys is hidden.
    if list.is_err() && host.exists("/sys/module") != Ok(true) {
        return Part::cannot_tell(HostError::Absent("/sys/module".to_owned()).reason());
    }
    let why = text!("Nothing confines programs: neither AppArmor nor SELinux is active");
    let part = Part::missing(why, "no AppArmor or SELinux");
    match list {
        Ok(list) => part.saw(MODULES, &list, &format!("cat {MODULES}")),
        Err(_) => part.saw(APPARMOR, "not there or not Y", "aa-enabled"),
    }
}
