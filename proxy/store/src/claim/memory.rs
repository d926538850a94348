//! Claims in the memory of one replica, shared by all workers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dashmap::DashMap;
use porthole_domain::message::MessageId;

use super::conversation::{Blocked, Conversation, Retention};
use super::{ClaimRequest, ClaimedReply, Claims, ConversationId, NotClaimed};

/// The claims and replies of this replica; clones share them.
#[derive(Debug)]
pub struct MemoryClaims<R> {
    conversations: Arc<DashMap<ConversationId, Conversation<R>>>,
    keep: Duration,
}

/// A claim on one message of one conversation; given back when dropped.
#[derive(Debug)]
#[must_use]
pub struct MemoryClaim<R: ClaimedReply> {
    claims: MemoryClaims<R>,
    request: ClaimRequest,
    started: bool,
}

impl<R> Clone for MemoryClaims<R> {
    fn clone(&self) -> Self {
        Self { conversations: Arc::clone(&self.conversations), keep: self.keep }
    }
}

impl<R: ClaimedReply> MemoryClaims<R> {
    /// Keeps replies for `keep` after their end.
    #[must_use]
    pub fn new(keep: Duration) -> Self {
        Self { conversations: Arc::default(), keep }
    }

    /// Returns every reply in flight.
    #[must_use]
    pub fn running(&self) -> Vec<Arc<R>> {
        let conversations = self.conversations.iter();
        conversations.filter_map(|conversation| conversation.running()).collect()
    }

    /// Evicts a reply; another that runs or ran under the same id stays.
    pub fn evict(&self, conversation: &ConversationId, message_id: MessageId, reply: &Arc<R>) {
        self.conversations.remove_if_mut(conversation, |_, conversation| {
            conversation.settle();
            conversation.remove(message_id, reply);
            conversation.is_empty()
        });
    }

    /// Returns the number of conversations of which anything is remembered.
    #[must_use]
    pub fn conversations(&self) -> usize {
        self.conversations.len()
    }

    /// Takes the claim where the rules permit it, in one atomic step.
    fn try_claim(&self, request: &ClaimRequest, now: Instant) -> Result<MemoryClaim<R>, Blocked<R>> {
        let key = request.conversation.clone();
        let mut conversation = self.conversations.entry(key).or_default();
        conversation.settle();
        conversation.check_rules(request, &self.retention(now))?;
        conversation.claim(request.message_id);
        Ok(MemoryClaim { claims: self.clone(), request: request.clone(), started: false })
    }

    fn retention(&self, now: Instant) -> Retention {
        Retention { keep: self.keep, now }
    }
}

impl<R: ClaimedReply> Claims<R> for MemoryClaims<R> {
    type Claim = MemoryClaim<R>;

    async fn claim(&self, request: &ClaimRequest, now: Instant) -> Result<MemoryClaim<R>, NotClaimed<R>> {
        loop {
            match self.try_claim(request, now) {
                Ok(claim) => return Ok(claim),
                Err(Blocked::Not(not)) => return Err(not),
                Err(Blocked::Wait(resolved)) => resolved.await,
            }
        }
    }

    async fn start(&self, mut claim: MemoryClaim<R>, reply: Arc<R>) {
        claim.started = true;
        let key = claim.request.conversation.clone();
        let mut conversation = self.conversations.entry(key).or_default();
        conversation.insert(&claim.request, reply);
    }

    async fn find(
        &self,
        conversation: &ConversationId,
        message_id: MessageId,
        now: Instant,
    ) -> Option<Arc<R>> {
        let conversation = self.conversations.get(conversation)?;
        conversation.find(message_id, &self.retention(now))
    }
}

impl<R: ClaimedReply> MemoryClaim<R> {
    /// Returns the claimed send.
    #[must_use]
    pub fn request(&self) -> &ClaimRequest {
        &self.request
    }
}

impl<R: ClaimedReply> Drop for MemoryClaim<R> {
    fn drop(&mut self) {
        if self.started {
            return;
        }
        let key = &self.request.conversation;
        self.claims.conversations.remove_if_mut(key, |_, conversation| {
            conversation.unclaim();
            conversation.is_empty()
        });
    }
}
