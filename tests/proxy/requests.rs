//! Requests as such: methods, addresses, framing, what comes after a refusal on the same connection.

use porthole_protocol::path;
use porthole_tests::client::ORIGIN;
use reqwest::{Method, StatusCode};

use crate::fixture::{Fixture, id, message, refusal};
use crate::raw_connection::{RawConnection, request};

/// Method, target, headers and body of a request, and the status that refuses it.
type RequestRow<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str, u16);

const METHODS: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "FOO"];

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap()
}

#[tokio::test]
async fn another_method_is_405_with_the_methods_that_there_are() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let reply = format!("{}/{}", path::CHAT_MESSAGE, id());
    let history = format!("{}/{}", path::CHAT_HISTORY, id());
    let routes = [
        (path::CHAT_FEEDBACK, "POST, OPTIONS"),
        (&history, "GET, DELETE, OPTIONS"),
        (path::SESSION_CREATE, "POST, OPTIONS"),
        (path::SESSION_VALIDATE, "GET, OPTIONS"),
        (path::SESSION_END, "POST, OPTIONS"),
        (path::CHAT_MESSAGE, "POST, OPTIONS"),
        (path::CHAT_STREAM, "POST, OPTIONS"),
        (&reply, "GET, DELETE, OPTIONS"),
        ("/widget.js", "GET, HEAD"),
        ("/frame", "GET, HEAD"),
        ("/chat", "GET, HEAD"),
        ("/health", "GET, HEAD"),
        ("/metrics", "GET, HEAD"),
        ("/.well-known/jwks.json", "GET, HEAD"),
    ];
    for (path, allow) in routes {
        for name in METHODS.into_iter().filter(|name| !allow.contains(name)) {
            let request = fixture.client.request(method(name), path).bearer_auth(&token);
            let response = request.body("{}").send().await.unwrap();
            assert_eq!(response.headers()["allow"], allow, "{name} {path}");
            let expected = (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed".into());
            assert_eq!(refusal(response).await, expected, "{name} {path}");
        }
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn an_address_where_nothing_is_says_so() {
    let fixture = Fixture::plain();
    for target in [
        "/x",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/x",
        "//api/v1/session/create",
        "/api//v1/session/create",
        "/api/v1/session/create/",
        "/api/v1/session/creat%65",
        "/%61pi/v1/session/create",
        "/API/v1/session/create",
        "/api/v1/session%2fcreate",
        "/api/v1/./session/create",
        "/api/v1/../v1/session/create",
        "/api/v1/chat/message/",
        "/api/v1/chat/message/a/b",
        "/.env",
        "/pages/..%2f.env",
        "/pages/%2e%2e/.env",
        "/assets/x/app.js",
        "/assets/0123456789abcdef/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../Cargo.toml",
        "/favicon.ico",
        "/FRAME",
        "/frame/",
        "/%",
        "/%zz",
        "/a%00b",
        "/chat",
        "/",
    ] {
        let mut connection = RawConnection::open(&fixture.proxy);
        let headers = [("Origin", ORIGIN), ("Content-Type", "application/json")];
        connection.write(request("GET", target, &headers, b""));
        let answer = connection.read().unwrap();
        assert_eq!((answer.status, answer.code().as_deref()), (404, Some("not_found")), "{target}");
        connection.write(request("POST", target, &headers, b"{}"));
        let answer = connection.read().unwrap();
        assert!(matches!(answer.status, 404 | 405), "{target} {answer:?}");
        assert!(connection.is_usable(), "{target}");
    }
}

#[tokio::test]
async fn the_first_failed_check_decides_the_error() {
    let fixture = Fixture::plain();
    let (json, text) = (("Content-Type", "application/json"), ("Content-Type", "text/plain"));
    let (page, elsewhere) = (("Origin", ORIGIN), ("Origin", "https://evil.example"));
    let cookie = "c".repeat(40 * 1024);
    let good = message().to_string();
    let rows: [RequestRow<'_>; 6] = [
        ("PUT", path::CHAT_MESSAGE, &[elsewhere, json, ("Cookie", &cookie)], &good, 431),
        ("PUT", path::CHAT_MESSAGE, &[elsewhere, text], &good, 405),
        ("POST", path::CHAT_MESSAGE, &[elsewhere, text], &good, 415),
        ("POST", path::CHAT_MESSAGE, &[elsewhere, json], "{", 403),
        ("GET", "/api/v1/x", &[elsewhere], "", 403),
        ("POST", path::CHAT_MESSAGE, &[page, json], "{", 401),
    ];
    for (method, target, headers, body, status) in rows {
        let mut connection = RawConnection::open(&fixture.proxy);
        connection.write(request(method, target, headers, body.as_bytes()));
        assert_eq!(connection.read().unwrap().status, status, "{method} {target} {status}");
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn a_refused_request_leaves_its_connection_usable() {
    let fixture = Fixture::plain();
    let token = format!("Bearer {}", fixture.client.create().await.token);
    let token = ("Authorization", token.as_str());
    let (page, json) = (("Origin", ORIGIN), ("Content-Type", "application/json"));
    let (elsewhere, good) = (("Origin", "https://evil.example"), message().to_string());
    let large = format!("{{\"pad\":\"{}\"}}", "p".repeat(512 * 1024));
    let reply = format!("{}/{}", path::CHAT_MESSAGE, id());
    let cookie = "c".repeat(40 * 1024);
    let rows: [RequestRow<'_>; 18] = [
        ("POST", path::CHAT_MESSAGE, &[elsewhere, json, token], &good, 403),
        ("POST", path::CHAT_MESSAGE, &[json, token], &good, 403),
        ("POST", path::CHAT_MESSAGE, &[page, json], &good, 401),
        ("POST", path::CHAT_MESSAGE, &[page, token], &good, 415),
        ("POST", path::CHAT_MESSAGE, &[page, json, token, ("Accept", "text/html")], &good, 406),
        ("POST", path::CHAT_MESSAGE, &[page, json, token], "{", 400),
        ("POST", path::CHAT_MESSAGE, &[page, json, token], "{}", 422),
        ("POST", path::CHAT_MESSAGE, &[page, json, token], &large, 413),
        ("POST", path::SESSION_CREATE, &[page, json], &large, 413),
        ("PUT", path::CHAT_MESSAGE, &[page, json, token], &good, 405),
        ("POST", "/api/v1/nothing", &[page, json], &good, 404),
        ("POST", "/nothing", &[page], &good, 404),
        ("POST", "/health", &[page], &good, 405),
        ("POST", "/frame", &[page], &good, 405),
        ("GET", &reply, &[page, token], &good, 404),
        ("DELETE", &reply, &[page, token], &good, 404),
        ("OPTIONS", path::CHAT_MESSAGE, &[elsewhere], &good, 403),
        ("POST", path::CHAT_MESSAGE, &[page, json, token, ("Cookie", &cookie)], &good, 431),
    ];
    let mut connection = RawConnection::open(&fixture.proxy);
    for (method, target, headers, body, status) in rows {
        connection.write(request(method, target, headers, body.as_bytes()));
        let answer = connection.read().unwrap_or_else(|| panic!("{method} {target}: closed"));
        assert_eq!(answer.status, status, "{method} {target} {:?}", answer.code());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{method} {target}");
        assert_ne!(answer.header("connection"), Some("close"), "{method} {target} {status}");
    }
    assert!(connection.is_usable());
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn a_body_in_chunks_is_bounded_like_any_other() {
    let fixture = Fixture::plain();
    let token = format!("Bearer {}", fixture.client.create().await.token);
    let headers = [
        ("Origin", ORIGIN),
        ("Content-Type", "application/json"),
        ("Authorization", &token),
        ("Transfer-Encoding", "chunked"),
    ];
    let mut connection = RawConnection::open(&fixture.proxy);
    connection.write(request("POST", path::CHAT_MESSAGE, &headers, b""));
    let chunk = format!("2000\r\n{}\r\n", " ".repeat(0x2000));
    for _ in 0..65 {
        connection.write(&chunk);
    }
    connection.write("0\r\n\r\n");
    let answer = connection.read().unwrap();
    assert_eq!((answer.status, answer.code().as_deref()), (413, Some("body_too_large")));
    let good = message().to_string();
    connection.write(request("POST", path::CHAT_MESSAGE, &headers, b""));
    for byte in good.chars() {
        connection.write(format!("1\r\n{byte}\r\n"));
    }
    connection.write("0\r\n\r\n");
    assert_eq!(connection.read().unwrap().status, 200);
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn a_request_that_is_cut_short_or_ambiguous_runs_nothing() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: chat.example.com\r\nOrigin: {ORIGIN}\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\n",
        path::CHAT_MESSAGE
    );
    let body = message().to_string();
    let length = body.len();
    let chunk = format!("{length:x}\r\n{body}\r\n");
    let next = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    for (row, rest) in [
        ("body cut short", format!("Content-Length: {}\r\n\r\n{body}", length + 1)),
        ("no last chunk", format!("Transfer-Encoding: chunked\r\n\r\n{chunk}")),
        ("bad chunk", format!("Transfer-Encoding: chunked\r\n\r\nzz\r\n{body}\r\n0\r\n\r\n")),
        (
            "length and chunks",
            format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n{next}"),
        ),
        (
            "chunks and length",
            format!("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n{chunk}0\r\n\r\n{next}"),
        ),
        ("two lengths", format!("Content-Length: {length}\r\nContent-Length: 2\r\n\r\n{body}")),
        ("list of lengths", format!("Content-Length: {length}, {length}\r\n\r\n{body}")),
        ("signed length", format!("Content-Length: +{length}\r\n\r\n{body}")),
        ("length of hex", format!("Content-Length: 0x{length:x}\r\n\r\n{body}")),
        ("odd coding", format!("Transfer-Encoding: xchunked\r\n\r\n{chunk}0\r\n\r\n")),
        ("coding twice", format!("Transfer-Encoding: chunked, identity\r\n\r\n{chunk}0\r\n\r\n")),
        ("space before colon", format!("Content-Length : {length}\r\n\r\n{body}")),
        ("folded header", format!("X-Odd: a\r\n b\r\nContent-Length: {length}\r\n\r\n{body}")),
    ] {
        let mut connection = RawConnection::open(&fixture.proxy);
        connection.write(format!("{head}{rest}"));
        connection.finish();
        let statuses: Vec<u16> =
            std::iter::from_fn(|| connection.read()).map(|answer| answer.status).collect();
        assert!(matches!(statuses[..], [] | [400]), "{row}: {statuses:?}");
        assert_eq!(fixture.calls(), 0, "{row}");
    }
}

#[tokio::test]
async fn a_body_whose_chunks_cannot_be_read_is_a_malformed_request() {
    let fixture = Fixture::plain();
    let token = format!("Bearer {}", fixture.client.create().await.token);
    let headers = [
        ("Origin", ORIGIN),
        ("Content-Type", "application/json"),
        ("Authorization", &token),
        ("Transfer-Encoding", "chunked"),
    ];
    for chunks in ["zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}XX", "ffffffffffffffffff\r\n{}"] {
        let mut connection = RawConnection::open(&fixture.proxy);
        connection.write([request("POST", path::CHAT_MESSAGE, &headers, b""), chunks.into()].concat());
        let answer = connection.read().unwrap_or_else(|| panic!("{chunks:?}: closed"));
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("malformed_request")), "{chunks:?}");
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn requests_in_one_breath_are_answered_in_order() {
    let fixture = Fixture::plain();
    let mut connection = RawConnection::open(&fixture.proxy);
    let headers = [("Origin", ORIGIN), ("Content-Type", "application/json")];
    let refused = request("POST", path::CHAT_MESSAGE, &headers, message().to_string().as_bytes());
    let created = request("POST", path::SESSION_CREATE, &headers, b"{}");
    connection.write([refused.clone(), created, refused].concat());
    let statuses: Vec<u16> = (0..3).map(|_| connection.read().unwrap().status).collect();
    assert_eq!(statuses, [401, 201, 401]);
    connection.write("GET http://evil.example/health HTTP/1.1\r\nHost: chat.example.com\r\n\r\n");
    assert_eq!(connection.read().unwrap().status, 200);
    assert!(connection.is_usable());
}
