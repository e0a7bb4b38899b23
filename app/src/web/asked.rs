//! What a parsed document asks for: how much work it is, which practices have to be known for it, and which
//! facts about the device it would tell. Pure.

use std::collections::BTreeSet;
use std::convert::Infallible;

use async_graphql::parser::types::{
    ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value};
use serde_json::Map;
use stethoscope_probes::practice::PracticeId;

use super::schema::{choice, practice_of_policy, practice_of_security};
use crate::access::view::Fact;

/// How deep fields may stand in each other. A page needs four.
pub(super) const DEEPEST: usize = 8;

/// The same below `__schema` and `__type`: the introspection query of the usual tools needs eighteen.
const DEEPEST_OF_SCHEMA: usize = 20;

/// How much one document may ask for. A field counts one, a whole policy a hundred.
pub(super) const MOST: usize = 1200;

/// The most names of fields that are kept for the log.
const MOST_NAMES: usize = 80;

/// The answers of a policy that tell about applications.
const APPLICATIONS: [&str; 4] = ["applications", "requiredApplications", "bannedApplications", "suggestedApplications"];

/// What a document asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The practices that have to be known to answer.
    pub(super) practices: BTreeSet<PracticeId>,
    /// What it would tell about the device, apart from practices.
    pub(super) facts: BTreeSet<Fact>,
    /// Addresses, disks and the like have to be read.
    pub(super) details: bool,
    /// The fields as the log names them: `device.osVersion`, `policy.firewall`.
    pub(super) names: BTreeSet<String>,
}

/// Why a document is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooMuch {
    #[error("the query is nested deeper than {DEEPEST} fields")]
    Deep,
    #[error("the query asks for too much at once")]
    Wide,
}

impl Asked {
    /// What is asked for by the operation of that name, or by the only one.
    pub(super) fn of(
        document: &ExecutableDocument,
        operation: Option<&str>,
        variables: &Map<String, serde_json::Value>,
    ) -> Result<Self, TooMuch> {
        let operation = choice(document, operation);
        let mut walk = Walk { document, variables, operation: None, weight: 0, asked: Asked::default() };
        for (name, definition) in document.operations.iter() {
            // One that does not run costs its checking only; but what cannot be told apart is counted.
            if operation.is_none_or(|wanted| name.is_none_or(|name| name == wanted)) {
                walk.operation = Some(&definition.node);
                walk.set(&definition.node.selection_set.node, Place::Root, 1)?;
            }
        }
        Ok(walk.asked)
    }

    /// The facts that tell this device from all others.
    pub(super) fn identifiers(&self) -> impl Iterator<Item = Fact> + '_ {
        self.facts.iter().copied().filter(|fact| fact.identifies())
    }
}

impl Fact {
    /// Whether it tells this device from all others.
    pub(super) fn identifies(self) -> bool {
        match self {
            Fact::System | Fact::Model | Fact::Firmware | Fact::Disks | Fact::Applications => false,
            Fact::DeviceName
            | Fact::DeviceId
            | Fact::SerialNumber
            | Fact::MacAddresses
            | Fact::IpAddresses
            | Fact::DiskIds
            | Fact::BrowserExtensions => true,
        }
    }
}

/// Where in the schema a set of fields stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Device,
    Security,
    Disks,
    Policy,
    Result,
    Schema,
    /// Below something whose parts tell nothing more.
    Within,
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Map<String, serde_json::Value>,
    operation: Option<&'a OperationDefinition>,
    weight: usize,
    asked: Asked,
}

