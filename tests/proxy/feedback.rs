//! Feedback on replies (contract §7).

use std::collections::BTreeSet;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use porthole_protocol::path;
use porthole_tests::client::{ORIGIN, json_data};
use porthole_tests::proxy::SESSION_SECRET_KEY;
use porthole_tests::upstream::RecordedRequest;
use porthole_tests::{Client, FakeUpstream, Proxy, Script};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Fixture, id, ok, problem, refusal, whole};
use crate::metrics;
use crate::workflow::{claims_of, names};

const CANARY: &str = "canary-of-a-comment";

/// A session and feedback on its first reply that nothing is wrong with.
async fn rated(client: &Client) -> (String, Value) {
    let (opened, message_id) = (client.create().await, id());
    let frames = whole(client.send(&opened.token, &message_id, "hi").await).await;
    let done = json_data(frames.last().unwrap());
    let feedback = json!({
        "message_id": message_id, "rating": "up", "receipt": done["receipt"], "turn": done["turn"],
        "head": done["head"],
    });
    (opened.token, feedback)
}

fn with(feedback: &Value, name: &str, value: Value) -> Value {
    let mut changed = feedback.clone();
    changed[name] = value;
    changed
}

#[tokio::test]
async fn a_rating_reaches_the_workflow_with_the_names_that_its_message_had() {
    let fixture = Fixture::plain();
    let (token, feedback) = rated(&fixture.client).await;
    let comment = " Wrong: é😀 <b>\n\t\"1042\" ";
    let down = with(&with(&feedback, "rating", json!("down")), "comment", json!(comment));
    for body in
        [&feedback, &down, &with(&feedback, "comment", json!("")), &with(&feedback, "comment", json!(null))]
    {
        let response = fixture.client.feedback(&token, body).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{body}");
        assert_eq!(response.text().await.unwrap(), "");
    }
    let requests = fixture.upstream.requests();
    let message = requests[0].json();
    let up = json!({
        "action": "feedback", "sessionId": message["sessionId"], "rating": "up",
        "metadata": {
            "messageId": message["metadata"]["messageId"], "turn": message["metadata"]["turn"],
            "site": "default", "origin": ORIGIN,
        },
    });
    let down = with(&with(&up, "rating", json!("down")), "comment", json!(comment));
    let sent: Vec<Value> = requests[1..].iter().map(RecordedRequest::json).collect();
    assert_eq!(sent, [up.clone(), down, up], "the same again is known");
    let keys: BTreeSet<_> =
        requests.iter().map(|request| request.header("idempotency-key").unwrap()).collect();
    assert_eq!(keys.len(), 4, "no key is the message's or repeats");
    let claims = claims_of(&requests[1], SESSION_SECRET_KEY, &fixture.upstream.url());
    let expected = ["iss", "aud", "sub", "jti", "iat", "exp", "site", "origin", "turn"];
    assert_eq!(names(&claims), BTreeSet::from(expected));
    assert_eq!((&claims["turn"], &claims["sub"]), (&json!(1), &message["sessionId"]));
}

