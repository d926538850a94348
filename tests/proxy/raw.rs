//! Bytes that are no request, or hardly one: each has an answer like any other refusal, or its connection ends.

use std::collections::BTreeMap;

use porthole_protocol::path;
use porthole_tests::client::ORIGIN;
use porthole_tests::{FakeUpstream, Signal};

use crate::fixture::{Fixture, anonymous, id, message, ok};
use crate::headers;
use crate::limits::held;
use crate::raw_connection::{RawAnswer, RawConnection, request};

/// The one answer to some bytes, after which the connection ends.
fn only_answer(fixture: &Fixture, row: &str, bytes: impl AsRef<[u8]>) -> RawAnswer {
    let mut connection = RawConnection::open(&fixture.proxy);
    connection.write(bytes);
    let answer = connection.read().unwrap_or_else(|| panic!("{row}: closed"));
    assert!(connection.read().is_none(), "{row}: a second answer");
    answer
}

fn assert_refusal(row: &str, answer: &RawAnswer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_deref()), (status, Some(code)), "{row}");
    headers::CheckedResponse::from_raw(row, answer).assert_complete();
}

#[tokio::test]
async fn bytes_that_are_no_request_are_refused_like_anything_else() {
    let fixture = Fixture::plain();
    let post = format!("POST {} HTTP/1.1\r\nHost: chat.example.com\r\n", path::CHAT_MESSAGE);
    let rows = [
        ("no version", "GET /health\r\n\r\n".to_owned()),
        ("no path", "GET HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        ("future version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n".to_owned()),
        ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n".to_owned()),
        ("no Host", "GET /health HTTP/1.1\r\n\r\n".to_owned()),
        ("two Hosts", "GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n".to_owned()),
        ("space in path", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        ("control in path", "GET /a\u{1} HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        ("no colon", "GET / HTTP/1.1\r\nHost: a\r\nOdd\r\n\r\n".to_owned()),
        ("empty name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n".to_owned()),
        ("space before colon", "GET / HTTP/1.1\r\nHost: a\r\nOdd : b\r\n\r\n".to_owned()),
        ("folded header", "GET / HTTP/1.1\r\nHost: a\r\nOdd: a\r\n b\r\n\r\n".to_owned()),
        ("NUL in header", "GET / HTTP/1.1\r\nHost: a\r\nOdd: a\0b\r\n\r\n".to_owned()),
        ("CR in header", "GET / HTTP/1.1\r\nHost: a\r\nOdd: a\rb\r\n\r\n".to_owned()),
        ("two lengths", format!("{post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{{}}")),
        (
            "length and chunks",
            format!("{post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ),
        ("odd length", format!("{post}Content-Length: two\r\n\r\n{{}}")),
        ("huge length", format!("{post}Content-Length: 99999999999999999999\r\n\r\n{{}}")),
        ("odd coding", format!("{post}Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n")),
        ("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned()),
    ];
    let mut kinds = BTreeMap::new();
    for (row, bytes) in rows {
        let answer = only_answer(&fixture, row, bytes);
        assert_refusal(row, &answer, 400, "malformed_request");
        let headers = answer.headers.iter().map(|(name, value)| (&**name, &**value));
        let body = String::from_utf8_lossy(&answer.body);
        kinds.insert(anonymous(answer.status, headers, &body), row);
    }
    assert_eq!(kinds.len(), 1, "{kinds:?}");
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn a_head_beyond_every_limit_is_refused_and_its_rest_is_read_to_nowhere() {
    let fixture = Fixture::plain();
    let many = "X: 1\r\n".repeat(200);
    let large = format!("X: {}\r\n", "x".repeat(400 * 1024));
    let huge = format!("X: {}\r\n", "x".repeat(3 * 1024 * 1024));
    for (row, headers) in [("many", many), ("large", large), ("huge", huge)] {
        for target in ["/health", "/frame", path::CHAT_MESSAGE] {
            let bytes = format!("GET {target} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
            assert_refusal(row, &only_answer(&fixture, row, bytes), 431, "header_too_large");
        }
    }
}

#[tokio::test]
async fn a_name_of_a_header_longer_than_any_is_refused_and_nothing_panics() {
    let fixture = Fixture::plain();
    for length in [65_535, 65_536, 100_000] {
        let row = format!("a name of {length}");
        let name = "x".repeat(length);
        for target in ["/health", path::CHAT_MESSAGE] {
            let bytes = format!("GET {target} HTTP/1.1\r\nHost: a\r\n{name}: b\r\n\r\n");
            let mut connection = RawConnection::open(&fixture.proxy);
            connection.write(bytes);
            let answer = connection.read().unwrap_or_else(|| panic!("{row}: closed"));
            assert_refusal(&row, &answer, 431, "header_too_large");
        }
    }
    assert!(!fixture.proxy.log().contains("panicked"), "{}", fixture.proxy.log());
}

#[tokio::test]
async fn a_long_word_in_a_body_is_no_name_of_a_header_wherever_it_is_cut() {
    let settings = [("MAX_MESSAGE_CHARS", "100000")];
    let fixture = Fixture::new(FakeUpstream::always(ok()), &settings);
    let token = format!("Bearer {}", fixture.client.create().await.token);
    let body = format!(r#"{{"message_id":"{}","message":"{}: really"}}"#, id(), "x".repeat(80_000));
    let headers = [
        ("Origin", ORIGIN),
        ("Content-Type", "application/json"),
        ("Authorization", &*token),
        ("Transfer-Encoding", "chunked"),
    ];
    let mut connection = RawConnection::open(&fixture.proxy);
    connection.write(request("POST", path::CHAT_MESSAGE, &headers, b""));
    // The second chunk begins a line with the word.
    for chunk in [&body[..60], &body[60..], ""] {
        connection.write(format!("{:x}\r\n{chunk}\r\n", chunk.len()));
    }
    assert_eq!(connection.read().unwrap().status, 200);
}

#[tokio::test]
async fn a_body_for_http_1_0_has_no_chunks_and_ends_with_the_connection() {
    let fixture = Fixture::plain();
    for (accept, end) in [("text/event-stream", "\n\n"), ("application/x-ndjson", "}\n")] {
        let token = format!("Bearer {}", fixture.client.create().await.token);
        let headers = [
            ("Origin", ORIGIN),
            ("Content-Type", "application/json"),
            ("Authorization", &*token),
            ("Accept", accept),
            ("Connection", "keep-alive"),
        ];
        let post = request("POST", path::CHAT_MESSAGE, &headers, message().to_string().as_bytes());
        let post = String::from_utf8(post).unwrap().replace("HTTP/1.1", "HTTP/1.0");
        let mut connection = RawConnection::open(&fixture.proxy);
        connection.write(post);
        let answer = connection.read().unwrap();
        let names = ["transfer-encoding", "content-length", "connection"];
        assert_eq!((answer.status, names.map(|name| answer.header(name))), (200, [None; 3]), "{accept}");
        let lines: Vec<_> = std::iter::from_fn(|| connection.line_with_end()).collect();
        assert!(lines.concat().contains("done") && lines.concat().ends_with(end), "{lines:?}");
    }
}

#[tokio::test]
async fn a_tunnel_is_not_opened_and_not_waited_for() {
    let fixture = Fixture::plain();
    let upgrade = "Host: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n";
    let create = format!(
        "POST {} HTTP/1.1\r\n{upgrade}Origin: {ORIGIN}\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\n\r\n{{}}",
        path::SESSION_CREATE
    );
    let smuggled = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    for (bytes, status, code) in [
        (format!("CONNECT /health HTTP/1.1\r\nHost: a\r\n\r\n{smuggled}"), 405, "method_not_allowed"),
        (format!("GET /nothing HTTP/1.1\r\n{upgrade}\r\n{smuggled}"), 404, "not_found"),
        (format!("{create}{smuggled}"), 400, "malformed_json"),
    ] {
        let answer = only_answer(&fixture, &bytes, &bytes);
        assert_refusal(&bytes, &answer, status, code);
    }
}

#[tokio::test]
async fn a_host_is_a_host_on_every_address() {
    let fixture = Fixture::plain();
    for target in ["/", "/health", "/widget.js", "/frame", "/nothing", path::SESSION_CREATE] {
        for host in ["", "a b", "user@chat.example.com", "a, b", "a/b", "a:99999", "[::1"] {
            let mut connection = RawConnection::open(&fixture.proxy);
            connection.write(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            let answer = connection.read().unwrap();
            assert_refusal(&format!("{target} {host:?}"), &answer, 400, "malformed_request");
            assert!(connection.is_usable(), "{target} {host:?}");
        }
    }
    for host in ["chat.example.com", "evil.example:8080", "127.0.0.1", "[::1]:80", "xn--bcher-kva.example"] {
        let mut connection = RawConnection::open(&fixture.proxy);
        connection.write(format!("GET /health HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        let answer = connection.read().unwrap();
        assert_eq!(answer.status, 200, "{host}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("evil"), "{host}");
    }
}

#[tokio::test]
async fn answers_that_were_asked_for_before_come_before_the_refusal() {
    let fixture = Fixture::plain();
    let mut connection = RawConnection::open(&fixture.proxy);
    let good = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
    connection.write(format!("{good}{good}GET nonsense\r\n\r\n{good}"));
    let statuses: Vec<u16> = std::iter::from_fn(|| connection.read()).map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 400]);
}

#[tokio::test]
async fn a_head_that_does_not_come_is_waited_for_only_so_long_the_first_and_any_later_one() {
    let done = Signal::new();
    let fixture = Fixture::with(held(&done));
    let mut waiting = RawConnection::open(&fixture.proxy);
    let token = format!("Bearer {}", fixture.client.create().await.token);
    let headers = [
        ("Origin", ORIGIN),
        ("Content-Type", "application/json"),
        ("Accept", "application/json"),
        ("Authorization", token.as_str()),
    ];
    let body = message().to_string();
    waiting.write(request("POST", path::CHAT_MESSAGE, &headers, body.as_bytes()));
    fixture.upstream.wait_for(1);
    let half = "GET /health HTTP/1.1\r\nHos";
    let mut later = RawConnection::open(&fixture.proxy);
    assert!(later.is_usable());
    later.write(half);
    let answer = only_answer(&fixture, half, half);
    assert_refusal(half, &answer, 408, "request_timeout");
    assert!(later.read().is_none(), "it is closed without an answer");
    done.set();
    let answer = waiting.read().unwrap();
    assert_eq!(answer.status, 200, "the time that we take is not held against a client");
}

#[tokio::test]
async fn methods_that_are_no_usual_ones_are_answered_and_run_nothing() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let body = message().to_string();
    for (request_line, statuses) in [
        ("CONNECT chat.example.com:443 HTTP/1.1", &[400, 404, 405][..]),
        ("OPTIONS * HTTP/1.1", &[400, 404, 405]),
        ("post /api/v1/chat/message HTTP/1.1", &[405]),
        ("GET /api/v1/chat/message HTTP/1.1", &[405]),
    ] {
        let mut connection = RawConnection::open(&fixture.proxy);
        connection.write(format!(
            "{request_line}\r\nHost: a\r\nOrigin: {ORIGIN}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        let answer = connection.read().unwrap_or_else(|| panic!("{request_line}: closed"));
        assert!(statuses.contains(&answer.status), "{request_line} {answer:?}");
        assert!(answer.code().is_some(), "{request_line} {answer:?}");
    }
    assert_eq!(fixture.calls(), 0);
}
