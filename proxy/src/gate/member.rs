//! The members of a JSON body, each read by itself, so that a refusal can name it.

use porthole_domain::message::MessageId;
use porthole_protocol::Code;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::Refusal;

/// Declares the members of a body as they came: each is read by itself, so that a refusal can name it.
macro_rules! members {
    ($name:ident { $($member:ident),+ $(,)? }) => {
        #[derive(serde::Deserialize)]
        struct $name<'a> {
            $(#[serde(borrow)] $member: Option<&'a serde_json::value::RawValue>,)+
        }
    };
}

pub(super) use members;

/// Reads a JSON object; serde would also take a list of its members in order.
pub(super) fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Refusal> {
    // Checked as a whole: serde_json passes over the bytes of members that it does not know.
    let text = std::str::from_utf8(json).map_err(|_| Code::MalformedJson)?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err(Code::MalformedJson.into());
    }
    serde_json::from_str(text).map_err(|_| Code::MalformedJson.into())
}

/// Reads an optional member; null counts as absent.
pub(super) fn member<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
    expected: &str,
) -> Result<Option<T>, Refusal> {
    let Some(raw) = raw else { return Ok(None) };
    serde_json::from_str(raw.get()).map_err(|_| Refusal::invalid(field, format!("Expected {expected}.")))
}

/// Reads an optional member that is an object; serde would also take a list of its members in order.
pub(super) fn object_member<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
    expected: &str,
) -> Result<Option<T>, Refusal> {
    if raw.is_some_and(|raw| raw.get().starts_with('[')) {
        return Err(Refusal::invalid(field, format!("Expected {expected}.")));
    }
    member(raw, field, expected)
}

pub(super) fn message_id(raw: Option<&RawValue>) -> Result<MessageId, Refusal> {
    let expected = "a UUID in lower case with hyphens";
    let id: Option<String> = member(raw, "message_id", expected)?;
    id.and_then(|id| MessageId::parse(&id).ok())
        .ok_or_else(|| Refusal::invalid("message_id", format!("Expected {expected}.")))
}
