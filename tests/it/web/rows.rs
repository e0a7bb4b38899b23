//! The answers of HTTP, row by row: what an allowed, a refused and an unknown site sees.

use serde_json::{Value, json};

use super::world::{ALLOWED, Answer, REFUSED, TRUSTED, World, ask, encoded, request, settings};

const HOST: &str = "ubuntu-26.04-gnome";
const QUERY: &str =
    "query Q($p: DevicePolicy) { policy { validate(policy: $p) { status firewall } } device { platform } }";

fn is_an_answer(answer: &Answer, origin: &str) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.is_readable_by(origin), "{answer:?}");
    assert_eq!(answer.json()["data"]["device"]["platform"], "linux", "{answer:?}");
    let took = answer.json()["extensions"]["timing"]["total"].as_f64().expect("milliseconds");
    assert!(took > 0.0 && took < 60_000.0, "{took}");
}

#[test]
fn one_question_in_every_form_has_one_answer() {
    let _world = World::start(settings(), HOST);
    let variables = json!({ "p": { "firewall": "ALWAYS" } });
    let get = |path: &str, origin: &str| {
        let pairs = [("query", QUERY.to_owned()), ("variables", variables.to_string()), ("sessionId", "s".to_owned())];
        request("GET", &format!("{path}?{}", encoded(&pairs)), &[("Origin", origin)], "")
    };
    let post = |kind: &str, body: &str, origin: &str| {
        request("POST", "/scan", &[("Origin", origin), ("Content-Type", kind)], body)
    };
    let object = json!({ "query": QUERY, "variables": variables }).to_string();
    let text = json!({ "query": QUERY, "variables": variables.to_string(), "operationName": "Q" }).to_string();
    let form = encoded(&[("query", QUERY.to_owned()), ("variables", variables.to_string())]);
    let answers = [
        (ALLOWED, get("/graphql", ALLOWED)),
        (ALLOWED, get("/scan", ALLOWED)),
        (ALLOWED, get("/GraphQL/anything", ALLOWED)),
        (ALLOWED, post("application/json", &object, ALLOWED)),
        (TRUSTED, post("application/json; charset=utf-8", &text, TRUSTED)),
        (TRUSTED, post("application/x-www-form-urlencoded", &form, TRUSTED)),
    ];
    let first = answers[0].1.json()["data"].clone();
    assert!(first["policy"]["validate"]["firewall"].is_string(), "{first}");
    for (origin, answer) in &answers {
        is_an_answer(answer, origin);
        assert_eq!(answer.json()["data"], first);
    }
}

