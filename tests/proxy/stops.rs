//! Stopping a reply, and revoking its session meanwhile (contract §4, "Stop").

use porthole_protocol::path;
use porthole_tests::client::{Events, json_data};
use porthole_tests::upstream::Framing;
use porthole_tests::{Script, Signal};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::fixture::{Fixture, error_code, id, item, next_token, problem, refusal, sealed_text, whole};

#[tokio::test]
async fn a_reply_stopped_in_the_middle_is_sealed_with_what_was_said() {
    let rest = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked)
        .piece(item("half"))
        .wait(&rest)
        .piece(item(" more"));
    let fixture = Fixture::with(script.end());
    let token = fixture.client.create().await.token;
    let id = id();
    let mut events = Events::from_response(fixture.client.send(&token, &id, "hi").await).await;
    let mut frames = vec![events.next().await.unwrap(), events.next().await.unwrap()];
    for _ in 0..3 {
        assert_eq!(fixture.client.stop(&token, &id).await.status(), StatusCode::NO_CONTENT);
    }
    frames.extend(events.rest().await);
    assert_eq!(sealed_text(&frames), "half");
    let done = json_data(frames.last().unwrap());
    assert_eq!((&done["end"], &done["turn"]), (&json!("stopped"), &json!(1)));
    assert_eq!(whole(fixture.client.join(&token, &id, None).await).await, frames);
    assert_eq!(whole(fixture.client.send(&token, &id, "hi").await).await, frames);
    rest.set();
    let next = whole(fixture.client.send(&next_token(&frames), &crate::fixture::id(), "on").await).await;
    assert_eq!(json_data(next.last().unwrap())["turn"], 2);
}

#[tokio::test]
async fn a_reply_stopped_before_its_first_word_seals_nothing() {
    let rest = Signal::new();
    let script =
        Script::head(200, "application/json", Framing::Chunked).piece("{\"type\":\"begin\"}\n").wait(&rest);
    let fixture = Fixture::with(script.end());
    let token = fixture.client.create().await.token;
    let id = id();
    let events = fixture.client.send(&token, &id, "hi").await;
    assert_eq!(fixture.client.stop(&token, &id).await.status(), StatusCode::NO_CONTENT);
    let frames = whole(events).await;
    assert_eq!(error_code(&frames), "stopped");
    assert_eq!(whole(fixture.client.join(&token, &id, None).await).await, frames);
    assert_eq!(fixture.client.stop(&token, &id).await.status(), StatusCode::NO_CONTENT);
    let validate = fixture.client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(&token);
    let valid = porthole_tests::client::json_of(validate.send().await.unwrap()).await.1;
    assert_eq!(valid["turn"], 0);
    rest.set();
}

#[tokio::test]
async fn a_reply_stopped_before_the_workflow_said_anything_is_a_problem() {
    let rest = Signal::new();
    let fixture = Fixture::with(Script::new().wait(&rest));
    let token = fixture.client.create().await.token;
    for accept in ["text/event-stream", "application/json"] {
        let body = json!({"message_id": id(), "message": "hi"});
        let message_id = body["message_id"].as_str().unwrap().to_owned();
        let calls = fixture.calls();
        let stop = async {
            let count = calls + 1;
            while fixture.calls() < count {
                tokio::task::yield_now().await;
            }
            fixture.client.stop(&token, &message_id).await.status()
        };
        let (response, stopped) = tokio::join!(fixture.client.send_as(accept, &token, &body), stop);
        assert_eq!(stopped, StatusCode::NO_CONTENT);
        assert_eq!(problem(response).await.1["code"], "stopped", "{accept}");
    }
    rest.set();
}

#[tokio::test]
async fn stopping_what_has_ended_changes_nothing_and_what_is_unknown_is_404() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let id = id();
    let frames = whole(fixture.client.send(&token, &id, "hi").await).await;
    assert_eq!(fixture.client.stop(&token, &id).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(whole(fixture.client.join(&token, &id, None).await).await, frames);
    let unknown = fixture.client.stop(&token, &crate::fixture::id()).await;
    assert_eq!(refusal(unknown).await, (StatusCode::NOT_FOUND, "stream_lost".into()));
}

#[tokio::test]
async fn a_session_that_ends_during_its_reply_gets_no_further_token() {
    let rest = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked)
        .piece(item("half"))
        .wait(&rest)
        .piece(item(" more"));
    let fixture = Fixture::with(script.end());
    let token = fixture.client.create().await.token;
    let running = fixture.client.send(&token, &id(), "hi").await;
    let end = fixture.client.request(Method::POST, path::SESSION_END).bearer_auth(&token);
    assert_eq!(end.send().await.unwrap().status(), StatusCode::OK);
    rest.set();
    assert_eq!(error_code(&whole(running).await), "session_ended");
}
