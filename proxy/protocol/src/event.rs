//! The events that a reply is made of (contract §5).

use serde::{Deserialize, Serialize};

use crate::Problem;

/// The end of a sealed reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The reply is complete.
    #[default]
    Complete,
    /// The visitor stopped the reply.
    Stopped,
    /// The workflow itself said that the reply was cut short.
    Incomplete,
}

impl End {
    /// Parses its name on the wire.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Complete, Self::Stopped, Self::Incomplete].into_iter().find(|end| end.name() == name)
    }

    /// Returns its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::Incomplete => "incomplete",
        }
    }
}

/// The last event of a sealed reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The session token after this turn.
    pub token: String,
    /// The end of the token, RFC 3339 in UTC.
    pub expires_at: String,
    /// The number of this turn.
    pub turn: u32,
    /// The head of the chain after this turn, base64url.
    pub head: String,
    /// The end of the reply.
    pub end: End,
    /// The proof that this reply was sealed here; feedback needs it.
    pub receipt: String,
}

/// The progress of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// The step has begun.
    Running,
    /// The step has ended well.
    Done,
    /// The step has failed.
    Failed,
}

/// A tool call or another step that the workflow announces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The step's name, for people.
    pub name: String,
    /// The step's progress.
    pub state: StepState,
}

/// One event of a reply: [`Event::kind`] is its name on the wire, the rest its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// The first event.
    Start {
        /// The message that is answered.
        message_id: String,
        /// UUID of the session.
        session_id: String,
    },
    /// More text; the concatenated deltas are the reply.
    Delta {
        /// The text, never empty.
        text: String,
    },
    /// A step of the workflow.
    Step(Step),
    /// Follow-up questions.
    Suggestions {
        /// The questions, in order.
        items: Vec<String>,
    },
    /// The end of a sealed reply.
    Done(Done),
    /// The end of a failed reply.
    Error(Problem),
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// [`Event::Start`].
    Start,
    /// [`Event::Delta`].
    Delta,
    /// [`Event::Step`].
    Step,
    /// [`Event::Suggestions`].
    Suggestions,
    /// [`Event::Done`].
    Done,
    /// [`Event::Error`].
    Error,
}

impl EventKind {
    /// All kinds, in the order of the contract's table.
    pub const ALL: [Self; 6] =
        [Self::Start, Self::Delta, Self::Step, Self::Suggestions, Self::Done, Self::Error];

    /// Returns the event's name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Delta => "delta",
            Self::Step => "step",
            Self::Suggestions => "suggestions",
            Self::Done => "done",
            Self::Error => "error",
        }
    }
}

impl Event {
    /// Returns the event's kind.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Start { .. } => EventKind::Start,
            Self::Delta { .. } => EventKind::Delta,
            Self::Step(_) => EventKind::Step,
            Self::Suggestions { .. } => EventKind::Suggestions,
            Self::Done(_) => EventKind::Done,
            Self::Error(_) => EventKind::Error,
        }
    }
}