impl<'a> Walk<'a> {
    /// Fragments are walked as often as they are named: what is walked is what would be run.
    fn set(&mut self, set: &'a SelectionSet, place: Place, depth: usize) -> Result<(), TooMuch> {
        let deepest = if place == Place::Schema { DEEPEST_OF_SCHEMA } else { DEEPEST };
        if depth > deepest {
            return Err(TooMuch::Deep);
        }
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, place, depth)?,
                // A fragment counts as a level: it may name itself.
                Selection::InlineFragment(fragment) => {
                    self.weigh(1)?;
                    self.set(&fragment.node.selection_set.node, place, depth + 1)?;
                }
                Selection::FragmentSpread(spread) => {
                    self.weigh(1)?;
                    if let Some(fragment) = self.fragment(&spread.node.fragment_name.node) {
                        self.set(&fragment.selection_set.node, place, depth + 1)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field, place: Place, depth: usize) -> Result<(), TooMuch> {
        let name = field.name.node.as_str();
        let (weight, inside) = match (place, name) {
            (Place::Root, "device") => (1, Place::Device),
            (Place::Root, "policy") => (1, Place::Policy),
            (Place::Root, "__schema" | "__type") => (200, Place::Schema),
            (Place::Schema, _) => (1, Place::Schema),
            (Place::Device, "security") => (20, Place::Security),
            (Place::Device, "disks") => (5, Place::Disks),
            (Place::Device, "extensions") => (50, Place::Within),
            (Place::Policy, "validate") => (100, Place::Result),
            _ => (1, Place::Within),
        };
        self.weigh(weight + field.directives.len())?;
        self.note(field, place, name);
        self.set(&field.selection_set.node, inside, depth + 1)
    }

    fn note(&mut self, field: &'a Field, place: Place, name: &str) {
        let (prefix, fact) = match place {
            Place::Device => ("device.", device_fact(name)),
            Place::Disks if matches!(name, "uuid" | "label") => ("device.disks.", Some(Fact::DiskIds)),
            Place::Security => {
                self.asked.practices.extend(practice_of_security(name));
                ("device.security.", None)
            }
            Place::Result => ("policy.", APPLICATIONS.contains(&name).then_some(Fact::Applications)),
            Place::Policy => {
                if name == "validate" {
                    let names = self.policy_keys(field);
                    let practices = names.iter().filter_map(|name| practice_of_policy(name));
                    self.asked.practices.extend(practices);
                }
                return;
            }
            Place::Root if name == "__schema" || name == "__type" => ("", None),
            Place::Root | Place::Disks | Place::Schema | Place::Within => return,
        };
        self.asked.details |= place == Place::Device
            && matches!(name, "ipAddresses" | "disks" | "extensions" | "firmwareVersion" | "osBuild");
        self.asked.facts.extend(fact);
        if name != "__typename" && self.asked.names.len() < MOST_NAMES {
            self.asked.names.insert(format!("{prefix}{name}").chars().take(60).collect());
        }
    }

    /// The practices a policy names, whether it stands in the document or in the variables. Its fields are
    /// asked about whether or not the page selects them: its `status` speaks of all of them.
    fn policy_keys(&self, field: &'a Field) -> Vec<String> {
        let Some(written) = field.get_argument("policy") else { return Vec::new() };
        match written.node.clone().into_const_with(|name| Ok::<_, Infallible>(self.variable(&name))) {
            Ok(Value::Object(policy)) => policy.keys().map(ToString::to_string).collect(),
            Ok(_nothing_to_validate) => Vec::new(),
        }
    }

    /// What a variable stands for: what was sent, else its default.
    fn variable(&self, name: &Name) -> Value {
        if let Some(sent) = self.variables.get(name.as_str()) {
            // Whatever JSON can say, a value can.
            return Value::from_json(sent.clone()).unwrap_or_default();
        }
        let definitions = self.operation.iter().flat_map(|operation| &operation.variable_definitions);
        let mut named = definitions.filter(|definition| definition.node.name.node == *name);
        named.next().and_then(|definition| definition.node.default_value().cloned()).unwrap_or_default()
    }

    fn fragment(&self, name: &Name) -> Option<&'a FragmentDefinition> {
        self.document.fragments.get(name).map(|fragment: &Positioned<FragmentDefinition>| &fragment.node)
    }

    fn weigh(&mut self, weight: usize) -> Result<(), TooMuch> {
        self.weight += weight;
        if self.weight > MOST { Err(TooMuch::Wide) } else { Ok(()) }
    }
}

