//! A proxy that drains while many replies stream: each ends in a terminal event.

use std::time::{Duration, Instant};

use porthole_tests::client::Events;
use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{Client, FakeUpstream, Script, Signal};
use reqwest::Method;
use tokio::io::AsyncReadExt as _;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::visitor::{joining, say, sending};
use crate::fixture::{Fixture, assert_whole, error_code, id, item, refusal, sealed_text, whole};

/// Streams that run when the signal comes.
const STREAMS: usize = 500;

/// The drain timeout for replies in flight.
const DRAIN: Duration = Duration::from_secs(30);

/// The time for draining and the last answers together, on a busy machine.
const END_WITHIN: Duration = Duration::from_mins(1);

/// A stream that ends when `rest` is given, and one that never does.
fn upstream(rest: &Signal) -> FakeUpstream {
    let rest = rest.clone();
    FakeUpstream::start(move |request: &RecordedRequest, _| {
        let begun = Script::head(200, "application/json", Framing::Chunked).piece(item("half"));
        if request.text().contains("for ever") {
            begun.drip("b\r\n{\"type\":0}\n\r\n", Duration::from_secs(1))
        } else {
            begun.wait(&rest).piece(item(" whole")).end()
        }
    })
}

/// A stream whose first words were read.
async fn begun(client: Client, message: &'static str) -> (String, String, Events) {
    let (token, id) = (client.create().await.token, id());
    let mut events = Events::from_response(client.send(&token, &id, message).await).await;
    events.next().await.unwrap();
    events.next().await.unwrap();
    (token, id, events)
}

#[tokio::test]
async fn of_500_streams_those_that_end_in_time_are_whole_and_the_others_get_an_error() {
    super::raise_descriptor_limit();
    let rest = Signal::new();
    let mut fixture = Fixture::new(upstream(&rest), &[]);
    let mut starting = JoinSet::new();
    for _ in 0..STREAMS {
        starting.spawn(begun(fixture.client.clone(), "hi"));
    }
    let running = starting.join_all().await;
    // By hand, for a client would give up before the proxy does.
    let token = fixture.client.create().await.token;
    let mut endless = say(&fixture.proxy, &sending(&token, &id(), "for ever", "text/event-stream")).await;
    endless.read_exact(&mut [0; 100]).await.unwrap();
    let waiting = fixture.client.create().await.token;
    let idle = say(&fixture.proxy, b"GET /health/live HTTP/1.1\r\nHost: chat.example.com\r\n\r\n").await;
    fixture.proxy.ask_to_end();
    fixture.proxy.wait_for_log("serve.draining");
    let began = Instant::now();
    // Supervisors send it twice.
    fixture.proxy.ask_to_end();
    let sent = fixture.client.send(&waiting, &id(), "hi").await;
    assert_eq!(refusal(sent).await.1, "draining");
    let ready = fixture.client.plain(Method::GET, "/health/ready").send().await.unwrap();
    assert_eq!(refusal(ready).await.1, "draining");
    let (token, first, _) = &running[0];
    let joined = fixture.client.join(token, first, None).await;
    let slow = say(&fixture.proxy, &joining(token, first, "text/event-stream")).await;
    rest.set();
    assert_eq!(sealed_text(&whole(joined).await), "half whole");
    for (_, _, mut events) in running {
        let last = events.rest().await;
        assert_eq!(last.last().unwrap().event, "done", "{last:?}");
    }
    // The endless reply ends in an error when the drain times out.
    let mut last = String::new();
    endless.read_to_string(&mut last).await.unwrap();
    assert!(last.contains("event: error") && last.contains(r#""code":"draining""#), "{last}");
    assert!(last.ends_with("\r\n0\r\n\r\n"), "{last}");
    assert!(fixture.proxy.wait_for_end().success());
    assert!(began.elapsed() < END_WITHIN, "{:?}", began.elapsed());
    drop((idle, slow));
}

#[tokio::test]
async fn a_person_who_presses_ctrl_c_twice_does_not_wait() {
    let mut fixture = Fixture::new(upstream(&Signal::new()), &[]);
    let (token, id, mut events) = begun(fixture.client.clone(), "for ever").await;
    let mut joined = Events::from_response(fixture.client.join(&token, &id, None).await).await;
    fixture.proxy.signal("INT");
    fixture.proxy.wait_for_log("serve.draining");
    fixture.proxy.signal("INT");
    let told = timeout(DRAIN, events.rest()).await;
    assert_eq!(error_code(&told.expect("it hurries")), "draining");
    let frames = joined.rest().await;
    assert_whole(&frames);
    assert_eq!(error_code(&frames), "draining");
    assert!(fixture.proxy.wait_for_end().success());
}
