//! Origins that calls may come from, byte for byte (contract §7).

use porthole_protocol::path;
use porthole_tests::Client;
use porthole_tests::client::ORIGIN;
use reqwest::header::HeaderValue;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::fixture::{BELOW_WILDCARD, Fixture, PUBLIC_URL, id, message, problem, refusal};

/// Bytes that only look like a listed origin.
const ELSEWHERE: &[&[u8]] = &[
    b"",
    b"*",
    b"null",
    b"file://",
    b"about:blank",
    b"data:,",
    b"chrome-extension://abc",
    b"shop.example",
    b"//shop.example",
    b"https:shop.example",
    b"https:///shop.example",
    b"https:\\\\shop.example",
    b"HTTPS://shop.example",
    b"https://SHOP.example",
    b"https://shop.example/",
    b"https://shop.example.",
    b"https://shop.example:443",
    b"https://shop.example:444",
    b"http://shop.example",
    b"https://user@shop.example",
    b"https://user:word@shop.example",
    b"https://shop.example@evil.example",
    b"https://evil.example\\@shop.example",
    b"https://shop.example\\.evil.example",
    b"https://sh\top.example",
    b"https://shop.example\xff",
    b"https://shop.example\xc2\xa0",
    b"https://\xef\xbd\x93hop.example",
    b"https://shop.example, https://shop.example",
    b"https://shop.example https://evil.example",
    b"https://shop.example.evil.example",
    b"https://a.shop.example",
    b"https://wild.example",
    b"https://.wild.example",
    b"https://*.wild.example",
    b"https://a..wild.example",
    b"https://A.wild.example",
    b"https://a_b.wild.example",
    b"https://a%2ewild.example",
    b"https://evil-wild.example",
    b"https://evil\\.wild.example",
    b"https://evil.example/.wild.example",
    b"https://evil.example?.wild.example",
    b"https://evil.example#.wild.example",
    b"https://user@a.wild.example",
    b"https://a.wild.example:443",
    b"https://a.wild.example:8443",
    b"https://a.wild.example.",
    b"http://a.wild.example",
    b"http://local.example",
    b"http://local.example:08080",
    b"https://local.example:8080",
    b"http://chat.example.com",
    b"https://chat.example.com/",
    b"https://chat.example.com:443",
];

fn allow_origin(response: &Response) -> Option<&str> {
    let value = response.headers().get("access-control-allow-origin")?;
    Some(value.to_str().unwrap())
}

async fn create_from(client: &Client, origin: &[u8]) -> Response {
    let request = client
        .plain(Method::POST, path::SESSION_CREATE)
        .header("origin", HeaderValue::from_bytes(origin).unwrap())
        .header("content-type", "application/json");
    request.body("{}").send().await.unwrap()
}

#[tokio::test]
async fn a_page_is_let_in_only_when_its_origin_is_listed_byte_for_byte() {
    let fixture = Fixture::plain();
    for listed in [ORIGIN, BELOW_WILDCARD, "https://a.b.wild.example", "http://local.example:8080"] {
        let response = create_from(&fixture.client, listed.as_bytes()).await;
        assert_eq!(response.status(), StatusCode::CREATED, "{listed}");
        assert_eq!(allow_origin(&response), Some(listed));
    }
    for elsewhere in ELSEWHERE {
        let row = String::from_utf8_lossy(elsewhere).into_owned();
        let response = create_from(&fixture.client, elsewhere).await;
        assert_eq!(allow_origin(&response), None, "{row:?}");
        assert_eq!(refusal(response).await, (StatusCode::FORBIDDEN, "origin_not_allowed".into()), "{row:?}");
    }
}

