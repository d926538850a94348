//! Limits from 64 connections at the same moment: never one request more than permitted (contract §8).

use std::sync::Arc;

use porthole_protocol::path;
use porthole_tests::client::Events;
use porthole_tests::{FakeUpstream, Signal};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::fixture::{Fixture, id, ok, problem, refusal, whole};
use crate::limits::{held, limited};

const CONNECTIONS: usize = 64;

/// Lets every connection do something at the same moment.
fn all_at_once<F, T>(each: impl Fn(usize) -> F) -> JoinSet<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let start = Arc::new(Barrier::new(CONNECTIONS));
    let mut all = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (start, doing) = (Arc::clone(&start), each(number));
        all.spawn(async move {
            start.wait().await;
            doing.await
        });
    }
    all
}

async fn tokens(fixture: &Fixture) -> Vec<String> {
    let mut tokens = Vec::new();
    for _ in 0..CONNECTIONS {
        tokens.push(fixture.client.create().await.token);
    }
    tokens
}

/// Sends a message of each session at the same moment.
async fn send_all(fixture: &Fixture) -> JoinSet<Response> {
    let tokens = tokens(fixture).await;
    all_at_once(|number| {
        let (client, token) = (fixture.client.clone(), tokens[number].clone());
        async move { client.send(&token, &id(), "hi").await }
    })
}

#[tokio::test]
async fn no_budget_of_messages_is_overdrawn() {
    for (setting, allowed, policy) in [
        ("RATE_LIMIT_PER_MINUTE", 1, r#""address-minute";q=1;w=60"#),
        ("RATE_LIMIT_PER_HOUR", 10, r#""address-hour";q=10;w=3600"#),
        ("RATE_LIMIT_SITE_PER_MINUTE", 1, r#""site";q=1;w=60"#),
    ] {
        let fixture = Fixture::new(FakeUpstream::always(ok()), &[(setting, &allowed.to_string())]);
        let mut passed = 0;
        for response in send_all(&fixture).await.join_all().await {
            if response.status() == StatusCode::OK {
                whole(response).await;
                passed += 1;
            } else {
                assert_eq!(limited(response).await, policy);
            }
        }
        assert_eq!((passed, fixture.calls()), (allowed, allowed), "{setting}");
    }
}

#[tokio::test]
async fn no_budget_of_a_session_is_overdrawn() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("RATE_LIMIT_SESSION_PER_MINUTE", "1")]);
    let token = fixture.client.create().await.token;
    let send = |_| {
        let (client, token) = (fixture.client.clone(), token.clone());
        let fork = json!({ "message_id": id(), "message": "hi", "fork": true });
        async move { client.send_as("*/*", &token, &fork).await.status() }
    };
    let statuses = all_at_once(send).join_all().await;
    let passed = statuses.iter().filter(|status| **status == StatusCode::OK);
    assert_eq!((passed.count(), fixture.calls()), (1, 1), "{statuses:?}");
    let fork = json!({ "message_id": id(), "message": "hi", "fork": true });
    limited(fixture.client.send_as("*/*", &token, &fork).await).await;
}

