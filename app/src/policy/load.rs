//! Where policies come from: the program itself, the administrator's folder and the user's.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::Policy;
use super::read;
use crate::files::{READING, in_time};
use crate::paths::Paths;

/// The largest policy file that is read, in bytes. The longest sensible one is a hundredth of it.
pub const LARGEST_POLICY: u64 = 1 << 20;

/// A policy that was refused. The policy in force stays in force.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("the policy could not be read: {cause}\nfile: {file}")]
    Unreadable { cause: String, file: String },
    #[error("a policy may be at most 1 MiB large, and this file is larger\nfile: {file}")]
    TooLarge { file: String },
    #[error("the policy is not text: {problem}; save it as UTF-8\nfile: {file}, line {line}")]
    NotText { problem: String, file: String, line: usize },
    /// What was found and what would be right.
    #[error("{problem}\nfile: {file}, line {line}, column {column}")]
    Refused { problem: String, file: String, line: usize, column: usize },
    /// A user's file may not take the name of a profile that an administrator can pin.
    #[error("there is already a profile `{id}` from {owner}; give the file another name\nfile: {file}")]
    NameTaken { id: String, owner: &'static str, file: String },
    #[error("{who} asks for the profile `{id}`, which does not exist; there are {known}")]
    NoSuchProfile { who: String, id: String, known: String },
}

/// A policy under the name by which settings and the console choose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The file's name without its ending: `home`, `workplace`.
    pub id: String,
    pub policy: Policy,
    pub source: ProfileSource,
}

/// Who made a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileSource {
    BuiltIn,
    /// An administrator, in the system-wide folder.
    System(PathBuf),
    User(PathBuf),
}

impl std::fmt::Display for ProfileSource {
    /// `built in`, or the file.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProfileSource::BuiltIn => f.write_str("built in"),
            ProfileSource::System(path) | ProfileSource::User(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The profiles in the program, mildest first.
const BUILT_IN: [(&str, &str); 4] = [
    ("home", include_str!("../../../config/profiles/home.ron")),
    ("workplace", include_str!("../../../config/profiles/workplace.ron")),
    ("developer", include_str!("../../../config/profiles/developer.ron")),
    ("strict", include_str!("../../../config/profiles/strict.ron")),
];

/// Reads a policy. `label` names the file in messages.
pub fn from_text(text: &str, label: &str) -> Result<Policy, PolicyError> {
    if text.len() as u64 > LARGEST_POLICY {
        return Err(PolicyError::TooLarge { file: label.to_owned() });
    }
    // Editors on Windows put a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    read::policy(text).map_err(|mistake| PolicyError::Refused {
        problem: mistake.problem,
        file: label.to_owned(),
        line: mistake.line,
        column: mistake.column,
    })
}

/// Reads a policy file.
pub fn from_file(path: &Path) -> Result<Policy, PolicyError> {
    from_text(&text_of(path)?, &path.display().to_string())
}

/// The profiles in the program, mildest first.
pub fn built_in() -> Vec<Profile> {
    BUILT_IN
        .into_iter()
        .map(|(id, text)| Profile {
            id: id.to_owned(),
            policy: from_text(text, id).expect("a test reads every built-in profile"),
            source: ProfileSource::BuiltIn,
        })
        .collect()
}

/// Every profile to choose from, and what is wrong with the files that are not among them.
///
/// An administrator's profile takes the place of a built-in one of that name. A user's never takes
/// the place of either, so that pinning a profile by its name means something.
pub fn profiles(paths: &Paths) -> (Vec<Profile>, Vec<PolicyError>) {
    let (mut profiles, mut errors) = (built_in(), Vec::new());
    for (id, path) in files(&paths.system_profiles(), &mut errors) {
        match from_file(&path) {
            Ok(policy) => {
                let profile = Profile { id, policy, source: ProfileSource::System(path) };
                match profiles.iter_mut().find(|known| known.id == profile.id) {
                    Some(known) => *known = profile,
                    None => profiles.push(profile),
                }
            }
            Err(error) => {
                // The built-in one of that name is not what the administrator meant.
                profiles.retain(|known| known.id != id);
                errors.push(error);
            }
        }
    }
    for (id, path, read) in of_user(&paths.profiles(), &mut errors) {
        if let Some(known) = profiles.iter().find(|known| known.id == id) {
            let owner = match known.source {
                ProfileSource::BuiltIn => "this program",
                ProfileSource::System(_) | ProfileSource::User(_) => "your administrator",
            };
            errors.push(PolicyError::NameTaken { id, owner, file: path.display().to_string() });
            continue;
        }
        match read {
            Ok(policy) => profiles.push(Profile { id, policy, source: ProfileSource::User(path) }),
            Err(error) => errors.push(error),
        }
    }
    (profiles, errors)
}

