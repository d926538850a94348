//! What the log never holds, at its most talkative (DESIGN §9).

use porthole_protocol::path;
use porthole_tests::client::json_data;
use porthole_tests::proxy::{JWT_SECRET_KEY, SESSION_SECRET_KEY};
use porthole_tests::{Script, Upstream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::scene::{Scene, id, item, message, ok, problem, whole};

const TEXT: &str = "canary-of-the-visitor";
const REPLY: &str = "canary-of-the-workflow";
const QUERY: &str = "canary-of-the-address";

#[tokio::test]
async fn neither_texts_nor_tokens_nor_secrets_nor_addresses_are_logged() {
    for format in ["json", "text"] {
        let upstream = Upstream::start(|request, _| match request.json()["chatInput"].as_str() {
            Some(TEXT) => Script::pieces(
                "application/json",
                [item(REPLY), "canary-of-the-workflow\n".into()],
            ),
            Some("html") => Script::whole(200, "text/html", format!("<!doctype html>{REPLY}")),
            Some("500") => Script::whole(500, "text/plain", REPLY),
            _ => ok(),
        });
        let webhook = format!("{}?key={QUERY}", upstream.url());
        let metrics = "canary-token-for-metrics-0123456789";
        let scene = Scene::of(
            upstream,
            &[
                ("N8N_WEBHOOK_URL", &webhook),
                ("LOG_LEVEL", "trace"),
                ("LOG_FORMAT", format),
                ("METRICS_TOKEN", metrics),
                ("TRUSTED_PROXIES", "127.0.0.1"),
            ],
        );
        let opened = scene.client.create().await;
        let first = id();
        let frames = whole(scene.client.send(&opened.token, &first, TEXT).await).await;
        let done = json_data(frames.last().unwrap());
        let forged = format!("{}x", opened.token);
        for message in ["html", "500"] {
            let token = scene.client.create().await.token;
            scene
                .client
                .send(&token, &id(), message)
                .await
                .text()
                .await
                .unwrap();
        }
        scene
            .client
            .send(&forged, &id(), TEXT)
            .await
            .text()
            .await
            .unwrap();
        scene
            .client
            .send_as(
                "*/*",
                &opened.token,
                &json!({"message_id": TEXT, "message": TEXT}),
            )
            .await
            .text()
            .await
            .unwrap();
        let odd = scene.client.plain(Method::GET, &format!("/{QUERY}?{QUERY}"));
        let odd = odd
            .header("x-forwarded-for", "203.0.113.77")
            .header("user-agent", TEXT);
        let (_, answered) = problem(odd.send().await.unwrap()).await;
        let call = scene
            .client
            .post(path::CHAT_MESSAGE, &message())
            .header("x-forwarded-for", "203.0.113.77");
        call.header("origin", format!("https://{QUERY}.example"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        scene.proxy.wait_for_log(answered["request_id"].as_str().unwrap());
        let log = scene.proxy.log();
        let minted = done["token"].as_str().unwrap();
        let workflow = scene.upstream.requests()[0].header("authorization").unwrap()[7..].to_owned();
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
        ] {
            assert!(!log.contains(canary), "{canary} in {log}");
        }
    }
}

#[tokio::test]
async fn an_operator_reads_that_a_page_was_refused() {
    let scene = Scene::plain();
    let frame = scene
        .client
        .plain(Method::GET, "/frame?origin=https%3A%2F%2Fevil.example");
    let response = frame.send().await.unwrap();
    let request_id = response.headers()["x-request-id"].to_str().unwrap();
    let line = scene.proxy.wait_for_log(request_id);
    assert!(line.contains("origin_not_allowed"), "{line}");
}

#[tokio::test]
async fn every_line_in_production_is_one_json_object() {
    let scene = Scene::of(Upstream::always(ok()), &[("LOG_LEVEL", "trace")]);
    scene.ask("hi\n{\"level\":\"ERROR\"}").await;
    let odd = scene
        .client
        .plain(Method::GET, "/a%0a%7b%22level%22%7d")
        .header("x-odd", "a\tb");
    let (_, body) = problem(odd.send().await.unwrap()).await;
    let id = body["request_id"].as_str().unwrap();
    scene.proxy.wait_for_log(id);
    let log = scene.proxy.log();
    for line in log
        .lines()
        .filter(|line| !line.starts_with("porthole listening on "))
    {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for name in ["timestamp", "level", "message", "module", "line"] {
            assert!(line.get(name).is_some(), "{name} in {line}");
        }
    }
    assert!(
        log.lines()
            .any(|line| line.contains(id) && line.contains("\"request_id\"")),
        "{log}"
    );
}
