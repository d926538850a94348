//! History: reading it from the workflow, and having it forgotten (contract §7, §9).

use std::collections::BTreeSet;

use porthole_protocol::path;
use porthole_tests::client::{ORIGIN, json_of};
use porthole_tests::proxy::SESSION_SECRET_KEY;
use porthole_tests::{Client, FakeUpstream, Proxy, Script};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Fixture, bytes_of, first_turn, id, item, next_token, ok, refusal};
use crate::n8n::capture;
use crate::workflow::{CREDENTIALS, claims_of, names};

pub(crate) const GET: Method = Method::GET;
pub(crate) const DELETE: Method = Method::DELETE;

pub(crate) fn json_script(body: &Value) -> Script {
    Script::whole(200, "application/json", body.to_string())
}

pub(crate) fn remembers() -> Script {
    json_script(&json!({"messages": [{"role": "user", "content": "hi", "at": "2026-11-21T13:16:10+01:00"}]}))
}

#[tokio::test]
async fn a_history_holds_the_messages_of_n8n_and_nothing_else() {
    let fixture = Fixture::with(capture("e_load_previous_memory"));
    let opened = fixture.client.create().await;
    let response = fixture.client.history(GET, &opened.token, &opened.id).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let (status, body) = json_of(response).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body,
        json!({"messages": [
            {"role": "user", "content": "tokens=4 delay=5 first"},
            {"role": "assistant", "content": "The quick brown fox "},
            {"role": "user", "content": "tokens=4 delay=5 second"},
            {"role": "assistant", "content": "The quick brown fox "},
        ]})
    );
    let request = fixture.upstream.requests().pop().unwrap();
    let asked = request.json();
    let expected = json!({
        "action": "loadPreviousSession", "sessionId": asked["sessionId"],
        "metadata": {"site": "default", "origin": ORIGIN},
    });
    assert_eq!(asked, expected);
    assert!(!request.text().contains(&opened.id), "the raw session id never leaves the proxy");
    assert!(!body.to_string().contains(asked["sessionId"].as_str().unwrap()));
}

#[tokio::test]
async fn thoughts_in_a_history_are_handled_as_the_site_says() {
    let said = json!([{"role": "ai", "content": "<think>Sold out.</think>\nIn May."}]);
    for (thoughts, want) in
        [("hide", "In May."), ("step", "In May."), ("keep", "<think>Sold out.</think>\nIn May.")]
    {
        let fixture = Fixture::new(FakeUpstream::always(json_script(&said)), &[("THOUGHTS", thoughts)]);
        let opened = fixture.client.create().await;
        let (_, body) = json_of(fixture.client.history(GET, &opened.token, &opened.id).await).await;
        assert_eq!(body["messages"][0]["content"], want, "{thoughts}");
    }
}

#[tokio::test]
async fn an_n8n_without_a_memory_is_no_fault() {
    for name in ["e_load_previous_off", "e_load_previous_stream_no_memory", "e_load_previous_unknown_session"]
    {
        let fixture = Fixture::with(capture(name));
        let opened = fixture.client.create().await;
        let response = fixture.client.history(GET, &opened.token, &opened.id).await;
        let expected = (StatusCode::NOT_FOUND, "no_history".to_owned());
        assert_eq!(refusal(response).await, expected, "{name}");
        assert!(!fixture.proxy.log().contains("WARN"), "{name}: {}", fixture.proxy.log());
    }
}

