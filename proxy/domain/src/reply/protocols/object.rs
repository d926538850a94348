//! The members of a protocol's objects, borrowed from the bytes: there is one object for every token.

use serde::Deserialize;
use serde_json::value::RawValue;

/// Declares the shape of an object: the members that are read, each whatever value it has, and none of them required.
macro_rules! object {
    ($(#[$meta:meta])* $name:ident { $($(#[$attribute:meta])* $member:ident),+ $(,)? }) => {
        #[derive(Default, serde::Deserialize)]
        #[serde(default)]
        $(#[$meta])*
        struct $name<'a> {
            $($(#[$attribute])* #[serde(borrow)] $member: Option<&'a serde_json::value::RawValue>,)+
        }
    };
}
pub(super) use object;

/// A member of an object; a missing one and `null` are the same.
pub(super) trait Member<'a>: Copy {
    /// Returns a string as it is written between its quotes; nothing of another value.
    fn literal(self) -> &'a str;
    /// Returns a string that is not empty, as JSON.
    fn text(self) -> Option<&'a RawValue>;
    /// Returns a string that is not blank.
    fn string(self) -> Option<String>;
    /// Returns an object of this shape; an empty one of another value.
    fn object<T: Deserialize<'a> + Default>(self) -> T;
    /// Returns the items of an array; none of another value.
    fn list<T: Deserialize<'a>>(self) -> Vec<T>;
    /// Tells if it is `true`.
    fn is_true(self) -> bool;
}

impl<'a> Member<'a> for Option<&'a RawValue> {
    fn literal(self) -> &'a str {
        let inside = self.and_then(|value| value.get().strip_prefix('"')?.strip_suffix('"'));
        inside.unwrap_or_default()
    }

    fn text(self) -> Option<&'a RawValue> {
        self.filter(|value| value.get().starts_with('"') && value.get().len() > 2)
    }

    fn string(self) -> Option<String> {
        let text: String = serde_json::from_str(self.text()?.get()).ok()?;
        (!text.trim().is_empty()).then_some(text)
    }

    fn object<T: Deserialize<'a> + Default>(self) -> T {
        let object = self.filter(|value| value.get().starts_with('{'));
        object.and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
    }

    fn list<T: Deserialize<'a>>(self) -> Vec<T> {
        let list = self.filter(|value| value.get().starts_with('['));
        list.and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
    }

    fn is_true(self) -> bool {
        self.is_some_and(|value| value.get() == "true")
    }
}
