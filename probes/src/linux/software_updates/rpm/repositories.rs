//! Which repositories are switched on, and what dnf, PackageKit or zypper has fetched of each.

use jiff::Timestamp;

use super::Counted;
use crate::host::{Host, HostError, Kind, Read, present};
use crate::parse::{key_file, repodata};

/// Repositories that stay as they were on the day of the release: what they have is never newer.
const FROZEN: [&str; 4] = ["fedora", "fedora-modular", "repo-oss", "repo-non-oss"];

/// What is fetched of one repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cached {
    pub(super) id: String,
    /// Its table of contents, `repomd.xml`.
    pub(super) table: String,
    /// The file with security advisories, where it has one.
    pub(super) advisories: Option<String>,
    /// The file with all packages.
    pub(super) packages: Option<String>,
    /// When it was last fetched or found unchanged: dnf notes that on the list of packages, zypper on the
    /// table of contents. Sources: libdnf `Repo::Impl::load`, libzypp `RepoManager::touchIndexFile`.
    pub(super) fetched: Timestamp,
}

/// All repositories that are switched on.
#[derive(Debug, Default)]
pub(super) struct Repositories {
    pub(super) cached: Vec<Cached>,
    /// One of which nothing was ever fetched.
    pub(super) missing: Option<String>,
    /// Why one could not be looked at.
    pub(super) unreadable: Option<HostError>,
}

impl Repositories {
    /// Those of other people that say nothing of security.
    pub(super) fn without_advisories(&self, counted: Counted) -> Vec<&str> {
        if counted == Counted::All {
            return Vec::new();
        }
        let is_frozen = |id: &str| FROZEN.contains(&id) || id.ends_with("-Pool");
        let silent = |one: &&Cached| one.advisories.is_none() && !is_frozen(&one.id);
        self.cached.iter().filter(silent).map(|one| one.id.as_str()).collect()
    }

    fn add(&mut self, id: &str, folders: Vec<String>, host: &dyn Host) {
        let mut newest: Option<Cached> = None;
        for folder in folders {
            match cached(host, id, &folder) {
                Ok(Some(found)) if newest.as_ref().is_none_or(|known| found.fetched > known.fetched) => {
                    newest = Some(found);
                }
                Ok(_) => {}
                Err(error) => self.unreadable = Some(error),
            }
        }
        match newest {
            Some(found) => self.cached.push(found),
            None => self.missing = self.missing.take().or_else(|| Some(id.to_owned())),
        }
    }
}

/// dnf's, dnf5's and PackageKit's.
pub(super) fn of_dnf(host: &dyn Host) -> Read<Repositories> {
    let mut caches: Vec<(String, Vec<String>)> = Vec::new();
    for place in ["/var/cache/libdnf5", "/var/cache/dnf"] {
        caches.push((place.to_owned(), present(host.list(place))?.unwrap_or_default()));
    }
    for release in present(host.list("/var/cache/PackageKit")).ok().flatten().unwrap_or_default() {
        let place = format!("/var/cache/PackageKit/{release}/metadata");
        let names = present(host.list(&place)).ok().flatten().unwrap_or_default();
        caches.push((place, names));
    }
    let mut found = Repositories::default();
    for id in enabled(host, "/etc/yum.repos.d", &mut found)? {
        let folders = caches
            .iter()
            .flat_map(|(place, names)| names.iter().map(move |name| (place, name)))
            .filter(|(_, name)| is_of(name, &id))
            .map(|(place, name)| format!("{place}/{name}/repodata"))
            .collect();
        found.add(&id, folders, host);
    }
    Ok(found)
}

/// zypper's.
pub(super) fn of_zypper(host: &dyn Host) -> Read<Repositories> {
    let mut found = Repositories::default();
    for id in enabled(host, "/etc/zypp/repos.d", &mut found)? {
        let folder = format!("/var/cache/zypp/raw/{}/repodata", id.replace('/', "_"));
        found.add(&id, vec![folder], host);
    }
    Ok(found)
}

