//! The body of an action (contract §9).

use bytes::Bytes;
use porthole_domain::message::MessageText;
use porthole_protocol::feedback::Rating;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::ActionCall;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActionBody<'a> {
    action: &'static str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<Rating>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    metadata: ActionMetadata<'a>,
}

/// The rated reply and the visitor, by the names that they have beside a message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActionMetadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<u32>,
    site: &'a str,
    origin: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a Map<String, Value>>,
}

/// Writes the bytes that are sent.
#[expect(clippy::expect_used, reason = "strings, numbers and JSON values with string keys always serialise")]
pub(super) fn to_json(call: &ActionCall<'_>, wsid: &str) -> Bytes {
    let feedback = call.action.feedback();
    let session = &call.context.session;
    let identity = session.identity.as_ref();
    let body = ActionBody {
        action: call.action.name(),
        session_id: wsid,
        rating: feedback.map(|feedback| feedback.rating),
        comment: feedback.and_then(|feedback| feedback.comment.as_ref()).map(MessageText::as_str),
        metadata: ActionMetadata {
            message_id: feedback.map(|feedback| feedback.message_id.to_string()),
            turn: feedback.map(|feedback| feedback.turn),
            site: session.site.as_str(),
            origin: session.origin.as_str(),
            user: identity.and_then(|identity| identity.claims.as_ref()),
        },
    };
    serde_json::to_vec(&body).expect("plain data serialises").into()
}

#[cfg(test)]
mod tests {
    use porthole_domain::feedback::{Feedback, parse_comment};
    use porthole_domain::message::MessageId;
    use serde_json::json;

    use super::*;
    use crate::Action;
    use crate::testing::context_of_user;

    fn sent(action: Action<'_>) -> Value {
        let context = context_of_user(Map::from_iter([("sub".to_owned(), json!("u-1"))]));
        let call = ActionCall { context: &context, action };
        serde_json::from_slice(&to_json(&call, "w")).unwrap()
    }

    #[test]
    fn an_action_of_the_whole_session_names_it_and_its_visitor() {
        let metadata = json!({"site": "default", "origin": "https://shop.example", "user": {"sub": "u-1"}});
        for (action, name) in
            [(Action::LoadPreviousSession, "loadPreviousSession"), (Action::Forget, "forget")]
        {
            assert_eq!(sent(action), json!({"action": name, "sessionId": "w", "metadata": metadata}));
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
