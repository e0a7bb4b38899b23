//! The commands that only tell: practices, profiles, history, and the check of a policy.

use std::path::Path;

use serde_json::json;
use stethoscope_probes::catalog;
use stethoscope_probes::practice::PracticeId;

use super::arguments::{Format, FormatOrder, ListOrder};
use super::page::{Look, Page};
use super::{Exit, Surroundings, Trouble, json, machine, scan};
use crate::guidance;
use crate::history as kept;
use crate::policy::load::{self, PolicyError};
use crate::words::say;

/// What is checked, and how on this system.
pub(super) fn practices(order: &ListOrder, around: &Surroundings) -> Result<String, Trouble> {
    let platform = machine::host(&order.machine, around)?.platform();
    let reads = |practice| catalog::probe(practice, platform).map(|probe| probe.reads);
    if order.format.format == Format::Json {
        let practice = |practice: PracticeId| {
            json!({
                "practice": practice.wire_name(),
                "name": guidance::name(practice),
                "checks": checks(practice),
                "reads": reads(practice),
            })
        };
        let practices: Vec<_> = PracticeId::ALL.into_iter().map(practice).collect();
        return Ok(json::page(
            &json!({ "schema": json::SCHEMA, "platform": platform.wire_name(), "practices": practices }),
        ));
    }
    let mut page = Page::new(around.colour);
    for practice in PracticeId::ALL {
        page.line(&[
            (Look::Strong, practice.wire_name()),
            (Look::Plain, "  "),
            (Look::Plain, guidance::name(practice)),
        ]);
        page.plain(&format!("  {}", say(checks(practice))));
        let how = reads(practice).unwrap_or("This cannot be checked on this system yet");
        page.line(&[(Look::Faint, &format!("  {}", say(how)))]);
    }
    Ok(page.done())
}

/// What is asked when a policy asks for a practice.
fn checks(practice: PracticeId) -> &'static str {
    match practice {
        PracticeId::OsVersion => "The system is a release that still gets security fixes",
        PracticeId::SoftwareUpdates => "No security update waits to be installed or for a restart",
        PracticeId::AutomaticUpdates => "Security updates install themselves",
        PracticeId::Firewall => "Connections from outside are refused unless they are allowed",
        PracticeId::DiskEncryption => "Every disk that needs it, and all swap, is encrypted",
        PracticeId::SecureBoot => "The computer starts only systems that its firmware can vouch for",
        PracticeId::Firmware => "The firmware (BIOS, UEFI) is set up to defend itself",
        PracticeId::KernelHardening => "The heart of the system keeps programs within their limits",
        PracticeId::ScreenLock => "Leaving the computer alone ends in a locked screen",
        PracticeId::ScreenIdle => "How long the computer has to be left alone before the screen goes idle",
        PracticeId::AccountPassword => "Your account has a password",
        PracticeId::AutomaticLogin => "Whether switching the computer on is enough to be logged in",
        PracticeId::RemoteLogin => "Whether somebody can log in or take control over the network",
        PracticeId::FileSharing => "Whether files or printers are offered to the network",
        PracticeId::SshKeys => "Every private SSH key has a passphrase and is kept from others",
        PracticeId::Antivirus => "A scanner against malicious programs is at work",
        PracticeId::Applications => "Wanted applications are installed, unwanted ones are not",
        PracticeId::OpenWifiConnections => "Whether a remembered Wi-Fi network has no encryption",
        PracticeId::StethoscopeVersion => "The version of this program",
    }
}

/// Reads a policy file and says what it asks, or what is wrong with it.
pub(super) fn check_policy(file: &Path) -> Result<(String, Exit, Vec<String>), Trouble> {
    let policy = match load::from_file(file) {
        Ok(policy) => policy,
        Err(error @ PolicyError::Unreadable { .. }) => return Err(Trouble::new(error)),
        Err(error) => return Ok((String::new(), Exit::Bad, vec![error.to_string()])),
    };
    let mut page = Page::new(false);
    let count = policy.requirements.len();
    let practices = if count == 1 { "practice" } else { "practices" };
    page.plain(&format!("{}: the policy `{}` is good and asks for {count} {practices}", file.display(), policy.name));
    for (practice, requirement) in &policy.requirements {
        page.plain(&format!("  {practice}: {requirement}"));
    }
    Ok((page.done(), Exit::Good, Vec::new()))
}

