//! One conversation as far as it is remembered, and the rules over it (contract §4, rules 1 to 6).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use porthole_domain::chain::Fingerprint;
use porthole_domain::message::MessageId;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use super::{ClaimRequest, ClaimedReply, NotClaimed, Repeat, ReplyStatus};

/// The reason why a send takes no claim now.
pub(super) enum Blocked<R> {
    /// Another send holds a claim on the conversation; this completes when it is resolved.
    Wait(OwnedNotified),
    /// The message does not run.
    Not(NotClaimed<R>),
}

#[derive(Debug)]
pub(super) struct Conversation<R> {
    highest_seq: u32,
    moved_by: Option<MessageId>,
    running: Option<MessageId>,
    /// The claimed message, until its claim is dropped or its reply starts.
    claimed: Option<Claimed>,
    entries: HashMap<MessageId, Entry<R>>,
}

/// A claimed message, and the sends that wait for it; most claims have none.
#[derive(Debug)]
struct Claimed {
    message_id: MessageId,
    waiting: Option<Arc<Notify>>,
}

impl Claimed {
    /// Waits from now on: registered under the lock of the conversation, so that no resolution is missed.
    fn wait(&mut self) -> OwnedNotified {
        Arc::clone(self.waiting.get_or_insert_default()).notified_owned()
    }
}

#[derive(Debug)]
struct Entry<R> {
    reply: Arc<R>,
    fingerprint: Fingerprint,
    attempt: u8,
    seq: u32,
}

impl<R> Default for Conversation<R> {
    fn default() -> Self {
        Self { highest_seq: 0, moved_by: None, running: None, claimed: None, entries: HashMap::new() }
    }
}

impl<R: ClaimedReply> Conversation<R> {
    /// Records the end of the running reply, if it has ended.
    pub(super) fn settle(&mut self) {
        let Some(message_id) = self.running else { return };
        let Some(entry) = self.entries.get(&message_id) else {
            return self.running = None;
        };
        match entry.reply.status() {
            ReplyStatus::InFlight => return,
            ReplyStatus::Failed { .. } => {}
            // The token that a reply mints is one step after the token that started it.
            ReplyStatus::Sealed(_) => {
                let minted = entry.seq.saturating_add(1);
                if minted > self.highest_seq {
                    self.highest_seq = minted;
                    self.moved_by = Some(message_id);
                }
            }
        }
        self.running = None;
    }

    /// Applies rules 1 to 5.
    pub(super) fn check_rules(
        &mut self,
        request: &ClaimRequest,
        retention: &Retention,
    ) -> Result<(), Blocked<R>> {
        let claimed = self.claimed.as_mut();
        if let Some(claimed) = claimed.filter(|claimed| claimed.message_id == request.message_id) {
            return Err(Blocked::Wait(claimed.wait()));
        }
        let entry = self.entries.get(&request.message_id);
        let known = entry.filter(|entry| retention.keeps(&*entry.reply));
        if let Some(not) = known.and_then(|entry| entry.decide(request)) {
            return Err(Blocked::Not(not));
        }
        if let Some(running) = self.running {
            return Err(Blocked::Not(NotClaimed::Busy(running)));
        }
        if let Some(claimed) = &mut self.claimed {
            return Err(Blocked::Wait(claimed.wait()));
        }
        if request.seq < self.highest_seq && !request.fork {
            return Err(Blocked::Not(NotClaimed::Stale(self.moved_by)));
        }
        Ok(())
    }

    pub(super) fn claim(&mut self, message_id: MessageId) {
        self.claimed = Some(Claimed { message_id, waiting: None });
    }

    /// Resolves the claim, and wakes the sends that wait for it.
    pub(super) fn unclaim(&mut self) {
        if let Some(waiting) = self.claimed.take().and_then(|claimed| claimed.waiting) {
            waiting.notify_waiters();
        }
    }

    /// Applies rule 6.
    pub(super) fn insert(&mut self, request: &ClaimRequest, reply: Arc<R>) {
        self.unclaim();
        if request.seq > self.highest_seq {
            self.highest_seq = request.seq;
            self.moved_by = None;
        }
        self.running = Some(request.message_id);
        let entry =
            Entry { reply, fingerprint: request.fingerprint, attempt: request.attempt, seq: request.seq };
        self.entries.insert(request.message_id, entry);
    }

    pub(super) fn find(&self, message_id: MessageId, retention: &Retention) -> Option<Arc<R>> {
        let entry = self.entries.get(&message_id)?;
        retention.keeps(&*entry.reply).then(|| Arc::clone(&entry.reply))
    }

    pub(super) fn running(&self) -> Option<Arc<R>> {
        let entry = self.entries.get(&self.running?)?;
        (entry.reply.status() == ReplyStatus::InFlight).then(|| Arc::clone(&entry.reply))
    }

    /// Removes a reply; another that runs or ran under the same id stays.
    pub(super) fn remove(&mut self, message_id: MessageId, reply: &Arc<R>) {
        let entry = self.entries.get(&message_id);
        if entry.is_some_and(|entry| Arc::ptr_eq(&entry.reply, reply)) {
            self.entries.remove(&message_id);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.claimed.is_none()
    }
}

impl<R: ClaimedReply> Entry<R> {
    /// Applies rules 1 to 3; `None` where the message may run again.
    fn decide(&self, request: &ClaimRequest) -> Option<NotClaimed<R>> {
        if self.fingerprint != request.fingerprint {
            return Some(NotClaimed::Conflict);
        }
        let further = request.attempt > self.attempt;
        let reply = || Arc::clone(&self.reply);
        match self.reply.status() {
            ReplyStatus::Failed { repeat, .. } => match repeat {
                Repeat::Runs => None,
                Repeat::Joins | Repeat::Fails if further => None,
                Repeat::Joins => Some(NotClaimed::Join(reply())),
                Repeat::Fails => Some(NotClaimed::FailedBefore(reply())),
            },
            ReplyStatus::InFlight | ReplyStatus::Sealed(_) => Some(NotClaimed::Join(reply())),
        }
    }
}

/// The time for which an ended reply counts, and the time now.
pub(super) struct Retention {
    pub(super) keep: Duration,
    pub(super) now: Instant,
}

impl Retention {
    /// Returns `true` where an entry still counts: its time is not over, and its message may have reached the workflow.
    fn keeps(&self, reply: &impl ClaimedReply) -> bool {
        match reply.status() {
            ReplyStatus::InFlight => true,
            ReplyStatus::Failed { repeat: Repeat::Runs, .. } => false,
            ReplyStatus::Sealed(at) | ReplyStatus::Failed { at, .. } => {
                self.now.saturating_duration_since(at) < self.keep
            }
        }
    }
}
