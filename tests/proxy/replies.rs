//! A reply as clients read it, in all three forms, and what it seals.

use porthole_domain::chain::{End, Head, SealedTurn, TextHash};
use porthole_domain::message::MessageId;
use porthole_domain::site::SiteId;
use porthole_protocol::path;
use porthole_tests::client::{json_data, json_of};
use porthole_tests::{Client, FakeUpstream, Script};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{Fixture, assert_whole, id, item, message, next_token, ok, sealed_text, whole};

fn answer() -> Script {
    let suggestions =
        "{\"type\":\"suggestions\",\"items\":[\"Change it\",\"Talk to a person\"]}\n".to_owned();
    let step = "{\"type\":\"step\",\"name\":\"look up order\",\"state\":\"running\"}\n".to_owned();
    Script::pieces(
        "application/json",
        [item("Your order é "), step, item("😀 is on its way.\n"), suggestions],
    )
}

const TEXT: &str = "Your order é 😀 is on its way.\n";

#[tokio::test]
async fn events_tell_the_reply_in_order_and_seal_it() {
    let fixture = Fixture::with(answer());
    let opened = fixture.client.create().await;
    let id = id();
    let response = fixture.client.send(&opened.token, &id, "Where is my order 1042?").await;
    for (name, value) in [
        ("cache-control", "no-cache, no-transform"),
        ("x-accel-buffering", "no"),
        ("content-type", "text/event-stream"),
    ] {
        assert_eq!(response.headers()[name], value);
    }
    assert!(!response.headers().contains_key("content-encoding"));
    let frames = whole(response).await;
    assert_eq!(json_data(&frames[0]), json!({"message_id": id, "session_id": opened.id}));
    assert_eq!(sealed_text(&frames), TEXT);
    let data = |event: &str| frames.iter().find(|frame| frame.event == event).map(json_data).unwrap();
    assert_eq!(data("step"), json!({"name": "look up order", "state": "running"}));
    assert_eq!(data("suggestions"), json!({"items": ["Change it", "Talk to a person"]}));
    let done = data("done");
    let mut members: Vec<_> = done.as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["end", "expires_at", "head", "receipt", "token", "turn"]);
    assert_eq!((&done["turn"], &done["end"]), (&json!(1), &json!("complete")));
}

#[tokio::test]
async fn the_head_of_each_turn_is_the_one_that_anyone_can_compute() {
    let fixture = Fixture::with(answer());
    let opened = fixture.client.create().await;
    let sid = Uuid::parse_str(&opened.id).unwrap();
    let (mut head, mut token) = (Head::new(&SiteId::default(), sid), opened.token);
    for turn in 1..=3 {
        let (id, text) = (id(), format!("question {turn} é😀"));
        let frames = whole(fixture.client.send(&token, &id, &text).await).await;
        let sealed = SealedTurn {
            message_id: MessageId::parse(&id).unwrap(),
            user: TextHash::new(&text),
            reply: TextHash::new(&sealed_text(&frames)),
            end: End::Complete,
        };
        head = head.after(turn, &sealed);
        let done = json_data(frames.last().unwrap());
        assert_eq!(
            (done["head"].as_str(), done["turn"].as_u64()),
            (Some(head.to_string().as_str()), Some(turn.into()))
        );
        token = next_token(&frames);
    }
    let validate = fixture.client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(&token);
    assert_eq!(json_of(validate.send().await.unwrap()).await.1["turn"], 3);
}

/// The same as frames, out of JSON lines.
fn lines(text: &str) -> Vec<porthole_protocol::sse::Frame> {
    let values = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    values
        .filter(|line| line["event"] != "ping")
        .map(|line| porthole_protocol::sse::Frame {
            id: line["id"].to_string(),
            event: line["event"].as_str().unwrap().to_owned(),
            data: line["data"].to_string(),
        })
        .collect()
}

#[tokio::test]
async fn json_lines_say_the_same_as_events_and_the_stream_route_says_them_always() {
    let fixture = Fixture::with(answer());
    let accepted = fixture.client.create().await;
    let by_accept = fixture.client.send_as("application/x-ndjson", &accepted.token, &message()).await;
    let routed = fixture.client.create().await;
    let by_route = fixture
        .client
        .post(path::CHAT_STREAM, &message())
        .bearer_auth(&routed.token)
        .header("accept", "text/html");
    for response in [by_accept, by_route.send().await.unwrap()] {
        assert_eq!(response.headers()["content-type"], "application/x-ndjson");
        let frames = lines(&response.text().await.unwrap());
        assert_whole(&frames);
        assert_eq!(sealed_text(&frames), TEXT);
    }
}

#[tokio::test]
async fn a_failure_has_its_true_status_in_json_and_before_the_first_byte() {
    let fixture = Fixture::with(Script::whole(500, "text/html", "<h1>SECRET</h1>"));
    for accept in ["application/json", "text/event-stream", "application/x-ndjson"] {
        let token = fixture.client.create().await.token;
        let response = fixture.client.send_as(accept, &token, &message()).await;
        let (status, body) = crate::fixture::problem(response).await;
        assert_eq!((status, &body["code"]), (StatusCode::BAD_GATEWAY, &json!("upstream_status")), "{accept}");
        assert!(!body.to_string().contains("SECRET"), "{body}");
    }
}

#[tokio::test]
async fn the_documents_answer_where_no_workflow_is_set() {
    let proxy = porthole_tests::Proxy::with_documents(&[("ALLOWED_ORIGINS", "https://shop.example")]);
    let client = Client::new(&proxy);
    let token = client.create().await.token;
    let frames = whole(client.send(&token, &id(), "How long does shipping take?").await).await;
    assert!(sealed_text(&frames).contains(".md") || sealed_text(&frames).contains('['), "{frames:?}");
}

#[tokio::test]
async fn a_long_reply_arrives_whole_at_a_slow_reader() {
    let long = "0123456789abcdef".repeat(60 * 1024 / 16).replace('0', "é");
    let items = (0..12).map(|_| item(&long)).collect::<Vec<_>>();
    let upstream = FakeUpstream::start(move |_, number| {
        if number == 0 { Script::pieces("application/json", items.clone()) } else { ok() }
    });
    let fixture = Fixture::new(upstream, &[]);
    let token = fixture.client.create().await.token;
    let mut events =
        porthole_tests::client::Events::from_response(fixture.client.send(&token, &id(), "hi").await).await;
    let mut frames = Vec::new();
    while let Some(frame) = events.next().await {
        tokio::task::yield_now().await;
        frames.push(frame);
    }
    assert_whole(&frames);
    assert_eq!(sealed_text(&frames), long.repeat(12));
}
