//! Snaps: what each mounted snap says of itself in `meta/snap.yaml`.

use super::{Found, item};
use crate::host::{Host, Read, present};

/// Fedora and others mount snaps below the second one.
const MOUNTS: [&str; 2] = ["/snap", "/var/lib/snapd/snap"];

pub(super) fn snap(host: &dyn Host) -> Read<Option<Found>> {
    for folder in MOUNTS {
        let Some(names) = present(host.list(folder))? else { continue };
        let mut items = Vec::new();
        for name in names {
            let current = format!("{folder}/{name}/current");
            if present(host.link(&current))?.is_none() {
                continue;
            }
            let text = host.read_text(&format!("{current}/meta/snap.yaml")).unwrap_or_default();
            let mut snap = item("snap", &name, &field(&text, "version").unwrap_or_default());
            snap.label = field(&text, "title");
            items.push(snap);
        }
        if !items.is_empty() {
            return Ok(Some(Found { source: folder.to_owned(), items, check: "snap list" }));
        }
    }
    Ok(None)
}

/// The snaps that somebody uses, by name: without snapd itself, kernels and what other snaps stand on.
pub(crate) fn names(host: &dyn Host) -> Read<Vec<String>> {
    let mut found = Vec::new();
    for folder in MOUNTS {
        for name in present(host.list(folder))?.unwrap_or_default() {
            let current = format!("{folder}/{name}/current");
            if present(host.link(&current))?.is_none() || name == "snapd" {
                continue;
            }
            let text = host.read_text(&format!("{current}/meta/snap.yaml")).unwrap_or_default();
            if field(&text, "type").is_none_or(|kind| kind == "app") && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    Ok(found)
}

/// A plain value at the top level of a YAML file.
fn field(text: &str, key: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let value = value.trim().trim_matches(['\'', '"']);
    (!value.is_empty()).then(|| value.to_owned())
}
