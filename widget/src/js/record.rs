//! JavaScript objects, whose members are read and written by name.

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
    fn text(this: &Record, name: &str) -> Option<String>;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn number(this: &Record, name: &str) -> Option<f64>;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn flag(this: &Record, name: &str) -> Option<bool>;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn record(this: &Record, name: &str) -> Option<Record>;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn element(this: &Record, name: &str) -> Element;
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set_text(this: &Record, name: &str, value: Option<&str>);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set_number(this: &Record, name: &str, value: Option<f64>);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set_flag(this: &Record, name: &str, value: bool);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set_record(this: &Record, name: &str, value: &Record);
}

/// A value that can be read from a member; one that is absent reads as the empty value.
pub(super) trait FromMember {
    fn read(record: &Record, name: &str) -> Self;
}

/// A value that can be written to a member.
pub(super) trait ToMember {
    fn write(&self, record: &Record, name: &str);
}

/// Fills a type's fields from the members of the same names.
macro_rules! read {
    ($record:expr => $shape:path { $($field:ident),* $(,)? }) => {{
        let record = $record;
        $shape { $($field: $crate::js::record::FromMember::read(record, stringify!($field))),* }
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
    ($($member:ty = |$record:ident, $name:ident| $value:expr;)*) => {$(
        impl FromMember for $member {
            fn read($record: &Record, $name: &str) -> Self {
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
    String = |record, name| record.text(name).unwrap_or_default();
    Option<String> = |record, name| record.text(name);
    bool = |record, name| record.flag(name).unwrap_or_default();
    u64 = |record, name| whole(record.number(name).unwrap_or_default());
    Option<u64> = |record, name| record.number(name).map(whole);
    usize = |record, name| usize::try_from(u64::read(record, name)).unwrap_or(usize::MAX);
    u32 = |record, name| u32::try_from(u64::read(record, name)).unwrap_or(u32::MAX);
    Option<u32> = |record, name| record.number(name).map(|_| u32::read(record, name));
    u8 = |record, name| u8::try_from(u64::read(record, name)).unwrap_or(u8::MAX);
    Option<Record> = |record, name| record.record(name);
    Record = |record, name| record.record(name).unwrap_or_else(Self::new);
    Element = |record, name| record.element(name);
}

impl<T: FromMember> FromMember for Vec<T> {
    fn read(record: &Record, name: &str) -> Self {
        let list = Record::read(record, name);
        let length = usize::read(&list, "length");
        (0..length).map(|at| T::read(&list, &at.to_string())).collect()
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
