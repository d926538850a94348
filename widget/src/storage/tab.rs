//! The tab's own storage: one JSON text, written whole.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Storage;

use super::{CHAT, Change, OUTGOING, Refused, SESSION, TURNS};
use crate::js;

/// A chat that lives as long as its tab.
#[derive(Debug)]
pub(super) struct Tab {
    name: String,
}

impl Tab {
    pub(super) const fn new(name: String) -> Self {
        Self { name }
    }

    /// Session, outgoing message and turns.
    pub(super) fn read_all(&self) -> Option<[JsValue; 3]> {
        let kept = js::parse(&storage()?.get_item(&self.name).ok()??);
        let chat = js::get(&kept, CHAT);
        let turns = js::get(&kept, TURNS);
        let turns = turns.dyn_ref::<Object>().map(Object::values).unwrap_or_default();
        Some([js::get(&chat, SESSION), js::get(&chat, OUTGOING), turns.into()])
    }

    /// Makes changes; nobody else writes here, so there is no condition.
    pub(super) fn change(&self, changes: Vec<Change>) -> Result<(), Refused> {
        let storage = storage().ok_or(Refused)?;
        let text = storage.get_item(&self.name).map_err(|_| Refused)?;
        let kept = js::parse(text.as_deref().unwrap_or("{}"));
        for change in changes {
            make(&kept, change).map_err(|_| Refused)?;
        }
        storage
            .set_item(&self.name, &js::json(&kept))
            .map_err(|_| Refused)
    }
}

fn make(kept: &JsValue, change: Change) -> Result<bool, JsValue> {
    match change {
        Change::Put(table, key, value) => Reflect::set(&rows(kept, table)?, &key, &value),
        Change::Delete(table, key) => {
            Reflect::delete_property(rows(kept, table)?.unchecked_ref::<Object>(), &key)
        }
        Change::Clear(table) => Reflect::set(kept, &table.into(), &Object::new()),
    }
}

fn rows(kept: &JsValue, table: &str) -> Result<JsValue, JsValue> {
    let rows = js::get(kept, table);
    if rows.is_object() {
        return Ok(rows);
    }
    let rows = JsValue::from(Object::new());
    Reflect::set(kept, &table.into(), &rows)?;
    Ok(rows)
}

/// The storage, where the browser gives one to a frame.
fn storage() -> Option<Storage> {
    js::window().session_storage().ok()?
}
