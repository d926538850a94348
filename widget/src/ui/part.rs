//! The one component: the chat, or a turn in it.

use std::rc::Rc;

use porthole_widget_core::conversation::Turn;
use yew::{Component, Context, Html, Properties, create_portal};

use super::chat::{Chat, Msg, Perform, Setup};
use super::element::{component, list};
use super::log::{log, row, waiting};
use super::notices::notices;
use super::reply::{TurnPlace, exchange};

/// The value that a part shows: it is rendered again only when that is another one.
#[derive(Clone, Properties)]
pub(crate) struct PartProps {
    value: PartValue,
}

#[derive(Clone)]
enum PartValue {
    Chat(Rc<Setup>, Perform),
    Turn(Rc<Turn>, TurnPlace),
}

impl PartProps {
    /// Shows the whole chat.
    pub(crate) const fn chat(setup: Rc<Setup>, perform: Perform) -> Self {
        Self { value: PartValue::Chat(setup, perform) }
    }
}

impl PartialEq for PartProps {
    fn eq(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (PartValue::Turn(one, place), PartValue::Turn(two, other)) => {
                Rc::ptr_eq(one, two) && place == other
            }
            _ => false,
        }
    }
}

/// A part on the screen, with the state that it keeps from one rendering to the next.
pub(crate) enum Part {
    Chat(Box<Chat>),
    Turn,
}

impl Component for Part {
    type Message = Msg;
    type Properties = PartProps;

    fn create(context: &Context<Self>) -> Self {
        match &context.props().value {
            PartValue::Chat(setup, perform) => Self::Chat(Box::new(Chat::new(setup, Rc::clone(perform)))),
            PartValue::Turn(..) => Self::Turn,
        }
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        if let Self::Chat(chat) = self {
            chat.update(msg);
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> Html {
        match (self, &context.props().value) {
            (Self::Chat(chat), _) => view(chat),
            (_, PartValue::Turn(turn, place)) => exchange(turn, *place),
            _ => list(vec![]),
        }
    }
}

fn view(chat: &Chat) -> Html {
    let (conversation, first) = (&chat.conversation, chat.first());
    let mut rows = Vec::new();
    for (at, turn) in conversation.turns.iter().enumerate().skip(first) {
        let place = TurnPlace {
            is_last: at + 1 == conversation.turns.len(),
            edits: conversation.offers.edits,
            feedback: conversation.offers.feedback,
            version: conversation.version(turn),
        };
        let value = PartValue::Turn(Rc::clone(turn), place);
        rows.push(row(&turn.id, component::<Part>(PartProps { value }, None)));
    }
    for (at, message) in conversation.waiting.iter().enumerate() {
        rows.push(waiting(message, at == 0 && conversation.is_paused()));
    }
    let notices = notices(conversation, chat.storage_lost);
    list(vec![log(conversation, first, &chat.greeting, rows), create_portal(notices, chat.notices.clone())])
}
