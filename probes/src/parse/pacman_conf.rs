//! pacman's settings: `[options]` and one section for each repository, in the order in which they count.
//!
//! Source: pacman.conf(5). `#` starts a comment only at the beginning of a line, and keys may stand
//! without a value.

/// One line: a section's head, a key with its value, or a key alone (then the value is empty).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Section(&'a str),
    Setting(&'a str, &'a str),
}

/// The lines that say something, in the order of the file.
pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return Some(Line::Section(name.trim()));
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        Some(Line::Setting(key.trim(), value.trim()))
    })
}

/// Name and version of a folder in pacman's databases: `gtk-update-icon-cache-1:4.20.2-1`. The version
/// has exactly one hyphen of its own.
pub fn split_folder(folder: &str) -> Option<(&str, &str)> {
    let release = folder.rfind('-')?;
    let version = folder[..release].rfind('-')?;
    let (name, version) = (&folder[..version], &folder[version + 1..]);
    (!name.is_empty()).then_some((name, version))
}

/// The values below one heading of a `desc` file: `%GROUPS%`.
pub fn desc_values<'a>(desc: &'a str, heading: &str) -> Vec<&'a str> {
    let values = desc.lines().skip_while(|line| line.trim() != heading).skip(1);
    values.map(str::trim).take_while(|line| !line.is_empty() && !line.starts_with('%')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keys_and_bare_words_are_told_apart() {
        let text = "# IgnorePkg = no\n[options]\nIgnorePkg = linux  nvidia*\nColor\n\n [core]\nInclude=/etc/pacman.d/mirrorlist # x\n";
        let found: Vec<Line<'_>> = lines(text).collect();
        let wanted = [
            Line::Section("options"),
            Line::Setting("IgnorePkg", "linux  nvidia*"),
            Line::Setting("Color", ""),
            Line::Section("core"),
            Line::Setting("Include", "/etc/pacman.d/mirrorlist # x"),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_folder_is_a_name_and_a_version_with_one_hyphen() {
        assert_eq!(split_folder("gtk-update-icon-cache-1:4.20.2-1"), Some(("gtk-update-icon-cache", "1:4.20.2-1")));
        assert_eq!(split_folder("bash-5.3.3-2"), Some(("bash", "5.3.3-2")));
        for wrong in ["ALPM_DB_VERSION", "a-1", "-1-1", ""] {
            assert_eq!(split_folder(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn values_end_at_a_blank_line() {
        let desc = "%NAME%\nkate\n\n%GROUPS%\nkde-applications\nkde-utilities\n\n%URL%\nx\n";
        assert_eq!(desc_values(desc, "%GROUPS%"), ["kde-applications", "kde-utilities"]);
        assert_eq!(desc_values("%GROUPS%\na\n%URL%\nx", "%GROUPS%"), ["a"]);
        assert!(desc_values(desc, "%LICENSE%").is_empty());
    }
}
