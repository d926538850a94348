//! The chat: one state, what it is told, and what follows.

use std::rc::Rc;

use web_sys::Element;
use yew::{Html, create_portal};

use crate::hands::Hands;
use crate::ui::log::{Welcome, log};
use crate::ui::notices::notices;
use porthole_widget_core::conversation::{Action, State};
use porthole_widget_core::markdown;
use porthole_widget_core::text;

/// Turns on the screen at first, and how many more each time that earlier ones are wanted.
const WINDOW: usize = 30;

/// Something that the chat is told.
#[derive(Debug)]
pub(crate) enum Told {
    /// Something happened to the conversation.
    Happened(Action),
    /// The visitor edits the text that was declined.
    Edited,
    /// The visitor wants to see earlier turns.
    WantsEarlier,
    /// The visitor wants to copy the reply to this message.
    WantsCopy(String),
    /// The browser keeps nothing.
    Forgetful,
}

/// What the chat starts with.
#[derive(Debug)]
pub(crate) struct Given {
    notices: Element,
    max_chars: usize,
    welcome: Rc<Welcome>,
    hands: Hands,
}

impl Given {
    pub(crate) fn new(
        notices: Element,
        max_chars: usize,
        greeting: &str,
        starters: &str,
        hands: Hands,
    ) -> Rc<Self> {
        let starters = starters.lines().map(String::from).collect();
        let welcome = Rc::new(Welcome {
            greeting: markdown::parse(greeting),
            starters,
        });
        Rc::new(Self {
            notices,
            max_chars,
            welcome,
            hands,
        })
    }
}

/// The chat of this document.
#[derive(Debug)]
pub(crate) struct Chat {
    given: Rc<Given>,
    state: State,
    /// Turns on the screen.
    window: usize,
    forgetful: bool,
    /// The newest run that was asked for.
    run: u32,
}

impl Chat {
    pub(crate) fn new(given: &Rc<Given>) -> Self {
        let state = State::new(given.max_chars);
        Self {
            given: Rc::clone(given),
            state,
            window: WINDOW,
            forgetful: false,
            run: 0,
        }
    }

    pub(crate) fn hear(&mut self, told: Told) {
        match told {
            Told::Happened(action) => self.happen(action),
            Told::Edited => self.state.declined = None,
            Told::WantsEarlier => self.window += WINDOW,
            Told::WantsCopy(id) => self.copy(&id),
            Told::Forgetful => self.forgetful = true,
        }
    }

    pub(crate) fn view(&self) -> Vec<Html> {
        let notices = notices(&self.state, self.forgetful);
        let log = log(&self.state, &self.given.welcome, self.window);
        vec![log, create_portal(notices, self.given.notices.clone())]
    }

    fn happen(&mut self, action: Action) {
        let state = std::mem::replace(&mut self.state, State::new(0));
        let (state, effects) = state.after(action);
        self.state = state;
        let hands = &self.given.hands;
        for effect in effects {
            self.run = hands.perform(effect).unwrap_or(self.run);
        }
        let State {
            turns,
            until,
            declined,
            ..
        } = &self.state;
        let run = if self.state.is_current(self.run) {
            self.run
        } else {
            0
        };
        let busy = self.state.stage().is_some();
        hands.settle(run, busy, declined.is_some(), turns.len(), until.is_some());
    }

    fn copy(&self, id: &str) {
        if let Some(turn) = self.state.turns.iter().find(|turn| turn.id == id) {
            self.given.hands.copy(&text::clean(&turn.reply));
        }
    }
}
