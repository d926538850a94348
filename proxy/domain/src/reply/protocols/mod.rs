//! The stream protocols of agents: one reader each, chosen by the first object of a body whatever its framing.
//!
//! Each knows its own true end. A body that stops without it was cut, whatever mark stands behind it.

mod ag_ui;
mod anthropic;
mod assistants;
mod bots;
mod chat_completions;
mod cumulative;
mod dify;
mod flowise;
mod lanes;
mod langflow;
mod langgraph;
mod models;
mod object;
mod responses;
mod sink;
mod ui_stream;

use serde_json::value::RawValue;

use super::document;
use super::error::ReplyError;
use crate::chain::End;
use object::{Member as _, object};
pub(super) use sink::Sink;

object!(
    #[doc = "The members by which a protocol is recognised."]
    #[serde(rename_all = "camelCase")]
    Signature {
        #[serde(rename = "type")]
        kind,
        event,
        object,
        choices,
        candidates,
        prompt_feedback,
        message,
        messages,
        response,
        done,
        content,
        stop,
        token,
        #[serde(rename = "recipient_id")]
        recipient_id,
        #[serde(rename = "error_text", alias = "errorText")]
        error_text,
        #[serde(rename = "task_id")]
        task_id,
        message_start,
        content_block_delta,
        text_response,
        outputs,
        #[serde(rename = "session_id")]
        session_id,
        #[serde(rename = "generated_text")]
        generated_text,
        data,
        id,
        close,
        role,
        payload
    }
);

object!(Choice { delta, message, text, finish_reason, index });

/// A reader of records without a memory.
type ReadRecord = fn(&RawValue, &mut Sink<'_>) -> Result<(), ReplyError>;

/// The protocol of a body, and the state of reading it.
#[derive(Debug)]
pub(super) enum Protocol {
    ChatCompletions(chat_completions::ChatCompletions),
    Responses(responses::Responses),
    Messages(anthropic::Messages),
    AgUi(Box<ag_ui::AgUi>),
    UiStream(Box<ui_stream::UiStream>),
    LangGraph(langgraph::LangGraph),
    Langflow(langflow::Langflow),
    /// Each record stands for itself.
    Stateless(&'static str, ReadRecord),
    /// The same, and the mark `[DONE]` is the end, since the protocol has no other.
    Marked(&'static str, ReadRecord),
    /// A server of the site's own, whose events have names.
    Tokens,
    Threads,
    /// Each event has the whole message so far.
    Snapshots(cumulative::Cumulative),
}

impl Protocol {
    /// Recognises the protocol by a record; `None` for one that many protocols have, or that none has.
    pub(super) fn recognise(event: &str, value: &RawValue) -> Option<Self> {
        if langgraph::names_event(event) {
            return Some(Self::LangGraph(langgraph::LangGraph::default()));
        }
        let signature: Signature<'_> = Some(value).object();
        if event == "new_message" && signature.content.is_some() {
            return Some(Self::Snapshots(cumulative::Cumulative::default()));
        }
        let by_kind = recognise_kind(event, signature.kind.literal(), &signature);
        by_kind
            .or_else(|| recognise_event(&signature))
            .or_else(|| recognise_members(event, &signature))
            .or_else(|| {
                is_graph_state(value, &signature).then(|| Self::LangGraph(langgraph::LangGraph::default()))
            })
    }

    /// Returns the protocol's name, for the operator.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::ChatCompletions(_) => "OpenAI chat completions",
            Self::Responses(_) => "OpenAI Responses",
            Self::Messages(_) => "Anthropic messages",
            Self::AgUi(_) => "AG-UI",
            Self::UiStream(_) => "AI SDK UI message stream",
            Self::LangGraph(_) => "LangGraph",
            Self::Langflow(_) => "Langflow",
            Self::Stateless(name, _) | Self::Marked(name, _) => name,
            Self::Tokens => "tokens",
            Self::Threads => "OpenAI Assistants",
            Self::Snapshots(_) => "snapshots",
        }
    }

    /// Reads a record: one object, with the name of its event where it has one.
    pub(super) fn read(
        &mut self,
        event: &str,
        value: &RawValue,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReplyError> {
        if event == "error" {
            sink.fail();
            return Ok(());
        }
        match self {
            Self::ChatCompletions(reader) => reader.read(value, sink),
            Self::Responses(reader) => reader.read(value, sink),
            Self::Messages(reader) => reader.read(value, sink),
            Self::AgUi(reader) => reader.read(value, sink),
            Self::UiStream(reader) => reader.read(value, sink),
            Self::LangGraph(reader) if event.is_empty() || event == "message" => {
                reader.read_state(value, sink)
            }
            Self::LangGraph(reader) => reader.read(event, value, sink),
            Self::Langflow(reader) => reader.read(value, sink),
            Self::Stateless(_, read) | Self::Marked(_, read) => {
                read(value, sink)?;
                if event == "end" {
                    sink.conclude(End::Complete);
                }
                Ok(())
            }
            Self::Tokens => assistants::read_token(event, value, sink),
            Self::Threads => assistants::read_thread(event, value, sink),
            Self::Snapshots(texts) => assistants::read_snapshot(event, value, texts, sink),
        }
    }

    /// Returns the memory of texts that are held beside the reply.
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Self::AgUi(reader) => reader.held_bytes(),
            Self::UiStream(reader) => reader.held_bytes(),
            Self::LangGraph(reader) => reader.held_bytes(),
            Self::Langflow(reader) => reader.held_bytes(),
            Self::Snapshots(texts) => texts.held_bytes(),
            _ => 0,
        }
    }

    /// Reads the end of the body.
    pub(super) fn finish(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        match self {
            Self::AgUi(reader) => reader.finish_body(sink),
            Self::UiStream(reader) => reader.finish_body(sink),
            _ => Ok(()),
        }
    }

    /// Tells if the mark `[DONE]` proves the end.
    pub(super) const fn ends_with_mark(&self) -> bool {
        matches!(self, Self::Marked(..) | Self::Tokens)
    }
}

