//! Calls of the workflow for history, forgetting and feedback: their failures, their permits, their end with the process.

use porthole_protocol::path;
use porthole_tests::client::{ORIGIN, Opened};
use porthole_tests::upstream::{Framing, nowhere};
use porthole_tests::wait::until_ready;
use porthole_tests::{Client, FakeUpstream, Script, Signal};
use reqwest::{Response, StatusCode};
use serde_json::json;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::fixture::{Fixture, id, ok, production, refusal, whole};
use crate::history::{DELETE, GET, json_script};
use crate::raw_connection::{RawConnection, request};

#[tokio::test]
async fn failures_of_the_workflow_are_those_that_messages_have() {
    let head = |framing| Script::head(200, "application/json", framing);
    let hung_up = Signal::new();
    let error = json!({"type": "error", "content": "canary"}).to_string() + "\n";
    let table = [
        (Script::whole(500, "application/json", "canary"), "upstream_status"),
        (Script::whole(401, "text/html", "canary"), "upstream_status"),
        (Script::redirect("http://127.0.0.1:1/"), "upstream_status"),
        (Script::new().breaks(), "upstream_interrupted"),
        (head(Framing::Length(100)).raw("{\"data\":[").breaks(), "upstream_interrupted"),
        (head(Framing::Chunked).piece(error).stall(&hung_up), "upstream_interrupted"),
        (head(Framing::Chunked).flood("[0,0,0,0]".repeat(1000), &hung_up), "reply_too_large"),
    ];
    for (script, code) in table {
        let fixture = Fixture::with(script);
        let opened = fixture.client.create().await;
        let response = fixture.client.history(GET, &opened.token, &opened.id).await;
        let expected = (StatusCode::BAD_GATEWAY, code.to_owned());
        assert_eq!(refusal(response).await, expected);
        assert!(fixture.proxy.wait_for_log("action.failed").contains("loadPreviousSession"));
        assert!(!fixture.proxy.log().contains("canary"), "{code}");
    }
}

#[tokio::test]
async fn a_workflow_that_cannot_be_reached_is_tried_and_then_rests() {
    let proxy = production(&nowhere(), &[]);
    let client = Client::new(&proxy);
    let opened = client.create().await;
    for _ in 0..5 {
        let response = client.history(DELETE, &opened.token, &opened.id).await;
        assert_eq!(refusal(response).await.1, "upstream_unreachable");
    }
    for response in
        [client.history(GET, &opened.token, &opened.id).await, client.send(&opened.token, &id(), "hi").await]
    {
        let expected = (StatusCode::SERVICE_UNAVAILABLE, "upstream_resting".to_owned());
        assert_eq!(refusal(response).await, expected);
    }
}

