//! The API.

use std::collections::HashSet;

use porthole_protocol::path;
use porthole_tests::client::ORIGIN;
use porthole_tests::upstream::nowhere;
use porthole_tests::{Client, FakeUpstream, Script};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::CheckedResponse;
use crate::fixture::{Fixture, PUBLIC_URL, id, message, ok, whole};

/// A workflow that does what the message says.
fn obedient() -> FakeUpstream {
    FakeUpstream::start(|request, _| match request.json()["chatInput"].as_str() {
        Some("502") => Script::whole(500, "text/html", "<!doctype html>"),
        Some("empty") => Script::whole(200, "application/json", "{}"),
        _ => ok(),
    })
}

#[tokio::test]
async fn every_answer_of_the_api_can_be_read_by_the_listed_page_and_by_no_other() {
    let fixture = Fixture::new(obedient(), &[]);
    let token = fixture.client.create().await.token;
    let replied = id();
    whole(fixture.client.send(&token, &replied, "hi").await).await;
    let fresh = fixture.client.create().await.token;
    let failing = fixture.client.create().await.token;
    let json = |token: &str, path: &str, body: Value| fixture.client.post(path, &body).bearer_auth(token);
    let join = |last: &str| {
        let target = format!("{}/{replied}", path::CHAT_MESSAGE);
        let request = fixture.client.request(Method::GET, &target).bearer_auth(&token);
        request.header("last-event-id", last)
    };
    let say = |text: &str| json(&failing, path::CHAT_MESSAGE, json!({"message_id": id(), "message": text}));
    let rows: Vec<(u16, RequestBuilder)> = vec![
        (201, fixture.client.post(path::SESSION_CREATE, &json!({}))),
        (200, fixture.client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(&token)),
        (200, json(&fresh, path::CHAT_MESSAGE, message())),
        (200, json(&fixture.client.create().await.token, path::CHAT_STREAM, message())),
        (200, join("0")),
        (204, join("2")),
        (400, join("x")),
        (400, json(&token, path::CHAT_MESSAGE, json!([]))),
        (401, json("x", path::CHAT_MESSAGE, message())),
        (
            404,
            fixture
                .client
                .request(Method::GET, &format!("{}/{}", path::CHAT_MESSAGE, id()))
                .bearer_auth(&token),
        ),
        (404, fixture.client.request(Method::GET, "/api/v1/nothing")),
        (404, fixture.client.request(Method::OPTIONS, "/api/v1/nothing")),
        (405, fixture.client.request(Method::PUT, path::CHAT_MESSAGE)),
        (405, fixture.client.request(Method::HEAD, path::SESSION_VALIDATE)),
        (406, json(&token, path::CHAT_MESSAGE, message()).header("accept", "text/html")),
        (409, json(&token, path::CHAT_MESSAGE, json!({"message_id": replied, "message": "other"}))),
        (413, json(&token, path::CHAT_MESSAGE, json!("x".repeat(600_000)))),
        (415, fixture.client.request(Method::POST, path::CHAT_MESSAGE).bearer_auth(&token).body("{}")),
        (422, json(&token, path::CHAT_MESSAGE, json!({}))),
        (431, fixture.client.request(Method::OPTIONS, path::CHAT_MESSAGE).header("x", "x".repeat(40_000))),
        (502, say("502")),
        (502, say("empty")),
        (204, fixture.client.request(Method::OPTIONS, path::CHAT_MESSAGE)),
        (
            204,
            fixture
                .client
                .request(Method::DELETE, &format!("{}/{replied}", path::CHAT_MESSAGE))
                .bearer_auth(&token),
        ),
        (200, json(&token, path::SESSION_END, json!({}))),
    ];
    for (at, (status, request)) in rows.into_iter().enumerate() {
        let other = request.try_clone().unwrap().build().unwrap();
        let answer =
            CheckedResponse::fetch(format!("{at}: {} {}", other.method(), other.url().path()), request).await;
        assert_eq!(answer.status, status, "{}", answer.row);
        answer.assert_complete();
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{}", answer.row);
        assert!(answer.headers.contains_key("access-control-expose-headers"), "{}", answer.row);
        assert_eq!(answer.header("vary"), Some("Origin"), "{}", answer.row);
        for origin in ["https://evil.example", "null", PUBLIC_URL] {
            let client = Client::with_origin(&fixture.proxy, origin);
            let request = client.request(other.method().clone(), other.url().path());
            let answer = CheckedResponse::fetch(format!("{at} from {origin}"), request).await;
            answer.assert_complete();
            assert!(
                !answer.head().iter().any(|(name, _)| name.starts_with("access-control")),
                "{}",
                answer.row
            );
            assert_eq!(answer.header("vary"), Some("Origin"), "{}", answer.row);
        }
    }
}

