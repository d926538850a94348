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
    fn new() -> Record;
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
    fn set_text(this: &Record, name: &str, value: &str);
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
        let record = $crate::js::record::Record::empty();
        $($crate::js::record::ToMember::write(&$field, &record, stringify!($field));)*
        record
    }};
}

pub(super) use {read, write};

impl Record {
    pub(super) fn empty() -> Self {
        Self::new()
    }
}

impl FromMember for String {
    fn read(record: &Record, name: &str) -> Self {
        record.text(name).unwrap_or_default()
    }
}

impl FromMember for Option<String> {
    fn read(record: &Record, name: &str) -> Self {
        record.text(name)
    }
}

impl FromMember for Option<u32> {
    fn read(record: &Record, name: &str) -> Self {
        record.number(name).map(|_| u32::read(record, name))
    }
}

impl FromMember for Option<u64> {
    fn read(record: &Record, name: &str) -> Self {
        record.number(name).map(|_| u64::read(record, name))
    }
}

impl FromMember for bool {
    fn read(record: &Record, name: &str) -> Self {
        record.flag(name).unwrap_or_default()
    }
}

impl FromMember for Option<Record> {
    fn read(record: &Record, name: &str) -> Self {
        record.record(name)
    }
}

impl FromMember for Record {
    fn read(record: &Record, name: &str) -> Self {
        record.record(name).unwrap_or_else(Self::new)
    }
}

impl FromMember for Element {
    fn read(record: &Record, name: &str) -> Self {
        record.element(name)
    }
}

impl<T: FromMember> FromMember for Vec<T> {
    fn read(record: &Record, name: &str) -> Self {
        let Some(list) = record.record(name) else {
            return Self::new();
        };
        let length = usize::read(&list, "length");
        (0..length).map(|at| T::read(&list, &at.to_string())).collect()
    }
}

/// Implements reading for numbers, which JavaScript has one type for.
macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl FromMember for $number {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "`as` saturates: a number that the field cannot have becomes one that it can"
            )]
            fn read(record: &Record, name: &str) -> Self {
                record.number(name).unwrap_or_default() as Self
            }
        }
    )*};
}

numbers!(u8, u32, u64, usize);

impl ToMember for &str {
    fn write(&self, record: &Record, name: &str) {
        record.set_text(name, self);
    }
}

impl ToMember for String {
    fn write(&self, record: &Record, name: &str) {
        record.set_text(name, self);
    }
}

impl ToMember for bool {
    fn write(&self, record: &Record, name: &str) {
        record.set_flag(name, *self);
    }
}

impl ToMember for Record {
    fn write(&self, record: &Record, name: &str) {
        record.set_record(name, self);
    }
}

impl ToMember for u8 {
    fn write(&self, record: &Record, name: &str) {
        Some(*self).write(record, name);
    }
}

impl ToMember for u32 {
    fn write(&self, record: &Record, name: &str) {
        Some(*self).write(record, name);
    }
}

impl ToMember for u64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 stay far below 2^53"
    )]
    fn write(&self, record: &Record, name: &str) {
        record.set_number(name, Some(*self as f64));
    }
}

impl ToMember for usize {
    #[expect(clippy::cast_precision_loss, reason = "lengths stay far below 2^53")]
    fn write(&self, record: &Record, name: &str) {
        record.set_number(name, Some(*self as f64));
    }
}

impl<T: Copy + Into<f64>> ToMember for Option<T> {
    fn write(&self, record: &Record, name: &str) {
        record.set_number(name, self.map(Into::into));
    }
}
