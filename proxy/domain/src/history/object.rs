//! A JSON object whose members keep their order.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::reply::string::unescape;

/// The members that are kept: a message has few, and a larger object is no message.
const MAX_MEMBERS: usize = 64;

/// The first members of an object as they were written.
pub(super) struct JsonObject<'a>(Vec<(String, &'a RawValue)>);

impl<'a> JsonObject<'a> {
    /// Parses an object.
    pub(super) fn parse(value: &'a RawValue) -> Option<Self> {
        serde_json::from_str(value.get()).ok()
    }

    /// Returns the member's value, unless it is null; the last of equal names counts.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let (_, value) = self.0.iter().rev().find(|(key, _)| key == name)?;
        (value.get() != "null").then_some(*value)
    }

    /// Returns the member's value where that is a string.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        decode_string(self.get(name)?)
    }

    /// Returns the member as an object.
    pub(super) fn object(&self, name: &str) -> Option<JsonObject<'a>> {
        JsonObject::parse(self.get(name)?)
    }

    /// Iterates over all members, in order.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for JsonObject<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = JsonObject<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if members.len() < MAX_MEMBERS {
                        members.push((name, value));
                    }
                }
                Ok(JsonObject(members))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// Decodes a value that is a JSON string.
pub(super) fn decode_string(value: &RawValue) -> Option<String> {
    let literal = value.get();
    literal.starts_with('"').then(|| unescape(literal))
}
