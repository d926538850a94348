//! The reply that a protocol's records add up to.

use porthole_protocol::limits::{MAX_NOTICE_CHARS, MAX_TITLE_CHARS};
use porthole_protocol::{Ask, NoticeLevel, StepState};
use serde_json::value::RawValue;

use super::super::document;
use super::super::error::ReplyError;
use super::super::output::ReplyOutput;
use super::super::part::ReplyPart;
use super::super::report;
use super::super::sources::{self, within};
use super::super::steps;
use super::object::{Member, object};
use crate::chain::End;

/// The question of an interrupt: a sentence for people, or only the name of its reason.
#[derive(Debug)]
pub(in crate::reply) enum Question {
    Said(String),
    Reason(String),
}

/// A reply that is being read, and the parts that a record completes.
pub(in crate::reply) struct Sink<'a> {
    pub(in crate::reply) reply: &'a mut ReplyOutput,
    pub(in crate::reply) out: &'a mut Vec<ReplyPart>,
}

impl Sink<'_> {
    /// Tells if there is no text so far.
    pub(super) fn is_silent(&self) -> bool {
        self.reply.text.is_empty()
    }

    /// Adds text, a JSON string; another value is none.
    pub(super) fn text(&mut self, text: Option<&RawValue>) -> Result<(), ReplyError> {
        let Some(text) = text.text() else { return Ok(()) };
        self.reply.begin_words(self.out)?;
        self.reply.text.push_json(text, self.out)
    }

    /// Adds text that was decoded.
    pub(super) fn words(&mut self, text: &str) -> Result<(), ReplyError> {
        if text.is_empty() {
            return Ok(());
        }
        self.reply.begin_words(self.out)?;
        self.reply.text.push_text(text, self.out)
    }

    /// Parts the text that follows from the text before: a tool, another message or another agent stands between.
    pub(super) fn begin_paragraph(&mut self) {
        self.reply.begins_paragraph = true;
    }

    /// Takes back all text, and goes on with this one.
    pub(super) fn replace(&mut self, text: &str) -> Result<(), ReplyError> {
        self.reply.replace_text(text, self.out)
    }

    /// Adds to the reasoning: a JSON string; another value is none.
    pub(super) fn reasoning(&mut self, text: Option<&RawValue>) -> Result<(), ReplyError> {
        match text.text() {
            Some(text) => self.reply.push_reasoning(text, self.out),
            None => Ok(()),
        }
    }

    /// Emits the state of a step; a tool parts the text before it from the text behind it.
    pub(super) fn step(&mut self, name: &str, state: StepState) -> Result<(), ReplyError> {
        self.begin_paragraph();
        match steps::named(name, state) {
            Some(step) => self.reply.emit_step(step, self.out),
            None => Ok(()),
        }
    }

    /// Emits a source, unless its address or its title is known.
    pub(super) fn source(
        &mut self,
        title: Option<String>,
        url: Option<String>,
        quote: Option<String>,
    ) -> Result<(), ReplyError> {
        match sources::source(title, url, quote) {
            Some(source) => self.reply.emit_source(source, self.out),
            None => Ok(()),
        }
    }

    /// Emits the sources of a list: addresses, titles, or objects with both.
    pub(super) fn sources(&mut self, list: Option<&RawValue>) -> Result<(), ReplyError> {
        self.reply.emit_sources(list, self.out)
    }

    /// Emits follow-up questions: a list of strings, or of objects with one.
    pub(super) fn suggestions(&mut self, list: Option<&RawValue>) -> Result<(), ReplyError> {
        match list {
            Some(list) => self.reply.emit_suggestions(document::suggestions(list), self.out),
            None => Ok(()),
        }
    }

    /// Emits a line beside the answer.
    pub(super) fn warn(&mut self, text: &str) -> Result<(), ReplyError> {
        self.reply.emit_notice(text, NoticeLevel::Warning, self.out)
    }

    /// Emits a question that the agent waits for.
    pub(super) fn ask(&mut self, id: &str, text: &str) -> Result<(), ReplyError> {
        let ask = Ask { id: within(id, MAX_TITLE_CHARS), text: within(text, MAX_NOTICE_CHARS) };
        self.reply.emit_ask(ask, self.out)
    }

    /// Emits a question in words, which are the answer where there is no other.
    pub(super) fn ask_aloud(&mut self, id: &str, question: &str) -> Result<(), ReplyError> {
        if self.is_silent() {
            self.words(question)?;
        }
        self.ask(id, question)
    }

    /// Emits the question of an interrupt.
    pub(super) fn ask_for(&mut self, id: &str, question: &Question) -> Result<(), ReplyError> {
        match question {
            Question::Said(text) => self.ask_aloud(id, text),
            Question::Reason(name) => self.ask(id, name),
        }
    }

    /// Notes the true end of the answer, as the protocol says it; once cut short, it stays so.
    pub(super) fn conclude(&mut self, end: End) {
        self.reply.conclude(end, self.out);
    }

    /// Notes the end that a model gives this reason for.
    pub(super) fn conclude_for(&mut self, reason: &str) {
        if report::names_failure(reason) {
            self.fail();
        } else {
            self.conclude(if report::names_cut(reason) { End::Incomplete } else { End::Complete });
        }
    }

    /// Notes that what came does not conclude the answer: another run or message begins.
    pub(super) fn reopen(&mut self) {
        self.reply.conclusion = None;
    }

    /// Notes that the agent reported an error.
    pub(super) fn fail(&mut self) {
        self.reply.failed = true;
    }

    /// Notes that the protocol is broken: the text stays, and the reply is never complete.
    pub(super) fn reject(&mut self) {
        self.reply.broken = true;
    }
}

object!(Interrupt { question, message, text, prompt, description, action_requests });

/// Finds the question in the value of an interrupt, which is whatever its agent wrote: a text, or an object with one, which
/// may be written as JSON in a text.
pub(super) fn question(value: Option<&RawValue>) -> String {
    let text = value.string().unwrap_or_default();
    match serde_json::from_str::<&RawValue>(&text) {
        Ok(inside) if inside.get().starts_with(['{', '[']) => question_in(Some(inside)),
        _ if text.is_empty() => question_in(value),
        _ => text,
    }
}

fn question_in(value: Option<&RawValue>) -> String {
    let first = value.list::<&RawValue>().into_iter().next();
    let found: Interrupt<'_> = first.or(value).object();
    let names = [found.question, found.message, found.text, found.prompt, found.description];
    let said = names.into_iter().find_map(Member::string);
    said.unwrap_or_else(|| {
        found.action_requests.map_or(String::new(), |requests| question_in(Some(requests)))
    })
}
