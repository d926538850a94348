//! The members of JSON objects that are known, and the values in them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The names of the known members.
#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
pub(super) enum MemberName {
    Output,
    Text,
    Reply,
    #[serde(alias = "responses")]
    Response,
    Message,
    Answer,
    Content,
    Parts,
    Choices,
    Delta,
    Type,
    Body,
    #[serde(alias = "generated_text", alias = "final_answer", alias = "bot_response")]
    Completion,
    Code,
    Data,
    Detail,
    Error,
    #[serde(
        alias = "error_message",
        alias = "errorText",
        alias = "error_text",
        alias = "err",
        alias = "exception",
        alias = "fault"
    )]
    ErrorMessage,
    Errors,
    Event,
    ExecutionStarted,
    #[serde(alias = "finish_reason", alias = "stop_reason", alias = "done_reason")]
    FinishReason,
    Hint,
    Items,
    Label,
    Level,
    Metadata,
    Name,
    NodeName,
    NodeType,
    Object,
    #[serde(alias = "success")]
    Ok,
    Payload,
    #[serde(alias = "cited_text", alias = "excerpt")]
    Quote,
    Result,
    Role,
    #[serde(alias = "citations", alias = "references", alias = "sourceDocuments", alias = "source_documents")]
    Sources,
    Stacktrace,
    State,
    Status,
    #[serde(alias = "status_code")]
    StatusCode,
    #[serde(
        alias = "buttons",
        alias = "quickReplies",
        alias = "quick_replies",
        alias = "followUps",
        alias = "follow_ups",
        alias = "suggestedReplies",
        alias = "suggested_replies"
    )]
    Suggestions,
    Thought,
    Title,
    Tool,
    ToolName,
    #[serde(alias = "uri", alias = "link", alias = "href")]
    Url,
    #[serde(other)]
    Other,
}

/// The members in which text is looked for, in this order.
pub(super) const TEXT_MEMBERS: [MemberName; 10] = [
    MemberName::Output,
    MemberName::Text,
    MemberName::Reply,
    MemberName::Response,
    MemberName::Message,
    MemberName::Answer,
    MemberName::Content,
    MemberName::Parts,
    MemberName::Choices,
    MemberName::Delta,
];

/// The members in which text is looked for where those have none: their names say less.
pub(super) const WRAPPING_MEMBERS: [MemberName; 4] =
    [MemberName::Completion, MemberName::Result, MemberName::Data, MemberName::Body];

/// The known members of a JSON object, as they were written; the last of equal names counts.
pub(super) struct KnownMembers<'a>([Option<&'a RawValue>; MemberName::Other as usize]);

impl Default for KnownMembers<'_> {
    fn default() -> Self {
        Self([None; MemberName::Other as usize])
    }
}

impl<'a> KnownMembers<'a> {
    /// Parses an object; any other value has no members.
    pub(super) fn parse(value: &'a RawValue) -> Self {
        serde_json::from_str(value.get()).unwrap_or_default()
    }

    /// Returns the member's value, unless it is null.
    pub(super) fn get(&self, key: MemberName) -> Option<&'a RawValue> {
        self.0.get(key as usize).copied().flatten().filter(|value| value.get() != "null")
    }

    /// Returns the member's value where that is a string, as it is written between its quotes.
    pub(super) fn literal(&self, key: MemberName) -> Option<&'a str> {
        self.get(key)?.get().strip_prefix('"')?.strip_suffix('"')
    }

    /// Returns the member's value where that is a string without lone surrogates.
    pub(super) fn string(&self, key: MemberName) -> Option<String> {
        self.get(key).and_then(string)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for KnownMembers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = KnownMembers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = KnownMembers::default();
                while let Some((key, value)) = map.next_entry::<MemberName, &RawValue>()? {
                    if let Some(member) = members.0.get_mut(key as usize) {
                        *member = Some(value);
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// Returns all members of an object by their names; the last of equal names counts.
pub(super) fn members_by_name(object: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(object.get()).ok()
}

/// Returns the items of an array; another value has no items.
pub(super) fn items(list: &RawValue) -> Vec<&RawValue> {
    // For another value an error would be made, to be dropped at once.
    let is_list = list.get().starts_with('[');
    is_list.then(|| serde_json::from_str(list.get()).ok()).flatten().unwrap_or_default()
}

/// Returns a string without lone surrogates.
pub(super) fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// Tells if a value is a number.
pub(super) fn is_number(value: &RawValue) -> bool {
    value.get().starts_with(|first: char| first == '-' || first.is_ascii_digit())
}
