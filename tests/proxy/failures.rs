//! A workflow that fails in every way it can: one plain problem each, and none of its words.

use porthole_tests::upstream::{Framing, RecordedRequest, nowhere};
use porthole_tests::{Client, FakeUpstream, Script, Signal};
use reqwest::StatusCode;

use crate::fixture::{
    Fixture, failure, id, item, message, ok, problem, production, sealed_text, stream_or_problem, whole,
};

const CANARY: &str = "SECRET-OF-THE-UPSTREAM";

fn faults() -> Vec<(&'static str, &'static str, Script)> {
    let page = format!("<!doctype html><title>{CANARY}</title>");
    let json = format!("{{\"message\":\"{CANARY}\"}}");
    let head = |framing| Script::head(200, "application/json", framing);
    let gzip = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{CANARY}",
        CANARY.len()
    );
    let basic =
        format!("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"{CANARY}\"\r\nContent-Length: 0\r\n\r\n");
    let error = format!("{{\"type\":\"error\",\"content\":\"{CANARY}\"}}\n");
    vec![
        ("a page", "upstream_status", Script::whole(200, "text/html", page.as_str())),
        ("a page in a stream", "upstream_status", Script::pieces("text/html", [item("a"), page.clone()])),
        ("404", "upstream_status", Script::whole(404, "application/json", json.as_str())),
        ("422", "upstream_status", Script::whole(422, "application/json", json.as_str())),
        ("500", "upstream_status", Script::whole(500, "application/json", json.as_str())),
        ("503 page", "upstream_status", Script::whole(503, "text/html", page)),
        ("asks for a password", "upstream_status", Script::new().raw(basic)),
        ("redirect", "upstream_status", Script::redirect(&format!("http://127.0.0.1:9/{CANARY}"))),
        ("compressed", "upstream_status", Script::new().raw(gzip)),
        ("many headers", "reply_too_large", many_headers()),
        ("empty", "empty_reply", Script::whole(200, "application/json", "")),
        ("white space", "empty_reply", Script::whole(200, "application/json", " \n")),
        ("no text", "empty_reply", Script::whole(200, "application/json", r#"{"a":1}"#)),
        ("empty text", "empty_reply", Script::whole(200, "application/json", r#"{"output":""}"#)),
        ("no lines", "empty_reply", head(Framing::Chunked).end()),
        ("begin only", "empty_reply", Script::pieces("application/json", ["{\"type\":\"begin\"}\n"])),
        ("nothing", "upstream_interrupted", Script::new()),
        ("no HTTP", "upstream_interrupted", Script::new().raw("SSH-2.0-x\r\n\r\n")),
        ("half a head", "upstream_interrupted", Script::new().raw("HTTP/1.1 200 OK\r\nContent-")),
        ("head only", "upstream_interrupted", head(Framing::Chunked).breaks()),
        ("breaks off", "upstream_interrupted", head(Framing::Chunked).piece(item("a")).breaks()),
        ("breaks off a length", "upstream_interrupted", head(Framing::Length(900)).piece(item("a")).breaks()),
        (
            "breaks off in a chunk",
            "upstream_interrupted",
            head(Framing::Chunked).piece(item("a")).raw("ff\r\n{").breaks(),
        ),
        ("bad chunk", "upstream_interrupted", head(Framing::Chunked).piece(item("a")).raw("zz\r\n").breaks()),
        ("reports", "upstream_interrupted", Script::pieces("application/json", [item("a"), error])),
        ("too large", "reply_too_large", Script::whole(200, "text/plain", "x".repeat(1024 * 1024 + 1))),
        (
            "line too long",
            "reply_too_large",
            Script::pieces("application/json", [item("a"), item(&"x".repeat(300 * 1024))]),
        ),
    ]
}

fn many_headers() -> Script {
    let headers = format!("X-Part: {CANARY}\r\n").repeat(120);
    Script::new().raw(format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\nhi"))
}

#[tokio::test]
async fn each_fault_of_the_workflow_is_one_plain_problem() {
    let faults = faults();
    let scripts: Vec<_> = faults.iter().map(|(row, _, script)| (*row, script.clone())).collect();
    let upstream = FakeUpstream::start(move |request: &RecordedRequest, _| {
        let row = request.json()["chatInput"].clone();
        scripts.iter().find(|(name, _)| row == *name).map_or_else(ok, |(_, script)| script.clone())
    });
    let fixture = Fixture::new(upstream, &[]);
    for (row, code, _) in faults {
        let token = fixture.client.create().await.token;
        let id = id();
        assert_eq!(failure(fixture.client.send(&token, &id, row).await).await, code, "{row}");
        let seen = fixture.client.join(&token, &id, None).await.text().await.unwrap();
        assert!(!seen.contains(CANARY) && !seen.contains("127.0.0.1"), "{row}: {seen}");
        // Failures in a row would open the circuit breaker; other visitors are answered between them.
        assert_eq!(sealed_text(&fixture.ask("fine").await), "ok", "after {row}");
    }
    let log = fixture.proxy.log();
    assert!(log.contains("more than 100 headers") && !log.contains(CANARY), "{log}");
}

#[tokio::test]
async fn an_error_line_is_waited_behind_for_a_moment_only() {
    let hung_up = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked)
        .piece(item("half"))
        .piece("{\"type\":\"error\"}\n")
        .stall(&hung_up);
    let fixture = Fixture::with(script);
    let token = fixture.client.create().await.token;
    assert_eq!(failure(fixture.client.send(&token, &id(), "hi").await).await, "upstream_interrupted");
    tokio::task::spawn_blocking(move || hung_up.wait("the proxy to hang up")).await.unwrap();
}

#[tokio::test]
async fn a_workflow_that_never_ends_is_hung_up_on_at_the_limit_of_a_reply() {
    let hung_up = Signal::new();
    let script =
        Script::head(200, "application/json", Framing::Chunked).flood(item(&"x".repeat(1000)), &hung_up);
    let fixture = Fixture::with(script);
    let token = fixture.client.create().await.token;
    assert_eq!(failure(fixture.client.send(&token, &id(), "hi").await).await, "reply_too_large");
    tokio::task::spawn_blocking(move || hung_up.wait("the proxy to hang up")).await.unwrap();
}

#[tokio::test]
async fn a_workflow_that_is_not_there_rests_after_five_failures() {
    let proxy = production(&nowhere(), &[]);
    let client = Client::new(&proxy);
    for _ in 0..5 {
        let token = client.create().await.token;
        let (status, body) = problem(client.send_as("*/*", &token, &message()).await).await;
        assert_eq!((status, body["code"].as_str()), (StatusCode::BAD_GATEWAY, Some("upstream_unreachable")));
    }
    let token = client.create().await.token;
    let (status, body) = problem(client.send_as("*/*", &token, &message()).await).await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("upstream_resting")));
    assert!(body["retry_after"].as_u64().is_some_and(|wait| (1..=10).contains(&wait)), "{body}");
}

#[tokio::test]
async fn a_visitor_who_leaves_does_not_stop_the_reply() {
    let rest = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked)
        .piece(item("half"))
        .wait(&rest)
        .piece(item(" whole"));
    let fixture = Fixture::with(script.end());
    let token = fixture.client.create().await.token;
    let id = id();
    drop(fixture.client.send(&token, &id, "hi").await);
    rest.set();
    assert_eq!(sealed_text(&whole(fixture.client.join(&token, &id, None).await).await), "half whole");
}

#[tokio::test]
async fn more_calls_than_the_workflow_bears_wait_and_then_are_refused() {
    let rest = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked).wait(&rest).piece(item("a"));
    let fixture = Fixture::new(FakeUpstream::always(script.end()), &[("UPSTREAM_CONCURRENCY", "1")]);
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (client, token) = (fixture.client.clone(), fixture.client.create().await.token);
        waiting.spawn(async move { client.send(&token, &id(), "hi").await });
    }
    let first = waiting.join_next().await.unwrap().unwrap();
    let (status, body) = problem(first).await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("busy_workflow")));
    assert!(body["retry_after"].is_u64(), "{body}");
    rest.set();
    let mut ends = Vec::new();
    for response in waiting.join_all().await {
        ends.push(stream_or_problem(response).await.map(|frames| sealed_text(&frames)));
    }
    assert!(
        ends.iter().all(|end| match end {
            Ok(text) => text == "a",
            Err(code) => code == "busy_workflow",
        }),
        "{ends:?}"
    );
    assert_eq!(ends.iter().flatten().count(), fixture.calls(), "{ends:?}");
}
