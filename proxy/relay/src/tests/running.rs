//! The relay over a webhook that is scripted.

use std::num::NonZeroUsize;

use porthole_config::{Credential, LimitConfig};
use porthole_store::{MemorySiteQuotas, SiteQuotas as _};
use porthole_upstream::{Client, NO_AUTHORITIES, Upstream, Webhook, client, testing};
use url::Url;

use super::scripted::{Scripted, Step};
use super::*;
use crate::{ReplyStart, TimeLimits};

/// Long for timeouts that must not expire, short for those that must.
pub(super) const LONG: TimeLimits = TimeLimits {
    first_word: Duration::from_mins(1),
    next_byte: Duration::from_mins(1),
    after_error: Duration::from_mins(1),
    whole: Duration::from_mins(1),
    after_stop: Duration::from_mins(1),
};
pub(super) const SHORT: Duration = Duration::from_millis(60);

/// A relay whose replies come from one webhook.
pub(super) struct Running {
    relay: Relay,
    webhook: Arc<Webhook>,
    client: Client,
    limits: TimeLimits,
    quotas: MemorySiteQuotas,
}

impl Running {
    pub(super) fn new(url: Url, concurrency: Option<NonZeroUsize>, limits: TimeLimits) -> Self {
        Self {
            relay: Relay::new(KEEP, Metrics::default()),
            webhook: testing::webhook(url, Credential::Jwt, concurrency),
            client: client(NO_AUTHORITIES).unwrap(),
            limits,
            quotas: MemorySiteQuotas::new(&one_a_conversation()),
        }
    }

    /// Lets all replies together take `bytes`.
    pub(super) fn with_budget(mut self, bytes: usize) -> Self {
        self.relay = Relay::with_budget(KEEP, Metrics::default(), Budget::new(bytes));
        self
    }

    pub(super) fn relay(&self) -> &Relay {
        &self.relay
    }

    pub(super) fn with_credential(mut self, url: Url, credential: Credential) -> Self {
        self.webhook = testing::webhook(url, credential, None);
        self
    }

    pub(super) fn at(scripted: &Scripted, limits: TimeLimits) -> Self {
        Self::new(scripted.url.clone(), None, limits)
    }

    pub(super) fn webhook(&self) -> &Webhook {
        &self.webhook
    }

    /// Starts the reply to a message of a conversation of its own.
    pub(super) async fn start(&self, message: u128) -> Arc<Reply> {
        let request = request(message);
        let claim = self.relay.claim(&request, Instant::now()).await.unwrap();
        let sid = request.conversation.sid;
        let site = SiteId::default();
        let quotas = self.quotas.message(sid, ADDRESS.into(), &site);
        let (reservation, permit) = quotas.await.unwrap();
        let start = ReplyStart {
            upstream: Upstream::Webhook(Arc::clone(&self.webhook)),
            client: self.client.clone(),
            call: Box::new(testing::message_call("hi")),
            seal: FakeSeal::default(),
            limits: self.limits,
            reservation,
            permit,
        };
        crate::start(&self.relay, claim, start).await
    }

    /// Waits until the permits of all replies are released.
    pub(super) async fn released(&self) {
        while !self.is_released().await {
            tokio::task::yield_now().await;
        }
    }

    /// Returns `true` where the only concurrency of the site is free.
    pub(super) async fn is_released(&self) -> bool {
        let site = SiteId::default();
        let permit = self.quotas.action(Uuid::nil(), ADDRESS.into(), &site);
        permit.await.is_ok()
    }

    /// Permits one reply in flight, so that its release shows.
    pub(super) fn one_at_once(mut self) -> Self {
        self.quotas = MemorySiteQuotas::new(&LimitConfig { streams_per_site: 1, ..one_a_conversation() });
        self
    }

    pub(super) async fn failure(&self, message: u128) -> Failure {
        self.start(message).await.wait_for_end().await.unwrap_err()
    }
}

const ADDRESS: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// One message a conversation and no other limit.
fn one_a_conversation() -> LimitConfig {
    LimitConfig {
        session_per_minute: 1,
        address_per_minute: 0,
        address_per_hour: 0,
        site_per_minute: 0,
        create_per_minute: 0,
        calls_per_minute: 0,
        network_per_minute: 0,
        network_creations_per_minute: 0,
        actions_per_minute: 0,
        streams_per_address: 0,
        streams_per_network: 0,
        streams_per_site: 0,
    }
}

pub(super) async fn failure(steps: Vec<Step>, limits: TimeLimits) -> Failure {
    let scripted = Scripted::serve(steps).await;
    Running::at(&scripted, limits).failure(1).await
}

pub(super) fn write(parts: &[Vec<u8>]) -> Step {
    Step::Write(parts.concat())
}
