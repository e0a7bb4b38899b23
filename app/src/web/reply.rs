//! Answers as HTTP: status, headers, and the small bodies of refusals.

use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderName, HeaderValue, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use hyper::{Response, StatusCode};
use serde_json::json;

use crate::site::Origin;

/// An answer with its whole body.
pub(super) type Reply = Response<Full<Bytes>>;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// Headers that every answer has: nothing of it is kept, framed, sniffed or run.
const ALWAYS: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (X_FRAME_OPTIONS, "DENY"),
    (VARY, "Origin"),
];

/// Why a page that may know it gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// The user has been asked and has not answered yet.
    Asking,
    Refused,
    TooOften,
    /// The question makes no sense.
    Mistaken,
    /// This computer took too long.
    Late,
    /// A fault in this program.
    Fault,
}

impl Code {
    fn word(self) -> &'static str {
        match self {
            Code::Asking => "ASKING",
            Code::Refused => "REFUSED",
            Code::TooOften => "TOO_OFTEN",
            Code::Mistaken => "MISTAKEN",
            Code::Late => "LATE",
            Code::Fault => "FAULT",
        }
    }
}

fn reply(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    for (name, value) in ALWAYS {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}

/// A path that is none of ours, as the old app had it: 403 with nothing in it. A page that reads nothing of
/// it still learns that something answers here, which is how it tells "not running" from "not for you".
pub(super) fn elsewhere() -> Reply {
    reply(StatusCode::FORBIDDEN, Bytes::new())
}

/// A refusal that the page cannot read.
pub(super) fn closed(status: StatusCode, words: &'static str) -> Reply {
    let mut reply = reply(status, words);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    reply.headers_mut().insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    reply
}

/// JSON that the page of that site can read.
pub(super) fn readable(origin: &Origin, status: StatusCode, body: Vec<u8>) -> Reply {
    let mut reply = reply(status, body);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    // An origin is ASCII without control characters, so this cannot fail; without the header the page reads nothing.
    if let Ok(value) = HeaderValue::from_str(origin.as_str()) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, value);
    }
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    reply
}

/// A refusal that the page can read.
pub(super) fn refusal(origin: &Origin, status: StatusCode, code: Code, words: &str) -> Reply {
    let body = json!({ "errors": [{ "message": words, "extensions": { "code": code.word() } }] });
    readable(origin, status, body.to_string().into_bytes())
}

/// Asked too often.
pub(super) fn too_often(origin: &Origin, wait: Duration) -> Reply {
    let seconds = wait.as_secs() + 1;
    let words = format!("This site asks too often. Ask again in {seconds} seconds.");
    let mut reply = refusal(origin, StatusCode::TOO_MANY_REQUESTS, Code::TooOften, &words);
    reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    reply
}

/// The answer to a preflight request (Fetch standard). `private`: the browser asked about private networks.
pub(super) fn preflight(origin: &Origin, private: bool) -> Reply {
    let mut reply = readable(origin, StatusCode::NO_CONTENT, Vec::new());
    let headers = reply.headers_mut();
    headers.remove(CONTENT_TYPE);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if private {
        headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    reply
}