/// Recognises a protocol whose objects have a `type`.
fn recognise_kind(event: &str, kind: &str, signature: &Signature<'_>) -> Option<Protocol> {
    let is_trace = event == "trace"
        || signature.payload.is_some() && matches!(kind, "text" | "speak" | "choice" | "completion");
    match kind {
        "" => None,
        _ if kind.starts_with("response.") => Some(Protocol::Responses(responses::Responses::default())),
        "message_start" | "content_block_start" | "content_block_delta" => {
            Some(Protocol::Messages(anthropic::Messages::default()))
        }
        "message" if signature.content.is_some_and(|content| content.get().starts_with('[')) => {
            signature.role.map(|_| Protocol::Messages(anthropic::Messages::default()))
        }
        "message_created" => Some(Protocol::Stateless("Botpress", bots::read_botpress)),
        "message-start" | "content-start" | "content-delta" => {
            Some(Protocol::Stateless("Cohere", models::read_cohere))
        }
        "textResponseChunk" | "textResponse" | "abort"
            if signature.text_response.or(signature.close).is_some() =>
        {
            Some(Protocol::Stateless("AnythingLLM", bots::read_workspace))
        }
        _ if is_trace => Some(Protocol::Stateless("Voiceflow", bots::read_voiceflow)),
        _ if is_run_event(kind) => Some(Protocol::AgUi(Box::default())),
        _ if is_ui_chunk(kind, signature) => Some(Protocol::UiStream(Box::default())),
        _ => None,
    }
}

/// Tells if a `type` is an event of AG-UI.
fn is_run_event(kind: &str) -> bool {
    let families = [
        "RUN_",
        "TEXT_MESSAGE_",
        "TOOL_CALL_",
        "STEP_",
        "STATE_",
        "MESSAGES_SNAPSHOT",
        "REASONING_",
        "THINKING_",
        "ACTIVITY_",
        "SUBAGENT_",
    ];
    families.iter().any(|family| kind.starts_with(family))
}

