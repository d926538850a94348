//! Everything that can happen to a conversation.

use std::rc::Rc;

use porthole_protocol::feedback::Rating;
use porthole_protocol::{Done, Step};

use super::{Outgoing, Turn};

/// The place that a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextSource {
    /// The composer, which is emptied once the text is accepted.
    Composer,
    /// The composer, before the app was there: it is empty already, and a text that is declined goes back to it.
    Early,
    /// A starter or a follow-up question.
    Chip,
    /// The page, by `send`.
    Page,
}

/// The members of a problem document that a client needs, see [`porthole_protocol::Problem`].
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

/// A wish that concerns one turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// To put the message into the composer, and to send another in its place.
    Edit,
    /// To get another answer.
    Regenerate,
    /// To get the rest of an incomplete answer.
    GoOn,
    /// To look at another version, and at what came after it.
    Flip,
    /// To have a message that waits back in the composer.
    TakeBack,
}

/// A wish of the visitor that concerns one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The wish.
    pub act: Act,
    /// The message's id.
    pub id: String,
    /// The other version's place among all, see [`Conversation::version`](super::Conversation::version).
    pub index: usize,
    /// A fresh id for a message that is sent.
    pub new_id: String,
    /// The time.
    pub now: u64,
}

/// An event of a reply's stream, or its absence.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamEvent {
    /// The proxy answers with a stream.
    Connected,
    /// The `start` event.
    Started,
    /// More text.
    Delta(String),
    /// The reply is this text, not the one that came.
    Replace(String),
    /// More of what a model thinks.
    Reasoning(String),
    /// A step of the workflow, and the event as [`StreamEvent::Beside`] has it.
    Step(Step, String),
    /// A source, a notice or a question, as `beside.js` reads it.
    Beside(String),
    /// Follow-up questions.
    Suggestions(Vec<String>),
    /// The end of a sealed reply.
    Done(Done),
    /// The terminal `error` event, or a refusal instead of a stream.
    Failed(ProblemView),
    /// The stream ended without a terminal event, or no answer came at all.
    CutOff,
    /// An event of a later version of the contract.
    Unknown,
}

/// Something that happened. Times are milliseconds since 1970; `run` is that of the effect answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The visitor or the page sends a text; `id` is a fresh `UUIDv7` for it.
    Submit {
        /// The text.
        text: String,
        /// The message id, if the text is accepted.
        id: String,
        /// The text's origin.
        source: TextSource,
        /// The time.
        now: u64,
    },
    /// The visitor taps one of [`Conversation::chips`](super::Conversation::chips).
    Tap {
        /// The chip's place among them.
        index: usize,
        /// The message id.
        id: String,
        /// The time.
        now: u64,
    },
    /// The visitor changed the text in the composer.
    Edited {
        /// The text.
        text: String,
    },
    /// The app changed the text in the composer.
    Refilled {
        /// The text.
        text: String,
    },
    /// A stream or a refusal says something.
    Stream {
        /// The run it belongs to; others are ignored.
        run: u32,
        /// The event's id; an event that was seen before is ignored.
        event_id: Option<u32>,
        /// The event.
        event: StreamEvent,
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
        /// The reason.
        problem: ProblemView,
        /// The time.
        now: u64,
    },
    /// A fresh ticket is there.
    TicketReady {
        /// The run that asked for it.
        run: u32,
    },
    /// The visitor stops the reply, or takes a waiting message back.
    Stop,
    /// The visitor tries the failed last message again.
    Retry,
    /// The visitor sends the first message that waits, although the one before it failed.
    SendNext,
    /// The visitor wants the last message's text in the composer.
    Recall,
    /// The visitor sends although the conversation went on elsewhere.
    Fork,
    /// The visitor takes the message back into the composer.
    Discard,
    /// The visitor does something about a turn.
    Branch(Wish),
    /// The visitor leaves the message that is edited as it was.
    LeaveEdit,
    /// The visitor saves the conversation as a file.
    ExportChat,
    /// The visitor starts a new conversation; the one on the screen stays among the earlier ones.
    NewChat,
    /// The visitor opens an earlier conversation.
    OpenChat {
        /// Its name in the store.
        id: String,
    },
    /// Another tab has opened another conversation, or deleted this one.
    ChatLeft,
    /// The visitor copies the reply to this message.
    CopyReply {
        /// The message's id.
        id: String,
    },
    /// The visitor rates a reply; where that cannot be sent, the rating is the one before again.
    Rated {
        /// The message's id.
        id: String,
        /// The rating, if any.
        rating: Option<Rating>,
    },
    /// The store was read at the start.
    Restored {
        /// The sealed turns of all branches, in order of time.
        turns: Vec<Rc<Turn>>,
        /// The head of the stored token; empty where it is not known.
        head: String,
        /// The messages without a known end, in order.
        outbox: Vec<Outgoing>,
        /// `true` if a session token was stored.
        session: bool,
        /// The time.
        now: u64,
    },
    /// Another tab stored a turn, or tells its question.
    Adopted {
        /// The turn.
        turn: Rc<Turn>,
    },
    /// The stored token may be that of another branch now.
    AtHead {
        /// Its head; empty where it is not known.
        head: String,
    },
    /// Another tab may have changed the outbox.
    OutboxChanged {
        /// The messages that are in it now.
        outbox: Vec<Outgoing>,
        /// The one that another tab has sent: its reply can be joined.
        sent: Option<String>,
        /// `true` if another session than before is stored.
        session: bool,
    },
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

impl From<Wish> for Action {
    fn from(wish: Wish) -> Self {
        Self::Branch(wish)
    }
}
