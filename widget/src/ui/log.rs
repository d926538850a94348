//! The conversation from top to bottom.

use porthole_widget_core::conversation::{Conversation, Turn};
use porthole_widget_core::text::clean;
use porthole_widget_core::words;
use yew::Html;

use super::element::{Fixed, classed, el, el_with, is, keyed, list, prose, text};
use super::reply::mine;
use super::{button, chip, icon};

/// The attributes of the follow-up questions.
const SUGGESTIONS: Fixed =
    &[("class", is("chips")), ("role", is("group")), ("aria-label", is(words::SUGGESTIONS))];

/// Shows turns behind the greeting, or behind a button for the turns before `first`; below them the chips.
pub(super) fn log(conversation: &Conversation, first: usize, greeting: &str, turns: Vec<Html>) -> Html {
    let mut shown = vec![if first > 0 {
        let earlier = vec![button("show_earlier", words::EARLIER)];
        keyed("earlier", classed("div", "chips earlier", earlier))
    } else {
        keyed("greeting", classed("div", "greeting", vec![prose(greeting)]))
    }];
    shown.extend(turns);
    let chips = conversation.chips();
    if conversation.turns.is_empty() {
        let starters = shown_chips(chips, |words| vec![words, icon("#i-send")]);
        shown.push(keyed("starters", classed("div", "starters", starters)));
    } else if !chips.is_empty() {
        let suggestions = shown_chips(chips, |words| vec![words]);
        shown.push(keyed("suggestions", el("div", SUGGESTIONS, suggestions)));
    }
    list(shown)
}

/// Shows a message that waits; the first of those that do not go out by themselves has a button for it.
pub(super) fn waiting(message: &Turn, is_held_up: bool) -> Html {
    let mut below = vec![text(words::WAITING)];
    if is_held_up {
        below.push(button("send_next", words::SEND_NOW));
    }
    below.extend([chip("edit", words::EDIT), chip("take_back", words::TAKE_BACK)]);
    let values = ["waits", &message.id];
    let shown = vec![mine(&message.user), classed("div", "under yours", below)];
    keyed(&message.id, el_with("section", &["class", "data-id"], &values, shown))
}

/// Puts a turn into its row.
pub(super) fn row(id: &str, turn: Html) -> Html {
    let values = ["turn", id];
    keyed(id, el_with("div", &["class", "data-id"], &values, vec![turn]))
}

/// Shows texts that a tap sends: each button has its place among them, never the text.
fn shown_chips(chips: &[String], inside: impl Fn(Html) -> Vec<Html>) -> Vec<Html> {
    let chip = |(index, words): (usize, &String)| {
        let names = &["type", "class", "data-do", "data-index"];
        let values = ["button", "chip", "tap", &index.to_string()];
        el_with("button", names, &values, inside(text(&clean(words))))
    };
    chips.iter().enumerate().map(chip).collect()
}