/// Tells if a `type` is a chunk of a UI message stream; a `tool-call-start` is a line of n8n.
fn is_ui_chunk(kind: &str, signature: &Signature<'_>) -> bool {
    let families = ["text-", "reasoning-", "tool-input-", "source-", "data-"];
    families.iter().any(|family| kind.starts_with(family))
        || matches!(kind, "start-step" | "finish-step" | "reset-step" | "message-metadata" | "abort")
        || kind == "start" && signature.id.is_none()
        || kind == "error" && signature.error_text.is_some()
}

/// Recognises a protocol whose objects have an `event`.
fn recognise_event(signature: &Signature<'_>) -> Option<Protocol> {
    let event = signature.event.literal();
    let has_object = signature.data.is_some_and(|data| data.get().starts_with('{'));
    match event {
        "" => None,
        "token" | "add_message" | "end" if has_object => {
            Some(Protocol::Langflow(langflow::Langflow::default()))
        }
        _ if flowise::names_event(event) && signature.data.is_some() => {
            Some(Protocol::Stateless("Flowise", flowise::read))
        }
        _ if dify::names_event(event) => Some(Protocol::Stateless("Dify", dify::read)),
        "error" if signature.task_id.is_some() => Some(Protocol::Stateless("Dify", dify::read)),
        _ => None,
    }
}

/// Recognises a protocol by the members that its objects have.
fn recognise_members(event: &str, signature: &Signature<'_>) -> Option<Protocol> {
    let begins =
        |member: Option<&RawValue>, first: char| member.is_some_and(|value| value.get().starts_with(first));
    let is_flag = |member: Option<&RawValue>| begins(member, 't') || begins(member, 'f');
    let is_thread = |object: &str| matches!(object, "thread.run" | "thread.message.delta");
    Some(match signature {
        _ if are_completions(signature) => {
            Protocol::ChatCompletions(chat_completions::ChatCompletions::default())
        }
        _ if signature.object.literal() == "response" => Protocol::Responses(responses::Responses::default()),
        _ if is_thread(signature.object.literal()) => Protocol::Threads,
        _ if begins(signature.candidates, '[') || begins(signature.prompt_feedback, '{') => {
            Protocol::Stateless("Gemini", models::read_gemini)
        }
        _ if is_flag(signature.done)
            && (begins(signature.message, '{') || begins(signature.response, '"')) =>
        {
            Protocol::Stateless("Ollama", models::read_ollama)
        }
        _ if is_flag(signature.stop) && begins(signature.content, '"') => {
            Protocol::Stateless("llama.cpp", models::read_llama)
        }
        _ if signature.recipient_id.is_some() => Protocol::Stateless("Rasa", bots::read_rasa),
        _ if signature.message_start.is_some() || signature.content_block_delta.is_some() => {
            Protocol::Stateless("Bedrock", models::read_bedrock)
        }
        _ if begins(signature.token, '{') => Protocol::Stateless("TGI", models::read_tgi),
        _ if begins(signature.token, '"') => Protocol::Tokens,
        // Events always have a name: without one it is a line, or a document.
        _ if begins(signature.response, '"') && !event.is_empty() => {
            Protocol::Marked("Workers AI", models::read_workers_ai)
        }
        _ if begins(signature.outputs, '[') && signature.session_id.is_some() => {
            Protocol::Langflow(langflow::Langflow::default())
        }
        _ => return None,
    })
}

/// Tells if `choices` are those of a model: buttons have the same name.
fn are_completions(signature: &Signature<'_>) -> bool {
    let choices = signature.choices.list::<&RawValue>();
    let Some(first) = choices.first() else {
        return signature.choices.is_some() && signature.object.is_some();
    };
    let choice: Choice<'_> = Some(*first).object();
    choice.delta.or(choice.message).or(choice.finish_reason).is_some()
        || choice.text.and(choice.index).is_some()
}

/// Tells if a document is the state of a graph: its messages are all that it says.
fn is_graph_state(value: &RawValue, signature: &Signature<'_>) -> bool {
    let is_list = signature.messages.is_some_and(|messages| messages.get().starts_with('['));
    is_list && document::find_content(value).is_empty()
}
