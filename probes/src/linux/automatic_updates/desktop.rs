//! The software centres of GNOME and Plasma, which can install updates on their own.

use super::{Mechanism, State, evidence};
use crate::host::{Host, Read, present};
use crate::linux::gsettings::Gsettings;
use crate::parse::gvariant::Variant;
use crate::parse::kconfig;
use crate::system::Family;

/// GNOME Software downloads and installs where `download-updates` and `allow-updates` are on and its
/// service runs. Packages wait for the person to agree to a restart; images are simply put in place.
pub(super) fn gnome_software(host: &dyn Host, family: Family) -> Read<Mechanism> {
    const SCHEMA: &str = "org.gnome.software";
    // Without the program its settings say nothing.
    if !host.exists("/usr/bin/gnome-software")? {
        return Ok(Mechanism::missing());
    }
    let settings = Gsettings::open(host)?;
    let Some(download) = settings.get(SCHEMA, "download-updates")? else { return Ok(Mechanism::missing()) };
    let allow = settings.get(SCHEMA, "allow-updates")?;
    let seen = [Some(download.evidence()), allow.as_ref().map(|allow| allow.evidence())].into_iter().flatten();
    let allowed = allow.as_ref().is_none_or(|allow| allow.value == Variant::Bool(true));
    if download.value != Variant::Bool(true) || !allowed {
        let detail = text!("GNOME Software does not install updates by itself");
        return Ok(Mechanism::new(State::Off, detail).with(seen));
    }
    if !runs(host, "gnome-software")? {
        let detail = text!("GNOME Software would install updates by itself, but is not running");
        return Ok(Mechanism::new(State::Off, detail).with(seen));
    }
    let seen = seen.chain([evidence("gnome-software", "is running", "pgrep -a gnome-software")]);
    Ok(match family {
        Family::Ostree => {
            Mechanism::new(State::Likely, text!("GNOME Software puts new versions of the system in place"))
        }
        _ => Mechanism::new(
            State::Likely,
            text!("GNOME Software downloads updates and installs them when you agree to a restart"),
        ),
    }
    .with(seen))
}

/// Discover installs without asking only where that was chosen, and while its notifier runs.
pub(super) fn discover(host: &dyn Host) -> Read<Mechanism> {
    if !host.exists("/usr/bin/plasma-discover")? {
        return Ok(Mechanism::missing());
    }
    let mut folders = host.config_dirs();
    folders.insert(0, host.config_home());
    // The most important file comes last.
    let paths: Vec<String> = folders.iter().rev().map(|folder| format!("{folder}/PlasmaDiscoverUpdates")).collect();
    let mut texts = Vec::new();
    for path in &paths {
        texts.push(present(host.read_text(path))?.unwrap_or_default());
    }
    let files: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = kconfig::lookup(&files, "Global", "UseUnattendedUpdates");
    let seen = match found {
        Some((at, value)) => {
            evidence(&paths[at], format!("UseUnattendedUpdates={value}"), format!("cat {}", paths[at]))
        }
        None => evidence(&paths[paths.len() - 1], "UseUnattendedUpdates is not set", ""),
    };
    if found.and_then(|(_, value)| kconfig::truth(value)) != Some(true) {
        return Ok(
            Mechanism::new(State::Off, text!("Discover tells of updates, but does not install them")).with([seen])
        );
    }
    if !runs(host, "DiscoverNotifier")? {
        let detail = text!("Discover would install updates by itself, but its notifier is not running");
        return Ok(Mechanism::new(State::Off, detail).with([seen]));
    }
    Ok(Mechanism::new(
        State::Likely,
        text!("Discover downloads updates by itself and installs those of the system at the next restart"),
    )
    .with([seen]))
}

/// Whether the user runs a program. The kernel cuts names after 15 bytes.
fn runs(host: &dyn Host, program: &str) -> Read<bool> {
    let uid = host.user().uid;
    let short = program.get(..15).unwrap_or(program);
    Ok(host.processes()?.iter().any(|process| process.uid == uid && process.name == short))
}
