//! One JSON line of n8n.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

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
