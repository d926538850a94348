//! The native streams of model servers and clouds: text in one place of each object, and a reason at the end.

use porthole_protocol::StepState;
use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::report;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(OllamaChunk { message, response, thinking, done, done_reason, error });
object!(OllamaMessage { content, thinking, tool_calls });
object!(Call { function, name });
object!(LlamaChunk { content, stop, stop_type, truncated, error });
object!(
    #[serde(rename_all = "camelCase")]
    GeminiChunk { candidates, prompt_feedback, error }
);
object!(
    #[serde(rename_all = "camelCase")]
    Candidate { content, finish_reason, grounding_metadata }
);
object!(Content { parts });
object!(
    #[serde(rename_all = "camelCase")]
    GeminiPart { text, thought, function_call }
);
object!(
    #[serde(rename_all = "camelCase")]
    Grounding { grounding_chunks, block_reason }
);
object!(Chunk { web, uri, title });
object!(
    #[serde(rename_all = "camelCase")]
    BedrockEvent { content_block_delta, message_stop }
);
object!(
    #[serde(rename_all = "camelCase")]
    BedrockDelta { delta, stop_reason }
);
object!(
    #[serde(rename_all = "camelCase")]
    BedrockText { text, reasoning_content }
);
object!(CohereEvent {
    #[serde(rename = "type")]
    kind,
    delta
});
object!(CohereDelta { message, content, text, thinking, finish_reason });
object!(WorkersChunk { response });
object!(TgiChunk { token, generated_text, details });
object!(TgiToken { text, special, finish_reason });

/// Reads a chunk of Ollama's own API, of a chat or of a completion.
pub(super) fn read_ollama(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let chunk: OllamaChunk<'_> = Some(value).object();
    let message: OllamaMessage<'_> = chunk.message.object();
    if chunk.error.is_some_and(report::is_error) {
        sink.fail();
    }
    sink.reasoning(message.thinking.or(chunk.thinking))?;
    for call in message.tool_calls.list::<&RawValue>() {
        let call: Call<'_> = Some(call).object();
        let function: Call<'_> = call.function.object();
        function.name.string().map_or(Ok(()), |name| sink.step(&name, StepState::Done))?;
    }
    sink.text(message.content.or(chunk.response))?;
    if chunk.done.is_true() {
        match chunk.done_reason.literal() {
            // The model was only loaded.
            "load" | "unload" => sink.conclude(End::Incomplete),
            reason => sink.conclude_for(reason),
        }
    }
    Ok(())
}

/// Reads a chunk of llama.cpp's own API.
pub(super) fn read_llama(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let chunk: LlamaChunk<'_> = Some(value).object();
    if chunk.error.is_some_and(report::is_error) {
        sink.fail();
    }
    sink.text(chunk.content)?;
    if chunk.stop.is_true() {
        let is_cut = chunk.stop_type.literal() == "limit" || chunk.truncated.is_true();
        sink.conclude(if is_cut { End::Incomplete } else { End::Complete });
    }
    Ok(())
}

/// Reads a chunk of Gemini.
pub(super) fn read_gemini(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let chunk: GeminiChunk<'_> = Some(value).object();
    if chunk.error.is_some_and(report::is_error) {
        sink.fail();
    }
    let feedback: Grounding<'_> = chunk.prompt_feedback.object();
    if feedback.block_reason.is_some() {
        sink.conclude(End::Incomplete);
    }
    let Some(first) = chunk.candidates.list::<&RawValue>().into_iter().next() else { return Ok(()) };
    let candidate: Candidate<'_> = Some(first).object();
    let content: Content<'_> = candidate.content.object();
    for part in content.parts.list::<&RawValue>() {
        let part: GeminiPart<'_> = Some(part).object();
        let call: Call<'_> = part.function_call.object();
        call.name.string().map_or(Ok(()), |name| sink.step(&name, StepState::Done))?;
        if part.thought.is_true() { sink.reasoning(part.text)? } else { sink.text(part.text)? }
    }
    let grounding: Grounding<'_> = candidate.grounding_metadata.object();
    for source in grounding.grounding_chunks.list::<&RawValue>() {
        let source: Chunk<'_> = Some(source).object();
        let web: Chunk<'_> = source.web.object();
        sink.source(web.title.string(), web.uri.string(), None)?;
    }
    match candidate.finish_reason.literal() {
        "" => {}
        "STOP" => sink.conclude(End::Complete),
        _ => sink.conclude(End::Incomplete),
    }
    Ok(())
}

/// Reads an event of Bedrock's converse stream.
pub(super) fn read_bedrock(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let event: BedrockEvent<'_> = Some(value).object();
    let block: BedrockDelta<'_> = event.content_block_delta.object();
    let delta: BedrockText<'_> = block.delta.object();
    let thought: BedrockText<'_> = delta.reasoning_content.object();
    sink.reasoning(thought.text)?;
    sink.text(delta.text)?;
    let stop: BedrockDelta<'_> = event.message_stop.object();
    if event.message_stop.is_some() {
        sink.conclude_for(stop.stop_reason.literal());
    }
    Ok(())
}

/// Reads an event of Cohere's chat.
pub(super) fn read_cohere(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let event: CohereEvent<'_> = Some(value).object();
    let delta: CohereDelta<'_> = event.delta.object();
    let message: CohereDelta<'_> = delta.message.object();
    let content: CohereDelta<'_> = message.content.object();
    match event.kind.literal() {
        "content-start" | "content-delta" => {
            sink.reasoning(content.thinking)?;
            sink.text(content.text)
        }
        "message-end" => {
            match delta.finish_reason.literal() {
                "ERROR" => sink.fail(),
                reason => sink.conclude_for(reason),
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Reads a chunk of Cloudflare's Workers AI, whose only end is the mark `[DONE]`.
pub(super) fn read_workers_ai(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let chunk: WorkersChunk<'_> = Some(value).object();
    sink.text(chunk.response)
}

/// Reads a token of a text generation server.
pub(super) fn read_tgi(value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let chunk: TgiChunk<'_> = Some(value).object();
    let token: TgiToken<'_> = chunk.token.object();
    if !token.special.is_true() {
        sink.text(token.text)?;
    }
    if chunk.generated_text.is_some() {
        let details: TgiToken<'_> = chunk.details.object();
        sink.conclude_for(details.finish_reason.literal());
    }
    Ok(())
}
