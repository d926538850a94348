//! The sources of answers: a webhook, models, or a folder of documents. It may not know a visitor's connection or a reply.
//!
//! An upstream builds its own request from a call, passes the gatekeeper (queue, circuit breaker) and hands on the parts
//! of the answer as it reads them.

mod action;
mod call;
mod docs;
mod failure;
mod gatekeeper;
pub mod http;
pub mod models;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod webhook;

use std::sync::Arc;
use std::task::{Context, Poll};

use porthole_config::{KeyConfig, UpstreamConfig};
use porthole_domain::address::AddressGroup;
use porthole_domain::chain::End;
use porthole_domain::reply::ReplyPart;
use porthole_library::{Library, LibraryError};
use porthole_telemetry::event;
pub use reqwest::{Client, Error as ClientError};

pub use action::{notify, query};
pub use call::{Action, ActionCall, CallContext, Message, MessageCall};
pub use docs::Docs;
pub use failure::{Failure, TimeoutKind, retry_after_seconds};
pub use gatekeeper::CallPermit;
pub use http::{NO_AUTHORITIES, client};
pub use models::Models;
pub use webhook::Webhook;

/// The source of a site's answers; clones share it.
#[derive(Clone, Debug)]
pub enum Upstream {
    /// A workflow's webhook.
    Webhook(Arc<Webhook>),
    /// Models.
    Models(Arc<Models>),
    /// A folder of documents.
    Docs(Docs),
}

/// A read of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Bytes of the body; they may complete no piece.
    Bytes(usize),
    /// The end of the body, without any error in it; the workflow may have cut the answer short.
    End(End),
}

/// An answer that is being read.
#[derive(Debug)]
pub enum Answer {
    /// One over HTTP.
    Http(Box<http::Response>),
    /// The documents'.
    Docs(docs::Quotation),
}

impl Upstream {
    /// Opens the upstream of a site; a folder of documents is read here.
    pub fn open(config: &UpstreamConfig, keys: Arc<KeyConfig>) -> Result<Self, LibraryError> {
        let folder = match config {
            UpstreamConfig::Webhook(webhook) => {
                return Ok(Self::Webhook(Arc::new(Webhook::new(webhook, keys))));
            }
            UpstreamConfig::Models(models) => return Ok(Self::Models(Arc::new(Models::new(models, keys)))),
            UpstreamConfig::Docs(folder) => folder,
        };
        let library = folder.as_deref().map_or_else(|| Ok(Library::empty()), Library::open)?;
        for skipped in library.skipped() {
            event!(WARN, file = %skipped.path.display(), reason = %skipped.reason, "documents.skipped");
        }
        event!(INFO, documents = library.document_count(), "documents.read");
        Ok(Self::Docs(Docs::new(library)))
    }

    /// Waits for a permit to call, in turn with other addresses; refuses at once while the circuit breaker is open.
    pub async fn acquire(&self, address: AddressGroup) -> Result<CallPermit, Failure> {
        match self {
            Self::Webhook(webhook) => webhook.acquire(address).await,
            Self::Models(models) => models.acquire(address).await,
            // Memory and a little CPU: the limits on replies in flight suffice.
            Self::Docs(_) => Ok(CallPermit::unlimited()),
        }
    }

    /// Sends a message, and waits until the answer's head is there.
    pub async fn call(&self, client: &Client, call: &MessageCall) -> Result<Answer, Failure> {
        match self {
            Self::Webhook(webhook) => Ok(Answer::Http(Box::new(webhook.call(client, call).await?))),
            Self::Models(models) => Ok(Answer::Http(Box::new(models.call(client, call).await?))),
            Self::Docs(docs) => docs.call(&call.message.text).await.map(Answer::Docs),
        }
    }

    /// Returns `true` where an answer is written to its end also when nobody reads it: a model stops with its connection.
    #[must_use]
    pub const fn runs_on(&self) -> bool {
        matches!(self, Self::Webhook(_))
    }

    /// Returns `true` where calls that are no message lead to a workflow.
    #[must_use]
    pub fn takes_actions(&self) -> bool {
        self.workflow().is_some()
    }

    /// Returns the webhook that takes actions; agents, models and documents remember no conversation.
    fn workflow(&self) -> Option<&Arc<Webhook>> {
        match self {
            Self::Webhook(webhook) => Some(webhook).filter(|webhook| webhook.takes_actions()),
            Self::Models(_) | Self::Docs(_) => None,
        }
    }
}

impl Answer {
    /// Reads what is ready and appends the pieces that it completes; not to be called after the end or a failure.
    pub fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        pieces: &mut Vec<ReplyPart>,
    ) -> Poll<Result<Read, Failure>> {
        match self {
            Self::Http(response) => response.poll_read(cx, pieces),
            Self::Docs(quotation) => Poll::Ready(Ok(quotation.read(pieces))),
        }
    }

    /// Drops what was read, and all that is still to come: only the end of the answer matters now.
    pub fn discard(&mut self) {
        match self {
            Self::Http(response) => response.discard(),
            Self::Docs(quotation) => quotation.discard(),
        }
    }

    /// Returns the memory of what was read and is no piece yet.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Http(response) => response.held_bytes(),
            Self::Docs(quotation) => quotation.held_bytes(),
        }
    }

    /// Returns the number of lines that were skipped, because nothing is known of their kind.
    #[must_use]
    pub fn skipped_lines(&self) -> u32 {
        match self {
            Self::Http(response) => response.skipped_lines(),
            Self::Docs(_) => 0,
        }
    }

    /// Returns `true` once the workflow reported an error, after which the body may never end.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        match self {
            Self::Http(response) => response.has_failed(),
            Self::Docs(_) => false,
        }
    }
}
