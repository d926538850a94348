//! The UI message stream of the AI SDK, version 1.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::string::unescape;
use super::super::text::within_limit;
use super::lanes::Lanes;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(
    #[serde(rename_all = "camelCase")]
    Chunk {
        #[serde(rename = "type")]
        kind,
        id,
        delta,
        tool_call_id,
        tool_name,
        title,
        url,
        filename,
        approval_id,
        is_automatic,
        preliminary,
        data,
        finish_reason
    }
);
object!(Suggested { items, suggestions });

/// The parts of reasoning that are open at once; more are no chat.
const MAX_THOUGHTS: usize = 64;

/// A tool call that has no output yet.
#[derive(Debug)]
struct Call {
    id: String,
    name: String,
    /// The id of an approval that is waited for.
    approval: Option<String>,
}

/// A reader of chunks.
#[derive(Debug, Default)]
pub(in crate::reply) struct UiStream {
    texts: Lanes,
    /// The reasoning that is open.
    thoughts: Vec<String>,
    calls: Vec<Call>,
    /// The text of the steps that are finished, and that of this one, which may be taken back.
    finished: String,
    step: String,
    /// Text of parts that never began: it is told where the stream ends well all the same.
    stray: String,
    has_failed: bool,
}

impl UiStream {
    pub(super) const fn held_bytes(&self) -> usize {
        self.texts.held_bytes() + self.finished.capacity() + self.step.capacity() + self.stray.capacity()
    }

    pub(super) fn read(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let chunk: Chunk<'_> = Some(value).object();
        match chunk.kind.literal() {
            "text-start" if !self.texts.begin(chunk.id.literal()) => sink.reject(),
            "text-delta" => return self.speak(&chunk, sink),
            "text-end" => return self.end_text(chunk.id.literal(), sink),
            "start-step" => sink.begin_paragraph(),
            "finish-step" => return self.finish_step(sink),
            "reset-step" => return self.reset_step(sink),
            "source-url" | "source-document" => {
                return sink.source(title_of(&chunk), chunk.url.string(), None);
            }
            "data-suggestions" => {
                let suggested: Suggested<'_> = chunk.data.object();
                return sink.suggestions(suggested.items.or(suggested.suggestions).or(chunk.data));
            }
            "error" => {
                self.has_failed = true;
                sink.fail();
            }
            "abort" => sink.conclude(End::Incomplete),
            "finish" => return self.finish(&chunk, sink),
            kind if kind.starts_with("reasoning-") => return self.think(kind, &chunk, sink),
            kind if kind.starts_with("tool-") => return self.use_tool(kind, &chunk, sink),
            _ => {}
        }
        Ok(())
    }

    fn speak(&mut self, chunk: &Chunk<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let is_open = self.texts.push(chunk.id.literal(), chunk.delta, sink)?;
        if let Some(delta) = chunk.delta.text().filter(|_| !is_open) {
            within_limit(self.stray.len() + delta.get().len())?;
            self.stray.push_str(&unescape(delta.get()));
        } else if let Some(delta) = chunk.delta.text() {
            self.step.push_str(&unescape(delta.get()));
        }
        Ok(())
    }

    fn end_text(&mut self, id: &str, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        if !self.texts.end(id, sink)? {
            sink.reject();
        }
        Ok(())
    }

    fn think(&mut self, kind: &str, chunk: &Chunk<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let id = chunk.id.literal();
        let open = self.thoughts.iter().position(|known| known == id);
        match (kind, open) {
            ("reasoning-start", None) if self.thoughts.len() < MAX_THOUGHTS => {
                self.thoughts.push(id.to_owned());
            }
            ("reasoning-delta", Some(_)) => return sink.reasoning(chunk.delta),
            ("reasoning-end", Some(at)) => {
                self.thoughts.remove(at);
            }
            ("reasoning-start" | "reasoning-delta" | "reasoning-end", None) => sink.reject(),
            _ => {}
        }
        Ok(())
    }

    fn use_tool(&mut self, kind: &str, chunk: &Chunk<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let id = chunk.tool_call_id.literal();
        match kind {
            "tool-input-start" | "tool-input-available" | "tool-input-error" => self.call(id, chunk, sink)?,
            "tool-input-delta" if !self.calls.iter().any(|call| call.id == id) => sink.reject(),
            "tool-approval-request" if !chunk.is_automatic.is_true() => {
                if let Some(call) = self.calls.iter_mut().find(|call| call.id == id) {
                    call.approval = Some(chunk.approval_id.literal().to_owned());
                }
            }
            "tool-approval-response" => {
                let answered = chunk.approval_id.literal();
                let call = self.calls.iter_mut().find(|call| call.approval.as_deref() == Some(answered));
                if let Some(call) = call {
                    call.approval = None;
                }
            }
            "tool-output-available" if !chunk.preliminary.is_true() => {
                self.end_call(id, StepState::Done, sink)?;
            }
            "tool-output-error" | "tool-output-denied" => self.end_call(id, StepState::Failed, sink)?,
            _ => {}
        }
        Ok(())
    }

    /// Announces a call, by its title where it has one: that is for people.
    fn call(&mut self, id: &str, chunk: &Chunk<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let Some(name) = chunk.title.or(chunk.tool_name).string() else { return Ok(()) };
        if self.calls.iter().any(|call| call.id == id) {
            return Ok(());
        }
        sink.step(&name, StepState::Running)?;
        self.calls.push(Call { id: id.to_owned(), name, approval: None });
        Ok(())
    }

    fn end_call(&mut self, id: &str, state: StepState, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        match self.calls.iter().position(|call| call.id == id) {
            Some(at) => sink.step(&self.calls.remove(at).name, state),
            None => Ok(()),
        }
    }

    /// Ends a step: the ids of its texts begin anew.
    fn finish_step(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        self.texts.end_all(sink)?;
        self.thoughts.clear();
        if !self.step.is_empty() && !self.finished.is_empty() {
            self.finished.push_str("\n\n");
        }
        self.finished.push_str(&core::mem::take(&mut self.step));
        Ok(())
    }

    fn reset_step(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        self.texts.clear();
        self.thoughts.clear();
        if core::mem::take(&mut self.step).is_empty() {
            return Ok(());
        }
        sink.replace(&self.finished)?;
        sink.begin_paragraph();
        Ok(())
    }

    /// Flushes what waits where the body ends.
    pub(super) fn finish_body(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        self.texts.end_all(sink)
    }

    fn finish(&mut self, chunk: &Chunk<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        self.texts.end_all(sink)?;
        sink.words(&core::mem::take(&mut self.stray))?;
        for call in self.calls.drain(..) {
            match call.approval {
                Some(approval) => sink.ask(&approval, &call.name)?,
                None => sink.step(&call.name, StepState::Done)?,
            }
        }
        if !self.has_failed {
            sink.conclude_for(chunk.finish_reason.literal());
        }
        Ok(())
    }
}

/// Returns the title of a source, with the file's name where it has both.
fn title_of(source: &Chunk<'_>) -> Option<String> {
    match (source.title.string(), source.filename.string()) {
        (Some(title), Some(filename)) if title != filename => Some(format!("{title} ({filename})")),
        (title, filename) => title.or(filename),
    }
}
