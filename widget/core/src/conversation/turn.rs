//! One exchange of a conversation.

use porthole_protocol::feedback::Rating;
use porthole_protocol::limits::ATTEMPTS;
use porthole_protocol::{Code, End, Step};

/// Bytes of the events beside a reply: more than the sources that a proxy lets through.
pub(super) const MAX_BESIDE: usize = 256 * 1024;

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
    /// Nothing ever answered: the message may not have left.
    Unreached,
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
    /// The proxy could not be reached.
    pub(super) const UNREACHED: Self = Self { cause: Cause::Unreached, retry: true };
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
    /// The time of the seal, in milliseconds since 1970; 0 before it, and in records of earlier versions.
    pub sealed_at: u64,
    /// The attempt, 1 to 5.
    pub attempt: u8,
    /// The reply so far, as it came; it grows at its end only, but for a new attempt, which begins anew.
    pub reply: String,
    /// The words that a model thought before its answer, as they came.
    pub thoughts: String,
    /// The milliseconds that it thought.
    pub thought_ms: u64,
    /// The time since which it thinks, in milliseconds since 1970.
    pub thinking_since: Option<u64>,
    /// All else that came beside the reply, for `beside.js`: a line of JSON an event, with its time.
    pub beside: String,
    /// The workflow's steps, by name, in order.
    pub steps: Vec<Step>,
    /// Follow-up questions.
    pub suggestions: Vec<String>,
    /// Its state.
    pub status: TurnStatus,
    /// The receipt, once sealed.
    pub sealed: Option<String>,
    /// The visitor's rating of the reply.
    pub rating: Option<Rating>,
    /// The number in the chain that it has, or will have; 0 where that is not known yet.
    pub number: u32,
    /// The head of the turn before it on its branch; empty for the first.
    pub parent: String,
    /// Of one that waits: the time until which a limit delays it, in milliseconds since 1970; 0 without one.
    pub until: u64,
    /// Of one that waits: the turns that it keeps, where it replaces later ones.
    pub keep: Option<u32>,
    /// The head of the chain after it; empty before the seal, and in records of earlier versions.
    pub head: String,
}

impl Turn {
    /// Makes a turn that is about to be sent.
    #[must_use]
    // A copy of it at each call is 0.2 KB more.
    #[inline(never)]
    pub fn new(id: String, user: String, at: u64) -> Self {
        Self {
            id,
            user,
            at,
            sealed_at: 0,
            attempt: 1,
            reply: String::new(),
            thoughts: String::new(),
            thought_ms: 0,
            thinking_since: None,
            beside: String::new(),
            steps: Vec::new(),
            suggestions: Vec::new(),
            status: TurnStatus::Running(Stage::Waiting),
            sealed: None,
            rating: None,
            number: 0,
            parent: String::new(),
            until: 0,
            keep: None,
            head: String::new(),
        }
    }

    /// Returns `true` where it may be sent again.
    pub(super) fn has_attempts_left(&self) -> bool {
        self.attempt < *ATTEMPTS.end()
    }

    /// Returns `true` where the proxy can tell that the reply was given; earlier versions kept no head.
    #[must_use]
    pub fn has_proof(&self) -> bool {
        !self.head.is_empty() && self.sealed.as_ref().is_some_and(|receipt| !receipt.is_empty())
    }

    /// Returns `true` where the workflow said that the reply was cut short.
    pub(super) const fn is_incomplete(&self) -> bool {
        matches!(self.status, TurnStatus::Ended(End::Incomplete))
    }

    /// Returns `true` for another turn in the same place of the chain.
    pub(super) fn is_version_of(&self, other: &Self) -> bool {
        self.number == other.number && self.parent == other.parent
    }

    /// Adds an event that is no part of the reply, as long as there is room.
    pub(super) fn add_beside(&mut self, event: &str) {
        if self.beside.len() + event.len() < MAX_BESIDE {
            self.beside.push_str(event);
            self.beside.push('\n');
        }
    }

    /// Notes that a model no longer thinks.
    pub(super) fn end_thought(&mut self, now: u64) {
        if let Some(since) = self.thinking_since.take() {
            self.thought_ms += now.saturating_sub(since);
        }
    }

    /// Forgets the reply: it is read from its first event.
    pub(super) fn reset_reply(&mut self) {
        self.reply.clear();
        self.thoughts.clear();
        self.thought_ms = 0;
        self.thinking_since = None;
        self.beside.clear();
        self.steps.clear();
        self.suggestions.clear();
    }
}
