//! The stream protocols of agents: a body of each opens as that protocol does, and goes on with anything.

use porthole_domain::reply::{Decoder, DecoderOptions, Thoughts};
use serde_json::{Map, Value, from_str};

use super::reply::{DecodedReply, check, decode_with};
use crate::input::{Choices, text};

/// The first record of a body, and the words without which no body of the protocol is whole.
struct Protocol(&'static str, &'static [&'static str]);

/// Reads chunks of a model.
pub fn chat_completions(input: &[u8]) {
    let opening =
        r#"{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant"}}]}"#;
    read(&[Protocol(opening, &["finish_reason", "message"])], input);
}

/// Reads events of a response.
pub fn responses(input: &[u8]) {
    let opening = r#"{"type":"response.created","response":{"id":"r","status":"in_progress"}}"#;
    // A whole response has no type.
    read(&[Protocol(opening, &["completed", "incomplete", "cancelled", "status", "output\""])], input);
}

/// Reads events of a message.
pub fn anthropic(input: &[u8]) {
    let opening = r#"{"type":"message_start","message":{"id":"m","role":"assistant","content":[]}}"#;
    read(&[Protocol(opening, &["message_stop", "\"message\""])], input);
}

/// Reads events of a run.
pub fn ag_ui(input: &[u8]) {
    let opening = r#"{"type":"RUN_STARTED","threadId":"t","runId":"r"}"#;
    read(&[Protocol(opening, &["RUN_FINISHED"])], input);
}

/// Reads chunks of a UI message.
pub fn ui_stream(input: &[u8]) {
    read(&[Protocol(r#"{"type":"start","messageId":"m"}"#, &["finish", "abort"])], input);
}

/// Reads events of a graph, and its state.
pub fn langgraph(input: &[u8]) {
    let ends = &["end", "complete", "_reason", "values", "updates", "messages\":"];
    read(&[Protocol(r#"metadata {"run_id":"r","attempt":1}"#, ends)], input);
}

/// Reads events of a flow, and a whole run.
pub fn langflow(input: &[u8]) {
    let token = r#"{"event":"token","data":{"id":"1","chunk":"Hi"}}"#;
    read(&[Protocol(token, &["end", "outputs"])], input);
}

/// Reads events of a chat or of a workflow.
pub fn dify(input: &[u8]) {
    let message = r#"{"event":"message","task_id":"t","answer":"Hi"}"#;
    read(&[Protocol(message, &["message_end", "workflow_finished", "mode"])], input);
}

/// Reads events of a prediction.
pub fn flowise(input: &[u8]) {
    read(&[Protocol(r#"{"event":"start","data":"Hi"}"#, &["end", "abort"])], input);
}

/// Reads the native streams of model servers and clouds.
pub fn models(input: &[u8]) {
    let protocols = [
        Protocol(r#"{"model":"m","message":{"role":"assistant","content":"Hi"},"done":false}"#, &["done"]),
        Protocol(r#"{"content":"Hi","stop":false}"#, &["stop"]),
        Protocol(
            r#"{"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}"#,
            &["finishReason", "blockReason"],
        ),
        Protocol(r#"{"messageStart":{"role":"assistant"}}"#, &["messageStop"]),
        Protocol(r#"{"type":"message-start","delta":{"message":{"role":"assistant"}}}"#, &["message-end"]),
        Protocol(r#"{"token":{"id":1,"text":"Hi","special":false}}"#, &["generated_text"]),
        Protocol(r#"message {"response":"Hi"}"#, &["[DONE]", "end"]),
    ];
    read(&protocols, input);
}

/// Reads messages of bots.
pub fn bots(input: &[u8]) {
    let trace = r#"{"type":"completion","payload":{"state":"start"},"time":1}"#;
    let protocols = [
        // Each message may be the last.
        Protocol(r#"{"recipient_id":"r","text":"Hi"}"#, &[""]),
        Protocol(trace, &["end"]),
        Protocol(r#"{"type":"message_created","data":{"isBot":false}}"#, &["isBot", "end"]),
        Protocol(
            r#"{"type":"textResponseChunk","textResponse":"Hi","close":false}"#,
            &["close", "textResponse\"", "finalizeResponseStream", "end"],
        ),
    ];
    read(&protocols, input);
}

/// Reads threads of assistants, tokens, and messages that come whole each time.
pub fn assistants(input: &[u8]) {
    let protocols = [
        Protocol(r#"thread.run.created {"object":"thread.run","status":"queued"}"#, &["thread.run"]),
        Protocol(r#"{"token":"Hi"}"#, &["done", "end", "complete", "[DONE]"]),
        Protocol(r#"new_message {"content":"Hi"}"#, &["done", "end", "complete"]),
    ];
    read(&protocols, input);
}

/// Reads the lines of an input as the records of a body, in each framing: alike however it is cut, bounded, never whole
/// before the end of its protocol, and never raw JSON.
fn read(protocols: &[Protocol], input: &[u8]) {
    let (mut choices, rest) = Choices::before(input, 3);
    let Protocol(opening, ends) = &protocols[choices.below(protocols.len())];
    let size = choices.below(64) + 1;
    let cut = choices.byte();
    let rest = text(rest);
    let records: Vec<&str> = std::iter::once(*opening).chain(rest.lines()).collect();
    for body in framed(&records) {
        let (head, tail) = body.as_bytes().split_at(usize::from(cut) * body.len() / 255);
        let whole = decode([body.as_bytes()]);
        assert_eq!(decode(body.as_bytes().chunks(size)), whole, "in pieces of {size}: {body}");
        assert_eq!(decode([head, tail]), whole, "cut at {}: {body}", head.len());
        check(&whole);
        let is_object = |record: &&&str| record.contains('"') && is_object(record);
        let raw = records.iter().filter(is_object).find(|record| whole.text.contains(**record));
        assert_eq!(raw, None, "raw JSON: {body}");
        for (said, outcome) in [(text(head), decode([head])), (text(body.as_bytes()), whole)] {
            // A cut inside the opening leaves a body that may be words.
            let Some((_, behind)) = said.split_once(opening) else { continue };
            let has_end = ends.iter().any(|end| behind.contains(end)) || behind.contains("\\u00");
            assert!(has_end || outcome.end.is_some(), "whole without an end: {said}");
        }
    }
}

/// Frames records as an event stream and, where no name of an event tells the protocol, as JSON lines and as a list.
fn framed(records: &[&str]) -> Vec<String> {
    let events = records.iter().map(|record| match record.split_once(' ') {
        Some((event, data)) if !record.starts_with(['{', '[']) => format!("event: {event}\ndata: {data}\n\n"),
        _ => format!("data: {record}\n\n"),
    });
    let mut bodies = vec![events.collect()];
    if records[0].starts_with('{') {
        bodies.push(records.join("\n"));
    }
    if records.iter().all(|record| is_object(record)) {
        bodies.push(format!("[{}]", records.join(",")));
    }
    bodies
}

fn is_object(record: &str) -> bool {
    from_str::<Map<String, Value>>(record).is_ok()
}

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> DecodedReply {
    let options = DecoderOptions { thoughts: Thoughts::Show, ..DecoderOptions::default() };
    decode_with(Decoder::with_options(None, &options), pieces)
}
