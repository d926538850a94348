//! Agents of AG-UI: they are called like a webhook, with a run.

use porthole_protocol::path;
use porthole_tests::client::json_of;
use porthole_tests::proxy::SESSION_SECRET_KEY;
use porthole_tests::{FakeUpstream, Script};
use reqwest::StatusCode;
use serde_json::json;

use crate::fixture::{Fixture, refusal};
use crate::history::{DELETE, GET};
use crate::transcripts::KeptChat;
use crate::workflow::claims_of;

fn fixture(settings: &[(&str, &str)]) -> Fixture {
    let upstream = FakeUpstream::always(Script::whole(200, "text/plain", "ok"));
    let agent = [("N8N_WEBHOOK_URL", ""), ("AG_UI_URL", &upstream.url())];
    let settings = [&agent, settings].concat();
    Fixture::new(upstream, &settings)
}

#[tokio::test]
async fn an_agent_gets_a_run_with_the_conversation_and_the_token_of_a_webhook() {
    let mut browser = KeptChat::of(fixture(&[])).await;
    browser.say("Lamps?", json!(null)).await;
    browser.say("And blue ones?", browser.transcript(20)).await;
    let (first, second) = (&browser.turns[0]["id"], &browser.turns[1]["id"]);
    let request = browser.fixture.upstream.requests().pop().unwrap();
    let claims = claims_of(&request, SESSION_SECRET_KEY, &browser.fixture.upstream.url());
    let want = json!({
        "threadId": claims["sub"], "runId": second, "state": {}, "tools": [], "context": [], "forwardedProps": {},
        "messages": [
            {"id": first, "role": "user", "content": "Lamps?"},
            {"id": format!("{}-reply", first.as_str().unwrap()), "role": "assistant", "content": "ok"},
            {"id": second, "role": "user", "content": "And blue ones?"},
        ],
    });
    assert_eq!(request.json(), want);
    assert_eq!(request.header("accept"), Some("text/event-stream"));
    assert_eq!(claims["mid"].as_str(), request.header("idempotency-key"));
}

#[tokio::test]
async fn an_agent_that_remembers_gets_the_message_alone() {
    let mut browser = KeptChat::of(fixture(&[("MEMORY", "workflow")])).await;
    browser.say("Lamps?", json!(null)).await;
    browser.say("And blue ones?", json!(null)).await;
    let sent = browser.fixture.upstream.requests().pop().unwrap().json();
    let message = json!({"id": browser.turns[1]["id"], "role": "user", "content": "And blue ones?"});
    assert_eq!(sent["messages"], json!([message]));
}

#[tokio::test]
async fn an_agent_knows_no_actions() {
    let fixture = fixture(&[]);
    let opened = fixture.client.create().await;
    let history = fixture.client.history(GET, &opened.token, &opened.id).await;
    assert_eq!(refusal(history).await, (StatusCode::NOT_FOUND, "no_history".to_owned()));
    let forgotten = fixture.client.history(DELETE, &opened.token, &opened.id).await;
    assert_eq!(forgotten.status(), StatusCode::NO_CONTENT);
    assert_eq!(fixture.calls(), 0);
    let (_, health) = json_of(fixture.client.plain(GET, path::HEALTH).send().await.unwrap()).await;
    assert_eq!(health["dependencies"][0]["kind"], "ag-ui");
}
