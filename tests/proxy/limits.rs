//! Limits as a client meets them (contract §8).

use porthole_protocol::path;
use porthole_tests::client::Events;
use porthole_tests::upstream::{Framing, nowhere};
use porthole_tests::wait::until_ready;
use porthole_tests::{Client, FakeUpstream, Script, Signal};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::json;

use crate::fixture::{
    Fixture, bytes_of, failure, id, item, message, next_token, ok, problem, production, whole,
};

const METRICS_TOKEN: &str = "a token of the operator, long enough";

fn fixture(settings: &[(&str, &str)]) -> Fixture {
    Fixture::new(FakeUpstream::always(ok()), settings)
}

/// A refusal by a limit, whose headers and problem say the same; returns its `RateLimit-Policy`.
pub(crate) async fn limited(response: Response) -> String {
    let field = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    let (policy, state) = (field("ratelimit-policy"), field("ratelimit"));
    let (status, body) = problem(response).await;
    assert_eq!((status, &body["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")), "{body}");
    let wait = body["retry_after"].as_u64().unwrap();
    assert!((1..=3600).contains(&wait), "{body}");
    let (name, _) = policy.split_once(';').unwrap();
    assert_eq!(state, format!("{name};r=0;t={wait}"));
    policy
}

#[tokio::test]
async fn a_session_sends_five_messages_at_once_and_then_waits() {
    let fixture = fixture(&[("RATE_LIMIT_SESSION_PER_MINUTE", "5")]);
    let opened = fixture.client.create().await;
    assert_eq!(opened.body["limits"]["per_minute"], 5);
    let (mut token, mut last) = (opened.token, (String::new(), String::new()));
    for _ in 0..5 {
        last = (token, id());
        token = next_token(&whole(fixture.client.send(&last.0, &last.1, "hi").await).await);
    }
    for _ in 0..3 {
        let policy = limited(fixture.client.send(&token, &id(), "hi").await).await;
        assert_eq!(policy, r#""session";q=5;w=60"#);
    }
    assert_eq!(fixture.calls(), 5, "nothing that was refused reached the workflow");
    for _ in 0..10 {
        whole(fixture.client.send(&last.0, &last.1, "hi").await).await;
        whole(fixture.client.join(&token, &last.1, None).await).await;
        assert_eq!(fixture.client.stop(&token, &last.1).await.status(), StatusCode::NO_CONTENT);
    }
    let other = fixture.client.create().await.token;
    whole(fixture.client.send(&other, &id(), "hi").await).await;
}

#[tokio::test]
async fn a_refused_message_leaves_nothing_behind_and_may_be_sent_again() {
    let fixture = fixture(&[("RATE_LIMIT_SESSION_PER_MINUTE", "60")]);
    let mut token = fixture.client.create().await.token;
    for _ in 0..5 {
        token = next_token(&whole(fixture.client.send(&token, &id(), "hi").await).await);
    }
    let sent = message();
    limited(fixture.client.send_as("*/*", &token, &sent).await).await;
    let frames = until_ready("the limit to be over", async || {
        let response = fixture.client.send_as("*/*", &token, &sent).await;
        if response.status() == StatusCode::OK {
            return Some(whole(response).await);
        }
        limited(response).await;
        None
    })
    .await;
    next_token(&frames);
    assert_eq!(fixture.calls(), 6);
}

#[tokio::test]
async fn each_address_has_its_share_whatever_its_sessions() {
    for (setting, allowed, policy) in [
        ("RATE_LIMIT_PER_MINUTE", 3, r#""address-minute";q=3;w=60"#),
        ("RATE_LIMIT_PER_HOUR", 4, r#""address-hour";q=4;w=3600"#),
        ("RATE_LIMIT_SITE_PER_MINUTE", 2, r#""site";q=2;w=60"#),
    ] {
        let fixture = fixture(&[(setting, &allowed.to_string())]);
        for _ in 0..allowed {
            fixture.ask("hi").await;
        }
        let token = fixture.client.create().await.token;
        let refused = fixture.client.send(&token, &id(), "hi").await;
        assert_eq!(limited(refused).await, policy);
        assert_eq!(fixture.calls(), allowed, "{setting}");
    }
}

#[tokio::test]
async fn sessions_are_opened_at_a_bounded_rate_and_carried_on_within_it() {
    let fixture = fixture(&[("RATE_LIMIT_CREATE_PER_MINUTE", "3")]);
    for _ in 0..3 {
        fixture.client.create().await;
    }
    let refused = fixture.client.post(path::SESSION_CREATE, &json!({})).send().await;
    assert_eq!(limited(refused.unwrap()).await, r#""create";q=3;w=60"#);
}

#[tokio::test]
async fn every_call_counts_refused_ones_as_well() {
    let fixture = fixture(&[("RATE_LIMIT_CALLS_PER_MINUTE", "5")]);
    for _ in 0..5 {
        let response = fixture
            .client
            .request(Method::GET, path::SESSION_VALIDATE)
            .bearer_auth("x")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
    let response = fixture.client.post(path::SESSION_CREATE, &json!({})).send().await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], porthole_tests::client::ORIGIN);
    assert_eq!(limited(response).await, r#""calls";q=5;w=60"#);
    let health = fixture.client.plain(Method::GET, "/health").send().await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
}

/// The status of a refusal, and the request that meets it.
type Refused = (StatusCode, Box<dyn Fn(&Client) -> RequestBuilder>);

#[tokio::test]
async fn refusals_of_any_kind_count_as_calls() {
    let evil = |request: RequestBuilder| request.header("origin", "https://evil.example");
    let refused: Vec<Refused> = vec![
        (
            StatusCode::FORBIDDEN,
            Box::new(move |it| {
                evil(it.plain(Method::POST, path::SESSION_CREATE).header("content-type", "application/json"))
            }),
        ),
        (StatusCode::FORBIDDEN, Box::new(move |it| evil(it.plain(Method::OPTIONS, path::CHAT_MESSAGE)))),
        (StatusCode::FORBIDDEN, Box::new(|it| it.plain(Method::DELETE, "/api/v1/chat/history/1"))),
        (
            StatusCode::FORBIDDEN,
            Box::new(|it| it.plain(Method::GET, "/frame?origin=https%3A%2F%2Fevil.example")),
        ),
        (StatusCode::METHOD_NOT_ALLOWED, Box::new(|it| it.plain(Method::PUT, path::CHAT_MESSAGE))),
        (StatusCode::METHOD_NOT_ALLOWED, Box::new(|it| it.plain(Method::POST, "/frame"))),
        (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Box::new(|it| it.request(Method::POST, path::SESSION_CREATE).body("a")),
        ),
        (StatusCode::NOT_FOUND, Box::new(|it| it.request(Method::GET, "/api/v1/nothing"))),
        (StatusCode::NOT_FOUND, Box::new(|it| it.plain(Method::GET, "/chat"))),
        (StatusCode::NOT_FOUND, Box::new(|it| it.plain(Method::GET, "/assets/0123/x.js"))),
        (StatusCode::UNAUTHORIZED, Box::new(|it| it.plain(Method::GET, path::METRICS).bearer_auth("guess"))),
        (StatusCode::BAD_REQUEST, Box::new(|it| it.plain(Method::GET, "/").header("host", "a,b"))),
    ];
    for (at, (status, request)) in refused.iter().enumerate() {
        let settings = [("RATE_LIMIT_CALLS_PER_MINUTE", "3"), ("METRICS_TOKEN", METRICS_TOKEN)];
        let fixture = fixture(&settings);
        for _ in 0..3 {
            assert_eq!(request(&fixture.client).send().await.unwrap().status(), *status, "{at}");
        }
        for _ in 0..3 {
            let beyond = request(&fixture.client).send().await.unwrap();
            assert_eq!(beyond.status(), StatusCode::TOO_MANY_REQUESTS, "{at}");
            assert!(beyond.headers()["ratelimit"].to_str().unwrap().starts_with("\"calls\""), "{at}");
        }
    }
}

/// An answer that ends when the test says so.
pub(crate) fn held(rest: &Signal) -> Script {
    let script = Script::head(200, "application/json", Framing::Chunked);
    script.piece(item("a")).wait(rest).end()
}

#[tokio::test]
async fn replies_at_once_are_bounded_for_an_address_and_for_the_site() {
    for (setting, code) in
        [("MAX_STREAMS_PER_ADDRESS", "rate_limited"), ("MAX_STREAMS_PER_SITE", "busy_workflow")]
    {
        let rest = Signal::new();
        let fixture = Fixture::new(FakeUpstream::always(held(&rest)), &[(setting, "2")]);
        let mut running = Vec::new();
        for _ in 0..2 {
            let token = fixture.client.create().await.token;
            running.push(Events::from_response(fixture.client.send(&token, &id(), "hi").await).await);
        }
        let token = fixture.client.create().await.token;
        let refused = fixture.client.send(&token, &id(), "hi").await;
        if code == "rate_limited" {
            let policy = limited(refused).await;
            assert_eq!(policy, r#""address-streams";q=2;qu="concurrent-requests""#);
        } else {
            let (status, body) = problem(refused).await;
            assert_eq!((status, &body["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!(code)));
            assert!(body["retry_after"].is_u64(), "{body}");
        }
        rest.set();
        for mut events in running {
            events.rest().await;
        }
        assert_eq!(fixture.calls(), 2);
        fixture.ask("a place is free again").await;
    }
}

#[tokio::test]
async fn a_refusal_by_a_wider_limit_costs_the_narrower_ones_nothing() {
    let narrow = [
        ("RATE_LIMIT_SESSION_PER_MINUTE", "2"),
        ("RATE_LIMIT_PER_MINUTE", "3"),
        ("RATE_LIMIT_PER_HOUR", "3"),
    ];
    for wide in ["MAX_STREAMS_PER_ADDRESS", "MAX_STREAMS_PER_SITE"] {
        let rest = Signal::new();
        let settings = [&narrow[..], &[(wide, "1")]].concat();
        let fixture = Fixture::new(FakeUpstream::always(held(&rest)), &settings);
        let first = fixture.client.create().await.token;
        let mut running = Events::from_response(fixture.client.send(&first, &id(), "hi").await).await;
        let token = fixture.client.create().await.token;
        for _ in 0..10 {
            let refused = fixture.client.send(&token, &id(), "hi").await;
            assert_ne!(refused.status(), StatusCode::OK, "{wide}");
        }
        rest.set();
        running.rest().await;
        let next = next_token(&whole(fixture.client.send(&token, &id(), "one").await).await);
        whole(fixture.client.send(&next, &id(), "two").await).await;
        let third = fixture.client.create().await.token;
        limited(fixture.client.send(&third, &id(), "four").await).await;
        assert_eq!(fixture.calls(), 3, "{wide}");
    }
}

#[tokio::test]
async fn refusals_by_one_limit_differ_in_nothing_but_numbers() {
    let fixture = fixture(&[("RATE_LIMIT_PER_HOUR", "1")]);
    fixture.ask("hi").await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let token = fixture.client.create().await.token;
        let refused = bytes_of(fixture.client.send(&token, &id(), "hi").await).await;
        seen.push(refused.replace(|it: char| it.is_ascii_digit(), ""));
    }
    assert_eq!((&seen[0], &seen[1]), (&seen[1], &seen[2]));
}

#[tokio::test]
async fn the_chat_document_counts_as_a_call_and_its_refusal_is_a_page() {
    let settings = [("RATE_LIMIT_CALLS_PER_MINUTE", "4"), ("HOSTED_PAGE", "true")];
    let fixture = fixture(&settings);
    let frame = "/frame?site=default&origin=https%3A%2F%2Fshop.example";
    let get = |target: &'static str| fixture.client.plain(Method::GET, target).send();
    for target in ["/widget.js", "/health", "/health/live", "/health/ready", "/.well-known/jwks.json"] {
        get(target).await.unwrap();
    }
    for target in [frame, "/chat", frame, "/chat/default"] {
        assert_eq!(get(target).await.unwrap().status(), StatusCode::OK, "{target}");
    }
    for target in [frame, "/chat", "/chat/default"] {
        let page = get(target).await.unwrap();
        assert_eq!(page.status(), StatusCode::TOO_MANY_REQUESTS, "{target}");
        let field = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
        let wait: u64 = field("retry-after").parse().unwrap();
        assert!((1..=15).contains(&wait), "{wait}");
        assert_eq!(field("refresh"), wait.to_string());
        assert_eq!(field("ratelimit"), format!(r#""calls";r=0;t={wait}"#));
        assert_eq!(field("ratelimit-policy"), r#""calls";q=4;w=60"#);
        assert!(field("content-type").starts_with("text/html"));
        assert!(field("content-security-policy").ends_with("frame-ancestors *"));
        let text = page.text().await.unwrap();
        assert!(text.contains("data-code=\"rate_limited\"") && !text.contains("eyJ"), "{text}");
        let json = fixture
            .client
            .plain(Method::GET, target)
            .header("accept", "application/json")
            .header("sec-fetch-site", "same-origin");
        limited(json.send().await.unwrap()).await;
    }
    let elsewhere = get("/frame?site=default&origin=https%3A%2F%2Fevil.example").await;
    assert_eq!(elsewhere.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(get("/health").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_message_that_never_leaves_for_the_workflow_costs_nothing() {
    let proxy = production(&nowhere(), &[("RATE_LIMIT_PER_HOUR", "6")]);
    let client = Client::new(&proxy);
    let token = client.create().await.token;
    let mut codes = Vec::new();
    for _ in 0..15 {
        codes.push(failure(client.send(&token, &id(), "hi").await).await);
    }
    let (tried, resting) = codes.split_at(5);
    assert!(tried.iter().all(|code| code == "upstream_unreachable"), "{codes:?}");
    assert!(resting.iter().all(|code| code == "upstream_resting"), "{codes:?}");
}