#[tokio::test]
async fn history_is_requested_for_the_session_of_its_messages() {
    let upstream = FakeUpstream::start(|request, _| match request.json()["action"].as_str() {
        Some("sendMessage") => ok(),
        _ => remembers(),
    });
    let fixture = Fixture::new(upstream, &[]);
    let (opened, frames) = first_turn(&fixture.client).await;
    // An older token will do.
    for token in [&opened.token, &next_token(&frames)] {
        let (status, body) = json_of(fixture.client.history(GET, token, &opened.id).await).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            body,
            json!({"messages": [{"role": "user", "content": "hi", "at": "2026-11-21T12:16:10Z"}]})
        );
        let forgotten = fixture.client.history(DELETE, token, &opened.id).await;
        assert_eq!(forgotten.status(), StatusCode::NO_CONTENT);
        assert_eq!(forgotten.text().await.unwrap(), "");
    }
    let requests = fixture.upstream.requests();
    let wsid = &requests[0].json()["sessionId"];
    let actions: Vec<Value> = requests[1..].iter().map(|request| request.json()["action"].clone()).collect();
    assert_eq!(actions, ["loadPreviousSession", "forget", "loadPreviousSession", "forget"]);
    assert!(requests.iter().all(|request| request.json()["sessionId"] == *wsid));
}

#[tokio::test]
async fn its_token_says_what_a_message_says_but_for_the_message() {
    let fixture = Fixture::with(remembers());
    let opened = fixture.client.create().await;
    for (at, method) in [GET, DELETE, DELETE].into_iter().enumerate() {
        fixture.client.history(method, &opened.token, &opened.id).await;
        let request = &fixture.upstream.wait_for(at + 1)[at];
        let claims = claims_of(request, SESSION_SECRET_KEY, &fixture.upstream.url());
        let expected = ["iss", "aud", "sub", "jti", "iat", "exp", "site", "origin", "turn"];
        assert_eq!(names(&claims), BTreeSet::from(expected));
        assert_eq!((&claims["turn"], &claims["sub"]), (&json!(0), &request.json()["sessionId"]));
    }
    let requests = fixture.upstream.requests();
    let keys: BTreeSet<_> =
        requests.iter().map(|request| request.header("idempotency-key").unwrap()).collect();
    assert_eq!(keys.len(), 3, "what is asked again is meant again");
}

#[tokio::test]
async fn every_way_in_which_a_webhook_knows_us_is_used() {
    for (settings, authorization, key) in CREDENTIALS {
        let fixture = Fixture::new(FakeUpstream::always(remembers()), settings);
        let opened = fixture.client.create().await;
        let response = fixture.client.history(GET, &opened.token, &opened.id).await;
        assert_eq!(response.status(), StatusCode::OK);
        let request = fixture.upstream.requests().pop().unwrap();
        assert_eq!(request.header("authorization"), authorization, "{settings:?}");
        assert_eq!(request.header("x-api-key"), key, "{settings:?}");
    }
}

#[tokio::test]
async fn an_id_other_than_the_tokens_is_unknown_and_no_workflow_is_called() {
    let fixture = Fixture::with(json_script(&json!({"data": []})));
    let (mine, other) = (fixture.client.create().await, fixture.client.create().await);
    let unknown = bytes_of(fixture.client.history(GET, &mine.token, &mine.id).await).await;
    assert!(unknown.contains("\"no_history\""), "{unknown}");
    assert_eq!(fixture.calls(), 1);
    let upper = mine.id.to_uppercase();
    let plain = mine.id.replace('-', "");
    for id in [&other.id, &id(), &upper, &plain, "x", "%ff", "%00", "..%2f", &"a".repeat(2000)] {
        let answer = bytes_of(fixture.client.history(GET, &mine.token, id).await).await;
        assert_eq!(answer, unknown, "{id}");
        let answer = bytes_of(fixture.client.history(DELETE, &mine.token, id).await).await;
        assert_eq!(answer, unknown, "{id}");
    }
    assert_eq!(fixture.calls(), 1, "of {:?}", fixture.upstream.requests());
}

