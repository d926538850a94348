//! Builds the reply that JSON lines, documents and events add up to.

use porthole_protocol::limits::MAX_REPLY_BYTES;
use porthole_protocol::{Step, StepState};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::chain::End;

use super::answer_path::AnswerPath;
use super::document::{self, DocumentContent, split_values};
use super::error::{EmptyCause, ReplyError};
use super::event_style::EventStyle;
use super::events::is_end_mark;
use super::fence::without_fence;
use super::lenient;
use super::line::JsonLine;
use super::members::{KnownMembers, MemberName, items};
use super::options::DecoderOptions;
use super::part::ReplyPart;
use super::prefix::{Begins, begins_as_object, begins_as_page};
use super::protocols::{Protocol, Sink};
use super::receipts;
use super::speech::Thoughts;
use super::steps::{self, ReadStep};
use super::string::Unescaper;
use super::text::{ReplyText, SingleItem, SpanBoundary, thinking};

/// The bytes of a receipt as JSON; what is longer is not searched for one.
const MAX_RECEIPT: usize = 4096;

/// The speaker of a span: a node, in one of its runs, about one of its items.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeRun {
    node_id: String,
    run_index: u64,
    item_index: u64,
}

/// The recognition of a line by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recognition {
    Known,
    Unknown,
}

/// The reply so far.
#[derive(Debug, Default)]
pub(super) struct ReplyBuilder {
    pub(super) text: ReplyText,
    pub(super) unknown_lines: u32,
    /// `true` while the last report is an error, and no node has begun to speak since.
    pub(super) failed: bool,
    /// The cause of an empty reply, where one is known.
    pub(super) empty_cause: Option<EmptyCause>,
    /// The end of the reply, incomplete once a model said so.
    pub(super) end: End,
    /// `true` once JSON came that is broken: a part of the answer is lost.
    pub(super) broken: bool,
    pub(super) event_style: EventStyle,
    /// `true` between the `begin` and the `end` of a node.
    pub(super) is_inside_run: bool,
    node_run: Option<NodeRun>,
    /// The member that holds the answer, where the site names it.
    answer_path: Option<AnswerPath>,
    /// The bytes of all that is emitted beside the text, which are charged against the limit of a reply like that.
    charged: usize,
    /// The protocol of an agent, once it is recognised, and its own end of the answer.
    pub(super) protocol: Option<Protocol>,
    pub(super) conclusion: Option<End>,
    /// The end of the body suffices, whatever the protocol says.
    is_lenient: bool,
    pub(super) thoughts: Thoughts,
    /// `true` while the step says that a model thinks.
    is_thinking: bool,
    pub(super) has_reasoning: bool,
    reasoning: Unescaper,
    /// The text that follows is parted from the text before.
    pub(super) begins_paragraph: bool,
    /// The names of the sources so far.
    pub(super) source_names: Vec<String>,
    /// The ids of the agent's questions so far.
    pub(super) asked: Vec<String>,
    /// A line of n8n came: lines of other kinds among its own are no text.
    pub(super) has_item_lines: bool,
}

impl ReplyBuilder {
    pub(super) fn new(options: &DecoderOptions) -> Self {
        Self {
            text: ReplyText::new(options.thoughts),
            thoughts: options.thoughts,
            is_lenient: options.is_lenient,
            answer_path: options.answer_path.clone(),
            ..Self::default()
        }
    }

    /// Finds the content of a reply in `value`, whose members are known: at the path, where the site names one.
    pub(super) fn find_in<'a>(&self, value: &'a RawValue, members: &KnownMembers<'a>) -> DocumentContent<'a> {
        match &self.answer_path {
            Some(path) => path.find_in(value, members),
            None => document::find_in(value, members),
        }
    }

