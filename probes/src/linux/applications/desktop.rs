//! Desktop entries: what the menu shows, with the names that people know.

use std::collections::BTreeMap;

use super::{Found, flatpak, item, miss};
use crate::finding::Evidence;
use crate::host::{Host, HostError, Read, present};
use crate::parse::key_file;

/// One entry of the menu.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    folder: String,
    /// The file's name without its ending, directories joined by hyphens.
    id: String,
    label: String,
    /// The flatpak or snap that brings it.
    owner: Option<(&'static str, String)>,
}

/// A file that may be an entry.
struct File {
    folder: String,
    path: String,
    id: String,
}

/// What reading files came to: the entries, and what could not be read.
#[derive(Debug, Default)]
struct Entries {
    found: Vec<Entry>,
    missed: Vec<Evidence>,
}

pub(super) fn entries(host: &dyn Host, missed: &mut Vec<Evidence>) -> Read<Vec<Entry>> {
    let files = files(host, missed)?;
    // There are hundreds, and they are the same in nearly every scan.
    let (mut known, mut others, mut stamps) = (Vec::new(), Vec::new(), Vec::new());
    for file in &files {
        match host.stamp(&file.path) {
            Some(stamp) => {
                known.push(file);
                stamps.push((file.path.clone(), stamp));
            }
            None => others.push(file),
        }
    }
    let read = host.worked_out_of("entries of the menu", stamps, || Ok(read_all(host, &known)))?;
    let (others, _) = read_all(host, &others);
    missed.extend(read.missed.iter().chain(&others.missed).cloned());
    let mut entries = read.found.clone();
    entries.extend(others.found);
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(entries)
}

/// Every file that counts.
fn files(host: &dyn Host, missed: &mut Vec<Evidence>) -> Read<Vec<File>> {
    let mut folders = vec![format!("{}/applications", host.data_home())];
    folders.extend(host.data_dirs().into_iter().map(|folder| format!("{folder}/applications")));
    folders
        .extend(flatpak::installations(host)?.into_iter().map(|folder| format!("{folder}/exports/share/applications")));
    folders.push("/var/lib/snapd/desktop/applications".to_owned());
    // The first file of a name hides later ones, even where it only says `Hidden`.
    let mut found: BTreeMap<String, File> = BTreeMap::new();
    let mut add = |folder: &str, name: &str, id: String| {
        let file = || File { folder: folder.to_owned(), path: format!("{folder}/{name}"), id: id.clone() };
        found.entry(id.clone()).or_insert_with(file);
    };
    for folder in folders {
        for name in present(host.list(&folder))?.unwrap_or_default() {
            if let Some(id) = name.strip_suffix(".desktop") {
                add(&folder, &name, id.to_owned());
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
                    add(&inner, &file, format!("{name}-{id}"));
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Reads them, and says whether what came out hangs on the files alone.
fn read_all(host: &dyn Host, files: &[&File]) -> (Entries, bool) {
    let mut entries = Entries::default();
    let mut is_lasting = true;
    for file in files {
        match host.read_text(&file.path) {
            Ok(text) => entries.found.extend(entry(file, &text)),
            // A link that leads nowhere is no application.
            Err(HostError::Absent(_)) => is_lasting = false,
            // An entry that may not be read can be any application.
            Err(error) => {
                is_lasting &= matches!(error, HostError::Denied(_));
                entries.missed.push(miss(&file.path, error.to_string()));
            }
        }
    }
    (entries, is_lasting)
}

fn entry(file: &File, text: &str) -> Option<Entry> {
    // Names in all languages make these long, so they are gone through once.
    let untranslated: Vec<(&str, &str)> = key_file::entries(text)
        .filter(|(group, key, _)| *group == "Desktop Entry" && !key.ends_with(']'))
        .map(|(_, key, value)| (key, value))
        .collect();
    let of = |key: &str| untranslated.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| *value);
    if of("Type") != Some("Application") || of("Hidden") == Some("true") {
        return None;
    }
    let owner = |source, key| of(key).map(|name| (source, name.to_owned()));
    Some(Entry {
        folder: file.folder.clone(),
        id: file.id.clone(),
        label: of("Name").unwrap_or(&file.id).to_owned(),
        owner: owner("flatpak", "X-Flatpak").or_else(|| owner("snap", "X-SnapInstanceName")),
    })
}

/// Gives flatpaks and snaps the name that the menu shows.
pub(super) fn add_labels(all: &mut [Found], entries: &[Entry]) {
    for item in all.iter_mut().flat_map(|found| &mut found.items) {
        if item.label.is_none() && matches!(&*item.source, "flatpak" | "snap") {
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

#[cfg(all(test, feature = "fixture"))]
mod tests {
    use super::*;
    use crate::host::fixture::FixtureHost;

    #[test]
    fn what_reading_came_to_is_kept_where_it_hangs_on_the_files_alone() {
        let host = FixtureHost::parse(
            "@platform linux\n@file /a/x.desktop\n[Desktop Entry]\nType=Application\nName=X\n\
             @denied /a/secret.desktop\n@garbled /a/broken.desktop the disk is at fault\n",
            "test",
        )
        .expect("a host");
        let read = |name: &str| {
            let file = File { folder: "/a".to_owned(), path: format!("/a/{name}.desktop"), id: name.to_owned() };
            let (entries, is_lasting) = read_all(&host, &[&file]);
            let labels: Vec<String> = entries.found.into_iter().map(|entry| entry.label).collect();
            (labels, entries.missed.len(), is_lasting)
        };
        assert_eq!(read("x"), (vec!["X".to_owned()], 0, true));
        assert_eq!(read("secret"), (vec![], 1, true), "who may read it changes its stamp");
        assert_eq!(read("broken"), (vec![], 1, false));
        assert_eq!(read("gone"), (vec![], 0, false));
    }
}
