//! The conversation from top to bottom.

use std::rc::Rc;

use porthole_widget_core::conversation::State;
use porthole_widget_core::markdown::Block;
use porthole_widget_core::text::clean;
use porthole_widget_core::words;
use yew::Html;

use super::element::{Fixed, classed, el, el_with, is, keyed, list, text};
use super::part::{Place, blocks, turn};
use super::{button, icon};

/// The attributes of the follow-up questions.
const SUGGESTIONS: Fixed = &[
    ("class", is("chips")),
    ("role", is("group")),
    ("aria-label", is(words::SUGGESTIONS)),
];

/// Shows the last `most` turns, behind the greeting or behind a button for the earlier ones.
pub(crate) fn log(state: &State, greeting: &[Rc<Block>], most: usize) -> Html {
    let first = state.turns.len().saturating_sub(most);
    let mut shown = vec![if first > 0 {
        let earlier = vec![button("show_earlier", words::EARLIER)];
        keyed("earlier", classed("div", "chips earlier", earlier))
    } else {
        keyed(
            "greeting",
            classed("div", "greeting prose", blocks(greeting.iter())),
        )
    }];
    for (at, exchange) in state.turns.iter().enumerate().skip(first) {
        let place = if at + 1 == state.turns.len() {
            Place::Last
        } else {
            Place::Earlier
        };
        let (names, values) = (&["class", "data-id"], ["turn", &exchange.id]);
        let row = el_with("div", names, &values, vec![turn(exchange, place)]);
        shown.push(keyed(&exchange.id, row));
    }
    shown.extend(chips(state));
    list(shown)
}

/// Shows the texts that a tap sends, each by its place among them.
fn chips(state: &State) -> Option<Html> {
    let is_empty = state.turns.is_empty();
    let chip = |(index, words): (usize, &String)| {
        let mut inside = vec![text(&clean(words))];
        if is_empty {
            inside.push(icon("#i-send"));
        }
        let names = &["type", "class", "data-do", "data-index"];
        el_with(
            "button",
            names,
            &["button", "chip", "tap", &index.to_string()],
            inside,
        )
    };
    let chips: Vec<Html> = state.chips().iter().enumerate().map(chip).collect();
    if is_empty {
        Some(keyed("starters", classed("div", "starters", chips)))
    } else if chips.is_empty() {
        None
    } else {
        Some(keyed("suggestions", el("div", SUGGESTIONS, chips)))
    }
}