    fn find<'a>(&self, value: &'a RawValue) -> DocumentContent<'a> {
        self.find_in(value, &KnownMembers::parse(value))
    }

    /// Reads one line of a body of JSON lines.
    pub(super) fn push_line(
        &mut self,
        line: &str,
        out: &mut Vec<ReplyPart>,
    ) -> Result<Recognition, ReplyError> {
        if self.read_record("", line, out)? == Recognition::Known {
            return Ok(Recognition::Known);
        }
        if let Some(parsed) = JsonLine::parse(line)
            && self.push_parsed(&parsed, line, out)? == Recognition::Known
        {
            self.has_item_lines = true;
            return Ok(Recognition::Known);
        }
        if begins_as_page(line.as_bytes()) == Begins::Yes {
            return Err(ReplyError::Markup);
        }
        self.push_unknown(line, out)
    }

    /// Reads a line of no known kind: it may be the report of a failure, broken, or hold the member of the answer.
    fn push_unknown(&mut self, line: &str, out: &mut Vec<ReplyPart>) -> Result<Recognition, ReplyError> {
        match serde_json::from_str(line).map(|value| self.find(value)) {
            Ok(found) if self.tells_answer(line) && !found.is_empty() => {
                self.push_content(found, out)?;
                return Ok(Recognition::Known);
            }
            Ok(found) if found.failed => self.failed = true,
            Err(_) if lenient::begins_with_member(line) => match lenient::mend(line) {
                Some(mended) if mended != line => return self.push_line(&mended, out),
                _ => self.broken = true,
            },
            _ => self.count_unknown(),
        }
        Ok(Recognition::Unknown)
    }

    /// Tells if the members of a line may be an answer: at the path that the site names, or in lines without a `type`.
    fn tells_answer(&self, line: &str) -> bool {
        self.answer_path.is_some() || !self.has_item_lines && JsonLine::parse(line).is_none()
    }

    /// Reads a record of an agent: an object, with the name of its event where it has one. The first of a body decides if it
    /// is one.
    pub(super) fn read_record(
        &mut self,
        event: &str,
        record: &str,
        out: &mut Vec<ReplyPart>,
    ) -> Result<Recognition, ReplyError> {
        if self.protocol.is_none()
            && (self.answer_path.is_some() || self.has_item_lines || !self.text.is_empty())
        {
            return Ok(Recognition::Unknown);
        }
        let Ok(value) = serde_json::from_str::<&RawValue>(record) else {
            return self.read_broken(record);
        };
        let Some(mut protocol) = self.protocol.take().or_else(|| self.recognise(event, value)) else {
            return Ok(Recognition::Unknown);
        };
        let read = protocol.read(event, value, &mut Sink { reply: self, out });
        self.protocol = Some(protocol);
        read.map(|()| Recognition::Known)
    }

    fn recognise(&mut self, event: &str, value: &RawValue) -> Option<Protocol> {
        let protocol = Protocol::recognise(event, value)?;
        // A line before the first object of a protocol is none of its own.
        self.broken = false;
        Some(protocol)
    }

    /// Notes a record that is no JSON: a part of the answer may be lost, unless it is a mark or a word between.
    fn read_broken(&mut self, record: &str) -> Result<Recognition, ReplyError> {
        if self.protocol.is_none() {
            return Ok(Recognition::Unknown);
        }
        self.broken |= record.trim_start().starts_with(['{', '[']) && !is_end_mark(record);
        Ok(Recognition::Known)
    }

    /// Notes the end of an answer that its protocol tells; once cut short, it stays so.
    pub(super) fn conclude(&mut self, end: End, out: &mut Vec<ReplyPart>) {
        self.end_thoughts(out);
        self.conclusion = match self.conclusion {
            Some(End::Incomplete) => Some(End::Incomplete),
            _ => Some(end),
        };
    }

    /// Reads the end of an agent's body.
    pub(super) fn finish_protocol(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let Some(mut protocol) = self.protocol.take() else { return Ok(()) };
        let finished = protocol.finish(&mut Sink { reply: self, out });
        self.protocol = Some(protocol);
        finished
    }

    /// Reads the mark `[DONE]`, which proves the end in few protocols.
    pub(super) fn read_end_mark(&mut self, out: &mut Vec<ReplyPart>) {
        if self.protocol.as_ref().is_some_and(Protocol::ends_with_mark) {
            self.conclude(End::Complete, out);
        }
    }

    /// Returns the end that the protocol told; `None` where the body stopped without it.
    pub(super) fn true_end(&self) -> Option<End> {
        match (&self.protocol, self.conclusion) {
            (Some(_), None) if !self.is_lenient => None,
            (Some(_), conclusion) => Some(conclusion.unwrap_or(self.end)),
            (None, _) => Some(self.end),
        }
    }

    /// Takes back all text, and goes on with this one.
    pub(super) fn replace_text(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.charge(text.len())?;
        self.text = ReplyText::new(self.thoughts);
        self.text.pass_through();
        let mut parts = Vec::new();
        self.text.push_text(text, &mut parts)?;
        self.text.end_span(&mut parts)?;
        self.text.begin_span(SpanBoundary::Continues);
        let mut parts = parts.into_iter().peekable();
        let first = match parts.peek() {
            Some(ReplyPart::Text(_)) => parts.next(),
            _ => None,
        };
        let Some(ReplyPart::Text(first)) = first else {
            out.push(ReplyPart::Replace(String::new()));
            return Ok(());
        };
        out.push(ReplyPart::Replace(first));
        out.extend(parts);
        Ok(())
    }

    /// Adds to a model's reasoning, a JSON string: the site may show it, or a step that says that the model thinks.
    pub(super) fn push_reasoning(
        &mut self,
        text: &RawValue,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        self.has_reasoning = true;
        match self.thoughts {
            Thoughts::Show => {
                let mut thought = String::new();
                self.reasoning.append(text.get(), &mut thought);
                if !thought.is_empty() {
                    self.charge(thought.len())?;
                    push_reasoning(thought, out);
                }
            }
            Thoughts::Step if !self.is_thinking => {
                self.is_thinking = true;
                self.emit_step(thinking(StepState::Running), out)?;
            }
            Thoughts::Step | Thoughts::Hide | Thoughts::Keep => {}
        }
        Ok(())
    }

    /// Tells if a model thought.
    pub(super) fn has_thoughts(&self) -> bool {
        self.has_reasoning || self.text.speech.has_thoughts()
    }

    /// Notes that the model answers, and thinks no longer.
    pub(super) fn end_thoughts(&mut self, out: &mut Vec<ReplyPart>) {
        if core::mem::take(&mut self.is_thinking) {
            out.push(ReplyPart::Step(thinking(StepState::Done)));
        }
    }

    /// Reads a line that was parsed from `source`.
    pub(super) fn push_parsed(
        &mut self,
        line: &JsonLine<'_>,
        source: &str,
        out: &mut Vec<ReplyPart>,
    ) -> Result<Recognition, ReplyError> {
        match &*line.kind {
            "item" if self.answer_path.is_some() => return Ok(Recognition::Unknown),
            "item" => self.push_item(line.content, out)?,
            "begin" => self.begin_run(line.metadata, out)?,
            "end" => {
                self.end_span(SingleItem::ResponseBody, out)?;
                self.text.begin_span(SpanBoundary::Continues);
                self.is_inside_run = false;
            }
            "error" => self.failed = true,
            "keepalive" => {}
            "suggestions" => self.push_suggestions(source, out)?,
            kind => {
                let Some(read) = steps::reader(kind) else {
                    return Ok(Recognition::Unknown);
                };
                self.push_step(source, out, read)?;
            }
        }
        Ok(Recognition::Known)
    }

    /// Counts a line, an event or a member that nothing is known of.
    pub(super) fn count_unknown(&mut self) {
        self.unknown_lines = self.unknown_lines.saturating_add(1);
    }

    /// Reads a whole body of JSON, which may be several values.
    pub(super) fn push_document(&mut self, body: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let (values, rest) = split_values(body)?;
        if rest.is_empty() {
            return self.push_whole(body, &values, out);
        }
        if let Some(mended) = lenient::mend(body) {
            return self.push_values(&split_values(&mended)?.0, out);
        }
        if self.is_text(body, &values, rest) {
            self.text.pass_through();
            return self.text.push_text(body, out);
        }
        self.broken = rest.starts_with(['{', '[']);
        self.push_values(&values, out)
    }

    /// Reads a body that is JSON to its end: values, or the receipt of a platform that answered before it had worked.
    fn push_whole(
        &mut self,
        body: &str,
        values: &[&RawValue],
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        if let [only] = values
            && body.len() <= MAX_RECEIPT
            && receipts::is_receipt_value(only)
            && (self.answer_path.is_none() || self.find(only).texts.is_empty())
        {
            self.empty_cause = Some(EmptyCause::Receipt);
            return Ok(());
        }
        self.push_values(values, out)
    }

    /// Tells if a body that is not JSON to its end is text: words about an object, such as `{"port": 80} goes here`, are; an
    /// object that is broken, or a value of which only the beginning arrived, is not.
    fn is_text(&self, body: &str, values: &[&RawValue], rest: &str) -> bool {
        if begins_as_object(body.as_bytes()) == Begins::No {
            return !(rest.starts_with('[') && is_cut(rest));
        }
        if body.trim_start_matches(['[', '{', ' ']).starts_with('\'') {
            return !lenient::begins_with_member(body);
        }
        let goes_on_as_json = rest.starts_with(['{', '[', '"', '}', ']', ',', ':', '\\']);
        !goes_on_as_json && !values.is_empty() && values.iter().all(|value| self.find(value).is_empty())
    }

    fn push_values(&mut self, values: &[&RawValue], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        for value in values {
            let records = items(value);
            let mut is_record = false;
            for record in if records.is_empty() { vec![*value] } else { records } {
                is_record |= self.read_record("", record.get(), out)? == Recognition::Known;
            }
            if !is_record {
                self.push_content(self.find(value), out)?;
            }
        }
        Ok(())
    }

    /// Emits the content of a document.
    pub(super) fn push_content(
        &mut self,
        found: DocumentContent<'_>,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        self.empty_cause = found.empty_cause.or(self.empty_cause);
        self.failed |= found.failed;
        self.note_end(found.end);
        for text in found.texts {
            self.text.push_json(text, out)?;
        }
        let mut sink = Sink { reply: self, out };
        sink.sources(found.sources)?;
        self.emit_suggestions(found.suggestions, out)
    }

    /// Notes an end that a model tells: once cut short, the reply stays so.
    pub(super) fn note_end(&mut self, end: End) {
        if end == End::Incomplete {
            self.end = end;
        }
    }

    /// Ends the span: flushes the text that was held back, or the text inside it where it is a document.
    pub(super) fn end_span(
        &mut self,
        single_item: SingleItem,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        let Some(held) = self.text.end_span(out)? else {
            return Ok(());
        };
        let meaning = if held.is_one_item { single_item } else { SingleItem::Speech };
        if let Ok(value) = serde_json::from_str(without_fence(&held.text)) {
            return self.push_held(&held.text, value, meaning, out);
        }
        let text = lenient::mend(&held.text).unwrap_or(held.text);
        if let Ok(value) = serde_json::from_str(&text) {
            return self.push_held(&text, value, meaning, out);
        }
        let words = self.text.words_in(&text, out);
        self.text.emit(&words, out)
    }

    /// Emits a span that is a document: its text, or the span itself where it was said so.
    fn push_held(
        &mut self,
        span: &str,
        value: &RawValue,
        meaning: SingleItem,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        let is_body = meaning == SingleItem::ResponseBody;
        if is_body && self.push_announcement(value, out)? == Recognition::Known {
            return Ok(());
        }
        let mut found = document::find_content(value);
        if found.texts.is_empty() && !found.failed && !is_body {
            return self.text.emit(span, out);
        }
        let inner = self.text.words_in(&text_of(&found), out);
        if begins_as_page(inner.as_bytes()) == Begins::Yes {
            return Err(ReplyError::Markup);
        }
        if !self.text.repeats(&inner) {
            self.text.emit(&inner, out)?;
        }
        found.texts.clear();
        self.push_content(found, out)
    }

    /// Reads the announcement of a Respond to Webhook node: the only way in which n8n lets a workflow write a line of
    /// its own. It arrives as one item, with the line as its text.
    fn push_announcement(
        &mut self,
        value: &RawValue,
        out: &mut Vec<ReplyPart>,
    ) -> Result<Recognition, ReplyError> {
        let kind = KnownMembers::parse(value).string(MemberName::Type);
        match kind.as_deref() {
            Some("step") => self.push_step(value.get(), out, steps::announced)?,
            Some("suggestions") => self.push_suggestions(value.get(), out)?,
            _ => return Ok(Recognition::Unknown),
        }
        Ok(Recognition::Known)
    }

    /// Emits follow-up questions.
    pub(super) fn emit_suggestions(
        &mut self,
        questions: Vec<String>,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        if questions.is_empty() {
            return Ok(());
        }
        self.charge(questions.iter().map(String::len).sum())?;
        out.push(ReplyPart::Suggestions(questions));
        Ok(())
    }

    fn push_item(&mut self, content: Option<&RawValue>, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match content {
            Some(text) if !matches!(text.get(), "null" | "true" | "false") => self.text.push_json(text, out),
            Some(_) | None => {
                self.count_unknown();
                Ok(())
            }
        }
    }

    fn begin_run(&mut self, metadata: Option<&RawValue>, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.end_span(SingleItem::ResponseBody, out)?;
        // n8n reports every node and tool that fails, also where the workflow goes on; only then does another begin.
        self.failed = false;
        self.is_inside_run = true;
        let node_run =
            metadata.and_then(|metadata| serde_json::from_str(metadata.get()).ok()).unwrap_or_default();
        let boundary = match self.node_run.replace(node_run) {
            None => SpanBoundary::Continues,
            same if same == self.node_run => SpanBoundary::SameSpeaker,
            Some(_) => SpanBoundary::OtherSpeaker,
        };
        self.text.begin_span(boundary);
        Ok(())
    }

    /// Emits the step that `read` finds in a line.
    pub(super) fn push_step(
        &mut self,
        source: &str,
        out: &mut Vec<ReplyPart>,
        read: ReadStep,
    ) -> Result<(), ReplyError> {
        let Some(step) = members(source).and_then(|members| read(&members)) else {
            self.count_unknown();
            return Ok(());
        };
        self.emit_step(step, out)
    }

    pub(super) fn emit_step(&mut self, step: Step, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.charge(step.name.len())?;
        out.push(ReplyPart::Step(step));
        Ok(())
    }

    /// Emits the follow-up questions of a line, or of a list.
    pub(super) fn push_suggestions(
        &mut self,
        source: &str,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        let Ok(value) = serde_json::from_str::<&RawValue>(source) else {
            self.count_unknown();
            return Ok(());
        };
        let keys = [MemberName::Items, MemberName::Suggestions, MemberName::Content];
        let members = KnownMembers::parse(value);
        let list = keys.iter().find_map(|key| members.get(*key)).unwrap_or(value);
        self.emit_suggestions(document::suggestions(list), out)
    }

    /// Charges the bytes that are emitted beside the text, and 64 more for the event around them.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), ReplyError> {
        self.charged += bytes + 64;
        if self.charged > MAX_REPLY_BYTES { Err(ReplyError::TooLarge) } else { Ok(()) }
    }
}

/// Appends to the reasoning that came together.
fn push_reasoning(thought: String, out: &mut Vec<ReplyPart>) {
    match out.last_mut() {
        Some(ReplyPart::Reasoning(last)) => last.push_str(&thought),
        _ => out.push(ReplyPart::Reasoning(thought)),
    }
}

/// Tells if a JSON value is one of which only the beginning came.
pub(super) fn is_cut(json: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(json).is_err_and(|error| error.is_eof())
}

fn members(source: &str) -> Option<KnownMembers<'_>> {
    serde_json::from_str::<&RawValue>(source).ok().map(KnownMembers::parse)
}

fn text_of(found: &DocumentContent<'_>) -> String {
    let (mut text, mut unescaper) = (String::new(), Unescaper::default());
    for literal in &found.texts {
        unescaper.append(literal.get(), &mut text);
    }
    unescaper.flush(&mut text);
    text
}
