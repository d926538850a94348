//! What a webhook gets (DESIGN §6.1).

use bytes::Bytes;
use porthole_protocol::message::VisitedPage;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Map, Value};
use url::Url;

/// The body of a call. Its first three members are those of n8n's Chat Trigger.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body<'a> {
    action: &'static str,
    /// The workflow's session id, made by us from the session's own.
    session_id: &'a str,
    chat_input: &'a str,
    metadata: Metadata<'a>,
}

/// What the workflow is told beside the text. Everything but `client` is verified.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata<'a> {
    /// The client's name for the message.
    pub(crate) message_id: &'a str,
    /// The number of the turn that this message begins, from 1.
    pub(crate) turn: u32,
    /// Counted from 1; the same message with a higher one is tried again.
    pub(crate) attempt: u8,
    /// The site's id.
    pub(crate) site: &'a str,
    /// The origin of the page that the session belongs to.
    pub(crate) origin: &'a str,
    /// The verified user's claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<&'a Map<String, Value>>,
    /// The agent that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<&'a str>,
    /// Whether the conversation goes on from an older state on purpose.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) forked: bool,
    /// What the client says, unverified.
    pub(crate) client: Unverified<'a>,
}

/// What the client says, unverified: its page, and whatever metadata it sent.
#[derive(Debug, Default)]
pub(crate) struct Unverified<'a> {
    page: Option<VisitedPage>,
    metadata: Option<&'a Map<String, Value>>,
}

impl Serialize for Unverified<'_> {
    /// One object; a `page` in the metadata gives way to the page itself.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        if let Some(page) = &self.page {
            object.serialize_entry("page", page)?;
        }
        let shown = |key: &str| key != "page" || self.page.is_none();
        for (key, value) in self.metadata.into_iter().flatten().filter(|(key, _)| shown(key)) {
            object.serialize_entry(key, value)?;
        }
        object.end()
    }
}

impl<'a> Body<'a> {
    /// A visitor's message.
    pub(crate) fn message(wsid: &'a str, text: &'a str, metadata: Metadata<'a>) -> Self {
        Self {
            action: "sendMessage",
            session_id: wsid,
            chat_input: text,
            metadata,
        }
    }

    /// The bytes that are sent.
    #[expect(
        clippy::expect_used,
        reason = "strings, numbers and JSON values with string keys always serialise"
    )]
    pub(crate) fn to_json(&self) -> Bytes {
        serde_json::to_vec(self).expect("plain data serialises").into()
    }
}

impl<'a> Unverified<'a> {
    /// Takes the page without query and fragment, which hold what a page knows of its reader.
    pub(crate) fn new(page: Option<&VisitedPage>, metadata: Option<&'a Map<String, Value>>) -> Self {
        let page = page.map(|page| VisitedPage {
            url: page.url.as_deref().and_then(without_query),
            title: page.title.clone(),
        });
        Self { page, metadata }
    }
}

/// The address up to its path; `None` for what is no web address.
fn without_query(url: &str) -> Option<String> {
    let mut url = Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))?;
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

    fn metadata(client: Unverified<'_>) -> Metadata<'_> {
        Metadata {
            message_id: "0199aaaa-0000-7000-8000-000000000001",
            turn: 4,
            attempt: 1,
            site: "default",
            origin: "https://shop.example",
            user: None,
            agent: None,
            forked: false,
            client,
        }
    }

    fn sent(metadata: Metadata<'_>) -> Value {
        serde_json::from_slice(&Body::message("wsid", "hi", metadata).to_json()).unwrap()
    }

    #[test]
    fn the_least_that_is_sent_has_no_empty_members() {
        assert_eq!(
            sent(metadata(Unverified::default())),
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
    fn what_the_client_says_lands_in_client_only() {
        let said = json!({"site": "other", "user": {"sub": "admin"}, "context": {"cart": 2}, "turn": 9});
        let said = said.as_object().unwrap();
        let sent = sent(metadata(Unverified::new(None, Some(said))));
        assert_eq!(sent["metadata"]["site"], "default");
        assert_eq!(sent["metadata"]["turn"], 4);
        assert_eq!(sent["metadata"]["user"], Value::Null);
        assert_eq!(sent["metadata"]["client"], json!(said));
    }

    #[test]
    fn a_page_loses_query_fragment_and_user_info() {
        let table = [
            (
                "https://shop.example/a/b?token=1#top",
                Some("https://shop.example/a/b"),
            ),
            ("https://me:secret@shop.example/", Some("https://shop.example/")),
            ("data:text/html,x?y", None),
            ("no address", None),
        ];
        for (url, want) in table {
            let page = VisitedPage {
                url: Some(url.into()),
                title: Some("T".into()),
            };
            let said = json!({"page": "mine", "a": 1});
            let sent = sent(metadata(Unverified::new(Some(&page), said.as_object())));
            let page = &sent["metadata"]["client"]["page"];
            assert_eq!(page.get("url").and_then(Value::as_str), want, "{url}");
            assert_eq!(page["title"], "T");
        }
    }
}
