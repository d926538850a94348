//! The live region of the document: what a screen reader says once.

use wasm_bindgen::JsValue;
use web_sys::Element;

use crate::js;

/// Milliseconds between emptying and filling, so that the same words are said again.
const PAUSE_MS: i32 = 60;

/// The polite live region.
#[derive(Clone, Debug)]
pub(crate) struct Status(Element);

impl Status {
    pub(crate) fn new() -> Result<Self, JsValue> {
        js::part("status").map(Self)
    }

    /// Has it said once.
    pub(crate) fn say(&self, text: String) {
        self.0.set_text_content(None);
        let region = self.0.clone();
        js::after(PAUSE_MS, move || region.set_text_content(Some(&text)));
    }
}
