//! What a page asked, out of the query string or the body. Pure.

use serde_json::{Map, Value};

/// The largest body, in bytes, as the old app had it.
pub(super) const LARGEST_BODY: usize = 100 * 1024;

/// The longest nonce, in bytes.
const LONGEST_NONCE: usize = 128;

/// The longest string in variables, in bytes.
const LONGEST_STRING: usize = 1024;

/// The most entries of one list in variables.
const LONGEST_LIST: usize = 200;

/// How deep variables may be nested: a policy has five levels.
const DEEPEST: usize = 12;

/// One question.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Request {
    pub(super) query: String,
    pub(super) variables: Map<String, Value>,
    pub(super) operation: Option<String>,
    /// What the page's server wants to find signed in the answer.
    pub(super) nonce: Option<String>,
}

/// What is wrong with a question, in words for the page's author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Mistake {
    #[error("the body has to be application/json or application/x-www-form-urlencoded")]
    OtherBody,
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    #[error("the body has to be a JSON object with the field `query`")]
    NotAnObject,
    #[error("`query` is missing: a GraphQL document as a string")]
    NoQuery,
    #[error("`{0}` has to be a string")]
    NotAString(&'static str),
    #[error("`variables` has to be a JSON object: {0}")]
    Variables(String),
    #[error("`nonce` has to be 1 to {LONGEST_NONCE} printable ASCII characters")]
    Nonce,
}

/// The question of a GET request.
pub(super) fn from_query(query: &str) -> Result<Request, Mistake> {
    from_pairs(query.as_bytes())
}

/// The question of a POST request. The type is the Content-Type header as it was sent.
pub(super) fn from_body(content_type: Option<&str>, body: &[u8]) -> Result<Request, Mistake> {
    let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => {
            let value: Value = serde_json::from_slice(body).map_err(|error| Mistake::NotJson(error.to_string()))?;
            let Value::Object(fields) = value else { return Err(Mistake::NotAnObject) };
            from_fields(fields)
        }
        "application/x-www-form-urlencoded" => from_pairs(body),
        _other => Err(Mistake::OtherBody),
    }
}

fn from_fields(mut fields: Map<String, Value>) -> Result<Request, Mistake> {
    let mut text = |name: &'static str| match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_other) => Err(Mistake::NotAString(name)),
    };
    let (query, operation, nonce) = (text("query")?, text("operationName")?, text("nonce")?);
    let variables = match fields.remove("variables") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(variables)) => variables,
        Some(Value::String(text)) => variables(&text)?,
        Some(_other) => return Err(Mistake::Variables("it is another kind of value".to_owned())),
    };
    whole(query, variables, operation, nonce)
}

fn from_pairs(text: &[u8]) -> Result<Request, Mistake> {
    let (mut query, mut operation, mut nonce, mut given) = (None, None, None, Map::new());
    for (name, value) in form_urlencoded::parse(text) {
        match &*name {
            "query" => query = Some(value.into_owned()),
            "operationName" => operation = Some(value.into_owned()),
            "nonce" => nonce = Some(value.into_owned()),
            "variables" if value.is_empty() => {}
            "variables" => given = variables(&value)?,
            // `sessionId` and whatever else a page adds.
            _other => {}
        }
    }
    whole(query, given, operation, nonce)
}

fn whole(
    query: Option<String>,
    variables: Map<String, Value>,
    operation: Option<String>,
    nonce: Option<String>,
) -> Result<Request, Mistake> {
    let query = query.filter(|query| !query.trim().is_empty()).ok_or(Mistake::NoQuery)?;
    for value in variables.values() {
        bounded(value, DEEPEST).map_err(|problem| Mistake::Variables(problem.to_owned()))?;
    }
    let plain = |nonce: &String| {
        (1..=LONGEST_NONCE).contains(&nonce.len()) && nonce.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    };
    if nonce.as_ref().is_some_and(|nonce| !plain(nonce)) {
        return Err(Mistake::Nonce);
    }
    Ok(Request { query, variables, operation: operation.filter(|name| !name.is_empty()), nonce })
}

fn variables(text: &str) -> Result<Map<String, Value>, Mistake> {
    match serde_json::from_str(text) {
        Ok(Value::Object(variables)) => Ok(variables),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_other) => Err(Mistake::Variables("it is another kind of value".to_owned())),
        Err(error) => Err(Mistake::Variables(error.to_string())),
    }
}

