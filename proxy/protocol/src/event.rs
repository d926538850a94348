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

/// A source of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The number of the source within its reply, from 1.
    pub id: String,
    /// The title, for people.
    pub title: String,
    /// The address, http or https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The passage that the answer rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// The weight of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// It is good to know.
    Info,
    /// It limits the answer.
    Warning,
}

/// A line beside the answer, which is no part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The line.
    pub text: String,
    /// Its weight.
    pub level: NoticeLevel,
}

/// A question that the agent waits for: an approval, or the interrupt of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The agent's name for the question.
    pub id: String,
    /// The question, for people.
    pub text: String,
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
    /// The upstream takes back what it streamed: the reply's text is this from now on.
    Replace {
        /// The text, which later deltas follow; it may be empty.
        text: String,
    },
    /// More of what a model thinks before it answers.
    Reasoning {
        /// The text, never empty.
        text: String,
    },
    /// A step of the workflow.
    Step(Step),
    /// A source of the answer.
    Source(Source),
    /// Follow-up questions.
    Suggestions {
        /// The questions, in order.
        items: Vec<String>,
    },
    /// A title of the conversation.
    Title {
        /// The title.
        text: String,
    },
    /// A line beside the answer.
    Notice(Notice),
    /// A question that the agent waits for.
    Ask(Ask),
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
    /// [`Event::Replace`].
    Replace,
    /// [`Event::Reasoning`].
    Reasoning,
    /// [`Event::Step`].
    Step,
    /// [`Event::Source`].
    Source,
    /// [`Event::Suggestions`].
    Suggestions,
    /// [`Event::Title`].
    Title,
    /// [`Event::Notice`].
    Notice,
    /// [`Event::Ask`].
    Ask,
    /// [`Event::Done`].
    Done,
    /// [`Event::Error`].
    Error,
}

impl EventKind {
    /// All kinds, in the order of the contract's table.
    pub const ALL: [Self; 12] = [
        Self::Start,
        Self::Delta,
        Self::Replace,
        Self::Reasoning,
        Self::Step,
        Self::Source,
        Self::Suggestions,
        Self::Title,
        Self::Notice,
        Self::Ask,
        Self::Done,
        Self::Error,
    ];

    /// Returns the event's name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Delta => "delta",
            Self::Replace => "replace",
            Self::Reasoning => "reasoning",
            Self::Step => "step",
            Self::Source => "source",
            Self::Suggestions => "suggestions",
            Self::Title => "title",
            Self::Notice => "notice",
            Self::Ask => "ask",
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
            Self::Replace { .. } => EventKind::Replace,
            Self::Reasoning { .. } => EventKind::Reasoning,
            Self::Step(_) => EventKind::Step,
            Self::Source(_) => EventKind::Source,
            Self::Suggestions { .. } => EventKind::Suggestions,
            Self::Title { .. } => EventKind::Title,
            Self::Notice(_) => EventKind::Notice,
            Self::Ask(_) => EventKind::Ask,
            Self::Done(_) => EventKind::Done,
            Self::Error(_) => EventKind::Error,
        }
    }
}
