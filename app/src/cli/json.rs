//! The JSON that other programs read. Its shape is promised in `docs/json.md`.
//!
//! These are types of their own, filled by hand: what the program changes inside must not change
//! what others read. Sentences are always English here.

mod details;

use std::collections::BTreeMap;

use serde::Serialize;
use stethoscope_probes::details::Details;
use stethoscope_probes::device::{Device, Interface};
use stethoscope_probes::finding::{Confidence, Finding, Item, Observation, Version};

use self::details::DetailsJson;
use crate::policy::{AppRequirement, AppRule, Bracket, Requirement};
use crate::snapshot::Snapshot;
use crate::verdict::Verdict;

/// Changes when something that is promised changes; additions do not change it.
pub(super) const SCHEMA: u32 = 1;

/// A whole answer as indented text with a line end.
pub(super) fn page(answer: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(answer).expect("names are strings and numbers are finite");
    text.push('\n');
    text
}

pub(super) fn snapshot(snapshot: &Snapshot) -> String {
    page(&Scan {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        taken_at: snapshot.taken_at.to_string(),
        duration_ms: snapshot.took_micros as f64 / 1000.0,
        policy: PolicyJson { name: &snapshot.policy.name, source: &snapshot.policy.source },
        overall: snapshot.overall().wire_name(),
        device: DeviceJson::without_identifiers(&snapshot.device),
        practices: snapshot.verdicts.iter().map(PracticeJson::of).collect(),
    })
}

pub(super) fn facts(device: &Device, details: &Details) -> String {
    page(&Facts {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        device: DeviceJson::whole(device),
        details: DetailsJson::of(details),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scan<'a> {
    schema: u32,
    version: &'static str,
    taken_at: String,
    duration_ms: f64,
    policy: PolicyJson<'a>,
    overall: &'static str,
    device: DeviceJson<'a>,
    practices: Vec<PracticeJson<'a>>,
}

#[derive(Serialize)]
struct Facts<'a> {
    schema: u32,
    version: &'static str,
    device: DeviceJson<'a>,
    details: DetailsJson<'a>,
}

#[derive(Serialize)]
struct PolicyJson<'a> {
    name: &'a str,
    source: &'a str,
}

#[derive(Serialize)]
struct DeviceJson<'a> {
    platform: &'static str,
    name: &'a str,
    model: Option<&'a str>,
    system: SystemJson<'a>,
    family: String,
    desktop: String,
    place: String,
    /// Only where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    identifiers: Option<IdentifiersJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interfaces: Option<Vec<InterfaceJson<'a>>>,
}

#[derive(Serialize)]
struct SystemJson<'a> {
    id: &'a str,
    name: &'a str,
    version: &'a str,
    kernel: &'a str,
    architecture: &'a str,
}

#[derive(Serialize)]
struct IdentifiersJson<'a> {
    machine: Option<&'a str>,
    serial: Option<&'a str>,
}

#[derive(Serialize)]
struct InterfaceJson<'a> {
    name: &'a str,
    mac: &'a str,
    wifi: bool,
}

impl<'a> DeviceJson<'a> {
    /// A scan is sent around and kept: what tells this device from all others stays out of it.
    fn without_identifiers(device: &'a Device) -> Self {
        let system = &device.system;
        DeviceJson {
            platform: device.platform.wire_name(),
            name: &device.name,
            model: device.model.as_deref(),
            system: SystemJson {
                id: &system.id,
                name: &system.name,
                version: &system.version,
                kernel: &system.kernel,
                architecture: &system.architecture,
            },
            family: word(&device.family),
            desktop: word(&device.desktop),
            place: word(&device.place),
            identifiers: None,
            interfaces: None,
        }
    }

    fn whole(device: &'a Device) -> Self {
        let identifiers = &device.identifiers;
        let interface = |interface: &'a Interface| InterfaceJson {
            name: &interface.name,
            mac: &interface.mac,
            wifi: interface.wifi,
        };
        DeviceJson {
            identifiers: Some(IdentifiersJson {
                machine: identifiers.machine.as_deref(),
                serial: identifiers.serial.as_deref(),
            }),
            interfaces: Some(device.interfaces.iter().map(interface).collect()),
            ..DeviceJson::without_identifiers(device)
        }
    }
}

/// The wire name of a plain enum, which is how it is kept in files too.
pub(super) fn word(of: &impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[derive(Serialize)]
struct PracticeJson<'a> {
    practice: &'static str,
    requirement: RequirementJson<'a>,
    observation: ObservationJson<'a>,
    confidence: &'static str,
    verdict: &'static str,
    reason: String,
    evidence: Vec<EvidenceJson<'a>>,
    since: String,
}

#[derive(Serialize)]
struct EvidenceJson<'a> {
    source: &'a str,
    saw: &'a str,
    check: &'a str,
}

impl<'a> PracticeJson<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let Finding { practice, observation, confidence, evidence, detail: _, when: _ } = &verdict.finding;
        PracticeJson {
            practice: practice.wire_name(),
            requirement: RequirementJson::of(&verdict.requirement),
            observation: ObservationJson::of(observation),
            confidence: match confidence {
                Confidence::Verified => "verified",
                Confidence::Inferred => "inferred",
            },
            verdict: verdict.state.wire_name(),
            reason: verdict.reason.to_string(),
            evidence: evidence
                .iter()
                .map(|one| EvidenceJson { source: &one.source, saw: &one.saw, check: &one.check })
                .collect(),
            since: verdict.since.to_string(),
        }
    }
}

