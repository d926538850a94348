//! Finds the text in a JSON value whose shape is the workflow's own.

use std::fmt;

use porthole_protocol::limits::{MAX_SUGGESTION_CHARS, MAX_SUGGESTIONS};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{EmptyCause, notices};

/// Containers between the value and its text: `choices[0].message.content[0].text` is the deepest.
const MAX_DEPTH: u8 = 6;

/// The members that are known, in the order in which text is looked for.
#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
pub(super) enum Key {
    Output,
    Text,
    Reply,
    Response,
    Message,
    Answer,
    Content,
    Parts,
    Choices,
    Delta,
    Type,
    Code,
    Error,
    ExecutionStarted,
    Hint,
    Items,
    Label,
    Metadata,
    Name,
    NodeName,
    NodeType,
    Stacktrace,
    State,
    #[serde(
        alias = "quickReplies",
        alias = "quick_replies",
        alias = "followUps",
        alias = "follow_ups",
        alias = "suggestedReplies",
        alias = "suggested_replies"
    )]
    Suggestions,
    Title,
    Tool,
    ToolName,
    #[serde(other)]
    Other,
}

/// Where text is looked for, in this order.
pub(super) const TEXTS: [Key; 10] = [
    Key::Output,
    Key::Text,
    Key::Reply,
    Key::Response,
    Key::Message,
    Key::Answer,
    Key::Content,
    Key::Parts,
    Key::Choices,
    Key::Delta,
];

/// The known members of a JSON object, as they were written; the last of equal names counts.
#[derive(Default)]
pub(super) struct Members<'a>([Option<&'a RawValue>; Key::Other as usize]);

impl<'a> Members<'a> {
    /// Reads an object; anything else has no members.
    pub(super) fn of(value: &'a RawValue) -> Self {
        serde_json::from_str(value.get()).unwrap_or_default()
    }

    /// The member's value, unless it is null.
    pub(super) fn get(&self, key: Key) -> Option<&'a RawValue> {
        self.0
            .get(key as usize)
            .copied()
            .flatten()
            .filter(|value| value.get() != "null")
    }

    /// The member's value where that is a string without lone surrogates.
    pub(super) fn string(&self, key: Key) -> Option<String> {
        self.get(key).and_then(string)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Members::default();
                while let Some((key, value)) = map.next_entry::<Key, &RawValue>()? {
                    if let Some(member) = members.0.get_mut(key as usize) {
                        *member = Some(value);
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// What was found in a JSON value.
#[derive(Default)]
pub(super) struct Found<'a> {
    /// The text: JSON strings or a number; several where a model's content comes in parts.
    pub(super) texts: Vec<&'a RawValue>,
    /// Follow-up questions beside the text.
    pub(super) suggestions: Vec<String>,
    /// Why n8n answered without text, where it says so.
    pub(super) instead: Option<EmptyCause>,
    /// Whether it is n8n's own report of a failure.
    pub(super) failed: bool,
}

impl Found<'_> {
    /// Whether the value says nothing at all.
    pub(super) fn is_nothing(&self) -> bool {
        self.texts.is_empty() && self.suggestions.is_empty() && self.instead.is_none() && !self.failed
    }
}

/// Looks for the text of a reply in `value`.
pub(super) fn find(value: &RawValue) -> Found<'_> {
    let members = Members::of(value);
    let instead = notices::instead_of_text(&members);
    let failed = notices::is_failure(&members);
    if instead.is_some() || failed {
        return Found {
            instead,
            failed,
            ..Found::default()
        };
    }
    let mut found = Found::default();
    search(value, 0, &mut found);
    found
}

fn search<'a>(value: &'a RawValue, depth: u8, found: &mut Found<'a>) {
    match value.get().as_bytes().first() {
        Some(b'"') if value.get() != r#""""# => found.texts.push(value),
        Some(b'{') if depth < MAX_DEPTH => search_members(&Members::of(value), depth, found),
        Some(b'[') if depth < MAX_DEPTH => {
            // The first that has a text: what a model thought comes before what it says, without one.
            for item in items(value).into_iter().filter(|item| !is_number(item)) {
                search(item, depth + 1, found);
                if !found.texts.is_empty() {
                    return;
                }
            }
        }
        Some(_) if depth > 0 && is_number(value) => found.texts.push(value),
        _ => {}
    }
}

fn search_members<'a>(members: &Members<'a>, depth: u8, found: &mut Found<'a>) {
    if let Some(list) = members
        .get(Key::Suggestions)
        .filter(|_| found.suggestions.is_empty())
    {
        found.suggestions = suggestions(list);
    }
    for key in TEXTS {
        if let Some(value) = members.get(key) {
            match key {
                Key::Content | Key::Parts => found.texts = parts(value),
                _ => {}
            }
            if found.texts.is_empty() {
                search(value, depth + 1, found);
            }
        }
        if !found.texts.is_empty() {
            return;
        }
    }
}

