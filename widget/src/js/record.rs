//! JavaScript objects, whose members are read and written by name.

use std::cell::RefCell;
use std::ptr;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    /// An object, or a list.
    #[wasm_bindgen(js_name = Object)]
    #[derive(Clone, Debug)]
    pub type Record;

    #[wasm_bindgen(constructor, js_class = "Object")]
    pub(super) fn new() -> Record;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn text(this: &Record, key: &JsValue) -> Option<String>;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn number(this: &Record, key: &JsValue) -> Option<f64>;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn flag(this: &Record, key: &JsValue) -> Option<bool>;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn record(this: &Record, key: &JsValue) -> Option<Record>;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn element(this: &Record, key: &JsValue) -> Element;
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set_text(this: &Record, name: &str, value: Option<&str>);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set_number(this: &Record, name: &str, value: Option<f64>);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set_flag(this: &Record, name: &str, value: bool);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set_record(this: &Record, name: &str, value: &Record);
}

thread_local! {
    static KEYS: RefCell<Vec<(&'static str, &'static JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// Returns the key of a member. Each is made once: a conversation that is restored reads its names thousands of times,
/// and to decode a short string costs more than all else of a read.
pub(super) fn key_of(name: &'static str) -> &'static JsValue {
    KEYS.with_borrow_mut(|keys| {
        // The same text at two places is two keys.
        if let Some((_, key)) = keys.iter().find(|(known, _)| ptr::eq(*known, name)) {
            return *key;
        }
        let key = Box::leak(Box::new(JsValue::from_str(name)));
        keys.push((name, key));
        key
    })
}

/// A value that can be read from a member; one that is absent reads as the empty value.
pub(super) trait FromMember {
    fn read(record: &Record, key: &JsValue) -> Self;
}

/// A value that can be written to a member.
pub(super) trait ToMember {
    fn write(&self, record: &Record, name: &str);
}

/// Fills a type's fields from the members of the same names.
macro_rules! read {
    ($record:expr => $shape:path { $($field:ident),* $(,)? }) => {{
        let record = $record;
        $shape { $($field: $crate::js::record::FromMember::read(record, $crate::js::record::key_of(stringify!($field)))),* }
    }};
}

/// Makes an object whose members have the names of these variables.
macro_rules! write {
    ({ $($field:ident),* $(,)? }) => {{
        let record = $crate::js::record::Record::new();
        $($crate::js::record::ToMember::write(&$field, &record, stringify!($field));)*
        record
    }};
}

pub(super) use {read, write};

/// Implements reading, a line for each type.
macro_rules! from_member {
    ($($member:ty = |$record:ident, $key:ident| $value:expr;)*) => {$(
        impl FromMember for $member {
            fn read($record: &Record, $key: &JsValue) -> Self {
                $value
            }
        }
    )*};
}

/// Implements writing, a line for each type.
macro_rules! to_member {
    ($($member:ty = |$value:ident| $set:ident($converted:expr);)*) => {$(
        impl ToMember for $member {
            fn write(&self, record: &Record, name: &str) {
                let $value = self;
                record.$set(name, $converted);
            }
        }
    )*};
}

from_member! {
    String = |record, key| record.text(key).unwrap_or_default();
    Option<String> = |record, key| record.text(key);
    bool = |record, key| record.flag(key).unwrap_or_default();
    u64 = |record, key| whole(record.number(key).unwrap_or_default());
    Option<u64> = |record, key| record.number(key).map(whole);
    usize = |record, key| usize::try_from(u64::read(record, key)).unwrap_or(usize::MAX);
    u32 = |record, key| u32::try_from(u64::read(record, key)).unwrap_or(u32::MAX);
    Option<u32> = |record, key| record.number(key).map(|_| u32::read(record, key));
    u8 = |record, key| u8::try_from(u64::read(record, key)).unwrap_or(u8::MAX);
    Option<Record> = |record, key| record.record(key);
    Record = |record, key| record.record(key).unwrap_or_else(Self::new);
    Element = |record, key| record.element(key);
}

impl<T: FromMember> FromMember for Vec<T> {
    fn read(record: &Record, key: &JsValue) -> Self {
        let list = Record::read(record, key);
        let length = u32::read(&list, key_of("length"));
        (0..length).map(|at| T::read(&list, &at.into())).collect()
    }
}

to_member! {
    &str = |value| set_text(Some(value));
    String = |value| set_text(Some(value));
    Option<String> = |value| set_text(value.as_deref());
    bool = |value| set_flag(*value);
    Record = |value| set_record(value);
    u8 = |value| set_number(Some(f64::from(*value)));
    u32 = |value| set_number(Some(f64::from(*value)));
    u64 = |value| set_number(Some(number(*value)));
    usize = |value| set_number(Some(number(*value as u64)));
    Option<u32> = |value| set_number(value.map(f64::from));
    Option<i32> = |value| set_number(value.map(f64::from));
}

/// Returns a number as Rust has it: `as` saturates.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number that the field cannot have becomes one that it can"
)]
const fn whole(number: f64) -> u64 {
    number as u64
}

/// Returns a number as JavaScript has it.
#[expect(clippy::cast_precision_loss, reason = "lengths and milliseconds since 1970 stay far below 2^53")]
const fn number(whole: u64) -> f64 {
    whole as f64
}
