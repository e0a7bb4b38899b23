//! Sentences for people, kept as a template and its values so that they can be translated.
//!
//! The English template is the key of the translation, as with gettext. A template names its
//! values in braces: `text!("{mount} is on {device}", mount = "/home", device = "sda2")`.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One sentence: an English template and the values that go into it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// English, with `{name}` where a value goes. The key of its translation.
    pub template: Cow<'static, str>,
    /// The values by name. Never themselves translated: paths, versions, counts, names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(Cow<'static, str>, String)>,
}

impl Text {
    /// A sentence without values.
    pub const fn plain(template: &'static str) -> Self {
        Text { template: Cow::Borrowed(template), values: Vec::new() }
    }

    /// The sentence with another template, for example its translation.
    pub fn render(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let Some(close) = rest.find('}') else { break };
            let name = &rest[1..close];
            match self.values.iter().find(|(key, _)| key == name) {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&rest[..=close]),
            }
            rest = &rest[close + 1..];
        }
        out.push_str(rest);
        out
    }
}

impl fmt::Display for Text {
    /// The English sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&self.template))
    }
}

/// Makes a [`Text`]: `text!("no values")` or `text!("{file} says {word}", file = path, word = x)`.
#[macro_export]
macro_rules! text {
    ($template:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::text::Text {
            template: ::std::borrow::Cow::Borrowed($template),
            values: ::std::vec![$((::std::borrow::Cow::Borrowed(stringify!($name)), ::std::string::ToString::to_string(&$value))),*],
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_go_where_the_template_names_them() {
        let text = text!("{mount} is on {device}", device = "sda2", mount = "/home");
        assert_eq!(text.to_string(), "/home is on sda2");
        assert_eq!(text.render("{device} trägt {mount}"), "sda2 trägt /home");
    }

    #[test]
    fn a_value_with_braces_is_not_read_again() {
        let text = text!("{a} {b} {c", a = "{b}", b = "x");
        assert_eq!(text.to_string(), "{b} x {c");
    }
}
