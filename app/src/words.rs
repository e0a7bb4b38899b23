//! Every string a person reads goes through here, so that it can be translated.
//!
//! English stands in the code and is its own key. A translation is a RON map from the English
//! template to the other language's, chosen once at the start.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use stethoscope_probes::text::Text;

static TRANSLATION: OnceLock<BTreeMap<String, String>> = OnceLock::new();

/// Chooses the language. Only the first call counts; without one everything is English.
pub fn use_translation(translation: BTreeMap<String, String>) {
    // A second call changes nothing: strings already shown would not change with it.
    let _already_chosen = TRANSLATION.set(translation);
}

/// A fixed string in the user's language.
pub fn say(english: &str) -> &str {
    TRANSLATION.get().and_then(|known| known.get(english)).map_or(english, String::as_str)
}

/// A sentence with values in the user's language.
pub fn tr(text: &Text) -> String {
    text.render(say(&text.template))
}