#[tokio::test]
async fn a_workflow_that_does_not_know_an_action_goes_on_answering_messages() {
    let upstream = FakeUpstream::start(|request, _| match request.json()["action"].as_str() {
        Some("sendMessage") => ok(),
        _ => Script::whole(500, "application/json", r#"{"message":"Error in workflow"}"#),
    });
    let fixture = Fixture::new(upstream, &[]);
    let opened = fixture.client.create().await;
    for _ in 0..8 {
        let response = fixture.client.history(GET, &opened.token, &opened.id).await;
        assert_eq!(refusal(response).await.1, "upstream_status");
    }
    whole(fixture.client.send(&opened.token, &id(), "hi").await).await;
}

#[tokio::test]
async fn any_2xx_means_that_the_conversation_is_forgotten() {
    let hung_up = Signal::new();
    let open = Script::head(200, "application/json", Framing::Chunked);
    for script in [
        Script::new().raw("HTTP/1.1 204 No Content\r\n\r\n"),
        Script::whole(202, "text/html", "<!doctype html>"),
        Script::whole(200, "application/json", ""),
        json_script(&json!({"error": "no"})),
        open.clone().piece("{").breaks(),
        open.clone().stall(&hung_up),
        open.flood("x".repeat(10_000), &hung_up),
    ] {
        let fixture = Fixture::with(script);
        let opened = fixture.client.create().await;
        let response = fixture.client.history(DELETE, &opened.token, &opened.id).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }
}

/// Asks for the history in a task of its own.
fn spawn_history(fixture: &Fixture, opened: &Opened) -> JoinHandle<Response> {
    let (client, opened) = (fixture.client.clone(), opened.clone());
    tokio::spawn(async move { client.history(GET, &opened.token, &opened.id).await })
}

/// Returns something once a call is answered rather than refused for want of a permit.
fn is_permitted(response: &Response) -> Option<()> {
    let is_refused = response.status() == StatusCode::TOO_MANY_REQUESTS;
    assert!(is_refused || response.status() == StatusCode::OK, "{response:?}");
    (!is_refused).then_some(())
}

/// Waits for a signal while the other tasks of a test go on.
async fn wait_for(signal: &Signal) {
    let signal = signal.clone();
    let waiting = spawn_blocking(move || signal.wait("the workflow to be asked"));
    waiting.await.unwrap();
}

/// A history that waits for the test. The connection stays open, as the next call over it expects.
fn history_after(asked: &Signal, go_on: &Signal) -> Script {
    let body = r#"{"messages":[{"role":"user","content":"hi"}]}"#;
    Script::new()
        .set(asked)
        .wait(go_on)
        .then_head(200, "application/json", Framing::Length(body.len()))
        .raw(body)
}

#[tokio::test]
async fn a_call_holds_a_permit_until_the_workflow_is_done_even_where_the_visitor_has_left() {
    let (asked, go_on) = (Signal::new(), Signal::new());
    let upstream = FakeUpstream::always(history_after(&asked, &go_on));
    let fixture = Fixture::new(upstream, &[("MAX_STREAMS_PER_ADDRESS", "1")]);
    let opened = fixture.client.create().await;
    let leaving = spawn_history(&fixture, &opened);
    wait_for(&asked).await;
    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    for response in [
        fixture.client.history(GET, &opened.token, &opened.id).await,
        fixture.client.history(DELETE, &opened.token, &opened.id).await,
        fixture.client.send(&opened.token, &id(), "hi").await,
    ] {
        let expected = (StatusCode::TOO_MANY_REQUESTS, "rate_limited".to_owned());
        assert_eq!(refusal(response).await, expected);
    }
    go_on.set();
    until_ready("the permit to be released", async || {
        is_permitted(&fixture.client.history(GET, &opened.token, &opened.id).await)
    })
    .await;
    assert_eq!(fixture.calls(), 2);
}

#[tokio::test]
async fn a_history_that_is_not_read_holds_its_permit() {
    let long = json!({"messages": [{"role": "user", "content": "x".repeat(900 * 1024)}]});
    let fixture = Fixture::new(FakeUpstream::always(json_script(&long)), &[("MAX_STREAMS_PER_ADDRESS", "1")]);
    let opened = fixture.client.create().await;
    let token = format!("Bearer {}", opened.token);
    let target = format!("{}/{}", path::CHAT_HISTORY, opened.id);
    let mut slow = RawConnection::open(&fixture.proxy);
    slow.write(request("GET", &target, &[("Origin", ORIGIN), ("Authorization", &token)], b""));
    assert_eq!(slow.line().unwrap(), "HTTP/1.1 200 OK");
    let again = || fixture.client.history(GET, &opened.token, &opened.id);
    assert_eq!(again().await.status(), StatusCode::TOO_MANY_REQUESTS);
    drop(slow);
    until_ready("the permit to be released", async || is_permitted(&again().await)).await;
}

#[tokio::test]
async fn a_call_waits_in_the_queue_of_the_messages() {
    let (asked, go_on) = (Signal::new(), Signal::new());
    let upstream = FakeUpstream::always(history_after(&asked, &go_on));
    let fixture = Fixture::new(upstream, &[("UPSTREAM_CONCURRENCY", "1")]);
    let opened = fixture.client.create().await;
    let running = spawn_history(&fixture, &opened);
    wait_for(&asked).await;
    let (mut one, mut other) = (spawn_history(&fixture, &opened), spawn_history(&fixture, &opened));
    let (refused, waiting) = tokio::select! {
        refused = &mut one => (refused.unwrap(), other),
        refused = &mut other => (refused.unwrap(), one),
    };
    let expected = (StatusCode::SERVICE_UNAVAILABLE, "busy_workflow".to_owned());
    assert_eq!(refusal(refused).await, expected);
    assert_eq!(fixture.calls(), 1);
    go_on.set();
    for answered in [running, waiting] {
        assert_eq!(answered.await.unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_call_in_flight_is_waited_for_at_the_end_and_none_is_added() {
    let (asked, go_on) = (Signal::new(), Signal::new());
    let mut fixture = Fixture::with(history_after(&asked, &go_on));
    let opened = fixture.client.create().await;
    let asked_already = spawn_history(&fixture, &opened);
    wait_for(&asked).await;
    fixture.proxy.ask_to_end();
    fixture.proxy.wait_for_log("serve.draining");
    for method in [GET, DELETE] {
        let response = fixture.client.history(method, &opened.token, &opened.id).await;
        assert!(response.headers().contains_key("retry-after"));
        let expected = (StatusCode::SERVICE_UNAVAILABLE, "draining".to_owned());
        assert_eq!(refusal(response).await, expected);
    }
    go_on.set();
    assert_eq!(asked_already.await.unwrap().status(), StatusCode::OK);
    assert!(fixture.proxy.wait_for_end().success());
    assert_eq!(fixture.calls(), 1);
}