fn device_fact(name: &str) -> Option<Fact> {
    Some(match name {
        "platform" | "platformName" | "osName" | "osVersion" | "osBuild" => Fact::System,
        "hardwareModel" | "friendlyName" => Fact::Model,
        "firmwareVersion" => Fact::Firmware,
        "disks" => Fact::Disks,
        "deviceName" => Fact::DeviceName,
        "deviceId" => Fact::DeviceId,
        "hardwareSerial" => Fact::SerialNumber,
        "macAddresses" => Fact::MacAddresses,
        "ipAddresses" => Fact::IpAddresses,
        "extensions" => Fact::BrowserExtensions,
        _other => return None,
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::weigh::weigh;
    use super::*;

    fn asked(query: &str, variables: serde_json::Value) -> Result<Asked, TooMuch> {
        let document = parse_query(query).expect("GraphQL");
        let serde_json::Value::Object(variables) = variables else { panic!("an object") };
        Asked::of(&document, None, &variables)
    }

    #[test]
    fn a_policy_is_asked_about_whole() {
        let query =
            "query Q($p: DevicePolicy) { policy { validate(policy: $p) { status } } device { deviceId osVersion } }";
        let found = asked(query, json!({ "p": { "firewall": "ALWAYS", "screenIdle": "<= 600", "nonsense": 1 } }));
        let found = found.expect("small");
        assert_eq!(found.practices, [PracticeId::Firewall, PracticeId::ScreenIdle].into());
        assert_eq!(found.facts, [Fact::DeviceId, Fact::System].into());
        assert_eq!(found.identifiers().collect::<Vec<_>>(), [Fact::DeviceId]);
        assert!(!found.details);
        assert_eq!(
            found.names.into_iter().collect::<Vec<_>>(),
            ["device.deviceId", "device.osVersion", "policy.status"]
        );
    }

    #[test]
    fn policies_in_the_document_and_defaults_are_seen() {
        let literal = "{ policy { validate(policy: { diskEncryption: ALWAYS }) { status } } }";
        assert_eq!(asked(literal, json!({})).expect("small").practices, [PracticeId::DiskEncryption].into());
        let default = "query($p: DevicePolicy = { screenLock: ALWAYS }) { policy { validate(policy: $p) { status } } }";
        assert_eq!(asked(default, json!({})).expect("small").practices, [PracticeId::ScreenLock].into());
    }

    #[test]
    fn the_name_of_another_operation_hides_nothing() {
        let only = parse_query("query Only { device { hardwareSerial disks { name } } }").expect("GraphQL");
        for name in [None, Some("Only"), Some("Other"), Some("")] {
            let found = Asked::of(&only, name, &Map::new()).expect("small");
            assert_eq!(found.facts, [Fact::Disks, Fact::SerialNumber].into(), "{name:?} is run all the same");
            assert!(found.details);
        }
    }

    #[test]
    fn aliases_and_fragments_hide_nothing() {
        let query =
            "{ d: device { ...f ... on Device { x: hardwareSerial } } } fragment f on Device { disks { u: uuid } }";
        let found = asked(query, json!({})).expect("small");
        assert_eq!(found.facts, [Fact::Disks, Fact::DiskIds, Fact::SerialNumber].into());
        assert!(found.details);
        let old_list = "{ policy { validate { bannedApplications { name } } } }";
        assert_eq!(asked(old_list, json!({})).expect("small").facts, [Fact::Applications].into());
        let security =
            asked("{ device { security { firewall automaticSecurityUpdates } } }", json!({})).expect("small");
        assert_eq!(security.practices, [PracticeId::Firewall, PracticeId::AutomaticUpdates].into());
    }

    #[test]
    fn deep_wide_and_endless_documents_are_refused() {
        let deep = format!("{{ device {} }}", "{ a ".repeat(10) + &"}".repeat(10));
        assert_eq!(asked(&deep, json!({})), Err(TooMuch::Deep));
        let wide: String = (0..2000).map(|number| format!("a{number}: device {{ platform }} ")).collect();
        assert_eq!(asked(&format!("{{ {wide} }}"), json!({})), Err(TooMuch::Wide));
        let policies: String = (0..13).map(|number| format!("a{number}: validate {{ status }} ")).collect();
        assert_eq!(asked(&format!("{{ policy {{ {policies} }} }}"), json!({})), Err(TooMuch::Wide));
        let circle = "{ device { ...a } } fragment a on Device { ...b } fragment b on Device { ...a }";
        assert_eq!(asked(circle, json!({})), Err(TooMuch::Deep));
        let doubling: String =
            (0..30).map(|n| format!("fragment f{n} on Device {{ ...f{m} ...f{m} }} ", m = n + 1)).collect();
        let doubling = format!("{{ device {{ ...f0 }} }} {doubling} fragment f30 on Device {{ platform }}");
        assert!(asked(&doubling, json!({})).is_err());
    }

    #[test]
    fn the_usual_introspection_is_no_deeper_than_allowed() {
        let types = "ofType { kind name ".repeat(8) + &"}".repeat(8);
        let query = format!("{{ __schema {{ types {{ fields {{ args {{ type {{ kind {types} }} }} }} }} }} }}");
        assert!(asked(&query, json!({})).is_ok());
        let deeper = "ofType { ".repeat(20) + "kind" + &"}".repeat(20);
        assert_eq!(asked(&format!("{{ __schema {{ types {{ {deeper} }} }} }}"), json!({})), Err(TooMuch::Deep));
    }

    proptest! {
        /// Whatever the reader of documents makes of it, the walk comes to an end.
        #[test]
        fn no_document_panics_or_hangs(parts in prop::collection::vec(prop::sample::select(WORDS), 0..60)) {
            let text = parts.join(" ");
            if weigh(&text).is_ok() && let Ok(document) = parse_query(&text) {
                let _any = Asked::of(&document, Some("Q"), &Map::new());
                let _any = Asked::of(&document, None, &Map::new());
            }
        }
    }

    const WORDS: &[&str] = &[
        "{",
        "}",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "...",
        "on",
        "Device",
        "query",
        "Q",
        "fragment",
        "f",
        "g",
        "device",
        "policy",
        "validate",
        "disks",
        "security",
        "__schema",
        "$p",
        "!",
        "=",
        "@include(if: true)",
        "\"x\"",
        "1",
        "DevicePolicy",
        "mutation",
        "subscription",
        "null",
        "{ firewall: ALWAYS }",
        "#",
        "\n",
        "...f",
        "fragment f on Device { ...g }",
        "fragment g on Device { ...f deviceId }",
        "query Q($p: DevicePolicy = { firewall: ALWAYS }) { policy { validate(policy: $p) { status } } }",
    ];
}
