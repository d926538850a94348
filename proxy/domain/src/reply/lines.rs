//! The JSON lines of n8n, and the reply that they, documents and events add up to.

use std::borrow::Cow;

use porthole_protocol::limits::MAX_REPLY_BYTES;
use porthole_protocol::{Step, StepState};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{self, Found, Key, Members};
use super::head::{Begins, begins_as_object, begins_as_page};
use super::prose::{Joint, Prose, Single};
use super::steps;
use super::string::Unescaper;
use super::{EmptyCause, ReplyError, ReplyPart};

/// One line, borrowed from its bytes: there is one for every token.
#[derive(Debug, Deserialize)]
pub(super) struct Line<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
}

impl<'a> Line<'a> {
    /// Reads a line: an object with a `type` string.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// Who speaks: a node, in one of its runs, about one of its items.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Speaker {
    node_id: String,
    run_index: u64,
    item_index: u64,
}

/// Whether a line's kind is one that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Yes,
    No,
}

/// The reply so far.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) prose: Prose,
    pub(super) unknown: u32,
    /// Whether the last that was heard of is an error, and nobody has begun to speak since.
    pub(super) failed: bool,
    /// Why there is no text, if there is none.
    pub(super) instead: Option<EmptyCause>,
    speaker: Option<Speaker>,
    /// Bytes of names of steps and of suggestions, which count like text.
    aside: usize,
}

impl Reply {
    /// Reads one line of a body of JSON lines.
    pub(super) fn line(&mut self, line: &str, out: &mut Vec<ReplyPart>) -> Result<Known, ReplyError> {
        if let Some(parsed) = Line::parse(line) {
            return self.parsed(&parsed, line, out);
        }
        if begins_as_page(line.as_bytes()) == Begins::Yes {
            return Err(ReplyError::Markup);
        }
        self.skip();
        Ok(Known::No)
    }

    /// Reads a line that was parsed from `source`.
    pub(super) fn parsed(
        &mut self,
        line: &Line<'_>,
        source: &str,
        out: &mut Vec<ReplyPart>,
    ) -> Result<Known, ReplyError> {
        match &*line.kind {
            "item" => self.item(line.content, out)?,
            "begin" => self.begin(line.metadata, out)?,
            "end" => {
                self.close(Single::Body, out)?;
                self.prose.open(Joint::Continues);
            }
            "error" => self.failed = true,
            "keepalive" => {}
            "step" => self.step(source, out, steps::own)?,
            "tool-call-start" => self.step(source, out, |line| steps::tool_call(line, StepState::Running))?,
            "tool-call-end" => self.step(source, out, |line| steps::tool_call(line, StepState::Done))?,
            "node-execute-before" => self.step(source, out, |line| steps::node(line, StepState::Running))?,
            "node-execute-after" => self.step(source, out, |line| steps::node(line, StepState::Done))?,
            "suggestions" => self.suggestions(source, out)?,
            _ => {
                self.skip();
                return Ok(Known::No);
            }
        }
        Ok(Known::Yes)
    }

    /// Counts something that nothing is known of.
    pub(super) fn skip(&mut self) {
        self.unknown = self.unknown.saturating_add(1);
    }

    /// Reads a whole body that is JSON, though perhaps not one value only.
    pub(super) fn document(&mut self, body: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let mut values = serde_json::Deserializer::from_str(body).into_iter::<&RawValue>();
        let read: Vec<&RawValue> = values.by_ref().map_while(Result::ok).collect();
        let rest = body[values.byte_offset()..].trim_start();
        if rest.is_empty() {
            return read
                .into_iter()
                .try_for_each(|value| self.found(document::find(value), out));
        }
        // A lone brace may be all that came of an object.
        if begins_as_object(body.as_bytes()) == Begins::No {
            self.prose.flow();
            return self.prose.text(body, out);
        }
        // Words about an object, such as `{"port": 80} goes here`, are text. Broken JSON is not shown.
        let is_about_objects =
            !read.is_empty() && !rest.starts_with(['{', '[', '"', '}', ']', ',', ':', '\\']);
        let found: Vec<Found<'_>> = read.into_iter().map(document::find).collect();
        if is_about_objects && found.iter().all(Found::is_nothing) {
            self.prose.flow();
            return self.prose.text(body, out);
        }
        found.into_iter().try_for_each(|found| self.found(found, out))
    }

    /// Emits what was found in a document.
    pub(super) fn found(&mut self, found: Found<'_>, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.instead = found.instead.or(self.instead);
        self.failed |= found.failed;
        for text in found.texts {
            self.prose.json(text, out)?;
        }
        self.suggest(found.suggestions, out)
    }

