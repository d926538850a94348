//! The one builder of requests to a webhook: bodies, ids, tokens, credentials (contract §2, §9).

use bytes::Bytes;
use porthole_config::{Credential, WebhookProtocol};
use porthole_domain::clock::UnixTime;
use porthole_domain::keys::Keyring;
use porthole_domain::token::TokenError;
use porthole_domain::workflow::{MessageClaims, SigningError, WorkflowClaims, WorkflowSigner, message_hash};
use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder};
use secrecy::ExposeSecret as _;
use url::Url;
use uuid::Uuid;

use super::{action_body, message_body, run_body};
use crate::http::post;
use crate::{ActionCall, CallContext, MessageCall};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const ANYTHING: HeaderValue = HeaderValue::from_static("*/*");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");

/// The address of a workflow, and the proxy's credential there.
#[derive(Clone, Debug)]
pub struct WorkflowEndpoint {
    /// The webhook's URL.
    pub url: Url,
    /// `aud` of workflow tokens: the URL without query.
    pub audience: String,
    /// The credential.
    pub credential: Credential,
}

/// A request to a webhook, ready to be sent any number of times.
#[derive(Debug)]
pub struct WebhookRequest {
    context: CallContext,
    accept: HeaderValue,
    body: Bytes,
    /// `mid`, the same for every attempt of a message, so that the workflow can be idempotent.
    idempotency_key: String,
    wsid: String,
    turn: u32,
    /// `mh`, of messages only.
    message_hash: Option<String>,
}

impl WebhookRequest {
    /// Builds the request of a message; it fails only where the key behind the session's workflow id is out of service.
    pub fn message(
        call: &MessageCall,
        protocol: WebhookProtocol,
        keyring: &Keyring,
    ) -> Result<Self, TokenError> {
        let context = &call.context;
        let turn = context.session.turn.saturating_add(1);
        let wsid = keyring.wsid(&context.session)?;
        let (accept, body) = match protocol {
            WebhookProtocol::Workflow => (ANYTHING, message_body::to_json(call, turn, &wsid)),
            WebhookProtocol::AgUi => (EVENTS, run_body::to_json(&call.message, &wsid)),
        };
        Ok(Self {
            accept,
            body,
            idempotency_key: keyring.mid(&context.session, &call.message.id)?,
            message_hash: Some(message_hash(&call.message.text)),
            context: context.clone(),
            wsid,
            turn,
        })
    }

    /// Builds the request of an action; it fails as [`WebhookRequest::message`] does.
    ///
    /// Its token has no `mid` and no `mh`, so that it passes for no message. Its `turn` is the rated one, or the last
    /// sealed one. Its `Idempotency-Key` is fresh: a second rating is meant, and no key may be a visitor's choice or
    /// that of a message.
    pub fn action(call: &ActionCall<'_>, keyring: &Keyring) -> Result<Self, TokenError> {
        let context = call.context;
        let feedback = call.action.feedback();
        let wsid = keyring.wsid(&context.session)?;
        Ok(Self {
            accept: ANYTHING,
            body: action_body::to_json(call, &wsid),
            idempotency_key: Uuid::new_v4().to_string(),
            message_hash: None,
            context: context.clone(),
            wsid,
            turn: feedback.map_or(context.session.turn, |feedback| feedback.turn),
        })
    }

    pub(super) fn request_id(&self) -> Uuid {
        self.context.request_id
    }

    /// Writes the HTTP request. Its workflow token is fresh, and `signer` is there where the credential is a token.
    pub fn to_http(
        &self,
        client: &Client,
        endpoint: &WorkflowEndpoint,
        signer: Option<&WorkflowSigner>,
        now: UnixTime,
    ) -> Result<RequestBuilder, SigningError> {
        let (url, context) = (endpoint.url.clone(), &self.context);
        let request = post(client, url, context.request_id, self.body.clone())
            .header(ACCEPT, &self.accept)
            .header(IDEMPOTENCY_KEY, self.idempotency_key.as_str());
        Ok(match &endpoint.credential {
            Credential::Jwt => {
                let signer = signer.ok_or(SigningError)?;
                request.bearer_auth(self.sign(signer, &endpoint.audience, now)?)
            }
            Credential::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
            Credential::Header { name, value } => request.header(name, value),
            Credential::None => request,
        })
    }

    fn sign(&self, signer: &WorkflowSigner, audience: &str, now: UnixTime) -> Result<String, SigningError> {
        let session = &self.context.session;
        let identity = session.identity.as_ref();
        signer.sign(&WorkflowClaims {
            issuer: self.context.issuer.as_str(),
            audience,
            wsid: &self.wsid,
            jti: Uuid::new_v4(),
            issued: now,
            site: session.site.as_str(),
            origin: session.origin.as_str(),
            user: identity.and_then(|identity| identity.claims.as_ref()),
            turn: self.turn,
            message: self
                .message_hash
                .as_ref()
                .map(|hash| MessageClaims { mid: &self.idempotency_key, hash }),
        })
    }
}
