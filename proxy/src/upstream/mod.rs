//! Where answers come from.

use std::{
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use porthole_domain::{message::MessageText, reply::ReplyPart};
pub(crate) use reqwest::{Client, Error as ClientError};
use uuid::Uuid;

mod action;
mod ask;
mod breaker;
mod call;
mod docs;
mod failure;
mod queue;
mod webhook;

pub(crate) use action::{Action, Whose};
pub(crate) use ask::{ask, tell};
pub(crate) use call::{Body, Metadata, Unverified};
pub(crate) use docs::Docs;
pub(crate) use failure::{Failure, Phase};
pub(crate) use webhook::Webhook;

/// Mints the token that the workflow checks; anew for every try, since it lives 30 seconds.
pub(crate) type MintToken = Box<dyn Fn() -> Result<String, Failure> + Send + Sync>;

/// One message, ready to be sent.
pub(crate) struct Call {
    /// What the visitor wrote.
    pub(crate) message: MessageText,
    /// What the webhook gets.
    pub(crate) post: Post,
}

/// One request to the webhook, ready to be sent.
pub(crate) struct Post {
    /// The body, see [`Body`] and [`Action`].
    pub(crate) body: Bytes,
    /// `mid`, the same for every attempt of a message (PROTOCOL §2); anything fresh for another action.
    pub(crate) idempotency_key: String,
    /// The request's id, from which `traceparent` is made.
    pub(crate) request_id: Uuid,
    /// Mints the workflow token.
    pub(crate) token: MintToken,
}

/// Where a site's answers come from.
#[derive(Debug)]
pub(crate) enum Upstream {
    /// A workflow's webhook.
    Webhook(Webhook),
    /// A folder of documents.
    Docs(Docs),
}

/// Leave to call the upstream, held for as long as the call takes.
#[derive(Debug)]
pub(crate) struct Leave {
    _slot: Option<queue::Slot>,
    pass: Option<breaker::Pass>,
}

impl Leave {
    /// The upstream sent a first byte: it is alive.
    pub(crate) fn answered(&mut self) {
        if let Some(pass) = &mut self.pass {
            pass.answered();
        }
    }

    /// Nobody waits for the answer any more: the upstream runs on, but another call may try how it does.
    pub(crate) fn unwanted(&mut self) {
        if let Some(pass) = &mut self.pass {
            pass.leave_trial();
        }
    }

    /// Gives the leave back with what came of it; dropped instead, it counts for nothing.
    pub(crate) fn give_back(self, outcome: Result<(), Failure>, now: Instant) {
        if let Some(pass) = self.pass {
            pass.record(outcome, now);
        }
    }
}

/// What a read of an answer brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// Bytes of the body; they may complete no piece.
    Bytes(usize),
    /// The end of the body, and all of it was well.
    End,
}

/// An answer that is being read.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A webhook's.
    Webhook(Box<webhook::Answer>),
    /// The documents'.
    Docs(docs::Answer),
}

impl Upstream {
    /// Waits for a turn.
    pub(crate) async fn enter(&self) -> Result<Leave, Failure> {
        match self {
            Self::Webhook(webhook) => webhook.enter().await,
            // Memory and a little CPU: the limits on replies at once are limit enough.
            Self::Docs(_) => Ok(Leave {
                _slot: None,
                pass: None,
            }),
        }
    }

    /// Sends a message, and waits until the answer's head is there.
    pub(crate) async fn call(&self, client: &Client, call: &Call) -> Result<Answer, Failure> {
        match self {
            Self::Webhook(webhook) => Ok(Answer::Webhook(Box::new(webhook.call(client, &call.post).await?))),
            Self::Docs(docs) => docs.call(&call.message).await.map(Answer::Docs),
        }
    }
}

impl Answer {
    /// Reads what is ready and appends the pieces that it completes; not to be called after the end or a failure.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        pieces: &mut Vec<ReplyPart>,
    ) -> Poll<Result<Read, Failure>> {
        match self {
            Self::Webhook(answer) => answer.poll_read(cx, pieces),
            Self::Docs(answer) => Poll::Ready(Ok(answer.read(pieces))),
        }
    }

    /// Lines that were skipped because nothing is known of their kind.
    pub(crate) fn skipped_lines(&self) -> u32 {
        match self {
            Self::Webhook(answer) => answer.skipped_lines(),
            Self::Docs(_) => 0,
        }
    }

    /// Whether the workflow reported an error, after which the body may never end.
    pub(crate) fn has_failed(&self) -> bool {
        match self {
            Self::Webhook(answer) => answer.has_failed(),
            Self::Docs(_) => false,
        }
    }
}
