//! The chat document: origins that may embed it, and the ticket in it (contract §10).

use std::io::Read as _;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use porthole_protocol::path;
use porthole_tests::Client;
use porthole_tests::client::{ORIGIN, json_of};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{BELOW_WILDCARD, Fixture, PUBLIC_URL, refusal};

fn target(origin: &str) -> String {
    let start = format!("{}?site=default&origin=", path::FRAME);
    origin.bytes().fold(start, |target, byte| target + &format!("%{byte:02x}"))
}

async fn get(fixture: &Fixture, target: &str, headers: &[(&'static str, &'static str)]) -> Response {
    let request = fixture.client.plain(Method::GET, target);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

fn has_cors(response: &Response) -> bool {
    response.headers().keys().any(|name| name.as_str().starts_with("access-control"))
}

fn boot(document: &str) -> Value {
    let start = document.find("porthole-boot").unwrap();
    let json = &document[start + document[start..].find('>').unwrap() + 1..];
    serde_json::from_str(&json[..json.find("</script").unwrap()]).unwrap()
}

#[tokio::test]
async fn a_listed_page_may_embed_the_document_and_only_that_page() {
    let fixture = Fixture::plain();
    for origin in [ORIGIN, BELOW_WILDCARD, "http://local.example:8080", PUBLIC_URL] {
        let response = get(&fixture, &target(origin), &[("sec-fetch-dest", "iframe")]).await;
        assert_eq!(response.status(), StatusCode::OK, "{origin}");
        let policy = header(&response, "content-security-policy");
        assert!(policy.ends_with(&format!("frame-ancestors {origin}")), "{policy}");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"), "{policy}");
        assert!(
            policy.contains("require-trusted-types-for 'script'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        for (name, value) in [
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("origin-agent-cluster", "?1"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(header(&response, name), value, "{name}");
        }
        assert!(!has_cors(&response));
        let boot = boot(&response.text().await.unwrap());
        assert_eq!((&boot["origin"], &boot["site"]), (&json!(origin), &json!("default")));
    }
}

#[tokio::test]
async fn the_document_is_the_same_in_every_coding_and_its_policy_names_what_stands_in_it() {
    let fixture = Fixture::plain();
    for coding in ["br", "gzip", "identity", "br"] {
        let response = get(&fixture, &target(ORIGIN), &[("accept-encoding", coding)]).await;
        let (encoding, vary) = (header(&response, "content-encoding"), header(&response, "vary"));
        assert_eq!(if encoding.is_empty() { "identity" } else { &encoding }, coding);
        assert!(coding == "identity" || vary.to_ascii_lowercase().contains("accept-encoding"), "{vary}");
        let policy = header(&response, "content-security-policy");
        let bytes = response.bytes().await.unwrap();
        let mut document = Vec::new();
        match coding {
            "br" => brotli::BrotliDecompress(&mut &bytes[..], &mut document).map(|()| 0),
            "gzip" => GzDecoder::new(&bytes[..]).read_to_end(&mut document),
            _ => (&bytes[..]).read_to_end(&mut document),
        }
        .unwrap();
        let document = String::from_utf8(document).unwrap();
        assert!(document.starts_with("<!doctype html>") && document.ends_with("</script></body></html>"));
        assert_eq!(boot(&document)["origin"], ORIGIN);
        for (element, directive) in [("<script type=module", "script-src"), ("<style", "style-src")] {
            let (_, rest) = document.split_once(element).unwrap();
            let (text, _) = rest.split_once('>').unwrap().1.split_once("</").unwrap();
            let hash = STANDARD.encode(digest(&SHA256, text.as_bytes()));
            let (_, sources) = policy.split_once(directive).unwrap();
            assert!(sources.split(';').next().unwrap().contains(&format!("'sha256-{hash}'")), "{policy}");
        }
    }
}

#[tokio::test]
async fn a_page_that_is_not_allowed_gets_the_refusal_without_a_ticket() {
    let fixture = Fixture::plain();
    let mut targets: Vec<String> = [
        "",
        "*",
        "null",
        "https://evil.example",
        "https://shop.example/",
        "https://SHOP.example",
        "https://shop.example:443",
        "http://shop.example",
        "https://user@shop.example",
        "https://shop.example@evil.example",
        "https://sh\top.example",
        "https://shop.example\\.evil",
        "https://shop.example\r\nX: y",
        "https://shop.example'; script-src *",
        "https://wild.example",
        "https://.wild.example",
        "https://evil-wild.example",
        "https://shop.example\0",
        "https://ｓhop.example",
    ]
    .iter()
    .map(|origin| target(origin))
    .collect();
    targets.extend(["/frame".into(), "/frame?origin".into(), "/frame?origin=%ff".into()]);
    targets.push(format!("{}&origin=https%3A%2F%2Fshop.example", target(ORIGIN)));
    for target in targets {
        for headers in [
            &[][..],
            &[("sec-fetch-dest", "iframe")],
            &[("accept", "application/json"), ("sec-fetch-site", "same-origin")],
        ] {
            let response = get(&fixture, &target, headers).await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{target}");
            assert!(header(&response, "content-security-policy").ends_with("frame-ancestors *"), "{target}");
            assert!(!has_cors(&response), "{target}");
            assert_eq!(header(&response, "location"), "");
            let page = response.text().await.unwrap();
            assert!(!page.contains("ticket") && !page.contains("eyJ"), "{target} {page}");
            assert!(!page.contains("ALLOWED_ORIGINS"), "{target}");
        }
    }
}

#[tokio::test]
async fn only_an_iframe_gets_the_document_and_only_the_frame_itself_the_ticket_as_json() {
    let fixture = Fixture::plain();
    for dest in [
        None,
        Some("iframe"),
        Some("document"),
        Some("frame"),
        Some("embed"),
        Some("object"),
        Some("empty"),
        Some("script"),
    ] {
        for accept in [None, Some("text/html,*/*"), Some("application/json"), Some("application/json, */*")] {
            for site in [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none")] {
                let headers: Vec<_> =
                    [("sec-fetch-dest", dest), ("accept", accept), ("sec-fetch-site", site)]
                        .into_iter()
                        .filter_map(|(name, value)| Some((name, value?)))
                        .collect();
                let response = get(&fixture, &target(ORIGIN), &headers).await;
                let status = response.status();
                assert!(!has_cors(&response), "{headers:?}");
                let permitted = match accept {
                    Some("application/json") => site == Some("same-origin"),
                    _ => matches!(dest, None | Some("iframe")),
                };
                let body = response.text().await.unwrap();
                assert_eq!(status == StatusCode::OK, permitted, "{headers:?} {status}");
                assert_eq!(body.contains("\"ticket\""), permitted, "{headers:?}");
            }
        }
    }
    let json = ("accept", "application/json");
    for twice in [
        &[("sec-fetch-dest", "iframe"), ("sec-fetch-dest", "document")][..],
        &[json, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
    ] {
        let response = get(&fixture, &target(ORIGIN), twice).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{twice:?}");
    }
}

#[tokio::test]
async fn the_ticket_in_the_document_opens_a_session_and_can_be_had_again() {
    let fixture = Fixture::plain();
    let document = get(&fixture, &target(ORIGIN), &[]).await.text().await.unwrap();
    let again =
        get(&fixture, &target(ORIGIN), &[("accept", "application/json"), ("sec-fetch-site", "same-origin")])
            .await;
    let (status, again) = json_of(again).await;
    assert_eq!(status, StatusCode::OK);
    let own = Client::with_origin(&fixture.proxy, PUBLIC_URL);
    for boot in [boot(&document), again] {
        let request = own.post(path::SESSION_CREATE, &json!({ "ticket": boot["ticket"] }));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_site_that_is_not_there_is_named_as_missing() {
    let fixture = Fixture::plain();
    let site =
        |site: &str| format!("{}&x=1", target(ORIGIN).replace("site=default", &format!("site={site}")));
    for name in ["other", "No%20site", "..%2f"] {
        let response = get(&fixture, &site(name), &[]).await;
        assert_eq!(refusal(response).await, (StatusCode::NOT_FOUND, "not_found".into()), "{name}");
    }
}

#[tokio::test]
async fn the_hosted_page_cannot_be_embedded_and_is_there_only_where_it_is_switched_on() {
    let fixture =
        Fixture::new(porthole_tests::FakeUpstream::always(crate::fixture::ok()), &[("HOSTED_PAGE", "true")]);
    for target in ["/chat", "/chat/default"] {
        let response = get(&fixture, target, &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(header(&response, "content-security-policy").ends_with("frame-ancestors 'none'"));
        let boot = boot(&response.text().await.unwrap());
        assert_eq!((&boot["origin"], &boot["full_page"]), (&json!(PUBLIC_URL), &json!(true)));
        let json = get(&fixture, target, &[("accept", "application/json")]).await;
        assert_eq!(refusal(json).await.1, "origin_not_allowed", "a page that asks across origins");
    }
    assert_eq!(get(&fixture, "/chat/other", &[]).await.status(), StatusCode::NOT_FOUND);
    let without = Fixture::plain();
    assert_eq!(get(&without, "/chat", &[]).await.status(), StatusCode::NOT_FOUND);
    let mark = "/assets/0123456789abcdef/hosted.js";
    assert_eq!(get(&fixture, mark, &[]).await.status(), StatusCode::OK);
    assert_eq!(get(&without, mark, &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn listed_pages_may_frame_the_hosted_page_where_it_is_asked_for_as_a_part() {
    let fixture =
        Fixture::new(porthole_tests::FakeUpstream::always(crate::fixture::ok()), &[("HOSTED_PAGE", "true")]);
    let ancestors = async |target: &str, referrer: &'static str| {
        let response = get(&fixture, target, &[("referer", referrer)]).await;
        assert_eq!(response.status(), StatusCode::OK, "{target}");
        assert_eq!(header(&response, "cross-origin-resource-policy"), "cross-origin");
        let policy = header(&response, "content-security-policy");
        policy.split_once("frame-ancestors ").unwrap().1.to_owned()
    };
    let listed = "'self' http://local.example:8080 https://*.wild.example https://shop.example";
    for target in ["/chat?embed", "/chat/default?embed=1", "/chat?x&embed"] {
        for referrer in ["", "https://shop.example/help", "https://evil.example/", "not an address"] {
            assert_eq!(ancestors(target, referrer).await, listed, "{target} {referrer}");
        }
    }
    let below = ancestors("/chat?embed", "https://a.wild.example/help").await;
    assert!(below.contains("https://a.wild.example"), "{below}");
    let plain = get(&fixture, "/chat?embedded", &[]).await;
    assert!(header(&plain, "content-security-policy").ends_with("frame-ancestors 'none'"));
    let without = Fixture::plain();
    assert_eq!(get(&without, "/chat?embed", &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn texts_of_the_operator_stay_texts_in_the_document() {
    let hostile = "</script><script>alert(1)</script>{{boot}}\u{2028}";
    let settings = [("CHAT_TITLE", hostile), ("CHAT_GREETING", hostile), ("CHAT_DISCLOSURE", hostile)];
    let fixture = Fixture::new(porthole_tests::FakeUpstream::always(crate::fixture::ok()), &settings);
    let document = get(&fixture, &target(ORIGIN), &[]).await.text().await.unwrap();
    assert!(!document.contains("<script>alert"), "{document}");
    assert_eq!(boot(&document)["appearance"]["greeting"], hostile.trim());
}
