//! Server-sent events of an upstream: n8n's lines, chunks as `OpenAI` sends them, or text.

use std::borrow::Cow;

use porthole_protocol::sse::Frame;
use serde_json::value::RawValue;

use crate::chain::End;

use super::announcements::is_announcement;
use super::builder::ReplyBuilder;
use super::document::split_values;
use super::error::ReplyError;
use super::lenient;
use super::line::{JsonLine, Recognition, is_bracket, is_cut, is_end_mark};
use super::members::{KnownMembers, MemberName};
use super::part::ReplyPart;
use super::prefix::{Begins, begins_as_object};
use super::report;

impl ReplyBuilder {
    /// Reads one event.
    pub(super) fn push_event(&mut self, frame: &Frame, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let data = self.without_second_field(&frame.data);
        if data.contains('\n') && !self.event_style.words && payload(&data).is_none() && is_several(&data) {
            return data.lines().try_for_each(|line| self.push_data(&frame.event, line, out));
        }
        self.push_data(&frame.event, &data, out)
    }

    /// Reads the last event of a stream, which ended without the blank line behind it.
    pub(super) fn push_last_event(
        &mut self,
        frame: &Frame,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        let is_cut_mark = !is_end_mark(&frame.data) && "[DONE]".starts_with(frame.data.trim());
        if is_cut_mark && !self.event_style.words {
            return Ok(());
        }
        let is_object_cut = match begins_as_object(frame.data.as_bytes()) {
            Begins::Perhaps => true,
            Begins::Yes => is_cut(&frame.data),
            Begins::No => false,
        };
        if is_object_cut && !self.event_style.words && !frame.data.trim().is_empty() {
            self.output.broken = true;
            return Ok(());
        }
        self.push_event(frame, out)
    }

    fn push_data(&mut self, event: &str, data: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if is_end_mark(data) {
            self.read_end_mark(out);
            return Ok(());
        }
        if !self.event_style.words && self.read_record(event, data, out)? == Recognition::Known {
            return Ok(());
        }
        if event != "message" && report::names_failure(event) && !report::names_step(event) {
            self.output.failed = true;
            return Ok(());
        }
        if is_announcement(event) {
            return self.output.push_announced(event, &announced(data), out).map(drop);
        }
        match payload(data) {
            Some(value) if self.event_style.words && !is_bracket(event) && is_word(value) => {
                self.output.text.push_text(data, out)
            }
            Some(value) => self.push_value(event, value, out),
            None if is_bracket(event) && !self.output.text.is_empty() => Ok(()),
            None => self.push_words(event, data, out),
        }
    }

    /// Reads data that is JSON.
    fn push_value(
        &mut self,
        event: &str,
        value: &RawValue,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        let members = KnownMembers::parse(value);
        let kind = members.literal(MemberName::Type).unwrap_or_default();
        if !self.output.text.is_empty() && (is_bracket(event) || is_bracket(kind)) {
            let found = self.find_in(value, &members);
            self.output.failed |= found.failed;
            self.output.note_end(if kind.ends_with("incomplete") { End::Incomplete } else { found.end });
            return Ok(());
        }
        self.push_payload(value, &members, out)
    }

    fn push_payload(
        &mut self,
        value: &RawValue,
        members: &KnownMembers<'_>,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        if members.get(MemberName::Type).is_some()
            && let Some(line) = JsonLine::parse(value.get())
            && self.push_parsed(&line, value.get(), out)? == Recognition::Known
        {
            self.has_item_lines = true;
            return Ok(());
        }
        let found = self.find_in(value, members);
        if found.is_empty() {
            self.output.count_unknown();
        }
        self.output.push_content(found, out)
    }

    /// Reads data that is no JSON: words, or JSON that is broken.
    fn push_words(&mut self, event: &str, data: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if !self.event_style.words && lenient::begins_with_member(data) {
            let mended = lenient::mend(data);
            self.output.broken |= mended.is_none();
            let (values, _) = split_values(mended.as_deref().unwrap_or_default())?;
            return values.into_iter().try_for_each(|value| self.push_value(event, value, out));
        }
        self.event_style.words |= self.output.text.is_empty();
        self.output.text.push_text(data, out)
    }

    /// Strips a second `data:` from each line, where the first event of the stream has one.
    fn without_second_field<'a>(&mut self, data: &'a str) -> Cow<'a, str> {
        self.event_style.doubled |=
            data.starts_with("data:") && self.output.text.is_empty() && !self.event_style.words;
        if !self.event_style.doubled {
            return Cow::Borrowed(data);
        }
        let lines = data.lines().map(|line| {
            let behind = line.strip_prefix("data:").unwrap_or(line);
            behind.strip_prefix(' ').unwrap_or(behind)
        });
        lines.collect::<Vec<_>>().join("\n").into()
    }
}

/// Parses the data as JSON where it is an object, a list of objects or a string.
fn payload(data: &str) -> Option<&RawValue> {
    let candidate = data.trim_start().starts_with(['{', '[', '"']);
    let value: &RawValue = candidate.then(|| serde_json::from_str(data).ok()).flatten()?;
    let is_list_of_values = value.get().starts_with('[') && !value.get()[1..].trim_start().starts_with('{');
    (!is_list_of_values).then_some(value)
}

/// Tells if data holds several events, whose blank lines were forgotten: each line is a whole object or the end mark.
fn is_several(data: &str) -> bool {
    let is_whole = |line: &str| line.trim_start().starts_with('{') && payload(line).is_some();
    data.lines().filter(|line| !line.trim().is_empty()).all(|line| is_end_mark(line) || is_whole(line))
}

/// Tells if JSON between plain words is one of them: all is, but for a step, follow-up questions (contract §9) and the
/// report of an error.
fn is_word(value: &RawValue) -> bool {
    let members = KnownMembers::parse(value);
    !matches!(members.literal(MemberName::Type), Some(kind) if is_announcement(kind))
        && !report::holds_error(&members)
}

/// Returns the data as JSON; plain words become the content of an object.
fn announced(data: &str) -> Cow<'_, str> {
    if data.trim_start().starts_with(['{', '[']) {
        data.into()
    } else {
        format!(r#"{{"content":{}}}"#, serde_json::Value::from(data)).into()
    }
}
