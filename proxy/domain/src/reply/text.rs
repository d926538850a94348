//! The text of one reply: bounded, cut into parts, and held back while it may be a document or a repeat.

use porthole_protocol::limits::MAX_REPLY_BYTES;
use porthole_protocol::{Step, StepState};
use serde_json::value::RawValue;

use super::error::ReplyError;
use super::fence::{begins_as_fenced_object, has_words_behind};
use super::look::LookBudget;
use super::part::{MAX_PART_BYTES, ReplyPart};
use super::prefix::{Begins, begins_as_object, begins_as_page};
use super::repeat::TrimmedText;
use super::speech::{SpeechFilter, Thoughts};
use super::string::Unescaper;

/// The bytes of a span that are held back because they may become a JSON document: more than any structured output of a
/// chat, and few enough to be held for each reply.
const MAX_HELD_BYTES: usize = 64 * 1024;

/// The boundary between a span and the text before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpanBoundary {
    /// The span goes on with the text.
    Continues,
    /// The same speaker begins again, as an agent does after it has used a tool.
    SameSpeaker,
    /// Another speaker, or another run of the same, begins.
    OtherSpeaker,
}

/// The meaning of a span of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SingleItem {
    /// The body of a response: JSON without text in it is no text.
    ResponseBody,
    /// Text, whatever it looks like.
    Speech,
}

/// A span that was held back to its end, since it begins as a JSON object.
#[derive(Debug)]
pub(super) struct HeldObject {
    pub(super) text: String,
    pub(super) is_one_item: bool,
}

/// The state of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum SpanState {
    /// The text is held back: it may begin a page or an object.
    #[default]
    Undecided,
    /// The text is held back: it begins as a JSON object.
    Object,
    /// The text is held back: its only item repeats earlier text.
    Repeat,
    /// The text passes.
    Passing,
}

/// The name of the step while a model thinks.
const THINKING: &str = "Thinking";

/// The states of thinking that are announced of one reply.
const MAX_ANNOUNCEMENTS: usize = 64;

/// The text of one reply.
#[derive(Debug, Default)]
pub(super) struct ReplyText {
    /// Leading white space, which waits for visible text: alone it is no reply.
    leading: String,
    /// `true` once there was visible text.
    has_visible_text: bool,
    emitted_bytes: usize,
    last_character: Option<char>,
    /// All that was emitted.
    whole: TrimmedText,
    /// The last span with text, unless that is all.
    last_span: Option<TrimmedText>,
    state: SpanState,
    held_back: String,
    looks: LookBudget,
    items: u32,
    boundary: Option<SpanBoundary>,
    span_is_empty: bool,
    unescaper: Unescaper,
    scratch: String,
    pub(super) speech: SpeechFilter,
    spoken: String,
    announcements: usize,
    /// The bytes of thoughts that were told; more than a reply may have are left out.
    thought_bytes: usize,
}

impl ReplyText {
    pub(super) fn new(thoughts: Thoughts) -> Self {
        Self { speech: SpeechFilter::new(thoughts), ..Self::default() }
    }

    /// Returns `true` where no text was emitted or is held back.
    pub(super) fn is_empty(&self) -> bool {
        !self.has_visible_text && self.held_back.is_empty()
    }

    /// Returns the memory of all that is held back.
    pub(super) fn held_bytes(&self) -> usize {
        self.leading.capacity() + self.held_back.capacity() + self.scratch.capacity()
    }

    /// Begins a span; the one before must have ended.
    pub(super) fn begin_span(&mut self, boundary: SpanBoundary) {
        self.state = SpanState::Undecided;
        self.items = 0;
        self.boundary = Some(boundary);
        self.span_is_empty = true;
        if boundary == SpanBoundary::OtherSpeaker {
            self.speech.show_again();
        }
    }

    /// Lets the span pass as it is, whatever its beginning.
    pub(super) fn pass_through(&mut self) {
        self.state = SpanState::Passing;
        self.speech.expect_words();
    }

    /// Adds a JSON string, or another JSON value as it is written.
    pub(super) fn push_json(&mut self, value: &RawValue, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if !value.get().starts_with('"') {
            return self.push_text(value.get(), out);
        }
        let mut text = core::mem::take(&mut self.scratch);
        text.clear();
        self.unescaper.append(value.get(), &mut text);
        let added = self.push_decoded(&text, out);
        self.scratch = text;
        added
    }