/// What the policy asks.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum RequirementJson<'a> {
    Always,
    Suggested,
    IfSupported,
    Never,
    AtMost { seconds: u32 },
    Versions { brackets: BTreeMap<&'a str, BracketJson<'a>> },
    Supported,
    Apps { rules: Vec<RuleJson<'a>> },
}

#[derive(Serialize)]
struct BracketJson<'a> {
    ok: &'a str,
    nudge: Option<&'a str>,
}

#[derive(Serialize)]
struct RuleJson<'a> {
    name: &'a str,
    also: &'a [String],
    version: Option<&'a str>,
    requirement: &'static str,
    platforms: Vec<&'static str>,
    url: Option<&'a str>,
}

impl<'a> RequirementJson<'a> {
    fn of(requirement: &'a Requirement) -> Self {
        let bracket = |bracket: &'a Bracket| BracketJson { ok: &bracket.ok, nudge: bracket.nudge.as_deref() };
        match requirement {
            Requirement::Always => RequirementJson::Always,
            Requirement::Suggested => RequirementJson::Suggested,
            Requirement::IfSupported => RequirementJson::IfSupported,
            Requirement::Never => RequirementJson::Never,
            Requirement::AtMost { seconds } => RequirementJson::AtMost { seconds: *seconds },
            Requirement::Versions(brackets) => RequirementJson::Versions {
                brackets: brackets.iter().map(|(product, range)| (product.as_str(), bracket(range))).collect(),
            },
            Requirement::Supported => RequirementJson::Supported,
            Requirement::Apps(rules) => RequirementJson::Apps { rules: rules.iter().map(RuleJson::of).collect() },
        }
    }
}

impl<'a> RuleJson<'a> {
    fn of(rule: &'a AppRule) -> Self {
        RuleJson {
            name: &rule.name,
            also: &rule.also,
            version: rule.version.as_deref(),
            requirement: match rule.requirement {
                AppRequirement::Always => "always",
                AppRequirement::Suggested => "suggested",
                AppRequirement::IfSupported => "ifSupported",
                AppRequirement::Never => "never",
            },
            platforms: rule.platforms.iter().map(|platform| platform.wire_name()).collect(),
            url: rule.url.as_deref(),
        }
    }
}

/// What is.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "camelCase")]
enum ObservationJson<'a> {
    On,
    Off,
    Value { value: ValueJson<'a> },
    Unsupported { why: String },
    Unknown { why: String },
}

/// Seconds, a version or a list.
#[derive(Serialize)]
#[serde(untagged)]
enum ValueJson<'a> {
    Seconds(u32),
    Version(VersionJson<'a>),
    Items(Vec<ItemJson<'a>>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionJson<'a> {
    product: &'a str,
    number: &'a str,
    codename: Option<&'a str>,
    rolling: bool,
    built: Option<String>,
    follows: Option<FollowsJson<'a>>,
    extended: Option<&'a str>,
    support_ends: Vec<SupportEndJson<'a>>,
}

#[derive(Serialize)]
struct FollowsJson<'a> {
    product: &'a str,
    release: &'a str,
}

#[derive(Serialize)]
struct SupportEndJson<'a> {
    day: String,
    phase: &'a str,
    source: &'a str,
}

#[derive(Serialize)]
struct ItemJson<'a> {
    name: &'a str,
    version: &'a str,
    source: &'a str,
    label: Option<&'a str>,
}

impl<'a> ObservationJson<'a> {
    fn of(observation: &'a Observation) -> Self {
        match observation {
            Observation::On => ObservationJson::On,
            Observation::Off => ObservationJson::Off,
            Observation::Seconds(seconds) => ObservationJson::Value { value: ValueJson::Seconds(*seconds) },
            Observation::Version(version) => {
                ObservationJson::Value { value: ValueJson::Version(VersionJson::of(version)) }
            }
            Observation::Items(items) => {
                ObservationJson::Value { value: ValueJson::Items(items.iter().map(ItemJson::of).collect()) }
            }
            Observation::Unsupported(why) => ObservationJson::Unsupported { why: why.to_string() },
            Observation::Unknown(why) => ObservationJson::Unknown { why: why.to_string() },
        }
    }
}

impl<'a> VersionJson<'a> {
    fn of(version: &'a Version) -> Self {
        let follows = version.follows.as_ref();
        let ends = version.support_ends.iter();
        VersionJson {
            product: &version.product,
            number: &version.number,
            codename: version.codename.as_deref(),
            rolling: version.rolling,
            built: version.built.map(|day| day.to_string()),
            follows: follows.map(|follows| FollowsJson { product: &follows.product, release: &follows.release }),
            extended: version.extended.as_deref(),
            support_ends: ends
                .map(|end| SupportEndJson { day: end.day.to_string(), phase: &end.phase, source: &end.source })
                .collect(),
        }
    }
}

impl<'a> ItemJson<'a> {
    fn of(item: &'a Item) -> Self {
        ItemJson { name: &item.name, version: &item.version, source: &item.source, label: item.label.as_deref() }
    }
}
