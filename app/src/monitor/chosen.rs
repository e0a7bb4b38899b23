//! The policy in force: the profile that the user chose, read again when a file changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use stethoscope_probes::device::{Device, Identifiers, System};
use stethoscope_probes::practice::Platform;
use stethoscope_probes::system::{Desktop, Family, Place};

use super::PolicySource;
use crate::files::{READING, in_time};
use crate::paths::Paths;
use crate::policy::Policy;
use crate::policy::load::{self, PolicyError, Profile};
use crate::snapshot::PolicyLabel;

/// A policy and how snapshots call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub policy: Policy,
    pub label: PolicyLabel,
}

impl From<Profile> for Chosen {
    fn from(profile: Profile) -> Self {
        let label = PolicyLabel { name: profile.policy.name.clone(), source: profile.source.to_string() };
        Chosen { policy: profile.policy, label }
    }
}

/// Reads the user's and the administrator's profiles. A file that did not change is not read again.
pub fn source(paths: Paths) -> PolicySource {
    let mut last: Option<Read> = None;
    Box::new(move |wanted| {
        let stamps = stamps(&paths);
        if let Some(last) = &last
            && last.wanted == wanted
            && last.stamps == stamps
        {
            return last.answer.clone();
        }
        let answer = choose(&paths, wanted).map(Arc::new);
        last = Some(Read { wanted: wanted.to_owned(), stamps, answer: answer.clone() });
        answer
    })
}

/// What was read, and of which files.
struct Read {
    wanted: String,
    stamps: Vec<Stamp>,
    answer: Result<Arc<Chosen>, PolicyError>,
}

fn choose(paths: &Paths, wanted: &str) -> Result<Chosen, PolicyError> {
    let (profiles, errors) = load::profiles(paths);
    let pinned = load::pinned(paths)?;
    let id = pinned.as_deref().unwrap_or(wanted);
    match load::choose(&profiles, pinned.as_deref(), wanted) {
        Ok(profile) => Ok(profile.clone().into()),
        // "There is no such profile" hides the mistake in the file that was meant to be it.
        Err(missing) => Err(errors.into_iter().find(|error| is_about(error, id)).unwrap_or(missing)),
    }
}

fn is_about(error: &PolicyError, id: &str) -> bool {
    match error {
        PolicyError::Unreadable { file, .. }
        | PolicyError::TooLarge { file }
        | PolicyError::NotText { file, .. }
        | PolicyError::Refused { file, .. }
        | PolicyError::NameTaken { file, .. } => Path::new(file).file_stem().is_some_and(|stem| stem == id),
        PolicyError::NoSuchProfile { .. } => false,
    }
}

/// The mildest of the built-in profiles: used until the chosen one can be.
pub(super) fn fallback(built_in: Vec<Profile>) -> Chosen {
    built_in.into_iter().next().expect("there are built-in profiles").into()
}

/// Changes when the file does, as far as its folder tells.
type Stamp = (PathBuf, Option<SystemTime>, u64);

fn stamps(paths: &Paths) -> Vec<Stamp> {
    let mut all = stamps_of(vec![paths.system.join("pinned.ron")], &paths.system_profiles());
    let own = paths.profiles();
    // A folder that does not answer is the loader's to complain of, too: it is asked when that changes.
    let silent = vec![(own.clone(), None, u64::MAX)];
    all.extend(in_time(READING, move || Ok(stamps_of(Vec::new(), &own))).unwrap_or(silent));
    all
}

fn stamps_of(mut files: Vec<PathBuf>, folder: &Path) -> Vec<Stamp> {
    // A folder that cannot be listed is the loader's to complain of.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    files.extend(entries.map(|entry| entry.path()));
    files.sort();
    let stamp = |file: PathBuf| {
        let metadata = fs::metadata(&file).ok();
        let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        (file, modified, metadata.map_or(0, |metadata| metadata.len()))
    };
    files.into_iter().map(stamp).collect()
}

/// A device of which nothing is known, where reading it broke.
pub(super) fn nameless(platform: Platform) -> Device {
    let family = match platform {
        Platform::Linux => Family::OtherLinux,
        Platform::Macos => Family::Macos,
        Platform::Windows => Family::Windows,
    };
    let empty = String::new;
    let system = System { id: empty(), name: empty(), version: empty(), kernel: empty(), architecture: empty() };
    Device {
        platform,
        name: String::new(),
        model: None,
        system,
        family,
        desktop: Desktop::Other,
        place: Place::Machine,
        identifiers: Identifiers::default(),
        interfaces: Vec::new(),
    }
}
