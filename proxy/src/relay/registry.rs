//! Which messages run or ran here lately, and what a send may do (PROTOCOL §4).

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use dashmap::DashMap;
use porthole_domain::{chain::Fingerprint, message::MessageId, site::SiteId};
use uuid::Uuid;

use super::{
    ledger::{Ledger, Limits},
    reply::{Producer, Reply, Sealing, Standing},
};
use crate::upstream::Failure;

/// A conversation: a session id within its site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConversationId {
    /// The site.
    pub(crate) site: SiteId,
    /// The session id, the same through all tokens of a conversation.
    pub(crate) sid: Uuid,
}

/// What a send claims.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Where it speaks.
    pub(crate) conversation: ConversationId,
    /// The client's name for the message.
    pub(crate) message_id: MessageId,
    /// The hash over all that it asks for.
    pub(crate) fingerprint: Fingerprint,
    /// Counted from 1.
    pub(crate) attempt: u8,
    /// The token's `seq`.
    pub(crate) seq: u32,
    /// Whether it goes on from an older state on purpose.
    pub(crate) fork: bool,
}

/// What becomes of a send.
#[derive(Debug)]
pub(crate) enum Admission<G, R> {
    /// It runs now: hand both to [`super::start`].
    Run {
        /// Writes the reply.
        producer: Producer,
        /// What the guards granted.
        permit: G,
    },
    /// It does not run.
    Instead(Instead),
    /// A guard refused.
    Refused(R),
}

/// What a send gets instead of a run.
#[derive(Debug)]
pub(crate) enum Instead {
    /// It ran or runs: join this reply from its first event.
    Join(Arc<Reply>),
    /// It failed, and this is no further attempt.
    FailedBefore(Failure),
    /// The message id was used for another message.
    Conflict,
    /// Another reply of the conversation runs: this message's.
    Busy(MessageId),
    /// The token is older than the conversation; the message that moved it on, where it is known.
    Stale(Option<MessageId>),
}

/// All replies that run or ended lately, shared by all workers.
#[derive(Clone, Debug)]
pub(crate) struct Relay(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    threads: DashMap<ConversationId, Thread>,
    ledger: Arc<Ledger>,
    keep: Duration,
}

/// One conversation, as far as it is remembered.
#[derive(Debug, Default)]
struct Thread {
    highest_seq: u32,
    moved_by: Option<MessageId>,
    running: Option<MessageId>,
    entries: HashMap<MessageId, Entry>,
}

#[derive(Debug)]
struct Entry {
    reply: Arc<Reply>,
    fingerprint: Fingerprint,
    attempt: u8,
    seq: u32,
}

impl Relay {
    /// Keeps replies for `keep` after their end.
    pub(crate) fn new(keep: Duration) -> Self {
        Self::with_limits(keep, Limits::default())
    }

    pub(super) fn with_limits(keep: Duration, limits: Limits) -> Self {
        Self(Arc::new(Shared {
            threads: DashMap::new(),
            ledger: Arc::new(Ledger::new(limits)),
            keep,
        }))
    }

    /// Decides over a send, in one atomic step.
    ///
    /// `guards` and `sealing` are called only if the message would really run, and must not call the relay; where the
    /// guards refuse, nothing is left behind.
    pub(crate) fn admit<G, R>(
        &self,
        claim: &Claim,
        now: Instant,
        guards: impl FnOnce() -> Result<G, R>,
        sealing: impl FnOnce() -> Box<dyn Sealing>,
    ) -> Admission<G, R> {
        let admission = {
            let mut thread = self.0.threads.entry(claim.conversation.clone()).or_default();
            thread.settle();
            match thread.decide(claim, |entry| self.is_kept(entry, now)) {
                Some(instead) => Admission::Instead(instead),
                None => match guards() {
                    Err(refusal) => Admission::Refused(refusal),
                    Ok(permit) => {
                        let producer = self.begin(claim, sealing());
                        thread.insert(claim, Arc::clone(producer.reply()));
                        Admission::Run { producer, permit }
                    }
                },
            }
        };
        match admission {
            Admission::Run { .. } => drop(self.make_room()),
            Admission::Refused(_) => self.forget_if_empty(&claim.conversation),
            Admission::Instead(_) => {}
        }
        admission
    }

    fn begin(&self, claim: &Claim, sealing: Box<dyn Sealing>) -> Producer {
        Reply::begin(
            claim.conversation.clone(),
            claim.message_id,
            self.clone(),
            sealing,
        )
    }

    /// The reply to a message, while it runs and as long as it is kept.
    pub(crate) fn find(
        &self,
        conversation: &ConversationId,
        message_id: MessageId,
        now: Instant,
    ) -> Option<Arc<Reply>> {
        let thread = self.0.threads.get(conversation)?;
        let entry = thread
            .entries
            .get(&message_id)
            .filter(|entry| self.is_kept(entry, now))?;
        Some(Arc::clone(&entry.reply))
    }

    /// Forgets replies whose time is over and that nobody reads; to be called from a timer.
    pub(crate) fn sweep(&self, now: Instant) {
        while let Some(reply) = self.0.ledger.pop_older(self.0.keep, now) {
            self.forget(&reply);
        }
    }

    /// The number of replies that run.
    pub(crate) fn running(&self) -> usize {
        self.0.ledger.running()
    }

    /// Counts another call of the workflow among the replies that run, until it is dropped.
    pub(crate) fn unfinished(&self) -> Unfinished {
        self.0.ledger.one_more_runs();
        Unfinished(Arc::clone(&self.0.ledger))
    }