/// `updates-0123456789abcdef` of dnf and `updates-43-x86_64` of PackageKit are of `updates`;
/// `updates-testing-…` is not.
fn is_of(folder: &str, id: &str) -> bool {
    let Some(rest) = folder.strip_prefix(id) else { return false };
    let Some(rest) = rest.strip_prefix('-') else { return rest.is_empty() };
    let is_hash = rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_release = rest
        .split_once('-')
        .is_some_and(|(release, rest)| release.parse::<f32>().is_ok() && !rest.is_empty() && !rest.contains('-'));
    is_hash || is_release
}

/// The repositories that are switched on. One without the word is. Those with sources and debugging
/// symbols give no updates.
fn enabled(host: &dyn Host, folder: &str, found: &mut Repositories) -> Read<Vec<String>> {
    let mut enabled: Vec<(String, bool)> = Vec::new();
    let mut places = vec![folder.to_owned()];
    if folder == "/etc/yum.repos.d" {
        // dnf5's own words on repositories come later.
        places.extend(["/usr/share/dnf5/repos.override.d".to_owned(), "/etc/dnf/repos.override.d".to_owned()]);
    }
    for (at, place) in places.iter().enumerate() {
        let names = match host.list(place) {
            Err(HostError::Absent(_)) if at > 0 => continue,
            names => names?,
        };
        for name in names.iter().filter(|name| name.ends_with(".repo")) {
            let path = format!("{place}/{name}");
            let text = match host.read_text(&path) {
                Ok(text) => text,
                Err(error) => {
                    if host.stat(&path).is_ok_and(|stat| stat.kind == Kind::File) {
                        found.unreadable = Some(error);
                    }
                    continue;
                }
            };
            for (id, key, value) in key_file::entries(&text) {
                if id.is_empty() || id == "main" {
                    continue;
                }
                let at = match enabled.iter().position(|(known, _)| known == id) {
                    Some(at) => at,
                    None => {
                        enabled.push((id.to_owned(), true));
                        enabled.len() - 1
                    }
                };
                if key == "enabled" {
                    enabled[at].1 = matches!(value.to_lowercase().as_str(), "1" | "yes" | "true" | "on");
                }
            }
        }
    }
    let gives_updates = |id: &str| {
        let parts = ["source", "debuginfo", "debug", "src"];
        !id.to_lowercase().split(['-', ':', '_']).any(|part| parts.contains(&part))
    };
    Ok(enabled.into_iter().filter(|(id, is_on)| *is_on && gives_updates(id)).map(|(id, _)| id).collect())
}

fn cached(host: &dyn Host, id: &str, folder: &str) -> Read<Option<Cached>> {
    let table = format!("{folder}/repomd.xml");
    let Some(text) = present(host.read_text(&table))? else { return Ok(None) };
    let contents = repodata::contents(&text);
    let list =
        |kind: &str| contents.iter().find(|(known, _)| known == kind).map(|(_, file)| format!("{folder}/{file}"));
    let mut fetched = host.stat(&table)?.modified;
    let packages = list("primary");
    if let Some(stat) = packages.as_ref().and_then(|path| host.stat(path).ok()) {
        fetched = fetched.max(stat.modified);
    }
    Ok(Some(Cached { id: id.to_owned(), table, advisories: list("updateinfo"), packages, fetched }))
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn a_folder_belongs_to_the_repository_it_is_named_after() {
        for (folder, id, belongs) in [
            ("updates-4a8088a5c17ad284", "updates", true),
            ("updates-43-x86_64", "updates", true),
            ("updates-9.6-x86_64", "updates", true),
            ("updates", "updates", true),
            ("updates-testing-4a8088a5c17ad284", "updates", false),
            ("updates-testing-43-x86_64", "updates", false),
            ("updates-testing-43-x86_64", "updates-testing", true),
            ("fedora-4a8088a5c17ad284", "updates", false),
        ] {
            assert_eq!(is_of(folder, id), belongs, "{folder} {id}");
        }
    }
}
