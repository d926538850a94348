//! The problem document: an error as people and programs read it (RFC 9457, contract §6).

use serde::{Deserialize, Serialize};

/// The body of every error, sent as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The type: a URL path, one per code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in words, the same for every occurrence.
    pub title: String,
    /// The HTTP status, repeated for readers of streams.
    pub status: u16,
    /// The cause and the remedy, for people; without internals.
    pub detail: String,
    /// The stable code, see [`crate::Code`].
    pub code: String,
    /// The value of `X-Request-Id`.
    pub request_id: String,
    /// Seconds until another attempt makes sense; also the `Retry-After` header.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after: Option<u64>,
    /// The member that was refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// The message that a `busy` or `stale_state` client should join first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message_id: Option<String>,
}
