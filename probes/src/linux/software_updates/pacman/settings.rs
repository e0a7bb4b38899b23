//! What pacman.conf says of repositories and of packages to leave alone. Source: pacman.conf(5).

use crate::host::{Host, HostError, Read, present};
use crate::parse::glob;
use crate::parse::pacman_conf::{Line, lines};

pub(super) const FILE: &str = "/etc/pacman.conf";

/// How deep files may include one another, as in pacman.
const DEEPEST: usize = 10;

/// The settings that decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// The folder of the databases, without a slash at its end.
    pub(super) database: String,
    /// In the order in which they count.
    pub(super) repositories: Vec<String>,
    /// Shell patterns of packages, and of groups, to leave alone.
    pub(super) ignored: Vec<String>,
    pub(super) ignored_groups: Vec<String>,
    /// An included file that could not be read.
    pub(super) unread: Option<HostError>,
}

pub(super) fn read(host: &dyn Host) -> Read<Settings> {
    let mut settings = Settings {
        database: "/var/lib/pacman".to_owned(),
        repositories: Vec::new(),
        ignored: Vec::new(),
        ignored_groups: Vec::new(),
        unread: None,
    };
    let text = host.read_text(FILE)?;
    let mut section = String::new();
    add(host, &text, &mut section, &mut settings, 0);
    Ok(settings)
}

fn add(host: &dyn Host, text: &str, section: &mut String, settings: &mut Settings, depth: usize) {
    for line in lines(text) {
        let (key, value) = match line {
            Line::Section(name) => {
                name.clone_into(section);
                if name != "options" && !settings.repositories.iter().any(|known| known == name) {
                    settings.repositories.push(name.to_owned());
                }
                continue;
            }
            Line::Setting(key, value) => (key, value),
        };
        match (section.as_str(), key) {
            (_, "Include") if depth < DEEPEST => {
                for path in included(host, value) {
                    match host.read_text(&path) {
                        Ok(text) => add(host, &text, section, settings, depth + 1),
                        // pacman warns of a pattern without a file, and goes on.
                        Err(HostError::Absent(_)) => {}
                        Err(error) => settings.unread = Some(error),
                    }
                }
            }
            ("options", "DBPath") => settings.database = value.trim_end_matches('/').to_owned(),
            ("options", "IgnorePkg") => settings.ignored.extend(value.split_whitespace().map(str::to_owned)),
            ("options", "IgnoreGroup") => settings.ignored_groups.extend(value.split_whitespace().map(str::to_owned)),
            // A repository that is there for searching only is no source of updates.
            (repository, "Usage") if repository != "options" => {
                let gives = |word: &str| matches!(word, "All" | "Upgrade");
                if !value.split_whitespace().any(gives) {
                    let repository = repository.to_owned();
                    settings.repositories.retain(|known| *known != repository);
                }
            }
            _ => {}
        }
    }
}

/// The files an `Include` names: one, or all of a folder that fit a pattern.
fn included(host: &dyn Host, value: &str) -> Vec<String> {
    let Some((folder, pattern)) = value.rsplit_once('/') else { return Vec::new() };
    if !pattern.contains(['*', '?', '[']) {
        return vec![value.to_owned()];
    }
    let names = present(host.list(folder)).ok().flatten().unwrap_or_default();
    names.iter().filter(|name| glob::matches(pattern, name)).map(|name| format!("{folder}/{name}")).collect()
}
