//! Bots whose answer is a row of messages, each a paragraph with its buttons.

use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(RasaMessage { text, buttons });
object!(Trace {
    #[serde(rename = "type")]
    kind,
    payload
});
object!(TracePayload { state, content, message, buttons });
object!(
    #[serde(rename_all = "camelCase")]
    Signal { data, is_bot, payload, text, options }
);
object!(
    #[serde(rename_all = "camelCase")]
    WorkspaceChunk {
        #[serde(rename = "type")]
        kind,
        text_response,
        sources,
        close,
        error
    }
);

/// Reads a message of Rasa, whose answer ends with its body.
pub(super) fn read_rasa(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let message: RasaMessage<'_> = Some(value).object();
    sink.begin_paragraph();
    sink.text(message.text)?;
    sink.suggestions(message.buttons)?;
    sink.conclude(End::Complete);
    Ok(())
}

/// Reads a trace of Voiceflow.
pub(super) fn read_voiceflow(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let trace: Trace<'_> = Some(value).object();
    let payload: TracePayload<'_> = trace.payload.object();
    match trace.kind.literal() {
        "completion" if payload.state.literal() == "start" => sink.begin_paragraph(),
        "completion" if payload.state.literal() == "content" => return sink.text(payload.content),
        "text" | "speak" => {
            sink.begin_paragraph();
            sink.text(payload.message)?;
            // A document has no last trace.
            sink.conclude(End::Complete);
        }
        "choice" => return sink.suggestions(payload.buttons),
        "end" => sink.conclude(End::Complete),
        _ => {}
    }
    Ok(())
}

/// Reads a signal of Botpress; the visitor's own message is among them.
pub(super) fn read_botpress(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let signal: Signal<'_> = Some(value).object();
    let message: Signal<'_> = signal.data.object();
    if message.is_bot.is_true() {
        let payload: Signal<'_> = message.payload.object();
        sink.begin_paragraph();
        sink.text(payload.text)?;
        sink.suggestions(payload.options)?;
        sink.conclude(End::Complete);
    }
    Ok(())
}

/// Reads a chunk of `AnythingLLM`.
pub(super) fn read_workspace(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let chunk: WorkspaceChunk<'_> = Some(value).object();
    if chunk.kind.literal() == "abort" || chunk.error.is_some_and(super::super::report::is_error) {
        sink.fail();
    }
    sink.text(chunk.text_response)?;
    sink.sources(chunk.sources)?;
    if chunk.close.is_true() || matches!(chunk.kind.literal(), "textResponse" | "finalizeResponseStream") {
        sink.conclude(End::Complete);
    }
    Ok(())
}