#[tokio::test]
async fn the_same_feedback_again_is_known_and_one_that_failed_is_told_again() {
    let failures = AtomicUsize::new(1);
    let upstream = FakeUpstream::start(move |request, _| {
        let fails = request.json()["action"] == "feedback"
            && failures.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok();
        if fails { Script::whole(500, "application/json", "{}") } else { ok() }
    });
    let fixture = Fixture::new(upstream, &[("RATE_LIMIT_ACTIONS_PER_MINUTE", "4")]);
    let (token, feedback) = rated(&fixture.client).await;
    let (status, _) = refusal(fixture.client.feedback(&token, &feedback).await).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    let send = || fixture.client.feedback(&token, &feedback);
    let (one, two, three, four) = tokio::join!(send(), send(), send(), send());
    for response in [one, two, three, four, send().await] {
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(fixture.calls(), 3, "the message, the failure, the rating");
    let mut statuses = Vec::new();
    for comment in ["one", "two", "three"] {
        let changed = with(&feedback, "comment", json!(comment));
        statuses.push(fixture.client.feedback(&token, &changed).await.status().as_u16());
    }
    assert_eq!(statuses, [204, 204, 429], "each change runs, within the limit of actions");
}

#[tokio::test]
async fn every_fault_of_a_body_is_named_and_the_workflow_is_not_called() {
    let fixture = Fixture::plain();
    let (token, feedback) = rated(&fixture.client).await;
    let (other, others) = rated(&fixture.client).await;
    let receipt = feedback["receipt"].as_str().unwrap();
    let table = [
        ("message_id", json!("x")),
        ("message_id", json!(null)),
        ("message_id", json!(7)),
        ("rating", json!("good")),
        ("rating", json!("Up")),
        ("rating", json!(null)),
        ("rating", json!(1)),
        ("comment", json!(7)),
        ("comment", json!(["a"])),
        ("comment", json!("a\r\nb")),
        ("comment", json!("a\u{0}b")),
        ("comment", json!("é".repeat(2001))),
        ("turn", json!(null)),
        ("turn", json!("1")),
        ("turn", json!(-1)),
        ("turn", json!(1.5)),
        ("turn", json!(4_294_967_296_u64)),
        ("head", json!(null)),
        ("head", json!("x")),
        ("head", json!(7)),
        ("receipt", json!(null)),
        ("receipt", json!(7)),
        ("receipt", json!("")),
        ("receipt", json!(receipt[1..])),
        ("receipt", json!(format!("{receipt}="))),
        ("receipt", json!("A".repeat(43))),
        ("receipt", others["receipt"].clone()),
        ("receipt", json!(receipt.to_owned() + &"A".repeat(100_000))),
    ];
    for (field, value) in table {
        let body = with(&feedback, field, value);
        let (status, problem) = problem(fixture.client.feedback(&token, &body).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!((&problem["code"], &problem["field"]), (&json!("invalid_field"), &json!(field)), "{body}");
    }
    // Well-formed feedback on another reply than the receipt proves.
    for (name, value) in [
        ("message_id", json!(id())),
        ("turn", json!(0)),
        ("turn", json!(2)),
        ("head", others["head"].clone()),
    ] {
        let body = with(&feedback, name, value);
        let (_, problem) = problem(fixture.client.feedback(&token, &body).await).await;
        assert_eq!(problem["field"], "receipt", "{body}");
    }
    let (_, problem) = problem(fixture.client.feedback(&other, &feedback).await).await;
    assert_eq!(problem["field"], "receipt", "another session's receipt");
    assert_eq!(fixture.calls(), 2, "the two messages");
}

#[tokio::test]
async fn the_gate_stands_before_it() {
    let fixture = Fixture::plain();
    let (token, feedback) = rated(&fixture.client).await;
    let post = |body: &str| {
        let request = fixture.client.request(Method::POST, path::CHAT_FEEDBACK);
        request.header("content-type", "application/json").body(body.to_owned())
    };
    let of = async |request: reqwest::RequestBuilder| refusal(request.send().await.unwrap()).await.1;
    let body = feedback.to_string();
    assert_eq!(of(post(&body)).await, "invalid_token");
    for (body, code) in [("", "malformed_json"), ("[]", "malformed_json"), ("{}", "invalid_field")] {
        assert_eq!(of(post(body).bearer_auth(&token)).await, code, "{body}");
    }
    let typed = post(&body).bearer_auth(&token).header("content-type", "text/plain");
    assert_eq!(of(typed).await, "unsupported_media_type");
    let large = " ".repeat(600 * 1024) + &body;
    assert_eq!(of(post(&large).bearer_auth(&token)).await, "body_too_large");
    let response = fixture.client.request(Method::GET, path::CHAT_FEEDBACK).send().await.unwrap();
    assert_eq!(response.headers()["allow"], "POST, OPTIONS");
    assert_eq!(refusal(response).await.1, "method_not_allowed");
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn only_what_the_workflow_took_is_counted() {
    let upstream = FakeUpstream::start(|request, _| match request.json()["rating"].as_str() {
        Some("down") => Script::whole(500, "text/plain", "canary"),
        _ => ok(),
    });
    let fixture = metrics::fixture(upstream);
    let (token, feedback) = rated(&fixture.client).await;
    fixture.client.feedback(&token, &feedback).await;
    let down = with(&feedback, "rating", json!("down"));
    let refused = refusal(fixture.client.feedback(&token, &down).await).await;
    assert_eq!(refused, (StatusCode::BAD_GATEWAY, "upstream_status".to_owned()));
    let (_, text) = metrics::scrape(&fixture, None).await;
    assert!(text.contains("chat_feedback_total{rating=\"up\"} 1"), "{text}");
    assert!(!text.contains("rating=\"down\""), "{text}");
}

#[tokio::test]
async fn replies_from_documents_are_rated_too() {
    let proxy = Proxy::with_documents(&[("ALLOWED_ORIGINS", ORIGIN)]);
    let client = Client::new(&proxy);
    let (token, feedback) = rated(&client).await;
    let response = client.feedback(&token, &with(&feedback, "rating", json!("down"))).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let metrics = client.plain(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("chat_feedback_total{rating=\"down\"} 1"), "{metrics}");
}

#[tokio::test]
async fn a_comment_is_in_no_log() {
    for answer in [ok(), Script::whole(500, "text/plain", CANARY), Script::new().breaks()] {
        let upstream = FakeUpstream::start(move |request, _| match request.json()["action"].as_str() {
            Some("sendMessage") => ok(),
            _ => answer.clone(),
        });
        let fixture = Fixture::new(upstream, &[("LOG_LEVEL", "trace")]);
        let (token, feedback) = rated(&fixture.client).await;
        let body = with(&feedback, "comment", json!(CANARY));
        fixture.client.feedback(&token, &body).await.text().await.unwrap();
        let wrong = with(&body, "receipt", json!(CANARY));
        let (_, refused) = problem(fixture.client.feedback(&token, &wrong).await).await;
        fixture.proxy.wait_for_log(refused["request_id"].as_str().unwrap());
        let log = fixture.proxy.log();
        let wsid = fixture.upstream.requests()[0].json()["sessionId"].clone();
        for canary in [CANARY, wsid.as_str().unwrap(), feedback["receipt"].as_str().unwrap(), "eyJ"] {
            assert!(!log.contains(canary), "{canary} in {log}");
        }
    }
}
