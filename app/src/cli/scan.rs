//! `scan`: choose the policy, run the probes, hold what they found against it.

use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::probe::{PROBE_LIMIT, Runner};
use stethoscope_probes::{catalog, device};

use super::arguments::{Format, ScanOrder};
use super::{Exit, Surroundings, Trouble, json, machine, text};
use crate::files;
use crate::lifecycle::Lifecycle;
use crate::policy::Policy;
use crate::policy::load::{self, PolicyError};
use crate::settings;
use crate::snapshot::{Overall, PolicyLabel, Snapshot};
use crate::state;

pub(super) fn scan(
    order: &ScanOrder,
    around: &Surroundings,
    warned: &mut Vec<String>,
) -> Result<(String, Exit), Trouble> {
    let (mut policy, label) = policy(order, around, warned)?;
    narrow(&mut policy, &order.practices)?;
    let host = machine::host(&order.machine, around)?;
    let asked: Vec<_> = catalog::probes(host.platform())
        .into_iter()
        .filter(|probe| policy.requirements.contains_key(&probe.practice))
        .collect();
    let before = (around.elapsed)();
    let findings = Runner::new().run(&asked, &host, PROBE_LIMIT);
    let device = device::device(host.as_ref());
    let took = (around.elapsed)().saturating_sub(before);
    // What the always-on program last saw says since when things are as they are.
    let previous = machine::is_this(&order.machine).then(|| previous(around, &label)).flatten();
    let snapshot =
        Snapshot::judge(findings, device, &policy, label, &Lifecycle::built_in(), host.now(), took, previous.as_ref());
    let said = match order.format.format {
        Format::Json => json::snapshot(&snapshot),
        Format::Text => text::snapshot(&snapshot, around, !order.practices.is_empty()),
    };
    Ok((said, exit(&snapshot, order.strict)))
}

fn exit(snapshot: &Snapshot, strict: bool) -> Exit {
    match snapshot.overall() {
        Overall::Fail => Exit::Bad,
        Overall::Nudge | Overall::Unknown if strict => Exit::Bad,
        Overall::Nudge | Overall::Unknown | Overall::Pass => Exit::Good,
    }
}

/// The policy that was asked for, else the pinned one, else the one in the settings.
fn policy(
    order: &ScanOrder,
    around: &Surroundings,
    warned: &mut Vec<String>,
) -> Result<(Policy, PolicyLabel), Trouble> {
    if let Some(file) = &order.policy {
        let policy = load::from_file(file).map_err(Trouble::new)?;
        let label = PolicyLabel { name: policy.name.clone(), source: file.display().to_string() };
        return Ok((policy, label));
    }
    let (profiles, errors, pinned) = match &around.paths {
        Some(paths) => {
            let (profiles, errors) = load::profiles(paths);
            (profiles, errors, load::pinned(paths).map_err(Trouble::new)?)
        }
        None => (load::built_in(), Vec::new(), None),
    };
    let chosen = match &order.profile {
        // Asking for another profile by name is a question, and changes nothing that is pinned.
        Some(wanted) => load::choose(&profiles, None, wanted),
        None => load::choose(&profiles, pinned.as_deref(), &wanted(pinned.as_deref(), around, warned)),
    };
    let profile = chosen.map_err(|missing| Trouble(with_broken(&missing, &errors)))?;
    let label = PolicyLabel { name: profile.policy.name.clone(), source: profile.source.to_string() };
    Ok((profile.policy.clone(), label))
}

/// A profile may be missing because its file is broken: then that is what to say first.
fn with_broken(missing: &PolicyError, errors: &[PolicyError]) -> String {
    let mut said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    said.push(missing.to_string());
    said.join("\n")
}

/// The profile in the settings. Settings that make no sense are left alone here: the always-on
/// program sets them aside, this one only reads.
pub(super) fn wanted(pinned: Option<&str>, around: &Surroundings, warned: &mut Vec<String>) -> String {
    let fallback = settings::Settings::default().profile;
    // Where one is pinned, what the settings say is of no interest, and neither is what is wrong with them.
    if pinned.is_some() {
        return fallback;
    }
    let Some(paths) = &around.paths else { return fallback };
    let file = paths.settings();
    let text = match files::read_text(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return fallback,
        Err(error) => {
            let file = file.display();
            warned.push(format!(
                "the settings could not be read and the profile `{fallback}` is used: {error}\nfile: {file}"
            ));
            return fallback;
        }
    };
    match settings::parse(&text, &file) {
        Ok(settings) => settings.profile,
        Err(error) => {
            warned.push(format!("the settings make no sense and the profile `{fallback}` is used: {error}"));
            fallback
        }
    }
}

fn narrow(policy: &mut Policy, only: &[String]) -> Result<(), Trouble> {
    if only.is_empty() {
        return Ok(());
    }
    let mut wanted = Vec::new();
    for name in only {
        let practice: PracticeId = name.parse().map_err(Trouble::new)?;
        if !policy.requirements.contains_key(&practice) {
            let asks: Vec<&str> = policy.requirements.keys().map(|practice| practice.wire_name()).collect();
            return Err(Trouble(format!(
                "the policy `{}` does not ask for `{practice}`; it asks for {}",
                policy.name,
                asks.join(", ")
            )));
        }
        wanted.push(practice);
    }
    policy.requirements.retain(|practice, _| wanted.contains(practice));
    Ok(())
}

fn previous(around: &Surroundings, label: &PolicyLabel) -> Option<Snapshot> {
    let (kept, _torn) = state::load::<Snapshot>(&around.paths.as_ref()?.snapshot());
    kept.filter(|kept| kept.policy == *label && kept.taken_at <= around.now)
}
