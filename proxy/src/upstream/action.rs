//! What a webhook is asked beside messages; a workflow tells the calls apart by `action` (DESIGN §6.1).

use bytes::Bytes;
use porthole_domain::{feedback::Feedback, message::MessageText};
use porthole_protocol::feedback::Rating;
use serde::Serialize;
use serde_json::{Map, Value};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Action<'a> {
    /// What was said so far? n8n's Chat Trigger answers this by itself.
    LoadPreviousSession,
    /// Nothing of the session is to be kept.
    Forget,
    /// A reply was rated.
    Feedback(&'a Feedback),
}

/// Whose session it is; all of it is verified.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    /// The workflow's session id, made by us from the session's own.
    pub(crate) wsid: &'a str,
    /// The site's id.
    pub(crate) site: &'a str,
    /// The origin of the page that the session belongs to.
    pub(crate) origin: &'a str,
    /// The verified user's claims.
    pub(crate) user: Option<&'a Map<String, Value>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    action: &'static str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<Rating>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    metadata: Metadata<'a>,
}

/// Reply and visitor by the names that they have beside a message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<u32>,
    site: &'a str,
    origin: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a Map<String, Value>>,
}

impl<'a> Action<'a> {
    /// Its name, to the workflow and in the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::LoadPreviousSession => "loadPreviousSession",
            Self::Forget => "forget",
            Self::Feedback(_) => "feedback",
        }
    }

    /// The bytes that are sent.
    #[expect(
        clippy::expect_used,
        reason = "strings, numbers and JSON values with string keys always serialise"
    )]
    pub(crate) fn to_json(self, whose: Whose<'_>) -> Bytes {
        let feedback = self.feedback();
        let body = Wire {
            action: self.name(),
            session_id: whose.wsid,
            rating: feedback.map(|feedback| feedback.rating),
            comment: feedback
                .and_then(|feedback| feedback.comment.as_ref())
                .map(MessageText::as_str),
            metadata: Metadata {
                message_id: feedback.map(|feedback| feedback.message_id.to_string()),
                turn: feedback.map(|feedback| feedback.turn),
                site: whose.site,
                origin: whose.origin,
                user: whose.user,
            },
        };
        serde_json::to_vec(&body).expect("plain data serialises").into()
    }

    /// What is rated, where something is.
    pub(crate) const fn feedback(self) -> Option<&'a Feedback> {
        match self {
            Self::Feedback(feedback) => Some(feedback),
            Self::LoadPreviousSession | Self::Forget => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use porthole_domain::feedback::parse_comment;
    use porthole_domain::message::MessageId;
    use serde_json::json;

    use super::*;

    fn sent(action: Action<'_>) -> Value {
        let user = json!({"sub": "u-1"});
        let whose = Whose {
            wsid: "w",
            site: "default",
            origin: "https://shop.example",
            user: user.as_object(),
        };
        serde_json::from_slice(&action.to_json(whose)).unwrap()
    }

    #[test]
    fn an_action_of_the_whole_session_names_it_and_its_visitor() {
        let metadata = json!({"site": "default", "origin": "https://shop.example", "user": {"sub": "u-1"}});
        for (action, name) in [
            (Action::LoadPreviousSession, "loadPreviousSession"),
            (Action::Forget, "forget"),
        ] {
            assert_eq!(
                sent(action),
                json!({"action": name, "sessionId": "w", "metadata": metadata})
            );
        }
    }

    #[test]
    fn feedback_names_the_reply_as_its_message_was_named() {
        let id = "0199aaaa-0000-7000-8000-000000000001";
        let mut feedback = Feedback {
            message_id: MessageId::parse(id).unwrap(),
            turn: 3,
            rating: Rating::Down,
            comment: None,
        };
        let plain = sent(Action::Feedback(&feedback));
        assert_eq!(
            plain,
            json!({
                "action": "feedback", "sessionId": "w", "rating": "down",
                "metadata": {
                    "messageId": id, "turn": 3, "site": "default", "origin": "https://shop.example",
                    "user": {"sub": "u-1"},
                },
            })
        );
        feedback.comment = parse_comment("no".into()).unwrap();
        assert_eq!(sent(Action::Feedback(&feedback))["comment"], "no");
    }
}
