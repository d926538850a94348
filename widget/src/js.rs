//! Values of JavaScript, read and made without a JSON library: the browser's own is already there.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, Event, EventTarget, Window};

/// The window of the frame.
#[expect(
    clippy::expect_used,
    reason = "the module is only ever instantiated by a document"
)]
pub(crate) fn window() -> Window {
    web_sys::window().expect("a document's script has a window")
}

/// The document of the frame.
#[expect(
    clippy::expect_used,
    reason = "the module is only ever instantiated by a document"
)]
pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// An element of `frame.html` by its id.
pub(crate) fn part(id: &str) -> Result<Element, JsValue> {
    document()
        .get_element_by_id(id)
        .ok_or_else(|| JsValue::from_str(id))
}

/// A member of an object; undefined where there is none.
pub(crate) fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// A member that is a string.
pub(crate) fn text(value: &JsValue, key: &str) -> Option<String> {
    get(value, key).as_string()
}

/// A member that is a whole number of at most 2^53.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be whole and in range"
)]
pub(crate) fn whole(value: &JsValue, key: &str) -> Option<u64> {
    get(value, key)
        .as_f64()
        .filter(|n| *n >= 0.0 && *n <= 9e15 && n.trunc() == *n)
        .map(|n| n as u64)
}

/// A member that is a whole number of 32 bits.
pub(crate) fn whole_u32(value: &JsValue, key: &str) -> Option<u32> {
    whole(value, key).and_then(|n| u32::try_from(n).ok())
}

/// Whether a member is `true`.
pub(crate) fn is_true(value: &JsValue, key: &str) -> bool {
    get(value, key).is_truthy()
}

/// The strings of a member that is an array; whatever else is in it is left out.
pub(crate) fn texts(value: &JsValue, key: &str) -> Vec<String> {
    items(&get(value, key))
        .iter()
        .filter_map(|item| item.as_string())
        .collect()
}

/// The items of an array; none where the value is no array.
pub(crate) fn items(value: &JsValue) -> Array {
    value.dyn_ref::<Array>().cloned().unwrap_or_default()
}

/// Makes an object.
pub(crate) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in members {
        // Setting a member of a fresh, plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(key), value);
    }
    object.into()
}

/// A number as JavaScript has it; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "times and counts stay far below 2^53")]
pub(crate) fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// The JSON of a value.
pub(crate) fn json(value: &JsValue) -> String {
    JSON::stringify(value)
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// The value of a JSON text; undefined where it is none.
pub(crate) fn parse(text: &str) -> JsValue {
    JSON::parse(text).unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method by its name, where no binding is worth its bytes.
pub(crate) fn call(target: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = get(target, method).dyn_into()?;
    Reflect::apply(&function, target, &arguments.iter().collect())
}

/// Milliseconds since 1970.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "now is positive and whole"
)]
pub(crate) fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// Listens for as long as the document lives.
pub(crate) fn listen<E: JsCast>(target: &EventTarget, event: &str, mut heard: impl FnMut(E) + 'static) {
    let heard = Closure::<dyn FnMut(Event)>::new(move |event: Event| heard(event.unchecked_into()));
    // Only an abort signal could make this fail, and there is none.
    let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    heard.forget();
}

/// Runs something once, after a time; the handle cancels it.
pub(crate) fn after(milliseconds: i32, run: impl FnOnce() + 'static) -> i32 {
    let run = Closure::once_into_js(run);
    window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(run.unchecked_ref(), milliseconds)
        .unwrap_or_default()
}

/// Waits.
pub(crate) async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    let _ = JsFuture::from(promise).await;
}
