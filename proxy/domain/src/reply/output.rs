//! The reply that a body adds up to, whatever it is written in: its text, all that stands beside it, and its end.

use porthole_protocol::limits::{MAX_REPLY_BYTES, MAX_SOURCES};
use porthole_protocol::{Ask, Source, Step, StepState};
use serde_json::value::RawValue;

use crate::chain::End;

use super::document::{self, DocumentContent};
use super::error::{EmptyCause, ReplyError};
use super::fence::without_fence;
use super::lenient;
use super::line::Recognition;
use super::members::{KnownMembers, MemberName};
use super::part::ReplyPart;
use super::prefix::{Begins, begins_as_page};
use super::sources;
use super::speech::Thoughts;
use super::steps::ReadStep;
use super::string::Unescaper;
use super::text::{ReplyText, SingleItem, SpanBoundary, push_reasoning, thinking};

/// The thinking of a model, apart from its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Thinking {
    /// It has not thought.
    #[default]
    Never,
    /// It thinks, and a step says so.
    Announced,
    /// It has thought.
    Noted,
}

/// The reply so far.
#[derive(Debug, Default)]
pub(super) struct ReplyOutput {
    pub(super) text: ReplyText,
    pub(super) unknown_lines: u32,
    /// `true` while the last report is an error, and no node has begun to speak since.
    pub(super) failed: bool,
    /// The cause of an empty reply, where one is known.
    pub(super) empty_cause: Option<EmptyCause>,
    /// The end of the reply, incomplete once a model said so.
    pub(super) end: End,
    /// The end that the protocol of an agent tells.
    pub(super) conclusion: Option<End>,
    /// `true` once JSON came that is broken: a part of the answer is lost.
    pub(super) broken: bool,
    /// The text that follows is parted from the text before.
    pub(super) begins_paragraph: bool,
    /// The bytes of all that is emitted beside the text, which are charged against the limit of a reply like that.
    charged: usize,
    thoughts: Thoughts,
    thinking: Thinking,
    reasoning: Unescaper,
    /// The names of the sources so far, and the ids of the agent's questions.
    source_names: Vec<String>,
    asked: Vec<String>,
}

impl ReplyOutput {
    pub(super) fn new(thoughts: Thoughts) -> Self {
        Self { text: ReplyText::new(thoughts), thoughts, ..Self::default() }
    }

    /// Notes the end of an answer that its protocol tells; once cut short, it stays so.
    pub(super) fn conclude(&mut self, end: End, out: &mut Vec<ReplyPart>) {
        self.end_thoughts(out);
        self.conclusion = match self.conclusion {
            Some(End::Incomplete) => Some(End::Incomplete),
            _ => Some(end),
        };
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
        match self.thoughts {
            Thoughts::Show => {
                let mut thought = String::new();
                self.reasoning.append(text.get(), &mut thought);
                if !thought.is_empty() {
                    self.charge(thought.len())?;
                    push_reasoning(thought, out);
                }
            }
            Thoughts::Step if self.thinking != Thinking::Announced => {
                self.thinking = Thinking::Announced;
                return self.emit_step(thinking(StepState::Running), out);
            }
            Thoughts::Step => return Ok(()),
            Thoughts::Hide | Thoughts::Keep => {}
        }
        self.thinking = Thinking::Noted;
        Ok(())
    }

    /// Tells if a model thought.
    pub(super) fn has_thoughts(&self) -> bool {
        self.thinking != Thinking::Never || self.text.speech.has_thoughts()
    }

    /// Begins to add words: the model thinks no longer, and what stood between parts them from the words before.
    pub(super) fn begin_words(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.end_thoughts(out);
        if core::mem::take(&mut self.begins_paragraph) && !self.text.is_empty() {
            self.end_span(SingleItem::Speech, out)?;
            self.text.begin_span(SpanBoundary::SameSpeaker);
        }
        Ok(())
    }

    /// Notes that the model answers, and thinks no longer.
    pub(super) fn end_thoughts(&mut self, out: &mut Vec<ReplyPart>) {
        if self.thinking == Thinking::Announced {
            self.thinking = Thinking::Noted;
            out.push(ReplyPart::Step(thinking(StepState::Done)));
        }
    }

    /// Counts a line, an event or a member that nothing is known of.
    pub(super) fn count_unknown(&mut self) {
        self.unknown_lines = self.unknown_lines.saturating_add(1);
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
        self.emit_sources(found.sources, out)?;
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
        self.push_announced(kind.as_deref().unwrap_or_default(), value.get(), out)
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

    /// Emits the sources of a list: addresses, titles, or objects with both.
    pub(super) fn emit_sources(
        &mut self,
        list: Option<&RawValue>,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        let sources = document::sources(list).into_iter();
        sources
            .filter_map(|(title, url)| sources::source(title, url, None))
            .try_for_each(|source| self.emit_source(source, out))
    }

    /// Emits a source, unless its address or its title is known.
    pub(super) fn emit_source(&mut self, source: Source, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let name = source.url.as_ref().unwrap_or(&source.title);
        if self.source_names.len() == MAX_SOURCES || self.source_names.contains(name) {
            return Ok(());
        }
        self.charge(source.title.len() + name.len())?;
        self.source_names.push(name.clone());
        out.push(ReplyPart::Source(Source { id: self.source_names.len().to_string(), ..source }));
        Ok(())
    }

    /// Emits a question that the agent waits for, once.
    pub(super) fn emit_ask(&mut self, ask: Ask, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if self.asked.contains(&ask.id) {
            return Ok(());
        }
        self.charge(ask.id.len() + ask.text.len())?;
        self.asked.push(ask.id.clone());
        out.push(ReplyPart::Ask(ask));
        Ok(())
    }
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
