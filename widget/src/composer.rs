//! The text box of the document. It is static, so that focus, caret and what was typed survive.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use crate::{js, text, words};

/// Characters left from which on the counter is shown.
const NEAR_LIMIT: usize = 200;

/// What the button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Button {
    Send,
    Stop,
}

/// What the visitor does with the text box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gesture {
    Submit,
    Stop,
    /// The text has changed.
    Edit,
    /// The Escape key, anywhere in the document.
    Leave,
}

/// The text box and its button.
#[derive(Clone, Debug)]
pub(crate) struct Composer {
    form: Element,
    field: HtmlTextAreaElement,
    button: HtmlElement,
    count: Element,
    max_chars: usize,
    /// The browser lets the box grow by itself.
    grows: bool,
    does: Rc<Cell<Button>>,
}

impl Composer {
    pub(crate) fn new(max_chars: usize) -> Result<Self, JsValue> {
        let css = js::get(&js::window(), "CSS");
        let grows = js::call(&css, "supports", &["field-sizing".into(), "content".into()]);
        Ok(Self {
            form: js::part("composer")?,
            field: js::part("text")?.dyn_into()?,
            button: js::part("send")?.dyn_into()?,
            count: js::part("count")?,
            max_chars,
            grows: grows.is_ok_and(|grows| grows.is_truthy()),
            does: Rc::new(Cell::new(Button::Send)),
        })
    }

    /// Listens to the visitor.
    pub(crate) fn listen(&self, heard: impl Fn(Gesture) + Clone + 'static) {
        let (composer, submit) = (self.clone(), heard.clone());
        js::listen(&self.form, "submit", move |event: Event| {
            event.prevent_default();
            // Enter never stops a reply; the button, focused, does.
            if composer.does.get() == Button::Send {
                submit(Gesture::Submit);
            }
        });
        let (composer, stop) = (self.clone(), heard.clone());
        js::listen(&self.button, "click", move |event: Event| {
            if composer.does.get() == Button::Stop {
                event.prevent_default();
                stop(Gesture::Stop);
            }
        });
        let (composer, edit) = (self.clone(), heard.clone());
        js::listen(&self.field, "input", move |_: Event| {
            composer.fit();
            edit(Gesture::Edit);
        });
        let form = self.form.clone();
        js::listen(&self.field, "keydown", move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.shift_key() && !is_composing(&event) {
                event.prevent_default();
                // Missing in old browsers, where the button remains.
                let _ = js::call(&form, "requestSubmit", &[]);
            }
        });
        js::listen(&js::document(), "keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape" && !is_composing(&event) {
                heard(Gesture::Leave);
            }
        });
    }

    /// What stands in the box, exactly.
    pub(crate) fn text(&self) -> String {
        self.field.value()
    }

    pub(crate) fn empty(&self) {
        self.set("");
    }

    /// Puts a text back, before what was typed since.
    pub(crate) fn restore(&self, text: &str) {
        let typed = self.text();
        let between = if typed.is_empty() { "" } else { "\n" };
        self.set(&[text, between, &typed].concat());
    }

    pub(crate) fn focus(&self) {
        // Only an element that is gone cannot be focused.
        let _ = self.field.focus();
    }

    /// Makes the button send or stop.
    pub(crate) fn offer(&self, button: Button) {
        if self.does.replace(button) == button {
            return;
        }
        let label = match button {
            Button::Send => words::SEND,
            Button::Stop => words::STOP,
        };
        let _ = self.button.set_attribute("aria-label", label);
        let _ = self
            .button
            .toggle_attribute_with_force("data-stop", button == Button::Stop);
    }

    /// Marks the text as one that cannot be sent, or no longer.
    pub(crate) fn mark_invalid(&self, invalid: &str) {
        let _ = self.field.set_attribute("aria-invalid", invalid);
    }

    fn set(&self, text: &str) {
        self.field.set_value(text);
        self.fit();
    }

    /// Fits box and counter to the text.
    fn fit(&self) {
        if !self.grows {
            let style = self.field.style();
            let _ = style.set_property("height", "auto");
            let _ = style.set_property(
                "height",
                &[&self.field.scroll_height().to_string(), "px"].concat(),
            );
        }
        let used = text::count(&self.text());
        let near = used + NEAR_LIMIT > self.max_chars && used > 0;
        let over = used > self.max_chars;
        let _ = self.count.toggle_attribute_with_force("hidden", !near);
        let _ = self.count.set_attribute("class", if over { "over" } else { "" });
        let left = self.max_chars.abs_diff(used).to_string();
        let text = near.then(|| if over { ["\u{2212}", &left].concat() } else { left });
        self.count.set_text_content(text.as_deref());
    }
}

/// Whether an input method still composes; 229 is what older engines say instead.
fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}
