//! The conversation from top to bottom.

use std::rc::Rc;

use yew::Html;

use super::element::{Fixed, classed, el, el_with, is, keyed, list, text};
use super::part::{Place, blocks, turn};
use super::{chip, icon};
use porthole_widget_core::conversation::State;
use porthole_widget_core::markdown::Block;
use porthole_widget_core::text::clean;
use porthole_widget_core::words;

/// The attributes of the follow-up questions.
const SUGGESTIONS: Fixed = &[
    ("class", is("chips")),
    ("role", is("group")),
    ("aria-label", is(words::SUGGESTIONS)),
];

/// What an empty chat says.
#[derive(Debug)]
pub(crate) struct Welcome {
    pub greeting: Vec<Rc<Block>>,
    pub starters: Vec<String>,
}

/// Shows the last `most` turns, behind the greeting or behind a button for the earlier ones.
pub(crate) fn log(state: &State, welcome: &Welcome, most: usize) -> Html {
    let first = state.turns.len().saturating_sub(most);
    let mut shown = Vec::new();
    shown.push(if first > 0 {
        keyed(
            "earlier",
            classed("div", "chips earlier", vec![chip("earlier", words::EARLIER)]),
        )
    } else {
        keyed(
            "greeting",
            classed("div", "greeting prose", blocks(welcome.greeting.iter())),
        )
    });
    for (at, there) in state.turns.iter().enumerate().skip(first) {
        let place = if at + 1 == state.turns.len() {
            Place::Last
        } else {
            Place::Earlier
        };
        let row = el_with(
            "div",
            &["class", "data-id"],
            &["turn", &there.id],
            vec![turn(there, place)],
        );
        shown.push(keyed(&there.id, row));
    }
    if state.turns.is_empty() {
        let starters = welcome.starters.iter().map(|words| starter(words)).collect();
        shown.push(keyed("starters", classed("div", "starters", starters)));
    }
    if !state.suggestions().is_empty() {
        let chips = state
            .suggestions()
            .iter()
            .map(|words| chip("say", &clean(words)))
            .collect();
        shown.push(keyed("suggestions", el("div", SUGGESTIONS, chips)));
    }
    list(shown)
}

fn starter(words: &str) -> Html {
    let values = ["button", "chip", "say"];
    el_with(
        "button",
        &["type", "class", "data-do"],
        &values,
        vec![text(&clean(words)), icon("#i-send")],
    )
}
