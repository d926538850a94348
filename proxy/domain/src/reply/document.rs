//! Finds the text of a reply in a JSON value whose shape is the workflow's own.

use porthole_protocol::limits::{MAX_SUGGESTION_CHARS, MAX_SUGGESTIONS};
use serde_json::value::RawValue;

use crate::chain::End;

use super::error::{EmptyCause, ReplyError};
use super::members::{KnownMembers, MemberName, TEXT_MEMBERS, WRAPPING_MEMBERS, is_number, items, string};
use super::{notices, report};

/// The containers between a value and its text: `choices[0].message.content[0].text` is the deepest.
const MAX_DEPTH: u8 = 6;
/// The values of a body that is read when it is whole: an answer in so many has no room for words beside its brackets.
const MAX_VALUES: usize = 16 * 1024;

/// The content of a JSON value.
#[derive(Default)]
pub(super) struct DocumentContent<'a> {
    /// The text: JSON strings or a number; several where a model's content comes in parts.
    pub(super) texts: Vec<&'a RawValue>,
    /// Follow-up questions beside the text.
    pub(super) suggestions: Vec<String>,
    /// The list of the text's sources.
    pub(super) sources: Option<&'a RawValue>,
    /// The cause of an answer without text, where n8n says so.
    pub(super) empty_cause: Option<EmptyCause>,
    /// `true` for the report of a failure, or for words that break off with one.
    pub(super) failed: bool,
    /// `true` where an object on the way was a report.
    pub(super) reports: bool,
    /// `true` where a model says that its words break off with an error.
    pub(super) breaks_off: bool,
    /// The end of the answer, as far as a model says it.
    pub(super) end: End,
}

/// The strings that tell a state where an answer might be.
const STATES: [&str; 8] = ["ok", "OK", "success", "succeeded", "done", "true", "accepted", "queued"];

/// The members whose text counts in an object that reports an error besides.
const ANSWERS: [MemberName; 3] = [MemberName::Output, MemberName::Answer, MemberName::Choices];

/// Tells if the member of this name is an answer also in an object that reports an error besides.
pub(super) fn is_answer(name: &str) -> bool {
    matches!(name, "output" | "answer" | "choices")
}

impl DocumentContent<'_> {
    /// Returns `true` where nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.suggestions.is_empty() && self.empty_cause.is_none() && !self.failed
    }

    /// Concludes from the reports on the way if a failure was reported: text beside a report is an answer.
    pub(super) fn settled(mut self) -> Self {
        self.failed = self.breaks_off || self.reports && self.texts.is_empty();
        if self.failed {
            self.suggestions.clear();
        }
        self
    }
}

/// Returns the JSON values with which a body begins, and the rest behind them. A body is read once: 1 MiB of it is long
/// work for a worker.
pub(super) fn split_values(body: &str) -> Result<(Vec<&RawValue>, &str), ReplyError> {
    let mut values = Vec::new();
    let mut parser = serde_json::Deserializer::from_str(body).into_iter();
    while let Some(Ok(value)) = parser.next() {
        if values.len() == MAX_VALUES {
            return Err(ReplyError::TooLarge);
        }
        values.push(value);
    }
    Ok((values, body[parser.byte_offset()..].trim_start()))
}

/// Finds the content of a reply in `value`.
pub(super) fn find_content(value: &RawValue) -> DocumentContent<'_> {
    find_in(value, &KnownMembers::parse(value))
}

/// Finds the content of a reply in `value`, whose members are known.
pub(super) fn find_in<'a>(value: &'a RawValue, members: &KnownMembers<'a>) -> DocumentContent<'a> {
    let empty_cause = notices::empty_cause(members);
    let failed = notices::is_failure(members);
    if empty_cause.is_some() || failed {
        return DocumentContent { empty_cause, failed, ..DocumentContent::default() };
    }
    let mut found = DocumentContent::default();
    if value.get().starts_with('{') {
        search_members(members, 0, &mut found);
    } else {
        search(value, 0, &mut found);
    }
    found.settled()
}

