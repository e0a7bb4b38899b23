//! Rules for applications.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use stethoscope_probes::practice::Platform;

use super::fields::{RangeText, filled};
use crate::policy::{AppRequirement, AppRule};

/// The content of `Apps([…])`.
pub(super) struct Rules;

impl<'de> DeserializeSeed<'de> for Rules {
    type Value = Vec<AppRule>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rules {
    type Value = Vec<AppRule>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rules such as [(name: \"firefox\", requirement: Always)]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rules: Vec<AppRule> = Vec::new();
        while let Some(rule) = list.next_element::<RuleText>()? {
            let rule = AppRule::from(rule);
            let problem = rule_problem(&rule).or_else(|| {
                let twice = |name: &&str| rules.iter().any(|other| overlaps(other, &rule) && named(other, name));
                names(&rule)
                    .into_iter()
                    .find(twice)
                    .map(|name| format!("there are two rules for `{name}` on the same platform; keep one of the two"))
            });
            if let Some(problem) = problem {
                return Err(A::Error::custom(problem));
            }
            rules.push(rule);
        }
        match rules.is_empty() {
            true => Err(A::Error::custom(
                "there is no rule here; write one such as (name: \"firefox\", requirement: Always)",
            )),
            false => Ok(rules),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename = "AppRule", deny_unknown_fields)]
struct RuleText {
    #[serde(deserialize_with = "filled")]
    name: String,
    #[serde(default)]
    also: Vec<Filled>,
    #[serde(default)]
    version: Option<RangeText>,
    requirement: AppRequirement,
    #[serde(default)]
    platforms: Vec<Platform>,
    #[serde(default)]
    url: Option<Address>,
}

impl From<RuleText> for AppRule {
    fn from(text: RuleText) -> Self {
        AppRule {
            name: text.name,
            also: text.also.into_iter().map(|Filled(name)| name).collect(),
            version: text.version.map(|RangeText(range)| range.to_string()),
            requirement: text.requirement,
            platforms: text.platforms,
            url: text.url.map(|Address(url)| url),
        }
    }
}

/// One name among others.
struct Filled(String);

impl<'de> Deserialize<'de> for Filled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        filled(deserializer).map(Filled)
    }
}

/// A page to open. Nothing but a web page: the window puts it behind a button.
struct Address(String);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let url = String::deserialize(deserializer)?;
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        match rest {
            Some(rest) if !rest.is_empty() && !url.contains(|c: char| c.is_whitespace() || c.is_control()) => {
                Ok(Address(url))
            }
            _ => Err(D::Error::custom(format!("`{url}` is no web page; write one such as https://example.org/"))),
        }
    }
}

fn rule_problem(rule: &AppRule) -> Option<String> {
    match (rule.requirement, &rule.version) {
        (AppRequirement::Never, Some(_)) => {
            Some(format!("`{}` must not be there at all (Never), so its version says nothing; leave it out", rule.name))
        }
        (AppRequirement::IfSupported, None) => Some(format!(
            "`{}` may be there or not (IfSupported), so a rule without a version says nothing; write one such as \
             version: \">=128\"",
            rule.name
        )),
        _ => None,
    }
}

fn names(rule: &AppRule) -> Vec<&str> {
    std::iter::once(&rule.name).chain(&rule.also).map(String::as_str).collect()
}

fn named(rule: &AppRule, name: &str) -> bool {
    names(rule).into_iter().any(|known| known.to_lowercase() == name.to_lowercase())
}

fn overlaps(one: &AppRule, other: &AppRule) -> bool {
    let everywhere = one.platforms.is_empty() || other.platforms.is_empty();
    everywhere || one.platforms.iter().any(|platform| other.platforms.contains(platform))
}