#[tokio::test]
async fn two_origins_count_as_none_and_a_call_without_one_may_change_nothing() {
    let fixture = Fixture::plain();
    let twice = fixture.client.post(path::SESSION_CREATE, &json!({})).header("origin", ORIGIN);
    let twice = refusal(twice.send().await.unwrap()).await;
    assert_eq!(twice, (StatusCode::FORBIDDEN, "origin_not_allowed".into()));
    for (method, path) in [
        (Method::POST, path::SESSION_CREATE),
        (Method::POST, path::SESSION_END),
        (Method::POST, path::CHAT_MESSAGE),
        (Method::DELETE, "/api/v1/chat/message/x"),
    ] {
        let request = fixture.client.plain(method.clone(), path).header("content-type", "application/json");
        assert_eq!(
            refusal(request.body("{}").send().await.unwrap()).await,
            (StatusCode::FORBIDDEN, "origin_required".into()),
            "{method} {path}"
        );
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn a_token_of_a_front_end_holds_only_at_its_own_origin() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let reply = format!("{}/{}", path::CHAT_MESSAGE, id());
    let calls = [
        (Method::GET, path::SESSION_VALIDATE, StatusCode::OK),
        (Method::POST, path::CHAT_MESSAGE, StatusCode::OK),
        (Method::POST, path::CHAT_STREAM, StatusCode::CONFLICT),
        (Method::GET, &reply, StatusCode::NOT_FOUND),
        (Method::DELETE, &reply, StatusCode::NOT_FOUND),
        (Method::POST, path::SESSION_END, StatusCode::OK),
    ];
    let call = |method: &Method, path: &str, origin: Option<&str>| {
        let mut request = fixture.client.plain(method.clone(), path).bearer_auth(&token);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if *method == Method::POST {
            request = request.header("content-type", "application/json").body(message().to_string());
        }
        request.send()
    };
    for (method, path, _) in &calls {
        for origin in [Some(PUBLIC_URL), Some(BELOW_WILDCARD), Some("https://evil.example"), None] {
            let response = call(method, path, origin).await.unwrap();
            let (status, code) = refusal(response).await;
            let right = match origin {
                Some("https://evil.example") => "origin_not_allowed",
                None if method != Method::GET => "origin_required",
                _ => "invalid_token",
            };
            assert_eq!(code, right, "{method} {path} from {origin:?}");
            assert!(matches!(status.as_u16(), 401 | 403), "{status}");
        }
    }
    assert_eq!(fixture.calls(), 0);
    for (method, path, status) in &calls {
        let response = call(method, path, Some(ORIGIN)).await.unwrap();
        assert_eq!(response.status(), *status, "{method} {path}");
        response.bytes().await.unwrap();
    }
}

#[tokio::test]
async fn only_a_listed_page_reads_answers_and_refusals() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let answers = [
        fixture.client.send(&opened.token, &id(), "hi").await,
        fixture.client.send("x", &id(), "hi").await,
        fixture.client.send_as("text/html", &opened.token, &message()).await,
        fixture.client.post(path::CHAT_MESSAGE, &json!([])).bearer_auth(&opened.token).send().await.unwrap(),
        fixture.client.request(Method::PUT, path::CHAT_MESSAGE).send().await.unwrap(),
        fixture.client.request(Method::GET, "/api/v1/nothing").send().await.unwrap(),
        fixture.client.join(&opened.token, &id(), None).await,
    ];
    for response in answers {
        let row = format!("{} {}", response.status(), response.url());
        assert_eq!(allow_origin(&response), Some(ORIGIN), "{row}");
        assert_eq!(response.headers()["vary"], "Origin", "{row}");
        assert!(response.headers().get("access-control-allow-credentials").is_none(), "{row}");
        let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap();
        for name in ["X-Request-Id", "Retry-After", "WWW-Authenticate"] {
            assert!(exposed.contains(name), "{row}: {exposed}");
        }
    }
    let elsewhere = Client::with_origin(&fixture.proxy, "https://evil.example");
    let response = elsewhere.send(&opened.token, &id(), "hi").await;
    assert_eq!(allow_origin(&response), None);
    assert_eq!(response.headers()["vary"], "Origin");
    let own = Client::with_origin(&fixture.proxy, PUBLIC_URL).send("x", &id(), "hi").await;
    assert_eq!(allow_origin(&own), None);
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn a_preflight_is_granted_to_listed_pages_on_routes_that_exist() {
    let fixture = Fixture::plain();
    let ask = |origin: Option<&'static str>, path: &'static str| {
        let mut request = fixture
            .client
            .plain(Method::OPTIONS, path)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        async { request.send().await.unwrap() }
    };
    let granted = ask(Some(ORIGIN), path::CHAT_MESSAGE).await;
    assert_eq!(granted.status(), StatusCode::NO_CONTENT);
    let header = |name: &str| granted.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("access-control-allow-origin"), ORIGIN);
    assert_eq!(header("access-control-allow-methods"), "POST, OPTIONS");
    assert_eq!(header("access-control-max-age"), "600");
    assert_eq!(header("vary"), "Origin");
    let allowed = header("access-control-allow-headers").to_ascii_lowercase();
    for name in ["authorization", "content-type", "last-event-id"] {
        assert!(allowed.contains(name), "{allowed}");
    }
    for (origin, path, code) in [
        (Some("https://evil.example"), path::CHAT_MESSAGE, "origin_not_allowed"),
        (Some("null"), path::SESSION_CREATE, "origin_not_allowed"),
        (None, path::SESSION_CREATE, "origin_required"),
    ] {
        let response = ask(origin, path).await;
        assert_eq!(allow_origin(&response), None, "{origin:?} {path}");
        assert_eq!(response.headers()["vary"], "Origin", "{origin:?} {path}");
        assert_eq!(refusal(response).await.1, code, "{origin:?} {path}");
    }
    let own = ask(Some(PUBLIC_URL), path::SESSION_CREATE).await;
    assert_eq!((own.status(), allow_origin(&own)), (StatusCode::NO_CONTENT, None));
    assert_eq!(own.headers()["allow"], "POST, OPTIONS");
    for page in ["/frame", "/metrics", "/health"] {
        let response = ask(Some(ORIGIN), page).await;
        assert_eq!(allow_origin(&response), None, "{page}");
    }
}

#[tokio::test]
async fn the_setting_to_change_is_named_in_development_only() {
    let fixture = Fixture::plain();
    let elsewhere = create_from(&fixture.client, b"https://evil.example").await;
    let (_, body) = problem(elsewhere).await;
    assert!(!body.to_string().contains("ALLOWED_ORIGINS"), "{body}");
    let developer = porthole_tests::Proxy::start(&[]);
    let elsewhere = create_from(&Client::new(&developer), b"https://evil.example").await;
    let (_, body) = problem(elsewhere).await;
    assert!(body.to_string().contains("ALLOWED_ORIGINS"), "{body}");
}
