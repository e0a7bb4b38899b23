//! The administrator's word on web sites, from `/etc/stethoscope/web.ron`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::marker::PhantomData;
use std::path::Path;

use ron::extensions::Extensions;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::Organisation;
use crate::paths::Paths;
use crate::policy::Mistake;

/// The only format there is.
const FORMAT: u32 = 1;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Why the administrator's file was refused. What it said before stays in force; at the start nothing
/// is known of before, and the endpoint stays closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationError {
    #[error("your administrator's file about web sites could not be read: {cause}\nfile: {file}")]
    Unreadable { cause: String, file: String },
    #[error("your administrator's file about web sites is larger than 1 MiB\nfile: {file}")]
    TooLarge { file: String },
    #[error("your administrator's file about web sites is not text; save it as UTF-8\nfile: {file}, line {line}")]
    NotText { file: String, line: usize },
    /// Then it is not the administrator's word.
    #[error(
        "your administrator's file about web sites was refused, because every user of this computer can write it; \
         `chmod o-w` mends that\nfile: {file}"
    )]
    WritableByAll { file: String },
    /// What was found and what would be right.
    #[error(
        "your administrator's file about web sites was refused: {problem}\nfile: {file}, line {line}, column {column}"
    )]
    Refused { problem: String, file: String, line: usize, column: usize },
}

/// What the administrator says. No file says nothing.
pub fn organisation(paths: &Paths) -> Result<Organisation, OrganisationError> {
    let path = paths.system_web();
    match text_of(&path)? {
        Some(text) => parse(&text, &path.display().to_string()),
        None => Ok(Organisation::default()),
    }
}

/// Reads the file's text. `label` names it in messages.
pub fn parse(text: &str, label: &str) -> Result<Organisation, OrganisationError> {
    // Editors on Windows put a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    let refused = |problem, line, column| OrganisationError::Refused { problem, file: label.to_owned(), line, column };
    let said: Organisation = options.from_str(text).map_err(|error| {
        let Mistake { problem, line, column } = Mistake::from_ron(&error);
        refused(problem, line, column)
    })?;
    if said.format != FORMAT {
        let found = if said.format == 0 { "no format".to_owned() } else { format!("format {}", said.format) };
        let problem =
            format!("this program reads format {FORMAT}, and this file says {found}; write `format: {FORMAT}`");
        let line = text.lines().position(|line| line.trim_start().starts_with("format")).unwrap_or_default();
        return Err(refused(problem, line + 1, 1));
    }
    Ok(said)
}

/// A map in which nothing stands twice: of two words on one site nobody could tell which counts.
pub(super) fn once_each<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    struct OnceEach<K, V>(PhantomData<(K, V)>);

    impl<'de, K: Deserialize<'de> + Ord + fmt::Display, V: Deserialize<'de>> Visitor<'de> for OnceEach<K, V> {
        type Value = BTreeMap<K, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("sites with what they may know, such as { \"https://login.example.com\": () }")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = BTreeMap::new();
            while let Some(key) = map.next_key::<K>()? {
                if found.contains_key(&key) {
                    return Err(A::Error::custom(format!("`{key}` stands twice; keep one of the two")));
                }
                found.insert(key, map.next_value()?);
            }
            Ok(found)
        }
    }

    deserializer.deserialize_map(OnceEach(PhantomData))
}

/// The text, or `None` where there is no such file.
fn text_of(path: &Path) -> Result<Option<String>, OrganisationError> {
    let file = path.display().to_string();
    let unreadable =
        |error: &dyn fmt::Display| OrganisationError::Unreadable { cause: error.to_string(), file: file.clone() };
    // Opening a pipe would wait for whoever writes into it.
    match std::fs::metadata(path) {
        Ok(about) if about.is_file() && writable_by_all(&about) => {
            return Err(OrganisationError::WritableByAll { file });
        }
        Ok(about) if about.is_file() => {}
        Ok(_other) => return Err(unreadable(&"it is not an ordinary file")),
        // A link that leads nowhere is not the same as no file.
        Err(error) if error.kind() == ErrorKind::NotFound && std::fs::symlink_metadata(path).is_err() => {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(&error)),
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(OrganisationError::TooLarge { file });
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        OrganisationError::NotText { file, line: 1 + good.iter().filter(|byte| **byte == b'\n').count() }
    })
}

