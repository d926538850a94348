//! Visitors who read slowly, and the memory that each costs.

use porthole_protocol::path;
use porthole_tests::{FakeUpstream, Script};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::baseline::Baseline;
use super::visitor::{asking, connect, joining, say, sending};
use crate::fixture::{Fixture, bytes_of, id, ok, sealed_text, whole};

/// Readers at once.
const READERS: usize = 200;

/// The most bytes that a slow reader may cost, its connection included.
const EACH: usize = 64 * 1024;

const REPLY: usize = 900 * 1024;

const HISTORY: usize = 200 * 1024;

#[tokio::test]
async fn a_slow_reader_costs_64_kib_at_most_in_every_form() {
    let fixture = Fixture::with(Script::whole(200, "text/plain", "x".repeat(REPLY)));
    let token = fixture.client.create().await.token;
    let id = id();
    let frames = whole(fixture.client.send(&token, &id, "hi").await).await;
    assert_eq!(sealed_text(&frames).len(), REPLY);
    for accept in ["text/event-stream", "application/x-ndjson", "application/json"] {
        let request = joining(&token, &id, accept);
        let rest = Baseline::measure(&fixture.proxy);
        let mut readers = JoinSet::new();
        for _ in 0..READERS {
            readers.spawn(read_a_little(say(&fixture.proxy, &request).await));
        }
        let readers = readers.join_all().await;
        rest.wait_for_at_most(READERS * EACH, accept).await;
        drop(readers);
        rest.wait_for_return().await;
    }
}

/// The requests that visitors without a read pipeline at once; `joining` asks for a long reply.
fn floods(token: &str, joining: &[u8]) -> [(&'static str, Vec<u8>); 5] {
    let head = "OPTIONS /api/v1/chat/message HTTP/1.1\r\nHost: chat.example.com\r\n";
    let small = format!("{head}\r\n").repeat(8_000);
    let large = format!("{head}X: {}\r\n\r\n", "y".repeat(30_000));
    let body = sending(token, &id(), &"y".repeat(500_000), "text/event-stream");
    let behind = |more: &[u8]| [joining, more].concat();
    [
        ("requests that are answered without a body", small.clone().into_bytes()),
        ("small requests behind a reply", behind(small.as_bytes())),
        ("large requests behind a reply", behind(large.repeat(20).as_bytes())),
        ("half a head behind a reply", behind(&large.as_bytes()[..large.len() - 4])),
        ("a long body behind a reply", behind(&body)),
    ]
}

#[tokio::test]
async fn a_client_that_writes_on_without_reading_costs_no_more() {
    let upstream = FakeUpstream::start(|_, number| match number {
        0 => Script::whole(200, "text/plain", "x".repeat(REPLY)),
        _ => ok(),
    });
    let fixture = Fixture::new(upstream, &[]);
    let token = fixture.client.create().await.token;
    let id = id();
    whole(fixture.client.send(&token, &id, "hi").await).await;
    for (row, bytes) in floods(&token, &joining(&token, &id, "text/event-stream")) {
        let rest = Baseline::measure(&fixture.proxy);
        let mut crowd = JoinSet::new();
        for _ in 0..READERS {
            crowd.spawn(write_on(connect(&fixture.proxy).await, bytes.clone()));
        }
        for _ in 0..5 {
            assert_eq!(sealed_text(&fixture.ask("hi").await), "ok", "beside {row}");
        }
        rest.wait_for_at_most(READERS * EACH, row).await;
        drop(crowd);
        rest.wait_for_return().await;
    }
}

#[tokio::test]
async fn a_slow_reader_of_a_history_costs_no_more_and_blocks_no_other_reader() {
    let said = json!({ "role": "user", "content": "x".repeat(HISTORY) });
    let history = json!({ "messages": [said] }).to_string();
    let fixture = Fixture::with(Script::whole(200, "application/json", history));
    let opened = fixture.client.create().await;
    let path = format!("{}/{}", path::CHAT_HISTORY, opened.id);
    let request = asking(&path, &opened.token, "application/json");
    drop(read_a_little(say(&fixture.proxy, &request).await).await);
    let rest = Baseline::measure(&fixture.proxy);
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(read_a_little(say(&fixture.proxy, &request).await).await);
    }
    rest.wait_for_at_most(READERS * EACH, "histories").await;
    let whole = fixture.client.request(Method::GET, &path).bearer_auth(&opened.token).send();
    assert!(bytes_of(whole.await.unwrap()).await.len() > HISTORY);
    drop(readers);
    rest.wait_for_return().await;
}

/// Writes until the socket is full, and keeps the connection.
async fn write_on(mut stream: TcpStream, bytes: Vec<u8>) {
    let _refused = stream.write_all(&bytes).await;
    std::future::pending::<()>().await;
}

/// Reads the beginning of an answer and then no more: the proxy is at work on it, and has filled what it fills.
async fn read_a_little(mut stream: TcpStream) -> TcpStream {
    let mut bytes = vec![0; 8 * 1024];
    stream.read_exact(&mut bytes).await.unwrap();
    assert!(bytes.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&bytes));
    stream
}
