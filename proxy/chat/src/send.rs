//! Sending a message (contract §4): claim, guards, start.

use std::sync::Arc;
use std::time::Instant;

use porthole_domain::chain::{Fingerprint, TextHash};
use porthole_domain::message::MessageId;
use porthole_relay::{Reply, ReplyStart, TimeLimits};
use porthole_store::SiteQuotas as _;
use porthole_store::claim::{ClaimRequest, NotClaimed};
use porthole_store::quota::{ConcurrencyPermit, Exceeded, JoinPermit, Reservation};
use porthole_upstream::{Client, Failure, Message, MessageCall};
use serde_json::value::RawValue;

use crate::join::permit;
use crate::seal::ReplySeal;
use crate::{Chat, Visitor};

/// The reasons for which a message does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The message id was used for another message.
    Conflict,
    /// Another reply of the conversation is in flight, that of this message.
    Busy(MessageId),
    /// The token is older than the conversation; the message that moved it on, where it is known.
    Stale(Option<MessageId>),
    /// The message failed, and this is no further attempt.
    FailedBefore(Failure),
    /// The process drains.
    Draining,
    /// A quota has nothing left.
    Exceeded(Exceeded),
}

/// The reply to a message that was sent, to be read from its first event.
#[derive(Debug)]
pub struct Sent {
    /// The reply.
    pub reply: Arc<Reply>,
    /// The permit of a join, where the message ran or runs already.
    pub joined: Option<JoinPermit>,
}

/// Sends a message.
///
/// The claim comes first: a repeat joins there and costs nothing. Only a message that would really run passes the
/// guards; refused by one, its claim and what it took are given back.
pub async fn send(
    chat: &Arc<Chat>,
    visitor: &Visitor,
    message: Message,
    client: Client,
) -> Result<Sent, SendError> {
    let visitor = visitor.on(&message.branch);
    let user = TextHash::new(message.text.as_str());
    let request = claim_request(&visitor, &message, &user);
    let claim = match chat.relay.claim(&request, Instant::now()).await {
        Ok(claim) => claim,
        Err(not_claimed) => return join(chat, &visitor, not_claimed).await,
    };
    let (reservation, permit) = guard(chat, &visitor).await?;
    let message_id = message.id;
    let call = Box::new(MessageCall { context: visitor.call_context(), message, check: false });
    let (upstream, limits) = (visitor.site.upstream.clone(), TimeLimits::default());
    let seal = ReplySeal { chat: Arc::clone(chat), visitor, message_id, user };
    let start = ReplyStart { upstream, client, call, seal, limits, reservation, permit };
    let reply = porthole_relay::start(&chat.relay, claim, start).await;
    Ok(Sent { reply, joined: None })
}

/// Passes the guards, narrow before wide.
async fn guard(chat: &Chat, visitor: &Visitor) -> Result<(Reservation, ConcurrencyPermit), SendError> {
    if chat.is_draining() {
        return Err(SendError::Draining);
    }
    let (session, site) = (&visitor.session, &visitor.site);
    let quotas = site.quotas.message(session.sid, visitor.address, site.id());
    quotas.await.map_err(SendError::Exceeded)
}

async fn join(chat: &Chat, visitor: &Visitor, not_claimed: NotClaimed<Reply>) -> Result<Sent, SendError> {
    match not_claimed {
        NotClaimed::Join(reply) => {
            let permit = permit(chat, visitor).await.map_err(SendError::Exceeded)?;
            Ok(Sent { reply, joined: Some(permit) })
        }
        NotClaimed::FailedBefore(reply) => {
            Err(SendError::FailedBefore(reply.failure().unwrap_or(Failure::Internal)))
        }
        NotClaimed::Conflict => Err(SendError::Conflict),
        NotClaimed::Busy(message_id) => Err(SendError::Busy(message_id)),
        NotClaimed::Stale(message_id) => Err(SendError::Stale(message_id)),
    }
}

fn claim_request(visitor: &Visitor, message: &Message, text: &TextHash) -> ClaimRequest {
    let session = &visitor.session;
    ClaimRequest {
        conversation: visitor.conversation(),
        message_id: message.id,
        fingerprint: Fingerprint::new(
            &session.head,
            session.turn,
            text,
            message.agent.as_deref(),
            message.metadata.as_deref().map(RawValue::get),
        ),
        attempt: message.attempt,
        seq: session.seq,
        fork: message.fork,
    }
}
