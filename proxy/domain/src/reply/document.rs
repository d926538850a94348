//! Finds the text in a JSON value whose shape is the workflow's own.

use std::fmt;

use porthole_protocol::{Step, StepState};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::EmptyCause;

/// Containers between the value and its text: `choices[0].message.content[0].text` is the deepest.
const MAX_DEPTH: u8 = 6;
/// Follow-up questions that are shown at once.
const MAX_SUGGESTIONS: usize = 4;
/// Characters of a follow-up question; longer ones are no buttons.
const MAX_SUGGESTION_CHARS: usize = 200;
/// Characters of a step's name; the rest is cut off.
const MAX_NAME_CHARS: usize = 200;

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
    Choices,
    Delta,
    Type,
    Error,
    ExecutionStarted,
    Items,
    Metadata,
    Name,
    NodeName,
    State,
    Suggestions,
    Tool,
    ToolName,
    #[serde(other)]
    Other,
}

const TEXTS: [Key; 9] = [
    Key::Output,
    Key::Text,
    Key::Reply,
    Key::Response,
    Key::Message,
    Key::Answer,
    Key::Content,
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
    /// The text: a JSON string or a number.
    pub(super) text: Option<&'a RawValue>,
    /// Follow-up questions beside the text.
    pub(super) suggestions: Vec<String>,
    /// Why n8n answered without text, where it says so.
    pub(super) instead: Option<EmptyCause>,
}

/// Looks for the text of a reply in `value`.
pub(super) fn find(value: &RawValue) -> Found<'_> {
    let mut found = Found::default();
    let members = Members::of(value);
    if members
        .get(Key::ExecutionStarted)
        .is_some_and(|started| started.get() == "true")
    {
        found.instead = Some(EmptyCause::HumanInTheLoop);
        return found;
    }
    search(value, 0, &mut found);
    if found
        .text
        .is_some_and(|text| text.get() == r#""Workflow was started""#)
        && members.get(Key::Message).is_some()
    {
        return Found {
            instead: Some(EmptyCause::StartedOnly),
            ..Found::default()
        };
    }
    found
}

fn search<'a>(value: &'a RawValue, depth: u8, found: &mut Found<'a>) {
    match value.get().as_bytes().first() {
        Some(b'"') if value.get() != r#""""# => found.text = Some(value),
        Some(b'{') if depth < MAX_DEPTH => search_members(&Members::of(value), depth, found),
        Some(b'[') if depth < MAX_DEPTH => {
            if let Some(first) = items(value).first().filter(|first| !is_number(first)) {
                search(first, depth + 1, found);
            }
        }
        Some(_) if depth > 0 && is_number(value) => found.text = Some(value),
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
            search(value, depth + 1, found);
        }
        if found.text.is_some() {
            return;
        }
    }
}

/// Reads follow-up questions: the first few strings of a list that are fit to be shown.
pub(super) fn suggestions(list: &RawValue) -> Vec<String> {
    let fit = |text: &String| !text.trim().is_empty() && text.chars().count() <= MAX_SUGGESTION_CHARS;
    items(list)
        .into_iter()
        .filter_map(string)
        .filter(fit)
        .take(MAX_SUGGESTIONS)
        .collect()
}

/// Reads a `step` line: `{name, state}`, in the line itself or in its `content`.
pub(super) fn step(line: &Members<'_>) -> Option<Step> {
    let content = line.get(Key::Content).map(Members::of).unwrap_or_default();
    let name = line
        .string(Key::Name)
        .or_else(|| line.string(Key::Content))
        .or_else(|| content.string(Key::Name));
    let state = line.string(Key::State).or_else(|| content.string(Key::State));
    let state = match state.as_deref() {
        Some("done") => StepState::Done,
        Some("failed") => StepState::Failed,
        _ => StepState::Running,
    };
    named(&name?, state)
}

/// Reads a `tool-call-start` or `tool-call-end` line, which names its tool in the metadata.
pub(super) fn tool_call(line: &Members<'_>, state: StepState) -> Option<Step> {
    let metadata = line.get(Key::Metadata).map(Members::of).unwrap_or_default();
    let keys = [Key::ToolName, Key::Tool, Key::Name];
    let name = keys
        .iter()
        .find_map(|key| line.string(*key).or_else(|| metadata.string(*key)));
    let failed = line
        .get(Key::Error)
        .or_else(|| metadata.get(Key::Error))
        .is_some();
    let state = if failed { StepState::Failed } else { state };
    named(&name.or_else(|| metadata.string(Key::NodeName))?, state)
}

fn named(name: &str, state: StepState) -> Option<Step> {
    let name: String = name.trim().chars().take(MAX_NAME_CHARS).collect();
    (!name.is_empty()).then_some(Step { name, state })
}

fn items(list: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(list.get()).unwrap_or_default()
}

fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn is_number(value: &RawValue) -> bool {
    value
        .get()
        .starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{EmptyCause, find};

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
            (r#"{"answer":{"deep":"x"},"n":5}"#, None),
            (r#"{"output":true}"#, None),
            ("[1,2]", None),
            ("[]", None),
            ("{}", None),
            ("42", None),
        ] {
            let value: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(find(value).text.map(RawValue::get), text, "{json}");
        }
    }

    #[test]
    fn what_n8n_says_instead_of_an_answer_is_no_text() {
        for (json, cause) in [
            (
                r#"{"message":"Workflow was started"}"#,
                Some(EmptyCause::StartedOnly),
            ),
            (
                r#"{"executionStarted":true,"executionId":"1"}"#,
                Some(EmptyCause::HumanInTheLoop),
            ),
            (r#"{"message":"Workflow was started","output":"hi"}"#, None),
            (r#"{"output":"Workflow was started"}"#, None),
        ] {
            let value: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(find(value).instead, cause, "{json}");
        }
    }

    #[test]
    fn a_few_short_suggestions_are_taken() {
        let long = "x".repeat(201);
        let json = format!(r#"{{"output":"a","suggestions":["1","{long}"," ",2,"3","4","5","6"]}}"#);
        let value: &RawValue = serde_json::from_str(&json).unwrap();
        assert_eq!(find(value).suggestions.join(","), "1,3,4,5");
    }
}
