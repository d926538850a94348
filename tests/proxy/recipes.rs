//! Streams of the software behind the recipes of `examples/agents`, as it wrote them: what a client is told of each.

use porthole_protocol::sse::Frame;
use porthole_tests::client::{json_data, text_of};
use porthole_tests::upstream::RecordedRequest;
use porthole_tests::{FakeUpstream, Script, tree};
use serde_json::{Value, json};

use crate::fixture::{Fixture, id, ok, stream_or_problem};

/// Words of an agent that a visitor must never see.
const INTERNALS: [&str; 3] = ["{\"", "model fell over", "4 °C in Oslo"];

/// The streams of real software, by their names.
fn streams() -> Vec<Value> {
    let file = tree::read("tests/fixtures/agents/streams.jsonl");
    let all = file.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|stream| stream["name"].as_str().unwrap().starts_with("real ")).collect()
}

/// The reply as its fixture describes one.
fn told(frames: &[Frame]) -> Value {
    let mut reasoning = String::new();
    let mut beside = Vec::new();
    for frame in frames {
        let data = json_data(frame);
        let of = |name: &str| data[name].as_str().unwrap_or_default();
        match frame.event.as_str() {
            "start" | "delta" | "done" | "error" => {}
            "reasoning" => reasoning.push_str(of("text")),
            "step" => beside.push(format!("step {} {}", of("name"), of("state"))),
            event => beside.push(format!("{event} {}", of("id"))),
        }
    }
    let last = json_data(frames.last().unwrap());
    let end = if last["code"].is_null() { &last["end"] } else { &last["code"] };
    json!({ "text": text_of(frames), "reasoning": reasoning, "beside": beside, "end": end })
}

/// A reply that failed before there was anything to tell.
fn nothing_but(code: &str) -> Value {
    json!({ "text": "", "reasoning": "", "beside": [], "end": code })
}

/// The reply that a client must be told of.
fn expected(stream: &Value) -> Value {
    let end = match stream["end"].as_str().unwrap() {
        "reported" | "unfinished" => "upstream_interrupted",
        end => end,
    };
    let beside = stream["beside"].as_array().cloned().unwrap_or_default();
    let reasoning = stream["reasoning"].as_str().unwrap_or_default();
    json!({ "text": stream["text"], "reasoning": reasoning, "beside": beside, "end": end })
}

#[tokio::test]
async fn every_stream_of_a_real_agent_reaches_a_client_as_its_text_its_steps_and_its_end() {
    let agent = FakeUpstream::start(|request: &RecordedRequest, _| {
        let sent = request.json();
        let name = sent["chatInput"].as_str().unwrap();
        streams().iter().find(|stream| stream["name"] == name).map_or_else(ok, |stream| {
            Script::whole(200, stream["media_type"].as_str().unwrap(), stream["body"].as_str().unwrap())
        })
    });
    let fixture = Fixture::new(agent, &[("THOUGHTS", "show")]);
    for stream in streams() {
        let name = stream["name"].as_str().unwrap();
        let token = fixture.client.create().await.token;
        let reply = stream_or_problem(fixture.client.send(&token, &id(), name).await).await;
        let told = reply.map_or_else(|code| nothing_but(&code), |frames| told(&frames));
        assert_eq!(told, expected(&stream), "{name}");
        let text = told["text"].as_str().unwrap();
        assert!(!INTERNALS.iter().any(|internal| text.contains(internal)), "{name}: {text}");
        // Failures in a row would let the agent rest.
        fixture.ask("fine").await;
    }
}
