//! Asks the webhook: one real message, so that the workflow runs once.

use std::time::{Duration, SystemTime};

use porthole_domain::clock::UnixTime;
use porthole_domain::message::MessageText;
use porthole_domain::origin::Origin;
use porthole_domain::site::SiteId;
use porthole_domain::workflow::{MessageClaims, WorkflowClaims, WorkflowSigner, message_hash};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::address::{is_chat_trigger, is_public};
use super::exchange::{Seen, exchange};
use super::finding::Finding;
use super::refusal::Way;
use super::settings::Settings;
use super::trouble::Trouble;
use super::{answer, clock, refusal};
use crate::upstream::{Failure, authenticate};
use porthole_config::setting::{DOCS_DIR, N8N_WEBHOOK_URL, WEBHOOK_AUTH};
use porthole_config::{Credential, WebhookConfig, random_secret};

/// What the workflow is asked.
const MESSAGE: &str = "porthole check: please answer with one short sentence";

/// How the path of a test URL begins, wherever n8n is mounted.
const TEST: &str = "/webhook-test/";

/// How the path of a workflow in the editor begins.
const EDITOR: &str = "/workflow/";

/// Whether an address serves the editor alone, so that there is nothing to ask.
pub(super) fn is_of_the_editor(url: &Url) -> bool {
    url.path().contains(TEST) || url.path().starts_with(EDITOR)
}

/// What the settings alone tell of the webhook.
pub(super) fn from_settings(settings: &Settings<'_>) -> Vec<Finding> {
    let text = settings.text(&N8N_WEBHOOK_URL);
    let Ok(url) = Url::parse(&text) else {
        return Vec::new();
    };
    let mut findings = of_address(&url, &settings.text(&WEBHOOK_AUTH));
    if !settings.text(&DOCS_DIR).is_empty() {
        findings.push(Finding::warning(
            "documents.unused",
            "N8N_WEBHOOK_URL and DOCS_DIR are both set: the webhook answers, the documents are not read.",
            "Take out the one that is not meant.",
        ));
    }
    findings
}

/// What an address cannot be, for this `WEBHOOK_AUTH`.
pub(super) fn of_address(url: &Url, auth: &str) -> Vec<Finding> {
    let path = url.path();
    let mut findings = Vec::new();
    if path.contains(TEST) {
        findings.push(Finding::problem(
            "webhook.test_url",
            "N8N_WEBHOOK_URL is the editor's test URL, which answers only while the editor listens.",
            "Use the production URL (/webhook/…), and activate the workflow.",
        ));
    }
    if path.starts_with(EDITOR) {
        findings.push(Finding::problem(
            "webhook.editor_url",
            "N8N_WEBHOOK_URL is the address of the workflow in the editor.",
            "Copy the production URL from the workflow's Webhook node.",
        ));
    }
    if is_chat_trigger(url) && auth.eq_ignore_ascii_case("jwt") {
        findings.push(Finding::warning(
            "webhook.chat_trigger_jwt",
            "N8N_WEBHOOK_URL looks like a Chat Trigger, which checks no JWT: it is open, or refuses us.",
            "Use a Webhook node with Authentication: JWT and Respond: Streaming, or WEBHOOK_AUTH=basic with the Chat Trigger's Basic Auth.",
        ));
    }
    if url.scheme() == "http" && is_public(url) {
        findings.push(Finding::warning(
            "webhook.cleartext",
            "N8N_WEBHOOK_URL is http over the open internet: everybody on the way reads messages and tokens.",
            "Serve the workflow with TLS, and use https://.",
        ));
    }
    findings
}

/// The webhook, and how to call it.
pub(super) struct Webhook<'a> {
    pub(super) client: &'a Client,
    pub(super) config: &'a WebhookConfig,
    pub(super) signer: Option<&'a WorkflowSigner>,
    pub(super) issuer: &'a Origin,
    /// How long an answer may take.
    pub(super) limit: Duration,
}

