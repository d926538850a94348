//! What a webhook gets, and what is made of what it answers.

use std::{num::NonZeroUsize, sync::atomic::Ordering};

use secrecy::SecretString;

use super::{
    bench::{Bench, LONG, failure, write},
    scripted::{Scripted, Step, answer, head, item, last, line},
    *,
};
use crate::upstream::Webhook;
use porthole_config::Credential;

#[tokio::test]
async fn nothing_but_the_contract_is_sent() {
    let scripted = Scripted::serve(vec![Step::Write(answer("200 OK", "", r#"{"output":"hello"}"#))]).await;
    let (reply, _) = Bench::at(&scripted, LONG).start(1);
    assert_eq!(said(&reply).await, "hello");
    let request = scripted.requests().remove(0);
    assert_eq!(request.line, "POST /webhook/x?secret=1 HTTP/1.1");
    assert_eq!(request.body, b"{\"chatInput\":\"hi\"}");
    let names: Vec<_> = request.headers.keys().map(String::as_str).collect();
    let want = [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "traceparent",
    ];
    assert_eq!(names, want);
    assert_eq!(request.headers["authorization"], "Bearer token-1");
    assert_eq!(request.headers["accept-encoding"], "identity");
    assert_eq!(request.headers["idempotency-key"], "mid");
    assert_eq!(
        request.headers["traceparent"],
        "00-0af7651916cd43dd8448eb211c80319c-8448eb211c80319c-01"
    );
}

#[tokio::test]
async fn each_credential_is_its_own_header() {
    let secret = || SecretString::from("s3cret");
    let basic = Credential::Basic {
        user: "me".into(),
        password: secret(),
    };
    let table = [
        (basic, "authorization", Some("Basic bWU6czNjcmV0")),
        (
            Credential::header("X-Api-Key", &secret()).unwrap(),
            "x-api-key",
            Some("s3cret"),
        ),
        (Credential::None, "authorization", None),
    ];
    for (credential, name, want) in table {
        let scripted = Scripted::serve(vec![Step::Write(answer("200 OK", "", "hello"))]).await;
        let said = format!("{credential:?}");
        assert!(!said.contains("s3cret"));
        Bench::new(Webhook::new(scripted.url.clone(), credential, None), LONG)
            .start(1)
            .0
            .finished()
            .await
            .unwrap();
        assert_eq!(
            scripted.requests()[0].headers.get(name).map(String::as_str),
            want,
            "{said}"
        );
    }
}

#[tokio::test]
async fn answers_that_are_no_reply_are_told_apart() {
    let table = [
        (
            answer("500 Oops", "", r#"{"message":"Error in workflow"}"#),
            Failure::Status(500),
        ),
        (answer("404 Not Found", "", "no"), Failure::Status(404)),
        (
            answer("302 Found", "location: http://127.0.0.1:1/\r\n", ""),
            Failure::Status(302),
        ),
        (
            answer("200 OK", "content-encoding: gzip\r\n", "xx"),
            Failure::Encoded,
        ),
        (
            answer("200 OK", "", "<!doctype html><p>Bad gateway"),
            Failure::Markup,
        ),
        (
            answer("200 OK", "", ""),
            Failure::Empty(porthole_domain::reply::EmptyCause::NoBody),
        ),
        (
            [head(), line("begin"), line("error"), last()].concat(),
            Failure::Reported,
        ),
    ];
    for (bytes, want) in table {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(failure(vec![Step::Write(bytes)], LONG).await, want, "{shown}");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_behind_the_workflow_s_own_error_says_nothing_worse() {
    let steps = vec![write(&[head(), line("begin"), line("error")]), Step::Cut];
    assert_eq!(failure(steps, LONG).await, Failure::Reported);
}

#[tokio::test]
async fn only_failures_to_connect_are_tried_again_with_a_fresh_token_each() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    let bench = Bench::new(Webhook::new(url.parse().unwrap(), Credential::Jwt, None), LONG);
    assert_eq!(bench.failure(1).await, Failure::Unreachable);
    assert_eq!(bench.minted.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn an_upstream_that_fails_five_times_is_left_alone() {
    let scripted = Scripted::serve(vec![Step::Write(answer("500 Oops", "", "{}"))]).await;
    let bench = Bench::at(&scripted, LONG);
    for message in 1..=5 {
        assert_eq!(bench.failure(message).await, Failure::Status(500));
    }
    assert!(matches!(bench.failure(6).await, Failure::Resting(_)));
    assert_eq!(scripted.requests().len(), 5);
}

#[tokio::test]
async fn a_visitor_who_stops_the_one_call_that_tries_lets_another_try() {
    let scripted = Scripted::serve(vec![Step::Hang]).await;
    let webhook = Webhook::new(scripted.url.clone(), Credential::Jwt, None);
    webhook.rest_until(Instant::now());
    let bench = Bench::new(webhook, LONG);
    let (trial, _released) = bench.start(1);
    scripted.is_asked().await;
    assert!(matches!(bench.failure(2).await, Failure::Resting(_)));
    trial.stop();
    let (_other, _released) = bench.start(3);
    scripted.is_asked().await;
}

#[tokio::test]
async fn beyond_the_calls_at_once_and_as_many_that_wait_the_workflow_is_busy() {
    let scripted = Scripted::serve(vec![Step::Wait, write(&[head(), item("a"), last()])]).await;
    let one = NonZeroUsize::new(1);
    let bench = Bench::new(Webhook::new(scripted.url.clone(), Credential::Jwt, one), LONG);
    let (first, _) = bench.start(1);
    scripted.is_asked().await;
    let (second, _) = bench.start(2);
    assert_eq!(bench.failure(3).await, Failure::Busy);
    assert_eq!(
        bench.minted.load(Ordering::Relaxed),
        1,
        "who waits has no token yet"
    );
    scripted.go_on();
    scripted.go_on();
    assert_eq!(said(&first).await, "a");
    assert_eq!(said(&second).await, "a");
}

#[tokio::test]
async fn a_reply_that_is_stopped_in_the_queue_never_reaches_the_upstream() {
    let scripted = Scripted::serve(vec![Step::Wait, write(&[head(), item("a"), last()])]).await;
    let one = NonZeroUsize::new(1);
    let bench = Bench::new(Webhook::new(scripted.url.clone(), Credential::Jwt, one), LONG);
    let (first, _) = bench.start(1);
    scripted.is_asked().await;
    let (second, released) = bench.start(2);
    second.stop();
    assert!(released.await.is_err(), "its permit is free");
    scripted.go_on();
    first.finished().await.unwrap();
    assert_eq!(scripted.requests().len(), 1);
}
