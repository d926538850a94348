//! The one message of a check.

use std::time::SystemTime;

use porthole_config::{Credential, WebhookConfig};
use porthole_domain::clock::UnixTime;
use porthole_domain::message::MessageText;
use porthole_domain::origin::Origin;
use porthole_domain::site::SiteId;
use porthole_domain::workflow::{MessageClaims, WorkflowClaims, WorkflowSigner, message_hash};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder};
use secrecy::ExposeSecret as _;
use serde_json::json;
use uuid::Uuid;

/// The question to the workflow.
const TEXT: &str = "porthole check: please answer with one short sentence";

/// A message with ids of its own.
pub(super) struct CheckMessage<'a> {
    issuer: &'a Origin,
    mid: String,
    wsid: String,
    id: Uuid,
}

impl<'a> CheckMessage<'a> {
    pub(super) fn new(issuer: &'a Origin) -> Self {
        let fresh = || Uuid::new_v4().simple().to_string();
        Self {
            issuer,
            mid: fresh(),
            wsid: format!("check-{}", fresh()),
            id: Uuid::now_v7(),
        }
    }

    pub(super) fn request(
        &self,
        client: &Client,
        webhook: &WebhookConfig,
        (credential, signer): (&Credential, Option<&WorkflowSigner>),
    ) -> Option<RequestBuilder> {
        let request = client
            .post(webhook.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT_ENCODING, "identity")
            .header("idempotency-key", &self.mid)
            .body(self.body());
        Some(match credential {
            Credential::Jwt => request.bearer_auth(self.token(&webhook.audience, signer?)?),
            Credential::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
            Credential::Header { name, value } => request.header(name, value),
            Credential::None => request,
        })
    }

    /// A visitor's message, and marked: a workflow may answer it without asking its model.
    fn body(&self) -> Vec<u8> {
        let body = json!({
            "action": "sendMessage",
            "sessionId": self.wsid,
            "chatInput": TEXT,
            "metadata": {
                "messageId": self.id.to_string(),
                "turn": 1,
                "attempt": 1,
                "site": SiteId::default().as_str(),
                "origin": self.issuer.as_str(),
                "check": true,
                "client": {},
            },
        });
        body.to_string().into_bytes()
    }

    fn token(&self, audience: &str, signer: &WorkflowSigner) -> Option<String> {
        let text = MessageText::parse(TEXT, u32::MAX).ok()?;
        let site = SiteId::default();
        let claims = WorkflowClaims {
            issuer: self.issuer.as_str(),
            audience,
            wsid: &self.wsid,
            jti: Uuid::new_v4(),
            issued: UnixTime::from(SystemTime::now()),
            site: site.as_str(),
            origin: self.issuer.as_str(),
            user: None,
            turn: 1,
            message: Some(MessageClaims {
                mid: &self.mid,
                hash: &message_hash(&text),
            }),
        };
        signer.sign(&claims).ok()
    }
}
