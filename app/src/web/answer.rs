//! A question that is allowed, put together with the facts into the body of an answer.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::asked::Asked;
use super::request::Request;
use super::schema::{self, About, Schema};
use super::weigh::weigh;
use crate::access::Identifiers;
use crate::access::key::Secret;
use crate::monitor::facts::Facts;
use crate::site::Origin;

/// A question that was understood and is small enough to be run.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) request: Request,
    pub(super) asked: Asked,
    document: ExecutableDocument,
}

impl Question {
    /// The error is for the page's author.
    pub(super) fn new(request: Request) -> Result<Self, String> {
        weigh(&request.query).map_err(|too_much| too_much.to_string())?;
        let document = parse_query(&request.query).map_err(|error| error.to_string())?;
        let asked = Asked::of(&document, request.operation.as_deref(), &request.variables)
            .map_err(|too_much| too_much.to_string())?;
        Ok(Question { request, asked, document })
    }
}

/// Answers questions.
pub(super) struct Answerer {
    schema: Schema,
    key_file: PathBuf,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a async_graphql::Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    extensions: Map<String, Value>,
}

impl Answerer {
    pub(super) fn new(key_file: PathBuf) -> Self {
        Answerer { schema: Schema::new(), key_file }
    }

    /// The body of the answer, as JSON. `took` tells the time since the request came in.
    pub(super) fn answer(
        &self,
        site: &Origin,
        question: &Question,
        facts: Arc<Facts>,
        identifiers: Identifiers,
        wall: Timestamp,
        took: &dyn Fn() -> Duration,
    ) -> Vec<u8> {
        let request = &question.request;
        let about = About { facts, identifiers: identifiers == Identifiers::Given, origin: site.clone() };
        let asked = schema::Asked {
            query: request.query.clone(),
            document: Some(question.document.clone()),
            operation: request.operation.clone(),
            variables: request.variables.clone(),
        };
        let response = self.schema.answer(asked, about);
        let data = (!schema::is_mistaken(&response)).then_some(&response.data);
        let mut extensions = Map::new();
        let word = match identifiers {
            Identifiers::Given => "given",
            Identifiers::Withheld => "withheld",
            Identifiers::Undecided => "notAsked",
        };
        extensions
            .insert("stethoscope".to_owned(), json!({ "version": env!("CARGO_PKG_VERSION"), "identifiers": word }));
        if let (Some(nonce), Some(data)) = (&request.nonce, data) {
            extensions.insert("signed".to_owned(), self.sign(site, request, nonce, data, wall));
        }
        let milliseconds = took().as_secs_f64() * 1000.0;
        extensions.insert("timing".to_owned(), json!({ "total": milliseconds }));
        let body = Body { data, errors: &response.errors, extensions };
        // Every part is text, number or list, so this cannot fail; an empty body says that something did.
        serde_json::to_vec(&body).unwrap_or_default()
    }

    /// The answer as a signed token, or `null` where there is no key.
    fn sign(
        &self,
        site: &Origin,
        request: &Request,
        nonce: &str,
        data: &async_graphql::Value,
        wall: Timestamp,
    ) -> Value {
        let secret = match Secret::load(&self.key_file) {
            Ok(secret) => secret,
            Err(error) => {
                tracing::warn!("answers cannot be signed: {error}\nfile: {}", self.key_file.display());
                return Value::Null;
            }
        };
        let query: String = Sha256::digest(&request.query).iter().map(|byte| format!("{byte:02x}")).collect();
        let payload = json!({
            "iss": "stethoscope",
            "aud": site.as_str(),
            "iat": wall.as_second(),
            "nonce": nonce,
            "query": query,
            "variables": request.variables,
            "data": serde_json::to_value(data).unwrap_or_default(),
        });
        Value::String(secret.of_site(site).sign(&payload))
    }
}
