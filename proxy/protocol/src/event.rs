//! What a reply is made of, one event at a time (DESIGN §4.1).

use serde::{Deserialize, Serialize};

use crate::Problem;

/// The last event of a sealed reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The session token after this turn.
    pub token: String,
    /// When the token ends, RFC 3339 in UTC.
    pub expires_at: String,
    /// The number of this turn.
    pub turn: u32,
    /// The head of the chain after this turn, base64url.
    pub head: String,
    /// Whether the visitor stopped the reply.
    pub stopped: bool,
    /// Proof that this reply was sealed here; feedback needs it.
    pub receipt: String,
}

/// How far a step of the workflow is.
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
    /// How far it is.
    pub state: StepState,
}

/// One event of a reply; [`Event::name`] is its SSE `event`, the rest its `data`.
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

impl Event {
    /// The event's name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Delta { .. } => "delta",
            Self::Step(_) => "step",
            Self::Suggestions { .. } => "suggestions",
            Self::Done(_) => "done",
            Self::Error(_) => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Step, StepState};

    #[test]
    fn an_event_is_its_name_beside_its_members() {
        let step = Event::Step(Step {
            name: "look up".into(),
            state: StepState::Running,
        });
        assert_eq!(
            serde_json::to_string(&step).unwrap(),
            r#"{"event":"step","data":{"name":"look up","state":"running"}}"#
        );
        assert_eq!(step.name(), "step");
    }
}
