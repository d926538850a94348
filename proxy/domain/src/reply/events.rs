//! Server-sent events of an upstream: n8n's lines, chunks as `OpenAI` sends them, or text.

use std::borrow::Cow;

use porthole_protocol::sse::Frame;
use serde_json::value::RawValue;

use super::builder::{Recognition, ReplyBuilder};
use super::document;
use super::error::ReplyError;
use super::line::JsonLine;
use super::members::{KnownMembers, MemberName};
use super::part::ReplyPart;
use super::steps;

/// The last words in the kinds of events that frame or repeat the events between them.
const BRACKETS: [&str; 8] = ["done", "completed", "complete", "end", "stop", "start", "created", "added"];

impl ReplyBuilder {
    /// Reads one event.
    pub(super) fn push_event(&mut self, frame: &Frame, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let data = frame.data.as_str();
        if frame.event == "error" {
            self.failed = true;
            return Ok(());
        }
        // `[DONE]` ends nothing: the reply is over when the body is.
        if data.trim() == "[DONE]" || is_bracket(&frame.event) && !self.text.is_empty() {
            return Ok(());
        }
        match frame.event.as_str() {
            "step" => return self.push_step(&object(data), out, steps::announced),
            "suggestions" => return self.push_suggestions(data, out),
            _ => {}
        }
        match payload(data) {
            Some(value) => self.push_payload(value, out),
            None => self.text.push_text(data, out),
        }
    }

    fn push_payload(&mut self, value: &RawValue, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let unknown_lines = self.unknown_lines;
        if let Some(line) = JsonLine::parse(value.get())
            && self.push_parsed(&line, value.get(), out)? == Recognition::Known
        {
            return Ok(());
        }
        self.unknown_lines = unknown_lines;
        let members = KnownMembers::parse(value);
        let kind = members.string(MemberName::Type).unwrap_or_default();
        if is_bracket(&kind) && !self.text.is_empty() {
            return Ok(());
        }
        let found = document::find_content(value);
        if found.texts.is_empty() && found.suggestions.is_empty() {
            match members.get(MemberName::Error) {
                Some(_) => self.failed = true,
                None => self.count_unknown(),
            }
        }
        self.push_content(found, out)
    }
}

/// Parses the data as JSON where it is an object, a list of objects or a string.
fn payload(data: &str) -> Option<&RawValue> {
    let candidate = data.trim_start().starts_with(['{', '[', '"']);
    let value: &RawValue = candidate.then(|| serde_json::from_str(data).ok()).flatten()?;
    let is_list_of_values = value.get().starts_with('[') && !value.get()[1..].trim_start().starts_with('{');
    (!is_list_of_values).then_some(value)
}

/// Returns the data as an object; plain words become its content.
fn object(data: &str) -> Cow<'_, str> {
    if data.trim_start().starts_with('{') {
        data.into()
    } else {
        format!(r#"{{"content":{}}}"#, serde_json::Value::from(data)).into()
    }
}

fn is_bracket(kind: &str) -> bool {
    kind.rsplit(['.', '_', '-', ':']).next().is_some_and(|last| BRACKETS.contains(&last))
}
