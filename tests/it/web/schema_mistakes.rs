//! Requests that are wrong: errors, no data, and never a panic.

use async_graphql::Value as Graph;
use serde_json::{Value, json};
use stethoscope::web::schema::is_mistaken;
use stethoscope_probes::finding::Observation;
use stethoscope_probes::practice::PracticeId;

use super::schema_rig::{Page, one};

const VALIDATE: &str = "query V($policy: DevicePolicy) { policy { validate(policy: $policy) { status } } }";

fn page() -> Page {
    Page::of(one(PracticeId::Firewall, Observation::On))
}

/// The first message of a request without data.
fn refused(query: &str, variables: Value) -> String {
    refused_for(query, variables, None)
}

fn refused_for(query: &str, variables: Value, operation: Option<&str>) -> String {
    let response = page().asks_for(query, variables.clone(), operation);
    assert!(is_mistaken(&response), "{query} {variables}: {:?}", response.data);
    assert_eq!(response.data, Graph::Null, "{query}");
    for error in &response.errors {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        assert_eq!(code, Some(&Graph::from("MISTAKEN")), "{error:?}");
        assert!(!error.message.is_empty());
    }
    response.errors[0].message.clone()
}

#[test]
fn what_is_no_query_has_errors_and_no_data() {
    let cases = [
        "",
        " ",
        "{",
        "{}",
        "{ device }",
        "{ device { } }",
        "{ device { nothing } }",
        "{ nothing }",
        "{ device { platform { x } } }",
        "{ device { platform(x: 1) } }",
        "mutation { scan }",
        "subscription { scan }",
        "query { policy { validate(policy: { firewall: SOMETIMES }) { status } } }",
        "query { policy { validate(policy: { firewalls: ALWAYS }) { status } } }",
        "query { policy { validate(policy: 5) { status } } }",
        "query { policy { validate(policy: { applications: [{ assertion: ALWAYS }] }) { status } } }",
        "query { policy { validate(policy: { applications: [{ name: \"x\" }] }) { status } } }",
        "query { policy { validate(policy: $policy) { status } } }",
        "query($x: Nothing) { device { platform } }",
        "query($x: Device) { device { platform } }",
        "{ device { ...F } }",
        "{ ...F } fragment F on Query { ...F }",
        "{ device { ...F } } fragment F on Policy { __typename }",
        "{ device { extensions(browser: opera) { name } } }",
        "fragment F on Query { device { platform } }",
        "\u{0}",
        "{ device { platform }",
        "#",
    ];
    for query in cases {
        refused(query, json!({}));
    }
}

#[test]
fn versions_in_variables_are_text() {
    let policy = |policy: Value| json!({ "policy": policy });
    let cases = [
        (
            json!({ "stethoscopeVersion": 5 }),
            "Variable \"$policy.stethoscopeVersion\" of type \"Semver\" has to be text.",
        ),
        (
            json!({ "stethoscopeVersion": true }),
            "Variable \"$policy.stethoscopeVersion\" of type \"Semver\" has to be text.",
        ),
        (json!({ "screenIdle": 900 }), "Variable \"$policy.screenIdle\" of type \"NumericRange\" has to be text."),
        (json!({ "screenIdle": 9.5 }), "Variable \"$policy.screenIdle\" of type \"NumericRange\" has to be text."),
        (
            json!({ "osVersion": { "linux": { "ok": 12 } } }),
            "Variable \"$policy.osVersion.linux.ok\" of type \"Semver\" has to be text.",
        ),
        (
            json!({ "applications": [{ "name": "a", "assertion": "ALWAYS" }, { "name": "x", "assertion": "ALWAYS", "version": 3 }] }),
            "Variable \"$policy.applications[1].version\" of type \"Semver\" has to be text.",
        ),
        (
            json!({ "applications": { "name": "x", "assertion": "ALWAYS", "platform": { "linux": 12 } } }),
            "Variable \"$policy.applications.platform.linux\" of type \"Semver\" has to be text.",
        ),
    ];
    for (wrong, message) in cases {
        assert_eq!(refused(VALIDATE, policy(wrong)), message);
    }
    let query = "query($v: Semver) { policy { validate(policy: { stethoscopeVersion: $v }) { stethoscopeVersion } } }";
    assert_eq!(refused(query, json!({ "v": 5 })), "Variable \"$v\" of type \"Semver\" has to be text.");
    for wrong in [json!({}), json!([]), json!(["5"])] {
        refused(query, json!({ "v": wrong }));
    }
}

#[test]
fn wrong_variables_have_errors_and_no_data() {
    let wrong = [
        json!({ "firewall": "SOMETIMES" }),
        json!({ "firewall": 1 }),
        json!({ "firewall": true }),
        json!({ "nothing": "ALWAYS" }),
        json!({ "requiredApplications": [] }),
        json!({ "osVersion": ">=12" }),
        json!({ "osVersion": { "beos": { "ok": "1" } } }),
        json!({ "osVersion": { "linux": ">=12" } }),
        json!({ "windowsMaxScreenLockTimeout": "600" }),
        json!({ "windowsMaxScreenLockTimeout": 4_294_967_296_u64 }),
        json!({ "applications": [{ "name": "x" }] }),
        json!({ "applications": [{ "name": null, "assertion": "ALWAYS" }] }),
        json!({ "applications": [{ "name": "x", "assertion": "ALWAYS", "platform": { "all": "yes" } }] }),
        json!({ "applications": ["x"] }),
        json!("ALWAYS"),
        json!(5),
    ];
    for policy in wrong {
        refused(VALIDATE, json!({ "policy": policy }));
    }
    let needed = "query V($policy: DevicePolicy!) { policy { validate(policy: $policy) { status } } }";
    let message = "Variable \"$policy\" of type \"DevicePolicy!\" is required and was not given.";
    assert_eq!(refused(needed, json!({})), message);
    assert_eq!(
        refused(needed, json!({ "policy": null })),
        "Variable \"$policy\" of type \"DevicePolicy!\" must not be null."
    );
}

