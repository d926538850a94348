//! The headers of every answer, at any path and of any status; a handler's own headers are left as they are.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use porthole_config::Stage;
use porthole_protocol::path;

use crate::request::RequestId;
use crate::state::State;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ORIGIN_AGENT_CLUSTER: HeaderName = HeaderName::from_static("origin-agent-cluster");

/// The policy of an answer without its own: it may do nothing, and no page may frame it.
const STRICTEST_POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The policy of HTTPS, without `includeSubDomains`: other hosts of the domain are not ours to decide.
const ONE_YEAR: &str = "max-age=31536000";

/// Completes the headers of an answer; `log_name` is that of its route.
pub(super) fn complete(headers: &mut HeaderMap, id: RequestId, log_name: &str, state: &State) {
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        headers.insert(X_REQUEST_ID, value);
    }
    let mut unless_set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_set(header::REFERRER_POLICY, "no-referrer");
    unless_set(header::CONTENT_SECURITY_POLICY, STRICTEST_POLICY);
    unless_set(header::CACHE_CONTROL, "no-store");
    unless_set(header::CROSS_ORIGIN_RESOURCE_POLICY, resource_policy(log_name));
    if matches!(log_name, path::FRAME | path::CHAT | path::VERIFY | "/") {
        unless_set(header::CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    }
    if matches!(log_name, path::FRAME | path::CHAT) {
        unless_set(header::CROSS_ORIGIN_EMBEDDER_POLICY, "require-corp");
        // On one site with its page the frame would share the page's main thread: 1.4 s of it an answer, not 0.2 s.
        unless_set(ORIGIN_AGENT_CLUSTER, "?1");
    }
    if owns_its_host(state) {
        unless_set(header::STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
    join_vary(headers);
}

/// Lets pages of other origins load the widget and show the frame, and nothing else. Browsers do not apply it to calls
/// by CORS.
fn resource_policy(log_name: &str) -> &'static str {
    match log_name {
        path::WIDGET_JS | path::ASSETS | path::FRAME | "/pages" => "cross-origin",
        _ => "same-origin",
    }
}

/// Returns `true` where browsers may be told to come by https only. That counts for every port of the host, so the public
/// address must have neither port nor path of its own; a developer's machine never does it.
fn owns_its_host(state: &State) -> bool {
    let listen = &state.process.listen;
    let host = listen.public_origin.as_ref().and_then(|origin| origin.as_str().strip_prefix("https://"));
    let is_whole = listen.base_path.is_empty() && host.is_some_and(|host| !host.contains(':'));
    state.process.stage == Stage::Production && is_whole
}

/// Joins the lines of `Vary`: compression adds one of its own.
fn join_vary(headers: &mut HeaderMap) {
    let lines: Vec<&str> = headers.get_all(header::VARY).filter_map(|line| line.to_str().ok()).collect();
    if lines.len() < 2 {
        return;
    }
    if let Ok(joined) = HeaderValue::from_str(&lines.join(", ")) {
        headers.insert(header::VARY, joined);
    }
}