#[tokio::test]
async fn a_body_that_is_no_history_fails_and_the_log_says_why() {
    let stream = [
        json!({"type": "begin"}).to_string() + "\n",
        item("canary-of-the-workflow"),
        json!({"type": "end"}).to_string() + "\n",
    ];
    let table = [
        (Script::whole(200, "text/html", "<!doctype html>canary-of-the-workflow"), "an HTML page"),
        (Script::whole(200, "text/plain", "canary-of-the-workflow"), "text instead of JSON"),
        (Script::pieces("application/json", stream), "text instead of JSON"),
        (json_script(&json!({"output": "canary-of-the-workflow"})), "JSON without a list of messages"),
        (capture("f_immediate"), "the workflow was only started"),
        (Script::whole(200, "application/json", ""), "no body"),
    ];
    for (script, cause) in table {
        let fixture = Fixture::with(script);
        let opened = fixture.client.create().await;
        let response = fixture.client.history(GET, &opened.token, &opened.id).await;
        let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let expected = (StatusCode::NOT_FOUND, "no_history".to_owned());
        assert_eq!(refusal(response).await, expected, "{cause}");
        let line = fixture.proxy.wait_for_log("history.unreadable");
        assert!(line.contains(cause) && line.contains(&request_id) && line.contains("WARN"), "{line}");
        assert!(!fixture.proxy.log().contains("canary"), "{}", fixture.proxy.log());
    }
}

#[tokio::test]
async fn a_history_is_read_however_its_bytes_are_cut() {
    let body =
        json!({"messages": [{"role": "user", "text": "é😀"}, {"role": "bot", "text": "ok"}]}).to_string();
    let stream: String = [
        json!({"type": "begin"}).to_string(),
        json!({"type": "item", "content": body}).to_string(),
        json!({"type": "end"}).to_string(),
    ]
    .map(|line| line + "\r\n")
    .concat();
    for body in [body, stream] {
        let fixture = Fixture::with(Script::pieces("text/html", body.bytes().map(|byte| vec![byte])));
        let opened = fixture.client.create().await;
        let (_, answer) = json_of(fixture.client.history(GET, &opened.token, &opened.id).await).await;
        assert_eq!(
            answer,
            json!({"messages": [{"role": "user", "content": "é😀"}, {"role": "assistant", "content": "ok"}]})
        );
    }
}

#[tokio::test]
async fn the_gate_stands_before_it() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let address = format!("{}/{}", path::CHAT_HISTORY, opened.id);
    let refused = async |request: reqwest::RequestBuilder| refusal(request.send().await.unwrap()).await.1;
    for method in [GET, DELETE] {
        assert_eq!(refused(fixture.client.request(method.clone(), &address)).await, "invalid_token");
        let evil = Client::with_origin(&fixture.proxy, "https://evil.example");
        let request = evil.request(method, &address).bearer_auth(&opened.token);
        assert_eq!(refused(request).await, "origin_not_allowed");
    }
    for method in [Method::POST, Method::PUT, Method::HEAD] {
        let request = fixture.client.request(method, &address).bearer_auth(&opened.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()["allow"], "GET, DELETE, OPTIONS");
    }
    let preflight = fixture.client.request(Method::OPTIONS, &address);
    let preflight = preflight.header("access-control-request-method", "DELETE").send().await.unwrap();
    assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
    assert_eq!(preflight.headers()["access-control-allow-methods"], "GET, DELETE, OPTIONS");
    for path in [path::CHAT_HISTORY.to_owned(), format!("{address}/"), format!("{address}/x")] {
        assert_eq!(refused(fixture.client.request(GET, &path)).await, "not_found");
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn documents_remember_nothing_and_forget_readily() {
    let proxy = Proxy::with_documents(&[("ALLOWED_ORIGINS", ORIGIN)]);
    let client = Client::new(&proxy);
    let opened = client.create().await;
    let loaded = client.history(GET, &opened.token, &opened.id).await;
    assert_eq!(refusal(loaded).await, (StatusCode::NOT_FOUND, "no_history".to_owned()));
    let forgotten = client.history(DELETE, &opened.token, &opened.id).await;
    assert_eq!(forgotten.status(), StatusCode::NO_CONTENT);
    assert!(!proxy.log().contains("history.unreadable"));
}
