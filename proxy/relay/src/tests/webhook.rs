//! The request that a webhook gets, and the reply that its answer becomes.

use std::num::NonZeroUsize;

use porthole_config::Credential;
use porthole_domain::reply::EmptyCause;
use secrecy::SecretString;

use super::running::{LONG, Running, failure, write};
use super::scripted::{Scripted, Step, answer, head, item, last, line};
use super::*;

#[tokio::test]
async fn nothing_but_the_contract_is_sent() {
    let scripted = Scripted::serve(vec![Step::Write(answer("200 OK", "", r#"{"output":"hello"}"#))]).await;
    let reply = Running::at(&scripted, LONG).start(1).await;
    assert_eq!(text(&reply).await, "hello");
    let request = scripted.requests().remove(0);
    assert_eq!(request.line, "POST /webhook/x?secret=1 HTTP/1.1");
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["chatInput"], "hi");
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
    assert!(request.headers["authorization"].starts_with("Bearer ey"));
    assert_eq!(request.headers["accept-encoding"], "identity");
    let mid = &request.headers["idempotency-key"];
    assert_ne!(*mid, body["metadata"]["messageId"], "no visitor can choose another's key");
    assert_eq!(request.headers["traceparent"], "00-0af7651916cd43dd8448eb211c80319c-8448eb211c80319c-01");
}

#[tokio::test]
async fn each_credential_is_its_own_header() {
    let secret = || SecretString::from("s3cret");
    let basic = Credential::Basic { user: "me".into(), password: secret() };
    let table = [
        (basic, "authorization", Some("Basic bWU6czNjcmV0")),
        (Credential::header("X-Api-Key", &secret()).unwrap(), "x-api-key", Some("s3cret")),
        (Credential::None, "authorization", None),
    ];
    for (credential, name, want) in table {
        let scripted = Scripted::serve(vec![Step::Write(answer("200 OK", "", "hello"))]).await;
        let shown = format!("{credential:?}");
        assert!(!shown.contains("s3cret"));
        let running = Running::at(&scripted, LONG).with_credential(scripted.url.clone(), credential);
        running.start(1).await.wait_for_end().await.unwrap();
        assert_eq!(scripted.requests()[0].headers.get(name).map(String::as_str), want, "{shown}");
    }
}

#[tokio::test]
async fn answers_that_are_no_reply_are_told_apart() {
    let table = [
        (answer("500 Oops", "", r#"{"message":"Error in workflow"}"#), Failure::Status(500)),
        (answer("404 Not Found", "", "no"), Failure::Status(404)),
        (answer("302 Found", "location: http://127.0.0.1:1/\r\n", ""), Failure::Status(302)),
        (
            answer("429 Slow down", "retry-after: 7\r\n", "no"),
            Failure::RetryLater(429, Duration::from_secs(7)),
        ),
        (answer("200 OK", "content-encoding: br\r\n", "xx"), Failure::Encoded),
        (answer("200 OK", "content-encoding: gzip\r\n", "<p>We open at nine"), Failure::Encoded),
        (answer("200 OK", "content-encoding: gzip\r\n", "\x1f"), Failure::Interrupted),
        (answer("200 OK", "", "<!doctype html><p>Bad gateway"), Failure::Markup),
        (answer("200 OK", &"x-a: b\r\n".repeat(100), "hi"), Failure::HeadTooLarge),
        (answer("200 OK", "", ""), Failure::Empty(EmptyCause::NoBody)),
        ([head(), line("begin"), line("error"), last()].concat(), Failure::Reported),
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
async fn a_failure_to_connect_is_tried_again_and_each_try_has_a_token_of_its_own() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: url::Url = format!("http://{}/", free.local_addr().unwrap()).parse().unwrap();
    drop(free);
    let running = Running::new(url, None, LONG);
    let begin = Instant::now();
    assert_eq!(running.failure(1).await, Failure::Unreachable);
    // Two back-offs of at least 50 and 150 ms lie between three tries.
    assert!(begin.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn an_upstream_that_fails_five_times_is_left_alone() {
    let scripted = Scripted::serve(vec![Step::Write(answer("500 Oops", "", "{}"))]).await;
    let running = Running::at(&scripted, LONG);
    for message in 1..=5 {
        assert_eq!(running.failure(message).await, Failure::Status(500));
    }
    assert!(matches!(running.failure(6).await, Failure::CircuitOpen(_)));
    assert_eq!(scripted.requests().len(), 5);
}

#[tokio::test]
async fn a_visitor_who_stops_the_trial_lets_another_call_be_one() {
    let scripted = Scripted::serve(vec![Step::Hang]).await;
    let running = Running::at(&scripted, LONG);
    running.webhook().open_circuit_until(Instant::now());
    let trial = running.start(1).await;
    scripted.is_called().await;
    assert!(matches!(running.failure(2).await, Failure::CircuitOpen(_)));
    trial.stop().await;
    let _other = running.start(3).await;
    scripted.is_called().await;
}

#[tokio::test]
async fn beyond_its_concurrency_and_a_queue_as_long_the_workflow_is_busy() {
    let scripted = Scripted::serve(vec![Step::Wait, write(&[head(), item("a"), last()])]).await;
    let running = Running::new(scripted.url.clone(), NonZeroUsize::new(1), LONG);
    let first = running.start(1).await;
    scripted.is_called().await;
    let second = running.start(2).await;
    assert_eq!(running.failure(3).await, Failure::QueueFull);
    scripted.go_on();
    scripted.go_on();
    assert_eq!(text(&first).await, "a");
    assert_eq!(text(&second).await, "a");
}

#[tokio::test]
async fn a_reply_that_is_stopped_in_the_queue_never_reaches_the_upstream() {
    let scripted = Scripted::serve(vec![Step::Wait, write(&[head(), item("a"), last()])]).await;
    let running = Running::new(scripted.url.clone(), NonZeroUsize::new(1), LONG);
    let first = running.start(1).await;
    scripted.is_called().await;
    let second = running.start(2).await;
    second.stop().await;
    assert_eq!(second.failure(), Some(Failure::Stopped));
    scripted.go_on();
    first.wait_for_end().await.unwrap();
    assert_eq!(scripted.requests().len(), 1);
}
