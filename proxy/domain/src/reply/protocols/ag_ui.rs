//! AG-UI 1.0.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::string::unescape;
use super::lanes::Lanes;
use super::object::{Member as _, object};
use super::sink::{self, Question, Sink};
use crate::chain::End;

object!(
    #[serde(rename_all = "camelCase")]
    RunEvent {
        #[serde(rename = "type")]
        kind,
        thread_id,
        run_id,
        message_id,
        role,
        delta,
        step_name,
        tool_call_id,
        tool_call_name,
        activity_type,
        subagent_run_id,
        name,
        messages,
        outcome,
        finish_reason,
        value
    }
);
object!(Message { id, role, content });
object!(Part { text });
object!(Outcome {
    #[serde(rename = "type")]
    kind,
    interrupts
});
object!(Interrupt { id, reason, message });

/// The parts of a run that are open at once; more are no chat.
const MAX_OPEN: usize = 256;

/// A message or a call that its chunks began, without a start of its own.
#[derive(Debug, PartialEq, Eq)]
enum ChunkSeries {
    Text { id: String, role: String },
    Call { id: String, name: String },
}

/// A reader of events; the last run decides.
#[derive(Debug, Default)]
pub(in crate::reply) struct AgUi {
    thread: String,
    run: String,
    is_running: bool,
    /// The open messages of the assistant.
    texts: Lanes,
    /// The open messages of others, which no visitor sees.
    others: Vec<String>,
    /// The id of the last message that was streamed, and its text, in case that a snapshot corrects it.
    spoken: Option<(String, String)>,
    chunks: Option<ChunkSeries>,
    /// The tools in use, by their call's id.
    calls: Vec<(String, String)>,
    subagents: Vec<(String, String)>,
    /// The messages that have ended: one that is opened again goes on, and may stay open.
    ended: Vec<String>,
    /// The questions of the last run, by their ids: a run that follows has their answers.
    interrupts: Vec<(String, Question)>,
    activities: Vec<String>,
}

impl AgUi {
    pub(super) const fn held_bytes(&self) -> usize {
        self.texts.held_bytes()
    }

