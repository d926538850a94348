//! A proxy below a path of the shop's own host (`PUBLIC_URL` with a path), behind reverse proxies that take it off or not.

use porthole_protocol::path;
use porthole_tests::client::json_of;
use porthole_tests::{Client, FakeUpstream};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::fixture::{Fixture, assert_whole, id, ok, refusal, whole};

const OWN: (&str, &str) = ("PUBLIC_URL", "https://shop.example/chat");
const FRAME: &str = "/frame?origin=https%3A%2F%2Fshop.example";

fn below_a_path() -> Fixture {
    Fixture::new(FakeUpstream::always(ok()), &[OWN, ("HOSTED_PAGE", "true")])
}

#[tokio::test]
async fn every_route_is_there_with_and_without_the_path() {
    let fixture = below_a_path();
    let front_end = Client::with_origin(&fixture.proxy, "http://local.example:8080");
    for base in ["", "/chat"] {
        for target in [
            FRAME,
            "/chat",
            "/chat/default",
            "/verify",
            "/widget.js",
            "/health/live",
            "/.well-known/jwks.json",
        ] {
            let target = format!("{base}{target}");
            let response = fixture.client.plain(Method::GET, &target).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{target}");
            // The host is the shop's, and so is what else it serves.
            assert!(!response.headers().contains_key("strict-transport-security"), "{target}");
        }
        let opened =
            front_end.post(&format!("{base}{}", path::SESSION_CREATE), &json!({ "site": "default" }));
        let (status, opened) = json_of(opened.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::CREATED);
        let message = json!({ "message_id": id(), "message": "hi" });
        let sent = front_end.post(&format!("{base}{}", path::CHAT_MESSAGE), &message);
        let sent = sent.bearer_auth(opened["token"].as_str().unwrap()).header("accept", "text/event-stream");
        assert_whole(&whole(sent.send().await.unwrap()).await);
    }
    for target in ["/chatter/widget.js", "/chat/chat/chat/default", "/other/widget.js"] {
        let response = fixture.client.plain(Method::GET, target).send().await.unwrap();
        assert_eq!(refusal(response).await, (StatusCode::NOT_FOUND, "not_found".into()), "{target}");
    }
}

#[tokio::test]
async fn addresses_in_the_documents_have_the_path() {
    let fixture = below_a_path();
    for (target, status) in [
        (FRAME, 200),
        ("/chat/chat", 200),
        ("/verify", 200),
        ("/frame?origin=https%3A%2F%2Fevil.example", 403),
    ] {
        let response = fixture.client.plain(Method::GET, target).send().await.unwrap();
        assert_eq!(response.status(), status, "{target}");
        let document = response.text().await.unwrap();
        let values = document.split("=\"").skip(1).filter_map(|text| text.split('"').next());
        let rooted: Vec<&str> = values.filter(|url| url.starts_with('/')).collect();
        assert!(!rooted.is_empty() && rooted.iter().all(|url| url.starts_with("/chat/")), "{rooted:?}");
        for url in rooted {
            let file = fixture.client.plain(Method::GET, url).send().await.unwrap();
            assert_eq!(file.status(), StatusCode::OK, "{url}");
        }
    }
}

#[test]
fn a_path_that_cannot_hold_is_refused_at_the_start() {
    for (url, word) in [
        ("https://shop.example/api", "route of this name"),
        ("https://shop.example/a/../b", "letters, digits"),
        ("https://shop.example/chat?x=1", "letters, digits"),
        ("https://shop.example?x=1", "without query"),
        ("shop.example/chat", "expected an address"),
    ] {
        let output = porthole_tests::proxy::refusal(&[("PUBLIC_URL", url)]).output;
        assert!(output.contains("PUBLIC_URL: ") && output.contains(word), "{url}: {output}");
    }
}
