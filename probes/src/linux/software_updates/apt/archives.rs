//! The security archives whose lists APT has fetched, and those lists.

use std::io::Read as _;
use std::sync::Arc;

use jiff::Timestamp;

use super::LISTS;
use crate::host::large;
use crate::host::{Host, HostError, Read, as_text};
use crate::linux::distro::OsRelease;
use crate::parse::apt_preferences::Archive as Pinnable;
use crate::parse::{lz4, unpack};

/// The most that one list may become, in bytes.
const LARGEST_LIST: u64 = 256 << 20;

/// One security archive whose lists have been fetched.
pub(super) struct Archive {
    /// Its signed table of contents.
    pub(super) path: String,
    pub(super) words: String,
    /// When the archive's owner signed it.
    pub(super) date: Option<Timestamp>,
    pub(super) valid_until: Option<Timestamp>,
    suite: String,
    codename: String,
    origin: String,
    label: String,
    /// Its `Packages` lists, as paths.
    pub(super) lists: Vec<String>,
}

impl Archive {
    /// What pins may ask of it. APT names a list after the host it came from.
    pub(super) fn pinned(&self) -> Pinnable<'_> {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        Pinnable {
            suite: &self.suite,
            codename: &self.codename,
            origin: &self.origin,
            label: &self.label,
            site: file.split('_').next().unwrap_or_default(),
        }
    }
}

pub(super) fn security_archives(host: &dyn Host, release: &OsRelease, names: &[String]) -> Read<Vec<Archive>> {
    let mut archives = Vec::new();
    for name in names {
        // Only these are opened: the table of contents of a whole distribution is large.
        let stem = name.strip_suffix("_InRelease").or_else(|| name.strip_suffix("_Release"));
        let Some(stem) = stem.filter(|_| name.contains("security")) else { continue };
        let path = format!("{LISTS}/{name}");
        let bytes = host.read(&path)?;
        let head = as_text(&bytes);
        let field = |key: &str| {
            let value = |line: &str| line.strip_prefix(key)?.strip_prefix(':').map(|value| value.trim().to_owned());
            head.lines().take(40).find_map(value).unwrap_or_default()
        };
        let (label, suite, codename) = (field("Label"), field("Suite"), field("Codename"));
        let is_security = suite.contains("-security") || label == "Debian-Security";
        if !is_security || !fits(release, &suite, &codename) {
            continue;
        }
        let lists: Vec<String> = names
            .iter()
            .filter(|list| list.strip_prefix(stem).is_some_and(|rest| rest.contains("_binary-")) && is_packages(list))
            .map(|list| format!("{LISTS}/{list}"))
            .collect();
        if lists.is_empty() {
            let problem = "there is no list of packages beside it".to_owned();
            return Err(HostError::Garbled(path, problem));
        }
        let date = field("Date");
        let until = field("Valid-Until");
        archives.push(Archive {
            words: format!("Suite: {suite} Codename: {codename} Date: {date} Valid-Until: {until}"),
            date: moment(&date),
            valid_until: moment(&until),
            path,
            suite,
            codename,
            origin: field("Origin"),
            label,
            lists,
        });
    }
    Ok(archives)
}

/// `Sat, 28 Nov 2026 00:53:02 UTC`. The day of the week adds nothing and may be left out.
fn moment(words: &str) -> Option<Timestamp> {
    let day = words.split_once(',').map_or(words, |(_, day)| day).trim();
    jiff::fmt::rfc2822::parse(&day.replace("UTC", "+0000")).ok().map(|zoned| zoned.timestamp())
}

/// `…_Packages` and its compressed forms.
fn is_packages(name: &str) -> bool {
    name.rsplit_once("_Packages").is_some_and(|(_, end)| end.is_empty() || end.starts_with('.'))
}

/// Whether an archive is this release's own, and not one of a release that was left behind.
fn fits(release: &OsRelease, suite: &str, codename: &str) -> bool {
    let own = [&release.codename, &release.ubuntu_codename, &release.debian_codename];
    own.into_iter().filter(|own| !own.is_empty()).any(|own| {
        [suite, codename]
            .into_iter()
            .any(|word| word.strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    })
}

pub(super) fn read_list(host: &dyn Host, path: &str) -> Read<Arc<Vec<u8>>> {
    let bytes = host.read_shared(path)?;
    let garbled = |problem: String| HostError::Garbled(path.to_owned(), problem);
    match path.rsplit_once("_Packages").map(|(_, end)| end) {
        Some("") => Ok(bytes),
        Some(".lz4") => lz4::unpack(&bytes).map(Arc::new).ok_or_else(|| garbled("it is not an LZ4 file".to_owned())),
        _ => {
            let mut whole = large::buffer(bytes.len().saturating_mul(4));
            let unpacked = unpack::unpack(&bytes, LARGEST_LIST).and_then(|mut stream| stream.read_to_end(&mut whole));
            unpacked.map(|_size| Arc::new(whole)).map_err(|error| garbled(error.to_string()))
        }
    }
}
