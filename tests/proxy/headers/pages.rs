//! Everything that is no API.

use porthole_protocol::path;
use porthole_tests::client::ORIGIN;
use porthole_tests::proxy::Proxy;
use porthole_tests::{Client, FakeUpstream};
use reqwest::{Method, StatusCode};

use super::CheckedResponse;
use crate::fixture::{Fixture, ok};

const PAGES: &[(&str, &str)] = &[("PLAYGROUND", "true"), ("HOSTED_PAGE", "true")];

/// Every address that is no API, with the status of a GET.
async fn addresses(client: &Client) -> Vec<(String, u16)> {
    let frame = client.plain(Method::GET, "/frame?origin=https%3A%2F%2Fshop.example");
    let document = frame.send().await.unwrap().text().await.unwrap();
    let at = document.find("/assets/").unwrap();
    let asset = document[at..].split('"').next().unwrap().to_owned();
    let fixed = [
        ("/widget.js", 200),
        ("/assets/0123456789abcdef/nothing.js", 404),
        ("/assets/x/host.js", 404),
        ("/frame?origin=https%3A%2F%2Fshop.example", 200),
        ("/frame?origin=https%3A%2F%2Fevil.example", 403),
        ("/frame?origin=https%3A%2F%2Fshop.example&site=nothing", 404),
        ("/frame", 403),
        ("/chat", 200),
        ("/chat/default", 200),
        ("/chat/nothing", 404),
        ("/", 200),
        ("/pages/page.css", 200),
        ("/pages/nothing", 404),
        ("/health", 200),
        ("/health/live", 200),
        ("/health/ready", 200),
        ("/health/stream", 200),
        ("/metrics", 404),
        ("/.well-known/jwks.json", 200),
        ("/nothing", 404),
        ("/favicon.ico", 404),
        ("/%2e%2e/%ff", 404),
    ];
    let mut all: Vec<_> = fixed.map(|(target, status)| (target.to_owned(), status)).into();
    all.push((asset, 200));
    all
}

#[tokio::test]
async fn every_address_answers_every_method_with_whole_headers() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), PAGES);
    for (target, status) in addresses(&fixture.client).await {
        for coding in ["identity", "br", "gzip", "deflate", "identity;q=0, *;q=0", "x;q=9"] {
            let ask =
                |method: Method| fixture.client.plain(method, &target).header("accept-encoding", coding);
            let get = CheckedResponse::fetch(format!("GET {target} {coding}"), ask(Method::GET)).await;
            let refused = get.status == 406 && coding.starts_with("identity;q=0");
            assert!(get.status == status || refused, "{}: {}", get.row, get.status);
            get.assert_complete();
            let head = CheckedResponse::fetch(format!("HEAD {target} {coding}"), ask(Method::HEAD)).await;
            assert_eq!((head.status, head.head()), (get.status, get.head()), "{}", head.row);
            assert!(head.body.is_empty(), "{}", head.row);
            assert!(!get.headers.contains_key("access-control-expose-headers"), "{}", get.row);
        }
        for method in ["OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY", "get"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = fixture.client.request(method.clone(), &target).body("{}");
            let answer = CheckedResponse::fetch(format!("{method} {target}"), request).await;
            let nowhere = matches!(target.as_str(), "/nothing" | "/favicon.ico" | "/%2e%2e/%ff");
            assert_eq!(answer.status, if nowhere { 404 } else { 405 }, "{}", answer.row);
            assert_eq!(answer.header("allow"), (!nowhere).then_some("GET, HEAD"), "{}", answer.row);
            answer.assert_complete();
        }
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn policies_across_origins_are_those_of_the_address_whatever_the_status() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), PAGES);
    for (target, _) in addresses(&fixture.client).await {
        for method in [Method::GET, Method::POST] {
            let answer =
                CheckedResponse::fetch(format!("{method} {target}"), fixture.client.plain(method, &target))
                    .await;
            let path = target.split('?').next().unwrap();
            let is_frame = path == "/frame";
            let is_chat = path.starts_with("/chat");
            let shared =
                is_frame || ["/widget.js", "/assets/", "/pages/"].iter().any(|it| path.starts_with(it));
            let policy = |name: &str| answer.header(&format!("cross-origin-{name}-policy"));
            let expected = if shared { "cross-origin" } else { "same-origin" };
            assert_eq!(policy("resource"), Some(expected), "{}", answer.row);
            let isolated = (is_frame || is_chat).then_some("require-corp");
            assert_eq!(policy("embedder"), isolated, "{}", answer.row);
            let alone = (is_frame || is_chat || path == "/").then_some("same-origin");
            assert_eq!(policy("opener"), alone, "{}", answer.row);
            if is_frame {
                assert_eq!(answer.header("access-control-allow-origin"), None, "{}", answer.row);
            }
        }
    }
}

#[tokio::test]
async fn an_unchanged_loader_is_answered_with_304() {
    let fixture = Fixture::plain();
    let first = CheckedResponse::fetch("first", fixture.client.plain(Method::GET, "/widget.js")).await;
    let tag = first.header("etag").unwrap().to_owned();
    for known in [tag.clone(), format!("\"x\", {tag}"), "*".into()] {
        let request = fixture.client.plain(Method::GET, "/widget.js").header("if-none-match", &known);
        let again = CheckedResponse::fetch(known, request).await;
        assert_eq!(again.status, 304, "{}", again.row);
        again.assert_complete();
        for name in
            ["etag", "cache-control", "vary", "access-control-allow-origin", "cross-origin-resource-policy"]
        {
            assert_eq!(again.header(name), first.header(name), "{}: {name}", again.row);
        }
    }
}

#[tokio::test]
async fn heads_and_bodies_that_are_too_large_are_refused_everywhere() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), PAGES);
    let large = "x".repeat(40_000);
    let mut targets: Vec<_> =
        addresses(&fixture.client).await.into_iter().map(|(target, _)| target).collect();
    targets.extend([path::SESSION_CREATE, path::CHAT_MESSAGE, "/api/v1/nothing"].map(String::from));
    for target in targets {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS] {
            let request = fixture.client.request(method.clone(), &target).header("cookie", &large);
            let answer = CheckedResponse::fetch(format!("{method} {target}"), request).await;
            assert_eq!(answer.status, 431, "{}", answer.row);
            answer.assert_complete();
            let is_api = target.starts_with(path::API);
            assert_eq!(
                answer.header("access-control-allow-origin"),
                is_api.then_some(ORIGIN),
                "{}",
                answer.row
            );
        }
        let request = fixture.client.request(Method::POST, &target).body(vec![b'x'; 1024 * 1024]);
        let request = request.header("content-type", "application/json");
        let answer = CheckedResponse::fetch(format!("1 MiB to {target}"), request).await;
        assert!(matches!(answer.status, 404 | 405 | 413), "{}: {}", answer.row, answer.status);
        answer.assert_complete();
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn hsts_is_sent_only_where_the_whole_host_is_ours() {
    let upstream = FakeUpstream::always(ok());
    for (url, debug) in [
        ("https://chat.example.com:8443", "false"),
        ("http://chat.example.com", "false"),
        ("https://chat.example.com", "true"),
    ] {
        let proxy: Proxy =
            crate::fixture::production(&upstream.url(), &[("PUBLIC_URL", url), ("DEBUG", debug)]);
        let response = Client::new(&proxy).plain(Method::GET, "/widget.js").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!response.headers().contains_key("strict-transport-security"), "{url} {debug}");
    }
}
