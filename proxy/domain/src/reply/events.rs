//! Server-sent events of an upstream: n8n's lines, chunks as `OpenAI` sends them, or text.

use std::borrow::Cow;

use porthole_protocol::sse::Frame;
use serde_json::value::RawValue;

use super::document::{self, Key, Members};
use super::lines::{Known, Line, Reply};
use super::steps;
use super::{ReplyError, ReplyPart};

/// How the kinds of events are named that repeat or frame what the events between them said.
const BRACKETS: [&str; 8] = [
    "done",
    "completed",
    "complete",
    "end",
    "stop",
    "start",
    "created",
    "added",
];

impl Reply {
    /// Reads one event.
    pub(super) fn event(&mut self, frame: &Frame, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let data = frame.data.as_str();
        if frame.event == "error" {
            self.failed = true;
            return Ok(());
        }
        // `[DONE]` ends nothing: the reply is over when the body is.
        if data.trim() == "[DONE]" || is_bracket(&frame.event) && !self.prose.is_empty() {
            return Ok(());
        }
        match frame.event.as_str() {
            "step" => return self.step(&object(data), out, steps::own),
            "suggestions" => return self.suggestions(data, out),
            _ => {}
        }
        match payload(data) {
            Some(value) => self.payload(value, out),
            None => self.prose.text(data, out),
        }
    }

    fn payload(&mut self, value: &RawValue, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let unknown = self.unknown;
        if let Some(line) = Line::parse(value.get())
            && self.parsed(&line, value.get(), out)? == Known::Yes
        {
            return Ok(());
        }
        self.unknown = unknown;
        let members = Members::of(value);
        let kind = members.string(Key::Type).unwrap_or_default();
        if is_bracket(&kind) && !self.prose.is_empty() {
            return Ok(());
        }
        let found = document::find(value);
        if found.texts.is_empty() && found.suggestions.is_empty() {
            match members.get(Key::Error) {
                Some(_) => self.failed = true,
                None => self.skip(),
            }
        }
        self.found(found, out)
    }
}

/// The data as JSON where it is an object, a list of objects or a string.
fn payload(data: &str) -> Option<&RawValue> {
    let candidate = data.trim_start().starts_with(['{', '[', '"']);
    let value: &RawValue = candidate.then(|| serde_json::from_str(data).ok()).flatten()?;
    let is_list_of_values = value.get().starts_with('[') && !value.get()[1..].trim_start().starts_with('{');
    (!is_list_of_values).then_some(value)
}

/// The data as an object; plain words are what it is about.
fn object(data: &str) -> Cow<'_, str> {
    if data.trim_start().starts_with('{') {
        data.into()
    } else {
        format!(r#"{{"content":{}}}"#, serde_json::Value::from(data)).into()
    }
}

fn is_bracket(kind: &str) -> bool {
    kind.rsplit(['.', '_', '-', ':'])
        .next()
        .is_some_and(|last| BRACKETS.contains(&last))
}
