//! What somebody locked at its version or left out on purpose, and which module streams are followed.

use crate::host::{Host, Read, present};
use crate::parse::key_file;

/// Patterns of the names that dnf leaves alone: `excludepkgs`, and the version lock of dnf4 and dnf5.
pub(super) fn of_dnf(host: &dyn Host) -> Read<Vec<String>> {
    let mut patterns = Vec::new();
    let conf = present(host.read_text("/etc/dnf/dnf.conf"))?.unwrap_or_default();
    for (group, key, value) in key_file::entries(&conf) {
        if group == "main" && matches!(key, "exclude" | "excludepkgs") {
            patterns.extend(value.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    // `firefox-0:145.0-1.fc43.*`, with `!` in front where that one version is left out.
    let list = present(host.read_text("/etc/dnf/plugins/versionlock.list"))?.unwrap_or_default();
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '!'])) {
        let without_release = line.rsplit_once('-').map_or(line, |(rest, _)| rest);
        let name = without_release.rsplit_once('-').map_or(without_release, |(name, _)| name);
        patterns.push(name.to_owned());
    }
    // `[[packages]]` with `name = "firefox"`.
    let lock = present(host.read_text("/etc/dnf/versionlock.toml"))?.unwrap_or_default();
    for (_, key, value) in key_file::entries(&lock) {
        if key == "name" {
            patterns.push(value.trim_matches(['"', '\'']).to_owned());
        }
    }
    Ok(patterns)
}

/// Patterns of the names that zypper leaves alone: paragraphs of `key: value` lines.
pub(super) fn of_zypper(host: &dyn Host) -> Read<Vec<String>> {
    let locks = present(host.read_text("/etc/zypp/locks"))?.unwrap_or_default();
    let paragraphs = locks.split("\n\n").filter_map(|paragraph| {
        let field = |name: &str| {
            paragraph
                .lines()
                .find_map(|line| line.split_once(':').filter(|(key, _)| key.trim() == name))
                .map(|(_, v)| v.trim())
        };
        let is_package = field("type").is_none_or(|kind| kind == "package");
        field("solvable_name").filter(|_| is_package).map(str::to_owned)
    });
    Ok(paragraphs.collect())
}

/// The streams of modules that are switched on, by the module's name.
pub(super) fn module_streams(host: &dyn Host) -> Read<Vec<(String, String)>> {
    const FOLDER: &str = "/etc/dnf/modules.d";
    let mut streams = Vec::new();
    for name in present(host.list(FOLDER))?.unwrap_or_default().iter().filter(|name| name.ends_with(".module")) {
        let text = host.read_text(&format!("{FOLDER}/{name}"))?;
        let mut stream = (String::new(), String::new());
        let mut is_enabled = false;
        for (group, key, value) in key_file::entries(&text) {
            match key {
                "stream" => stream = (group.to_owned(), value.to_owned()),
                "state" => is_enabled = value == "enabled",
                _ => {}
            }
        }
        if is_enabled && !stream.1.is_empty() {
            streams.push(stream);
        }
    }
    Ok(streams)
}
