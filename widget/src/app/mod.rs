//! The app: one state, what is heard, and what follows.

mod inbox;
mod perform;
mod start;
mod tabs;

use std::rc::Rc;

use porthole_protocol::boot::Boot;
use web_sys::Element;
use yew::{Component, Context, Html, Properties, create_portal, html};

use crate::composer::{Button, Gesture};
use crate::conversation::{Action, Effect, Source, State};
use crate::port::{Incoming, Layout};
use crate::scroll::Scroll;
use crate::ui::deed::{Deed, to_clipboard};
use crate::ui::log::{Welcome, log};
use crate::ui::notices::notices;
use crate::{identity, js, markdown, text, words};
use perform::Performer;

pub(crate) use start::{Early, start};

/// Turns on the screen at first, and how many more each time that earlier ones are wanted.
const WINDOW: usize = 30;

/// Something that the app is told.
#[derive(Debug)]
pub(crate) enum Told {
    /// Streams, sessions, the store, the clock.
    Happened(Vec<Action>),
    /// The page around the frame.
    Page(Incoming),
    /// The text box.
    Composer(Gesture),
    /// A click.
    Clicked(Deed),
    NewChat,
    /// Another tab has changed what is kept.
    OtherTabStored,
    /// The browser keeps nothing.
    Forgetful,
    Suspended,
    Resumed,
}

/// The root component.
#[derive(Debug)]
pub(crate) struct App {
    state: State,
    performer: Rc<Performer>,
    scroll: Scroll,
    welcome: Welcome,
    elements: Elements,
    /// Turns on the screen.
    window: usize,
    forgetful: bool,
    /// The newest run that was asked for.
    run: u32,
    ticking: bool,
}

/// Elements of the document outside of Yew's own.
#[derive(Clone, Debug)]
pub(crate) struct Elements {
    pub title: web_sys::HtmlElement,
    pub new_chat: Element,
    pub close: Element,
    pub notices: Element,
}

/// What the app starts with.
#[derive(Clone, Debug, Properties)]
pub(crate) struct Given {
    pub early: Rc<Early>,
}

impl PartialEq for Given {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.early, &other.early)
    }
}

impl Component for App {
    type Message = Told;
    type Properties = Given;

    fn create(context: &Context<Self>) -> Self {
        let early = &context.props().early;
        let Boot {
            limits, appearance, ..
        } = &early.boot;
        let max_chars = usize::try_from(limits.max_chars).unwrap_or(usize::MAX);
        let app = Self {
            state: State::new(max_chars),
            performer: start::performer(context.link(), early),
            scroll: early.scroll.clone(),
            welcome: Welcome {
                greeting: markdown::parse(&appearance.greeting),
                starters: appearance.starters.clone(),
            },
            elements: early.elements.clone(),
            window: WINDOW,
            forgetful: false,
            run: 0,
            ticking: false,
        };
        app.arrange();
        start::listen(context.link(), &app.performer, early);
        app
    }

    fn update(&mut self, context: &Context<Self>, told: Told) -> bool {
        match told {
            Told::Happened(actions) => self.happen(context, actions),
            Told::Page(message) => self.hear_page(context, message),
            Told::Composer(gesture) => self.hear_composer(context, gesture),
            Told::Clicked(deed) => self.hear_click(context, deed),
            Told::NewChat => self.happen(context, vec![Action::NewChat]),
            Told::OtherTabStored => {
                self.performer.read_again();
                false
            }
            Told::Forgetful => !std::mem::replace(&mut self.forgetful, true),
            Told::Suspended => {
                self.performer.suspend();
                false
            }
            Told::Resumed => {
                self.performer.resume();
                false
            }
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        html! {
            <>
                { log(&self.state, &self.welcome, self.window) }
                { create_portal(notices(&self.state, self.forgetful), self.elements.notices.clone()) }
            </>
        }
    }
}

impl App {
    /// Takes actions one after the other and has their effects carried out.
    fn happen(&mut self, context: &Context<Self>, actions: Vec<Action>) -> bool {
        for action in actions {
            let state = std::mem::replace(&mut self.state, State::new(0));
            let (state, effects) = state.after(action);
            self.state = state;
            self.run = effects.iter().filter_map(run_of).fold(self.run, u32::max);
            let current = Some(self.run).filter(|run| self.state.is_current(*run));
            self.performer.perform(effects, current);
        }
        self.settle(context);
        true
    }

