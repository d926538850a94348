//! A workflow's webhook over HTTP: n8n first, any endpoint that takes JSON; and agents of AG-UI, which are called alike.

mod action_body;
mod message_body;
mod request;
mod run_body;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use porthole_config::{KeyConfig, WebhookConfig, WebhookProtocol};
use porthole_domain::address::AddressGroup;
use porthole_domain::reply::DecoderOptions;
use porthole_domain::token::TokenError;
use reqwest::Client;

use crate::gatekeeper::Gatekeeper;
use crate::http::{BACK_OFF, Response, send};
use crate::{ActionCall, CallPermit, Failure, MessageCall};
pub use request::{WebhookRequest, WorkflowEndpoint};

/// A webhook, shared by all workers.
#[derive(Debug)]
pub struct Webhook {
    endpoint: WorkflowEndpoint,
    protocol: WebhookProtocol,
    reading: DecoderOptions,
    keys: Arc<KeyConfig>,
    gatekeeper: Gatekeeper,
}

impl Webhook {
    /// Builds the webhook of a site.
    #[must_use]
    pub fn new(config: &WebhookConfig, keys: Arc<KeyConfig>) -> Self {
        Self {
            endpoint: WorkflowEndpoint {
                url: config.url.clone(),
                audience: config.audience.clone(),
                credential: config.credential.clone(),
            },
            protocol: config.protocol,
            reading: config.reading.clone(),
            keys,
            gatekeeper: Gatekeeper::new(NonZeroUsize::new(config.concurrency)),
        }
    }

    /// Waits for a permit to call.
    pub(crate) async fn acquire(&self, address: AddressGroup) -> Result<CallPermit, Failure> {
        self.gatekeeper.acquire(address).await
    }

    /// Sends a message and waits for the answer's head.
    pub(crate) async fn call(&self, client: &Client, call: &MessageCall) -> Result<Response, Failure> {
        let request =
            WebhookRequest::message(call, self.protocol, &self.keys.keyring).map_err(unknown_session)?;
        Response::accept(self.send(client, &request).await?, &self.reading)
    }

    /// Returns `true` where it takes calls that are no message.
    pub(crate) fn takes_actions(&self) -> bool {
        self.protocol == WebhookProtocol::Workflow
    }

    /// Returns how its answers are read.
    pub(crate) const fn reading(&self) -> &DecoderOptions {
        &self.reading
    }

    /// Builds the request of an action.
    pub(crate) fn action_request(&self, call: &ActionCall<'_>) -> Result<WebhookRequest, Failure> {
        WebhookRequest::action(call, &self.keys.keyring).map_err(unknown_session)
    }

    /// Sends a request and waits for the head of an answer of 2xx.
    pub(crate) async fn send(
        &self,
        client: &Client,
        request: &WebhookRequest,
    ) -> Result<reqwest::Response, Failure> {
        let build = || {
            let now = SystemTime::now().into();
            let request = request.to_http(client, &self.endpoint, self.keys.workflow.as_ref(), now);
            request.map_err(|_| Failure::Internal)
        };
        send(build, request.request_id(), BACK_OFF).await
    }

    /// Opens the circuit for a test.
    #[cfg(any(test, feature = "testing"))]
    pub fn open_circuit_until(&self, until: std::time::Instant) {
        self.gatekeeper.open_circuit_until(until);
    }
}

/// Fails a call whose session's workflow id has a key out of service: the workflow could not recognise the session.
fn unknown_session(_: TokenError) -> Failure {
    Failure::SessionEnded
}
