//! The chat of this document: the conversation, and the part of it that is on the screen.

use std::rc::Rc;

use porthole_widget_core::conversation::{Action, Conversation, Effect, Offers, Status};
use web_sys::Element;

/// Turns on the screen at first, and the number of earlier ones that are added at a time: 600 elements and more are slow.
const WINDOW: usize = 15;

/// Carries out effects, and shows the conversation's state in the document around it.
pub(crate) type Perform = Rc<dyn Fn(Vec<Effect>, Status)>;

/// A message to the chat.
#[derive(Debug)]
pub(crate) enum Msg {
    /// Something happened to the conversation.
    Action(Action),
    /// The visitor wants to see earlier turns.
    ShowEarlier,
    /// A turn is to be on the screen, with all that come after it.
    ShowTurn {
        /// The id of its message.
        id: String,
    },
    /// The browser keeps nothing.
    StorageLost,
}

/// The parts of the document that the chat fills, and the site's own words and limits.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) thread: Element,
    pub(crate) notices: Element,
    pub(crate) max_chars: u32,
    /// The turns that the workflow gets; where it gets some, what it got can be changed.
    pub(crate) history_turns: u32,
    /// `true` where the workflow takes ratings.
    pub(crate) feedback: bool,
    pub(crate) greeting: String,
    pub(crate) starters: Vec<String>,
}

/// The chat of this document.
pub(crate) struct Chat {
    pub(super) conversation: Conversation,
    pub(super) greeting: String,
    pub(super) notices: Element,
    pub(super) storage_lost: bool,
    /// Turns on the screen.
    window: usize,
    perform: Perform,
}

impl Chat {
    pub(super) fn new(setup: &Setup, perform: Perform) -> Self {
        let mut conversation = Conversation::new(setup.max_chars, setup.starters.clone());
        conversation.offers = Offers { edits: setup.history_turns > 0, feedback: setup.feedback };
        Self {
            conversation,
            greeting: setup.greeting.clone(),
            notices: setup.notices.clone(),
            storage_lost: false,
            window: WINDOW,
            perform,
        }
    }

    pub(super) fn update(&mut self, msg: Msg) {
        match msg {
            Msg::Action(action) => self.apply(action),
            Msg::ShowEarlier => self.window += WINDOW,
            Msg::ShowTurn { id } => {
                let from_end = self.conversation.turns.iter().rev().position(|turn| turn.id == id);
                self.window = self.window.max(from_end.map_or(0, |place| place + 1));
            }
            Msg::StorageLost => self.storage_lost = true,
        }
    }

    /// Returns the first turn on the screen.
    pub(super) fn first(&self) -> usize {
        self.conversation.turns.len().saturating_sub(self.window)
    }

    fn apply(&mut self, action: Action) {
        let before = std::mem::replace(&mut self.conversation, Conversation::new(0, Vec::new()));
        let (conversation, effects) = before.after(action);
        self.conversation = conversation;
        if self.conversation.turns.is_empty() {
            self.window = WINDOW;
        }
        (self.perform)(effects, self.conversation.status());
    }
}
