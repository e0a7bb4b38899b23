//! `extensions.json`, the list that Firefox keeps in each profile of what is installed there.

use serde::Deserialize;

use super::json_word::Word;

/// One extension that is switched on and that somebody put there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addon {
    pub id: String,
    pub name: String,
    pub version: String,
    pub author: Option<String>,
    /// Where its files are, where Firefox says so.
    pub path: Option<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    addons: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    id: Word,
    #[serde(rename = "type")]
    kind: Word,
    version: Word,
    active: Word,
    location: Word,
    is_builtin: Word,
    path: Word,
    default_locale: Option<Locale>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Locale {
    name: Word,
    creator: Word,
}

/// Where Firefox keeps what is a part of itself.
const BUILT_IN: [&str; 3] = ["app-builtin", "app-system-defaults", "app-system-addons"];

/// The extensions that are switched on. Themes, dictionaries, languages and what comes with the browser are
/// left out; what is no such list has none.
pub fn addons(text: &[u8]) -> Vec<Addon> {
    let Ok(file) = serde_json::from_slice::<File>(text) else { return Vec::new() };
    file.addons.into_iter().filter_map(addon).collect()
}

fn addon(entry: Entry) -> Option<Addon> {
    let location = entry.location.text().unwrap_or_default();
    let is_built_in = entry.is_builtin.is_true() || BUILT_IN.iter().any(|start| location.starts_with(start));
    if entry.kind.text() != Some("extension") || !entry.active.is_true() || is_built_in {
        return None;
    }
    let id = entry.id.text()?.to_owned();
    let locale = entry.default_locale.unwrap_or_default();
    Some(Addon {
        name: locale.name.text().unwrap_or(&id).to_owned(),
        version: entry.version.text().unwrap_or_default().to_owned(),
        author: locale.creator.text().map(str::to_owned),
        path: entry.path.text().map(str::to_owned),
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn of(entry: serde_json::Value) -> Vec<Addon> {
        addons(json!({ "schemaVersion": 36, "addons": [entry] }).to_string().as_bytes())
    }

    #[test]
    fn an_extension_that_is_switched_on_is_told() {
        let found = of(json!({
            "id": "guard@example.org", "type": "extension", "version": "1.2", "active": true, "location": "app-profile",
            "path": "/home/ann/.mozilla/firefox/x/extensions/guard.xpi", "isBuiltin": false,
            "defaultLocale": { "name": "Guard", "creator": "Ann", "developers": null },
        }));
        let expected = Addon {
            id: "guard@example.org".to_owned(),
            name: "Guard".to_owned(),
            version: "1.2".to_owned(),
            author: Some("Ann".to_owned()),
            path: Some("/home/ann/.mozilla/firefox/x/extensions/guard.xpi".to_owned()),
        };
        assert_eq!(found, [expected]);
        let bare = of(json!({ "id": "a@b", "type": "extension", "active": true, "defaultLocale": null, "version": 3 }));
        assert_eq!((bare[0].name.as_str(), bare[0].version.as_str(), &bare[0].author), ("a@b", "", &None));
    }

    #[test]
    fn what_is_switched_off_no_extension_or_built_in_is_left_out() {
        for (key, value) in [
            ("active", json!(false)),
            ("active", json!("true")),
            ("type", json!("theme")),
            ("type", json!("locale")),
            ("location", json!("app-builtin")),
            ("location", json!("app-builtin-addons")),
            ("location", json!("app-system-defaults")),
            ("location", json!("app-system-addons")),
            ("isBuiltin", json!(true)),
            ("id", json!(null)),
        ] {
            let mut entry = json!({ "id": "a@b", "type": "extension", "active": true, "location": "app-system-share" });
            assert_eq!(of(entry.clone()).len(), 1);
            entry[key] = value.clone();
            assert_eq!(of(entry), [], "{key} {value}");
        }
    }

    #[test]
    fn what_is_no_list_has_none() {
        for text in ["", "{", "[]", "{}", r#"{"addons": {}}"#, r#"{"addons": [7]}"#] {
            assert_eq!(addons(text.as_bytes()), [], "{text}");
        }
        // Deeper than anybody writes.
        assert_eq!(addons(format!("{{\"addons\": {}", "[".repeat(1 << 20)).as_bytes()), []);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(
            pieces in prop::collection::vec(
                prop_oneof![
                    prop::sample::select(vec!["{", "}", "[", "]", ",", ":", "\"addons\"", "\"id\"", "\"x\"", "true", "1"])
                        .prop_map(str::to_owned),
                    any::<String>(),
                ],
                0..40,
            ),
        ) {
            let text = pieces.concat();
            prop_assert!(addons(text.as_bytes()).len() <= text.len());
            let list = format!("{{\"addons\": [{text}]}}");
            prop_assert!(addons(list.as_bytes()).len() <= text.len());
        }
    }
}
