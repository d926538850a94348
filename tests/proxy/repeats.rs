//! The same message again, another one meanwhile, an older state (contract §4).

use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{FakeUpstream, Script, Signal};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::fixture::{
    Fixture, error_code, failure, first_turn, id, item, message, next_token, ok, problem, refusal,
    sealed_text, whole,
};

/// Answers `fail…` with a status of 500, anything else with `ok`.
fn moody() -> FakeUpstream {
    FakeUpstream::start(|request: &RecordedRequest, _| {
        let body = request.json();
        let fails =
            body["chatInput"].as_str().unwrap().starts_with("fail") && body["metadata"]["attempt"] == 1;
        if fails { Script::whole(500, "text/plain", "no") } else { ok() }
    })
}

fn waiting(rest: &Signal) -> Script {
    Script::head(200, "application/json", Framing::Chunked)
        .piece(item("half"))
        .wait(rest)
        .piece(item(" whole"))
        .end()
}

#[tokio::test]
async fn one_message_sent_many_times_at_once_runs_once() {
    let rest = Signal::new();
    let fixture = Fixture::with(waiting(&rest));
    let token = fixture.client.create().await.token;
    let id = id();
    let mut senders = JoinSet::new();
    for _ in 0..32 {
        let (client, token, id) = (fixture.client.clone(), token.clone(), id.clone());
        senders.spawn(async move { client.send(&token, &id, "hi").await });
    }
    let responses = senders.join_all().await;
    rest.set();
    let mut replies = Vec::new();
    for response in responses {
        replies.push(whole(response).await);
    }
    assert_eq!(sealed_text(&replies[0]), "half whole");
    assert!(
        replies.iter().all(|reply| reply == &replies[0]),
        "the same events with the same token for everybody"
    );
    assert_eq!(whole(fixture.client.send(&token, &id, "hi").await).await, replies[0]);
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn of_many_messages_at_once_a_session_runs_one() {
    let rest = Signal::new();
    let fixture = Fixture::with(waiting(&rest));
    let token = fixture.client.create().await.token;
    let mut senders = JoinSet::new();
    for _ in 0..32 {
        let (client, token) = (fixture.client.clone(), token.clone());
        senders.spawn(async move { client.send(&token, &id(), "hi").await });
    }
    let (running, refused): (Vec<_>, Vec<_>) =
        senders.join_all().await.into_iter().partition(|response| response.status() == StatusCode::OK);
    assert_eq!(running.len(), 1);
    for response in refused {
        assert_eq!(refusal(response).await, (StatusCode::CONFLICT, "busy".into()));
    }
    rest.set();
    for response in running {
        assert_eq!(sealed_text(&whole(response).await), "half whole");
    }
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn a_message_id_stands_for_one_message() {
    let rest = Signal::new();
    let fixture = Fixture::with(waiting(&rest));
    let token = fixture.client.create().await.token;
    let sent = message();
    let running = fixture.client.send_as("*/*", &token, &sent).await;
    let mut others = Vec::new();
    for (field, value) in
        [("message", json!("other")), ("agent", json!("sales")), ("metadata", json!({"a": 1}))]
    {
        let mut other = sent.clone();
        other[field] = value;
        others.push(other);
    }
    for other in &others {
        let response = fixture.client.send_as("*/*", &token, other).await;
        assert_eq!(refusal(response).await, (StatusCode::CONFLICT, "message_conflict".into()), "{other}");
    }
    rest.set();
    let frames = whole(running).await;
    for token in [&token, &next_token(&frames)] {
        for other in &others {
            let response = fixture.client.send_as("*/*", token, other).await;
            assert_eq!(refusal(response).await.1, "message_conflict", "{other}");
        }
    }
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn while_a_reply_runs_the_session_is_busy_with_it() {
    let rest = Signal::new();
    let fixture = Fixture::with(waiting(&rest));
    let token = fixture.client.create().await.token;
    let id_of_running = id();
    let running = fixture.client.send(&token, &id_of_running, "hi").await;
    let mut forked = message();
    forked["fork"] = json!(true);
    for other in [message(), forked] {
        let (status, body) = problem(fixture.client.send_as("*/*", &token, &other).await).await;
        assert_eq!((status, &body["code"]), (StatusCode::CONFLICT, &json!("busy")));
        assert_eq!(body["message_id"], json!(id_of_running));
    }
    let other = fixture.client.create().await.token;
    let unharmed = fixture.client.send(&other, &id(), "hi").await;
    rest.set();
    whole(unharmed).await;
    whole(running).await;
    assert_eq!(fixture.calls(), 2);
}

#[tokio::test]
async fn an_older_state_goes_on_only_as_a_fork() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let moved_by = id();
    let frames = whole(fixture.client.send(&token, &moved_by, "hi").await).await;
    let (status, body) = problem(fixture.client.send(&token, &id(), "again").await).await;
    assert_eq!((status, &body["code"]), (StatusCode::CONFLICT, &json!("stale_state")));
    assert_eq!(body["message_id"], json!(moved_by));
    let mut forked = message();
    forked["fork"] = json!(true);
    whole(fixture.client.send_as("*/*", &token, &forked).await).await;
    let requests = fixture.upstream.requests();
    let metadata = requests.last().unwrap().json()["metadata"].clone();
    assert_eq!((&metadata["forked"], &metadata["turn"]), (&json!(true), &json!(1)));
    assert_eq!(requests[0].json()["metadata"].get("forked"), None);
    whole(fixture.client.send(&next_token(&frames), &id(), "on").await).await;
    assert_eq!(fixture.calls(), 3);
}

#[tokio::test]
async fn a_failure_is_replayed_until_a_further_attempt_runs_under_the_same_key() {
    let fixture = Fixture::new(moody(), &[]);
    let token = fixture.client.create().await.token;
    let mut sent = json!({"message_id": id(), "message": "fail once"});
    for _ in 0..3 {
        assert_eq!(failure(fixture.client.send_as("*/*", &token, &sent).await).await, "upstream_status");
    }
    assert_eq!(fixture.calls(), 1);
    sent["attempt"] = json!(2);
    let frames = whole(fixture.client.send_as("*/*", &token, &sent).await).await;
    assert_eq!(sealed_text(&frames), "ok");
    for attempt in [1, 2, 5] {
        sent["attempt"] = json!(attempt);
        assert_eq!(
            whole(fixture.client.send_as("*/*", &token, &sent).await).await,
            frames,
            "attempt {attempt}"
        );
    }
    let requests = fixture.upstream.requests();
    assert_eq!(requests.len(), 2);
    let key = |request: &RecordedRequest| request.header("idempotency-key").unwrap().to_owned();
    assert_eq!(key(&requests[0]), key(&requests[1]));
    assert_eq!(requests[1].json()["metadata"]["attempt"], 2);
    let subject = |request: &RecordedRequest| request.json()["sessionId"].clone();
    assert_eq!(subject(&requests[0]), subject(&requests[1]));
}

#[tokio::test]
async fn a_failed_reply_seals_nothing_and_its_token_goes_on() {
    let breaks = Script::head(200, "application/json", Framing::Chunked).piece(item("half")).breaks();
    let upstream = FakeUpstream::start(move |_, number| if number == 0 { breaks.clone() } else { ok() });
    let fixture = Fixture::new(upstream, &[]);
    let token = fixture.client.create().await.token;
    let broken = id();
    let frames = whole(fixture.client.send(&token, &broken, "hi").await).await;
    assert_eq!(error_code(&frames), "upstream_interrupted");
    assert_eq!(whole(fixture.client.join(&token, &broken, None).await).await, frames);
    let frames = whole(fixture.client.send(&token, &id(), "again").await).await;
    let done: Value = serde_json::from_str(&frames.last().unwrap().data).unwrap();
    assert_eq!(done["turn"], 1);
}

#[tokio::test]
async fn a_message_of_one_session_never_joins_that_of_another() {
    let fixture = Fixture::plain();
    let sent = message();
    let mut keys = Vec::new();
    for _ in 0..2 {
        let token = fixture.client.create().await.token;
        whole(fixture.client.send_as("*/*", &token, &sent).await).await;
        keys.push(fixture.upstream.requests().pop().unwrap().header("idempotency-key").unwrap().to_owned());
    }
    assert_eq!(fixture.calls(), 2);
    assert_ne!(keys[0], keys[1]);
    first_turn(&fixture.client).await;
}
