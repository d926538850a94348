//! The headers that let a listed page read an answer across origins (contract §7).

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use porthole_chat::Caller;
use porthole_domain::origin::Origin;

/// The seconds for which a browser may cache a preflight: ten minutes.
const MAX_AGE: &str = "600";

/// The headers of an answer that a page may read.
const EXPOSED: &str = "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, DPoP-Nonce, WWW-Authenticate";

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
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
}

/// Does the same outside of the gate, where nothing is known of the caller but its listed `Origin`.
pub(crate) fn expose_to(headers: &mut HeaderMap, origin: Option<Origin>) {
    vary(headers);
    if let Some(origin) = origin {
        expose(headers, &Caller::Listed(origin));
    }
}

/// Permits what a preflight asks for.
pub(super) fn permit(headers: &mut HeaderMap, methods: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Authorization, Content-Type, Last-Event-ID, DPoP"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
}