    /// Waits until no reply runs, or `patience` has passed; the number of those that still run.
    pub(crate) async fn drained(&self, patience: Duration) -> usize {
        // Either way the number tells how it went.
        let _ = tokio::time::timeout(patience, self.0.ledger.idle()).await;
        self.running()
    }

    /// Ends every reply that still runs, with an event that says so.
    pub(crate) fn cut_off(&self) {
        let running: Vec<_> = self
            .0
            .threads
            .iter()
            .filter_map(|thread| thread.running())
            .collect();
        for reply in running {
            reply.cut_off();
        }
    }

    /// Waits until every reader has taken the whole of its reply, or `patience` has passed.
    pub(crate) async fn read_out(&self, patience: Duration) {
        // Who is slower than that is cut off; they can join elsewhere or send again.
        let _ = tokio::time::timeout(patience, self.0.ledger.read_out()).await;
    }

    /// Conversations of which something is remembered.
    #[cfg(test)]
    pub(super) fn conversations(&self) -> usize {
        self.0.threads.len()
    }

    pub(super) fn ledger(&self) -> &Arc<Ledger> {
        &self.0.ledger
    }

    /// Gives up ended replies, oldest first, while all together take too much; whether that was enough.
    pub(super) fn make_room(&self) -> bool {
        while self.0.ledger.is_over() {
            let Some(reply) = self.0.ledger.pop_first() else {
                return false;
            };
            self.forget(&reply);
            reply.give_up();
        }
        true
    }

    /// Whether an entry still counts: its time is not over, and its message may have reached the upstream.
    fn is_kept(&self, entry: &Entry, now: Instant) -> bool {
        match entry.reply.standing() {
            Standing::Running => true,
            Standing::Sealed(at) => now.saturating_duration_since(at) < self.0.keep,
            Standing::Failed(failure, at) => {
                !failure.before_delivery() && now.saturating_duration_since(at) < self.0.keep
            }
        }
    }

    /// Removes a reply; another that runs or ran under the same id stays.
    fn forget(&self, reply: &Arc<Reply>) {
        self.0.threads.remove_if_mut(reply.conversation(), |_, thread| {
            thread.settle();
            thread.remove(reply);
            thread.entries.is_empty()
        });
    }

    fn forget_if_empty(&self, conversation: &ConversationId) {
        self.0
            .threads
            .remove_if(conversation, |_, thread| thread.entries.is_empty());
    }
}

/// A call of the workflow that is no reply: the process ends after it.
#[derive(Debug)]
pub(crate) struct Unfinished(Arc<Ledger>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.one_less_runs();
    }
}

impl Thread {
    /// Takes in how the running reply ended, if it did.
    fn settle(&mut self) {
        let Some(message_id) = self.running else { return };
        let Some(entry) = self.entries.get(&message_id) else {
            return self.running = None;
        };
        match entry.reply.standing() {
            Standing::Running => return,
            Standing::Failed(..) => {}
            // The token that a reply mints is one step after the token that started it.
            Standing::Sealed(_) => {
                let minted = entry.seq.saturating_add(1);
                if minted > self.highest_seq {
                    self.highest_seq = minted;
                    self.moved_by = Some(message_id);
                }
            }
        }
        self.running = None;
    }

    fn running(&self) -> Option<Arc<Reply>> {
        let entry = self.entries.get(&self.running?)?;
        (entry.reply.standing() == Standing::Running).then(|| Arc::clone(&entry.reply))
    }

    /// Rules 1 to 5; `None` where the message runs.
    fn decide(&self, claim: &Claim, is_kept: impl Fn(&Entry) -> bool) -> Option<Instead> {
        let known = self.entries.get(&claim.message_id).filter(|entry| is_kept(entry));
        let is_stale = claim.seq < self.highest_seq && !claim.fork;
        known
            .and_then(|entry| entry.instead(claim))
            .or_else(|| self.running.map(Instead::Busy))
            .or_else(|| is_stale.then_some(Instead::Stale(self.moved_by)))
    }

    /// Rule 6.
    fn insert(&mut self, claim: &Claim, reply: Arc<Reply>) {
        if claim.seq > self.highest_seq {
            self.highest_seq = claim.seq;
            self.moved_by = None;
        }
        self.running = Some(claim.message_id);
        let entry = Entry {
            reply,
            fingerprint: claim.fingerprint,
            attempt: claim.attempt,
            seq: claim.seq,
        };
        self.entries.insert(claim.message_id, entry);
    }

    fn remove(&mut self, reply: &Arc<Reply>) {
        let message_id = reply.message_id();
        let entry = self.entries.get(&message_id);
        if entry.is_some_and(|entry| Arc::ptr_eq(&entry.reply, reply)) {
            self.entries.remove(&message_id);
        }
    }
}

impl Entry {
    /// Rules 1 to 3; `None` where the message may run again.
    fn instead(&self, claim: &Claim) -> Option<Instead> {
        if self.fingerprint != claim.fingerprint {
            return Some(Instead::Conflict);
        }
        let again = claim.attempt > self.attempt;
        match self.reply.standing() {
            Standing::Failed(..) if again => None,
            // Stopped before the first word: the visitor's own doing, so only a further attempt runs.
            Standing::Running | Standing::Sealed(_) | Standing::Failed(Failure::Stopped, _) => {
                Some(Instead::Join(Arc::clone(&self.reply)))
            }
            Standing::Failed(failure, _) => Some(Instead::FailedBefore(failure)),
        }
    }
}
