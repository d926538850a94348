//! Joining a reply, and stopping it (contract §4).

use std::sync::Arc;
use std::time::Instant;

use porthole_domain::message::MessageId;
use porthole_relay::Reply;
use porthole_store::SiteQuotas as _;
use porthole_store::quota::{Exceeded, JoinPermit};

use crate::{Chat, Visitor};

/// The reasons for which no reply is joined or stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinError {
    /// There is no such reply here: unknown, foreign and evicted replies are the same.
    UnknownReply,
    /// The address reads too many replies at once.
    Exceeded(Exceeded),
}

/// Finds the reply to a message of the visitor's conversation, to be read from any event on while the permit is held.
pub async fn join(
    chat: &Chat,
    visitor: &Visitor,
    message_id: MessageId,
) -> Result<(Arc<Reply>, JoinPermit), JoinError> {
    let reply = find(chat, visitor, message_id).await?;
    let permit = permit(chat, visitor).await.map_err(JoinError::Exceeded)?;
    Ok((reply, permit))
}

/// Counts a join, by its own call or by a message that was sent again.
pub(crate) async fn permit(chat: &Chat, visitor: &Visitor) -> Result<JoinPermit, Exceeded> {
    let permit = visitor.site.quotas.join(visitor.address).await?;
    chat.metrics.joined();
    Ok(permit)
}

/// Stops the reply to a message, and waits until its terminal event is there; without effect after its end.
pub async fn stop(chat: &Chat, visitor: &Visitor, message_id: MessageId) -> Result<(), JoinError> {
    find(chat, visitor, message_id).await?.stop().await;
    Ok(())
}

async fn find(chat: &Chat, visitor: &Visitor, message_id: MessageId) -> Result<Arc<Reply>, JoinError> {
    let conversation = visitor.conversation();
    let found = chat.relay.find(&conversation, message_id, Instant::now());
    found.await.ok_or(JoinError::UnknownReply)
}
