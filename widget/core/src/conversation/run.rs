//! The message that is under way, and the ways that were tried for it.

/// The purpose of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// To send the message.
    Send,
    /// To join its reply.
    Join,
}

/// The progress of a request that is made at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    Untried,
    /// Requested, or to be requested when a limit is over.
    Requested,
    Done,
}

/// Remedies that are tried by themselves once and not again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tried {
    /// It was sent again, because the proxy never had it.
    pub resent: bool,
    /// The session was renewed.
    pub renewed: bool,
    /// The ticket was fetched again.
    pub ticket: Fetch,
}

/// The one message that is under way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// The message whose reply is read.
    pub id: String,
    /// The visitor's own message that is queued behind it, when `id` is another tab's.
    pub queued_own: Option<String>,
    pub goal: Goal,
    /// `true` if the visitor agreed to a branch.
    pub fork: bool,
    pub last_event: Option<u32>,
    /// Joins in a row that brought nothing new.
    pub joins: u8,
    /// `true` if the proxy is known to have this attempt.
    pub answered: bool,
    pub tried: Tried,
    /// The number of other messages that were joined first.
    pub joined_first: u8,
}

impl Run {
    #[inline(never)]
    pub(super) const fn new(id: String, goal: Goal) -> Self {
        Self {
            id,
            queued_own: None,
            goal,
            fork: false,
            last_event: None,
            joins: 0,
            answered: false,
            tried: Tried { resent: false, renewed: false, ticket: Fetch::Untried },
            joined_first: 0,
        }
    }

    /// Returns `true` while the proxy is not known to have the message that is to be sent.
    pub(super) fn is_unanswered_send(&self) -> bool {
        self.goal == Goal::Send && !self.answered
    }

    /// Returns the id of the visitor's own message.
    pub(super) fn own(&self) -> &str {
        self.queued_own.as_deref().unwrap_or(&self.id)
    }
}
