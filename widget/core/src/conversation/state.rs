//! The state of a conversation, and questions to it.

use std::rc::Rc;

use porthole_protocol::text::TextError;

use super::run::{Goal, Run};
use super::{Stage, Turn, TurnStatus};
use crate::text;

/// Characters left from which on the composer counts down.
const NEAR_LIMIT: usize = 200;

/// The reason why a text stayed in the composer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// As many messages wait as can.
    Full,
    /// The text itself cannot be sent.
    Text(TextError),
}

/// A message that is edited in the composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpenEdit {
    /// The message's id.
    pub id: String,
    /// The text that stood in the composer before.
    pub draft: String,
}

/// Wishes that a site grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offers {
    /// Earlier messages can be edited, and answers made anew.
    pub edits: bool,
    /// The workflow takes ratings.
    pub feedback: bool,
}

/// Tells if a session token is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Session {
    /// None is.
    Missing,
    /// One is.
    Ready,
}

/// The panel around the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Panel {
    /// The visitor sees it.
    Shown,
    /// Nobody does.
    Hidden,
    /// Nobody does, and the messages that wait are left to other tabs.
    Resting,
}

/// The conversation's state as far as the document around it shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The current run; 0 releases the lock between tabs, which also holds a message back that is edited here.
    pub run: u32,
    /// `true` while a message is under way.
    pub busy: bool,
    /// `true` while the composer holds a text that was declined.
    pub declined: bool,
    /// The number of turns.
    pub turns: usize,
    /// `true` while a second that passes changes something.
    pub ticking: bool,
    /// Characters left in the composer, shown near the limit.
    pub left: Option<i32>,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// The turns, in order; one of them may be under way.
    pub turns: Vec<Rc<Turn>>,
    /// The messages that wait behind them, in order.
    pub waiting: Vec<Rc<Turn>>,
    /// The reason why the last text stayed in the composer.
    pub declined: Option<Declined>,
    /// The site's offers.
    pub offers: Offers,
    pub(super) starters: Vec<String>,
    pub(super) max_chars: u32,
    /// The text in the composer.
    pub(super) draft: String,
    pub(super) editing: Option<OpenEdit>,
    /// The turns of other branches, in no order.
    pub(super) hidden: Vec<Rc<Turn>>,
    /// The head of the session's token, as far as this tab knows.
    pub(super) token_head: String,
    /// `true` while the session's token is that of a branch that was left before.
    pub(super) switched: bool,
    /// The end of the limit, in milliseconds since 1970.
    pub(super) limited_until: Option<u64>,
    /// Replies that came while the panel was hidden.
    pub(super) unread: u32,
    pub(super) now: u64,
    pub(super) online: bool,
    pub(super) panel: Panel,
    pub(super) session: Session,
    /// The number of the newest run.
    pub(super) serial: u32,
    /// The newest run that made a request.
    pub(super) last_requested_run: u32,
    pub(super) run: Option<Run>,
}

impl Conversation {
    /// Starts empty, online and hidden.
    #[must_use]
    // A copy of it at each call is 0.2 KB more, as for the other values of many fields.
    #[inline(never)]
    pub const fn new(max_chars: u32, starters: Vec<String>) -> Self {
        Self {
            turns: Vec::new(),
            waiting: Vec::new(),
            declined: None,
            offers: Offers { edits: false, feedback: false },
            starters,
            max_chars,
            draft: String::new(),
            editing: None,
            hidden: Vec::new(),
            token_head: String::new(),
            switched: false,
            limited_until: None,
            unread: 0,
            now: 0,
            online: true,
            panel: Panel::Hidden,
            session: Session::Missing,
            serial: 0,
            last_requested_run: 0,
            run: None,
        }
    }

    /// Returns the state that the document shows.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            run: Some(self.last_requested_run)
                .filter(|run| self.is_current(*run) || self.is_next_edited())
                .unwrap_or(0),
            busy: self.stage().is_some(),
            declined: self.declined.is_some(),
            turns: self.turns.len(),
            ticking: self.limited_until.is_some(),
            left: self.characters_left(),
        }
    }

    /// Returns the progress of the message under way; `None` when there is none and the composer may send.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        let run = self.run.as_ref()?;
        let id = if run.goal == Goal::Join { &run.id } else { run.own() };
        match self.turn(id)?.status {
            TurnStatus::Running(stage) => Some(stage),
            _ => None,
        }
    }

    /// Returns whole seconds until the limit is over.
    #[must_use]
    pub fn seconds_left(&self) -> u64 {
        self.limited_until.unwrap_or(0).saturating_sub(self.now).div_ceil(1000)
    }

    /// Returns the texts that a tap sends: starters before the first turn, afterwards the last reply's follow-up
    /// questions while nothing is under way nor waits.
    #[must_use]
    pub fn chips(&self) -> &[String] {
        match (&self.run, self.turns.last()) {
            _ if !self.waiting.is_empty() => &[],
            (None, Some(turn)) => &turn.suggestions,
            (_, None) => &self.starters,
            _ => &[],
        }
    }

    /// Returns `true` where an event of `run` still counts.
    #[must_use]
    pub(super) const fn is_current(&self, run: u32) -> bool {
        self.run.is_some() && self.serial == run
    }

    fn characters_left(&self) -> Option<i32> {
        let max_chars = usize::try_from(self.max_chars).unwrap_or(usize::MAX);
        let typed = text::count(&self.draft);
        if typed == 0 || max_chars >= typed.saturating_add(NEAR_LIMIT) {
            return None;
        }
        let signed = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Some(signed(max_chars) - signed(typed))
    }

    /// Begins a run: no event of an earlier one counts any more.
    pub(super) fn begin_run(&mut self, run: Run) {
        self.next_serial();
        self.run = Some(run);
    }

    /// Returns the number of a new run.
    pub(super) const fn next_serial(&mut self) -> u32 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }

    /// Returns the id of the visitor's own message under way.
    pub(super) fn own(&self) -> Option<&str> {
        self.run.as_ref().map(Run::own)
    }

    /// Returns `true` where the reply that is read is that of the visitor's own message.
    pub(super) fn is_own_run(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.queued_own.is_none())
    }

    pub(super) fn set_stage(&mut self, stage: Stage) {
        let Some(id) = self.run.as_ref().map(|run| run.id.clone()) else {
            return;
        };
        if let Some(turn) = self.turn_mut(&id) {
            turn.status = TurnStatus::Running(stage);
        }
    }

    pub(super) fn set_stage_unless_stopping(&mut self, stage: Stage) {
        if self.stage() != Some(Stage::Stopping) {
            self.set_stage(stage);
        }
    }

    pub(super) fn turn(&self, id: &str) -> Option<&Turn> {
        self.turns.iter().rev().find(|turn| turn.id == id).map(Rc::as_ref)
    }

    pub(super) fn turn_mut(&mut self, id: &str) -> Option<&mut Turn> {
        self.turns.iter_mut().rev().find(|turn| turn.id == id).map(Rc::make_mut)
    }
}
