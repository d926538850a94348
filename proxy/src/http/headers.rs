//! The headers of every answer, whatever its address and status; what an address sets itself is left as it is.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use porthole_protocol::path;

use super::answer::RequestId;
use crate::state::State;
use porthole_config::Stage;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const COEP: HeaderName = header::CROSS_ORIGIN_EMBEDDER_POLICY;
const COOP: HeaderName = header::CROSS_ORIGIN_OPENER_POLICY;
const CORP: HeaderName = header::CROSS_ORIGIN_RESOURCE_POLICY;

/// What every page and answer is forbidden that says nothing else itself.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Of this host alone: what else stands under its domain is not ours to decide.
const ONE_YEAR: &str = "max-age=31536000";

/// Completes the headers of an answer to a request for `known_path`.
pub(super) fn complete(headers: &mut HeaderMap, id: RequestId, known_path: &str, state: &State) {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(X_REQUEST_ID, value);
    }
    let mut unless_set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_set(header::REFERRER_POLICY, "no-referrer");
    unless_set(header::CONTENT_SECURITY_POLICY, NOTHING);
    unless_set(header::CACHE_CONTROL, "no-store");
    unless_set(CORP, resource_policy(known_path));
    if matches!(known_path, path::FRAME | path::CHAT | "/") {
        unless_set(COOP, "same-origin");
    }
    if matches!(known_path, path::FRAME | path::CHAT) {
        unless_set(COEP, "require-corp");
    }
    if has_its_host_for_itself(state) {
        unless_set(header::STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
    join_vary(headers);
}

/// Pages of other origins load the widget and show the frame; nothing else here is theirs to load unasked. Calls by
/// CORS are not judged by it.
fn resource_policy(known_path: &str) -> &'static str {
    match known_path {
        path::WIDGET_JS | path::ASSETS | path::FRAME | "/pages" => "cross-origin",
        _ => "same-origin",
    }
}

/// Whether browsers may be told to come by https only: that counts for every port of the host, so it is said where
/// the public address has none of its own, and never on a developer's machine.
fn has_its_host_for_itself(state: &State) -> bool {
    let origin = state.config.process.listen.public_origin.as_ref();
    let host = origin.and_then(|origin| origin.as_str().strip_prefix("https://"));
    state.config.process.stage == Stage::Production && host.is_some_and(|host| !host.contains(':'))
}

/// Compression adds a line of its own.
fn join_vary(headers: &mut HeaderMap) {
    let lines: Vec<&str> = headers
        .get_all(header::VARY)
        .filter_map(|line| line.to_str().ok())
        .collect();
    if lines.len() < 2 {
        return;
    }
    if let Ok(joined) = HeaderValue::from_str(&lines.join(", ")) {
        headers.insert(header::VARY, joined);
    }
}