    /// Adds text.
    pub(super) fn push_text(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.end_string(out)?;
        self.push_decoded(text, out)
    }

    /// Ends the span: flushes the text that was held back, or returns it where it may be a JSON document.
    pub(super) fn end_span(&mut self, out: &mut Vec<ReplyPart>) -> Result<Option<HeldObject>, ReplyError> {
        self.end_string(out)?;
        let mut rest = String::new();
        self.speech.finish(&mut rest);
        self.push_spoken(&rest, out)?;
        if self.state == SpanState::Undecided {
            self.decide(out)?;
        }
        self.looks = LookBudget::default();
        let text = core::mem::take(&mut self.held_back);
        match core::mem::replace(&mut self.state, SpanState::Undecided) {
            SpanState::Object => {
                return Ok(Some(HeldObject { text, is_one_item: self.items == 1 }));
            }
            SpanState::Undecided if self.emitted_bytes == 0 && text.trim().is_empty() => {}
            SpanState::Undecided => self.emit(&text, out)?,
            SpanState::Repeat | SpanState::Passing => {}
        }
        Ok(None)
    }

    /// Tells if `text` is all of the text, but for space around it.
    pub(super) fn is_only(&self, text: &str) -> bool {
        self.whole.equals(text)
    }

    /// Tells if `text` repeats the whole text or the whole last span: a Respond to Webhook node behind an agent repeats the
    /// agent's answer.
    pub(super) fn repeats(&self, text: &str) -> bool {
        self.whole.equals(text) || self.last_span.is_some_and(|span| span.equals(text))
    }

    fn push_decoded(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if text.is_empty() {
            return Ok(());
        }
        self.items = self.items.saturating_add(1);
        if self.speech.passes(text) {
            return self.push_spoken(text, out);
        }
        // The first item of a span is whole, or the first word of many; a plain body is cut anywhere.
        let is_item = self.items == 1 && self.state == SpanState::Undecided;
        let text = if is_item { self.speech.behind_thoughts(text) } else { text };
        let mut spoken = core::mem::take(&mut self.spoken);
        spoken.clear();
        self.speech.push(text, &mut spoken);
        self.announce(out);
        let pushed = self.push_spoken(&spoken, out);
        self.spoken = spoken;
        pushed
    }

