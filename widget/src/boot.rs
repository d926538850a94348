//! What the document knows before its first request.

use porthole_protocol::boot::{Appearance, Boot};
use porthole_protocol::session::Limits;
use wasm_bindgen::JsValue;

use crate::js;

/// Reads `#porthole-boot`, or the same as the proxy answers it later; `None` for another version.
pub(crate) fn read(value: &JsValue) -> Option<Boot> {
    if js::whole(value, "v") != Some(1) {
        return None;
    }
    Some(Boot {
        v: 1,
        site: js::text(value, "site")?,
        origin: js::text(value, "origin")?,
        ticket: js::text(value, "ticket")?,
        full_page: js::is_true(value, "full_page"),
        full_page_url: js::text(value, "full_page_url"),
        limits: limits(&js::get(value, "limits"))?,
        appearance: appearance(&js::get(value, "appearance"))?,
    })
}

fn limits(value: &JsValue) -> Option<Limits> {
    Some(Limits {
        max_chars: js::whole_u32(value, "max_chars")?,
        history_turns: js::whole_u32(value, "history_turns")?,
        per_minute: js::whole_u32(value, "per_minute")?,
        uploads: js::is_true(value, "uploads"),
    })
}

fn appearance(value: &JsValue) -> Option<Appearance> {
    Some(Appearance {
        title: js::text(value, "title")?,
        greeting: js::text(value, "greeting")?,
        starters: js::texts(value, "starters"),
        disclosure: js::text(value, "disclosure")?,
        accent: js::text(value, "accent")?,
    })
}