#[tokio::test]
async fn no_budget_of_new_sessions_or_calls_is_overdrawn() {
    for (setting, policy) in [
        ("RATE_LIMIT_CREATE_PER_MINUTE", r#""create";q=1;w=60"#),
        ("RATE_LIMIT_CALLS_PER_MINUTE", r#""calls";q=1;w=60"#),
    ] {
        let fixture = Fixture::new(FakeUpstream::always(ok()), &[(setting, "1")]);
        let responses = all_at_once(|_| {
            let create = fixture.client.post(path::SESSION_CREATE, &json!({}));
            async move { create.send().await.unwrap() }
        });
        let mut passed = 0;
        for response in responses.join_all().await {
            if response.status() == StatusCode::CREATED {
                passed += 1;
            } else {
                assert_eq!(limited(response).await, policy);
            }
        }
        assert_eq!(passed, 1, "{setting}");
    }
}

#[tokio::test]
async fn a_session_has_one_reply_at_a_time() {
    let rest = Signal::new();
    let fixture = Fixture::new(FakeUpstream::always(held(&rest)), &[]);
    let token = fixture.client.create().await.token;
    let mut responses = all_at_once(|_| {
        let (client, token) = (fixture.client.clone(), token.clone());
        async move { client.send(&token, &id(), "hi").await }
    });
    let (mut running, mut named) = (Vec::new(), Vec::new());
    while let Some(response) = responses.join_next().await {
        let response = response.unwrap();
        if response.status() == StatusCode::OK {
            running.push(response);
            continue;
        }
        let (status, body) = problem(response).await;
        assert_eq!((status, &body["code"]), (StatusCode::CONFLICT, &json!("busy")));
        named.push(body["message_id"].clone());
    }
    assert_eq!((running.len(), fixture.calls()), (1, 1));
    assert!(named.iter().all(|id: &Value| *id == named[0]), "{named:?}");
    rest.set();
    whole(running.remove(0)).await;
}

#[tokio::test]
async fn no_more_replies_run_than_there_are_places() {
    for (setting, status) in [
        ("MAX_STREAMS_PER_ADDRESS", StatusCode::TOO_MANY_REQUESTS),
        ("MAX_STREAMS_PER_SITE", StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let rest = Signal::new();
        let settings = [(setting, "5"), ("RATE_LIMIT_PER_HOUR", "10")];
        let fixture = Fixture::new(FakeUpstream::always(held(&rest)), &settings);
        let mut running = Vec::new();
        for response in send_all(&fixture).await.join_all().await {
            if response.status() == StatusCode::OK {
                running.push(response);
            } else {
                assert_eq!(response.status(), status, "{setting}");
            }
        }
        assert_eq!((running.len(), fixture.calls()), (5, 5), "{setting}");
        rest.set();
        for response in running {
            Events::from_response(response).await.rest().await;
        }
        for _ in 0..5 {
            fixture.ask("the refused ones have left their budget").await;
        }
        let token = fixture.client.create().await.token;
        limited(fixture.client.send(&token, &id(), "hi").await).await;
        assert_eq!(fixture.calls(), 10);
    }
}

#[tokio::test]
async fn the_workflow_never_sees_more_calls_at_once_than_it_may() {
    let rest = Signal::new();
    let fixture = Fixture::new(FakeUpstream::always(held(&rest)), &[("UPSTREAM_CONCURRENCY", "4")]);
    let mut responses = send_all(&fixture).await;
    // Four run and are answered, four wait in the queue; the others are refused at once.
    let mut running = Vec::new();
    for _ in 0..CONNECTIONS - 4 {
        let response = responses.join_next().await.unwrap().unwrap();
        if response.status() == StatusCode::OK {
            running.push(response);
            continue;
        }
        let (status, body) = problem(response).await;
        assert_eq!((status, &body["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("busy_workflow")));
    }
    assert_eq!((running.len(), fixture.calls()), (4, 4));
    rest.set();
    running.extend(responses.join_all().await);
    for response in running {
        whole(response).await;
    }
    assert_eq!(fixture.calls(), 8);
}

#[tokio::test]
async fn a_message_that_waits_too_long_in_the_queue_is_refused_with_retry_after() {
    let fixture = Fixture::new(FakeUpstream::always(held(&Signal::new())), &[("UPSTREAM_CONCURRENCY", "1")]);
    let opened = [fixture.client.create().await, fixture.client.create().await];
    let running = fixture.client.send(&opened[0].token, &id(), "hi").await;
    let refused = fixture.client.send(&opened[1].token, &id(), "hi").await;
    assert!(refused.headers().contains_key("retry-after"));
    let expected = (StatusCode::SERVICE_UNAVAILABLE, "busy_workflow".to_owned());
    assert_eq!(refusal(refused).await, expected);
    assert_eq!((running.status(), fixture.calls()), (StatusCode::OK, 1));
}
