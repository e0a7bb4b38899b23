//! What FSEvents is asked to tell of, on macOS. Pure.
//!
//! It tells of everything below a folder, however deep. So a file that is there is asked for alone, and a folder
//! only where names in it were asked for, or where a file is to come. Of a link on the way it tells nothing, only of
//! what is behind it.

use std::collections::BTreeSet;

use super::plan::{Plan, join};

/// Folders in which something happens all the time, also far below. Listening there would wake this program for
/// whatever the user does, so that they are left to the timer.
const WIDE: [&str; 10] = [
    "/",
    "/Applications",
    "/Library",
    "/System",
    "/Users",
    "/Volumes",
    "/private",
    "/private/tmp",
    "/private/var",
    "/private/var/db",
];

/// Where to listen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Streams {
    pub(super) paths: BTreeSet<String>,
    /// Folders that are too wide for it.
    pub(super) left_out: usize,
}

impl Streams {
    /// For a plan.
    pub(super) fn new(plan: &Plan) -> Self {
        let mut streams = Streams::default();
        for folder in plan.folders() {
            let (ends, whole) = plan.ends(folder);
            if whole && !is_wide(folder) {
                streams.paths.insert(folder.to_owned());
                continue;
            }
            streams.left_out += usize::from(whole);
            let (wide, narrow): (Vec<String>, Vec<String>) =
                ends.map(|name| join(folder, name)).partition(|path| is_wide(path));
            streams.left_out += wide.len();
            streams.paths.extend(narrow);
        }
        streams
    }
}

/// One of those, the home of somebody, or what is called Library there.
fn is_wide(folder: &str) -> bool {
    let home = folder.strip_prefix("/Users/").map(|rest| rest.strip_suffix("/Library").unwrap_or(rest));
    WIDE.contains(&folder) || home.is_some_and(|home| !home.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::plan;
    use super::*;

    const MAC: [&str; 11] = [
        "/etc -> private/etc",
        "/private/",
        "/private/etc/",
        "/private/etc/sudoers",
        "/Library/",
        "/Library/Preferences/",
        "/Library/Preferences/com.apple.alf.plist",
        "/Users/",
        "/Users/ann/",
        "/Users/ann/.ssh/",
        "/Users/ann/.zshrc",
    ];

    fn streams(lines: &[&str]) -> (Vec<String>, usize) {
        let Streams { paths, left_out } = Streams::new(&plan(&MAC, lines));
        (paths.into_iter().collect(), left_out)
    }

    #[test]
    fn a_file_is_asked_for_alone_and_a_folder_where_something_may_come() {
        for (asked, paths, left_out) in [
            ("firewall /Library/Preferences/com.apple.alf.plist", &["/Library/Preferences/com.apple.alf.plist"][..], 0),
            ("firewall /Library/Preferences/none.plist", &["/Library/Preferences"], 0),
            ("sshKeys /Users/ann/.ssh/", &["/Users/ann/.ssh"], 0),
            ("sshKeys /Users/ann/.ssh/key", &["/Users/ann/.ssh"], 0),
            ("remoteLogin /etc/sudoers", &["/private/etc/sudoers"], 0),
            ("remoteLogin /Library", &[], 1),
            ("applications /Users/ann/.zshrc /Users/ann/.none", &["/Users/ann/.zshrc"], 1),
            ("applications /Users/ann/Library/x", &[], 1),
            ("applications /none", &[], 1),
        ] {
            assert_eq!(streams(&[asked]), (paths.iter().map(|path| (*path).to_owned()).collect(), left_out), "{asked}");
        }
    }

    #[test]
    fn wide_folders_are_known() {
        for (folder, wide) in [
            ("/", true),
            ("/Users/ann", true),
            ("/Users/ann/Library", true),
            ("/Users/ann/Library/Preferences", false),
            ("/Users/ann/.ssh", false),
            ("/Library/Preferences", false),
            ("/private/etc", false),
            ("/private/var/db", true),
        ] {
            assert_eq!(is_wide(folder), wide, "{folder}");
        }
    }
}
