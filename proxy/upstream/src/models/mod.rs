//! Models behind an interface like `OpenAI`'s: they take turns, and one that is busy or fails lets the next one answer.

mod body;
mod role_guard;
mod rotation;

use std::iter::once;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use porthole_config::{KeyConfig, ModelsConfig};
use porthole_domain::address::AddressGroup;
use porthole_telemetry::event;
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, RequestBuilder};

use crate::gatekeeper::Gatekeeper;
use crate::http::{self, BACK_OFF, Response};
use crate::{CallPermit, Failure, MessageCall};
use rotation::{RestCause, Rotation};

/// The models of a site, shared by all workers.
#[derive(Debug)]
pub struct Models {
    config: ModelsConfig,
    keys: Arc<KeyConfig>,
    rotation: Rotation,
    gatekeeper: Gatekeeper,
}

impl Models {
    /// Builds the models of a site.
    #[must_use]
    pub fn new(config: &ModelsConfig, keys: Arc<KeyConfig>) -> Self {
        Self {
            rotation: Rotation::new(config.models.len(), Instant::now()),
            gatekeeper: Gatekeeper::new(NonZeroUsize::new(config.concurrency)),
            config: config.clone(),
            keys,
        }
    }

    /// Waits for a permit to call.
    pub(crate) async fn acquire(&self, address: AddressGroup) -> Result<CallPermit, Failure> {
        self.gatekeeper.acquire(address).await
    }

    /// Sends a message to one model after another, and waits until the head of an answer is there. No byte of its body was
    /// read by then: a message never has two answers.
    pub(crate) async fn call(&self, client: &Client, call: &MessageCall) -> Result<Response, Failure> {
        let models = self.order(call.message.agent.as_deref())?;
        let mut outcome = Err(Failure::Internal);
        for (at, model) in models.iter().enumerate() {
            let (build, id) = (|| self.request(client, *model, call), call.context.request_id);
            // Another model is a better second try than the same one.
            let is_last = at + 1 == models.len();
            outcome = http::send(build, id, if is_last { BACK_OFF } else { &[] }).await;
            if is_last && matches!(outcome, Err(Failure::Interrupted)) {
                // llama.cpp closes each kept connection after its answer, also under a request that is on its way.
                outcome = http::send(build, id, &[]).await;
            }
            match outcome {
                Ok(_) => {
                    self.rotation.recover(*model);
                    break;
                }
                Err(failure) if is_passing(failure) => outcome = Err(self.rest(*model, call, failure)),
                Err(_) => break,
            }
        }
        Response::accept(outcome?, &self.config.reading)
    }

    /// Returns the models that a message is tried with, in order.
    fn order(&self, chosen: Option<&str>) -> Result<Vec<usize>, Failure> {
        let chosen = self.config.models.iter().position(|model| Some(model.id.as_str()) == chosen);
        let order: Vec<usize> = match chosen {
            // A visitor who has chosen is not answered by another.
            Some(model) if self.config.offers_choice => vec![model],
            Some(model) => once(model).chain(self.rotation.turn().filter(|other| *other != model)).collect(),
            None => self.rotation.turn().collect(),
        };
        self.rotation.open(&order, Instant::now()).map_err(Failure::CircuitOpen)
    }

    /// Lets a model rest that failed, and returns the failure as it is told.
    fn rest(&self, model: usize, call: &MessageCall, failure: Failure) -> Failure {
        let cause = match failure {
            Failure::RetryLater(_, wait) => RestCause::Asked(wait),
            _ if is_limit(failure) => RestCause::Limit,
            _ => RestCause::Failure,
        };
        let wait = self.rotation.rest(model, cause, Instant::now());
        event!(
            WARN,
            request_id = %call.context.request_id.simple(),
            model = %self.config.models[model].id,
            cause = %failure,
            wait_seconds = wait.as_secs(),
            "upstream.model_rests"
        );
        if is_limit(failure) { Failure::ModelsBusy(wait) } else { failure }
    }

    fn request(&self, client: &Client, model: usize, call: &MessageCall) -> Result<RequestBuilder, Failure> {
        request(&self.config, client, &self.config.models[model].id, call, &self.keys)
    }
}

/// Builds the request of a message to one model; it fails only where the key behind the session's workflow id is out of
/// service.
pub fn request(
    config: &ModelsConfig,
    client: &Client,
    model: &str,
    call: &MessageCall,
    keys: &KeyConfig,
) -> Result<RequestBuilder, Failure> {
    let user = keys.keyring.wsid(&call.context.session).map_err(|_| Failure::SessionEnded)?;
    let body = body::to_json(config, model, &call.message, &user);
    let request = http::post(client, config.url.clone(), call.context.request_id, body);
    Ok(match &config.authorization {
        Some(authorization) => request.header(AUTHORIZATION, authorization),
        None => request,
    })
}

/// Returns `true` where another model may answer, and this one after a while.
fn is_passing(failure: Failure) -> bool {
    failure.is_outage() || is_limit(failure)
}

const fn is_limit(failure: Failure) -> bool {
    matches!(failure, Failure::Status(429) | Failure::RetryLater(429, _))
}
