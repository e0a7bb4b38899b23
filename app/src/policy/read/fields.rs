//! The pieces of a policy: words, limits and version brackets.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use crate::policy::Bracket;
use crate::version::Range;

/// A name without quotes: a practice or a requirement.
pub(super) struct Word(pub(super) String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name without quotes")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Word, E> {
                Ok(Word(word.to_owned()))
            }
        }

        deserializer.deserialize_identifier(Any)
    }
}

/// A text that says something.
pub(super) fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.trim().is_empty() {
        true => Err(D::Error::custom("a name is empty; write one between the quotes")),
        false => Ok(text),
    }
}

/// A range that some version can be in.
pub(super) struct RangeText(pub(super) Range);

impl<'de> Deserialize<'de> for RangeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Range::parse(&String::deserialize(deserializer)?).map(RangeText).map_err(D::Error::custom)
    }
}

/// The content of `AtMost(seconds: 300)`.
pub(super) struct Limit;

impl<'de> Visitor<'de> for Limit {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a limit such as AtMost(seconds: 300)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u32, A::Error> {
        let mut limit = None;
        while let Some(Word(field)) = map.next_key()? {
            match field.as_str() {
                "seconds" if limit.is_some() => return Err(A::Error::duplicate_field("seconds")),
                "seconds" => match map.next_value()? {
                    0 => {
                        return Err(A::Error::custom(
                            "a limit of 0 seconds cannot be met; write how long is good enough, such as seconds: 300",
                        ));
                    }
                    seconds => limit = Some(seconds),
                },
                other => return Err(A::Error::unknown_field(other, &["seconds"])),
            }
        }
        limit.ok_or_else(|| A::Error::missing_field("seconds"))
    }
}

/// The content of `Versions({"debian": (ok: ">=12")})`.
pub(super) struct Brackets;

impl<'de> DeserializeSeed<'de> for Brackets {
    type Value = BTreeMap<String, Bracket>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Brackets {
    type Value = BTreeMap<String, Bracket>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("versions by product, such as {\"debian\": (ok: \">=12\")}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut brackets = BTreeMap::new();
        while let Some(product) = map.next_key::<String>()? {
            if product != product.trim().to_lowercase() || product.is_empty() {
                return Err(A::Error::custom(format!(
                    "`{product}` is no product; write its lower-case id such as \"debian\", a platform such as \
                     \"linux\", or \"any\""
                )));
            }
            if brackets.contains_key(&product) {
                return Err(A::Error::custom(format!("`{product}` stands twice; keep one of the two")));
            }
            let BracketText(bracket) = map.next_value()?;
            brackets.insert(product, bracket);
        }
        match brackets.is_empty() {
            true => Err(A::Error::custom("there is no version here; write one such as \"any\": (ok: \">=12\")")),
            false => Ok(brackets),
        }
    }
}

/// One bracket whose ranges make sense together.
struct BracketText(Bracket);

impl<'de> Deserialize<'de> for BracketText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = BracketText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a bracket such as (ok: \">=12\", nudge: \">=11\")")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BracketText, A::Error> {
                let (mut ok, mut nudge): (Option<Range>, Option<Range>) = (None, None);
                while let Some(Word(field)) = map.next_key()? {
                    let range = match field.as_str() {
                        "ok" => &mut ok,
                        "nudge" => &mut nudge,
                        other => return Err(A::Error::unknown_field(other, &["ok", "nudge"])),
                    };
                    if range.is_some() {
                        return Err(A::Error::custom(format!("`{field}` stands twice; keep one of the two")));
                    }
                    // With or without `Some(…)` around it, as everywhere in RON.
                    *range = map.next_value::<Option<RangeText>>()?.map(|RangeText(range)| range);
                    if let (Some(ok), Some(nudge)) = (&ok, &nudge)
                        && ok.covers(nudge)
                    {
                        return Err(A::Error::custom(format!(
                            "nudge `{nudge}` would never count, because ok `{ok}` takes all of it; write a wider range"
                        )));
                    }
                }
                let ok = ok.ok_or_else(|| A::Error::missing_field("ok"))?;
                Ok(BracketText(Bracket { ok: ok.to_string(), nudge: nudge.map(|range| range.to_string()) }))
            }
        }

        deserializer.deserialize_struct("Bracket", &["ok", "nudge"], Fields)
    }
}
