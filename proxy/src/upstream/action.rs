//! What a webhook is asked beside messages; a workflow tells them apart by `action` (DESIGN §6.1).

use bytes::Bytes;
use porthole_protocol::feedback::Rating;
use serde::Serialize;
use serde_json::{Map, Value};

/// The body of a call without a message.
#[derive(Debug, Serialize)]
#[serde(
    tag = "action",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Action<'a> {
    /// What was said so far? n8n's Chat Trigger answers this by itself.
    LoadPreviousSession {
        /// The workflow's session id.
        session_id: &'a str,
        /// Whose it is.
        metadata: About<'a>,
    },
    /// Nothing of the session is to be kept.
    Forget {
        /// The workflow's session id.
        session_id: &'a str,
        /// Whose it is.
        metadata: About<'a>,
    },
    /// What the visitor thinks of a reply.
    Feedback {
        /// The workflow's session id.
        session_id: &'a str,
        /// Whether the reply was of use.
        rating: Rating,
        /// What the visitor says about it.
        #[serde(skip_serializing_if = "Option::is_none")]
        comment: Option<&'a str>,
        /// Whose reply it is, and which.
        metadata: About<'a>,
    },
}

/// What the workflow is told beside the action; all of it is verified.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About<'a> {
    /// The rated reply, where there is one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) reply: Option<Rated<'a>>,
    /// The site's id.
    pub(crate) site: &'a str,
    /// The origin of the page that the session belongs to.
    pub(crate) origin: &'a str,
    /// The verified user's claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<&'a Map<String, Value>>,
}

/// A reply that was sealed here, by the names that its message was sent with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rated<'a> {
    /// The client's name for the message.
    pub(crate) message_id: &'a str,
    /// The number of the turn.
    pub(crate) turn: u32,
}

impl Action<'_> {
    /// The bytes that are sent.
    #[expect(
        clippy::expect_used,
        reason = "strings, numbers and JSON values with string keys always serialise"
    )]
    pub(crate) fn to_json(&self) -> Bytes {
        serde_json::to_vec(self).expect("plain data serialises").into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn about(reply: Option<Rated<'_>>) -> About<'_> {
        About {
            reply,
            site: "default",
            origin: "https://shop.example",
            user: None,
        }
    }

    fn sent(action: &Action<'_>) -> Value {
        serde_json::from_slice(&action.to_json()).unwrap()
    }

    #[test]
    fn an_action_without_a_reply_names_the_session() {
        let (session_id, metadata) = ("w", json!({"site": "default", "origin": "https://shop.example"}));
        let load = Action::LoadPreviousSession {
            session_id,
            metadata: about(None),
        };
        assert_eq!(
            sent(&load),
            json!({"action": "loadPreviousSession", "sessionId": "w", "metadata": metadata})
        );
        let forget = Action::Forget {
            session_id,
            metadata: about(None),
        };
        assert_eq!(
            sent(&forget),
            json!({"action": "forget", "sessionId": "w", "metadata": metadata})
        );
    }

    #[test]
    fn feedback_names_the_reply_as_its_message_was_named() {
        let rated = |comment| Action::Feedback {
            session_id: "w",
            rating: Rating::Down,
            comment,
            metadata: about(Some(Rated {
                message_id: "m",
                turn: 3,
            })),
        };
        let metadata = json!({
            "messageId": "m", "turn": 3, "site": "default", "origin": "https://shop.example",
        });
        assert_eq!(
            sent(&rated(None)),
            json!({"action": "feedback", "sessionId": "w", "rating": "down", "metadata": metadata})
        );
        assert_eq!(sent(&rated(Some("no")))["comment"], "no");
    }
}