#[tokio::test]
async fn limits_and_outages_answer_with_complete_headers() {
    let fixture = Fixture::new(
        FakeUpstream::always(ok()),
        &[("RATE_LIMIT_CALLS_PER_MINUTE", "3"), ("N8N_WEBHOOK_URL", &nowhere())],
    );
    let token = fixture.client.create().await.token;
    let send = || fixture.client.post(path::CHAT_MESSAGE, &message()).bearer_auth(&token);
    let mut seen = HashSet::new();
    for at in 0..5 {
        let answer = CheckedResponse::fetch(format!("{at}"), send()).await;
        answer.assert_complete();
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{at}");
        assert_eq!(answer.headers.contains_key("retry-after"), answer.status == 429, "{at}");
        seen.insert(answer.status);
    }
    assert_eq!(seen, HashSet::from([502, 429]));
}

const METHOD: &str = "access-control-request-method";
const HEADERS: &str = "access-control-request-headers";

#[tokio::test]
async fn a_preflight_is_answered_the_same_whatever_it_asks_for() {
    let fixture = Fixture::plain();
    let ask = |headers: &[(&'static str, String)]| {
        let request = fixture.client.request(Method::OPTIONS, path::CHAT_MESSAGE);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    };
    let plain = CheckedResponse::fetch("plain", ask(&[])).await;
    let many: Vec<String> = (0..1000).map(|at| format!("x-{at}")).collect();
    for (at, headers) in [
        vec![(METHOD, "POST".into())],
        vec![(METHOD, "PUT".into())],
        vec![(METHOD, "post".into()), (METHOD, "DELETE".into())],
        vec![(METHOD, "\u{e9}, <script>".into()), (HEADERS, "<script>, *, \"".into())],
        vec![(METHOD, String::new()), (HEADERS, String::new())],
        vec![(METHOD, "POST".into()), (HEADERS, many.join(","))],
        vec![(HEADERS, "authorization".into()), (HEADERS, "x-evil".into())],
        vec![("access-control-request-private-network", "true".into())],
        vec![("access-control-request-credentials", "true".into())],
    ]
    .iter()
    .enumerate()
    {
        let answer = CheckedResponse::fetch(format!("{at}"), ask(headers)).await;
        assert_eq!((answer.status, answer.head()), (204, plain.head()), "{at}");
        answer.assert_complete();
    }
    assert_eq!(plain.header("access-control-max-age"), Some("600"));
    assert_eq!(plain.header("access-control-allow-methods"), Some("POST, OPTIONS"));
}

#[tokio::test]
async fn a_refusal_beyond_the_limit_of_calls_is_readable_for_the_listed_page_alone() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("RATE_LIMIT_CALLS_PER_MINUTE", "1")]);
    let post = || fixture.client.request(Method::POST, path::CHAT_MESSAGE);
    let json = || post().header("content-type", "application/json");
    let rows = [
        (405, fixture.client.request(Method::PUT, path::CHAT_MESSAGE)),
        (413, json().body("x".repeat(600_000))),
        (415, post().body("x")),
        (431, post().header("x", "x".repeat(40_000))),
    ];
    for (at, (status, request)) in rows.into_iter().enumerate() {
        let elsewhere = request.try_clone().unwrap().build().unwrap();
        let answer = CheckedResponse::fetch(format!("{status}"), request).await;
        assert_eq!(answer.status, if at == 0 { status } else { 429 }, "{status}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{status}");
        assert_eq!(answer.header("vary"), Some("Origin"), "{status}");
        let evil = Client::with_origin(&fixture.proxy, "https://evil.example");
        let evil = evil.request(elsewhere.method().clone(), elsewhere.url().path());
        let answer = CheckedResponse::fetch(format!("{status} elsewhere"), evil).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (429, None), "{status}");
    }
}
