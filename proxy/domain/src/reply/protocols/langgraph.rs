//! `LangGraph`'s runs, whose kinds are the names of their events.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::members::members_by_name;
use super::super::string::unescape;
use super::cumulative::Cumulative;
use super::object::{Member as _, object};
use super::sink::{self, Sink};
use crate::chain::End;

object!(Message {
    #[serde(rename = "type")]
    kind,
    role,
    id,
    content,
    tool_calls,
    tool_call_chunks,
    response_metadata
});
object!(Part {
    #[serde(rename = "type")]
    kind,
    text,
    thinking,
    reasoning
});
object!(
    #[expect(clippy::struct_field_names, reason = "models name the reason so")]
    Ending { finish_reason, stop_reason, done_reason }
);
object!(Named { name });
object!(State { messages });
object!(Interrupt { id, value });

/// A reader of events.
#[derive(Debug, Default)]
pub(in crate::reply) struct LangGraph {
    texts: Cumulative,
    /// The tools in use.
    called: Vec<String>,
}

/// Tells if an event stream is that of a run, by the name of an event.
pub(super) fn names_event(event: &str) -> bool {
    matches!(
        base(event),
        "metadata" | "messages" | "messages/partial" | "messages/metadata" | "messages/complete"
    )
}

/// Strips the subgraph from the name of an event: `messages|tools:1`.
fn base(event: &str) -> &str {
    event.split('|').next().unwrap_or_default()
}

impl LangGraph {
    pub(super) fn held_bytes(&self) -> usize {
        self.texts.held_bytes()
    }

    pub(super) fn read(
        &mut self,
        event: &str,
        value: &RawValue,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReplyError> {
        match base(event) {
            "messages" => {
                let [message, ..] = Some(value).list::<&RawValue>()[..] else { return Ok(()) };
                self.add(&Some(message).object(), sink)
            }
            "messages/partial" | "messages/complete" => {
                for message in Some(value).list::<&RawValue>() {
                    let message: Message<'_> = Some(message).object();
                    if is_answer(&message) {
                        self.take(&message, sink)?;
                        note_end(&message, sink);
                        if event == "messages/complete" && !has_calls(&message) {
                            sink.conclude(End::Complete);
                        }
                    } else {
                        self.end_calls(&message, sink)?;
                    }
                }
                Ok(())
            }
            // LangServe, whose runs begin alike.
            "data" => sink.text(Some(value)),
            "updates" => self.update(value, sink),
            "values" => self.take_state(value, sink),
            "end" => {
                sink.conclude(End::Complete);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads the state of a graph as one document.
    pub(super) fn read_state(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        self.take_state(value, sink)?;
        let state: State<'_> = Some(value).object();
        if state.messages.is_some() {
            sink.conclude(End::Complete);
        }
        Ok(())
    }

    /// Adds a chunk of a message.
    fn add(&mut self, message: &Message<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        if !is_answer(message) {
            return self.end_calls(message, sink);
        }
        for call in [message.tool_call_chunks.list(), message.tool_calls.list()].concat() {
            self.call(Some(call), sink)?;
        }
        let id = message.id.literal();
        let has_text = message.content.text().is_some() || !message.content.list::<&RawValue>().is_empty();
        if has_text && !self.texts.knows(id) {
            sink.begin_paragraph();
        }
        for literal in told(message, sink)? {
            sink.text(Some(literal))?;
            self.texts.note(id, &unescape(literal.get()));
        }
        note_end(message, sink);
        Ok(())
    }

    /// Takes the whole text of a message so far.
    fn take(&mut self, message: &Message<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        for call in message.tool_calls.list::<&RawValue>() {
            self.call(Some(call), sink)?;
        }
        let text: String = told(message, sink)?.into_iter().map(|literal| unescape(literal.get())).collect();
        if text.is_empty() {
            return Ok(());
        }
        self.texts.push(message.id.literal(), &text, sink)
    }

    fn call(&mut self, call: Option<&RawValue>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let call: Named<'_> = call.object();
        let Some(name) = call.name.string() else { return Ok(()) };
        if self.called.contains(&name) {
            return Ok(());
        }
        sink.step(&name, StepState::Running)?;
        self.called.push(name);
        Ok(())
    }

    /// Ends the calls that a tool's message answers.
    fn end_calls(&mut self, message: &Message<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        if !matches!(message.kind.literal(), "tool" | "ToolMessage" | "ToolMessageChunk") {
            return Ok(());
        }
        self.called.drain(..).try_for_each(|name| sink.step(&name, StepState::Done))
    }

    fn update(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        for (node, update) in members_by_name(value).unwrap_or_default() {
            if node == "__interrupt__" {
                ask(Some(update), sink)?;
                continue;
            }
            sink.step(&node, StepState::Done)?;
            self.take_state(update, sink)?;
        }
        Ok(())
    }

    /// Takes the answer from a state: the last of the model behind the visitor's message, unless it was streamed.
    fn take_state(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let state: State<'_> = Some(value).object();
        let mut answer = None;
        for message in state.messages.list::<&RawValue>() {
            let message: Message<'_> = Some(message).object();
            let is_person = matches!(message.kind.or(message.role).literal(), "human" | "user");
            match is_answer(&message) {
                true => answer = Some(message),
                false if is_person => answer = None,
                false => {}
            }
        }
        if let Some(message) = answer
            && (sink.is_silent() || self.texts.knows(message.id.literal()))
        {
            self.take(&message, sink)?;
        }
        if !sink.is_silent() {
            sink.conclude(End::Complete);
        }
        Ok(())
    }
}

/// Notes an end that the model gives a reason for; after a call for a tool the model goes on.
fn note_end(message: &Message<'_>, sink: &mut Sink<'_>) {
    let ending: Ending<'_> = message.response_metadata.object();
    let reason = ending.finish_reason.or(ending.stop_reason).or(ending.done_reason).literal();
    if !matches!(reason, "" | "tool_calls" | "tool_use") {
        sink.conclude_for(reason);
    }
}

fn is_answer(message: &Message<'_>) -> bool {
    matches!(message.kind.or(message.role).literal(), "ai" | "AIMessageChunk" | "AIMessage" | "assistant")
}

fn has_calls(message: &Message<'_>) -> bool {
    !message.tool_calls.list::<&RawValue>().is_empty()
}

/// Returns the texts of a message, JSON strings; its thoughts go to the reasoning.
fn told<'a>(message: &Message<'a>, sink: &mut Sink<'_>) -> Result<Vec<&'a RawValue>, ReplyError> {
    let mut texts: Vec<_> = message.content.text().into_iter().collect();
    for part in message.content.list::<&RawValue>() {
        let text = Some(part).text();
        let part: Part<'_> = Some(part).object();
        match part.kind.literal() {
            "text" | "output_text" | "text_delta" => texts.extend(part.text.text()),
            "thinking" | "reasoning" => sink.reasoning(part.thinking.or(part.reasoning).or(part.text))?,
            _ => texts.extend(text),
        }
    }
    Ok(texts)
}

fn ask(interrupts: Option<&RawValue>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    for interrupt in interrupts.list::<&RawValue>() {
        let interrupt: Interrupt<'_> = Some(interrupt).object();
        sink.ask_aloud(interrupt.id.literal(), &sink::question(interrupt.value))?;
    }
    sink.conclude(End::Complete);
    Ok(())
}
