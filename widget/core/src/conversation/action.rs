//! What can happen to a conversation.

use std::rc::Rc;

use porthole_protocol::{Done, Step};

use super::Turn;

/// Who spoke for the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The text stands in the composer, which is emptied once it is taken.
    Composer,
    /// A starter or a suggestion was tapped.
    Suggestion,
    /// The page called `send`.
    Page,
}

/// A message that was written to the outbox and has no known end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The message's id.
    pub message_id: String,
    /// What the visitor wrote.
    pub text: String,
    /// The attempt that was made last, from 1.
    pub attempt: u8,
    /// When it was submitted, in milliseconds since 1970.
    pub at: u64,
    /// Until when a limit holds it back: it was not sent before.
    pub until: Option<u64>,
}

/// What a client needs of a problem, see [`porthole_protocol::Problem`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemView {
    /// The stable code; empty if the answer was no problem document.
    pub code: String,
    /// The sentence that came with it; passed on to the page, never shown.
    pub detail: String,
    /// Seconds until another attempt makes sense.
    pub retry_after: Option<u64>,
    /// The message to join first.
    pub message_id: Option<String>,
}

/// What was heard on the stream of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The `start` event.
    Started,
    /// More text.
    Delta(String),
    /// A step of the workflow.
    Step(Step),
    /// Follow-up questions.
    Suggestions(Vec<String>),
    /// The reply was sealed.
    Done(Done),
    /// The terminal `error` event, or a refusal instead of a stream.
    Failed(ProblemView),
    /// The stream ended without a terminal event, or no answer came at all.
    CutOff,
}

/// Something that happened. Times are milliseconds since 1970; `run` is that of the effect answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The visitor sends a text; `id` is a fresh `UUIDv7` for it.
    Submit {
        /// What is to be sent.
        text: String,
        /// The message id, if it is taken.
        id: String,
        /// Where the text comes from.
        source: Source,
        /// The time.
        now: u64,
    },
    /// A stream or a refusal says something.
    Heard {
        /// The run it belongs to; others are ignored.
        run: u32,
        /// The id of the last event in it; one that was seen before is ignored.
        event: Option<u32>,
        /// What was heard.
        heard: Heard,
        /// The time.
        now: u64,
    },
    /// A session is there (its token is stored).
    SessionReady {
        /// The run that asked for it.
        run: u32,
    },
    /// No session could be opened, or no ticket had. Without any answer: a problem with an empty code.
    SessionFailed {
        /// The run that asked for it.
        run: u32,
        /// Why.
        problem: ProblemView,
        /// The time.
        now: u64,
    },
    /// A fresh ticket is there.
    TicketReady {
        /// The run that asked for it.
        run: u32,
    },
    /// The visitor stops the reply, or takes back what waits to be sent.
    Stop,
    /// The visitor tries the failed last message again.
    Retry,
    /// The visitor sends although the conversation went on elsewhere.
    Fork,
    /// The visitor takes the message back into the composer.
    Discard,
    /// The visitor starts a new conversation.
    NewChat,
    /// The store was read at the start.
    Restored {
        /// The sealed turns.
        turns: Vec<Rc<Turn>>,
        /// The message without a known end, if any.
        outgoing: Option<Outgoing>,
        /// Whether a session token was stored.
        session: bool,
        /// The time.
        now: u64,
    },
    /// Another tab stored a turn, or tells what was asked in one.
    Adopted(Rc<Turn>),
    /// The stored session is gone.
    SessionLost,
    /// A second has passed.
    Tick {
        /// The time.
        now: u64,
    },
    /// The network is there again.
    Online,
    /// The network is gone.
    Offline,
    /// The panel is visible.
    Shown,
    /// The panel is hidden.
    Hidden,
}
