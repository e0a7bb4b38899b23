//! The schema against the one that pages were written for.

use std::collections::BTreeSet;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use serde_json::json;

use super::schema_rig::{Page, SCHEMA, debian, facts};
use crate::support::tests_folder;

/// What the old app did not have. A page that asks for it there gets an error.
const ADDITIONS: &[&str] = &[
    "Device.productVersion: String",
    "Device.identifiersWithheld: Boolean",
    "PolicyResult.strict: FeatureState",
    "PolicyResult.unknown: [String!]",
    "PolicyResult.details: [PracticeDetail!]",
    "PolicyResult.requiredApplications: [ApplicationFeatureState] @deprecated",
    "PolicyResult.bannedApplications: [ApplicationFeatureState] @deprecated",
    "PolicyResult.suggestedApplications: [ApplicationFeatureState] @deprecated",
    "PolicyResult.softwareUpdates: FeatureState",
    "PolicyResult.secureBoot: FeatureState",
    "PolicyResult.firmware: FeatureState",
    "PolicyResult.kernelHardening: FeatureState",
    "PolicyResult.accountPassword: FeatureState",
    "PolicyResult.automaticLogin: FeatureState",
    "PolicyResult.fileSharing: FeatureState",
    "PolicyResult.sshKeys: FeatureState",
    "PolicyResult.antivirus: FeatureState",
    "type PracticeDetail",
    "PracticeDetail.practice: String!",
    "PracticeDetail.result: FeatureState!",
    "PracticeDetail.confidence: Confidence",
    "PracticeDetail.reason: String",
    "PracticeDetail.checkedAt: String",
    "enum Confidence",
    "Confidence.INFERRED",
    "Confidence.VERIFIED",
    "DevicePolicy.softwareUpdates: RequirementOption",
    "DevicePolicy.secureBoot: RequirementOption",
    "DevicePolicy.firmware: RequirementOption",
    "DevicePolicy.kernelHardening: RequirementOption",
    "DevicePolicy.accountPassword: RequirementOption",
    "DevicePolicy.automaticLogin: RequirementOption",
    "DevicePolicy.fileSharing: RequirementOption",
    "DevicePolicy.sshKeys: RequirementOption",
    "DevicePolicy.antivirus: RequirementOption",
];

/// Types that the old app declared and no query reached. Introspection here shows only what can be reached.
const UNREACHABLE: &[&str] = &["Security", "AppRequirement", "PlatformBoolRequirement"];

/// One line for each thing a schema has, without order, comments and descriptions.
fn lines(sdl: &str) -> BTreeSet<String> {
    let document = parse_schema(sdl).expect("a schema");
    let mut lines = BTreeSet::new();
    for definition in document.definitions {
        if let TypeSystemDefinition::Type(Positioned { node, .. }) = definition {
            add(&mut lines, &node);
        }
    }
    lines
}

fn add(lines: &mut BTreeSet<String>, definition: &TypeDefinition) {
    let name = &definition.name.node;
    match &definition.kind {
        TypeKind::Scalar => {
            lines.insert(format!("scalar {name}"));
        }
        TypeKind::Object(object) => {
            lines.insert(format!("type {name}"));
            lines.extend(object.fields.iter().map(|field| format!("{name}.{}", output(&field.node))));
        }
        TypeKind::InputObject(input) => {
            lines.insert(format!("input {name}"));
            lines.extend(input.fields.iter().map(|field| format!("{name}.{}", argument(&field.node))));
        }
        TypeKind::Enum(values) => {
            lines.insert(format!("enum {name}"));
            lines.extend(values.values.iter().map(|value| format!("{name}.{}", value.node.value.node)));
        }
        TypeKind::Interface(_) | TypeKind::Union(_) => panic!("{name}: the schema has no such thing"),
    }
}

fn output(field: &FieldDefinition) -> String {
    let arguments: Vec<String> = field.arguments.iter().map(|one| argument(&one.node)).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let deprecated = field.directives.iter().any(|directive| directive.node.name.node == "deprecated");
    let mark = if deprecated { " @deprecated" } else { "" };
    format!("{}{arguments}: {}{mark}", field.name.node, field.ty.node)
}

fn argument(argument: &InputValueDefinition) -> String {
    let default = argument.default_value.as_ref().map(|value| format!(" = {}", value.node)).unwrap_or_default();
    format!("{}: {}{default}", argument.name.node, argument.ty.node)
}

#[test]
fn pages_written_for_the_old_app_find_what_they_ask_for() {
    let old = std::fs::read_to_string(tests_folder().join("golden/web-schema.graphql")).expect("the old schema");
    let mut expected = lines(&old);
    assert_eq!(expected.len(), 186, "the file has all of the old schema");
    let is_of = |line: &String, name: &&str| {
        line.split_once([' ', '.']).is_some_and(|(first, rest)| first == *name || rest == *name)
    };
    expected.retain(|line| !UNREACHABLE.iter().any(|name| is_of(line, name)));
    assert_eq!(expected.len(), 151, "only those three types went");
    for addition in ADDITIONS {
        assert!(expected.insert((*addition).to_owned()), "{addition} is no addition");
    }
    let ours = lines(&SCHEMA.sdl());
    let missing: Vec<_> = expected.difference(&ours).collect();
    let more: Vec<_> = ours.difference(&expected).collect();
    assert!(missing.is_empty() && more.is_empty(), "missing: {missing:#?}\nmore: {more:#?}");
}

#[test]
fn introspection_shows_the_same() {
    let page = Page::of(facts(debian(), Vec::new()));
    let query = "{ __schema { queryType { name } mutationType { name } subscriptionType { name } types { name } }
        __type(name: \"PolicyResult\") { fields { name } all: fields(includeDeprecated: true) { name } } }";
    let data = page.hears(query, json!({}));
    assert_eq!(data["__schema"]["queryType"], json!({ "name": "Query" }));
    assert_eq!(data["__schema"]["mutationType"], json!(null));
    assert_eq!(data["__schema"]["subscriptionType"], json!(null));
    let types = data["__schema"]["types"].as_array().expect("a list");
    for name in ["Query", "DevicePolicy", "ApplicationPaths", "Semver", "NumericRange", "Browser"] {
        assert!(types.contains(&json!({ "name": name })), "{name}");
    }
    let count = |list: &str| data["__type"][list].as_array().expect("a list").len();
    assert_eq!((count("fields"), count("all")), (23, 26), "three are deprecated");
}
