//! os-release(5): which distribution this is, in `KEY=value` lines of a shell's style.

use jiff::civil::Date;

/// What a distribution says of itself. Fields it does not set are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OsRelease {
    /// `ID`, lower case: `debian`. `linux` where the file names none, as os-release(5) asks.
    pub id: String,
    /// `ID_LIKE`, nearest relative first.
    pub id_like: Vec<String>,
    pub name: String,
    pub pretty_name: String,
    /// `VERSION_ID`: `12`, `24.04`, `20260108`. Empty for Arch and Debian testing.
    pub version_id: String,
    /// `VERSION_CODENAME`: `bookworm`.
    pub codename: String,
    /// `UBUNTU_CODENAME`: set by Ubuntu and by what is built on it.
    pub ubuntu_codename: String,
    /// `DEBIAN_CODENAME`: set by LMDE.
    pub debian_codename: String,
    /// `VARIANT_ID`: `silverblue`.
    pub variant_id: String,
    pub build_id: String,
    pub image_id: String,
    pub image_version: String,
    /// `RELEASE_TYPE`: `stable`, `lts`, `development` or `experiment`.
    pub release_type: String,
    /// `OSTREE_VERSION`: `43.20260110.0`.
    pub ostree_version: String,
    /// `SUPPORT_END`, where it is a date.
    pub support_end: Option<Date>,
}

impl OsRelease {
    /// Whether this is that distribution or is built on it.
    pub fn is_like(&self, id: &str) -> bool {
        self.id == id || self.id_like.iter().any(|like| like == id)
    }
}

/// Reads the file. A key given twice counts as given the last time.
pub fn parse(text: &str) -> OsRelease {
    let mut release = OsRelease { id: "linux".to_owned(), ..OsRelease::default() };
    for line in text.lines() {
        let line = line.trim();
        let Some((key, raw)) = line.split_once('=') else { continue };
        if line.starts_with('#') {
            continue;
        }
        let value = unquote(raw);
        match key {
            "ID" if !value.is_empty() => release.id = value.to_lowercase(),
            "ID_LIKE" => release.id_like = value.split_whitespace().map(str::to_lowercase).collect(),
            "NAME" => release.name = value,
            "PRETTY_NAME" => release.pretty_name = value,
            "VERSION_ID" => release.version_id = value,
            "VERSION_CODENAME" => release.codename = value,
            "UBUNTU_CODENAME" => release.ubuntu_codename = value,
            "DEBIAN_CODENAME" => release.debian_codename = value,
            "VARIANT_ID" => release.variant_id = value,
            "BUILD_ID" => release.build_id = value,
            "IMAGE_ID" => release.image_id = value,
            "IMAGE_VERSION" => release.image_version = value,
            "RELEASE_TYPE" => release.release_type = value,
            "OSTREE_VERSION" => release.ostree_version = value,
            "SUPPORT_END" => release.support_end = value.parse().ok(),
            _ => {}
        }
    }
    release
}

/// Takes a shell's quotes off one word. In double quotes and outside, a backslash guards the next
/// character; in single quotes nothing is special.
pub fn unquote(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut quote = None;
    let mut letters = raw.trim().chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None | Some('"'), '\\') => out.extend(letters.next()),
            (None, ' ' | '\t') => break,
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_escapes_comments_and_repeats_are_read_as_a_shell_reads_them() {
        let release = parse(
            "# ID=wrong\nID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\nNAME='It''s \\n'\n\
             PRETTY_NAME=\"a \\\"b\\\" \\$c\"\nVERSION_ID=1\nVERSION_ID=\"20260108\"\nSUPPORT_END=2026-12-02\nnonsense\n",
        );
        assert_eq!(release.id, "opensuse-tumbleweed");
        assert!(release.is_like("suse") && release.is_like("opensuse-tumbleweed") && !release.is_like("debian"));
        assert_eq!(release.name, "Its \\n");
        assert_eq!(release.pretty_name, "a \"b\" $c");
        assert_eq!(release.version_id, "20260108");
        assert_eq!(release.support_end, Some(jiff::civil::date(2026, 12, 2)));
    }

    #[test]
    fn a_file_without_an_id_is_some_linux() {
        assert_eq!(parse("ID=\nPRETTY_NAME=x\nSUPPORT_END=soon\n").id, "linux");
        assert_eq!(parse("SUPPORT_END=soon\n").support_end, None);
    }
}
