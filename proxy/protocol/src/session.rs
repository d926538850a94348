//! Requests and responses of the session calls (contract §7).

use serde::{Deserialize, Serialize};

/// The body of `POST /api/v1/session/create`: the frame sends its ticket, another front end its site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRequest {
    /// The frame's ticket (same-origin calls only).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ticket: Option<String>,
    /// The site's id (cross-origin calls); absent, it is the only site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub site: Option<String>,
    /// An earlier session token, whose conversation is carried on where the token holds.
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
    /// `true` where files may be sent.
    pub uploads: bool,
    /// `true` where a signed transcript can be had.
    #[serde(default)]
    pub export: bool,
    /// `true` where the workflow takes ratings.
    #[serde(default)]
    pub feedback: bool,
}

/// The scheme of `Authorization` under which a session token is accepted (RFC 6750, RFC 9449).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenType {
    /// The token alone.
    #[default]
    Bearer,
    /// With a proof of the key that the session is bound to.
    DPoP,
}

/// The answer to [`CreateRequest`], with status 201.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateResponse {
    /// UUID of the session.
    pub session_id: String,
    /// The session token; every sealed reply brings the next one.
    pub token: String,
    /// The scheme of its `Authorization`; releases before it had the first alone.
    #[serde(default)]
    pub token_type: TokenType,
    /// The end of the token, RFC 3339 in UTC.
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
    /// `true` always: a token that does not hold is a 401.
    pub valid: bool,
    /// UUID of the session.
    pub session_id: String,
    /// The end of the token, RFC 3339 in UTC.
    pub expires_at: String,
    /// The site's id.
    pub site: String,
    /// The origin of the page that the session belongs to.
    pub origin: String,
    /// The verified user, or null.
    pub user: Option<User>,
    /// The number of sealed turns.
    pub turn: u32,
}

/// The reach of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndScope {
    /// The replica that answered.
    Replica,
    /// All replicas.
    All,
}

/// The answer to `POST /api/v1/session/end`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndResponse {
    /// The reach of the revocation.
    pub scope: EndScope,
}
