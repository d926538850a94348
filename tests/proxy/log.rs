//! The log at its most talkative, and the words that it never holds.

use porthole_protocol::path;
use porthole_tests::client::json_data;
use porthole_tests::proxy::{JWT_SECRET_KEY, SESSION_SECRET_KEY, run};
use porthole_tests::{FakeUpstream, Proxy, Script};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, id, item, message, ok, problem, whole};
use crate::raw_connection::{RawConnection, request};

const TEXT: &str = "canary-of-the-visitor";
const REPLY: &str = "canary-of-the-workflow";
const METADATA: &str = "canary-of-the-page";
const AGENT: &str = "canary-of-the-agent";
const HEADER: &str = "canary-of-a-header";
const QUERY: &str = "canary-of-the-address";

#[tokio::test]
async fn neither_texts_nor_tokens_nor_secrets_nor_addresses_are_logged() {
    for format in ["json", "text"] {
        let upstream = FakeUpstream::start(|request, _| match request.json()["chatInput"].as_str() {
            Some(TEXT) => {
                Script::pieces("application/json", [item(REPLY), "canary-of-the-workflow\n".into()])
            }
            Some("html") => Script::whole(200, "text/html", format!("<!doctype html>{REPLY}")),
            Some("500") => Script::whole(500, "text/plain", REPLY),
            _ if request.text().contains("loadPreviousSession") => {
                Script::whole(200, "application/json", format!("[[\"{REPLY}\"]]"))
            }
            _ => ok(),
        });
        let webhook = format!("{}?key={QUERY}", upstream.url());
        let metrics = "canary-token-for-metrics-0123456789";
        let fixture = Fixture::new(
            upstream,
            &[
                ("N8N_WEBHOOK_URL", &webhook),
                ("LOG_LEVEL", "trace"),
                ("LOG_FORMAT", format),
                ("METRICS_TOKEN", metrics),
                ("TRUSTED_PROXIES", "127.0.0.1"),
            ],
        );
        let opened = fixture.client.create().await;
        let first = id();
        let frames = whole(fixture.client.send(&opened.token, &first, TEXT).await).await;
        let done = json_data(frames.last().unwrap());
        let forged = format!("{}x", opened.token);
        for message in ["html", "500"] {
            let token = fixture.client.create().await.token;
            fixture.client.send(&token, &id(), message).await.text().await.unwrap();
        }
        fixture.client.send(&forged, &id(), TEXT).await.text().await.unwrap();
        fixture
            .client
            .send_as(
                "*/*",
                &opened.token,
                &json!({"message_id": TEXT, "message": TEXT, "metadata": {METADATA: METADATA}, "agent": AGENT}),
            )
            .await
            .text()
            .await
            .unwrap();
        let remembered = fixture.client.history(Method::GET, &opened.token, &opened.id).await;
        remembered.text().await.unwrap();
        let rated = json!({"message_id": first, "rating": "down", "comment": TEXT, "receipt": done["receipt"], "turn": 1, "head": done["head"]});
        let rated = fixture.client.post(path::CHAT_FEEDBACK, &rated).bearer_auth(&opened.token);
        assert_eq!(rated.send().await.unwrap().status().as_u16(), 204);
        let odd = fixture.client.plain(Method::GET, &format!("/{QUERY}?{QUERY}"));
        let odd =
            odd.header("x-forwarded-for", "203.0.113.77").header("cookie", HEADER).header("user-agent", TEXT);
        let (_, answered) = problem(odd.send().await.unwrap()).await;
        let call =
            fixture.client.post(path::CHAT_MESSAGE, &message()).header("x-forwarded-for", "203.0.113.77");
        call.header("origin", format!("https://{QUERY}.example")).send().await.unwrap().text().await.unwrap();
        fixture.proxy.wait_for_log(answered["request_id"].as_str().unwrap());
        let log = fixture.proxy.log();
        let minted = done["token"].as_str().unwrap();
        let workflow = fixture.upstream.requests()[0].header("authorization").unwrap()[7..].to_owned();
        for canary in [
            TEXT,
            REPLY,
            QUERY,
            metrics,
            JWT_SECRET_KEY,
            SESSION_SECRET_KEY,
            &opened.token,
            &forged,
            minted,
            &workflow,
            "203.0.113.77",
            "eyJ",
            done["receipt"].as_str().unwrap(),
            "Bearer",
            "/webhook/chat",
            METADATA,
            HEADER,
            AGENT,
        ] {
            assert!(!log.contains(canary), "{canary} in {log}");
        }
    }
}