/// The profiles to choose from, and which is in force.
pub(super) fn profiles(
    order: &FormatOrder,
    around: &Surroundings,
    warned: &mut Vec<String>,
) -> Result<String, Trouble> {
    let (profiles, pinned) = match &around.paths {
        Some(paths) => {
            let (profiles, errors) = load::profiles(paths);
            warned.extend(errors.iter().map(ToString::to_string));
            (profiles, load::pinned(paths).map_err(Trouble::new)?)
        }
        None => (load::built_in(), None),
    };
    let wanted = scan::wanted(pinned.as_deref(), around, warned);
    let in_force = match load::choose(&profiles, pinned.as_deref(), &wanted) {
        Ok(profile) => Some(profile.id.clone()),
        Err(error) => {
            warned.push(error.to_string());
            None
        }
    };
    let chosen = |id: &str| in_force.as_deref() == Some(id);
    if order.format == Format::Json {
        let profile = |profile: &load::Profile| {
            json!({
                "id": profile.id,
                "name": profile.policy.name,
                "description": profile.policy.description,
                "source": profile.source.to_string(),
                "inForce": chosen(&profile.id),
                "pinned": pinned.as_deref() == Some(&profile.id),
                "practices": profile.policy.requirements.keys().map(|practice| practice.wire_name()).collect::<Vec<_>>(),
            })
        };
        let profiles: Vec<_> = profiles.iter().map(profile).collect();
        return Ok(json::page(&json!({ "schema": json::SCHEMA, "profiles": profiles })));
    }
    let mut page = Page::new(around.colour);
    for profile in &profiles {
        let note = match (chosen(&profile.id), &pinned) {
            (true, Some(_)) => "  (in force, pinned by your administrator)",
            (true, None) => "  (in force)",
            (false, _) => "",
        };
        page.line(&[
            (Look::Strong, &profile.id),
            (Look::Plain, "  "),
            (Look::Plain, &profile.policy.name),
            (Look::Plain, note),
        ]);
        if !profile.policy.description.is_empty() {
            page.plain(&format!("  {}", profile.policy.description));
        }
        page.line(&[(Look::Faint, &format!("  {}", profile.source))]);
    }
    Ok(page.done())
}

/// What changed when, oldest first.
pub(super) fn history(order: &FormatOrder, around: &Surroundings, warned: &mut Vec<String>) -> Result<String, Trouble> {
    let Some(paths) = &around.paths else {
        return Err(Trouble("this user has no home directory, so there is no history".to_owned()));
    };
    let file = paths.history();
    let history = kept::read(&file)
        .map_err(|error| Trouble(format!("the history could not be read: {error}\nfile: {}", file.display())))?;
    if history.skipped > 0 {
        let lines = if history.skipped == 1 { "1 line makes" } else { "some lines make" };
        warned.push(format!("{lines} no sense and was left out\nfile: {}", file.display()));
    }
    if order.format == Format::Json {
        let change = |entry: &kept::Entry| {
            json!({
                "at": entry.at.to_string(),
                "practice": entry.practice.wire_name(),
                "from": entry.from.map(|state| state.wire_name()),
                "to": entry.to.wire_name(),
                "reason": entry.reason,
                "policy": entry.policy,
            })
        };
        let changes: Vec<_> = history.entries.iter().map(change).collect();
        return Ok(json::page(&json!({ "schema": json::SCHEMA, "changes": changes })));
    }
    let mut page = Page::new(around.colour);
    if history.entries.is_empty() {
        page.plain(say("Nothing has changed since the first check"));
    }
    for entry in &history.entries {
        let when = entry.at.to_zoned(around.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let from = entry.from.map_or("", |state| state.wire_name());
        page.line(&[
            (Look::Faint, &when),
            (Look::Plain, "  "),
            (Look::Strong, guidance::name(entry.practice)),
            (Look::Plain, &format!("  {from} → ")),
            (Look::State(entry.to), entry.to.wire_name()),
            (Look::Plain, "  "),
            (Look::Plain, &entry.reason),
        ]);
    }
    Ok(page.done())
}
