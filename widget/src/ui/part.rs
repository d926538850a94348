//! The one component: the chat, a turn in it, or a block of a reply.

use std::rc::Rc;

use porthole_widget_core::conversation::Turn;
use porthole_widget_core::markdown::Block;
use yew::virtual_dom::Key;
use yew::{Component, Context, Html, Properties, create_portal};

use super::block::block;
use super::chat::{Chat, Msg, Perform, Setup};
use super::element::{component, list};
use super::log::{log, row};
use super::notices::notices;
use super::reply::{ParsedReply, TurnPlace, exchange};

/// The value that a part shows: it is rendered again only when that is another one.
#[derive(Clone, Properties)]
pub(crate) struct PartProps {
    value: PartValue,
}

#[derive(Clone)]
enum PartValue {
    Chat(Rc<Setup>, Perform),
    Turn(Rc<Turn>, TurnPlace, Rc<str>),
    Block(Rc<Block>),
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
            (PartValue::Turn(one, place, _), PartValue::Turn(two, other, _)) => {
                Rc::ptr_eq(one, two) && place == other
            }
            (PartValue::Block(one), PartValue::Block(two)) => Rc::ptr_eq(one, two),
            _ => false,
        }
    }
}

/// A part on the screen, with the state that it keeps from one rendering to the next.
pub(crate) enum Part {
    Chat(Chat),
    Turn(ParsedReply),
    Block,
}

impl Component for Part {
    type Message = Msg;
    type Properties = PartProps;

    fn create(context: &Context<Self>) -> Self {
        match &context.props().value {
            PartValue::Chat(setup, perform) => Self::Chat(Chat::new(setup, Rc::clone(perform))),
            PartValue::Turn(turn, _, page) => Self::Turn(ParsedReply::new(turn, page)),
            PartValue::Block(_) => Self::Block,
        }
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        if let Self::Chat(chat) = self {
            chat.update(msg);
        }
        true
    }

    fn changed(&mut self, context: &Context<Self>, _: &PartProps) -> bool {
        if let (Self::Turn(parsed), PartValue::Turn(turn, _, page)) = (self, &context.props().value) {
            parsed.update(turn, page);
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> Html {
        match (self, &context.props().value) {
            (Self::Chat(chat), _) => view(chat),
            (Self::Turn(parsed), PartValue::Turn(turn, place, _)) => {
                exchange(turn, blocks(parsed.blocks()), *place)
            }
            (_, PartValue::Block(shown)) => block(shown),
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
            version: conversation.version(turn),
        };
        let value = PartValue::Turn(Rc::clone(turn), place, Rc::clone(&chat.page));
        rows.push(row(&turn.id, component::<Part>(PartProps { value }, None)));
    }
    let greeting = blocks(chat.greeting.iter());
    let notices = notices(conversation, chat.storage_lost);
    list(vec![log(conversation, first, greeting, rows), create_portal(notices, chat.notices.clone())])
}

/// Shows blocks, each on its own.
fn blocks<'a>(blocks: impl Iterator<Item = &'a Rc<Block>>) -> Vec<Html> {
    let shown = |(at, block)| {
        let value = PartValue::Block(Rc::clone(block));
        component::<Part>(PartProps { value }, Some(Key::from(at)))
    };
    blocks.enumerate().map(shown).collect()
}
