//! `manifest.json` and the translations beside it, as extensions of Chromium and its relatives have them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Deserialize;

use super::json_word::{Word, without_comments};

/// What an extension says of itself. The texts may hold names of translations, see [`translated`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub name: String,
    pub version: String,
    pub author: Option<String>,
    /// The folder below `_locales` whose translations count: `en`, `pt_BR`.
    pub locale: Option<String>,
    pub is_theme: bool,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    name: Word,
    #[serde(default)]
    version: Word,
    #[serde(default)]
    author: Word,
    #[serde(default)]
    default_locale: Word,
    theme: Option<Word>,
}

/// Reads a manifest. `None` where it is none.
pub fn manifest(text: &str) -> Option<Manifest> {
    let file: File = serde_json::from_str(&without_comments(text)).ok()?;
    // The name becomes a part of a path.
    let plain =
        |name: &&str| name.bytes().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-'));
    Some(Manifest {
        name: file.name.text()?.to_owned(),
        version: file.version.text()?.to_owned(),
        author: file.author.text().map(str::to_owned),
        locale: file.default_locale.text().filter(plain).map(str::to_owned),
        is_theme: file.theme.is_some(),
    })
}

/// The translations of one language, by their names in small letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translations(BTreeMap<String, String>);

impl Translations {
    /// Reads `messages.json`. What is none has no translations.
    pub fn parse(text: &str) -> Self {
        #[derive(Deserialize)]
        struct Entry {
            #[serde(default)]
            message: Word,
        }
        let entries: BTreeMap<String, Entry> = serde_json::from_str(&without_comments(text)).unwrap_or_default();
        let named = |(name, entry): (String, Entry)| Some((name.to_lowercase(), entry.message.text()?.to_owned()));
        Translations(entries.into_iter().filter_map(named).collect())
    }
}

/// Whether a text has to be translated.
pub fn needs_translation(text: &str) -> bool {
    text.contains(MARK)
}

const MARK: &str = "__MSG_";

/// A text with `__MSG_name__` replaced. `None` where a translation is missing: the mark itself tells nobody
/// anything.
pub fn translated(text: &str, translations: &Translations) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        let (name, tail) = after.split_once("__")?;
        out.push_str(before);
        out.push_str(translations.0.get(&name.to_lowercase())?);
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

/// The newest of the folders that an extension's versions lie in: `1.10.0_0` is newer than `1.9.2_1`.
pub fn newest<'a>(folders: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    folders.into_iter().max_by(|a, b| compare(a, b))
}

fn compare(a: &str, b: &str) -> Ordering {
    let numbers = |folder: &str| {
        let (version, copy) = folder.split_once('_').unwrap_or((folder, ""));
        let mut parts: Vec<Option<u64>> = version.split('.').map(|part| part.parse().ok()).collect();
        // A missing part counts as zero, and a letter as less than any number.
        parts.truncate(parts.iter().rposition(|part| *part != Some(0)).map_or(0, |last| last + 1));
        (parts, copy.parse::<u64>().ok())
    };
    numbers(a).cmp(&numbers(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_manifest_is_read_with_its_comments() {
        let text = "\u{feff}{ // for the store\n\"name\": \"__MSG_appName__\", \"version\": \"1.2\", \"author\": \"Ann\",\n\
                    \"default_locale\": \"pt_BR\", \"icons\": {\"16\": [1]}, \"theme\": null}";
        let manifest = manifest(text).expect("a manifest");
        assert_eq!((manifest.name.as_str(), manifest.version.as_str()), ("__MSG_appName__", "1.2"));
        assert_eq!((manifest.author.as_deref(), manifest.locale.as_deref()), (Some("Ann"), Some("pt_BR")));
        assert!(!manifest.is_theme);
    }

    #[test]
    fn what_is_no_manifest_is_none_and_odd_fields_are_left_out() {
        for text in [
            "",
            "[]",
            "{}",
            "{\"name\": \"a\"}",
            "{\"name\": 1, \"version\": \"1\"}",
            "{\"name\": \"a\", \"version\": \"1\"",
        ] {
            assert_eq!(manifest(text), None, "{text}");
        }
        let odd = manifest(
            "{\"name\": \"a\", \"version\": \"1\", \"author\": {\"email\": \"a@b\"}, \"default_locale\": \"../../x\", \"theme\": {}}",
        );
        let odd = odd.expect("a manifest");
        assert_eq!((odd.author, odd.locale, odd.is_theme), (None, None, true));
    }

    #[test]
    fn names_are_translated_whatever_the_size_of_their_letters() {
        let words = Translations::parse(
            "{\"AppName\": {\"message\": \"Guard\", \"description\": \"x\"}, \"b\": {\"message\": 1}}",
        );
        assert_eq!(translated("__MSG_appname__ (beta)", &words).as_deref(), Some("Guard (beta)"));
        assert_eq!(translated("plain", &words).as_deref(), Some("plain"));
        for missing in ["__MSG_b__", "__MSG_c__", "__MSG_appName"] {
            assert_eq!(translated(missing, &words), None, "{missing}");
        }
        assert_eq!(Translations::parse("{\"a\": 1}"), Translations::default());
        assert!(needs_translation("__MSG_a__") && !needs_translation("a"));
    }

    #[test]
    fn the_newest_version_is_the_one_with_the_larger_numbers() {
        assert_eq!(newest(["1.9.2_1", "1.10.0_0", "1.10_5", "1.10.0.0_2"]), Some("1.10_5"));
        assert_eq!(newest(["1.0_0", "1.0_1", "Temp"]), Some("1.0_1"));
        assert_eq!(newest([]), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(\\{|\\}|\"(name|version|message|a)\"|:|,|\"__MSG_|__\"|\\PC){0,40}") {
            let manifest = manifest(&text);
            let words = Translations::parse(&text);
            let _none = (translated(&text, &words), manifest);
        }

        #[test]
        fn versions_have_an_order(a in "[0-9._a]{0,8}", b in "[0-9._a]{0,8}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        }
    }
}