    /// Returns the words in a text that is whole, which came within another.
    pub(super) fn words_in(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> String {
        let words = self.speech.words_in(text);
        self.announce(out);
        words
    }

    fn announce(&mut self, out: &mut Vec<ReplyPart>) {
        let thoughts = self.speech.told_thoughts();
        self.thought_bytes += thoughts.len();
        if !thoughts.is_empty() && self.thought_bytes <= MAX_REPLY_BYTES {
            push_reasoning(thoughts, out);
        }
        for state in self.speech.announcements() {
            if self.announcements < MAX_ANNOUNCEMENTS {
                self.announcements += 1;
                out.push(ReplyPart::Step(thinking(state)));
            }
        }
    }

    /// Adds words that the visitor may read.
    fn push_spoken(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if text.is_empty() {
            return Ok(());
        }
        if self.state == SpanState::Passing {
            return self.emit(text, out);
        }
        within_limit(self.emitted_bytes + self.held_back.len() + text.len())?;
        self.held_back.push_str(text);
        match self.state {
            SpanState::Undecided if self.looks.permits(self.held_back.len()) => self.decide(out),
            SpanState::Undecided => Ok(()),
            SpanState::Object if self.items > 1 && has_words_behind(&self.held_back, text.len()) => {
                self.release(out)
            }
            // The first item is whole, so it waits for the end of its span whatever its size.
            SpanState::Object if self.items == 1 || self.held_back.len() <= MAX_HELD_BYTES => Ok(()),
            SpanState::Object | SpanState::Repeat | SpanState::Passing => self.release(out),
        }
    }

    fn decide(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let held = self.held_back.as_bytes();
        let object = match begins_as_object(held) {
            Begins::No => begins_as_fenced_object(held),
            begins => begins,
        };
        match (begins_as_page(held), object) {
            (Begins::Yes, _) => Err(ReplyError::Markup),
            (_, Begins::Yes) => {
                self.state = SpanState::Object;
                Ok(())
            }
            (Begins::Perhaps, _) | (_, Begins::Perhaps) => Ok(()),
            (Begins::No, Begins::No) if self.is_repeat() => {
                self.state = SpanState::Repeat;
                Ok(())
            }
            (Begins::No, Begins::No) => self.release(out),
        }
    }

    fn release(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let held = core::mem::take(&mut self.held_back);
        self.state = SpanState::Passing;
        if !self.speech.expect_words() {
            return self.emit(&held, out);
        }
        let mut words = String::new();
        self.speech.push(&held, &mut words);
        self.emit(&words, out)
    }

    /// Tells if the span repeats an answer: that comes as one item of another node.
    fn is_repeat(&self) -> bool {
        let is_one_item = self.boundary == Some(SpanBoundary::OtherSpeaker) && self.items == 1;
        is_one_item && self.emitted_bytes > 0 && self.repeats(&self.held_back)
    }

    fn end_string(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let mut rest = String::new();
        self.unescaper.flush(&mut rest);
        self.push_decoded(&rest, out)
    }

    /// Emits text as it is.
    pub(super) fn emit(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if text.is_empty() {
            return Ok(());
        }
        if core::mem::take(&mut self.span_is_empty) {
            if self.is_parted_from(text) {
                // A blank line, so that the Markdown of two agents, or of two turns, does not run together.
                self.append("\n\n", out)?;
            }
            self.last_span = (self.emitted_bytes > 0).then(TrimmedText::default);
        }
        self.append(text, out)
    }

    fn is_parted_from(&self, text: &str) -> bool {
        match self.boundary {
            _ if !self.has_visible_text => false,
            Some(SpanBoundary::OtherSpeaker) => self.last_character != Some('\n') && !text.starts_with('\n'),
            Some(SpanBoundary::SameSpeaker) => {
                let ends_with_space = self.last_character.is_some_and(char::is_whitespace);
                !ends_with_space && !text.starts_with(char::is_whitespace)
            }
            Some(SpanBoundary::Continues) | None => false,
        }
    }

    fn append(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        within_limit(self.emitted_bytes + text.len())?;
        self.emitted_bytes += text.len();
        self.last_character = text.chars().next_back();
        self.whole.push(text);
        if let Some(span) = &mut self.last_span {
            span.push(text);
        }
        if !self.has_visible_text {
            if text.trim().is_empty() {
                self.leading.push_str(text);
                return Ok(());
            }
            self.has_visible_text = true;
            push_parts(&core::mem::take(&mut self.leading), out);
        }
        push_parts(text, out);
        Ok(())
    }
}

/// The step that says that a model thinks.
pub(super) fn thinking(state: StepState) -> Step {
    Step { name: THINKING.to_owned(), state }
}

/// Appends text to the last part, as far as it fits, and the rest as parts of its own: one write for all that arrived
/// together.
fn push_parts(mut text: &str, out: &mut Vec<ReplyPart>) {
    if let Some(ReplyPart::Text(last)) = out.last_mut() {
        let room = MAX_PART_BYTES.saturating_sub(last.len());
        let (fits, more) = text.split_at(text.floor_char_boundary(room));
        last.push_str(fits);
        text = more;
    }
    while !text.is_empty() {
        let (part, more) = text.split_at(text.floor_char_boundary(MAX_PART_BYTES));
        out.push(ReplyPart::Text(part.to_owned()));
        text = more;
    }
}

/// Appends to the reasoning that came together.
pub(super) fn push_reasoning(thought: String, out: &mut Vec<ReplyPart>) {
    match out.last_mut() {
        Some(ReplyPart::Reasoning(last)) => last.push_str(&thought),
        _ => out.push(ReplyPart::Reasoning(thought)),
    }
}

pub(super) fn within_limit(length: usize) -> Result<(), ReplyError> {
    if length > MAX_REPLY_BYTES { Err(ReplyError::TooLarge) } else { Ok(()) }
}
