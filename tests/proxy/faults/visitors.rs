//! Clients that vanish, stall, flood and replay: others are answered meanwhile, and no resource is kept.

use porthole_tests::Proxy;
use porthole_tests::upstream::Framing;
use porthole_tests::{FakeUpstream, Script, Signal};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::baseline::Baseline;
use super::visitor::{connect, joining, say, sending};
use crate::fixture::{Fixture, id, item, ok, sealed_text, whole};

/// Visitors of one kind at once.
const CROWD: usize = 500;

const SSE: &str = "text/event-stream";

/// The bytes that each client of a crowd writes before it falls silent.
fn odd_beginnings(token: &str) -> Vec<(&'static str, Vec<u8>)> {
    let whole = sending(token, &id(), "hi", SSE);
    let head = whole.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    vec![
        ("silence", Vec::new()),
        ("half a head", whole[..head / 2].to_vec()),
        ("a head without its end", whole[..head - 2].to_vec()),
        ("a head without its body", whole[..head].to_vec()),
        ("half a body", whole[..whole.len() - 9].to_vec()),
        ("TLS", [&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3][..], &[7; 500]].concat()),
        ("garbage", vec![0xff; 4000]),
        ("lines", b"\r\n".repeat(2000)),
    ]
}

async fn crowd(proxy: &Proxy, bytes: &[u8]) -> Vec<TcpStream> {
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        let mut stream = connect(proxy).await;
        // A client that is refused before it has written everything has its answer.
        let _refused = stream.write_all(bytes).await;
        crowd.push(stream);
    }
    crowd
}

#[tokio::test]
async fn a_visitor_is_answered_beside_500_unfinished_requests() {
    super::raise_descriptor_limit();
    let fixture = Fixture::plain();
    fixture.ask("warm").await;
    let rest = Baseline::measure(&fixture.proxy);
    let token = fixture.client.create().await.token;
    for (row, bytes) in odd_beginnings(&token) {
        let crowd = crowd(&fixture.proxy, &bytes).await;
        assert_eq!(sealed_text(&fixture.ask("hi").await), "ok", "beside {row}");
        drop(crowd);
    }
    rest.wait_for_return().await;
}

#[tokio::test]
async fn clients_that_vanish_or_reset_leave_only_their_replies_behind() {
    super::raise_descriptor_limit();
    let go = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked)
        .piece(item("half"))
        .wait(&go)
        .piece(item(" whole"));
    let fixture = Fixture::with(script.end());
    let mut left = Vec::new();
    let rest = Baseline::measure(&fixture.proxy);
    for number in 0..60 {
        let (token, id) = (fixture.client.create().await.token, id());
        let mut stream = say(&fixture.proxy, &sending(&token, &id, "hi", SSE)).await;
        // Some right after sending, some within the stream.
        if number % 2 == 0 {
            stream.read_exact(&mut [0; 100]).await.unwrap();
        }
        if number % 3 == 0 {
            stream.set_zero_linger().unwrap();
        }
        drop(stream);
        left.push((token, id));
    }
    fixture.upstream.wait_for(left.len());
    go.set();
    for (token, id) in &left {
        let joined = fixture.client.join(token, id, None).await;
        assert_eq!(sealed_text(&whole(joined).await), "half whole");
    }
    assert_eq!(fixture.calls(), left.len());
    drop(fixture.client);
    rest.wait_for_return().await;
}

#[tokio::test]
async fn hundreds_of_requests_in_one_write_are_answered_in_order() {
    let fixture = Fixture::plain();
    let (token, first) = (fixture.client.create().await.token, id());
    whole(fixture.client.send(&token, &first, "hi").await).await;
    let request = joining(&token, &first, "application/json");
    let last = b"GET /health/live HTTP/1.1\r\nHost: chat.example.com\r\nConnection: close\r\n\r\n";
    let mut stream = say(&fixture.proxy, &[request.repeat(300), last.to_vec()].concat()).await;
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers).await.unwrap();
    let answers = String::from_utf8(answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 301);
    assert_eq!(answers.matches(r#""text":"ok""#).count(), 300);
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn one_message_sent_a_thousand_times_runs_once() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[]);
    let (token, id) = (fixture.client.create().await.token, id());
    let mut sent = JoinSet::new();
    for _ in 0..20 {
        let (client, token, id) = (fixture.client.clone(), token.clone(), id.clone());
        sent.spawn(async move {
            for _ in 0..50 {
                assert_eq!(sealed_text(&whole(client.send(&token, &id, "hi").await).await), "ok");
            }
        });
    }
    sent.join_all().await;
    assert_eq!(fixture.calls(), 1);
}
