//! `Preferences` and `Secure Preferences`, in which Chromium and its relatives keep the settings of a profile.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Extensions {
    settings: BTreeMap<String, Setting>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Setting {
    /// Zero where the extension is switched off; newer versions leave it out.
    state: Value,
    /// Why it is switched off: a list, and in older versions a sum.
    disable_reasons: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Number(i64),
    List(Vec<IgnoredAny>),
    Other(IgnoredAny),
}

impl Default for Value {
    fn default() -> Self {
        Value::Other(IgnoredAny)
    }
}

/// The ids of the extensions that are switched off. What is no such file names none.
pub fn switched_off(text: &[u8]) -> BTreeSet<String> {
    let file: File = serde_json::from_slice(text).unwrap_or_default();
    file.extensions.settings.into_iter().filter(|(_, setting)| is_off(setting)).map(|(id, _)| id).collect()
}

fn is_off(setting: &Setting) -> bool {
    let has_reasons = match &setting.disable_reasons {
        Value::Number(sum) => *sum != 0,
        Value::List(reasons) => !reasons.is_empty(),
        Value::Other(_) => false,
    };
    has_reasons || matches!(setting.state, Value::Number(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn an_extension_is_off_where_its_state_or_a_reason_says_so() {
        let text = json!({ "profile": { "name": "Ann" }, "extensions": { "alerts": 1, "settings": {
            "new-on": { "disable_reasons": [], "path": "x" },
            "new-off": { "disable_reasons": [1] },
            "old-on": { "state": 1, "disable_reasons": 0 },
            "old-off": { "state": 0 },
            "old-sum": { "state": 1, "disable_reasons": 8192 },
            "odd": { "state": "0", "disable_reasons": { "a": 1 } },
            "bare": {},
        }}});
        let off: Vec<String> = switched_off(text.to_string().as_bytes()).into_iter().collect();
        assert_eq!(off, ["new-off", "old-off", "old-sum"]);
        for text in [
            "",
            "{",
            "[]",
            "{}",
            "{\"extensions\": {\"settings\": []}}",
            "{\"extensions\": {\"settings\": {\"a\": 1}}}",
        ] {
            assert!(switched_off(text.as_bytes()).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(\\{|\\}|\\[|\\]|\"(extensions|settings|state|a)\":|,|0|1.5|\\PC){0,40}") {
            prop_assert!(switched_off(text.as_bytes()).len() <= text.len());
        }
    }
}
