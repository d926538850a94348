//! The views: values in, nodes out. `clicks.js` reads clicks, from `data-do`.
//!
//! The one component, [`part::Part`], is there to save renderings: a turn that is over costs nothing
//! while a reply streams. Two components in its place would be 1.5 KB more. Elements are made by the calls of
//! [`element`] instead of `html!`: each use of the macro is code of its own (the two buttons below, written with it, are
//! 0.5 KB more when compressed), while fixed attributes are data.

pub(crate) mod chat;
mod element;
mod log;
mod notices;
pub(crate) mod part;
mod reply;

use element::{el, el_with, is, text};
use porthole_widget_core::words;
use yew::Html;

/// An icon of the sheet in `frame.html`.
fn icon(reference: &'static str) -> Html {
    let drawing = el_with("use", &["href"], &[reference], vec![]);
    el("svg", &[("class", is("icon")), ("aria-hidden", is("true"))], vec![drawing])
}

/// A button with words; `act` is its `data-do`, a message without members.
fn button(act: &'static str, words: &str) -> Html {
    chip(act, words)
}

/// The same for any message.
fn chip(act: &'static str, words: &str) -> Html {
    el_with("button", &["type", "class", "data-do"], &["button", "chip", act], vec![text(words)])
}

/// A small button with an icon, or two; `index` is its `data-index`.
fn mini(act: &'static str, name: &'static str, index: &str, icons: &[&'static str]) -> Html {
    let names = &["type", "class", "data-do", "aria-label", "title", "data-index"];
    let class = ["mini ", act].concat();
    let icons = icons.iter().copied().map(icon).collect();
    el_with("button", names, &["button", &class, act, name, name, index], icons)
}

/// The same for a message without members.
fn icon_button(act: &'static str, name: &'static str, reference: &'static str) -> Html {
    mini(act, name, "", &[reference])
}

/// The button that copies code or a reply.
fn copy_button() -> Html {
    mini("copy", words::COPY, "", &["#i-copy", "#i-done"])
}
