//! Draining: visitors' replies while the proxy ends.

use porthole_protocol::path;
use porthole_tests::client::{Events, json_of};
use porthole_tests::upstream::Framing;
use porthole_tests::{Script, Signal};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::fixture::{Fixture, assert_whole, id, item, problem, refusal, sealed_text, whole};

#[tokio::test]
async fn replies_in_flight_finish_new_ones_are_refused_and_the_end_is_orderly() {
    let rest = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked)
        .piece(item("half"))
        .wait(&rest)
        .piece(item(" whole"));
    let mut fixture = Fixture::with(script.end());
    let mut running = Vec::new();
    for _ in 0..10 {
        let token = fixture.client.create().await.token;
        let id = id();
        let mut events = Events::from_response(fixture.client.send(&token, &id, "hi").await).await;
        let begun = vec![events.next().await.unwrap(), events.next().await.unwrap()];
        running.push((token, id, events, begun));
    }
    let idle = fixture.client.create().await.token;
    fixture.proxy.ask_to_end();
    fixture.proxy.wait_for_log("serve.draining");
    let (status, body) = problem(fixture.client.send(&idle, &id(), "hi").await).await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("draining")));
    assert!(body["retry_after"].is_u64(), "{body}");
    let created = fixture.client.post(path::SESSION_CREATE, &json!({})).send().await.unwrap();
    assert_eq!(refusal(created).await, (StatusCode::SERVICE_UNAVAILABLE, "draining".to_owned()));
    let get = |path: &'static str| fixture.client.plain(Method::GET, path).send();
    assert_eq!(refusal(get("/health/ready").await.unwrap()).await.1, "draining");
    assert_eq!(get("/health/live").await.unwrap().status(), StatusCode::OK);
    assert_eq!(json_of(get("/health").await.unwrap()).await.1["status"], "draining");
    let (token, joined, _, _) = &running[0];
    let joined = fixture.client.join(token, joined, None).await;
    let validate = fixture.client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(token).send();
    assert_eq!(validate.await.unwrap().status(), StatusCode::OK);
    rest.set();
    assert_eq!(sealed_text(&whole(joined).await), "half whole");
    for (_, _, mut events, mut frames) in running {
        frames.extend(events.rest().await);
        assert_whole(&frames);
        assert_eq!(sealed_text(&frames), "half whole");
    }
    let status = fixture.proxy.wait_for_end();
    assert!(status.success(), "{status:?}");
    assert_eq!(fixture.calls(), 10);
}

#[tokio::test]
async fn without_replies_the_end_comes_at_once() {
    let mut fixture = Fixture::plain();
    fixture.ask("hi").await;
    fixture.proxy.ask_to_end();
    assert!(fixture.proxy.wait_for_end().success());
    assert!(!fixture.proxy.log().contains("cut_off"));
}

#[tokio::test]
async fn a_hangup_ends_neither_a_reply_nor_the_process() {
    let rest = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked)
        .piece(item("half"))
        .wait(&rest)
        .piece(item(" whole"));
    let mut fixture = Fixture::with(script.end());
    let token = fixture.client.create().await.token;
    let mut events = Events::from_response(fixture.client.send(&token, &id(), "hi").await).await;
    let mut frames = vec![events.next().await.unwrap(), events.next().await.unwrap()];
    fixture.proxy.signal("HUP");
    fixture.proxy.wait_for_log("serve.hangup_ignored");
    rest.set();
    frames.extend(events.rest().await);
    assert_eq!(sealed_text(&frames), "half whole");
    fixture.ask("again").await;
    fixture.proxy.ask_to_end();
    fixture.proxy.wait_for_log("serve.draining");
    fixture.proxy.signal("HUP");
    assert!(fixture.proxy.wait_for_end().success());
}