#[test]
fn a_whole_number_in_the_query_is_text() {
    let validates = |policy: &str, field: &str| {
        page().hears(&format!("{{ policy {{ validate(policy: {policy}) {{ {field} }} }} }}"), json!({}))["policy"]["validate"][field].clone()
    };
    assert_eq!(validates("{ stethoscopeVersion: 5 }", "stethoscopeVersion"), "FAIL", "5 is 5.0.0 alone");
    assert_eq!(validates("{ stethoscopeVersion: \"abc\" }", "stethoscopeVersion"), "FAIL");
    assert_eq!(validates("{ screenIdle: 300 }", "screenIdle"), "PASS");
    refused("{ policy { validate(policy: { stethoscopeVersion: 5.0 }) { status } } }", json!({}));
    refused("{ policy { validate(policy: { stethoscopeVersion: true }) { status } } }", json!({}));
    let with_default = "query($v: Semver = 5) { policy { validate(policy: { stethoscopeVersion: $v }) { status } } }";
    assert_eq!(page().hears(with_default, json!({}))["policy"]["validate"]["status"], "FAIL");
}

#[test]
fn the_name_of_the_operation_counts_where_there_are_several() {
    let one = "query Only { device { platform } }";
    for name in [None, Some("Only"), Some("Other"), Some("")] {
        let response = page().asks_for(one, json!({}), name);
        assert!(response.errors.is_empty(), "{name:?}: the old app did not look at it");
    }
    let two = "query A($v: Semver!) { policy { validate(policy: { stethoscopeVersion: $v }) { status } } } query B { device { platform } }";
    let response = page().asks_for(two, json!({}), Some("B"));
    assert_eq!(response.data.into_json().expect("JSON"), json!({ "device": { "platform": "linux" } }));
    refused_for(two, json!({ "v": "1" }), None);
    refused_for(two, json!({ "v": "1" }), Some("C"));
    refused_for(two, json!({}), Some("A"));
}

#[test]
fn what_a_page_sends_too_much_does_no_harm() {
    let variables = json!({ "policy": { "firewall": "ALWAYS" }, "extra": { "a": [1, 2.5, null] } });
    assert_eq!(page().hears(VALIDATE, variables)["policy"]["validate"]["status"], "PASS");
    let query = "{ a: device { p: platform p: platform } b: device { ...F @include(if: true) __typename } __typename }
        fragment F on Device { platform @skip(if: true) osqueryVersion }";
    assert_eq!(
        page().hears(query, json!({})),
        json!({ "a": { "p": "linux" }, "b": { "osqueryVersion": "UNSUPPORTED", "__typename": "Device" }, "__typename": "Query" })
    );
}

#[test]
fn variables_may_stand_for_any_part_of_a_policy() {
    let rules = json!([{ "name": "x", "assertion": "NEVER" }]);
    let cases = [
        ("$v: [ApplicationRequirement]", "applications: $v", rules.clone()),
        ("$v: [ApplicationRequirement!]", "applications: $v", rules.clone()),
        ("$v: [ApplicationRequirement!]!", "applications: $v", rules.clone()),
        ("$v: [ApplicationRequirement]!", "applications: $v", rules[0].clone()),
        ("$v: ApplicationRequirement!", "applications: [$v]", rules[0].clone()),
        ("$v: String!", "applications: [{ name: $v, assertion: NEVER }]", json!("x")),
        ("$v: RequirementOption!", "applications: { name: \"x\", assertion: $v }", json!("NEVER")),
        ("$v: RequirementOption", "firewall: $v", json!("ALWAYS")),
        ("$v: VersionBracket!", "osVersion: { all: $v }", json!({ "ok": "*" })),
        ("$v: Semver", "osVersion: { all: { ok: $v } }", json!("*")),
        ("$v: NumericRange!", "screenIdle: $v", json!("<=900")),
    ];
    for (declared, used, value) in cases {
        let query = format!("query({declared}) {{ policy {{ validate(policy: {{ {used} }}) {{ status }} }} }}");
        let response = page().asks(&query, json!({ "v": value }));
        assert!(response.errors.is_empty(), "{query}: {:?}", response.errors);
    }
}

#[test]
fn many_fields_are_answered_at_once() {
    let fields: Vec<String> = (0..2000).map(|number| format!("f{number}: device {{ platform }}")).collect();
    let heard = page().hears(&format!("{{ {} }}", fields.join(" ")), json!({}));
    assert_eq!(heard.as_object().map(serde_json::Map::len), Some(2000));
    assert_eq!(heard["f1999"]["platform"], "linux");
}

#[test]
fn selections_that_go_on_inside_each_other_are_refused() {
    let deep = format!("{}{}", "{ __schema { types { fields ".repeat(40), "}".repeat(120));
    refused(&deep, json!({}));
    let mut query = "{ __schema { types ".to_owned();
    for _ in 0..40 {
        query.push_str("{ fields { type ");
    }
    query.push_str("{ name }");
    query.push_str(&"} }".repeat(40));
    query.push_str(" } }");
    refused(&query, json!({}));
}
