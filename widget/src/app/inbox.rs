//! What streams say, handed on once per frame: a burst of events is one commit.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::html::Scope;

use super::{App, Told};
use crate::conversation::Action;
use crate::js;

/// Milliseconds after which it is handed on without a frame: a hidden document gets none.
const NO_FRAME_MS: i32 = 120;

/// Gathers actions for the next frame.
#[derive(Debug)]
pub(super) struct Inbox {
    link: Scope<App>,
    waiting: RefCell<Vec<Action>>,
    timer: Cell<Option<i32>>,
}

impl Inbox {
    pub(super) fn new(link: Scope<App>) -> Rc<Self> {
        Rc::new(Self {
            link,
            waiting: RefCell::default(),
            timer: Cell::new(None),
        })
    }

    pub(super) fn push(self: &Rc<Self>, action: Action) {
        self.waiting.borrow_mut().push(action);
        if self.timer.get().is_some() {
            return;
        }
        let inbox = Rc::clone(self);
        let frame = Closure::once_into_js(move || inbox.hand_on());
        let _ = js::window().request_animation_frame(frame.unchecked_ref());
        let inbox = Rc::clone(self);
        self.timer
            .set(Some(js::after(NO_FRAME_MS, move || inbox.hand_on())));
    }

    fn hand_on(&self) {
        if let Some(timer) = self.timer.take() {
            js::window().clear_timeout_with_handle(timer);
        }
        let actions = self.waiting.take();
        if !actions.is_empty() {
            self.link.send_message(Told::Happened(actions));
        }
    }
}
