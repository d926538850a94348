//! A workflow's webhook over HTTP: n8n first, any endpoint that takes JSON.

mod action_body;
mod coding;
mod message_body;
mod request;
mod response;
mod retry_after;

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use porthole_config::{KeyConfig, WebhookConfig};
use porthole_domain::address::AddressGroup;
use porthole_domain::reply::DecoderOptions;
use porthole_domain::token::TokenError;
use porthole_telemetry::event;
use reqwest::{Certificate, Client, redirect, retry};
use tokio::time::sleep;
use uuid::Uuid;

use crate::gatekeeper::Gatekeeper;
use crate::{ActionCall, CallPermit, Failure, MessageCall};
pub use coding::{CodingError, Inflater};
pub use request::{WebhookRequest, WorkflowEndpoint};
pub(crate) use response::drain;
use response::require_success;
pub use response::{Response, is_close_delimited};

/// The timeout of a connection, with TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The idle time of a pooled keep-alive connection: n8n closes its own after 5 s, and a request on a closed one is lost.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// The back-off before the second and the third try to connect, each with a jitter of half.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(300)];

/// No authorities beside those of the machine.
pub const NO_AUTHORITIES: &[&[u8]] = &[];

/// Builds a client; each worker has its own, whose connections live on that worker's runtime.
///
/// It follows no redirect, repeats nothing, decompresses nothing and uses no proxy. It names no `User-Agent`: n8n's
/// "Ignore Bots" refuses every program that names itself, and none that does not. It trusts the authorities of the
/// machine (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others) and these DER certificates.
pub fn client(authorities: &[impl AsRef<[u8]>]) -> Result<Client, reqwest::Error> {
    let authorities: Result<Vec<_>, _> =
        authorities.iter().map(|certificate| Certificate::from_der(certificate.as_ref())).collect();
    Client::builder()
        .tls_certs_merge(authorities?)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .tcp_nodelay(true)
        .build()
}

/// hyper's words for a head with more than 100 headers, or very large ones.
pub const HEAD_TOO_LARGE: &str = "message head is too large";

/// A webhook, shared by all workers.
#[derive(Debug)]
pub struct Webhook {
    endpoint: WorkflowEndpoint,
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
        let request = WebhookRequest::message(call, &self.keys.keyring).map_err(unknown_session)?;
        Response::accept(self.send(client, &request).await?, &self.reading)
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
    ///
    /// A try that could not connect is repeated: then surely nothing was delivered.
    pub(crate) async fn send(
        &self,
        client: &Client,
        request: &WebhookRequest,
    ) -> Result<reqwest::Response, Failure> {
        let mut back_off = BACK_OFF.into_iter();
        loop {
            let error = match self.try_send(client, request).await? {
                Ok(response) => return require_success(response).await,
                Err(error) => error,
            };
            let (is_connect, cause) = (error.is_connect(), root(&error));
            let request_id = request.request_id().simple();
            event!(DEBUG, %request_id, is_connect, cause, "upstream.send_failed");
            if !is_connect {
                let is_large = cause == HEAD_TOO_LARGE;
                return Err(if is_large { Failure::HeadTooLarge } else { Failure::Interrupted });
            }
            let wait = back_off.next().ok_or(Failure::Unreachable)?;
            sleep(with_jitter(wait)).await;
        }
    }

    /// Sends once, with a token of its own: it lives 30 seconds.
    async fn try_send(
        &self,
        client: &Client,
        request: &WebhookRequest,
    ) -> Result<Result<reqwest::Response, reqwest::Error>, Failure> {
        let now = SystemTime::now().into();
        let request = request.to_http(client, &self.endpoint, self.keys.workflow.as_ref(), now);
        Ok(request.map_err(|_| Failure::Internal)?.send().await)
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

/// Returns the innermost cause, which names no address.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Spreads the tries of many messages that failed together: a jitter of half more or less.
fn with_jitter(wait: Duration) -> Duration {
    let (_, random) = Uuid::new_v4().as_u64_pair();
    let per_mille = 500 + u32::try_from(random % 1001).unwrap_or(500);
    wait * per_mille / 1000
}
