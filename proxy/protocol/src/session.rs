//! Opening, checking and ending a session.

use serde::{Deserialize, Serialize};

/// The body of `POST /api/v1/session/create`: a frame sends its ticket, another front end the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRequest {
    /// The frame's ticket (same-origin calls only).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ticket: Option<String>,
    /// The site's id (cross-origin calls); none means the only site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub site: Option<String>,
    /// An earlier session token, whose conversation is carried on where it still holds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous: Option<String>,
}

/// The limits that a client should know before it meets them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLimits {
    /// Unicode scalar values in a message.
    pub max_chars: u32,
    /// Turns of the conversation that reach the workflow.
    pub history_turns: u32,
    /// Messages a minute and session; 0 means no limit.
    pub per_minute: u32,
    /// Whether files may be sent.
    pub uploads: bool,
}

/// The answer to [`CreateRequest`], with status 201.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateResponse {
    /// UUID of the session.
    pub session_id: String,
    /// The session token; it moves on with every reply.
    pub token: String,
    /// When the token ends, RFC 3339 in UTC.
    pub expires_at: String,
    /// The limits of this site.
    pub limits: SessionLimits,
}

/// The verified user of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The subject of the user token.
    pub sub: String,
}

/// The answer to `GET /api/v1/session/validate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidateResponse {
    /// Always true; a token that does not hold is a 401.
    pub valid: bool,
    /// UUID of the session.
    pub session_id: String,
    /// When the token ends, RFC 3339 in UTC.
    pub expires_at: String,
    /// The site's id.
    pub site: String,
    /// The origin of the page that the session belongs to.
    pub origin: String,
    /// The verified user, or null.
    pub user: Option<User>,
    /// Sealed turns so far.
    pub turn: u32,
}

/// How far the end of a session reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndScope {
    /// Only the replica that answered knows of it.
    Replica,
    /// Every replica knows of it.
    All,
}

/// The answer to `POST /api/v1/session/end`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndResponse {
    /// How far the end reaches.
    pub scope: EndScope,
}
