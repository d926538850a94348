//! One send at a time in all tabs of a chat, where the browser has locks.

use js_sys::{Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::js;

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    /// Settles the promise that holds the lock; none where the browser knows no locks.
    release: Option<Function>,
}

impl Held {
    /// Waits for the lock; `None` when the wait is given up.
    pub(crate) async fn take(name: &str, signal: &AbortSignal) -> Option<Self> {
        let locks = js::get(&js::window().navigator(), "locks");
        if !locks.is_object() {
            return Some(Self { release: None });
        }
        let options = js::object(&[("signal", signal.into())]);
        let taken = Promise::new(&mut |granted: Function, refused: Function| {
            let hold = Closure::once_into_js(move |_lock: JsValue| {
                Promise::new(&mut |release, _| drop(granted.call1(&JsValue::UNDEFINED, &release)))
            });
            let asked = js::call(&locks, "request", &[name.into(), options.clone(), hold]);
            let _ = match asked {
                Ok(asked) => js::call(&asked, "catch", &[refused.into()]),
                Err(reason) => refused.call1(&JsValue::UNDEFINED, &reason),
            };
        });
        let release = JsFuture::from(taken)
            .await
            .ok()
            .and_then(|release| release.dyn_into().ok());
        // A browser that refuses storage to frames refuses locks as well: then there is nothing to guard.
        if signal.aborted() {
            None
        } else {
            Some(Self { release })
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // A promise's own function does not throw.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}
