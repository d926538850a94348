//! Visitors who read slowly: what each of them costs.

use porthole_tests::Script;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::rest::Rest;
use super::visitor::{joining, say};
use crate::scene::{Scene, id, sealed_text, whole};

/// Readers at once.
const READERS: usize = 200;

/// What a slow reader may cost, its connection included.
const EACH: usize = 64 * 1024;

const REPLY: usize = 900 * 1024;

#[tokio::test]
async fn a_slow_reader_costs_64_kib_at_most_in_every_form() {
    let scene = Scene::with(Script::whole(200, "text/plain", "x".repeat(REPLY)));
    let token = scene.client.create().await.token;
    let id = id();
    let frames = whole(scene.client.send(&token, &id, "hi").await).await;
    assert_eq!(sealed_text(&frames).len(), REPLY);
    for accept in ["text/event-stream", "application/x-ndjson", "application/json"] {
        let request = joining(&token, &id, accept);
        let rest = Rest::of(&scene.proxy);
        let mut readers = JoinSet::new();
        for _ in 0..READERS {
            readers.spawn(read_a_little(say(&scene.proxy, &request).await));
        }
        let readers = readers.join_all().await;
        let each = scene.proxy.process().memory().saturating_sub(rest.memory) / READERS;
        assert!(each <= EACH, "{accept}: {each} bytes each");
        drop(readers);
        rest.comes_back().await;
    }
}

/// Reads the beginning of an answer and then no more: the proxy is at work on it, and has filled what it fills.
async fn read_a_little(mut stream: TcpStream) -> TcpStream {
    let mut bytes = vec![0; 8 * 1024];
    stream.read_exact(&mut bytes).await.unwrap();
    assert!(
        bytes.starts_with(b"HTTP/1.1 200 "),
        "{}",
        String::from_utf8_lossy(&bytes)
    );
    stream
}
