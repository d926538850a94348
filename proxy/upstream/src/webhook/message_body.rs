//! The body of a message (contract §9).

use bytes::Bytes;
use porthole_domain::transcript::PastTurn;
use porthole_protocol::history::Role;
use porthole_protocol::message::VisitedPage;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use url::Url;

use crate::{Message, MessageCall};

/// The body; its first three members are those of n8n's Chat Trigger.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageBody<'a> {
    action: &'static str,
    session_id: &'a str,
    chat_input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<PastMessage<'a>>>,
    metadata: MessageMetadata<'a>,
}

/// A message of the history, verified.
#[derive(Serialize)]
struct PastMessage<'a> {
    role: Role,
    content: &'a str,
    /// The reply was stopped, or cut short.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
}

fn history(turns: &[PastTurn]) -> Vec<PastMessage<'_>> {
    let messages = turns.iter().map(|turn| {
        let user = PastMessage { role: Role::User, content: &turn.user, partial: false };
        [user, PastMessage { role: Role::Assistant, content: &turn.reply, partial: turn.partial }]
    });
    messages.flatten().collect()
}

/// The facts beside the text. All but `client` are verified.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageMetadata<'a> {
    message_id: String,
    /// The number of the turn that this message begins, from 1.
    turn: u32,
    attempt: u8,
    site: &'a str,
    /// The origin of the page that the session belongs to.
    origin: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    forked: bool,
    /// The turns that are kept where later ones are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    edited: Option<Edit>,
    /// Marks the message of `porthole check`: a workflow may answer it without asking its model.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    check: bool,
    client: Unverified,
}

#[derive(Serialize)]
struct Edit {
    keep: u32,
}

/// The client's own words, unverified: its page, and whatever metadata it sent.
#[derive(Default)]
struct Unverified {
    page: Option<VisitedPage>,
    metadata: Map<String, Value>,
}

impl Unverified {
    fn new(message: &Message) -> Self {
        let metadata = message.metadata.as_deref().map(RawValue::get);
        let mut metadata: Map<String, Value> =
            metadata.and_then(|metadata| serde_json::from_str(metadata).ok()).unwrap_or_default();
        let page = message.page.as_ref().map(redacted);
        if page.is_some() {
            metadata.remove("page");
        }
        Self { page, metadata }
    }
}

impl Serialize for Unverified {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        if let Some(page) = &self.page {
            object.serialize_entry("page", page)?;
        }
        for (key, value) in &self.metadata {
            object.serialize_entry(key, value)?;
        }
        object.end()
    }
}

/// Writes the bytes that are sent.
#[expect(clippy::expect_used, reason = "strings, numbers and JSON values with string keys always serialise")]
pub(super) fn to_json(call: &MessageCall, turn: u32, wsid: &str) -> Bytes {
    let (session, message) = (&call.context.session, &call.message);
    let identity = session.identity.as_ref();
    let body = MessageBody {
        action: "sendMessage",
        session_id: wsid,
        chat_input: message.text.as_str(),
        history: message.branch.history.as_deref().map(history),
        metadata: MessageMetadata {
            message_id: message.id.to_string(),
            turn,
            attempt: message.attempt,
            site: session.site.as_str(),
            origin: session.origin.as_str(),
            user: identity.and_then(|identity| identity.claims.as_ref()),
            agent: message.agent.as_deref(),
            forked: message.fork,
            edited: message.branch.is_edit.then_some(Edit { keep: message.branch.kept }),
            check: call.check,
            client: Unverified::new(message),
        },
    };
    let mut json = Vec::with_capacity(512 + message.text.as_str().len());
    serde_json::to_writer(&mut json, &body).expect("plain data serialises");
    json.into()
}

/// Removes query, fragment and user info of the page's address, which hold what the page knows of its reader.
fn redacted(page: &VisitedPage) -> VisitedPage {
    VisitedPage { url: page.url.as_deref().and_then(without_query), title: page.title.clone() }
}

/// Returns the address up to its path; `None` for anything but a web address.
fn without_query(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_query(None);
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::message_call;

    fn sent(change: impl FnOnce(&mut Message)) -> Value {
        let mut call = message_call("hi");
        change(&mut call.message);
        serde_json::from_slice(&to_json(&call, 4, "wsid")).unwrap()
    }

    fn raw(value: &Value) -> Box<RawValue> {
        RawValue::from_string(value.to_string()).unwrap()
    }

    #[test]
    fn the_least_that_is_sent_has_no_empty_members() {
        assert_eq!(
            sent(|_| {}),
            json!({
                "action": "sendMessage", "sessionId": "wsid", "chatInput": "hi",
                "metadata": {
                    "messageId": "0199aaaa-0000-7000-8000-000000000001", "turn": 4, "attempt": 1,
                    "site": "default", "origin": "https://shop.example", "client": {},
                },
            })
        );
    }

    #[test]
    fn metadata_of_the_client_lands_in_client_only() {
        let metadata = json!({"site": "other", "user": {"sub": "admin"}, "context": {"cart": 2}, "turn": 9});
        let sent = sent(|message| message.metadata = Some(raw(&metadata)));
        assert_eq!(sent["metadata"]["site"], "default");
        assert_eq!(sent["metadata"]["turn"], 4);
        assert_eq!(sent["metadata"]["user"], Value::Null);
        assert_eq!(sent["metadata"]["client"], metadata);
    }

    #[test]
    fn a_page_loses_query_fragment_and_user_info() {
        let table = [
            ("https://shop.example/a/b?token=1#top", Some("https://shop.example/a/b")),
            ("https://me:secret@shop.example/", Some("https://shop.example/")),
            ("data:text/html,x?y", None),
            ("no address", None),
        ];
        for (url, want) in table {
            let sent = sent(|message| {
                message.metadata = Some(raw(&json!({"page": "mine", "a": 1})));
                message.page = Some(VisitedPage { url: Some(url.into()), title: Some("T".into()) });
            });
            let page = &sent["metadata"]["client"]["page"];
            assert_eq!(page.get("url").and_then(Value::as_str), want, "{url}");
            assert_eq!(page["title"], "T");
        }
    }
}
