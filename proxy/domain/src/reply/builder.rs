//! Builds the reply that JSON lines, documents and events add up to.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::chain::End;

use super::answer_path::AnswerPath;
use super::document::{self, DocumentContent, split_values};
use super::error::{EmptyCause, ReplyError};
use super::event_style::EventStyle;
use super::lenient;
use super::line::{ItemLines, JsonLine, Recognition, is_bracket, is_cut, is_end_mark};
use super::members::{KnownMembers, items};
use super::options::DecoderOptions;
use super::output::ReplyOutput;
use super::part::ReplyPart;
use super::prefix::{Begins, begins_as_object, begins_as_page};
use super::protocols::{Protocol, Sink};
use super::receipts;
use super::steps;
use super::text::{SingleItem, SpanBoundary};

/// The bytes of a receipt as JSON; what is longer is not searched for one.
const MAX_RECEIPT: usize = 4096;

/// The kinds of lines whose members are read like those of events.
const TEXT_KINDS: [&str; 8] = ["token", "delta", "text", "chunk", "content", "message", "answer", "done"];

/// The speaker of a span: a node, in one of its runs, about one of its items.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeRun {
    node_id: String,
    run_index: u64,
    item_index: u64,
}

/// Builds a reply.
#[derive(Debug, Default)]
pub(super) struct ReplyBuilder {
    pub(super) output: ReplyOutput,
    pub(super) event_style: EventStyle,
    /// `true` between the `begin` and the `end` of a node.
    pub(super) is_inside_run: bool,
    node_run: Option<NodeRun>,
    /// The member that holds the answer, where the site names it.
    answer_path: Option<AnswerPath>,
    /// The protocol of an agent, once it is recognised.
    pub(super) protocol: Option<Protocol>,
    /// The end of the body suffices, whatever the protocol says.
    is_lenient: bool,
    /// A line of n8n came: lines of other kinds among its own are no text.
    pub(super) has_item_lines: bool,
    item_lines: ItemLines,
}