#[tokio::test]
async fn health_metrics_and_problems_hold_no_canary_either() {
    let upstream = FakeUpstream::always(Script::whole(500, "text/html", format!("<!doctype html>{REPLY}")));
    let webhook = format!("{}?key={QUERY}", upstream.url());
    let settings = [("N8N_WEBHOOK_URL", webhook.as_str()), ("DEBUG", "true"), ("METRICS_TOKEN", "")];
    let fixture = Fixture::new(upstream, &settings);
    let opened = fixture.client.create().await;
    let failed = fixture.client.send(&opened.token, &id(), TEXT).await.text().await.unwrap();
    let mut seen = vec![failed];
    for target in ["/health", "/health/ready", "/metrics", "/.well-known/jwks.json", "/nothing"] {
        seen.push(fixture.client.plain(Method::GET, target).send().await.unwrap().text().await.unwrap());
    }
    let settings = [crate::fixture::PRODUCTION, &[("N8N_WEBHOOK_URL", webhook.as_str())]].concat();
    for arguments in [&["check"][..], &["check", "--json"]] {
        seen.push(run(arguments, &settings).output);
    }
    for text in seen {
        for canary in [TEXT, REPLY, QUERY, JWT_SECRET_KEY, SESSION_SECRET_KEY, "eyJ"] {
            assert!(!text.contains(canary), "{canary} in {text}");
        }
    }
}

#[tokio::test]
async fn no_line_is_forged_by_a_header_a_path_or_a_file_name() {
    for format in ["json", "text"] {
        let documents = tempfile::TempDir::new().unwrap();
        let name = "a\n12:00:00.000 ERROR forged\u{1b}[31m\u{9b}2J\u{2028}\"{}.md";
        std::fs::write(documents.path().join(name), b"\xff").unwrap();
        let folder = documents.path().to_str().unwrap();
        let mut proxy = Proxy::start(&[("DOCS_DIR", folder), ("LOG_LEVEL", "trace"), ("LOG_FORMAT", format)]);
        let hostile = "\u{9b}31m\u{2028}\"}{\"level\":\"ERROR\"\u{202e}";
        for target in [
            "/health",
            "/%0a12:00:00.000%20ERROR%20forged",
            "/api/v1/chat/message/%1b%5b31m",
            "/frame?origin=%0aforged&site=%0aforged",
        ] {
            let headers = [
                "origin",
                "user-agent",
                "x-forwarded-for",
                "forwarded",
                "authorization",
                "accept",
                "content-type",
                "sec-fetch-site",
            ]
            .map(|name| (name, hostile));
            for method in ["GET", "POST", "fo'rged"] {
                let mut connection = RawConnection::open(&proxy);
                connection.write(request(method, target, &headers, b"{}"));
                assert!(connection.read().is_some(), "{method} {target}");
            }
        }
        proxy.ask_to_end();
        proxy.wait_for_end();
        proxy.wait_for_log("serve.stopped");
        let log = proxy.log();
        assert!(log.contains("documents.skipped"), "{log}");
        for line in log.lines().filter(|line| !line.starts_with("porthole listening on ")) {
            let obeyed = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{202e}');
            assert!(!line.contains(obeyed), "{line:?}");
            match format {
                "json" => assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}"),
                _ => assert!(is_text_line(line), "{line}"),
            }
        }
    }
}

/// Time, level, and a message of ours.
fn is_text_line(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let time = words.next().unwrap_or_default();
    let level = words.next().unwrap_or_default();
    let message = words.next().unwrap_or_default();
    time.len() == 12
        && ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&level)
        && message.contains('.')
        && message != "forged"
}

#[tokio::test]
async fn an_operator_reads_that_a_page_was_refused() {
    let fixture = Fixture::plain();
    let frame = fixture.client.plain(Method::GET, "/frame?origin=https%3A%2F%2Fevil.example");
    let response = frame.send().await.unwrap();
    let request_id = response.headers()["x-request-id"].to_str().unwrap();
    let line = fixture.proxy.wait_for_log(request_id);
    assert!(line.contains("origin_not_allowed"), "{line}");
}

/// The members of every JSON line.
const MEMBERS: [&str; 8] =
    ["timestamp", "level", "message", "module", "function", "line", "request_id", "trace_id"];

#[tokio::test]
async fn every_line_in_production_is_one_json_object() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("LOG_LEVEL", "trace")]);
    fixture.ask("hi\n{\"level\":\"ERROR\"}").await;
    let odd = fixture.client.plain(Method::GET, "/a%0a%7b%22level%22%7d").header("x-odd", "a\tb");
    let (_, body) = problem(odd.send().await.unwrap()).await;
    let id = body["request_id"].as_str().unwrap();
    fixture.proxy.wait_for_log(id);
    let log = fixture.proxy.log();
    for line in log.lines().filter(|line| !line.starts_with("porthole listening on ")) {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for name in MEMBERS {
            assert!(line.get(name).is_some(), "{name} in {line}");
        }
        let of_request = line["message"].as_str().unwrap().starts_with("request.");
        assert_eq!(
            line["request_id"].is_string(),
            of_request
                || line["target"] == "porthole::audit"
                    && !line["message"].as_str().unwrap().starts_with("serve."),
            "{line}"
        );
        assert_eq!(line["trace_id"], line["request_id"], "{line}");
    }
    assert!(log.lines().any(|line| line.contains(id) && line.contains("\"request_id\"")), "{log}");
}