impl Webhook<'_> {
    /// Sends a message. It goes with wrong credentials first: where they are looked at, that costs nothing, and where
    /// they are not, it was the one message.
    pub(super) async fn ask(&self) -> Vec<Finding> {
        if self.way() == Way::Nothing {
            return self.finish(self.send(&Credential::None, None).await);
        }
        let stranger = WorkflowSigner::hs256(&random_secret());
        match self.send(&self.wrong_credential(), Some(&stranger)).await {
            Ok(seen) if seen.is_success() => {
                let open = Finding::warning(
                    "webhook.open",
                    "The webhook answers a call with wrong credentials: it checks none, and whoever knows its address can call it.",
                    "Set the Webhook node's Authentication to what WEBHOOK_AUTH says (JWT Auth for jwt).",
                );
                std::iter::once(open).chain(self.finish(Ok(seen))).collect()
            }
            // The workflow ran and failed, or nobody was there: another credential changes nothing.
            Ok(seen) if seen.status >= 500 => self.finish(Ok(seen)),
            Ok(_) => self.finish(self.send(&self.config.credential, self.signer).await),
            Err(trouble) => self.finish(Err(trouble)),
        }
    }

    /// Asks in a way that runs no workflow.
    pub(super) async fn look(&self) -> Vec<Finding> {
        let url = &self.config.url;
        match exchange(self.client.get(url.clone()), url, self.limit).await {
            Ok(seen) => {
                let clock = clock::judge(seen.date.as_deref(), seen.now);
                std::iter::once(looked_at(&seen, self.way(), url))
                    .chain(clock)
                    .collect()
            }
            Err(trouble) => vec![self.unreached(&trouble)],
        }
    }

    fn finish(&self, sent: Result<Seen, Trouble>) -> Vec<Finding> {
        let seen = match sent {
            Ok(seen) => seen,
            Err(trouble) => return vec![self.unreached(&trouble)],
        };
        let mut findings: Vec<Finding> = clock::judge(seen.date.as_deref(), seen.now).into_iter().collect();
        if seen.is_success() {
            findings.extend(answer::judge(&seen));
        } else {
            findings.push(refusal::judge(&seen, self.way(), &self.config.url));
        }
        findings
    }

    fn unreached(&self, trouble: &Trouble) -> Finding {
        trouble.finding("The webhook", &self.config.url, N8N_WEBHOOK_URL.name)
    }

    fn way(&self) -> Way {
        match (&self.config.credential, self.signer.and_then(WorkflowSigner::jwk)) {
            (Credential::Jwt, Some(_)) => Way::OwnKey,
            (Credential::Jwt, None) => Way::SharedSecret,
            (Credential::Basic { .. }, _) => Way::Basic,
            (Credential::Header { .. }, _) => Way::Header,
            (Credential::None, _) => Way::Nothing,
        }
    }

    /// As the setting says, and nobody's.
    fn wrong_credential(&self) -> Credential {
        let (secret, own) = (random_secret(), self.config.credential.clone());
        match own {
            Credential::Basic { user, .. } => Credential::Basic {
                user,
                password: secret,
            },
            Credential::Header { name, .. } => {
                Credential::header(name.as_str(), &secret).unwrap_or(Credential::None)
            }
            Credential::Jwt | Credential::None => own,
        }
    }

    async fn send(&self, credential: &Credential, signer: Option<&WorkflowSigner>) -> Result<Seen, Trouble> {
        let message = Message::new();
        let request = self
            .client
            .post(self.config.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT_ENCODING, "identity")
            .header("idempotency-key", &message.mid)
            .body(message.body(self.issuer));
        let request = self
            .signed(request, (credential, signer), &message)
            .ok_or(Trouble::Broken)?;
        exchange(request, &self.config.url, self.limit).await
    }

    fn signed(
        &self,
        request: RequestBuilder,
        (credential, signer): (&Credential, Option<&WorkflowSigner>),
        message: &Message,
    ) -> Option<RequestBuilder> {
        let token = match (credential, signer) {
            (Credential::Jwt, Some(signer)) => Some(message.token(self, signer)?),
            _ => None,
        };
        authenticate(request, credential, &|| token.clone().ok_or(Failure::Internal)).ok()
    }
}

/// What a request without a message tells.
fn looked_at(seen: &Seen, way: Way, url: &Url) -> Finding {
    let is_there = seen.beginning().contains("Did you mean to make a POST");
    match seen.status {
        404 if is_there => Finding::ok("webhook.registered", "The webhook is registered and takes POST."),
        404 | 300..=399 | 502..=504 => refusal::judge(seen, way, url),
        status => Finding::ok(
            "webhook.reached",
            format!(
                "The webhook's address answers (status {status} for GET); more is known after a message."
            ),
        ),
    }
}

/// The one message, with ids of its own.
struct Message {
    text: &'static str,
    mid: String,
    wsid: String,
    id: Uuid,
}

impl Message {
    fn new() -> Self {
        let fresh = || Uuid::new_v4().simple().to_string();
        Self {
            text: MESSAGE,
            mid: fresh(),
            wsid: format!("check-{}", fresh()),
            id: Uuid::now_v7(),
        }
    }

    /// As a visitor's message, and marked: a workflow may answer it without asking its model.
    fn body(&self, origin: &Origin) -> Vec<u8> {
        let body = json!({
            "action": "sendMessage",
            "sessionId": self.wsid,
            "chatInput": self.text,
            "metadata": {
                "messageId": self.id.to_string(),
                "turn": 1,
                "attempt": 1,
                "site": SiteId::default().as_str(),
                "origin": origin.as_str(),
                "check": true,
                "client": {},
            },
        });
        body.to_string().into_bytes()
    }

    fn token(&self, webhook: &Webhook<'_>, signer: &WorkflowSigner) -> Option<String> {
        let text = MessageText::parse(self.text, u32::MAX).ok()?;
        let site = SiteId::default();
        let claims = WorkflowClaims {
            issuer: webhook.issuer.as_str(),
            audience: &webhook.config.audience,
            wsid: &self.wsid,
            jti: Uuid::new_v4(),
            issued: UnixTime::from(SystemTime::now()),
            site: site.as_str(),
            origin: webhook.issuer.as_str(),
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
