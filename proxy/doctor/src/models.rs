//! Checks the models with a real message to each.

use std::time::Duration;

use porthole_config::setting::OPENAI_BASE_URL;
use porthole_config::{KeyConfig, ModelsConfig};
use porthole_upstream::{MessageCall, models};
use reqwest::Client;

use crate::client::{Peer, RequestError, TimedResponse, exchange};
use crate::finding::{self, Finding};
use crate::webhook::answer;

/// The models, and everything that a call of them needs.
pub(crate) struct ModelsCheck<'a> {
    pub(crate) client: &'a Client,
    pub(crate) models: &'a ModelsConfig,
    pub(crate) keys: &'a KeyConfig,
    /// Timeout of each answer.
    pub(crate) timeout: Duration,
}

impl ModelsCheck<'_> {
    /// Sends the message to one model after another; each finding names its model.
    pub(crate) async fn send(&self, call: &MessageCall) -> Vec<Finding> {
        let mut findings = Vec::new();
        for model in &self.models.models {
            let judged = match self.ask(&model.id, call).await {
                Ok(response) => self.judge(&response),
                Err(error) => vec![self.unreached(&error)],
            };
            let judged = std::iter::once(finding::models::asked(&model.id)).chain(judged);
            findings.extend(judged.map(|finding| finding.about(&model.id)));
        }
        findings
    }

    async fn ask(&self, model: &str, call: &MessageCall) -> Result<TimedResponse, RequestError> {
        let request = models::request(self.models, self.client, model, call, self.keys);
        exchange(request.map_err(|_| RequestError::Broken)?, &self.models.url, self.timeout).await
    }

    fn judge(&self, response: &TimedResponse) -> Vec<Finding> {
        match response.status {
            200..=299 => answer::judge(response, &self.models.reading),
            status @ (401 | 403) => vec![finding::models::key(status)],
            404 => vec![finding::models::unknown()],
            429 => vec![finding::models::limited()],
            status => vec![finding::models::refused(status)],
        }
    }

    fn unreached(&self, error: &RequestError) -> Finding {
        let (name, url) = ("The server of the models", &self.models.url);
        error.finding(Peer { name, url, setting: OPENAI_BASE_URL.name })
    }
}
