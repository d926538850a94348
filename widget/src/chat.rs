//! The chat of this document: one state, the messages that change it, and the effects that follow.

use std::rc::Rc;

use porthole_widget_core::conversation::{Action, State};
use porthole_widget_core::ink::{Inks, Rgb};
use porthole_widget_core::markdown::{self, Block};
use porthole_widget_core::text;
use web_sys::Element;
use yew::{Html, create_portal};

use crate::js::imports::Effects;
use crate::ui::log::log;
use crate::ui::notices::notices;

/// Turns on the screen at first, and the number of earlier ones that a press adds.
const WINDOW: usize = 30;

/// A message to the chat.
#[derive(Debug)]
pub(crate) enum Msg {
    /// Something happened to the conversation.
    Action(Action),
    /// The visitor wants to see earlier turns.
    ShowEarlier,
    /// The visitor copies the reply to this message.
    CopyReply { id: String },
    /// The browser keeps nothing.
    StorageLost,
    /// The page has this accent.
    Accent { rgb: Rgb },
}

/// The parts of the document that the chat fills, and the site's own words.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) thread: Element,
    pub(crate) notices: Element,
    pub(crate) max_chars: usize,
    pub(crate) greeting: String,
    pub(crate) starters: Vec<String>,
}

/// The chat of this document.
#[derive(Debug)]
pub(crate) struct Chat {
    effects: Effects,
    notices: Element,
    greeting: Vec<Rc<Block>>,
    state: State,
    /// Turns on the screen.
    window: usize,
    storage_lost: bool,
}

impl Chat {
    pub(crate) fn new(setup: &Setup, effects: Effects) -> Self {
        Self {
            effects,
            notices: setup.notices.clone(),
            greeting: markdown::parse(&setup.greeting),
            state: State::new(setup.max_chars, setup.starters.clone()),
            window: WINDOW,
            storage_lost: false,
        }
    }

    pub(crate) fn update(&mut self, msg: Msg) {
        match msg {
            Msg::Action(action) => self.apply(action),
            Msg::ShowEarlier => self.window += WINDOW,
            Msg::CopyReply { id } => self.copy_reply(&id),
            Msg::StorageLost => self.storage_lost = true,
            Msg::Accent { rgb } => self.effects.paint(Inks::new(rgb)),
        }
    }

    pub(crate) fn view(&self) -> Vec<Html> {
        let notices = notices(&self.state, self.storage_lost);
        let log = log(&self.state, &self.greeting, self.window);
        vec![log, create_portal(notices, self.notices.clone())]
    }

    fn apply(&mut self, action: Action) {
        let state = std::mem::replace(&mut self.state, State::new(0, Vec::new()));
        let (state, effects) = state.after(action);
        self.state = state;
        for effect in effects {
            self.effects.carry_out(effect);
        }
        self.effects.show_status(self.state.status());
    }

    fn copy_reply(&self, id: &str) {
        if let Some(turn) = self.state.turns.iter().find(|turn| turn.id == id) {
            self.effects.copy(&text::clean(&turn.reply));
        }
    }
}
