//! Preflights, and the headers that let a listed page read an answer across origins (contract §7).

use actix_web::dev::RequestHead;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, ResponseError as _};
use porthole_chat::Caller;
use porthole_domain::origin::Origin;
use porthole_protocol::Code;

use super::host::is_too_large;
use crate::error::Refusal;
use crate::request::RequestContext;

/// The seconds for which a browser may cache a preflight: ten minutes.
const MAX_AGE: &str = "600";

/// The headers of an answer that a page may read.
const EXPOSED: &str = "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, DPoP-Nonce, WWW-Authenticate";

/// The headers that a call may carry; the last four come from libraries that trace a page's calls by themselves.
const ALLOWED: &str =
    "Authorization, Content-Type, Last-Event-ID, DPoP, traceparent, tracestate, baggage, sentry-trace";

/// Tells caches that every answer depends on the caller.
pub(super) fn vary(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// Lets exactly the calling page read the answer, refusals included.
pub(super) fn expose(headers: &mut HeaderMap, caller: &Caller) {
    let Caller::Listed(origin) = caller else {
        return;
    };
    let Ok(origin) = HeaderValue::from_str(origin.as_str()) else {
        return;
    };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
}

/// Does the same outside of the gate, where nothing is known of the caller but its listed `Origin`.
pub(crate) fn expose_to(headers: &mut HeaderMap, origin: Option<Origin>) {
    vary(headers);
    if let Some(origin) = origin {
        expose(headers, &Caller::Listed(origin));
    }
}

/// Answers a preflight (Fetch, "CORS-preflight request"), and any other `OPTIONS`, with the methods of the path.
pub(super) fn preflight(
    head: &RequestHead,
    context: &RequestContext,
    caller: Result<Caller, Refusal>,
) -> HttpResponse {
    permitted(head, context, caller).unwrap_or_else(|refusal| refusal.error_response())
}

fn permitted(
    head: &RequestHead,
    context: &RequestContext,
    caller: Result<Caller, Refusal>,
) -> Result<HttpResponse, Refusal> {
    if is_too_large(&head.headers) {
        return Err(Code::HeaderTooLarge.into());
    }
    let caller = caller?;
    let route = context.route.ok_or(Code::NotFound)?;
    let methods = HeaderValue::from_str(&route.allow()).map_err(|_| Code::Internal)?;
    let mut response = HttpResponse::NoContent().insert_header((header::ALLOW, methods.clone())).finish();
    if matches!(caller, Caller::Listed(_)) {
        permit(response.headers_mut(), methods);
    }
    Ok(response)
}

/// Permits what a preflight asks for.
fn permit(headers: &mut HeaderMap, methods: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
}
