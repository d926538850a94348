//! The views: values in, nodes out. `clicks.js` reads clicks, from `data-do`.
//!
//! The one component, [`part::Part`], is there to save renderings: a turn that is over and a block that is frozen cost
//! nothing while a reply streams. Three components in its place would be 4 KB more. Elements are made by the calls of
//! [`element`] instead of `html!`: each use of the macro is code of its own (the two buttons below, written with it, are
//! 0.5 KB more when compressed), while fixed attributes are data.

mod block;
pub(crate) mod chat;
mod element;
mod inline;
mod log;
mod notices;
pub(crate) mod part;
mod reply;

use element::{Fixed, el, el_with, is, text};
use porthole_widget_core::words;
use yew::Html;

/// An icon of the sheet in `frame.html`.
fn icon(reference: &'static str) -> Html {
    let drawing = el_with("use", &["href"], &[reference], vec![]);
    el("svg", &[("class", is("icon")), ("aria-hidden", is("true"))], vec![drawing])
}

/// A button with words; `act` is its `data-do`.
fn button(act: &'static str, words: &str) -> Html {
    el_with("button", &["type", "class", "data-do"], &["button", "chip", act], vec![text(words)])
}

/// The button that copies code or a reply.
fn copy_button() -> Html {
    let button: Fixed = &[
        ("type", is("button")),
        ("class", is("mini copy")),
        ("data-do", is("copy")),
        ("aria-label", is(words::COPY)),
        ("title", is(words::COPY)),
    ];
    el("button", button, vec![icon("#i-copy"), icon("#i-done")])
}
