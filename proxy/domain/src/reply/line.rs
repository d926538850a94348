//! One JSON line of n8n.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// The last words in the kinds of events that frame or repeat the events between them.
const BRACKETS: [&str; 11] = [
    "done",
    "completed",
    "complete",
    "end",
    "stop",
    "start",
    "created",
    "added",
    "incomplete",
    "final",
    "result",
];

/// One line, borrowed from its bytes: there is one for every token.
#[derive(Debug, Deserialize)]
pub(super) struct JsonLine<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) metadata: Option<&'a RawValue>,
}

impl<'a> JsonLine<'a> {
    /// Parses a line: an object with a `type` string.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// The recognition of a line by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recognition {
    Known,
    Unknown,
}

/// Tells if data is the end mark of many streams. It ends nothing: the reply is over when the body is.
pub(super) fn is_end_mark(data: &str) -> bool {
    data.trim() == "[DONE]"
}

/// Tells if a JSON value is one of which only the beginning came.
pub(super) fn is_cut(json: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(json).is_err_and(|error| error.is_eof())
}

/// Tells if an event of this kind frames or repeats the events between.
pub(super) fn is_bracket(kind: &str) -> bool {
    kind.rsplit(['.', '_', '-', ':']).next().is_some_and(|last| BRACKETS.contains(&last))
}
