//! Endpoints for operators: health and metrics, and the addresses that may read them.

use std::net::TcpListener;

use porthole_tests::client::json_of;
use porthole_tests::{Client, FakeUpstream, Proxy};
use reqwest::{Method, Response, StatusCode};

use crate::fixture::{Fixture, id, message, ok, refusal};

const TOKEN: &str = "metrics-token-of-a-test-0123456789";

async fn metrics(client: &Client, authorization: Option<&str>) -> Response {
    let request = client.plain(Method::GET, "/metrics");
    let request = match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    };
    request.send().await.unwrap()
}

#[tokio::test]
async fn metrics_are_for_those_with_the_token() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("METRICS_TOKEN", TOKEN)]);
    for authorization in [None, Some("Bearer"), Some("Bearer x"), Some("Basic x"), Some(TOKEN)] {
        let response = metrics(&fixture.client, authorization).await;
        assert_eq!(
            refusal(response).await,
            (StatusCode::UNAUTHORIZED, "invalid_token".into()),
            "{authorization:?}"
        );
    }
    for scheme in ["Bearer", "bearer"] {
        let response = metrics(&fixture.client, Some(&format!("{scheme} {TOKEN}"))).await;
        assert_eq!(response.status(), StatusCode::OK, "{scheme}");
    }
}

#[tokio::test]
async fn metrics_are_not_there_without_a_token_but_in_development() {
    let fixture = Fixture::plain();
    assert_eq!(refusal(metrics(&fixture.client, None).await).await.1, "not_found");
    let developer = Proxy::start(&[]);
    assert_eq!(metrics(&Client::new(&developer), None).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn metrics_may_have_a_port_of_their_own() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("METRICS_PORT", &port)]);
    let own = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = own.get(format!("http://127.0.0.1:{port}/metrics")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    for (name, value) in [
        ("content-type", "text/plain; version=0.0.4; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(response.headers()[name], value, "{name}");
    }
    let nothing = own.get(format!("http://127.0.0.1:{port}/health")).send().await.unwrap();
    assert_eq!(refusal(nothing).await.1, "not_found");
    assert_eq!(refusal(metrics(&fixture.client, None).await).await.1, "not_found");
}

#[tokio::test]
async fn metrics_count_events_and_name_no_visitor() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("METRICS_TOKEN", TOKEN)]);
    let token = fixture.client.create().await.token;
    let id = id();
    fixture.client.send(&token, &id, "hi").await.text().await.unwrap();
    fixture.client.join(&token, &id, None).await.text().await.unwrap();
    refusal(fixture.client.send_as("*/*", "x", &message()).await).await;
    let frame = fixture.client.plain(Method::GET, "/frame?origin=https%3A%2F%2Fevil.example");
    assert_eq!(frame.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let response = metrics(&fixture.client, Some(&format!("Bearer {TOKEN}"))).await;
    let text = response.text().await.unwrap();
    for line in [
        "chat_requests_total{outcome=\"done\"} 1",
        "chat_response_time_seconds_count 1",
        "chat_streams_active 0",
        "chat_refusals_total{code=\"invalid_token\"} 1",
        "chat_refusals_total{code=\"origin_not_allowed\"} 1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("127.0.0.1") && !text.contains(&id), "{text}");
}

#[tokio::test]
async fn health_tells_what_it_stands_on() {
    let fixture = Fixture::plain();
    let response = fixture.client.plain(Method::GET, "/health").send().await.unwrap();
    let (status, body) = json_of(response).await;
    assert_eq!((status, body["status"].as_str()), (StatusCode::OK, Some("ok")));
    assert_eq!(body["dependencies"][0]["kind"], "webhook");
    assert!(body["version"].is_string() && body["uptime_seconds"].is_u64(), "{body}");
    for path in ["/health/live", "/health/ready"] {
        let response = fixture.client.plain(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
}
