//! `OpenAI`'s Assistants, and servers of a site's own that send token by token.

use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::report;
use super::cumulative::Cumulative;
use super::object::{Member as _, object};
use super::sink::Sink;
use crate::chain::End;

object!(MessageDelta { delta, object, status });
object!(Content { content });
object!(Part { text, value });
object!(Piece {
    token,
    content,
    message,
    text,
    thinking,
    reasoning,
    sources,
    suggestions,
    done,
    error,
    finish_reason
});

/// Reads an object of a thread: the pieces of its messages, and the end of its run.
pub(super) fn read_thread(event: &str, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let object: MessageDelta<'_> = Some(value).object();
    if object.object.literal() == "thread.message.delta" {
        let delta: Content<'_> = object.delta.object();
        for part in delta.content.list::<&RawValue>() {
            let part: Part<'_> = Some(part).object();
            let text: Part<'_> = part.text.object();
            sink.text(text.value)?;
        }
    }
    if object.object.literal() == "thread.run" {
        match event.strip_prefix("thread.run.").unwrap_or(object.status.literal()) {
            "completed" => sink.conclude(End::Complete),
            "incomplete" | "expired" | "requires_action" => sink.conclude(End::Incomplete),
            "cancelled" => sink.conclude(End::Stopped),
            "failed" => sink.fail(),
            _ => {}
        }
    }
    Ok(())
}

/// Reads an event with the whole message so far; only an event of its own is the end.
pub(super) fn read_snapshot(
    event: &str,
    value: &RawValue,
    texts: &mut Cumulative,
    sink: &mut Sink<'_>,
) -> Result<(), ReplyError> {
    let object: Piece<'_> = Some(value).object();
    match event {
        "new_message" => texts.push("", &object.content.string().unwrap_or_default(), sink),
        "done" | "end" | "complete" => {
            sink.conclude(End::Complete);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Reads an object of a server that sends `{"token": …}`; its end is `"done": true`, an event `done` or `[DONE]`.
pub(super) fn read_token(event: &str, value: &RawValue, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
    let object: Piece<'_> = Some(value).object();
    if object.error.is_some_and(report::is_error) {
        sink.fail();
    }
    sink.reasoning(object.thinking.or(object.reasoning))?;
    let is_end = object.done.is_true() || matches!(event, "done" | "end" | "complete");
    // The closing object may repeat the whole answer.
    if !is_end || sink.is_silent() {
        sink.text(object.token.or(object.content).or(object.text).or(object.message))?;
    }
    sink.sources(object.sources)?;
    sink.suggestions(object.suggestions)?;
    if is_end {
        sink.conclude_for(object.finish_reason.literal());
    }
    Ok(())
}