    /// Ends the span: says what was held back of it, or the text inside it.
    pub(super) fn close(&mut self, single: Single, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let Some(held) = self.prose.close(out)? else {
            return Ok(());
        };
        let Ok(value) = serde_json::from_str::<&RawValue>(&held.text) else {
            return self.prose.say(&held.text, out);
        };
        let is_body = single == Single::Body && held.is_one_item;
        if is_body && self.announcement(value, out)? == Known::Yes {
            return Ok(());
        }
        let found = document::find(value);
        if found.texts.is_empty() && !is_body {
            return self.prose.say(&held.text, out);
        }
        let inner = text_of(&found);
        if begins_as_page(inner.as_bytes()) == Begins::Yes {
            return Err(ReplyError::Markup);
        }
        if !self.prose.was_said(&inner) {
            self.prose.say(&inner, out)?;
        }
        self.found(
            Found {
                texts: Vec::new(),
                ..found
            },
            out,
        )
    }

    /// Reads what a workflow announces by a Respond to Webhook node: the only way in which n8n lets it write a
    /// line of its own. It arrives as one item, which holds the line as text.
    fn announcement(&mut self, value: &RawValue, out: &mut Vec<ReplyPart>) -> Result<Known, ReplyError> {
        let kind = Members::of(value).string(Key::Type);
        match kind.as_deref() {
            Some("step") => self.step(value.get(), out, steps::own)?,
            Some("suggestions") => self.suggestions(value.get(), out)?,
            _ => return Ok(Known::No),
        }
        Ok(Known::Yes)
    }

    /// Emits follow-up questions.
    fn suggest(&mut self, questions: Vec<String>, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if questions.is_empty() {
            return Ok(());
        }
        self.set_aside(questions.iter().map(String::len).sum())?;
        out.push(ReplyPart::Suggestions(questions));
        Ok(())
    }

    fn item(&mut self, content: Option<&RawValue>, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match content {
            Some(text) if !matches!(text.get(), "null" | "true" | "false") => self.prose.json(text, out),
            Some(_) | None => {
                self.skip();
                Ok(())
            }
        }
    }

    fn begin(&mut self, metadata: Option<&RawValue>, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.close(Single::Body, out)?;
        // n8n tells of every node and tool that fails, also where the workflow goes on: only then another begins.
        self.failed = false;
        let speaker = metadata
            .and_then(|metadata| serde_json::from_str(metadata.get()).ok())
            .unwrap_or_default();
        let joint = match self.speaker.replace(speaker) {
            None => Joint::Continues,
            same if same == self.speaker => Joint::Again,
            Some(_) => Joint::Apart,
        };
        self.prose.open(joint);
        Ok(())
    }

    /// Emits a step that `read` finds in a line.
    pub(super) fn step(
        &mut self,
        source: &str,
        out: &mut Vec<ReplyPart>,
        read: impl Fn(&Members<'_>) -> Option<Step>,
    ) -> Result<(), ReplyError> {
        let Some(step) = members(source).and_then(|members| read(&members)) else {
            self.skip();
            return Ok(());
        };
        self.set_aside(step.name.len())?;
        out.push(ReplyPart::Step(step));
        Ok(())
    }

    /// Emits the follow-up questions of a line, or of a list.
    pub(super) fn suggestions(&mut self, source: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let Ok(value) = serde_json::from_str::<&RawValue>(source) else {
            self.skip();
            return Ok(());
        };
        let keys = [Key::Items, Key::Suggestions, Key::Content];
        let members = Members::of(value);
        let list = keys.iter().find_map(|key| members.get(*key)).unwrap_or(value);
        self.suggest(document::suggestions(list), out)
    }

    /// Counts what is emitted beside the text; 64 bytes more for the event around it.
    fn set_aside(&mut self, bytes: usize) -> Result<(), ReplyError> {
        self.aside += bytes + 64;
        if self.aside > MAX_REPLY_BYTES {
            Err(ReplyError::TooLarge)
        } else {
            Ok(())
        }
    }
}

fn members(source: &str) -> Option<Members<'_>> {
    serde_json::from_str::<&RawValue>(source).ok().map(Members::of)
}

fn text_of(found: &Found<'_>) -> String {
    let (mut text, mut unescaper) = (String::new(), Unescaper::default());
    for literal in &found.texts {
        unescaper.append(literal.get(), &mut text);
    }
    unescaper.flush(&mut text);
    text
}
