//! What pages can ask for: the schema of the old Stethoscope with additions, and what answers it.
//!
//! Everything here is pure. Facts come in, an answer goes out; the endpoint around it looks after who may
//! ask, how often and how much.

mod asks;
mod device;
mod needs;
mod result;
mod validate;
mod variables;
mod words;

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Object, Request, Response, ServerError, Value, Variables,
};

pub use self::needs::{practice_of_policy, practice_of_security};

use self::asks::DevicePolicy;
use self::device::Device;
use self::result::PolicyResult;
use self::variables::Inputs;
use crate::monitor::facts::Facts;
use crate::site::Origin;

/// The code of a request that is not as the schema asks.
const MISTAKEN: &str = "MISTAKEN";

/// Selections inside each other that are followed. The endpoint around it allows fewer.
const DEEPEST: usize = 32;

/// The schema. Made once; answering changes nothing in it.
pub struct Schema {
    schema: async_graphql::Schema<Query, EmptyMutation, EmptySubscription>,
    inputs: Inputs,
}

/// What an answer is about.
#[derive(Clone, Debug)]
pub struct About {
    /// Findings for the practices that the request needs; one that is missing could not be told.
    pub facts: Arc<Facts>,
    /// The page may know what tells this device from others.
    pub identifiers: bool,
    /// The page's site: each gets another `deviceId`.
    pub origin: Origin,
}

/// A request. Its size is bounded by who hands it in.
#[derive(Debug, Default)]
pub struct Asked {
    pub query: String,
    /// The query read, where that was done already.
    pub document: Option<ExecutableDocument>,
    /// Which operation of the query is meant. Counts only where there are several.
    pub operation: Option<String>,
    pub variables: serde_json::Map<String, serde_json::Value>,
}

impl Default for Schema {
    fn default() -> Self {
        Schema::new()
    }
}

impl Schema {
    pub fn new() -> Self {
        let schema = async_graphql::Schema::build(Query, EmptyMutation, EmptySubscription)
            .limit_recursive_depth(DEEPEST)
            .finish();
        let inputs = Inputs::of(&schema.sdl());
        Schema { schema, inputs }
    }

    /// The schema in its own language.
    pub fn sdl(&self) -> String {
        self.schema.sdl()
    }

    /// Answers. Never waits. A request that is not as the schema asks has errors and its data is null.
    pub fn answer(&self, asked: Asked, about: About) -> Response {
        let mut response = match self.request(asked) {
            Ok(request) => now(self.schema.execute(request.data(about))),
            Err(error) => Response::from_errors(vec![error]),
        };
        if response.is_err() {
            // Nothing here fails by itself, so what went wrong is what was asked.
            response.data = Value::Null;
        }
        for error in &mut response.errors {
            let extensions = error.extensions.get_or_insert_default();
            if extensions.get("code").is_none() {
                extensions.set("code", MISTAKEN);
            }
        }
        response
    }

    fn request(&self, asked: Asked) -> Result<Request, ServerError> {
        let document = match asked.document {
            Some(document) => document,
            None => async_graphql::parser::parse_query(&asked.query)?,
        };
        let operation = choice(&document, asked.operation.as_deref()).map(str::to_owned);
        for (name, definition) in document.operations.iter() {
            let is_meant = operation.as_deref().is_none_or(|meant| name.is_some_and(|name| name.as_str() == meant));
            if is_meant {
                self.inputs.check(&definition.node.variable_definitions, &asked.variables)?;
            }
        }
        let variables = Variables::from_json(serde_json::Value::Object(asked.variables));
        let mut request = Request::new(asked.query).variables(variables);
        request.operation_name = operation;
        request.set_parsed_query(document);
        Ok(request)
    }
}

/// The name of the operation that is meant, where there are several. With one there is no choice: the old app
/// never looked at the name.
pub fn choice<'a>(document: &ExecutableDocument, operation: Option<&'a str>) -> Option<&'a str> {
    let are_several = document.operations.iter().nth(1).is_some();
    operation.filter(|name| are_several && !name.is_empty())
}

/// The outcome of something that has nothing to wait for.
fn now(answering: impl Future<Output = Response>) -> Response {
    // Joining many fields may give way a few times in between, without waiting for anything.
    const PATIENCE: usize = 10_000;
    let mut answering = pin!(answering);
    let mut context = TaskContext::from_waker(Waker::noop());
    for _ in 0..PATIENCE {
        if let Poll::Ready(response) = answering.as_mut().poll(&mut context) {
            return response;
        }
    }
    Response::from_errors(vec![ServerError::new("The request could not be answered.", None)])
}

/// What can be asked.
struct Query;

#[Object]
impl Query {
    /// Facts about this device.
    async fn device(&self, context: &Context<'_>) -> async_graphql::Result<Option<Device>> {
        Ok(Some(Device(context.data::<About>()?.clone())))
    }

    /// What this device comes to under a policy.
    async fn policy(&self) -> Option<Policy> {
        Some(Policy)
    }
}

/// Holds this device against a policy that the page brings.
struct Policy;

#[Object]
impl Policy {
    /// One answer for each key of the policy, and the worst of them as the status. Without a policy all is null.
    async fn validate(
        &self,
        context: &Context<'_>,
        policy: Option<DevicePolicy>,
    ) -> async_graphql::Result<PolicyResult> {
        Ok(validate::validate(context.data::<About>()?, &policy.unwrap_or_default()))
    }
}

/// Whether the request itself was wrong, so that there is no data at all.
pub fn is_mistaken(response: &Response) -> bool {
    response.is_err()
}
