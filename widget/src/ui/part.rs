//! The one component: the chat, a turn in it, or a block of a reply. It is rendered again only when what it shows is another value:
//! the turns that are over, and the blocks that are frozen, cost nothing while a reply streams.

use std::rc::Rc;

use yew::virtual_dom::Key;
use yew::{Component, Context, Html, Properties};

use super::block::block;
use super::element::{component, list, nothing};
use super::reply::{Parsed, exchange};
use crate::chat::{Chat, Msg, Setup};
use crate::js::exports;
use crate::js::imports::Effects;
use porthole_widget_core::conversation::Turn;
use porthole_widget_core::markdown::Block;

/// Whether anything follows a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It can be tried again.
    Last,
    Earlier,
}

/// What a part shows. (Three components would be 4 KB more.)
#[derive(Clone, Debug, Properties)]
pub(crate) struct Shown {
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Chat(Rc<Setup>, Effects),
    Turn(Rc<Turn>, Place),
    Block(Rc<Block>),
}

impl Shown {
    /// Shows the whole chat.
    pub(crate) const fn chat(setup: Rc<Setup>, effects: Effects) -> Self {
        Self {
            what: What::Chat(setup, effects),
        }
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Turn(one, place), What::Turn(two, there)) => Rc::ptr_eq(one, two) && place == there,
            (What::Block(one), What::Block(two)) => Rc::ptr_eq(one, two),
            _ => false,
        }
    }
}

/// Shows a turn.
pub(super) fn turn(turn: &Rc<Turn>, place: Place) -> Html {
    component::<Part>(
        Shown {
            what: What::Turn(Rc::clone(turn), place),
        },
        None,
    )
}

/// Shows blocks, each on its own.
pub(super) fn blocks<'a>(blocks: impl Iterator<Item = &'a Rc<Block>>) -> Vec<Html> {
    let shown = |(at, block)| {
        component::<Part>(
            Shown {
                what: What::Block(Rc::clone(block)),
            },
            Some(Key::from(at)),
        )
    };
    blocks.enumerate().map(shown).collect()
}

/// A part on the screen, with what it keeps from one rendering to the next.
pub(crate) enum Part {
    Chat(Chat),
    Turn(Parsed),
    Block,
}

impl Component for Part {
    type Message = Msg;
    type Properties = Shown;

    fn create(context: &Context<Self>) -> Self {
        match &context.props().what {
            What::Chat(setup, effects) => {
                exports::connect(context.link().clone());
                Self::Chat(Chat::new(setup, effects.clone()))
            }
            What::Turn(turn, _) => Self::Turn(Parsed::of(turn)),
            What::Block(_) => Self::Block,
        }
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        if let Self::Chat(chat) = self {
            chat.update(msg);
        }
        true
    }

    fn changed(&mut self, context: &Context<Self>, _: &Shown) -> bool {
        if let (Self::Turn(parsed), What::Turn(turn, _)) = (self, &context.props().what) {
            parsed.read(turn);
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> Html {
        match (self, &context.props().what) {
            (Self::Chat(chat), _) => list(chat.view()),
            (Self::Turn(parsed), What::Turn(turn, place)) => exchange(turn, parsed, *place),
            (_, What::Block(shown)) => block(shown),
            _ => nothing(),
        }
    }
}