/// The texts of a model's content, which is one text in parts: `[{"type":"text","text":"…"}, …]`.
fn parts(content: &RawValue) -> Vec<&RawValue> {
    items(content)
        .into_iter()
        .filter_map(|part| Members::of(part).get(Key::Text))
        .filter(|text| text.get().starts_with('"') && text.get() != r#""""#)
        .collect()
}

/// Reads follow-up questions: the first few of a list that are fit to be shown, each a string or an object that
/// holds one.
pub(super) fn suggestions(list: &RawValue) -> Vec<String> {
    let fit = |text: &String| !text.trim().is_empty() && text.chars().count() <= MAX_SUGGESTION_CHARS;
    items(list)
        .into_iter()
        .filter_map(suggestion)
        .filter(fit)
        .take(MAX_SUGGESTIONS)
        .collect()
}

fn suggestion(item: &RawValue) -> Option<String> {
    let names = [Key::Text, Key::Title, Key::Label, Key::Message];
    let members = Members::of(item);
    string(item).or_else(|| names.iter().find_map(|name| members.string(*name)))
}

fn items(list: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(list.get()).unwrap_or_default()
}

fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

pub(super) fn is_number(value: &RawValue) -> bool {
    value
        .get()
        .starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::find;

    #[test]
    fn text_is_found_under_the_names_that_workflows_use() {
        for (json, text) in [
            (r#"{"output":"a","text":"b"}"#, Some(r#""a""#)),
            (r#"{"output":"","text":"b"}"#, Some(r#""b""#)),
            (r#"{"output":null,"answer":"b"}"#, Some(r#""b""#)),
            (r#"{"output":"a","output":"b"}"#, Some(r#""b""#)),
            (r#"{"response":{"text":"b"}}"#, Some(r#""b""#)),
            (r#"{"output":{"data":{}},"content":"b"}"#, Some(r#""b""#)),
            (r#"{"output":42}"#, Some("42")),
            (r#"[{"output":"one"},{"output":"two"}]"#, Some(r#""one""#)),
            (r#"["one","two"]"#, Some(r#""one""#)),
            (r#""one""#, Some(r#""one""#)),
            (
                r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}"#,
                Some(r#""hi""#),
            ),
            (r#"{"choices":[{"delta":{"content":" "}}]}"#, Some(r#"" ""#)),
            (
                r#"{"choices":[{"message":{"content":[{"type":"text","text":"hi"}]}}]}"#,
                Some(r#""hi""#),
            ),
            (
                r#"{"output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"text":"hi"}]}]}"#,
                Some(r#""hi""#),
            ),
            (
                r#"{"content":{"parts":[{"text":"hi"}],"role":"model"}}"#,
                Some(r#""hi""#),
            ),
            (r#"{"output":{"answer":"hi","score":1}}"#, Some(r#""hi""#)),
            (
                r#"{"output":"hi","intermediateSteps":[{"action":{"tool":"t"},"observation":"o"}]}"#,
                Some(r#""hi""#),
            ),
            (r#"[{},{"output":"hi"}]"#, Some(r#""hi""#)),
            (r#"{"error":"stub says no"}"#, None),
            (r#"{"answer":{"deep":"x"},"n":5}"#, None),
            (r#"{"output":true}"#, None),
            ("[1,2]", None),
            ("[]", None),
            ("{}", None),
            ("42", None),
        ] {
            let value: &RawValue = serde_json::from_str(json).unwrap();
            let texts: Vec<&str> = find(value).texts.into_iter().map(RawValue::get).collect();
            assert_eq!(texts, text.into_iter().collect::<Vec<_>>(), "{json}");
        }
    }

    #[test]
    fn content_in_parts_is_one_text() {
        let json =
            r#"{"content":[{"type":"thinking"},{"type":"text","text":"One "},{"type":"text","text":"two"}]}"#;
        let value: &RawValue = serde_json::from_str(json).unwrap();
        let texts: Vec<&str> = find(value).texts.into_iter().map(RawValue::get).collect();
        assert_eq!(texts, [r#""One ""#, r#""two""#]);
    }

    #[test]
    fn a_few_short_suggestions_are_taken_under_the_names_that_workflows_use() {
        let long = "x".repeat(201);
        for (name, list) in [
            ("suggestions", format!(r#"["1","{long}"," ",2,"3","4","5","6"]"#)),
            (
                "quickReplies",
                r#"[{"text":"1"},{"title":"3"},{"label":"4"},{"id":9},"5"]"#.to_owned(),
            ),
            ("follow_ups", r#"["1","3","4","5"]"#.to_owned()),
        ] {
            let json = format!(r#"{{"output":"a","{name}":{list}}}"#);
            let value: &RawValue = serde_json::from_str(&json).unwrap();
            assert_eq!(find(value).suggestions.join(","), "1,3,4,5", "{name}");
        }
    }
}