    /// Brings the document around the log in line with the state.
    fn settle(&mut self, context: &Context<Self>) {
        let composer = self.performer.composer();
        composer.offer(if self.state.stage().is_some() {
            Button::Stop
        } else {
            Button::Send
        });
        composer.mark_invalid(if self.state.declined.is_some() {
            "true"
        } else {
            "false"
        });
        let _ = self
            .elements
            .new_chat
            .toggle_attribute_with_force("hidden", self.state.turns.is_empty());
        self.scroll.point_down();
        if self.state.until.is_some() && !self.ticking {
            self.ticking = true;
            let link = context.link().clone();
            js::after(1_000, move || {
                link.send_message(Told::Happened(vec![Action::Tick { now: js::now() }]))
            });
        }
    }

    fn submit(&mut self, context: &Context<Self>, text: String, source: Source) -> bool {
        self.scroll.to_end();
        let now = js::now();
        self.happen(
            context,
            vec![Action::Submit {
                text,
                id: identity::message_id(now),
                source,
                now,
            }],
        )
    }

    fn hear_page(&mut self, context: &Context<Self>, message: Incoming) -> bool {
        match message {
            Incoming::Options(options) => {
                self.performer.take_options(options);
                self.arrange();
                false
            }
            Incoming::ShownWithFocus => {
                self.focus();
                self.happen(context, vec![Action::Shown])
            }
            Incoming::Shown => self.happen(context, vec![Action::Shown]),
            Incoming::Hidden => self.happen(context, vec![Action::Hidden]),
            Incoming::Send(text) => self.submit(context, text, Source::Page),
            Incoming::Typed(text) => {
                let composer = self.performer.composer();
                if !composer.text().is_empty() {
                    return self.submit(context, text, Source::Suggestion);
                }
                composer.restore(&text);
                self.submit(context, text, Source::Composer)
            }
            Incoming::NewChat => self.happen(context, vec![Action::NewChat]),
        }
    }

    fn hear_composer(&mut self, context: &Context<Self>, gesture: Gesture) -> bool {
        match gesture {
            Gesture::Submit => {
                let text = self.performer.composer().text();
                self.submit(context, text, Source::Composer)
            }
            Gesture::Stop => self.happen(context, vec![Action::Stop]),
            Gesture::Edit => {
                let was_declined = self.state.declined.take().is_some();
                if was_declined {
                    self.settle(context);
                }
                was_declined
            }
            Gesture::Leave => {
                self.performer.port().close();
                false
            }
        }
    }

    fn hear_click(&mut self, context: &Context<Self>, deed: Deed) -> bool {
        match deed {
            Deed::Say(text) => return self.submit(context, text, Source::Suggestion),
            Deed::Retry => {
                self.scroll.to_end();
                return self.happen(context, vec![Action::Retry]);
            }
            Deed::Fork => return self.happen(context, vec![Action::Fork]),
            Deed::Discard => return self.happen(context, vec![Action::Discard]),
            Deed::Earlier => {
                self.window += WINDOW;
                return true;
            }
            Deed::CopyText(text, button) => self.copy(&text, button),
            Deed::CopyReply(id, button) => {
                if let Some(turn) = self.state.turns.iter().find(|turn| turn.id == id) {
                    self.copy(&turn.reply, button);
                }
            }
            Deed::Navigate(url) => self.performer.port().navigate(&url),
        }
        false
    }

    fn copy(&self, copied: &str, button: Element) {
        to_clipboard(&text::clean(copied), button);
        self.performer.status().say(words::COPIED.to_owned());
    }

    /// A keyboard would jump up on touch, so there the heading takes the focus.
    fn focus(&self) {
        if self.performer.options().touch {
            let _ = self.elements.title.focus();
        } else {
            self.performer.composer().focus();
        }
    }

    /// Follows the layout: only a panel has something to close.
    fn arrange(&self) {
        let closable =
            self.performer.port().has_page() && self.performer.options().layout == Layout::Closable;
        let _ = self
            .elements
            .close
            .toggle_attribute_with_force("hidden", !closable);
    }
}

/// The run that an effect starts or goes on with.
const fn run_of(effect: &Effect) -> Option<u32> {
    match effect {
        Effect::Send { run, .. }
        | Effect::Join { run, .. }
        | Effect::CreateSession { run, .. }
        | Effect::RefreshTicket { run } => Some(*run),
        Effect::KeepOutgoing(_)
        | Effect::Abandon
        | Effect::Stop { .. }
        | Effect::Keep(..)
        | Effect::DropOutgoing { .. }
        | Effect::ClearStore
        | Effect::Announce(_)
        | Effect::ToPage(_)
        | Effect::EmptyComposer
        | Effect::RestoreComposer(_)
        | Effect::FocusComposer => None,
    }
}
