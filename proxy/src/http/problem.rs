//! A refusal on the wire: a problem (RFC 9457), and the headers that say the same.

use std::fmt;
use std::io::Write as _;

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpResponse, ResponseError};
use bytes::Bytes;
use porthole_protocol::{Code, path};

use super::answer::{RequestId, note};
use super::headers;
use crate::error::Refusal;
use crate::gate;
use crate::state::State;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const PROBLEM_JSON: &str = "application/problem+json";

/// The refusal behind an answer; an error of the framework's own becomes one of ours.
pub(super) fn behind(response: &ServiceResponse<BoxBody>) -> Option<Refusal> {
    if let Some(refusal) = response.response().extensions().get::<Refusal>() {
        return Some(refusal.clone());
    }
    let status = response.status();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/html"));
    match status {
        StatusCode::NOT_FOUND => Some(Code::NotFound.into()),
        StatusCode::NOT_ACCEPTABLE => {
            Some(Refusal::new(Code::NotAcceptable).because("Offered are br, gzip, deflate and identity."))
        }
        _ if is_page => None,
        _ if status.is_client_error() => Some(Code::MalformedRequest.into()),
        _ if status.is_server_error() => Some(Code::Internal.into()),
        _ => None,
    }
}

/// How long to wait, and which limit asks for it.
pub(super) fn write_wait(refusal: &Refusal, headers: &mut HeaderMap) {
    let Some(seconds) = refusal.retry_after else {
        return;
    };
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    let Some(policy) = &refusal.policy else { return };
    let members = [
        (RATE_LIMIT_POLICY, policy.announced()),
        (RATE_LIMIT, policy.used_up(seconds)),
    ];
    for (name, value) in members {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// Writes the headers of a problem; its body.
pub(super) fn write(refusal: &Refusal, id: RequestId, headers: &mut HeaderMap) -> BoxBody {
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    write_wait(refusal, headers);
    if let Some(allow) = refusal.allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if refusal.status() == StatusCode::UNAUTHORIZED {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer error=\"invalid_token\""),
        );
    }
    let problem = serde_json::to_vec(&refusal.problem(&id.to_string())).unwrap_or_default();
    BoxBody::new(problem)
}

/// A request whose handling broke off (a panic, for example), as far as it is still known.
#[derive(thiserror::Error)]
#[error("internal error")]
pub(super) struct BrokenOff {
    pub(super) id: RequestId,
    pub(super) path: &'static str,
    pub(super) origin: Option<HeaderValue>,
    pub(super) state: Data<State>,
}

impl fmt::Debug for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrokenOff({})", self.id)
    }
}

impl ResponseError for BrokenOff {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = whole(&Code::Internal.into(), self.id, self.path, &self.state);
        if self.path.starts_with(path::API) {
            let origin = self.origin.as_ref().map(HeaderValue::as_bytes);
            let listed = origin.and_then(|origin| self.state.config.site.origins.permits(origin));
            gate::expose_to(response.headers_mut(), listed);
        }
        response
    }
}

/// A problem as a whole answer.
fn whole(refusal: &Refusal, id: RequestId, known_path: &str, state: &State) -> HttpResponse {
    let mut response = HttpResponse::new(refusal.status());
    let body = write(refusal, id, response.headers_mut());
    headers::complete(response.headers_mut(), id, known_path, state);
    response.set_body(body)
}

/// The path of what could not be read as a request.
const UNREAD: &str = "unread";

/// The whole answer, head and body, to bytes that are no request; it ends the connection.
pub(crate) fn to_nobody(state: &State, code: Code, date: Option<&str>) -> Bytes {
    let (refusal, id) = (Refusal::new(code), RequestId::new());
    note(&refusal, id, UNREAD, state, String::new);
    let (head, body) = whole(&refusal, id, UNREAD, state).into_parts();
    let body = body.try_into_bytes().unwrap_or_default();
    // The map has no order of its own, and refusals of a kind are the same bytes.
    let mut headers: Vec<_> = head.headers().iter().collect();
    headers.sort_unstable_by_key(|(name, _)| name.as_str());
    let mut answer = Vec::with_capacity(1024);
    // Writing to a Vec cannot fail.
    let _ = write!(answer, "HTTP/1.1 {}\r\n", head.status());
    let _ = write!(answer, "content-length: {}\r\nconnection: close\r\n", body.len());
    if let Some(date) = date {
        let _ = write!(answer, "date: {date}\r\n");
    }
    for (name, value) in headers {
        let _ = write!(answer, "{name}: ");
        answer.extend_from_slice(value.as_bytes());
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"\r\n");
    answer.extend_from_slice(&body);
    answer.into()
}
