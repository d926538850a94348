//! The chat that runs inside the frame: Yew, compiled to WebAssembly.
//!
//! `start.js` shows the document at work before this arrives, then calls [`start`]. What happens is
//! decided in [`conversation`], which knows no browser; everything else carries that out or shows it.

pub mod conversation;
pub mod markdown;
pub mod text;
pub mod words;

mod app;
mod boot;
mod client;
mod composer;
mod identity;
mod js;
mod lock;
mod port;
mod scroll;
mod status;
mod storage;
mod ui;

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{AbortController, MessagePort};

/// Mounts the chat: `boot` is the document's own, `port` leads to the page around it, `queue` holds
/// what page and visitor said so far, and is read when `handover` has ended its filling.
///
/// # Errors
///
/// When the document or its boot is of another version than this module.
#[wasm_bindgen]
pub async fn start(
    boot: JsValue,
    port: Option<MessagePort>,
    queue: Array,
    handover: AbortController,
) -> Result<(), JsValue> {
    app::start(&boot, port, queue, handover).await
}
