//! What the visitor sees. Views take values and give nodes; clicks are read in one place, [`deed`].

mod block;
pub(crate) mod deed;
mod exchange;
mod inline;
pub(crate) mod log;
pub(crate) mod notices;

use yew::{AttrValue, Html, html};

/// An icon of the sheet in `frame.html`.
fn icon(reference: &'static str) -> Html {
    html! { <svg class="icon" aria-hidden="true"><use href={reference} /></svg> }
}

/// A button with words; `act` names the deed.
fn chip(act: &'static str, words: impl Into<AttrValue>) -> Html {
    html! { <button type="button" class="chip" data-do={act}>{ words.into() }</button> }
}

/// The button that copies code or a reply.
fn copy_button(label: &'static str) -> Html {
    html! {
        <button type="button" class="mini copy" data-do="copy" aria-label={label} title={label}>
            { icon("#i-copy") }{ icon("#i-done") }
        </button>
    }
}
