//! Extensions of Firefox and of what is built from it.

use super::{cut, small};
use crate::details::{Browser, Extension};
use crate::host::Host;
use crate::parse::firefox_addons;

/// Below the user's home, where the folders of profiles lie.
const FOLDERS: [&str; 14] = [
    ".mozilla/firefox",
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/config/mozilla/firefox",
    ".librewolf",
    ".var/app/io.gitlab.librewolf-community/.librewolf",
    ".waterfox",
    ".var/app/net.waterfox.waterfox/.waterfox",
    ".floorp",
    ".var/app/one.ablaze.floorp/.floorp",
    ".zen",
    ".var/app/app.zen_browser.zen/.zen",
    ".var/app/app.zen_browser.zen/zen",
    "snap/firefox/current/.mozilla/firefox",
];

/// The largest list that is read. Those of people with a hundred extensions have some hundred kilobytes.
const LARGEST: u64 = 8 << 20;

/// As many profiles are looked at in one folder.
const MOST_PROFILES: usize = 50;

/// Every extension that is switched on in some profile.
pub(super) fn extensions(host: &dyn Host, most: usize) -> Vec<Extension> {
    let home = host.user().home;
    // Since version 147, unless the older folder is there.
    let newer = format!("{}/mozilla/firefox", host.config_home());
    let folders = FOLDERS.iter().map(|folder| format!("{home}/{folder}")).chain([newer]);
    let mut found = Vec::new();
    for folder in folders {
        for profile in host.list(&folder).unwrap_or_default().into_iter().take(MOST_PROFILES) {
            let profile = format!("{folder}/{profile}");
            let list = small(host, &format!("{profile}/extensions.json"), LARGEST).unwrap_or_default();
            let extension = |addon: firefox_addons::Addon| Extension {
                browser: Browser::Firefox,
                id: cut(&addon.id),
                name: cut(&addon.name),
                version: cut(&addon.version),
                author: addon.author.as_deref().map(cut),
                path: addon.path.unwrap_or_else(|| profile.clone()),
            };
            found.extend(firefox_addons::addons(&list).into_iter().map(extension));
            found.truncate(most);
        }
    }
    found
}