/// The profile that an administrator pinned for everybody, if one did: `pinned.ron` in the
/// system-wide folder.
pub fn pinned(paths: &Paths) -> Result<Option<String>, PolicyError> {
    let path = paths.system.join("pinned.ron");
    let text = match text_of(&path) {
        Ok(text) => text,
        Err(PolicyError::Unreadable { .. }) if is_absent(&path) => return Ok(None),
        Err(error) => return Err(error),
    };
    read::pinned(&text).map(Some).map_err(|mistake| PolicyError::Refused {
        problem: mistake.problem,
        file: path.display().to_string(),
        line: mistake.line,
        column: mistake.column,
    })
}

/// The profile in force: the pinned one where there is one, else the one that the user chose.
pub fn choose<'a>(profiles: &'a [Profile], pinned: Option<&str>, wanted: &str) -> Result<&'a Profile, PolicyError> {
    let id = pinned.unwrap_or(wanted);
    // A user's own file must not be able to stand in for the profile an administrator means.
    let fits = |profile: &&Profile| {
        profile.id == id && (pinned.is_none() || !matches!(profile.source, ProfileSource::User(_)))
    };
    profiles.iter().find(fits).ok_or_else(|| {
        let known: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
        let who = if pinned.is_some() { "your administrator" } else { "the choice" };
        PolicyError::NoSuchProfile { who: who.to_owned(), id: id.to_owned(), known: known.join(", ") }
    })
}

/// The user's policy files with their ids, and what is in them.
fn of_user(folder: &Path, errors: &mut Vec<PolicyError>) -> Vec<(String, PathBuf, Result<Policy, PolicyError>)> {
    let wanted = folder.to_owned();
    let read = move || {
        let mut errors = Vec::new();
        let found = files(&wanted, &mut errors);
        let read = |(id, path): (String, PathBuf)| {
            let policy = from_file(&path);
            (id, path, policy)
        };
        Ok((found.into_iter().map(read).collect(), errors))
    };
    let (found, problems) =
        in_time(READING, read).unwrap_or_else(|error| (Vec::new(), vec![unreadable(folder, &error)]));
    errors.extend(problems);
    found
}

fn unreadable(path: &Path, error: &std::io::Error) -> PolicyError {
    PolicyError::Unreadable { cause: error.to_string(), file: path.display().to_string() }
}

/// The policy files of a folder with their ids, sorted. A folder that does not exist is empty.
fn files(folder: &Path, errors: &mut Vec<PolicyError>) -> Vec<(String, PathBuf)> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            errors.push(unreadable(folder, &error));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                errors.push(unreadable(folder, &error));
                continue;
            }
        };
        let id = path.file_stem().and_then(|stem| stem.to_str());
        if let Some(id) = id
            && path.extension().is_some_and(|ending| ending == "ron")
            // Editors keep their half-written files beside the real one under such names.
            && !id.starts_with('.')
        {
            found.push((id.to_owned(), path.clone()));
        }
    }
    found.sort();
    found
}

fn is_absent(path: &Path) -> bool {
    matches!(std::fs::symlink_metadata(path), Err(error) if error.kind() == ErrorKind::NotFound)
}

fn text_of(path: &Path) -> Result<String, PolicyError> {
    let file = path.display().to_string();
    let unreadable = |cause: String| PolicyError::Unreadable { cause, file: file.clone() };
    // Opening a pipe would wait for whoever writes into it.
    let about = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !about.is_file() {
        return Err(unreadable("it is not an ordinary file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|opened| opened.take(LARGEST_POLICY + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > LARGEST_POLICY {
        return Err(PolicyError::TooLarge { file });
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        PolicyError::NotText { problem: error.utf8_error().to_string(), file, line }
    })
}
