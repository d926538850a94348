//! All replies that are in flight or ended lately.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use porthole_domain::message::MessageId;
use porthole_store::claim::{ClaimRequest, ClaimedReply as _, MemoryClaim, NotClaimed, ReplyStatus};
use porthole_store::{Claims as _, ConversationId, MemoryClaims};
use porthole_telemetry::metrics::Metrics;
use porthole_upstream::Failure;

use crate::budget::{Budget, MAX_BYTES};
use crate::reply::{Ending, Reply};

/// The replies of this process, shared by all workers; clones share them.
#[derive(Clone, Debug)]
pub struct Relay(Arc<Replies>);

#[derive(Debug)]
struct Replies {
    claims: MemoryClaims<Reply>,
    budget: Arc<Budget>,
    keep: Duration,
    metrics: Metrics,
    /// Ended replies in the order of their ends, kept for readers that join late.
    ended: Mutex<VecDeque<Arc<Reply>>>,
}

impl Relay {
    /// Keeps replies for `keep` after their end, and counts them in `metrics`.
    #[must_use]
    pub fn new(keep: Duration, metrics: Metrics) -> Self {
        Self::with_budget(keep, metrics, Budget::new(MAX_BYTES))
    }

    pub(crate) fn with_budget(keep: Duration, metrics: Metrics, budget: Budget) -> Self {
        Self(Arc::new(Replies {
            claims: MemoryClaims::new(keep),
            budget: Arc::new(budget),
            keep,
            metrics,
            ended: Mutex::default(),
        }))
    }

    /// Claims a message, or returns the reason why it does not run (contract §4). The claim is given back when dropped.
    pub async fn claim(
        &self,
        request: &ClaimRequest,
        now: Instant,
    ) -> Result<MemoryClaim<Reply>, NotClaimed<Reply>> {
        self.0.claims.claim(request, now).await
    }

    /// Makes the reply of a claim, which no send can find before [`Relay::start`].
    pub(crate) fn new_reply(&self, claim: &MemoryClaim<Reply>) -> Arc<Reply> {
        let request = claim.request();
        let budget = Arc::clone(&self.0.budget);
        Reply::new(request.conversation.clone(), request.message_id, budget)
    }

    /// Turns a claim into a reply in flight.
    pub(crate) async fn start(&self, claim: MemoryClaim<Reply>, reply: Arc<Reply>) {
        self.0.claims.start(claim, Arc::clone(&reply)).await;
        self.make_room(&reply);
    }

    /// Returns the reply to a message, while it is in flight and as long as it is kept.
    pub async fn find(
        &self,
        conversation: &ConversationId,
        message_id: MessageId,
        now: Instant,
    ) -> Option<Arc<Reply>> {
        self.0.claims.find(conversation, message_id, now).await
    }

    /// Evicts replies whose time is over and that have no reader; called from a timer.
    pub fn sweep(&self, now: Instant) {
        while let Some(reply) = self.pop_expired(now) {
            self.evict_entry(&reply);
        }
    }

    fn pop_expired(&self, now: Instant) -> Option<Arc<Reply>> {
        let mut ended = self.0.ended.lock();
        let expired = |reply: &&Arc<Reply>| now.saturating_duration_since(ended_at(reply)) >= self.0.keep;
        let first = ended.iter().take_while(expired).position(|reply| !reply.has_readers())?;
        ended.remove(first)
    }

    /// Keeps an ended reply for readers that join late.
    pub(crate) fn retain(&self, reply: Arc<Reply>) {
        self.0.ended.lock().push_back(reply);
    }

    /// Evicts ended replies while memory is short, those without readers first, then the oldest; returns `false` where that
    /// did not suffice, and the running `reply` takes more than it may then.
    pub(crate) fn make_room(&self, reply: &Reply) -> bool {
        while self.0.budget.is_short() {
            let Some(ended) = self.pop_oldest() else {
                return self.0.budget.permits(reply.counted_bytes());
            };
            self.evict_entry(&ended);
            ended.evict();
        }
        true
    }

    fn pop_oldest(&self) -> Option<Arc<Reply>> {
        let mut ended = self.0.ended.lock();
        let first = ended.iter().position(|reply| !reply.has_readers());
        ended.remove(first.unwrap_or(0))
    }

    fn evict_entry(&self, reply: &Arc<Reply>) {
        self.0.claims.evict(reply.conversation(), reply.message_id(), reply);
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Returns the number of replies in flight.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.budget.in_flight.get()
    }

    /// Counts an action among the calls in flight.
    pub fn track_call(&self) -> InFlightGuard {
        self.0.budget.in_flight.add();
        InFlightGuard(Arc::clone(&self.0.budget))
    }

    /// Drains: waits until no reply is in flight, or the timeout has passed. Returns the number of those left.
    pub async fn drain(&self, limit: Duration) -> usize {
        // The number tells how it went.
        let _ = tokio::time::timeout(limit, self.0.budget.in_flight.wait_until_zero()).await;
        self.in_flight()
    }

    /// Ends every reply in flight with an event that says so.
    pub fn fail_in_flight(&self) {
        for reply in self.0.claims.running() {
            reply.decide(Ending::Failed(Failure::ShutDown));
        }
    }

    /// Waits until every reader has taken the whole of its reply, or the timeout has passed.
    pub async fn flush(&self, limit: Duration) {
        // A slower reader is cut off; it can join elsewhere or send again.
        let _ = tokio::time::timeout(limit, self.0.budget.readers.wait_until_zero()).await;
    }

    #[cfg(test)]
    pub(crate) fn budget(&self) -> &Budget {
        &self.0.budget
    }

    #[cfg(test)]
    pub(crate) fn conversations(&self) -> usize {
        self.0.claims.conversations()
    }
}

/// Returns the time of the end; a reply in flight, of which the queue has none, never expires.
fn ended_at(reply: &Reply) -> Instant {
    match reply.status() {
        ReplyStatus::InFlight => Instant::now(),
        ReplyStatus::Sealed(at) | ReplyStatus::Failed { at, .. } => at,
    }
}

/// Counts an action among the calls in flight until it is dropped, so that draining waits for it.
#[derive(Debug)]
#[must_use]
pub struct InFlightGuard(Arc<Budget>);

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.in_flight.remove();
    }
}
