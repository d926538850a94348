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

/// The beginning of the line of a token, as n8n writes it, up to its text.
const ITEM: &str = r#"{"type":"item","content":"#;

/// The bytes behind a token's text that are remembered; n8n's are about a hundred.
const MAX_TAIL: usize = 512;

/// Reads the lines of tokens: all are alike but for their text and time. The rest of each is compared with the last one
/// that was parsed, which costs a tenth of parsing it.
#[derive(Debug, Default)]
pub(super) struct ItemLines {
    /// The bytes behind the text of the last one.
    tail: String,
}

impl ItemLines {
    /// Returns the text of a line that is like the last one; `None` where it has to be parsed.
    pub(super) fn text<'a>(&self, line: &'a str) -> Option<&'a RawValue> {
        let (text, tail) = split_text(line)?;
        is_alike(tail.as_bytes(), self.tail.as_bytes()).then_some(text)
    }

    /// Remembers a line that was parsed as a token's.
    pub(super) fn remember(&mut self, line: &str) {
        let tail = split_text(line).map_or("", |(_, tail)| tail);
        if tail.len() <= MAX_TAIL {
            tail.clone_into(&mut self.tail);
        }
    }
}

fn split_text(line: &str) -> Option<(&RawValue, &str)> {
    let rest = line.strip_prefix(ITEM).filter(|rest| rest.starts_with('"'))?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter();
    let text = values.next()?.ok()?;
    Some((text, &rest[values.byte_offset()..]))
}

/// Tells if two tails differ in digits at most: JSON stays what it is, but for a leading zero in what nobody reads.
fn is_alike(tail: &[u8], last: &[u8]) -> bool {
    let differs = |(a, b): (&u8, &u8)| a != b && !(a.is_ascii_digit() && b.is_ascii_digit());
    // Without an early end compilers make vector instructions of it.
    !last.is_empty()
        && tail.len() == last.len()
        && !tail.iter().zip(last).fold(false, |any, pair| any | differs(pair))
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

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{ItemLines, JsonLine};

    #[test]
    fn a_line_like_the_last_one_is_read_as_if_it_were_parsed() {
        let mut lines = ItemLines::default();
        let first =
            r#"{"type":"item","content":"a","metadata":{"nodeName":"Agent 1","timestamp":1795263306627}}"#;
        assert!(lines.text(first).is_none());
        lines.remember(first);
        for (line, is_like) in [
            (first, true),
            (
                r#"{"type":"item","content":"b\"c \ud83d","metadata":{"nodeName":"Agent 1","timestamp":1795263306999}}"#,
                true,
            ),
            (
                r#"{"type":"item","content":"","metadata":{"nodeName":"Agent 2","timestamp":1795263306627}}"#,
                true,
            ),
            (
                r#"{"type":"item","content":"b","metadata":{"nodeName":"Agent B","timestamp":1795263306627}}"#,
                false,
            ),
            (
                r#"{"type":"item","content":"b","metadata":{"nodeName":"Agent 1","timestamp":179526330662"#,
                false,
            ),
            (
                r#"{"type":"item","content":"b","metadata":{"nodeName":"Agent 1","timestamp":179526330662}}}"#,
                false,
            ),
            (
                r#"{"type":"item","content":5,"metadata":{"nodeName":"Agent 1","timestamp":1795263306627}}"#,
                false,
            ),
            (r#"{"type":"item","content":"b"#, false),
            (r#"{"type":"end","metadata":{"nodeName":"Agent 1","timestamp":1795263306627}}"#, false),
        ] {
            let text = lines.text(line).map(RawValue::get);
            assert_eq!(text.is_some(), is_like, "{line}");
            if text.is_some() {
                assert_eq!(text, JsonLine::parse(line).unwrap().content.map(RawValue::get));
            }
        }
    }

    #[test]
    fn a_long_line_is_not_remembered() {
        let mut lines = ItemLines::default();
        let line =
            format!(r#"{{"type":"item","content":"a","metadata":{{"nodeName":"{}"}}}}"#, "n".repeat(512));
        lines.remember(&line);
        assert!(lines.text(&line).is_none());
    }
}
