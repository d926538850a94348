//! Answers as such: their form, and the headers that every one carries.

use porthole_protocol::path;
use porthole_tests::Upstream;
use reqwest::{Method, StatusCode};

use crate::scene::{Scene, id, ok, problem, refusal, whole};

#[tokio::test]
async fn the_form_of_an_answer_is_the_one_that_is_liked_best() {
    const SSE: &str = "text/event-stream";
    const LINES: &str = "application/x-ndjson";
    const JSON: &str = "application/json";
    let scene = Scene::plain();
    let token = scene.client.create().await.token;
    let id = id();
    whole(scene.client.send(&token, &id, "hi").await).await;
    for (accept, form) in [
        (None, SSE),
        (Some("*/*"), SSE),
        (Some("text/*"), SSE),
        (Some(SSE), SSE),
        (Some("text/event-stream; charset=utf-8"), SSE),
        (Some(LINES), LINES),
        (Some(JSON), JSON),
        (Some("application/*"), JSON),
        (Some("Application/JSON"), JSON),
        (Some("application/json, text/event-stream"), JSON),
        (Some("text/html, */*;q=0.1"), SSE),
        (Some("text/event-stream;q=0.1, application/json;q=0.9"), JSON),
        (Some("text/event-stream;q=0, application/json"), JSON),
        (Some("text/event-stream;q=0, */*;q=0.5"), JSON),
        (Some("application/json;q=0, */*"), SSE),
        (Some("*/*, application/json;q=0.5"), SSE),
    ] {
        let request = scene
            .client
            .request(Method::GET, &format!("{}/{id}", path::CHAT_MESSAGE))
            .bearer_auth(&token);
        let request = accept
            .iter()
            .fold(request, |request, accept| request.header("accept", *accept));
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], form, "{accept:?}");
    }
    for accept in [
        "text/html",
        "text/event-stream;q=0",
        "*/*;q=0",
        "text/event-stream;q=0, text/*",
        "garbage",
        "application/json;q=2",
        "image/*, font/*",
    ] {
        let request = scene
            .client
            .request(Method::GET, &format!("{}/{id}", path::CHAT_MESSAGE))
            .bearer_auth(&token);
        let response = request.header("accept", accept).send().await.unwrap();
        assert_eq!(
            refusal(response).await,
            (StatusCode::NOT_ACCEPTABLE, "not_acceptable".into()),
            "{accept}"
        );
    }
}

#[tokio::test]
async fn every_answer_says_what_it_must_not_be_used_for() {
    let scene = Scene::of(Upstream::always(ok()), &[("HOSTED_PAGE", "true")]);
    for target in [
        "/health",
        "/nothing",
        "/chat",
        "/frame",
        "/widget.js",
        "/metrics",
        "/api/v1/nothing",
        "/.well-known/jwks.json",
    ] {
        let response = scene.client.plain(Method::GET, target).send().await.unwrap();
        for name in ["x-request-id", "content-security-policy", "cache-control"] {
            assert!(response.headers().contains_key(name), "{target} {name}");
        }
        assert_eq!(
            response.headers()["x-content-type-options"],
            "nosniff",
            "{target}"
        );
        assert_eq!(response.headers()["referrer-policy"], "no-referrer", "{target}");
        assert!(!response.headers().contains_key("set-cookie"), "{target}");
    }
    let (_, body) = problem(scene.client.plain(Method::GET, "/nothing").send().await.unwrap()).await;
    let mut members: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(
        members,
        ["code", "detail", "request_id", "status", "title", "type"]
    );
}
