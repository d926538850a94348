//! What is to be done after an action.

use std::rc::Rc;

use porthole_protocol::Done;

use super::{Outgoing, Turn};

/// What a new session carries on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carry {
    /// Nothing: a new conversation.
    Nothing,
    /// The conversation of the stored token, sent as `previous`.
    Previous,
}

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The visitor.
    User,
    /// The assistant.
    Assistant,
}

/// Something that the page is told through the port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageNote {
    /// A message was sent or a reply finished.
    Message {
        /// Whose.
        role: Role,
        /// Its length in Unicode scalar values.
        length: usize,
    },
    /// Replies that came while the panel was hidden.
    Unread(u32),
    /// Something went wrong.
    Error {
        /// The stable code.
        code: String,
        /// A sentence.
        detail: String,
    },
}

/// Something to do, in the order given: the next one starts when the one before is through.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Writes the message to the outbox, before it is sent.
    KeepOutgoing(Outgoing),
    /// Sends a message and reads its stream; any stream read before is given up.
    Send {
        /// Names what is heard from now on.
        run: u32,
        /// The message's id.
        message_id: String,
        /// What the visitor wrote.
        text: String,
        /// 1 to 5.
        attempt: u8,
        /// Whether the visitor agreed to a branch.
        fork: bool,
    },
    /// Joins a reply after a wait; any stream read before is given up.
    Join {
        /// Names what is heard from now on.
        run: u32,
        /// The message whose reply is joined.
        message_id: String,
        /// The last event that was seen; `None` reads from the first.
        last_event_id: Option<u32>,
        /// How long to wait first.
        wait_ms: u32,
    },
    /// Gives up the stream that is being read, and whatever the run asked for.
    Abandon,
    /// Asks the proxy to stop a reply; its stream is read on.
    Stop {
        /// The message whose reply is stopped.
        message_id: String,
    },
    /// Opens a session and stores its token.
    CreateSession {
        /// Who asks.
        run: u32,
        /// What it carries on.
        carry: Carry,
    },
    /// Fetches a fresh ticket.
    RefreshTicket {
        /// Who asks.
        run: u32,
    },
    /// Stores a sealed turn and its token and removes it from the outbox, all at once.
    Keep(Rc<Turn>, Done),
    /// Removes a message from the outbox.
    DropOutgoing {
        /// Which.
        message_id: String,
    },
    /// Forgets the conversation, its token and its outbox.
    ClearStore,
    /// Has a screen reader say this once.
    Announce(String),
    /// Tells the page.
    ToPage(PageNote),
    /// Empties the composer, whose text was taken.
    EmptyComposer,
    /// Puts a text back, before what stands in the composer.
    RestoreComposer(String),
    /// Gives the focus to the composer.
    FocusComposer,
}
