//! The relay and a webhook that is scripted.

use std::sync::atomic::{AtomicUsize, Ordering};

use porthole_config::Credential;
use porthole_domain::message::MessageText;
use tokio::sync::oneshot;

use super::{
    scripted::{Scripted, Step},
    *,
};
use crate::{
    relay::{Permit, TimeLimits, start},
    upstream::{Call, Post, Upstream, Webhook},
};

/// Long for what must not run out, short for what must.
pub(super) const LONG: TimeLimits = TimeLimits {
    first_byte: Duration::from_mins(1),
    next_byte: Duration::from_mins(1),
    after_error: Duration::from_mins(1),
    whole: Duration::from_mins(1),
    after_stop: Duration::from_mins(1),
};
pub(super) const SHORT: Duration = Duration::from_millis(60);

pub(super) struct Bench {
    relay: Relay,
    upstream: Arc<Upstream>,
    client: reqwest::Client,
    limits: TimeLimits,
    pub(super) minted: Arc<AtomicUsize>,
}

impl Bench {
    pub(super) fn new(webhook: Webhook, limits: TimeLimits) -> Self {
        let upstream = Arc::new(Upstream::Webhook(webhook));
        let client = Webhook::client().unwrap();
        Self {
            relay: Relay::new(KEEP),
            upstream,
            client,
            limits,
            minted: Arc::default(),
        }
    }

    pub(super) fn at(scripted: &Scripted, limits: TimeLimits) -> Self {
        Self::new(Webhook::new(scripted.url.clone(), Credential::Jwt, None), limits)
    }

    /// Starts the reply to a message of a conversation of its own; the receiver tells when the permit is released.
    pub(super) fn start(&self, message: u128) -> (Arc<Reply>, oneshot::Receiver<()>) {
        let producer = run(
            &self.relay,
            &Claim {
                conversation: conversation(message),
                ..claim(message)
            },
        );
        let reply = Arc::clone(producer.reply());
        let minted = Arc::clone(&self.minted);
        let call = Call {
            message: MessageText::parse("hi", 10).unwrap(),
            post: Post {
                body: "{\"chatInput\":\"hi\"}".into(),
                idempotency_key: "mid".into(),
                request_id: Uuid::from_u128(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c),
                token: Box::new(move || Ok(format!("token-{}", minted.fetch_add(1, Ordering::Relaxed) + 1))),
            },
        };
        let (held, released) = oneshot::channel();
        start(
            producer,
            Arc::clone(&self.upstream),
            self.client.clone(),
            call,
            self.limits,
            Held(held),
        );
        (reply, released)
    }

    pub(super) async fn failure(&self, message: u128) -> Failure {
        self.start(message).0.finished().await.unwrap_err()
    }
}

/// A permit whose release is noticed.
struct Held(#[expect(dead_code, reason = "its end is the news")] oneshot::Sender<()>);

impl Permit for Held {
    fn use_up(&mut self) {}
}

pub(super) async fn failure(steps: Vec<Step>, limits: TimeLimits) -> Failure {
    let scripted = Scripted::serve(steps).await;
    Bench::at(&scripted, limits).failure(1).await
}

pub(super) fn write(parts: &[Vec<u8>]) -> Step {
    Step::Write(parts.concat())
}
