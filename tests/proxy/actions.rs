//! How calls of the workflow that are no messages fail, take their places, and end with the process (DESIGN §6.3, §7).

use porthole_protocol::path;
use porthole_tests::client::{ORIGIN, Opened};
use porthole_tests::upstream::{Framing, nowhere};
use porthole_tests::{Client, Script, Signal, Upstream};
use reqwest::{Response, StatusCode};
use serde_json::json;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::history::{DELETE, GET, json_script};
use crate::scene::{Scene, id, ok, production, refusal, whole};
use crate::wire::{Wire, request};

#[tokio::test]
async fn failures_of_the_workflow_are_those_that_messages_have() {
    let head = |framing| Script::head(200, "application/json", framing);
    let hung_up = Signal::new();
    let error = json!({"type": "error", "content": "canary"}).to_string() + "\n";
    let table = [
        (
            Script::whole(500, "application/json", "canary"),
            "upstream_status",
        ),
        (Script::whole(401, "text/html", "canary"), "upstream_status"),
        (Script::redirect("http://127.0.0.1:1/"), "upstream_status"),
        (Script::new().breaks(), "upstream_interrupted"),
        (
            head(Framing::Length(100)).raw("{\"data\":[").breaks(),
            "upstream_interrupted",
        ),
        (
            head(Framing::Chunked).piece(error).stall(&hung_up),
            "upstream_interrupted",
        ),
        (
            head(Framing::Chunked).flood("[0,0,0,0]".repeat(1000), &hung_up),
            "reply_too_large",
        ),
    ];
    for (script, code) in table {
        let scene = Scene::with(script);
        let opened = scene.client.create().await;
        let response = scene.client.history(GET, &opened.token, &opened.id).await;
        let expected = (StatusCode::BAD_GATEWAY, code.to_owned());
        assert_eq!(refusal(response).await, expected);
        assert!(
            scene
                .proxy
                .wait_for_log("action.failed")
                .contains("loadPreviousSession")
        );
        assert!(!scene.proxy.log().contains("canary"), "{code}");
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
    for response in [
        client.history(GET, &opened.token, &opened.id).await,
        client.send(&opened.token, &id(), "hi").await,
    ] {
        let expected = (StatusCode::SERVICE_UNAVAILABLE, "upstream_resting".to_owned());
        assert_eq!(refusal(response).await, expected);
    }
}

#[tokio::test]
async fn a_workflow_that_does_not_know_an_action_goes_on_answering_messages() {
    let upstream = Upstream::start(|request, _| match request.json()["action"].as_str() {
        Some("sendMessage") => ok(),
        _ => Script::whole(500, "application/json", r#"{"message":"Error in workflow"}"#),
    });
    let scene = Scene::of(upstream, &[]);
    let opened = scene.client.create().await;
    for _ in 0..8 {
        let response = scene.client.history(GET, &opened.token, &opened.id).await;
        assert_eq!(refusal(response).await.1, "upstream_status");
    }
    whole(scene.client.send(&opened.token, &id(), "hi").await).await;
}

#[tokio::test]
async fn whatever_comes_with_a_2xx_it_is_forgotten() {
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
        let scene = Scene::with(script);
        let opened = scene.client.create().await;
        let response = scene.client.history(DELETE, &opened.token, &opened.id).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }
}

/// Asks what the workflow remembers while the other tasks of a test go on.
fn asking(scene: &Scene, opened: &Opened) -> JoinHandle<Response> {
    let (client, opened) = (scene.client.clone(), opened.clone());
    tokio::spawn(async move { client.history(GET, &opened.token, &opened.id).await })
}

/// Waits for a signal while the other tasks of a test go on.
async fn given(signal: &Signal) {
    let signal = signal.clone();
    let waiting = spawn_blocking(move || signal.wait("the workflow to be asked"));
    waiting.await.unwrap();
}

/// What the workflow tells once it may. The connection stays, as the next call over it expects.
fn told_after(asked: &Signal, go_on: &Signal) -> Script {
    let body = r#"{"messages":[{"role":"user","content":"hi"}]}"#;
    Script::new()
        .give(asked)
        .wait(go_on)
        .then_head(200, "application/json", Framing::Length(body.len()))
        .raw(body)
}

#[tokio::test]
async fn a_call_takes_a_place_until_the_workflow_is_done_even_where_the_visitor_has_left() {
    let (asked, go_on) = (Signal::new(), Signal::new());
    let upstream = Upstream::always(told_after(&asked, &go_on));
    let scene = Scene::of(upstream, &[("MAX_STREAMS_PER_ADDRESS", "1")]);
    let opened = scene.client.create().await;
    let leaving = asking(&scene, &opened);
    given(&asked).await;
    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    for response in [
        scene.client.history(GET, &opened.token, &opened.id).await,
        scene.client.history(DELETE, &opened.token, &opened.id).await,
        scene.client.send(&opened.token, &id(), "hi").await,
    ] {
        let expected = (StatusCode::TOO_MANY_REQUESTS, "rate_limited".to_owned());
        assert_eq!(refusal(response).await, expected);
    }
    go_on.give();
    loop {
        let response = scene.client.history(GET, &opened.token, &opened.id).await;
        if response.status() == StatusCode::OK {
            break;
        }
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(scene.calls(), 2);
}

#[tokio::test]
async fn a_history_that_is_not_taken_holds_its_place() {
    let long = json!({"messages": [{"role": "user", "content": "x".repeat(900 * 1024)}]});
    let scene = Scene::of(
        Upstream::always(json_script(&long)),
        &[("MAX_STREAMS_PER_ADDRESS", "1")],
    );
    let opened = scene.client.create().await;
    let token = format!("Bearer {}", opened.token);
    let target = format!("{}/{}", path::CHAT_HISTORY, opened.id);
    let mut slow = Wire::to(&scene.proxy);
    slow.write(request(
        "GET",
        &target,
        &[("Origin", ORIGIN), ("Authorization", &token)],
        b"",
    ));
    assert_eq!(slow.line().unwrap(), "HTTP/1.1 200 OK");
    let again = || scene.client.history(GET, &opened.token, &opened.id);
    assert_eq!(again().await.status(), StatusCode::TOO_MANY_REQUESTS);
    drop(slow);
    loop {
        match again().await.status() {
            StatusCode::OK => break,
            status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
        }
    }
}

#[tokio::test]
async fn it_waits_in_the_queue_of_the_messages() {
    let (asked, go_on) = (Signal::new(), Signal::new());
    let upstream = Upstream::always(told_after(&asked, &go_on));
    let scene = Scene::of(upstream, &[("UPSTREAM_CONCURRENCY", "1")]);
    let opened = scene.client.create().await;
    let running = asking(&scene, &opened);
    given(&asked).await;
    let (mut one, mut other) = (asking(&scene, &opened), asking(&scene, &opened));
    let (refused, waiting) = tokio::select! {
        refused = &mut one => (refused.unwrap(), other),
        refused = &mut other => (refused.unwrap(), one),
    };
    let expected = (StatusCode::SERVICE_UNAVAILABLE, "busy_workflow".to_owned());
    assert_eq!(refusal(refused).await, expected);
    assert_eq!(scene.calls(), 1);
    go_on.give();
    for answered in [running, waiting] {
        assert_eq!(answered.await.unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn who_is_asked_already_is_waited_for_at_the_end_and_nobody_else_is_asked() {
    let (asked, go_on) = (Signal::new(), Signal::new());
    let mut scene = Scene::with(told_after(&asked, &go_on));
    let opened = scene.client.create().await;
    let asked_already = asking(&scene, &opened);
    given(&asked).await;
    scene.proxy.ask_to_end();
    scene.proxy.wait_for_log("serve.draining");
    for method in [GET, DELETE] {
        let response = scene.client.history(method, &opened.token, &opened.id).await;
        assert!(response.headers().contains_key("retry-after"));
        let expected = (StatusCode::SERVICE_UNAVAILABLE, "draining".to_owned());
        assert_eq!(refusal(response).await, expected);
    }
    go_on.give();
    assert_eq!(asked_already.await.unwrap().status(), StatusCode::OK);
    assert!(scene.proxy.wait_for_end().success());
    assert_eq!(scene.calls(), 1);
}
