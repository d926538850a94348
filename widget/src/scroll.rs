//! Keeps the newest words in view for a reader who is at the end, and never moves another's page.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, ResizeObserver};

use crate::js;

/// Pixels above the end that still count as the end.
const SLACK: i32 = 40;
/// Further down than any conversation reaches; the browser stops at the end.
const END: i32 = 1 << 24;

/// The scrolling log.
#[derive(Clone, Debug)]
pub(crate) struct Scroll {
    log: HtmlElement,
    pill: Element,
    at_end: Rc<Cell<bool>>,
}

impl Scroll {
    pub(crate) fn new() -> Result<Self, JsValue> {
        let scroll = Self {
            log: js::part("log")?.dyn_into()?,
            pill: js::part("latest")?,
            at_end: Rc::new(Cell::new(true)),
        };
        scroll.listen()?;
        Ok(scroll)
    }

    fn listen(&self) -> Result<(), JsValue> {
        let scroll = self.clone();
        js::listen(&self.log, "scroll", move |_: Event| {
            let log = &scroll.log;
            let below = log.scroll_height() - log.client_height() - log.scroll_top();
            scroll.at_end.set(below < SLACK);
            if below < SLACK {
                scroll.hide_pill();
            }
        });
        let scroll = self.clone();
        js::listen(&self.pill, "click", move |_: Event| {
            scroll.to_end();
            let _ = scroll.log.focus();
        });
        // Told after layout and before painting: no layout is forced, and no frame shows a jump.
        let scroll = self.clone();
        let resized = Closure::<dyn FnMut()>::new(move || {
            if scroll.at_end.get() {
                scroll.log.set_scroll_top(END);
            }
        });
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref())?;
        resized.forget();
        observer.observe(&self.log);
        observer.observe(&js::part("thread")?);
        Ok(())
    }

    /// Goes to the end and stays there.
    pub(crate) fn to_end(&self) {
        self.at_end.set(true);
        self.log.set_scroll_top(END);
        self.hide_pill();
    }

    /// Says that there is more below, to a reader who is not there.
    pub(crate) fn point_down(&self) {
        if !self.at_end.get() {
            let _ = self.pill.toggle_attribute_with_force("hidden", false);
        }
    }

    fn hide_pill(&self) {
        let _ = self.pill.toggle_attribute_with_force("hidden", true);
    }
}
