//! The calls of an upstream, before it makes requests of them.

use porthole_domain::address::AddressGroup;
use porthole_domain::feedback::Feedback;
use porthole_domain::message::{MessageId, MessageText};
use porthole_domain::origin::Origin;
use porthole_domain::session::Session;
use porthole_domain::transcript::Branch;
use porthole_protocol::message::VisitedPage;
use serde_json::value::RawValue;
use uuid::Uuid;

/// The visitor behind a call; all of it is verified.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// The session, by the token that came with the call.
    pub session: Session,
    /// The proxy's own origin, `iss` of the workflow token.
    pub issuer: Origin,
    /// The request's id, from which `traceparent` is made.
    pub request_id: Uuid,
    /// The address, for its turn in the queue.
    pub address: AddressGroup,
}

/// A visitor's message, each member checked (contract §4).
#[derive(Debug)]
pub struct Message {
    /// The client's name for the message.
    pub id: MessageId,
    /// The text, byte for byte as it came.
    pub text: MessageText,
    /// The number of the try, from 1.
    pub attempt: u8,
    /// The client continues from an older state on purpose.
    pub fork: bool,
    /// The agent that was asked for.
    pub agent: Option<String>,
    /// A JSON object, unverified, as it was sent.
    pub metadata: Option<Box<RawValue>>,
    /// The page that the visitor is on, unverified.
    pub page: Option<VisitedPage>,
    /// The turns that the message goes on from, verified.
    pub branch: Branch,
}

/// A message for the upstream.
#[derive(Debug)]
pub struct MessageCall {
    /// The session behind it.
    pub context: CallContext,
    /// The message.
    pub message: Message,
    /// `true` for the message of `porthole check`.
    pub check: bool,
}

/// A call that is no message; a workflow tells the calls apart by `action` (contract §9).
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// Asks for the messages so far; n8n's Chat Trigger answers this by itself.
    LoadPreviousSession,
    /// Asks the workflow to forget the session.
    Forget,
    /// Tells of a rated reply.
    Feedback(&'a Feedback),
}

impl<'a> Action<'a> {
    /// Returns its name, to the workflow and in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoadPreviousSession => "loadPreviousSession",
            Self::Forget => "forget",
            Self::Feedback(_) => "feedback",
        }
    }

    /// Returns the rating, where there is one.
    #[must_use]
    pub const fn feedback(self) -> Option<&'a Feedback> {
        match self {
            Self::Feedback(feedback) => Some(feedback),
            Self::LoadPreviousSession | Self::Forget => None,
        }
    }
}

/// An action for the upstream.
#[derive(Debug)]
pub struct ActionCall<'a> {
    /// The session behind it.
    pub context: &'a CallContext,
    /// The action.
    pub action: Action<'a>,
}
