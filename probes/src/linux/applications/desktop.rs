//! Desktop entries: what the menu shows, with the names that people know.

use std::collections::BTreeMap;

use super::{Found, flatpak, item, miss};
use crate::finding::Evidence;
use crate::host::{Host, HostError, Read, present};
use crate::parse::key_file;

/// One entry of the menu.
#[derive(Debug)]
pub(super) struct Entry {
    folder: String,
    /// The file's name without its ending, directories joined by hyphens.
    id: String,
    label: String,
    /// The flatpak or snap that brings it.
    owner: Option<(&'static str, String)>,
}

pub(super) fn entries(host: &dyn Host, missed: &mut Vec<Evidence>) -> Read<Vec<Entry>> {
    let mut folders = vec![format!("{}/applications", host.data_home())];
    folders.extend(host.data_dirs().into_iter().map(|folder| format!("{folder}/applications")));
    folders
        .extend(flatpak::installations(host)?.into_iter().map(|folder| format!("{folder}/exports/share/applications")));
    folders.push("/var/lib/snapd/desktop/applications".to_owned());
    // The first file of a name hides later ones, even where it only says `Hidden`.
    let mut found: BTreeMap<String, Option<Entry>> = BTreeMap::new();
    for folder in folders {
        for name in present(host.list(&folder))?.unwrap_or_default() {
            if let Some(id) = name.strip_suffix(".desktop") {
                found.entry(id.to_owned()).or_insert_with(|| read(host, &folder, &name, id, missed));
                continue;
            }
            if name.contains('.') {
                continue;
            }
            let inner = format!("{folder}/{name}");
            let files = host.list(&inner).unwrap_or_else(|error| {
                if let HostError::Denied(_) = error {
                    missed.push(miss(&inner, error.to_string()));
                }
                Vec::new()
            });
            for file in files {
                if let Some(id) = file.strip_suffix(".desktop") {
                    let id = format!("{name}-{id}");
                    found.entry(id.clone()).or_insert_with(|| read(host, &inner, &file, &id, missed));
                }
            }
        }
    }
    Ok(found.into_values().flatten().collect())
}

/// An entry that may not be read can be any application. A link that leads nowhere is none.
fn read(host: &dyn Host, folder: &str, file: &str, id: &str, missed: &mut Vec<Evidence>) -> Option<Entry> {
    let path = format!("{folder}/{file}");
    let text = match host.read_text(&path) {
        Ok(text) => text,
        Err(HostError::Absent(_)) => return None,
        Err(error) => {
            missed.push(miss(&path, error.to_string()));
            return None;
        }
    };
    // Names in all languages make these long, so they are gone through once.
    let untranslated: Vec<(&str, &str)> = key_file::entries(&text)
        .filter(|(group, key, _)| *group == "Desktop Entry" && !key.ends_with(']'))
        .map(|(_, key, value)| (key, value))
        .collect();
    let of = |key: &str| untranslated.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| *value);
    if of("Type") != Some("Application") || of("Hidden") == Some("true") {
        return None;
    }
    let owner = |source, key| of(key).map(|name| (source, name.to_owned()));
    Some(Entry {
        folder: folder.to_owned(),
        id: id.to_owned(),
        label: of("Name").unwrap_or(id).to_owned(),
        owner: owner("flatpak", "X-Flatpak").or_else(|| owner("snap", "X-SnapInstanceName")),
    })
}

/// Gives flatpaks and snaps the name that the menu shows.
pub(super) fn add_labels(all: &mut [Found], entries: &[Entry]) {
    for item in all.iter_mut().flat_map(|found| &mut found.items) {
        if item.label.is_none() && matches!(item.source.as_str(), "flatpak" | "snap") {
            let owned = |entry: &&Entry| {
                entry.owner.as_ref().is_some_and(|(source, name)| *source == item.source && *name == item.name)
            };
            item.label = entries.iter().find(owned).map(|entry| entry.label.clone());
        }
    }
}

/// The entries that no flatpak and no snap brings, by folder.
pub(super) fn found(entries: Vec<Entry>) -> Vec<Found> {
    let mut folders: BTreeMap<String, Found> = BTreeMap::new();
    for entry in entries {
        if entry.owner.is_some() {
            continue;
        }
        let mut item = item("desktop", &entry.id, "");
        item.label = (entry.label != item.name).then_some(entry.label);
        let source = entry.folder.clone();
        let found = Found { source, items: Vec::new(), check: "the menu of applications" };
        folders.entry(entry.folder).or_insert(found).items.push(item);
    }
    folders.into_values().collect()
}
