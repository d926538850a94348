//! A conversation as the workflow remembers it (contract §7).

use serde::{Deserialize, Serialize};

/// The role of a speaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The visitor.
    User,
    /// The workflow.
    Assistant,
}

/// One message, the visitor's or the workflow's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryMessage {
    /// The speaker.
    pub role: Role,
    /// The text, never empty.
    pub content: String,
    /// The time, RFC 3339 in UTC, where the workflow knows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<String>,
}

/// The answer to `GET /api/v1/chat/history/{session_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The messages, oldest first, and at least one.
    pub messages: Vec<HistoryMessage>,
}

#[cfg(test)]
mod tests {
    use super::{HistoryMessage, Role};

    #[test]
    fn an_unknown_time_is_left_out() {
        let mut message = HistoryMessage { role: Role::User, content: "hi".into(), at: None };
        let json = |message: &HistoryMessage| serde_json::to_string(message).unwrap();
        assert_eq!(json(&message), r#"{"role":"user","content":"hi"}"#);
        message.at = Some("2026-11-21T12:16:10Z".into());
        assert_eq!(json(&message), r#"{"role":"user","content":"hi","at":"2026-11-21T12:16:10Z"}"#);
    }
}
