//! What the visitor sees. Views take values and give nodes; clicks are read by `page.js`, from
//! `data-do`.

mod block;
mod element;
mod inline;
pub(crate) mod log;
pub(crate) mod notices;
pub(crate) mod part;
mod reply;

use element::{el, el_with, is, text};
use yew::Html;

use porthole_widget_core::words::COPY;

/// An icon of the sheet in `frame.html`.
fn icon(reference: &'static str) -> Html {
    let drawing = el_with("use", &["href"], &[reference], vec![]);
    el(
        "svg",
        &[("class", is("icon")), ("aria-hidden", is("true"))],
        vec![drawing],
    )
}

/// A button with words; `act` is its `data-do`.
fn button(act: &'static str, words: &str) -> Html {
    el_with(
        "button",
        &["type", "class", "data-do"],
        &["button", "chip", act],
        vec![text(words)],
    )
}

/// The button that copies code or a reply.
fn copy_button() -> Html {
    let button: element::Fixed = &[
        ("type", is("button")),
        ("class", is("mini copy")),
        ("data-do", is("copy")),
        ("aria-label", is(COPY)),
        ("title", is(COPY)),
    ];
    el("button", button, vec![icon("#i-copy"), icon("#i-done")])
}
