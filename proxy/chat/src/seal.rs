//! The sealing of a reply: the next link of the chain, the next token and the receipt (contract §3, §4 "End").

use std::sync::Arc;

use porthole_domain::chain::{End, SealedTurn, TextHash};
use porthole_domain::message::MessageId;
use porthole_protocol::Done;
use porthole_relay::Seal;
use porthole_store::Revocations as _;
use porthole_upstream::Failure;
use uuid::Uuid;

use crate::{Chat, Visitor};

/// Seals one reply of one session, by the token that started it.
#[derive(Debug)]
pub(crate) struct ReplySeal {
    pub(crate) chat: Arc<Chat>,
    pub(crate) visitor: Visitor,
    pub(crate) message_id: MessageId,
    pub(crate) user: TextHash,
}

impl ReplySeal {
    /// Returns `true` where the session must not go on: its site is off, it was revoked, or its longest life is over.
    async fn is_over(&self) -> bool {
        let session = &self.visitor.session;
        self.chat.sites.get(&session.site).is_none()
            || self.chat.revocations.is_revoked(session).await
            || Chat::now() > session.max
    }
}

impl Seal for ReplySeal {
    async fn seal(&self, end: End, text: TextHash) -> Result<Done, Failure> {
        if self.is_over().await {
            return Err(Failure::SessionEnded);
        }
        let sealed = SealedTurn { message_id: self.message_id, user: self.user, reply: text, end };
        let lifetimes = &self.visitor.site.config.lifetimes;
        let session = &self.visitor.session;
        let next = session.advance(&sealed, Uuid::new_v4(), Chat::now(), lifetimes);
        let keyring = &self.chat.keys.keyring;
        Ok(Done {
            token: keyring.mint_session(&next, self.visitor.issuer.as_str()),
            expires_at: next.expires.to_rfc3339(),
            turn: next.turn,
            head: next.head.to_string(),
            end,
            receipt: keyring.receipt(next.sid, &self.message_id, next.turn, &next.head),
        })
    }
}

#[cfg(test)]
mod tests;
