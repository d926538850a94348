//! A refusal on the wire: a problem (RFC 9457), and the headers that belong to it.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use porthole_protocol::Code;

use super::Refusal;
use crate::request::RequestId;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const PROBLEM_JSON: &str = "application/problem+json";
const INVALID_TOKEN: &str = "Bearer error=\"invalid_token\"";
const USE_DPOP_NONCE: &str = "DPoP error=\"use_dpop_nonce\"";

/// Returns the refusal that a response carries; an error of the framework's own becomes one of ours.
pub(crate) fn refusal_of(response: &ServiceResponse<BoxBody>) -> Option<Refusal> {
    if let Some(refusal) = response.response().extensions().get::<Refusal>() {
        return Some(refusal.clone());
    }
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let is_page = media_type.is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/html"));
    match response.status() {
        StatusCode::NOT_FOUND => Some(Code::NotFound.into()),
        StatusCode::NOT_ACCEPTABLE => {
            Some(Refusal::new(Code::NotAcceptable).with_detail("Offered are br, gzip, deflate and identity."))
        }
        _ if is_page => None,
        status if status.is_client_error() => Some(Code::MalformedRequest.into()),
        status if status.is_server_error() => Some(Code::Internal.into()),
        _ => None,
    }
}

/// Writes the wait as headers, and the limit that asks for it.
pub(crate) fn write_retry_after(refusal: &Refusal, headers: &mut HeaderMap) {
    let Some(seconds) = refusal.retry_after else {
        return;
    };
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    let Some(policy) = &refusal.policy else { return };
    insert(headers, RATE_LIMIT_POLICY, &policy.policy_field());
    insert(headers, RATE_LIMIT, &policy.exhausted_field(seconds));
}

/// Writes the headers of a problem, and returns its body.
pub(crate) fn write(refusal: &Refusal, id: RequestId, headers: &mut HeaderMap) -> BoxBody {
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    write_retry_after(refusal, headers);
    if let Some(allow) = &refusal.allow {
        insert(headers, header::ALLOW, allow);
    }
    if refusal.status() == StatusCode::UNAUTHORIZED {
        let challenge = if refusal.code == Code::UseDpopNonce { USE_DPOP_NONCE } else { INVALID_TOKEN };
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    BoxBody::new(serde_json::to_vec(&refusal.problem(&id.to_string())).unwrap_or_default())
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
