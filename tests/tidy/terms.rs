//! The field's terms lead to the lines that do what they name.

use porthole_tests::tree;

/// A term as a reader would grep for it, and a file that does it.
const TERMS: &[(&str, &str)] = &[
    ("evict", "proxy/store/src/quota/bounded_store.rs"),
    ("evict", "proxy/relay/src/relay.rs"),
    ("revoke", "proxy/store/src/revocation.rs"),
    ("timeout", "proxy/src/server/timeouts.rs"),
    ("timeout", "proxy/relay/src/time_limits.rs"),
    ("back off", "proxy/store/src/quota/rate_limit.rs"),
    ("circuit breaker", "proxy/upstream/src/gatekeeper/breaker.rs"),
    ("half-open", "proxy/upstream/src/gatekeeper/breaker.rs"),
    ("jitter", "proxy/upstream/src/http/send.rs"),
    ("backpressure", "proxy/upstream/src/gatekeeper/queue.rs"),
    ("pipelining", "proxy/src/server/read_ahead.rs"),
    ("request smuggling", "proxy/src/gate/host.rs"),
    ("replay", "proxy/store/src/claim/mod.rs"),
    ("in flight", "proxy/relay/src/relay.rs"),
    ("keep-alive", "proxy/relay/src/reader.rs"),
    ("keep-alive", "proxy/upstream/src/http/client.rs"),
    ("idempotent", "proxy/upstream/src/webhook/request.rs"),
    ("permit", "proxy/upstream/src/gatekeeper/queue.rs"),
    ("lease", "proxy/store/src/quota/concurrency.rs"),
];

#[test]
fn every_term_stands_in_the_file_that_does_it() {
    let is_missing = |(term, path): &&(&str, &str)| !tree::read(path).to_lowercase().contains(term);
    let missing: Vec<_> = TERMS.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
