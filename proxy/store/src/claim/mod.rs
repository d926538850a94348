//! Claims on messages: the rules of a send (contract §4, rules 1 to 6), decided in one place for all that share it.
//!
//! Admission has two phases. A claim on (site, session, message) is taken first, and excludes every other send of the
//! conversation. Its holder may then await guards, and either starts the reply or drops the claim, which is given back.
//! A replay of a claimed message waits for that and joins, so that it costs nothing; no lock is held across an await.

mod conversation;
mod memory;

use std::sync::Arc;
use std::time::Instant;

use porthole_domain::chain::Fingerprint;
use porthole_domain::message::MessageId;
use porthole_domain::site::SiteId;
use uuid::Uuid;

pub use memory::{MemoryClaim, MemoryClaims};

/// A conversation: a session id within its site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConversationId {
    /// The site.
    pub site: SiteId,
    /// The session id, the same through all tokens of a conversation.
    pub sid: Uuid,
}

/// A send as the rules see it.
#[derive(Clone, Debug)]
pub struct ClaimRequest {
    /// The conversation that the message belongs to.
    pub conversation: ConversationId,
    /// The client's name for the message.
    pub message_id: MessageId,
    /// The hash over the whole message: the same id with another one is a conflict.
    pub fingerprint: Fingerprint,
    /// The number of the try, from 1.
    pub attempt: u8,
    /// The token's `seq`.
    pub seq: u32,
    /// The client continues from an older state on purpose.
    pub fork: bool,
}

/// The state of a reply as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyStatus {
    /// The reply is in flight.
    InFlight,
    /// The reply was sealed.
    Sealed(Instant),
    /// The reply failed.
    Failed {
        /// The time of its end.
        at: Instant,
        /// The effect on a send of the same message.
        repeat: Repeat,
    },
}

/// The effect of a failed reply on a send of the same message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The message surely never reached the workflow: any attempt runs, as if it were the first.
    Runs,
    /// The visitor stopped it before its first word: the same attempt joins, a greater one runs.
    Joins,
    /// The same attempt gets the failure again, a greater one runs.
    Fails,
}

/// A reply that claims are about.
pub trait ClaimedReply: Send + Sync {
    /// Returns the state of the reply now.
    fn status(&self) -> ReplyStatus;
}

/// The outcome of a send that does not run.
#[derive(Clone, Debug)]
pub enum NotClaimed<R> {
    /// The message ran or runs: the sender joins this reply from its first event (rule 2).
    Join(Arc<R>),
    /// The message failed, and this is no further attempt (rule 3).
    FailedBefore(Arc<R>),
    /// The message id was used for another message (rule 1).
    Conflict,
    /// Another reply of the conversation is in flight, that of this message (rule 4).
    Busy(MessageId),
    /// The token is older than the conversation; the message that moved it on, where it is known (rule 5).
    Stale(Option<MessageId>),
}

/// A store of claims and of the replies that came of them.
pub trait Claims<R: ClaimedReply>: Send + Sync {
    /// A claim; given back when dropped.
    type Claim: Send;

    /// Claims the message, or returns the reason why it does not run.
    fn claim(
        &self,
        request: &ClaimRequest,
        now: Instant,
    ) -> impl Future<Output = Result<Self::Claim, NotClaimed<R>>> + Send;

    /// Turns a claim into a reply in flight (rule 6).
    fn start(&self, claim: Self::Claim, reply: Arc<R>) -> impl Future<Output = ()> + Send;

    /// Returns the reply to a message, while it is in flight and as long as it is kept.
    fn find(
        &self,
        conversation: &ConversationId,
        message_id: MessageId,
        now: Instant,
    ) -> impl Future<Output = Option<Arc<R>>> + Send;
}

#[cfg(test)]
mod tests;
