//! Models that are asked directly: they take turns in one conversation, as a visitor sees it.

use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{FakeUpstream, Script, Signal};
use serde_json::{Value, json};

use crate::fixture::Fixture;

fn event(delta: &Value, reason: &Value) -> String {
    format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}))
}

fn token(text: &str) -> String {
    event(&json!({"content": text}), &Value::Null)
}

fn stop() -> String {
    event(&json!({}), &json!("stop")) + "data: [DONE]\n\n"
}

/// Two models: the small one writes its first answer in two halves, and is at its limit then.
fn server(rest: &Signal) -> FakeUpstream {
    let first = Script::head(200, "text/event-stream", Framing::Chunked)
        .piece(token("Two"))
        .wait(rest)
        .piece(token(" lamps."))
        .piece(stop())
        .end();
    FakeUpstream::start(move |request, number| match request.json()["model"].as_str() {
        Some("small") if number == 0 => first.clone(),
        Some("small") => Script::whole(429, "application/json", "{}"),
        _ => Script::pieces("text/event-stream", [token(&format!("Answer {number}.")), stop()]),
    })
}

#[test]
fn an_answer_comes_token_by_token_and_another_model_goes_on_with_the_conversation() {
    let rest = Signal::new();
    let upstream = server(&rest);
    let base = upstream.url();
    let models = [("N8N_WEBHOOK_URL", ""), ("OPENAI_BASE_URL", &base), ("OPENAI_MODELS", "small,large")];
    let fixture = Fixture::new(upstream, &models);
    fixture.open_page();
    fixture.open_chat();
    fixture.ask("Lamps?");
    fixture.wait_for_reply("Two");
    assert!(!fixture.reply().contains("lamps"));
    rest.set();
    fixture.wait_for_reply("Two lamps.");
    fixture.wait_for_end();
    fixture.ask("And blue ones?");
    fixture.wait_for_reply("Answer 1.");
    fixture.wait_for_end();
    fixture.ask("And red ones?");
    fixture.wait_for_reply("Answer 3.");
    let requests: Vec<Value> = fixture.upstream.requests().iter().map(RecordedRequest::json).collect();
    let models: Vec<&str> = requests.iter().map(|request| request["model"].as_str().unwrap()).collect();
    assert_eq!(models, ["small", "large", "small", "large"], "the small one is at its limit");
    let texts = requests[3]["messages"].as_array().unwrap().iter().map(|message| &message["content"]);
    let texts: Vec<&Value> = texts.collect();
    assert_eq!(json!(texts), json!(["Lamps?", "Two lamps.", "And blue ones?", "Answer 1.", "And red ones?"]));
}

#[test]
fn a_visitor_chooses_a_model_and_the_conversation_stays_with_it() {
    let upstream = FakeUpstream::start(|request, _| {
        let model = request.json()["model"].as_str().unwrap().to_owned();
        Script::pieces("text/event-stream", [token(&format!("I am {model}.")), stop()])
    });
    let base = upstream.url();
    let models = [
        ("N8N_WEBHOOK_URL", ""),
        ("OPENAI_BASE_URL", &*base),
        ("OPENAI_MODELS", "small=Quick,large=Thorough"),
        ("OPENAI_MODEL_CHOICE", "true"),
    ];
    let fixture = Fixture::new(upstream, &models);
    fixture.open_page();
    fixture.open_chat();
    let offered = "return [...document.querySelectorAll('#agent option')].map((each) => each.textContent)";
    fixture.browser.find("#agent[aria-label]");
    assert_eq!(fixture.browser.script(offered, &[]), json!(["Quick", "Thorough"]));
    fixture.ask("Who?");
    fixture.wait_for_reply("I am small.");
    fixture.wait_for_end();
    fixture.browser.script("document.getElementById('agent').value = 'large'", &[]);
    fixture.ask("And now?");
    fixture.wait_for_reply("I am large.");
    fixture.wait_for_end();
    fixture.browser.reload();
    fixture.enter_chat();
    fixture.browser.wait_for("the choice", "return document.getElementById('agent')?.value === 'large'");
}
