//! The headers that let a listed page read an answer across origins (DESIGN §3.1).

use actix_web::http::header::{self, HeaderMap, HeaderValue};

use porthole_domain::origin::Origin;

use super::origin::Caller;

/// How long a browser may remember a preflight.
const TEN_MINUTES: &str = "600";

const EXPOSED: &str = "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, DPoP-Nonce, WWW-Authenticate";

/// Says to caches that every answer depends on who asks.
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
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
}

/// The same for what is said outside of the gate, where all that is known of the caller is its `Origin`.
pub(crate) fn expose_to(headers: &mut HeaderMap, origin: Option<Origin>) {
    vary(headers);
    if let Some(origin) = origin {
        expose(headers, &Caller::Listed(origin));
    }
}

/// Answers a preflight.
pub(super) fn permit(headers: &mut HeaderMap, methods: &'static str) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(methods),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Authorization, Content-Type, Last-Event-ID, DPoP"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static(TEN_MINUTES),
    );
}
