//! What a conversation is.

use std::rc::Rc;

use porthole_protocol::{Code, Step};

/// Why a text stayed in the composer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// A message is being answered.
    Busy,
    /// The text itself cannot be sent.
    Text(crate::text::Refusal),
}

/// How far the message that is under way is.
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

/// What went wrong with a message.
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
pub struct Trouble {
    /// What went wrong; see [`crate::words::trouble`].
    pub cause: Cause,
    /// Whether a retry button makes sense.
    pub retry: bool,
}

/// Where a turn stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Under way.
    Running(Stage),
    /// Sealed and whole.
    Complete,
    /// The visitor stopped it.
    Stopped,
    /// Failed: nothing is sealed, text that arrived is shown as interrupted.
    Failed(Trouble),
}

/// One exchange: what the visitor wrote, and its reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The message's id.
    pub id: String,
    /// What the visitor wrote; empty if another tab sent it and has not said what.
    pub user: String,
    /// When it was submitted, in milliseconds since 1970.
    pub at: u64,
    /// The attempt, 1 to 5.
    pub attempt: u8,
    /// The reply so far, as it came; it grows at its end only, but for a new attempt, which begins anew.
    pub reply: String,
    /// The workflow's steps, by name, in order.
    pub steps: Vec<Step>,
    /// Follow-up questions.
    pub suggestions: Vec<String>,
    /// Where it stands.
    pub standing: Standing,
    /// The number in the chain and the receipt, once sealed.
    pub sealed: Option<(u32, String)>,
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
            standing: Standing::Running(Stage::Waiting),
            sealed: None,
        }
    }
}

impl Turn {
    /// Forgets what arrived: the reply is read from its first event.
    pub(super) fn begin_again(&mut self) {
        self.reply.clear();
        self.steps.clear();
        self.suggestions.clear();
    }
}

/// Whether a session token is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Session {
    /// None is.
    Missing,
    /// One is.
    Ready,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// To send the message.
    Send,
    /// To join its reply.
    Join,
}

/// How far something is that is fetched at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    Untried,
    /// Asked for, or about to be when a limit is over.
    Asked,
    Done,
}

/// What is done by itself once and not again.
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
    /// The visitor's own message that waits for it, when `id` is another's.
    pub then: Option<String>,
    pub goal: Goal,
    /// Whether the visitor agreed to a branch.
    pub fork: bool,
    pub last_event: Option<u32>,
    /// Joins in a row that brought nothing new.
    pub joins: u8,
    /// Whether the proxy is known to have this attempt.
    pub answered: bool,
    pub tried: Tried,
    /// How often another message went first.
    pub detours: u8,
}

impl Run {
    pub(super) const fn new(id: String, goal: Goal) -> Self {
        Self {
            id,
            then: None,
            goal,
            fork: false,
            last_event: None,
            joins: 0,
            answered: false,
            tried: Tried {
                resent: false,
                renewed: false,
                ticket: Fetch::Untried,
            },
            detours: 0,
        }
    }
}

/// A conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The turns, in order; one of them may be under way.
    pub turns: Vec<Rc<Turn>>,
    /// When the limit is over, in milliseconds since 1970: tick every second while it is there.
    pub until: Option<u64>,
    /// Replies that came while the panel was hidden.
    pub unread: u32,
    /// Why the last text stayed in the composer.
    pub declined: Option<Declined>,
    pub(super) max_chars: usize,
    pub(super) now: u64,
    pub(super) online: bool,
    pub(super) shown: bool,
    pub(super) session: Session,
    pub(super) serial: u32,
    pub(super) run: Option<Run>,
}

impl State {
    /// Starts empty, online and hidden.
    #[must_use]
    pub const fn new(max_chars: usize) -> Self {
        Self {
            turns: Vec::new(),
            until: None,
            unread: 0,
            declined: None,
            max_chars,
            now: 0,
            online: true,
            shown: false,
            session: Session::Missing,
            serial: 0,
            run: None,
        }
    }

    /// How far the message under way is; `None` when there is none and the composer may send.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        let run = self.run.as_ref()?;
        let id = run
            .then
            .as_ref()
            .filter(|_| run.goal != Goal::Join)
            .unwrap_or(&run.id);
        match self.turn(id)?.standing {
            Standing::Running(stage) => Some(stage),
            _ => None,
        }
    }

    /// Whether something heard from `run` still counts.
    #[must_use]
    pub const fn is_current(&self, run: u32) -> bool {
        self.run.is_some() && self.serial == run
    }

    /// Whole seconds until the limit is over.
    #[must_use]
    pub fn seconds_left(&self) -> u64 {
        self.until.unwrap_or(0).saturating_sub(self.now).div_ceil(1000)
    }

    /// The follow-up questions of the last reply, while nothing is under way.
    #[must_use]
    pub fn suggestions(&self) -> &[String] {
        match (&self.run, self.turns.last()) {
            (None, Some(turn)) => &turn.suggestions,
            _ => &[],
        }
    }

    /// Begins a run: nothing that was heard or asked for before counts any more.
    pub(super) fn begin_run(&mut self, run: Run) {
        self.serial = self.serial.wrapping_add(1);
        self.run = Some(run);
    }

    /// The visitor's own message under way.
    pub(super) fn own(&self) -> Option<&str> {
        let run = self.run.as_ref()?;
        Some(run.then.as_ref().unwrap_or(&run.id))
    }

    /// Whether the reply that is read is that of the visitor's own message.
    pub(super) fn is_own_run(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.then.is_none())
    }

    pub(super) fn set_stage(&mut self, stage: Stage) {
        let Some(id) = self.run.as_ref().map(|run| run.id.clone()) else {
            return;
        };
        if let Some(turn) = self.turn_mut(&id) {
            turn.standing = Standing::Running(stage);
        }
    }

    /// Sets the stage, but leaves a message that is being stopped at that.
    pub(super) fn rest_stage(&mut self, stage: Stage) {
        if self.stage() != Some(Stage::Stopping) {
            self.set_stage(stage);
        }
    }

    pub(super) fn turn(&self, id: &str) -> Option<&Turn> {
        self.turns.iter().rev().find(|turn| turn.id == id).map(Rc::as_ref)
    }

    pub(super) fn turn_mut(&mut self, id: &str) -> Option<&mut Turn> {
        self.turns
            .iter_mut()
            .rev()
            .find(|turn| turn.id == id)
            .map(Rc::make_mut)
    }
}