    pub(super) fn read(&mut self, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let event: RunEvent<'_> = Some(value).object();
        let kind = event.kind.literal();
        if self.thread.is_empty() && !self.is_running && !matches!(kind, "RUN_STARTED" | "RUN_ERROR" | "RAW")
        {
            sink.reject();
        }
        if !matches!(kind, "RAW" | "TEXT_MESSAGE_CHUNK" | "TOOL_CALL_CHUNK") {
            self.end_chunks(sink)?;
        }
        match kind.split('_').next().unwrap_or_default() {
            "RUN" => self.run(kind, &event, sink),
            "TEXT" => self.speak(kind, &event, sink),
            "TOOL" => self.use_tool(kind, &event, sink),
            "REASONING" | "THINKING" if kind.ends_with("_CONTENT") || kind.ends_with("_CHUNK") => {
                sink.reasoning(event.delta)
            }
            "STEP" => step(kind, &event, sink),
            "SUBAGENT" => self.delegate(kind, &event, sink),
            "ACTIVITY" if kind == "ACTIVITY_SNAPSHOT" => self.show_activity(&event, sink),
            "MESSAGES" => self.take_snapshot(&event, sink),
            "CUSTOM" if event.name.literal() == "on_interrupt" && self.interrupts.len() < MAX_OPEN => {
                // The way of servers that have no outcome yet.
                let question = Question::Said(sink::question(event.value));
                self.interrupts.push((event.name.literal().to_owned(), question));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn run(&mut self, kind: &str, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        match kind {
            "RUN_STARTED" => {
                let thread = event.thread_id.literal();
                if self.is_running || !self.thread.is_empty() && thread != self.thread {
                    sink.reject();
                }
                thread.clone_into(&mut self.thread);
                event.run_id.literal().clone_into(&mut self.run);
                self.is_running = true;
                self.spoken = None;
                self.interrupts.clear();
                sink.reopen();
                sink.begin_paragraph();
                // The last run decides.
                sink.reply.failed = false;
                Ok(())
            }
            "RUN_FINISHED" => self.finish(event, sink),
            "RUN_ERROR" => {
                self.is_running = false;
                sink.fail();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn finish(&mut self, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let is_other = |known: &str, said: &str| !said.is_empty() && said != known;
        let is_foreign =
            is_other(&self.run, event.run_id.literal()) || is_other(&self.thread, event.thread_id.literal());
        let is_open =
            !self.texts.are_among(&self.ended) || !self.others.is_empty() || !self.subagents.is_empty();
        if is_foreign || is_open || !self.is_running {
            sink.reject();
        }
        self.is_running = false;
        self.texts.end_all(sink)?;
        self.others.clear();
        for (_, name) in self.calls.drain(..) {
            sink.step(&name, StepState::Done)?;
        }
        match event.outcome {
            Some(outcome) if !outcome.get().starts_with('{') => sink.reject(),
            outcome => self.conclude(&outcome.object(), event.finish_reason.literal(), sink),
        }
        Ok(())
    }

    fn conclude(&mut self, outcome: &Outcome<'_>, reason: &str, sink: &mut Sink<'_>) {
        for interrupt in outcome.interrupts.list::<&RawValue>() {
            let interrupt: Interrupt<'_> = Some(interrupt).object();
            let id = interrupt.id.literal();
            if self.interrupts.iter().any(|(known, _)| known == id) {
                // One answer would cover two questions.
                self.interrupts.clear();
                return sink.reject();
            }
            let reason = || Question::Reason(interrupt.reason.string().unwrap_or_default());
            let question = interrupt.message.string().map_or_else(reason, Question::Said);
            self.interrupts.push((id.to_owned(), question));
        }
        match outcome.kind.literal() {
            "cancelled" => sink.conclude(End::Stopped),
            _ => sink.conclude_for(reason),
        }
    }

    /// Emits the questions that are still open where the body ends.
    pub(super) fn finish_body(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        self.texts.end_all(sink)?;
        self.interrupts.drain(..).try_for_each(|(id, question)| sink.ask_for(&id, &question))
    }

    fn speak(&mut self, kind: &str, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let id = event.message_id.literal();
        match kind {
            "TEXT_MESSAGE_START" => self.begin_message(id, role(event), sink),
            "TEXT_MESSAGE_CONTENT" => self.add(id, event.delta, sink)?,
            "TEXT_MESSAGE_END" => self.end_message(id, sink)?,
            "TEXT_MESSAGE_CHUNK" => return self.speak_chunk(event, sink),
            _ => {}
        }
        Ok(())
    }

    fn begin_message(&mut self, id: &str, role: &str, sink: &mut Sink<'_>) {
        sink.begin_paragraph();
        let is_answer = role == "assistant";
        let has_room = if is_answer { self.texts.begin(id) } else { self.others.len() < MAX_OPEN };
        if has_room && !is_answer {
            self.others.push(id.to_owned());
        }
        if !has_room {
            sink.reject();
        }
        if self.spoken.as_ref().is_none_or(|(known, _)| known != id) && is_answer {
            self.spoken = Some((id.to_owned(), String::new()));
        }
    }

    fn add(&mut self, id: &str, delta: Option<&RawValue>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        if self.others.iter().any(|other| other == id) {
            return Ok(());
        }
        let is_text = delta.is_some_and(|delta| delta.get().starts_with('"'));
        if !is_text || !self.texts.push(id, delta, sink)? {
            sink.reject();
        }
        if let (Some((known, text)), Some(delta)) = (&mut self.spoken, delta.text())
            && known == id
        {
            text.push_str(&unescape(delta.get()));
        }
        Ok(())
    }

    fn end_message(&mut self, id: &str, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        match self.others.iter().position(|other| other == id) {
            Some(at) => {
                self.others.remove(at);
            }
            None if !self.texts.end(id, sink)? => sink.reject(),
            None if self.ended.len() < MAX_OPEN => self.ended.push(id.to_owned()),
            None => {}
        }
        Ok(())
    }

    /// Reads a chunk, which begins its message where none is open.
    fn speak_chunk(&mut self, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let said = event.message_id.literal();
        let is_more = |series: &ChunkSeries| matches!(series, ChunkSeries::Text { id, .. } if said.is_empty() || id == said);
        if !self.chunks.as_ref().is_some_and(is_more) {
            self.end_chunks(sink)?;
            if said.is_empty() {
                sink.reject();
                return Ok(());
            }
            let role = role(event);
            self.begin_message(said, role, sink);
            self.chunks = Some(ChunkSeries::Text { id: said.to_owned(), role: role.to_owned() });
        }
        let Some(ChunkSeries::Text { id, role: known }) = &self.chunks else { return Ok(()) };
        if event.role.is_some() && role(event) != known {
            sink.reject();
            return Ok(());
        }
        let id = id.clone();
        match event.delta {
            None => Ok(()),
            delta => self.add(&id, delta, sink),
        }
    }

    fn end_chunks(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        match self.chunks.take() {
            Some(ChunkSeries::Text { id, .. }) => self.end_message(&id, sink),
            Some(ChunkSeries::Call { .. }) | None => Ok(()),
        }
    }

    fn use_tool(&mut self, kind: &str, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let id = event.tool_call_id.literal();
        match kind {
            "TOOL_CALL_START" => self.call(id, event, sink),
            "TOOL_CALL_RESULT" => match self.calls.iter().position(|(call, _)| call == id) {
                Some(at) => sink.step(&self.calls.remove(at).1, StepState::Done),
                None => Ok(()),
            },
            "TOOL_CALL_CHUNK" => self.call_by_chunk(id, event, sink),
            _ => Ok(()),
        }
    }

    fn call(&mut self, id: &str, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let Some(name) = event.tool_call_name.string().filter(|_| self.calls.len() < MAX_OPEN) else {
            sink.reject();
            return Ok(());
        };
        sink.step(&name, StepState::Running)?;
        self.calls.push((id.to_owned(), name));
        Ok(())
    }

    fn call_by_chunk(
        &mut self,
        said: &str,
        event: &RunEvent<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReplyError> {
        let name = event.tool_call_name.literal();
        if let Some(ChunkSeries::Call { id, name: known }) = &self.chunks
            && (said.is_empty() || said == id)
        {
            if !name.is_empty() && name != known {
                sink.reject();
            }
            return Ok(());
        }
        self.end_chunks(sink)?;
        self.chunks = Some(ChunkSeries::Call { id: said.to_owned(), name: name.to_owned() });
        self.call(said, event, sink)
    }

    fn delegate(&mut self, kind: &str, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let id = event.subagent_run_id.literal();
        if kind == "SUBAGENT_STARTED" {
            let Some(name) = event.name.string().filter(|_| self.subagents.len() < MAX_OPEN) else {
                sink.reject();
                return Ok(());
            };
            sink.step(&name, StepState::Running)?;
            self.subagents.push((id.to_owned(), name));
            return Ok(());
        }
        let state = if kind == "SUBAGENT_ERROR" { StepState::Failed } else { StepState::Done };
        if let Some(at) = self.subagents.iter().position(|(run, _)| run == id) {
            return sink.step(&self.subagents.remove(at).1, state);
        }
        sink.reject();
        Ok(())
    }

    fn show_activity(&mut self, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let (id, Some(name)) = (event.message_id.literal(), event.activity_type.string()) else {
            return Ok(());
        };
        if self.activities.iter().any(|known| known == id) || self.activities.len() == MAX_OPEN {
            return Ok(());
        }
        self.activities.push(id.to_owned());
        sink.step(&name, StepState::Done)
    }

    /// Takes the answer from a snapshot where none was streamed, and a correction of the message that was.
    fn take_snapshot(&mut self, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let messages = event.messages.list::<&RawValue>();
        let mut answer = None;
        for message in messages {
            let message: Message<'_> = Some(message).object();
            match message.role.literal() {
                "assistant" => answer = text_of(&message).map(|text| (message.id.literal().to_owned(), text)),
                "user" => answer = None,
                _ => {}
            }
        }
        match (answer, &self.spoken) {
            (Some((id, text)), None) => {
                sink.words(&text)?;
                self.spoken = Some((id, text));
            }
            (Some((id, text)), Some((spoken, known)))
                if id == *spoken
                    && text != *known
                    && self.texts.are_closed()
                    && sink.reply.text.is_only(known) =>
            {
                sink.replace(&text)?;
                self.spoken = Some((id, text));
            }
            _ => {}
        }
        Ok(())
    }
}

fn role<'a>(event: &RunEvent<'a>) -> &'a str {
    match event.role.literal() {
        "" => "assistant",
        role => role,
    }
}

fn step(kind: &str, event: &RunEvent<'_>, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let state = if kind == "STEP_STARTED" { StepState::Running } else { StepState::Done };
    event.step_name.string().map_or(Ok(()), |name| sink.step(&name, state))
}

/// Returns the text of a message: a string, or that of its parts.
fn text_of(message: &Message<'_>) -> Option<String> {
    let parts = message.content.list::<&RawValue>();
    let parts = parts.into_iter().filter_map(|part| Some(part).object::<Part<'_>>().text.string());
    message.content.string().or_else(|| Some(parts.collect::<String>()).filter(|text| !text.is_empty()))
}
