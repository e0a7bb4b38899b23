//! Nix packages: the store paths that a profile's programs and manifest point to.

use serde_json::Value;

use super::{Found, item, miss};
use crate::finding::{Evidence, Item};
use crate::host::{Host, Read, present};

const SYSTEM: &str = "/run/current-system/sw";
const CHECK: &str = "nix profile list";

/// The packages of a NixOS. They have no manifest, so their programs tell them.
pub(super) fn system(host: &dyn Host, missed: &mut Vec<Evidence>) -> Read<Option<Found>> {
    let items = programs(host, SYSTEM)?;
    if !items.is_empty() {
        missed.push(miss(SYSTEM, "packages without programs cannot be seen"));
    }
    Ok((!items.is_empty()).then(|| Found {
        source: SYSTEM.to_owned(),
        items,
        check: "ls -l /run/current-system/sw/bin",
    }))
}

/// The packages of the user's profiles, on NixOS or any other system with Nix.
pub(super) fn profiles(host: &dyn Host, missed: &mut Vec<Evidence>) -> Read<Vec<Found>> {
    let user = host.user();
    let profiles = [
        format!("/etc/profiles/per-user/{}", user.name),
        format!("{}/.nix-profile", user.home),
        format!("{}/.local/state/nix/profiles/profile", user.home),
        "/nix/var/nix/profiles/default".to_owned(),
    ];
    let mut found = Vec::new();
    for profile in profiles {
        let mut items = programs(host, &profile)?;
        let path = format!("{profile}/manifest.json");
        if let Some(text) = host.read_if_there(&path)? {
            match manifest(&text) {
                Some(named) => items.extend(named),
                None => missed.push(miss(&path, "the manifest could not be understood")),
            }
        }
        if !items.is_empty() {
            found.push(Found { source: profile, items, check: CHECK });
        }
    }
    Ok(found)
}

fn programs(host: &dyn Host, profile: &str) -> Read<Vec<Item>> {
    let bin = format!("{profile}/bin");
    // With a single package in the profile, the whole directory is a link into the store.
    if let Ok(target) = host.link(&bin) {
        return Ok(store_item(&target).into_iter().collect());
    }
    let names = present(host.list(&bin))?.unwrap_or_default();
    let mut items: Vec<Item> =
        names.iter().filter_map(|name| store_item(&host.link(&format!("{bin}/{name}")).ok()?)).collect();
    items.sort();
    items.dedup();
    Ok(items)
}

/// `manifest.json` of versions 1 to 3: `elements` is a list or an object. `None` where any of it
/// could not be understood.
fn manifest(text: &str) -> Option<Vec<Item>> {
    let manifest = serde_json::from_str::<Value>(text).ok()?;
    let elements: Vec<&Value> = match manifest.get("elements")? {
        Value::Array(list) => list.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => return None,
    };
    let mut items = Vec::new();
    for element in elements {
        for path in element.get("storePaths")?.as_array()? {
            items.push(store_item(path.as_str()?)?);
        }
    }
    Some(items)
}

/// `/nix/store/HASH-NAME-VERSION/…`; the version starts at the first hyphen before a digit.
fn store_item(path: &str) -> Option<Item> {
    let (hash, name) = path.strip_prefix("/nix/store/")?.split('/').next()?.split_once('-')?;
    if hash.len() != 32 {
        return None;
    }
    let version = name
        .match_indices('-')
        .map(|(at, _)| at)
        .find(|at| name.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit));
    Some(match version {
        Some(at) => item("nix", &name[..at], &name[at + 1..]),
        None => item("nix", name, ""),
    })
}
