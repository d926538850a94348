//! One exchange of a conversation.

use porthole_protocol::{Code, End, Step};

/// The progress of the message that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Sent, or about to be: no word of the reply yet.
    Waiting,
    /// The reply arrives.
    Streaming,
    /// The stream broke and is being joined.
    Rejoining,
    /// The visitor stopped it; the end is read.
    Stopping,
    /// It waits for another message of this conversation.
    Queued,
    /// It waits until a limit is over and is then sent by itself.
    Limited,
    /// It waits for the network and is then sent by itself.
    Offline,
    /// The conversation went on elsewhere: the visitor decides.
    Asking,
}

/// The reason for a failed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The proxy said so.
    Code(Code),
    /// The connection broke and the rest of the reply cannot be had.
    Lost,
    /// An answer that this version does not understand.
    Unknown,
}

/// A failure as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnFailure {
    /// The reason; see [`super::sentences::failure`].
    pub cause: Cause,
    /// `true` if a retry button makes sense.
    pub retry: bool,
}

impl TurnFailure {
    /// The rest of a reply cannot be had.
    pub(super) const LOST: Self = Self { cause: Cause::Lost, retry: true };
}

/// The state of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnStatus {
    /// Under way.
    Running(Stage),
    /// Over; a reply that was stopped before its first word is not sealed.
    Ended(End),
    /// Failed: nothing is sealed, text that arrived is shown as interrupted.
    Failed(TurnFailure),
}

/// One exchange: the visitor's text, and its reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The message's id.
    pub id: String,
    /// The visitor's text; empty if another tab sent it and has not shared it.
    pub user: String,
    /// The time of submission, in milliseconds since 1970.
    pub at: u64,
    /// The attempt, 1 to 5.
    pub attempt: u8,
    /// The reply so far, as it came; it grows at its end only, but for a new attempt, which begins anew.
    pub reply: String,
    /// The workflow's steps, by name, in order.
    pub steps: Vec<Step>,
    /// Follow-up questions.
    pub suggestions: Vec<String>,
    /// Its state.
    pub status: TurnStatus,
    /// The receipt, once sealed.
    pub sealed: Option<String>,
    /// The number in the chain that it has, or will have; 0 where that is not known yet.
    pub number: u32,
    /// The head of the turn before it on its branch; empty for the first.
    pub parent: String,
    /// The head of the chain after it; empty before the seal, and in records of earlier versions.
    pub head: String,
}

impl Turn {
    /// Makes a turn that is about to be sent.
    #[must_use]
    pub fn new(id: String, user: String, at: u64) -> Self {
        Self {
            id,
            user,
            at,
            attempt: 1,
            reply: String::new(),
            steps: Vec::new(),
            suggestions: Vec::new(),
            status: TurnStatus::Running(Stage::Waiting),
            sealed: None,
            number: 0,
            parent: String::new(),
            head: String::new(),
        }
    }

    /// Returns `true` where the workflow said that the reply was cut short.
    pub(super) const fn is_incomplete(&self) -> bool {
        matches!(self.status, TurnStatus::Ended(End::Incomplete))
    }

    /// Returns `true` for another turn in the same place of the chain.
    pub(super) fn is_version_of(&self, other: &Self) -> bool {
        self.number == other.number && self.parent == other.parent
    }

    /// Forgets the reply: it is read from its first event.
    pub(super) fn reset_reply(&mut self) {
        self.reply.clear();
        self.steps.clear();
        self.suggestions.clear();
    }
}