fn search<'a>(value: &'a RawValue, depth: u8, found: &mut DocumentContent<'a>) {
    match value.get().as_bytes().first() {
        Some(b'"') if value.get() != r#""""# => found.texts.push(value),
        Some(b'{') if depth < MAX_DEPTH => search_members(&KnownMembers::parse(value), depth, found),
        Some(b'[') if depth < MAX_DEPTH => {
            // The first item that has a text: a model's thoughts come before its answer, and have none.
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

fn search_members<'a>(members: &KnownMembers<'a>, depth: u8, found: &mut DocumentContent<'a>) {
    let is_report = note_members(members, found);
    let names: &[MemberName] = if is_report { &ANSWERS } else { &TEXT_MEMBERS };
    for name in names {
        if let Some(value) = members.get(*name) {
            match name {
                MemberName::Content | MemberName::Parts => found.texts = parts(value),
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
    found.reports |= is_report || report::wraps_report(members);
    if !found.reports {
        search_wrapping(members, depth, found);
    }
}

/// Searches the members that wrap an answer: a string that is no word for a state, or an object.
fn search_wrapping<'a>(members: &KnownMembers<'a>, depth: u8, found: &mut DocumentContent<'a>) {
    let is_state = |value: &RawValue| {
        STATES.iter().any(|state| value.get()[1..].starts_with(state) && value.get().len() == state.len() + 2)
    };
    for value in WRAPPING_MEMBERS.iter().filter_map(|name| members.get(*name)) {
        let is_wrapping = match value.get().as_bytes().first() {
            Some(b'"') => !is_state(value),
            Some(b'{') => true,
            _ => false,
        };
        if is_wrapping {
            search(value, depth + 1, found);
        }
        if !found.texts.is_empty() {
            return;
        }
    }
}

/// Notes what an object says beside its text, and tells if it reports a failure.
pub(super) fn note_members<'a>(members: &KnownMembers<'a>, found: &mut DocumentContent<'a>) -> bool {
    if let Some(list) = members.get(MemberName::Suggestions).filter(|_| found.suggestions.is_empty()) {
        found.suggestions = suggestions(list);
    }
    found.sources = found.sources.or(members.get(MemberName::Sources));
    let reason = members.literal(MemberName::FinishReason).unwrap_or_default();
    found.breaks_off |= report::names_failure(reason);
    if report::names_cut(reason) {
        found.end = End::Incomplete;
    }
    report::is_report(members)
}

/// Returns the texts of a model's content, one text in parts: `[{"type":"text","text":"…"}, …]`.
fn parts(content: &RawValue) -> Vec<&RawValue> {
    items(content)
        .into_iter()
        .map(KnownMembers::parse)
        .filter(|part| part.get(MemberName::Thought).is_none_or(|thought| thought.get() != "true"))
        .filter_map(|part| part.get(MemberName::Text))
        .filter(|text| text.get().starts_with('"') && text.get() != r#""""#)
        .collect()
}

/// Reads follow-up questions: the first few of a list that are short enough for a button, each a string or an object
/// with one.
pub(super) fn suggestions(list: &RawValue) -> Vec<String> {
    let fit = |text: &String| !text.trim().is_empty() && text.chars().count() <= MAX_SUGGESTION_CHARS;
    items(list).into_iter().filter_map(suggestion).filter(fit).take(MAX_SUGGESTIONS).collect()
}

/// Reads the sources of a list: each a title or an address, or an object with both.
pub(super) fn sources(list: Option<&RawValue>) -> Vec<(Option<String>, Option<String>)> {
    let is_address = |text: &String| text.starts_with("http://") || text.starts_with("https://");
    let read = |item: &&RawValue| match string(item) {
        Some(text) if is_address(&text) => (None, Some(text)),
        Some(text) => (Some(text), None),
        None => {
            let members = KnownMembers::parse(item);
            let title = [MemberName::Title, MemberName::Name, MemberName::Label];
            let title = title.iter().find_map(|name| members.string(*name));
            (title, members.string(MemberName::Url))
        }
    };
    list.map(items).unwrap_or_default().iter().map(read).collect()
}

fn suggestion(item: &RawValue) -> Option<String> {
    let names =
        [MemberName::Text, MemberName::Title, MemberName::Label, MemberName::Name, MemberName::Message];
    let members = KnownMembers::parse(item);
    string(item).or_else(|| names.iter().find_map(|name| members.string(*name)))
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::find_content;

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
            (r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}"#, Some(r#""hi""#)),
            (r#"{"choices":[{"delta":{"content":" "}}]}"#, Some(r#"" ""#)),
            (r#"{"choices":[{"message":{"content":[{"type":"text","text":"hi"}]}}]}"#, Some(r#""hi""#)),
            (
                r#"{"output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"text":"hi"}]}]}"#,
                Some(r#""hi""#),
            ),
            (r#"{"content":{"parts":[{"text":"hi"}],"role":"model"}}"#, Some(r#""hi""#)),
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
            let texts: Vec<&str> = find_content(value).texts.into_iter().map(RawValue::get).collect();
            assert_eq!(texts, text.into_iter().collect::<Vec<_>>(), "{json}");
        }
    }

    #[test]
    fn content_in_parts_is_one_text() {
        let json =
            r#"{"content":[{"type":"thinking"},{"type":"text","text":"One "},{"type":"text","text":"two"}]}"#;
        let value: &RawValue = serde_json::from_str(json).unwrap();
        let texts: Vec<&str> = find_content(value).texts.into_iter().map(RawValue::get).collect();
        assert_eq!(texts, [r#""One ""#, r#""two""#]);
    }

    #[test]
    fn a_few_short_suggestions_are_taken_under_the_names_that_workflows_use() {
        let long = "x".repeat(201);
        for (name, list) in [
            ("suggestions", format!(r#"["1","{long}"," ",2,"3","4","5","6"]"#)),
            ("quickReplies", r#"[{"text":"1"},{"title":"3"},{"label":"4"},{"id":9},"5"]"#.to_owned()),
            ("follow_ups", r#"["1","3","4","5"]"#.to_owned()),
        ] {
            let json = format!(r#"{{"output":"a","{name}":{list}}}"#);
            let value: &RawValue = serde_json::from_str(&json).unwrap();
            assert_eq!(find_content(value).suggestions.join(","), "1,3,4,5", "{name}");
        }
    }
}
