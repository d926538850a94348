//! Calls into the app: the document's scripts report everything that the visitor, the page, the network and the store
//! do.
//!
//! Times are milliseconds since 1970. [`dispatch`] does not answer: its effects come through [`Effects`]. The other
//! calls decide something for a script.

use std::cell::RefCell;
use std::rc::Rc;

use porthole_widget_core::ink::{Inks, Rgb};
use wasm_bindgen::prelude::wasm_bindgen;
use yew::AppHandle;

use super::imports::Effects;
use super::messages::msg;
use super::record::{Record, read, write};
use crate::ui::chat::Setup;
use crate::ui::part::{Part, PartProps};

thread_local! {
    /// The one chat of this document.
    static CHAT: RefCell<Option<AppHandle<Part>>> = const { RefCell::new(None) };
}

/// Mounts the app.
#[wasm_bindgen]
pub fn start(setup: &Record, effects: Effects) {
    let setup = read!(setup => Setup {
        thread, notices, max_chars, history_turns, feedback, greeting, starters
    });
    let thread = setup.thread.clone();
    let perform = Rc::new(move |tasks, status| effects.perform_all(tasks, status));
    let props = PartProps::chat(Rc::new(setup), perform);
    CHAT.replace(Some(yew::Renderer::<Part>::with_root_and_props(thread, props).render()));
}

/// Dispatches an action to the chat; unknown names are ignored.
#[wasm_bindgen]
pub fn dispatch(name: &str, members: &Record) {
    CHAT.with_borrow(|chat| {
        if let Some((chat, msg)) = chat.as_ref().zip(msg(name, members)) {
            chat.send_message(msg);
        }
    });
}

/// Returns the inks that can be read on an accent and in it.
#[wasm_bindgen]
#[must_use]
pub fn inks(accent: Rgb) -> Record {
    let Inks { on_accent, on_light, on_dark } = Inks::new(accent);
    write!({ on_accent, on_light, on_dark })
}
