//! AppImages, which are single files, in the places where people keep them.

use super::{Found, item};
use crate::finding::Item;
use crate::host::{Host, Read, present};

const FOLDERS: [&str; 4] = ["Applications", "AppImages", ".local/bin", "Downloads"];

/// What may stand behind the version in a file's name.
const ARCHITECTURES: [&str; 8] = ["x86_64", "amd64", "aarch64", "arm64", "armhf", "i386", "i686", "linux"];

pub(super) fn appimage(host: &dyn Host) -> Read<Vec<Found>> {
    let home = host.user().home;
    let mut found = Vec::new();
    for folder in FOLDERS {
        let source = format!("{home}/{folder}");
        let names = present(host.list(&source))?.unwrap_or_default();
        let items: Vec<Item> = names.iter().filter_map(|name| from_file_name(name)).collect();
        if !items.is_empty() {
            found.push(Found { source, items, check: "ls" });
        }
    }
    Ok(found)
}

fn from_file_name(name: &str) -> Option<Item> {
    let end = name.len().checked_sub(".appimage".len())?;
    let (stem, suffix) = (name.get(..end)?, name.get(end..)?);
    if !suffix.eq_ignore_ascii_case(".appimage") {
        return None;
    }
    let mut parts: Vec<&str> = stem.split(['-', '_']).collect();
    // `x86_64` falls into two parts.
    while parts.len() > 1 {
        let last = parts[parts.len() - 1].to_ascii_lowercase();
        let two = format!("{}_{last}", parts[parts.len() - 2].to_ascii_lowercase());
        if ARCHITECTURES.contains(&two.as_str()) {
            parts.truncate(parts.len() - 2);
        } else if ARCHITECTURES.contains(&last.as_str()) {
            parts.pop();
        } else {
            break;
        }
    }
    let is_version = |part: &&str| part.trim_start_matches('v').starts_with(|first: char| first.is_ascii_digit());
    let at = parts.iter().skip(1).position(is_version).map(|at| at + 1);
    let name = parts[..at.unwrap_or(parts.len())].join("-");
    let version = at.map(|at| parts[at..].join("-")).unwrap_or_default();
    Some(item("appimage", &name, version.trim_start_matches('v')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_tells_name_and_version() {
        let cases = [
            ("Obsidian-1.5.3.AppImage", "Obsidian 1.5.3"),
            ("krita-5.2.2-x86_64.appimage", "krita 5.2.2"),
            ("nvim_v0.10.0-linux-x86_64.AppImage", "nvim 0.10.0"),
            ("Beeper.AppImage", "Beeper "),
            ("cursor-x86_64.AppImage", "cursor "),
            ("my-app-2024.AppImage", "my-app 2024"),
        ];
        for (file, expected) in cases {
            let item = from_file_name(file).expect(file);
            assert_eq!(format!("{} {}", item.name, item.version), expected, "{file}");
        }
        assert_eq!(from_file_name("notes.txt"), None);
        assert_eq!(from_file_name("ü"), None);
    }
}