/// Whether a value is no larger than a policy can sensibly be.
pub(super) fn bounded(value: &Value, deepest: usize) -> Result<(), &'static str> {
    let Some(deeper) = deepest.checked_sub(1) else { return Err("it is nested too deep") };
    match value {
        Value::String(text) if text.len() > LONGEST_STRING => Err("a string is longer than 1024 bytes"),
        Value::Array(entries) if entries.len() > LONGEST_LIST => Err("a list has more than 200 entries"),
        Value::Array(entries) => entries.iter().try_for_each(|entry| bounded(entry, deeper)),
        Value::Object(fields) if fields.len() > LONGEST_LIST => Err("an object has more than 200 fields"),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| match name.len() {
            0..=LONGEST_STRING => bounded(value, deeper),
            _longer => Err("a name is longer than 1024 bytes"),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(fields) = value else { panic!("an object") };
        fields
    }

    #[test]
    fn the_same_question_can_come_in_three_ways() {
        let wanted = Request {
            query: "query Q($policy: DevicePolicy) { policy { validate(policy: $policy) { status } } }".to_owned(),
            variables: object(json!({ "policy": { "firewall": "ALWAYS", "screenIdle": "<= 600" } })),
            operation: Some("Q".to_owned()),
            nonce: Some("a b+c".to_owned()),
        };
        let variables = serde_json::to_string(&wanted.variables).expect("JSON");
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", &wanted.query)
            .append_pair("variables", &variables)
            .append_pair("operationName", "Q")
            .append_pair("sessionId", "whatever")
            .append_pair("nonce", "a b+c")
            .finish();
        assert_eq!(from_query(&form), Ok(wanted.clone()));
        assert_eq!(from_body(Some("application/x-www-form-urlencoded"), form.as_bytes()), Ok(wanted.clone()));
        for given in [Value::Object(wanted.variables.clone()), Value::String(variables)] {
            let body = json!({ "query": wanted.query, "variables": given, "operationName": "Q", "nonce": "a b+c" });
            let body = body.to_string();
            assert_eq!(from_body(Some("application/json; charset=utf-8"), body.as_bytes()), Ok(wanted.clone()));
        }
    }

    #[test]
    fn every_mistake_has_its_words() {
        let body = |kind: &str, body: &str| from_body(Some(kind), body.as_bytes()).expect_err(body).to_string();
        assert_eq!(from_query(""), Err(Mistake::NoQuery));
        assert_eq!(from_query("query=%20"), Err(Mistake::NoQuery));
        assert_eq!(from_query("query=%7Ba%7D&nonce=%00"), Err(Mistake::Nonce));
        assert!(from_query("query=%7Ba%7D&variables=nonsense").is_err());
        assert!(from_query("query=%7Ba%7D&variables=null").is_ok(), "the old app never answered this one");
        assert!(body("text/plain", "{}").contains("application/json"));
        assert!(body("application/json", "[{\"query\":\"{a}\"}]").contains("object"), "no batches");
        assert!(body("application/json", "{").contains("not JSON"));
        assert!(body("application/json", "{\"query\":1}").contains("`query` has to be a string"));
        assert!(body("application/json", "{\"query\":\"{a}\",\"variables\":[]}").contains("variables"));
        assert_eq!(from_body(None, b"{}"), Err(Mistake::OtherBody));
    }

    #[test]
    fn variables_are_bounded() {
        let refused = |variables: Value| {
            let body = json!({ "query": "{a}", "variables": variables }).to_string();
            from_body(Some("application/json"), body.as_bytes()).expect_err("too much").to_string()
        };
        assert!(refused(json!({ "a": "x".repeat(1025) })).contains("longer than 1024"));
        assert!(refused(json!({ "a": vec![0; 201] })).contains("more than 200"));
        let deep = (0..20).fold(json!(1), |inner, _| json!([inner]));
        assert!(refused(json!({ "a": deep })).contains("nested too deep"));
        // JSON of any depth is refused by its reader before it can fill the stack.
        let endless = format!("{{\"query\":\"{{a}}\",\"variables\":{}{}}}", "[".repeat(40_000), "]".repeat(40_000));
        assert!(from_body(Some("application/json"), endless.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn no_question_panics(kind in "(application/json|application/x-www-form-urlencoded|.*)", body: Vec<u8>, query: String) {
            let _any = from_body(Some(&kind), &body);
            let _any = from_query(&query);
        }
    }
}