#[cfg(unix)]
fn writable_by_all(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    about.mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn writable_by_all(_about: &std::fs::Metadata) -> bool {
    // The folder has no place on this system that only an administrator writes.
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Access, Decision, Identifiers, Whose};
    use crate::settings::Web;

    const SAMPLE: &str = include_str!("../../../config/web.ron");

    fn refused(text: &str) -> (String, usize) {
        match parse(text, "web.ron") {
            Err(OrganisationError::Refused { problem, line, .. }) => (problem, line),
            other => panic!("{text} gave {other:?}"),
        }
    }

    #[test]
    fn the_sample_is_read_and_says_what_its_comments_say() {
        let access = Access::new(Web::default(), parse(SAMPLE, "web.ron").expect("the sample is right"));
        let decide = |site: &str| access.decide(&site.parse().expect("an origin"));
        assert_eq!(decide("https://login.example.com"), Decision::Allowed(Identifiers::Given, Whose::Organisation));
        assert_eq!(
            decide("https://wiki.intranet.example.com"),
            Decision::Allowed(Identifiers::Withheld, Whose::Organisation)
        );
        assert_eq!(decide("https://old.intranet.example.com"), Decision::Refused(Whose::Organisation));
        assert_eq!(decide("https://elsewhere.example.net"), Decision::Undecided);
        assert!(access.is_on() && !access.is_pinned());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_what_would_be_right() {
        let cases = [
            ("WebAccess(\n    format: 2,\n)", "format 2; write `format: 1`", 2),
            ("WebAccess(on: true)", "no format; write `format: 1`", 1),
            ("WebAccess(\n    format: 1,\n    site: {},\n)", "did you mean `sites`?", 3),
            (
                "WebAccess(\n    format: 1,\n    sites: {\n        \"login.example.com\": (),\n    },\n)",
                "does not start with https:// or http://, as in https://login.example.com",
                4,
            ),
            (
                "WebAccess(\n    format: 1,\n    sites: {\n        \"https://a.example\": (),\n        \"https://A.example:443\": (),\n    },\n)",
                "`https://a.example` stands twice; keep one of the two",
                5,
            ),
            ("WebAccess(\n    format: 1,\n    refused: [\"https://*.com\"],\n)", "top-level domain", 3),
            (
                "WebAccess(\n    format: 1,\n    sites: { \"https://a.example\": (identifier: true) },\n)",
                "did you mean `identifiers`?",
                3,
            ),
        ];
        for (text, words, line) in cases {
            let (problem, found) = refused(text);
            assert!(problem.contains(words), "{problem} should say: {words}");
            assert_eq!(found, line, "{problem}");
        }
    }

    #[test]
    fn no_file_says_nothing_and_every_other_trouble_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        assert_eq!(organisation(&paths), Ok(Organisation::default()));
        std::fs::create_dir_all(paths.system_web()).expect("a folder in its place");
        let said = organisation(&paths).expect_err("a folder is no file").to_string();
        assert!(said.contains("not an ordinary file") && said.contains("web.ron"), "{said}");
        std::fs::remove_dir(paths.system_web()).expect("gone");
        std::fs::write(paths.system_web(), b"WebAccess(\n\xff").expect("a file");
        assert!(matches!(organisation(&paths), Err(OrganisationError::NotText { line: 2, .. })));
        std::fs::write(paths.system_web(), " ".repeat(usize::try_from(LARGEST).expect("small") + 1)).expect("a file");
        assert!(matches!(organisation(&paths), Err(OrganisationError::TooLarge { .. })));
        std::fs::write(paths.system_web(), "WebAccess(format: 1, on: false)").expect("a file");
        assert_eq!(organisation(&paths).expect("right").on, Some(false));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;

            std::fs::set_permissions(paths.system_web(), std::fs::Permissions::from_mode(0o666)).expect("set");
            assert!(matches!(organisation(&paths), Err(OrganisationError::WritableByAll { .. })));
        }
    }

    #[test]
    fn a_file_that_makes_no_sense_opens_nothing() {
        let site: crate::site::Origin = "https://login.example.com".parse().expect("an origin");
        let mut user = Web { switch: crate::settings::WebSwitch::On, ..Web::default() };
        assert!(Access::new(user.clone(), Organisation::default()).is_on());
        user.questions = true;
        let access = Access::new(user, Organisation::closed());
        assert!(!access.is_on());
        assert_eq!(access.decide(&site), Decision::Unknown);
    }
}