#[test]
fn every_answer_carries_the_headers_that_keep_it_where_it_belongs() {
    let _world = World::start(settings(), HOST);
    let answer = ask(ALLOWED, QUERY, &json!({}));
    let headers = [
        ("content-type", "application/json; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("vary", "Origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in headers {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(answer.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")));
    for absent in ["access-control-allow-credentials", "strict-transport-security", "set-cookie", "server"] {
        assert_eq!(answer.header(absent), None, "{absent}");
    }
    let elsewhere = request("GET", "/", &[("Origin", "https://anybody.example")], "");
    assert_eq!(elsewhere.status, 403);
    assert_eq!(elsewhere.header("cross-origin-resource-policy"), None, "a page may see that something is here");
}

#[test]
fn a_preflight_names_what_is_allowed_and_no_more() {
    let _world = World::start(settings(), HOST);
    let asked =
        [("Origin", ALLOWED), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-evil")];
    let answer = request("OPTIONS", "/graphql", &asked, "");
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert!(answer.is_readable_by(ALLOWED));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, OPTIONS"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type"));
    assert_eq!(answer.header("access-control-max-age"), Some("600"));
    assert_eq!(answer.header("access-control-allow-private-network"), None, "only where it is asked");
    let private = [
        ("Origin", ALLOWED),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Private-Network", "true"),
    ];
    let answer = request("OPTIONS", "/graphql", &private, "");
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
}

#[test]
fn mistakes_are_answers_that_the_page_can_read() {
    let _world = World::start(settings(), HOST);
    let get = |target: &str| request("GET", target, &[("Origin", ALLOWED)], "");
    let query = |query: &str, variables: &str| {
        get(&format!("/graphql?{}", encoded(&[("query", query.to_owned()), ("variables", variables.to_owned())])))
    };
    let answers = [
        (200, get("/graphql")),
        (200, query("{ device {", "")),
        (200, query("{ nonsense }", "")),
        (200, query(QUERY, "not JSON")),
        (200, query(QUERY, "{\"p\":{\"firewall\":\"SOMETIMES\"}}")),
        (200, query(QUERY, "{\"p\":{\"nonsense\":\"ALWAYS\"}}")),
        (200, query("query A { device { platform } } query B { device { platform } }", "")),
    ];
    for (number, (status, answer)) in answers.iter().enumerate() {
        assert_eq!(answer.status, *status, "{number}: {answer:?}");
        assert!(answer.is_readable_by(ALLOWED), "{number}");
        let message = answer.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
        assert!(!message.is_empty(), "{number}: {answer:?}");
        assert_eq!(answer.json().get("data"), None, "{number}: {answer:?}");
    }
    let post =
        |kind: &str, body: &str| request("POST", "/graphql", &[("Origin", TRUSTED), ("Content-Type", kind)], body);
    let body = json!({ "query": "{ device { platform } }" }).to_string();
    for (status, answer) in [
        (415, post("text/plain", &body)),
        (415, post("", &body)),
        (400, post("application/json", "{")),
        (400, post("application/json", &format!("[{body}]"))),
    ] {
        assert_eq!((answer.status, answer.code().as_str()), (status, "MISTAKEN"), "{answer:?}");
        assert!(answer.is_readable_by(TRUSTED));
    }
    let null = query("{ device { platform } }", "null");
    assert_eq!(null.json()["data"]["device"]["platform"], "linux", "the old app never answered this one");
}

#[test]
fn an_operation_is_chosen_by_its_name() {
    let _world = World::start(settings(), HOST);
    let both = "query A { device { platform } } query B { device { osName } }";
    let pairs = [("query", both.to_owned()), ("operationName", "B".to_owned())];
    let answer = request("GET", &format!("/graphql?{}", encoded(&pairs)), &[("Origin", ALLOWED)], "");
    let device = &answer.json()["data"]["device"];
    assert!(device["osName"].is_string() && device.get("platform").is_none(), "{answer:?}");
}

#[test]
fn a_refused_site_learns_that_it_is_refused_and_nothing_else() {
    let world = World::start(settings(), HOST);
    let answer = ask(REFUSED, QUERY, &json!({}));
    assert_eq!((answer.status, answer.code().as_str()), (403, "REFUSED"), "{answer:?}");
    assert!(answer.is_readable_by(REFUSED));
    assert!(world.log().contains("\"refused\""), "{}", world.log());
}

#[test]
fn identifiers_are_null_until_they_are_given() {
    let _world = World::start(settings(), HOST);
    let query = "{ device { deviceId deviceName hardwareSerial macAddresses { mac } osVersion } }";
    let withheld = ask(ALLOWED, query, &json!({})).json();
    assert_eq!(withheld["extensions"]["stethoscope"]["identifiers"], "withheld");
    for field in ["deviceId", "deviceName", "hardwareSerial", "macAddresses"] {
        assert_eq!(withheld["data"]["device"][field], Value::Null, "{field}");
    }
    assert!(withheld["data"]["device"]["osVersion"].is_string());
    let given = ask(TRUSTED, query, &json!({})).json();
    assert_eq!(given["extensions"]["stethoscope"]["identifiers"], "given");
    assert!(given["data"]["device"]["deviceId"].is_string(), "{given}");
    assert!(given["data"]["device"]["deviceName"].is_string(), "{given}");
}

#[test]
fn a_nonce_comes_back_signed() {
    let world = World::start(settings(), HOST);
    let pairs = [("query", "{ device { platform } }".to_owned()), ("nonce", "n-1".to_owned())];
    let target = format!("/graphql?{}", encoded(&pairs));
    let token = |origin: &str| {
        let answer = request("GET", &target, &[("Origin", origin)], "").json();
        answer["extensions"]["signed"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    let part = |token: &str, number: usize| -> Value {
        use base64::Engine as _;
        let part = token.split('.').nth(number).expect("three parts");
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    let (one, other) = (token(ALLOWED), token(TRUSTED));
    assert_eq!(part(&one, 1)["nonce"], "n-1");
    assert_eq!(part(&one, 1)["aud"], ALLOWED);
    assert_eq!(part(&one, 1)["data"]["device"]["platform"], "linux");
    assert_eq!(part(&one, 0)["alg"], "EdDSA");
    assert_ne!(part(&one, 0)["jwk"], part(&other, 0)["jwk"], "two sites cannot compare keys");
    assert!(world.folder.path().join("state/web-key").exists());
    let plain = ask(ALLOWED, "{ device { platform } }", &json!({})).json();
    assert_eq!(plain["extensions"].get("signed"), None, "signed only where it was asked for");
}
