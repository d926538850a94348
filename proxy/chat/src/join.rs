//! Joining a reply, and stopping it (contract §4).

use std::sync::Arc;
use std::time::Instant;

use porthole_domain::message::MessageId;
use porthole_relay::Reply;

use crate::{Chat, Visitor};

/// There is no such reply here: unknown, foreign and evicted replies are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownReply;

/// Finds the reply to a message of the visitor's conversation, to be read from any event on.
pub async fn join(chat: &Chat, visitor: &Visitor, message_id: MessageId) -> Result<Arc<Reply>, UnknownReply> {
    let reply = find(chat, visitor, message_id).await?;
    chat.metrics.joined();
    Ok(reply)
}

/// Stops the reply to a message, and waits until its terminal event is there; without effect after its end.
pub async fn stop(chat: &Chat, visitor: &Visitor, message_id: MessageId) -> Result<(), UnknownReply> {
    find(chat, visitor, message_id).await?.stop().await;
    Ok(())
}

async fn find(chat: &Chat, visitor: &Visitor, message_id: MessageId) -> Result<Arc<Reply>, UnknownReply> {
    let conversation = visitor.conversation();
    let found = chat.relay.find(&conversation, message_id, Instant::now());
    found.await.ok_or(UnknownReply)
}