impl ReplyBuilder {
    pub(super) fn new(options: &DecoderOptions) -> Self {
        Self {
            output: ReplyOutput::new(options.thoughts),
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
        if let Some(text) = self.item_lines.text(line) {
            self.output.text.push_json(text, out)?;
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
        let kind = JsonLine::parse(line).map_or_else(String::new, |line| line.kind.into_owned());
        let tells_text = kind.is_empty() || TEXT_KINDS.contains(&&*kind);
        let repeats = !self.output.text.is_empty() && is_bracket(&kind);
        match serde_json::from_str(line).map(|value| self.find(value)) {
            Ok(found) if repeats && !self.has_item_lines => {
                self.output.failed |= found.failed;
                self.output.note_end(found.end);
                return Ok(Recognition::Known);
            }
            // Among lines of n8n others are no text.
            Ok(found)
                if (self.answer_path.is_some() || tells_text && !self.has_item_lines)
                    && !found.is_empty() =>
            {
                self.output.push_content(found, out)?;
                return Ok(Recognition::Known);
            }
            Ok(found) if found.failed => self.output.failed = true,
            Err(_) if lenient::begins_with_member(line) => match lenient::mend(line) {
                Some(mended) if mended != line => return self.push_line(&mended, out),
                _ => self.output.broken = true,
            },
            _ => self.output.count_unknown(),
        }
        Ok(Recognition::Unknown)
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
            && (self.answer_path.is_some() || self.has_item_lines || !self.output.text.is_empty())
        {
            return Ok(Recognition::Unknown);
        }
        let record = if record.trim().is_empty() && !event.is_empty() { "null" } else { record };
        let Ok(value) = serde_json::from_str::<&RawValue>(record) else {
            return Ok(self.read_broken(record));
        };
        let Some(mut protocol) = self.protocol.take().or_else(|| self.recognise(event, value)) else {
            return Ok(Recognition::Unknown);
        };
        let read = protocol.read(event, value, &mut Sink { reply: &mut self.output, out });
        self.protocol = Some(protocol);
        read.map(|()| Recognition::Known)
    }

    fn recognise(&mut self, event: &str, value: &RawValue) -> Option<Protocol> {
        let protocol = Protocol::recognise(event, value)?;
        // A line before the first object of a protocol is none of its own.
        self.output.broken = false;
        Some(protocol)
    }

    /// Notes a record that is no JSON: a part of the answer may be lost, unless it is a mark or a word between.
    fn read_broken(&mut self, record: &str) -> Recognition {
        if self.protocol.is_none() {
            return Recognition::Unknown;
        }
        self.output.broken |= record.trim_start().starts_with(['{', '[']) && !is_end_mark(record);
        Recognition::Known
    }

    /// Reads the end of an agent's body.
    pub(super) fn finish_protocol(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let Some(mut protocol) = self.protocol.take() else { return Ok(()) };
        let finished = protocol.finish(&mut Sink { reply: &mut self.output, out });
        self.protocol = Some(protocol);
        finished
    }

    /// Reads the mark `[DONE]`, which proves the end in few protocols.
    pub(super) fn read_end_mark(&mut self, out: &mut Vec<ReplyPart>) {
        if self.protocol.as_ref().is_some_and(Protocol::ends_with_mark) {
            self.output.conclude(End::Complete, out);
        }
    }

    /// Returns the end that the protocol told; `None` where the body stopped without it.
    pub(super) fn true_end(&self) -> Option<End> {
        match (&self.protocol, self.output.conclusion) {
            (Some(_), None) if !self.is_lenient => None,
            (Some(_), conclusion) => Some(conclusion.unwrap_or(self.output.end)),
            (None, _) => Some(self.output.end),
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
            "item" => {
                self.item_lines.remember(source);
                self.push_item(line.content, out)?;
            }
            "begin" => self.begin_run(line.metadata, out)?,
            "end" => {
                self.output.end_span(SingleItem::ResponseBody, out)?;
                self.output.text.begin_span(SpanBoundary::Continues);
                self.is_inside_run = false;
            }
            "error" => self.output.failed = true,
            "keepalive" => {}
            kind => {
                let Some(read) = steps::reader(kind) else {
                    return self.output.push_announced(kind, source, out);
                };
                self.output.push_step(source, out, read)?;
            }
        }
        Ok(Recognition::Known)
    }

    /// Reads a whole body of JSON, which may be several values.
    pub(super) fn push_document(&mut self, body: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let (values, rest) = split_values(body)?;
        if rest.is_empty() {
            return self.push_whole(body, &values, out);
        }
        // Records of an agent are neither mended to another object nor words, whatever stands behind them.
        if !values.iter().any(|value| self.is_agent(value)) {
            if let Some(mended) = lenient::mend(body) {
                return self.push_values(&split_values(&mended)?.0, out);
            }
            if self.is_text(body, &values, rest) {
                self.output.text.pass_through();
                return self.output.text.push_text(body, out);
            }
        }
        self.output.broken = rest.starts_with(['{', '[']);
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
            self.output.empty_cause = Some(EmptyCause::Receipt);
            return Ok(());
        }
        self.push_values(values, out)
    }

    /// Tells if a document has a record of an agent.
    fn is_agent(&self, document: &RawValue) -> bool {
        let is_record = |record| Protocol::recognise("", record).is_some();
        self.answer_path.is_none() && records(document).into_iter().any(is_record)
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
            let mut is_record = false;
            for record in records(value) {
                is_record |= self.read_record("", record.get(), out)? == Recognition::Known;
            }
            if !is_record {
                self.push_contents(value, out)?;
            }
        }
        Ok(())
    }

    /// Emits the content of a value. The items of an array that have a text are messages, a paragraph each, unless the site
    /// names the member of the one answer.
    fn push_contents(&mut self, value: &RawValue, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let objects = items(value).into_iter().filter(|item| item.get().starts_with('{'));
        let messages: Vec<_> =
            objects.map(|item| self.find(item)).filter(|found| !found.texts.is_empty()).collect();
        if messages.len() < 2 || self.answer_path.is_some() {
            return self.output.push_content(self.find(value), out);
        }
        for message in messages {
            self.output.begins_paragraph = true;
            self.output.begin_words(out)?;
            self.output.push_content(message, out)?;
        }
        Ok(())
    }

    fn push_item(&mut self, content: Option<&RawValue>, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match content {
            Some(text) if !matches!(text.get(), "null" | "true" | "false") => {
                self.output.text.push_json(text, out)
            }
            Some(_) | None => {
                self.output.count_unknown();
                Ok(())
            }
        }
    }

    fn begin_run(&mut self, metadata: Option<&RawValue>, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.output.end_span(SingleItem::ResponseBody, out)?;
        // n8n reports every node and tool that fails, also where the workflow goes on; only then does another begin.
        self.output.failed = false;
        self.is_inside_run = true;
        let node_run =
            metadata.and_then(|metadata| serde_json::from_str(metadata.get()).ok()).unwrap_or_default();
        let boundary = match self.node_run.replace(node_run) {
            None => SpanBoundary::Continues,
            same if same == self.node_run => SpanBoundary::SameSpeaker,
            Some(_) => SpanBoundary::OtherSpeaker,
        };
        self.output.text.begin_span(boundary);
        Ok(())
    }
}

/// Returns the records of an agent's document: the items of a list, or the value itself.
fn records(value: &RawValue) -> Vec<&RawValue> {
    let items = items(value);
    if items.is_empty() { vec![value] } else { items }
}
