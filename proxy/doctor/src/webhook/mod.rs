//! Checks the webhook with a real message. A workflow that checks the token itself runs twice.

pub(crate) mod answer;
pub(crate) mod clock;
mod credential_kind;
mod refusal;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use porthole_config::setting::{AG_UI_URL, N8N_WEBHOOK_URL};
use porthole_config::{Credential, KeyConfig, SiteConfig, WebhookConfig, WebhookProtocol, random_secret};
use porthole_domain::origin::Origin;
use porthole_domain::workflow::WorkflowSigner;
use porthole_upstream::webhook::{WebhookRequest, WorkflowEndpoint};
use reqwest::header::DATE;
use reqwest::{Client, RequestBuilder};

use crate::client::{Peer, RequestError, TimedResponse, exchange};
use crate::finding::{self, Finding};
use crate::message;
use credential_kind::CredentialKind;

/// The webhook, and everything that a call of it needs.
pub(crate) struct WebhookCheck<'a> {
    pub(crate) client: &'a Client,
    pub(crate) webhook: &'a WebhookConfig,
    pub(crate) site: &'a SiteConfig,
    pub(crate) keys: &'a KeyConfig,
    /// The proxy's own origin.
    pub(crate) issuer: &'a Origin,
    /// Timeout of the answer.
    pub(crate) timeout: Duration,
}

impl WebhookCheck<'_> {
    /// Sends a message, with wrong credentials first: a webhook that checks them refuses at no cost, and a
    /// webhook that accepts them has already run, so no second message is sent.
    pub(crate) async fn send_message(&self) -> Vec<Finding> {
        if matches!(self.webhook.credential, Credential::None) {
            return self.judge(self.send(Credential::None, None).await);
        }
        let forger = WorkflowSigner::hs256(&random_secret());
        match self.send(self.wrong_credential(), Some(&forger)).await {
            Ok(response) if response.is_success() => {
                let open = std::iter::once(finding::webhook::open());
                open.chain(self.judge(Ok(response))).collect()
            }
            // The workflow failed or the server was down: another credential would not help.
            Ok(response) if response.status >= 500 => self.judge(Ok(response)),
            Ok(_) => {
                let credential = self.webhook.credential.clone();
                self.judge(self.send(credential, self.keys.workflow.as_ref()).await)
            }
            Err(error) => self.judge(Err(error)),
        }
    }

    /// Sends a GET, which runs no workflow.
    pub(crate) async fn get(&self) -> Vec<Finding> {
        let url = &self.webhook.url;
        match exchange(self.client.get(url.clone()), url, self.timeout).await {
            Ok(response) => {
                let clock = clock::judge(response.header(DATE), response.now);
                std::iter::once(self.judge_get(&response)).chain(clock).collect()
            }
            Err(error) => vec![self.unreached(&error)],
        }
    }

    fn judge(&self, sent: Result<TimedResponse, RequestError>) -> Vec<Finding> {
        let response = match sent {
            Ok(response) => response,
            Err(error) => return vec![self.unreached(&error)],
        };
        let clock = clock::judge(response.header(DATE), response.now);
        let mut findings: Vec<Finding> = clock.into_iter().collect();
        if response.is_success() {
            findings.extend(answer::judge(&response, &self.webhook.reading));
        } else {
            findings.push(refusal::judge(&response, self.kind(), &self.webhook.url));
        }
        findings
    }

    /// Judges the answer to a request without a message.
    fn judge_get(&self, response: &TimedResponse) -> Finding {
        let is_registered = response.beginning().contains("Did you mean to make a POST");
        match response.status {
            404 if is_registered => finding::webhook::registered(),
            404 | 300..=399 | 502..=504 => refusal::judge(response, self.kind(), &self.webhook.url),
            status => finding::webhook::reached(status),
        }
    }

    fn unreached(&self, error: &RequestError) -> Finding {
        let setting = match self.webhook.protocol {
            WebhookProtocol::Workflow => &N8N_WEBHOOK_URL,
            WebhookProtocol::AgUi => &AG_UI_URL,
        };
        error.finding(Peer { name: "The webhook", url: &self.webhook.url, setting: setting.name })
    }

    fn kind(&self) -> CredentialKind {
        CredentialKind::new(&self.webhook.credential, self.keys.workflow.as_ref())
    }

    /// Returns a credential of the right kind with a random secret.
    fn wrong_credential(&self) -> Credential {
        let (secret, own) = (random_secret(), self.webhook.credential.clone());
        match own {
            Credential::Basic { user, .. } => Credential::Basic { user, password: secret },
            Credential::Header { name, .. } => {
                Credential::header(name.as_str(), &secret).unwrap_or(Credential::None)
            }
            Credential::Jwt | Credential::None => own,
        }
    }

    async fn send(
        &self,
        credential: Credential,
        signer: Option<&WorkflowSigner>,
    ) -> Result<TimedResponse, RequestError> {
        let request = self.request(credential, signer).ok_or(RequestError::Broken)?;
        exchange(request, &self.webhook.url, self.timeout).await
    }

    fn request(&self, credential: Credential, signer: Option<&WorkflowSigner>) -> Option<RequestBuilder> {
        let endpoint = WorkflowEndpoint {
            url: self.webhook.url.clone(),
            audience: self.webhook.audience.clone(),
            credential,
        };
        let call = message::call(self.site, self.keys, self.issuer)?;
        let request = WebhookRequest::message(&call, self.webhook.protocol, &self.keys.keyring).ok()?;
        let now = SystemTime::now().into();
        request.to_http(self.client, &endpoint, signer, now).ok()
    }
}
