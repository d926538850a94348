//! Everything that an action can demand of the browser.

use std::rc::Rc;

use porthole_protocol::Done;
use porthole_protocol::history::Role;

use super::{Outgoing, Turn};

/// The conversation that a new session carries on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carry {
    /// None: a new conversation.
    Nothing,
    /// That of the stored token, sent as `previous`.
    Previous,
}

/// An event for the page, sent through the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// A message was sent or a reply finished.
    Message {
        /// Its author.
        role: Role,
        /// Its length in Unicode scalar values.
        length: usize,
    },
    /// The number of replies that came while the panel was hidden.
    Unread(u32),
    /// Something went wrong.
    Error {
        /// The stable code.
        code: String,
        /// A sentence.
        detail: String,
    },
}

/// A task for the browser. Tasks are done in order: the next one starts when the one before is through.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Writes the message to the outbox, before it is sent: at its end, or in the place of the one with this id.
    KeepOutgoing(Outgoing, Option<String>),
    /// Sends a message, unless another tab has sent it, and reads its stream; any stream read before is abandoned.
    Send {
        /// The name of the stream that is read from now on.
        run: u32,
        /// The message's id.
        message_id: String,
        /// The visitor's text.
        text: String,
        /// 1 to 5.
        attempt: u8,
        /// `true` if the visitor agreed to a branch.
        fork: bool,
        /// The turns that it keeps, where it replaces later ones.
        keep: Option<u32>,
        /// The message whose incomplete answer it goes on with.
        continues: Option<String>,
    },
    /// Makes the token that was kept for the end of a branch the session's token.
    SwitchBranch {
        /// The head of the branch.
        head: String,
    },
    /// Saves the branch on the screen as a file.
    ExportChat {
        /// The head of the branch.
        head: String,
    },
    /// Joins a reply after a wait; any stream read before is abandoned.
    Join {
        /// The name of the stream that is read from now on.
        run: u32,
        /// The message whose reply is joined.
        message_id: String,
        /// The last event that was seen; `None` reads from the first.
        last_event_id: Option<u32>,
        /// The wait before it.
        wait_ms: u32,
    },
    /// Abandons the stream and the pending requests of the run.
    Abandon,
    /// Asks the proxy to stop a reply; its stream is read on.
    Stop {
        /// The message whose reply is stopped.
        message_id: String,
    },
    /// Opens a session and stores its token.
    CreateSession {
        /// The run that asks.
        run: u32,
        /// The conversation that it carries on.
        carry: Carry,
    },
    /// Fetches a fresh ticket.
    RefreshTicket {
        /// The run that asks.
        run: u32,
    },
    /// Stores a sealed turn and its token and removes it from the outbox, all at once.
    Keep(Rc<Turn>, Done),
    /// Removes a message from the outbox.
    DropOutgoing {
        /// The message.
        message_id: String,
    },
    /// Puts the conversation among the earlier ones, with its token and its outbox, and shows another.
    SwapChat {
        /// The earlier conversation that takes its place; none for a new one.
        id: Option<String>,
    },
    /// Has a screen reader say this once.
    Announce(String),
    /// The same for a reply.
    AnnounceReply {
        /// Its text, Markdown.
        text: String,
        /// The events beside it, see [`Turn::beside`].
        beside: String,
    },
    /// Tells the page.
    ToPage(PageEvent),
    /// Takes the text that was accepted out of the composer, as soon as the outbox has it.
    EmptyComposer,
    /// Puts a text into the composer, in place of its own.
    FillComposer(String),
    /// Puts a text back, before the composer's own.
    RestoreComposer(String),
    /// Gives the focus to the composer.
    FocusComposer,
    /// Copies a reply for the visitor, as Markdown and as it is drawn.
    Copy {
        /// The message's id.
        id: String,
        /// The reply's text, Markdown.
        text: String,
    },
}

impl Effect {
    /// Returns the run that the effect starts or goes on with.
    const fn run(&self) -> Option<u32> {
        match self {
            Self::Send { run, .. }
            | Self::Join { run, .. }
            | Self::CreateSession { run, .. }
            | Self::RefreshTicket { run } => Some(*run),
            _ => None,
        }
    }
}

/// Returns the last run among effects.
pub(super) fn last_run(effects: &[Effect]) -> Option<u32> {
    effects.iter().rev().find_map(Effect::run)
}
