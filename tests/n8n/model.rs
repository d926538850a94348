//! A language model that says what the message asks it to say, in the shapes of `OpenAI`'s chat completions.

use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{FakeUpstream, Script, Signal};
use serde_json::{Value, json};

/// The words of a model that fails, which no visitor may read.
pub(crate) const REFUSAL: &str = "the model refuses";

/// Starts the model. The first word of the last message chooses what happens.
pub(crate) fn start() -> FakeUpstream {
    FakeUpstream::start(|request, _| answer(request))
}

fn answer(request: &RecordedRequest) -> Script {
    let body = request.json();
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    let of = |role: &str| messages.iter().filter(|message| message["role"] == role).count();
    let last = messages.iter().rev().find(|message| message["role"] == "user");
    let text = last.map(|message| text_of(&message["content"])).unwrap_or_default();
    let streams = body["stream"] == true;
    let turns = format!("This is message {}", of("user"));
    match text.split(' ').next().unwrap_or_default() {
        "refuse" => {
            Script::whole(500, "application/json", json!({"error": {"message": REFUSAL}}).to_string())
        }
        "midfail" => stream(&["Half ", "an "], &json!({"error": {"message": REFUSAL}})),
        "silent" => Script::head(200, "text/event-stream", Framing::Chunked)
            .piece(event(&delta("Wait")))
            .stall(&Signal::new()),
        "nothing" => say("", streams),
        "structured" => say(r#"{"output":{"answer":"Structured hello","score":1}}"#, streams),
        "tool" if of("tool") == 0 => call_tool(&body["tools"][0]["function"]["name"], streams),
        "tool" => say("The sum is 2.", streams),
        "turns" => say(&turns, streams),
        _ => say(&format!("Echo: {text}"), streams),
    }
}

fn text_of(content: &Value) -> String {
    content.as_str().or_else(|| content[0]["text"].as_str()).unwrap_or_default().to_owned()
}

fn say(text: &str, streams: bool) -> Script {
    if streams {
        let words: Vec<&str> = text.split_inclusive(' ').collect();
        return stream(&words, &choice(&json!({}), "stop"));
    }
    whole(&json!({"role": "assistant", "content": text}), "stop")
}

fn call_tool(name: &Value, streams: bool) -> Script {
    let mut call = json!({
        "id": "call_1", "type": "function", "function": {"name": name, "arguments": "{\"input\":\"1+1\"}"},
    });
    if streams {
        call["index"] = json!(0);
        let calls = event(&choice(&json!({"tool_calls": [call]}), "tool_calls"));
        return Script::pieces("text/event-stream", [event(&delta("Let me see.")), calls, done()]);
    }
    whole(&json!({"role": "assistant", "content": null, "tool_calls": [call]}), "tool_calls")
}

fn whole(message: &Value, reason: &str) -> Script {
    let body = json!({
        "id": "c", "object": "chat.completion", "created": 1, "model": "stub",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    });
    Script::whole(200, "application/json", body.to_string())
}

fn stream(words: &[&str], last: &Value) -> Script {
    let words = words.iter().map(|word| event(&delta(word)));
    Script::pieces("text/event-stream", words.chain([event(last), done()]))
}

fn delta(text: &str) -> Value {
    choice(&json!({"role": "assistant", "content": text}), "")
}

fn choice(delta: &Value, reason: &str) -> Value {
    let reason = if reason.is_empty() { Value::Null } else { json!(reason) };
    json!({
        "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "stub",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    })
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn done() -> String {
    "data: [DONE]\n\n".to_owned()
}
