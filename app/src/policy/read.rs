//! Policy text to policy. Everything is judged where it stands, so that a message names its line.

mod apps;
mod fields;
mod mistake;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ron::extensions::Extensions;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, VariantAccess, Visitor};
use stethoscope_probes::practice::PracticeId;

use super::nearest::nearest;
use super::{Policy, Requirement};
use fields::{Word, filled};
pub(crate) use mistake::Mistake;

/// The only format there is.
const FORMAT: u32 = 1;

/// Reads a policy.
pub(super) fn policy(text: &str) -> Result<Policy, Mistake> {
    let read: PolicyText = parse(text)?;
    let PolicyText { format: Format, name, description, requirements } = read;
    Ok(Policy { name, description, requirements })
}

/// Reads which profile is pinned.
pub(super) fn pinned(text: &str) -> Result<String, Mistake> {
    let read: PinnedText = parse(text)?;
    let PinnedText { format: Format, profile } = read;
    Ok(profile)
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Mistake> {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    options.from_str(text).map_err(|error| Mistake::from_ron(&error))
}

#[derive(Deserialize)]
#[serde(rename = "Policy", deny_unknown_fields)]
struct PolicyText {
    format: Format,
    #[serde(deserialize_with = "filled")]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(deserialize_with = "requirements")]
    requirements: BTreeMap<PracticeId, Requirement>,
}

#[derive(Deserialize)]
#[serde(rename = "Pinned", deny_unknown_fields)]
struct PinnedText {
    format: Format,
    #[serde(deserialize_with = "filled")]
    profile: String,
}

/// A format number that this program can read.
struct Format;

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            FORMAT => Ok(Format),
            other => Err(D::Error::custom(format!(
                "this program reads format {FORMAT}, and this file says format {other}; write `format: {FORMAT}`"
            ))),
        }
    }
}

/// The requirement names a policy can write.
const REQUIREMENTS: [&str; 8] =
    ["Always", "Suggested", "IfSupported", "Never", "AtMost", "Versions", "Supported", "Apps"];

const SWITCH: &[&str] = &["Always", "Suggested", "IfSupported", "Never"];

/// Which requirements a practice takes, and how to say it.
fn takes(practice: PracticeId) -> (&'static [&'static str], &'static str) {
    match practice {
        PracticeId::SoftwareUpdates
        | PracticeId::AutomaticUpdates
        | PracticeId::Firewall
        | PracticeId::DiskEncryption
        | PracticeId::SecureBoot
        | PracticeId::Firmware
        | PracticeId::KernelHardening
        | PracticeId::ScreenLock
        | PracticeId::AccountPassword
        | PracticeId::AutomaticLogin
        | PracticeId::RemoteLogin
        | PracticeId::FileSharing
        | PracticeId::SshKeys
        | PracticeId::Antivirus
        | PracticeId::OpenWifiConnections => (SWITCH, "Always, Suggested, IfSupported or Never"),
        PracticeId::ScreenIdle => (&["AtMost"], "a limit such as AtMost(seconds: 300)"),
        PracticeId::OsVersion => {
            (&["Supported", "Versions"], "Supported, or versions such as Versions({\"debian\": (ok: \">=12\")})")
        }
        PracticeId::StethoscopeVersion => (&["Versions"], "versions such as Versions({\"any\": (ok: \">=1.0\")})"),
        PracticeId::Applications => (&["Apps"], "rules such as Apps([(name: \"firefox\", requirement: Always)])"),
    }
}

/// The map from practices to what is asked of them.
fn requirements<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<PracticeId, Requirement>, D::Error> {
    struct Requirements;

    impl<'de> Visitor<'de> for Requirements {
        type Value = BTreeMap<PracticeId, Requirement>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("practices with what is asked of them, such as { firewall: Always }")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = BTreeMap::new();
            let mut seen = BTreeSet::new();
            while let Some(Word(name)) = map.next_key()? {
                let practice: PracticeId =
                    name.parse().map_err(|_not_found| A::Error::custom(no_such_practice(&name)))?;
                if !seen.insert(practice) {
                    return Err(A::Error::custom(format!("`{practice}` stands twice; keep one of the two")));
                }
                found.insert(practice, map.next_value_seed(RequirementOf(practice))?);
            }
            if found.is_empty() {
                return Err(A::Error::custom(
                    "a policy has to ask for at least one practice, such as firewall: Always",
                ));
            }
            Ok(found)
        }
    }

    deserializer.deserialize_map(Requirements)
}

fn no_such_practice(name: &str) -> String {
    let known: Vec<&str> = PracticeId::ALL.into_iter().map(PracticeId::wire_name).collect();
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("there is no practice `{name}`; did you mean `{meant}`?"),
        None => format!("there is no practice `{name}`; the practices are {}", known.join(", ")),
    }
}

/// Reads the requirement of one practice, and refuses one that the practice does not take.
struct RequirementOf(PracticeId);

impl<'de> DeserializeSeed<'de> for RequirementOf {
    type Value = Requirement;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Requirement, D::Error> {
        deserializer.deserialize_enum("Requirement", &REQUIREMENTS, self)
    }
}

impl<'de> Visitor<'de> for RequirementOf {
    type Value = Requirement;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(takes(self.0).1)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Requirement, A::Error> {
        let (Word(name), content) = data.variant()?;
        let practice = self.0;
        let (allowed, expected) = takes(practice);
        let Some(known) = REQUIREMENTS.into_iter().find(|known| *known == name) else {
            let meant = nearest(&name, allowed.iter().copied());
            return Err(A::Error::custom(match meant {
                Some(meant) => format!("there is no requirement `{name}`; did you mean `{meant}`?"),
                None => format!("there is no requirement `{name}`; `{practice}` takes {expected}"),
            }));
        };
        if !allowed.contains(&known) {
            return Err(A::Error::custom(format!("`{practice}` takes {expected}, not {known}")));
        }
        match known {
            "Always" => content.unit_variant().map(|()| Requirement::Always),
            "Suggested" => content.unit_variant().map(|()| Requirement::Suggested),
            "IfSupported" => content.unit_variant().map(|()| Requirement::IfSupported),
            "Never" => content.unit_variant().map(|()| Requirement::Never),
            "Supported" => content.unit_variant().map(|()| Requirement::Supported),
            "AtMost" => {
                content.struct_variant(&["seconds"], fields::Limit).map(|seconds| Requirement::AtMost { seconds })
            }
            "Versions" => content.newtype_variant_seed(fields::Brackets).map(Requirement::Versions),
            _ => content.newtype_variant_seed(apps::Rules).map(Requirement::Apps),
        }
    }
}
