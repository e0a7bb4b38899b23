//! Flatpak applications of the system, of the user and of further installations.

use super::{Found, item};
use crate::finding::Item;
use crate::host::{Host, Read, present};
use crate::parse::gvariant::{Order, Variant, decode};
use crate::parse::key_file;

const CHECK: &str = "flatpak list --app --columns=application,version";

pub(super) fn flatpak(host: &dyn Host) -> Read<Vec<Found>> {
    let mut found = Vec::new();
    for directory in installations(host)? {
        let source = format!("{directory}/app");
        let Some(names) = present(host.list(&source))? else { continue };
        let mut items = Vec::new();
        for name in names {
            let current = format!("{source}/{name}/current");
            let first = present(host.link(&current))?;
            // What was removed leaves its directory behind, without this link.
            if first.is_some() {
                items.push(application(host, &name, &format!("{current}/active")));
            }
            for branch in branches(host, &format!("{source}/{name}"))? {
                if first.as_deref() != Some(branch.as_str()) {
                    items.push(application(host, &name, &format!("{source}/{name}/{branch}/active")));
                }
            }
        }
        found.push(Found { source, items, check: CHECK });
    }
    Ok(found)
}

/// The installations that have an application, as the directories where their applications are.
pub(crate) fn in_use(host: &dyn Host) -> Read<Vec<String>> {
    let mut found = Vec::new();
    for directory in installations(host)? {
        let source = format!("{directory}/app");
        for name in present(host.list(&source))?.unwrap_or_default() {
            if present(host.link(&format!("{source}/{name}/current")))?.is_some() {
                found.push(source);
                break;
            }
        }
    }
    Ok(found)
}

/// The branches of an application that are installed, as `architecture/branch`: several may be, side by side.
fn branches(host: &dyn Host, application: &str) -> Read<Vec<String>> {
    let mut found = Vec::new();
    for architecture in host.list(application)?.iter().filter(|name| *name != "current") {
        // Whatever else lies here is no directory.
        for branch in host.list(&format!("{application}/{architecture}")).unwrap_or_default() {
            if present(host.link(&format!("{application}/{architecture}/{branch}/active")))?.is_some() {
                found.push(format!("{architecture}/{branch}"));
            }
        }
    }
    Ok(found)
}

/// The directories of every installation; exported menu entries are below them, too.
pub(super) fn installations(host: &dyn Host) -> Read<Vec<String>> {
    let mut all = vec!["/var/lib/flatpak".to_owned(), format!("{}/flatpak", host.data_home())];
    let folder = "/etc/flatpak/installations.d";
    for name in present(host.list(folder))?.unwrap_or_default() {
        if !name.ends_with(".conf") {
            continue;
        }
        let text = host.read_text(&format!("{folder}/{name}"))?;
        let paths = key_file::entries(&text).filter(|(_, key, _)| *key == "Path");
        all.extend(paths.map(|(_, _, path)| path.trim_end_matches('/').to_owned()));
    }
    Ok(all)
}

/// The version stands in what flatpak wrote when it deployed the application, or in its metadata.
fn application(host: &dyn Host, name: &str, active: &str) -> Item {
    let mut item = item("flatpak", name, "");
    if let Ok(bytes) = host.read(&format!("{active}/deploy")) {
        let deploy = decode("(ssasta{sv})", &bytes, Order::Little);
        let words = |key| deploy.as_ref().and_then(|deploy| extra(deploy, key));
        item.version = words("appdata-version").unwrap_or_default();
        item.label = words("appdata-name");
    }
    if item.version.is_empty() {
        let files = [format!("metainfo/{name}.metainfo.xml"), format!("appdata/{name}.appdata.xml")];
        let texts = files.iter().filter_map(|file| host.read_text(&format!("{active}/export/share/{file}")).ok());
        item.version = texts.filter_map(|text| newest_release(&text)).next().unwrap_or_default();
    }
    item
}

fn extra(deploy: &Variant, key: &str) -> Option<String> {
    deploy.as_list()?.last()?.as_list()?.iter().find_map(|entry| match entry.as_list()? {
        [name, value] if name.as_text() == Some(key) => Some(value.unboxed().as_text()?.to_owned()),
        _ => None,
    })
}

/// AppStream metadata lists releases with the newest first.
fn newest_release(text: &str) -> Option<String> {
    let document = roxmltree::Document::parse(text).ok()?;
    let release = document.descendants().find(|node| node.has_tag_name("release"))?;
    release.attribute("version").map(str::to_owned)
}
