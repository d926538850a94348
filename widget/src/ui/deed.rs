//! What a click in the chat means.

use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::js;

/// Milliseconds for which a copy button says that it has copied.
const COPIED_MS: i32 = 1_600;

/// Something that the visitor asks for by a click.
#[derive(Debug)]
pub(crate) enum Deed {
    /// Sends a starter or a suggestion.
    Say(String),
    Retry,
    Fork,
    Discard,
    Earlier,
    /// Copies a text; the button shows it.
    CopyText(String, Element),
    /// Copies the reply to the message of this id.
    CopyReply(String, Element),
    /// Leads the page around the frame to an address.
    Navigate(String),
}

/// Reads a click; `None` where it means nothing to the chat.
pub(crate) fn read(event: &MouseEvent, page_origin: &str) -> Option<Deed> {
    let target: Element = event.target()?.dyn_into().ok()?;
    if let Some(link) = target.closest("a").ok()? {
        return navigate(event, &link, page_origin);
    }
    let button = target.closest("[data-do]").ok()??;
    match button.get_attribute("data-do")?.as_str() {
        "say" => button.text_content().map(Deed::Say),
        "retry" => Some(Deed::Retry),
        "fork" => Some(Deed::Fork),
        "discard" => Some(Deed::Discard),
        "earlier" => Some(Deed::Earlier),
        "copy" => copy(button),
        _ => None,
    }
}

fn copy(button: Element) -> Option<Deed> {
    if let Some(code) = button.closest(".code").ok()? {
        let text = code.query_selector("pre").ok()??.text_content()?;
        return Some(Deed::CopyText(text, button));
    }
    let id = button.closest(".turn").ok()??.get_attribute("data-id")?;
    Some(Deed::CopyReply(id, button))
}

/// A plain click on a link to the page's own origin stays in the page; all others open a new tab.
fn navigate(event: &MouseEvent, link: &Element, page_origin: &str) -> Option<Deed> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if modified || js::text(link, "origin")? != page_origin {
        return None;
    }
    event.prevent_default();
    js::text(link, "href").map(Deed::Navigate)
}

/// Puts a text on the clipboard and has the button say so.
pub(crate) fn to_clipboard(text: &str, button: Element) {
    let clipboard = js::get(&js::window().navigator(), "clipboard");
    if js::call(&clipboard, "writeText", &[text.into()]).is_err() {
        return;
    }
    let _ = button.set_attribute("data-done", "");
    js::after(COPIED_MS, move || drop(button.remove_attribute("data-done")));
}
