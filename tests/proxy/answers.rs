//! The form of an answer, by the preference of the client.

use porthole_protocol::path;
use porthole_tests::{FakeUpstream, Script};
use reqwest::{Method, StatusCode};

use crate::fixture::{Fixture, id, refusal, sealed_text, stream_or_problem, whole};

#[tokio::test]
async fn the_member_that_a_site_names_is_the_answer() {
    const EVENTS: &str = "data: {\"data\":{\"result\":\"Hi\"}}\n\ndata: {\"text\":\"db-17\"}\n\n";
    for (media_type, body, text) in [
        ("application/json", r#"{"text":"db-17","data":[{"result":"Hi"}]}"#, Ok("Hi")),
        ("text/event-stream", EVENTS, Ok("Hi")),
        ("application/json", r#"{"text":"db-17"}"#, Err("empty_reply")),
    ] {
        let upstream = FakeUpstream::always(Script::whole(200, media_type, body));
        let fixture = Fixture::new(upstream, &[("REPLY_FIELD", "data.result")]);
        let token = fixture.client.create().await.token;
        let answer = stream_or_problem(fixture.client.send(&token, &id(), "hi").await).await;
        let answer = answer.map(|frames| sealed_text(&frames));
        assert_eq!(answer.as_deref().map_err(String::as_str), text, "{body}");
    }
}

#[tokio::test]
async fn the_form_of_an_answer_is_the_preferred_one() {
    const SSE: &str = "text/event-stream";
    const LINES: &str = "application/x-ndjson";
    const JSON: &str = "application/json";
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let id = id();
    whole(fixture.client.send(&token, &id, "hi").await).await;
    for (accept, form) in [
        (None, SSE),
        (Some("*/*"), SSE),
        (Some("text/*"), SSE),
        (Some(SSE), SSE),
        (Some("text/event-stream; charset=utf-8"), SSE),
        (Some(LINES), LINES),
        (Some(JSON), JSON),
        (Some("application/*"), JSON),
        (Some("Application/JSON"), JSON),
        (Some("application/json, text/event-stream"), JSON),
        (Some("text/html, */*;q=0.1"), SSE),
        (Some("text/event-stream;q=0.1, application/json;q=0.9"), JSON),
        (Some("text/event-stream;q=0, application/json"), JSON),
        (Some("text/event-stream;q=0, */*;q=0.5"), JSON),
        (Some("application/json;q=0, */*"), SSE),
        (Some("*/*, application/json;q=0.5"), SSE),
    ] {
        let request =
            fixture.client.request(Method::GET, &format!("{}/{id}", path::CHAT_MESSAGE)).bearer_auth(&token);
        let request = accept.iter().fold(request, |request, accept| request.header("accept", *accept));
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], form, "{accept:?}");
    }
    for accept in [
        "text/html",
        "text/event-stream;q=0",
        "*/*;q=0",
        "text/event-stream;q=0, text/*",
        "garbage",
        "application/json;q=2",
        "image/*, font/*",
    ] {
        let request =
            fixture.client.request(Method::GET, &format!("{}/{id}", path::CHAT_MESSAGE)).bearer_auth(&token);
        let response = request.header("accept", accept).send().await.unwrap();
        assert_eq!(
            refusal(response).await,
            (StatusCode::NOT_ACCEPTABLE, "not_acceptable".into()),
            "{accept}"
        );
    }
}
