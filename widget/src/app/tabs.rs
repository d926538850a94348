//! Other tabs with the same chat: who changes what is kept says so, the others read it again.

use std::cell::RefCell;

use js_sys::{Function, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;

use crate::js;

/// The channel between the tabs; silent where the browser has none.
#[derive(Debug)]
pub(super) struct Tabs {
    name: String,
    channel: RefCell<JsValue>,
    heard: Closure<dyn FnMut(MessageEvent)>,
}

impl Tabs {
    /// Listens; `changed` is called when another tab has stored something.
    pub(super) fn new(name: String, changed: impl Fn() + 'static) -> Self {
        let heard = Closure::new(move |_: MessageEvent| changed());
        let tabs = Self {
            name,
            channel: RefCell::new(JsValue::UNDEFINED),
            heard,
        };
        tabs.open();
        tabs
    }

    /// Opens the channel, again after [`Self::close`].
    pub(super) fn open(&self) {
        let Ok(constructor) = js::get(&js::window(), "BroadcastChannel").dyn_into::<Function>() else {
            return;
        };
        if let Ok(channel) = Reflect::construct(&constructor, &js_sys::Array::of1(&self.name.as_str().into()))
        {
            let _ = Reflect::set(&channel, &"onmessage".into(), self.heard.as_ref());
            self.channel.replace(channel);
        }
    }

    /// Closes the channel: an open one can keep a page out of the back-forward cache.
    pub(super) fn close(&self) {
        let _ = js::call(&self.channel.replace(JsValue::UNDEFINED), "close", &[]);
    }

    /// Says that something was stored.
    pub(super) fn tell(&self) {
        let _ = js::call(&self.channel.borrow(), "postMessage", &[JsValue::TRUE]);
    }
}
