//! Connections cut anywhere: the workflow's at every byte, the visitor's at every event.

use std::sync::Arc;

use porthole_tests::client::{Events, text_of};
use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{Client, FakeUpstream, Script, Signal};
use reqwest::Method;
use tokio::task::{JoinSet, spawn_blocking};

use crate::fixture::{Fixture, assert_whole, id, item, production, sealed_text, whole};

/// Cuts that are tried at once.
const AT_ONCE: usize = 24;

const TEXT: &str = "Grüße 😀, your order\n\"1042\" is\\on its way.";

/// As n8n streams it: lines with their metadata, some of them in one chunk, one character in three pieces.
fn stream() -> Script {
    let meta = r#""metadata":{"nodeId":"a","nodeName":"AI Agent","itemIndex":0,"runIndex":0}"#;
    let line = |kind: &str, rest: &str| format!("{{\"type\":\"{kind}\",{rest}{meta}}}\n");
    let text = |text: &str| line("item", &format!("\"content\":{},", serde_json::to_string(text).unwrap()));
    let (first, second) = TEXT.split_at(TEXT.find(',').unwrap());
    let odd = text(second);
    let split = odd.find("order").unwrap();
    Script::pieces(
        "application/json; charset=utf-8",
        [
            line("begin", ""),
            text(first) + &odd[..split],
            odd[split..].to_owned() + "{\"type\":\"keepalive\"}\n",
            line("end", ""),
        ],
    )
}

/// The stream's bytes on the wire; the connection is not used again, so that its end cannot meet the next message.
fn wire() -> Vec<u8> {
    let bytes = String::from_utf8(stream().bytes()).unwrap();
    bytes.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1).into_bytes()
}

/// The signals of one cut: the first part was written, and the rest may follow.
#[derive(Clone, Default)]
struct Cut {
    written: Signal,
    rest: Signal,
}

/// Plays the stream, cut at the byte that the message names.
fn cut_upstream(cuts: Arc<Vec<Cut>>) -> FakeUpstream {
    let bytes = wire();
    FakeUpstream::start(move |request: &RecordedRequest, _| {
        let at: usize = request.json()["chatInput"].as_str().unwrap().parse().unwrap();
        let (first, rest) = bytes.split_at(at);
        let Cut { written, rest: go } = &cuts[at];
        Script::new().raw(first).set(written).wait(go).raw(rest)
    })
}

async fn ask_at(client: Client, cut: Cut, at: usize) {
    let token = client.create().await.token;
    let barrier = {
        let client = client.clone();
        async move {
            let cut = spawn_blocking(move || {
                cut.written.wait("the first part to be written");
                cut
            });
            let cut = cut.await.unwrap();
            // An answer by now shows that the proxy has read the part before the cut.
            client.plain(Method::GET, "/health").send().await.unwrap();
            cut.rest.set();
        }
    };
    let (id, text) = (id(), at.to_string());
    let (response, ()) = tokio::join!(client.send(&token, &id, &text), barrier);
    assert_eq!(sealed_text(&whole(response).await), TEXT, "cut at {at}");
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_of_its_framing_arrives_whole() {
    let cuts: Arc<Vec<Cut>> = Arc::new((0..=wire().len()).map(|_| Cut::default()).collect());
    let upstream = cut_upstream(Arc::clone(&cuts));
    let proxy = production(&upstream.url(), &[]);
    let client = Client::new(&proxy);
    let mut running = JoinSet::new();
    for (at, cut) in cuts.iter().enumerate().skip(1) {
        if running.len() == AT_ONCE {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(ask_at(client.clone(), cut.clone(), at));
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    assert_eq!(upstream.requests().len(), cuts.len() - 1);
}

#[tokio::test]
async fn a_stream_that_breaks_off_anywhere_is_never_shown_as_finished() {
    let bytes = wire();
    let body_begins = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let upstream = {
        let bytes = bytes.clone();
        FakeUpstream::start(move |request: &RecordedRequest, _| {
            let at = request.json()["chatInput"].as_str().unwrap().parse::<usize>();
            match at {
                Ok(at) => Script::new().raw(&bytes[..at]).breaks(),
                Err(_) => crate::fixture::ok(),
            }
        })
    };
    let fixture = Fixture::new(upstream, &[]);
    for at in (0..bytes.len()).step_by(7).chain(bytes.len() - 8..bytes.len()) {
        let token = fixture.client.create().await.token;
        let code = crate::fixture::failure(fixture.client.send(&token, &id(), &at.to_string()).await).await;
        assert_eq!(code, "upstream_interrupted", "broken at {at}, body at {body_begins}");
        // Failures in a row would let the workflow rest.
        fixture.ask("fine").await;
    }
}

#[tokio::test]
async fn a_visitor_cut_off_after_any_event_joins_and_reads_each_event_once() {
    const TOKENS: usize = 6;
    let all = TOKENS + 2;
    let gates = || (0..TOKENS).map(|_| Signal::new()).collect();
    let gates: Vec<Vec<Signal>> = (0..all).map(|_| gates()).collect();
    let scripts: Vec<Script> = gates.iter().map(|gates| gated(gates)).collect();
    let fixture = Fixture::new(FakeUpstream::start(move |_, number| scripts[number].clone()), &[]);
    for (cut, gates) in (1..=all).zip(&gates) {
        let token = fixture.client.create().await.token;
        let id = id();
        let mut events = Events::from_response(fixture.client.send(&token, &id, "hi").await).await;
        let mut frames = vec![events.next().await.unwrap()];
        // Each token comes only when the one before it was read: no two of them are one event.
        for gate in gates.iter().map(Some).chain([None]).take(cut - 1) {
            frames.push(events.next().await.unwrap());
            gate.filter(|_| frames.len() < cut).into_iter().for_each(Signal::set);
        }
        drop(events);
        let last = frames.last().unwrap().id.clone();
        let joined = fixture.client.join(&token, &id, Some(&last)).await;
        gates.iter().for_each(Signal::set);
        if cut < all {
            frames.extend(Events::from_response(joined).await.rest().await);
        } else {
            assert_eq!(joined.status(), 204, "all of it was read");
        }
        assert_whole(&frames);
        assert_eq!(text_of(&frames), "<0><1><2><3><4><5>", "cut after {cut}");
    }
    assert_eq!(fixture.calls(), all);
}

/// Tokens, each followed by its gate.
fn gated(gates: &[Signal]) -> Script {
    let head = Script::head(200, "application/json", Framing::Chunked);
    let tokens = gates.iter().enumerate();
    tokens.fold(head, |script, (number, gate)| script.piece(item(&format!("<{number}>"))).wait(gate)).end()
}
