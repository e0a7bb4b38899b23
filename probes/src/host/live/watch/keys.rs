//! Which keys of the registry to watch. Pure: a key is a folder to a plan, and its values are what is in it.
//!
//! A service has a key as well, which tells that it was installed, removed or set to start in another way. That it
//! starts and stops is told elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::spelling::Spelling;
use crate::host::asked::Asked;
use crate::practice::{PracticeId, Practices};

/// Where the services are.
const SERVICES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services";

/// Where more keys than this were asked for right below one whose keys were listed, it is watched with everything
/// below it instead of each alone: programs that are installed are hundreds.
const MANY: usize = 8;

/// The keys that were asked for.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// By whom, and the key to watch for it.
    pub(super) asked: Vec<(PracticeId, String)>,
    /// Those that are watched with everything below them, and what was asked for there.
    pub(super) trees: BTreeMap<String, Vec<String>>,
}

impl Keys {
    pub(super) fn new<'a>(asked: impl Iterator<Item = (PracticeId, &'a Asked)>, spelling: &mut Spelling) -> Self {
        let mut all: BTreeMap<String, Practices> = BTreeMap::new();
        let mut listed = BTreeSet::new();
        for (practice, asked) in asked {
            let services = asked.daemons.iter().map(|name| (format!(r"{SERVICES}\{name}"), false));
            let keys = asked.keys.iter().map(|(key, names)| (key.to_string(), *names));
            for (key, names) in keys.chain(services) {
                let Some(path) = spelling.key(&key) else { continue };
                if names {
                    listed.insert(path.clone());
                }
                all.entry(path).or_default().insert(practice);
            }
        }
        let mut keys = Keys::default();
        let roots: Vec<String> = listed.into_iter().filter(|root| right_below(root, &all) > MANY).collect();
        for (path, practices) in all {
            // The outermost one: they are in order.
            let root = roots.iter().find(|root| path == **root || below(&path, root).is_some());
            let watched = root.unwrap_or(&path);
            keys.asked.extend(practices.iter().map(|practice| (practice, watched.clone())));
            if let Some(root) = root {
                keys.trees.entry(root.clone()).or_default().push(path);
            }
        }
        keys
    }
}

/// What of the path is behind the one above it.
fn below<'a>(path: &'a str, above: &str) -> Option<&'a str> {
    path.strip_prefix(above)?.strip_prefix('/')
}

fn right_below(root: &str, all: &BTreeMap<String, Practices>) -> usize {
    all.keys().filter(|path| below(path, root).is_some_and(|name| !name.contains('/'))).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use PracticeId::{Applications, Firewall};

    /// Who, the keys and whether those in them were asked for, and the services.
    type Line<'a> = (PracticeId, &'a [(&'a str, bool)], &'a [&'a str]);

    fn keys(asked: &[Line<'_>]) -> Keys {
        let all: Vec<(PracticeId, Asked)> = asked
            .iter()
            .map(|(practice, keys, services)| {
                let keys = keys.iter().map(|(key, names)| (Box::from(*key), *names)).collect();
                let daemons = services.iter().map(|name| Box::from(*name)).collect();
                (*practice, Asked { keys, daemons, ..Asked::default() })
            })
            .collect();
        Keys::new(all.iter().map(|(practice, asked)| (*practice, asked)), &mut Spelling::default())
    }

    #[test]
    fn few_keys_are_watched_each_alone_and_services_by_theirs() {
        let keys = keys(&[
            (Firewall, &[(r"HKLM\SOFTWARE\Policies", true), (r"HKLM\SOFTWARE\Policies\a", false)], &["MpsSvc"]),
            (Applications, &[(r"hklm\software\policies\A", false), ("nonsense", true)], &[]),
        ]);
        let expected = [
            (Firewall, "/hklm/software/policies"),
            (Firewall, "/hklm/software/policies/a"),
            (Applications, "/hklm/software/policies/a"),
            (Firewall, "/hklm/system/currentcontrolset/services/mpssvc"),
        ];
        assert_eq!(keys.asked, expected.map(|(practice, key)| (practice, key.to_owned())));
        assert!(keys.trees.is_empty());
    }

    #[test]
    fn many_keys_below_one_that_was_listed_are_watched_with_it() {
        let below: Vec<String> = (0..=MANY).map(|number| format!(r"HKLM\Uninstall\{number}")).collect();
        let ask = |many: usize, listed| {
            let mut asked =
                vec![(r"HKLM\Uninstall", listed), (r"HKLM\Uninstall\0\deep", false), (r"HKLM\Uninstaller", false)];
            asked.extend(below.iter().take(many).map(|key| (key.as_str(), false)));
            keys(&[(Applications, &asked, &[])])
        };
        let many = ask(MANY + 1, true);
        let watched: BTreeSet<&str> = many.asked.iter().map(|(_, key)| key.as_str()).collect();
        assert_eq!(watched, BTreeSet::from(["/hklm/uninstall", "/hklm/uninstaller"]));
        assert_eq!(many.trees["/hklm/uninstall"].len(), MANY + 3, "itself, those right below and the deep one");
        assert!(ask(MANY, true).trees.is_empty(), "they are few");
        assert!(ask(MANY + 1, false).trees.is_empty(), "what else is below was not asked for");
    }
}
