//! The conversation from top to bottom.

use std::rc::Rc;

use yew::{Html, html};

use super::block::BlockView;
use super::exchange::{Exchange, Place};
use super::{chip, icon};
use crate::conversation::State;
use crate::markdown::Block;
use crate::{text, words};

/// What an empty chat says.
#[derive(Debug)]
pub(crate) struct Welcome {
    pub greeting: Vec<Rc<Block>>,
    pub starters: Vec<String>,
}

/// Shows the last `most` turns, behind the greeting or behind a button for the earlier ones.
pub(crate) fn log(state: &State, welcome: &Welcome, most: usize) -> Html {
    let first = state.turns.len().saturating_sub(most);
    let last = state.turns.len().saturating_sub(1);
    let turns = state.turns.iter().enumerate().skip(first).map(|(at, turn)| {
        let place = if at == last { Place::Last } else { Place::Earlier };
        html! {
            <div class="turn" key={turn.id.as_str()} data-id={turn.id.clone()}>
                <Exchange turn={Rc::clone(turn)} {place} />
            </div>
        }
    });
    html! {
        <>
            if first > 0 {
                <div class="chips earlier" key="earlier">{ chip("earlier", words::EARLIER) }</div>
            } else {
                <div class="greeting prose" key="greeting">{ for welcome.greeting.iter().map(shown) }</div>
            }
            { for turns }
            if state.turns.is_empty() {
                <div class="starters" key="starters">{ for welcome.starters.iter().map(|words| starter(words)) }</div>
            }
            if !state.suggestions().is_empty() {
                <div class="chips" key="suggestions" role="group" aria-label={words::SUGGESTIONS}>
                    { for state.suggestions().iter().map(|words| chip("say", text::clean(words))) }
                </div>
            }
        </>
    }
}

fn shown(block: &Rc<Block>) -> Html {
    html! { <BlockView block={Rc::clone(block)} /> }
}

fn starter(words: &str) -> Html {
    html! {
        <button type="button" class="chip" data-do="say">{ text::clean(words) }{ icon("#i-send") }</button>
    }
}
