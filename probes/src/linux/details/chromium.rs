//! Extensions of Chrome, Chromium and what is built from it.

use std::collections::BTreeSet;

use super::{cut, small};
use crate::details::{Browser, Extension};
use crate::host::{Host, as_text};
use crate::parse::chromium_manifest::{self, Translations, needs_translation, newest, translated};
use crate::parse::chromium_preferences::switched_off;

/// Where profiles lie, below the user's folder of settings.
const FOLDERS: [&str; 15] = [
    "google-chrome",
    "google-chrome-beta",
    "google-chrome-unstable",
    "chromium",
    "BraveSoftware/Brave-Browser",
    "BraveSoftware/Brave-Browser-Beta",
    "BraveSoftware/Brave-Browser-Nightly",
    "microsoft-edge",
    "microsoft-edge-beta",
    "microsoft-edge-dev",
    "vivaldi",
    "vivaldi-snapshot",
    "opera",
    "yandex-browser",
    "thorium",
];

/// The same for flatpaks and snaps, below the user's home.
const CONFINED: [&str; 12] = [
    ".var/app/com.google.Chrome/config/google-chrome",
    ".var/app/org.chromium.Chromium/config/chromium",
    ".var/app/io.github.ungoogled_software.ungoogled_chromium/config/chromium",
    ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser",
    ".var/app/com.microsoft.Edge/config/microsoft-edge",
    ".var/app/com.vivaldi.Vivaldi/config/vivaldi",
    ".var/app/com.opera.Opera/config/opera",
    "snap/chromium/common/chromium",
    "snap/brave/current/.config/BraveSoftware/Brave-Browser",
    "snap/opera/current/.config/opera",
    "snap/vivaldi/current/.config/vivaldi",
    "snap/microsoft-edge/current/.config/microsoft-edge",
];

/// The largest manifest or translation that is read.
const LARGEST: u64 = 1 << 20;

/// As many names are looked at in one folder of profiles, in which caches lie too.
const MOST_PROFILES: usize = 200;

/// The largest file of settings that is read. A profile of many years has one of some megabytes.
const LARGEST_SETTINGS: u64 = 16 << 20;

/// Every extension that is installed in some profile and not known to be switched off there.
pub(super) fn extensions(host: &dyn Host, most: usize) -> Vec<Extension> {
    let (settings, home) = (host.config_home(), host.user().home);
    let plain = FOLDERS.iter().map(|folder| format!("{settings}/{folder}"));
    let confined = CONFINED.iter().map(|folder| format!("{home}/{folder}"));
    let mut found = Vec::new();
    // Also what turns out to be no extension counts, so that a folder full of rubbish comes to an end.
    let mut looks = 0;
    for folder in plain.chain(confined) {
        let profiles = host.list(&folder).unwrap_or_default().into_iter().take(MOST_PROFILES);
        // Opera's older versions have no profiles.
        let profiles = [folder.clone()].into_iter().chain(profiles.map(|profile| format!("{folder}/{profile}")));
        for profile in profiles {
            let installed = format!("{profile}/Extensions");
            let mut ids = host.list(&installed).unwrap_or_default();
            ids.retain(|id| is_id(id));
            if ids.is_empty() {
                continue;
            }
            let off = off(host, &profile);
            for id in ids {
                if looks >= most {
                    return found;
                }
                looks += 1;
                if !off.contains(&id) {
                    found.extend(extension(host, &format!("{installed}/{id}"), &id));
                }
            }
        }
    }
    found
}

/// The extensions that are switched off in a profile. Which of the two files has them depends on the version.
fn off(host: &dyn Host, profile: &str) -> BTreeSet<String> {
    let read = |file| small(host, &format!("{profile}/{file}"), LARGEST_SETTINGS).unwrap_or_default();
    ["Preferences", "Secure Preferences"].into_iter().flat_map(|file| switched_off(&read(file))).collect()
}

/// 32 letters from a to p, for the hex digits of a key. Beside them lie folders such as `Temp`.
fn is_id(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|letter| letter.is_ascii_lowercase() && letter <= b'p')
}

fn extension(host: &dyn Host, folder: &str, id: &str) -> Option<Extension> {
    let versions = host.list(folder).ok()?;
    let path = format!("{folder}/{}", newest(versions.iter().map(String::as_str))?);
    let read = |file: &str| {
        let bytes = small(host, &format!("{path}/{file}"), LARGEST)?;
        Some(as_text(&bytes).into_owned())
    };
    let manifest = chromium_manifest::manifest(&read("manifest.json")?).filter(|manifest| !manifest.is_theme)?;
    let author = manifest.author.as_deref();
    let words = match &manifest.locale {
        Some(locale) if [Some(manifest.name.as_str()), author].into_iter().flatten().any(needs_translation) => {
            Translations::parse(&read(&format!("_locales/{locale}/messages.json")).unwrap_or_default())
        }
        _ => Translations::default(),
    };
    Some(Extension {
        browser: Browser::Chrome,
        id: id.to_owned(),
        name: cut(translated(&manifest.name, &words).as_deref().unwrap_or(id)),
        version: cut(&manifest.version),
        author: author.and_then(|author| translated(author, &words)).map(|author| cut(&author)),
        path,
    })
}
