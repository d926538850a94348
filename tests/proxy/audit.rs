//! The audit lines: sessions that were opened, origins that were refused, checks that are off.

use porthole_protocol::path;
use porthole_tests::{Client, FakeUpstream, Proxy, Script};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, id, message};
use crate::metrics::TOKEN;

const TARGET: &str = "porthole::audit";

/// The audit lines so far: message, code, client.
fn audited(proxy: &Proxy) -> Vec<(String, String, String)> {
    let log = proxy.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    lines
        .filter(|line| line["target"] == TARGET)
        .map(|line| (text(&line, "message"), text(&line, "code"), text(&line, "client")))
        .collect()
}

#[tokio::test]
async fn sessions_opened_and_origins_refused_are_written_at_every_level() {
    for level in ["error", "trace"] {
        let settings = [
            ("LOG_LEVEL", level),
            ("RATE_LIMIT_SESSION_PER_MINUTE", "1"),
            ("METRICS_TOKEN", TOKEN),
            ("TRUSTED_PROXIES", "127.0.0.1"),
        ];
        let mut fixture =
            Fixture::new(FakeUpstream::always(Script::whole(401, "text/plain", "no")), &settings);
        let opened = fixture.client.create().await;
        let client = |request: reqwest::RequestBuilder| request.header("x-forwarded-for", "203.0.113.77");
        let previous = fixture.client.post(path::SESSION_CREATE, &json!({"previous": opened.token}));
        let elsewhere = Client::with_origin(&fixture.proxy, "https://evil.example");
        let calls = [
            client(previous),
            client(fixture.client.post(path::CHAT_MESSAGE, &message()).bearer_auth(&opened.token)),
            client(fixture.client.post(path::CHAT_MESSAGE, &message()).bearer_auth(&opened.token)),
            client(fixture.client.post(path::CHAT_MESSAGE, &message()).bearer_auth("x")),
            client(elsewhere.post(path::CHAT_MESSAGE, &message())),
            client(fixture.client.plain(Method::POST, path::SESSION_END)),
            client(fixture.client.plain(Method::GET, "/frame?origin=https%3A%2F%2Fevil.example")),
            client(fixture.client.plain(Method::GET, "/metrics")),
            client(fixture.client.request(Method::GET, "/api/v1/nothing")),
            client(fixture.client.post(path::SESSION_END, &json!({})).bearer_auth(&opened.token)),
        ];
        for call in calls {
            call.send().await.unwrap().bytes().await.unwrap();
        }
        fixture.proxy.ask_to_end();
        fixture.proxy.wait_for_end();
        fixture.proxy.wait_for_log("serve.stopped");
        let network = "203.0.113.0/24";
        let expected = [
            ("serve.listening", "", ""),
            ("session.created", "", "127.0.0.0/24"),
            ("session.continued", "", network),
            ("reply.failed", "upstream_status", ""),
            ("request.refused", "rate_limited", network),
            ("request.refused", "invalid_token", network),
            ("request.refused", "origin_not_allowed", network),
            ("request.refused", "origin_required", network),
            ("request.refused", "origin_not_allowed", network),
            ("request.refused", "invalid_token", network),
            ("session.ended", "", network),
            ("serve.draining", "", ""),
            ("serve.stopped", "", ""),
        ];
        let found = audited(&fixture.proxy);
        let found: Vec<_> =
            found.iter().map(|(message, code, client)| (&**message, &**code, &**client)).collect();
        assert_eq!(found, expected, "{level}");
        let log = fixture.proxy.log();
        assert!(!log.contains("203.0.113.77") && !log.contains(&opened.id), "{log}");
    }
}

#[tokio::test]
async fn a_flood_of_refusals_has_ten_lines_of_each_kind_and_a_sum() {
    let settings = [("RATE_LIMIT_CALLS_PER_MINUTE", "60")];
    let mut fixture = Fixture::new(FakeUpstream::always(Script::whole(200, "text/plain", "ok")), &settings);
    let elsewhere = Client::with_origin(&fixture.proxy, "https://evil.example");
    for _ in 0..40 {
        let frame = fixture.client.plain(Method::GET, "/frame?origin=https%3A%2F%2Fevil.example");
        for call in [frame, elsewhere.post(path::SESSION_CREATE, &json!({}))] {
            call.send().await.unwrap().bytes().await.unwrap();
        }
    }
    for _ in 0..100 {
        fixture.client.post(path::SESSION_END, &json!({})).bearer_auth("x").send().await.unwrap();
    }
    fixture.proxy.ask_to_end();
    fixture.proxy.wait_for_end();
    fixture.proxy.wait_for_log("serve.stopped");
    let found = audited(&fixture.proxy);
    let lines = |wanted: &str, code: &str| {
        found.iter().filter(|(message, found, _)| message == wanted && found == code).count()
    };
    for code in ["origin_not_allowed", "rate_limited"] {
        assert_eq!(lines("request.refused", code), 10, "{code}: {found:?}");
        assert_eq!(lines("request.refused_again", code), 1, "{code}: {found:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_written_once() {
    let fixture = Fixture::new(FakeUpstream::always(Script::whole(200, "text/plain", "ok")), &[]);
    let refused = fixture.client.send("x", &id(), "hi").await;
    let request_id = refused.headers()["x-request-id"].to_str().unwrap().to_owned();
    fixture.proxy.wait_for_log(&request_id);
    let log = fixture.proxy.log();
    let lines: Vec<_> = log.lines().filter(|line| line.contains(&request_id)).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
}
